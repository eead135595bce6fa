"""The feeds that the pretend people publish: RSS, Atom and JSON Feed from the same posts. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

_ATOM: Final = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Published:
    """A post as it stands on the site now."""

    id: str
    url: str
    text: str
    published_at: datetime
    edited_at: datetime | None = None


Render: TypeAlias = Callable[[str, str, Sequence[Published]], bytes]


def render_rss(title: str, url: str, posts: Sequence[Published]) -> bytes:
    """An RSS 2.0 feed of short posts without titles."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    for name, value in (("title", title), ("link", url), ("description", title)):
        ET.SubElement(channel, name).text = value
    for post in posts:
        item = ET.SubElement(channel, "item")
        ET.SubElement(item, "guid", isPermaLink="true").text = post.url
        ET.SubElement(item, "link").text = post.url
        ET.SubElement(item, "description").text = escape(post.text)  # this element holds HTML
        ET.SubElement(item, "pubDate").text = format_datetime(post.published_at, usegmt=True)
    return _xml(rss)


def render_atom(title: str, url: str, posts: Sequence[Published]) -> bytes:
    """An Atom feed; an edited post keeps its id and gets a later `updated`."""
    feed = ET.Element("feed", xmlns=_ATOM)
    newest = max((p.edited_at or p.published_at for p in posts), default=None)
    ET.SubElement(feed, "id").text = url
    ET.SubElement(feed, "title").text = title
    ET.SubElement(feed, "updated").text = newest.isoformat() if newest else ""
    for post in posts:
        entry = ET.SubElement(feed, "entry")
        ET.SubElement(entry, "id").text = post.url
        ET.SubElement(entry, "title").text = ""
        ET.SubElement(entry, "link", href=post.url)
        ET.SubElement(entry, "published").text = post.published_at.isoformat()
        ET.SubElement(entry, "updated").text = (post.edited_at or post.published_at).isoformat()
        ET.SubElement(entry, "content", type="text").text = post.text
    return _xml(feed)


def render_json(title: str, url: str, posts: Sequence[Published]) -> bytes:
    """A JSON Feed 1.1."""
    items = [
        {
            "id": post.url,
            "url": post.url,
            "content_text": post.text,
            "date_published": post.published_at.isoformat(),
            "date_modified": (post.edited_at or post.published_at).isoformat(),
        }
        for post in posts
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "feed_url": url, "items": items}
    return json.dumps(feed, ensure_ascii=False).encode()


def _xml(root: ET.Element) -> bytes:
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


FEEDS: Final[Mapping[str, tuple[str, Render]]] = {
    "rss": ("application/rss+xml; charset=utf-8", render_rss),
    "atom": ("application/atom+xml; charset=utf-8", render_atom),
    "json": ("application/feed+json", render_json),
}
