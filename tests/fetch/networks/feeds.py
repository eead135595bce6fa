"""Networks that are read by a feed: RSS, JSON Feed, YouTube, Reddit, RSSHub."""

import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from monitor.config.values import check_url, feed_id
from monitor.model.people import Account
from monitor.model.posts import Origin
from tests.fetch.feed_server import Asked, Raw, Reply
from tests.fetch.networks.network import (
    BEIJING,
    NOT_FOUND,
    Can,
    Network,
    Post,
    escaped,
    if_changed,
    in_json,
    in_xml,
    rfc3339,
)

FEED_TIMES: Mapping[str, Callable[[datetime], str]] = {
    "RFC 822": format_datetime,
    "+0800": lambda at: format_datetime(at.astimezone(BEIJING)),
    "CST": lambda at: at.astimezone(BEIJING).strftime("%a, %d %b %Y %H:%M:%S CST"),
    "no zone": lambda at: at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    "Chinese": lambda at: at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M:%S"),
    "ISO": lambda at: at.astimezone(UTC).isoformat(),
    "epoch s": lambda at: str(int(at.timestamp())),
    "epoch ms": lambda at: f"{int(at.timestamp())}000",
}


class FeedNetwork(Network):
    """A blog by its RSS."""

    source = "feed"
    can = frozenset({Can.PIN, Can.EDIT, Can.LATE, Can.DATE, Can.REUSE, Can.CONDITION, Can.EMPTY, Can.XML, Can.HTML})
    shows = frozenset({Origin.TITLE, Origin.ALT})
    page_size = 20
    times = FEED_TIMES
    path: ClassVar[str] = "/rss"

    @property
    def feed_path(self) -> str:
        return self.path

    def table_keys(self) -> Mapping[str, object]:
        return {"url": f"{self.at}{self.path}", "platform": "weblog"}

    def account(self, key: str = "", **beside: Any) -> Account:
        """A feed is its address; loading makes its id."""
        url = f"{self.at}{self.path}"
        home = {
            "source": "feed",
            "platform": "weblog",
            "native_id": feed_id(check_url(url, plain_http=True)),
            "url": url,
        }
        told = {"person_key": "lin", "poll_every_s": 60.0, "timezone": BEIJING, **home, **beside}
        return Account(key=key or f"lin/{self.name}", **told)

    def native_id(self, post: Post) -> str:
        return f"{self.at}/p/{post.no}"

    def place(self, post: Post) -> datetime:
        return post.claimed_at

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        del query
        if path == self.feed_path:
            return if_changed(self._feed(), asked)
        there = path.rpartition("/")[2]
        return Reply(200, b"<p>a post</p>") if any(str(post.no) == there for post in self.posts) else NOT_FOUND

    def _feed(self) -> Reply:
        xml = f'<?xml version="1.0" encoding="{self.label}"?>{self.feed("".join(map(self.entry, self.page())))}'
        return Reply(200, xml.encode(self.charset, "surrogatepass"), {"Content-Type": "application/xml"})

    def feed(self, entries: str) -> str:
        """The whole of it."""
        media = 'xmlns:media="http://search.yahoo.com/mrss/"'
        return f'<rss version="2.0" {media}><channel><title>Notes</title>{entries}</channel></rss>'

    def entry(self, post: Post) -> str:
        """One post of it."""
        title, alt = post.says.get(Origin.TITLE), post.says.get(Origin.ALT)
        body = self.html(post.text) + (f'<img src="https://cdn.example/1.png" alt="{escaped(alt)}">' if alt else "")
        return (
            f"<item><guid>{self.native_id(post)}</guid><link>{self.at}/p/{post.no}</link>"
            f"{f'<title>{in_xml(title)}</title>' if title else ''}"
            f"<description>{in_xml(body)}</description><pubDate>{self.when(post)}</pubDate></item>"
        )

    def when(self, post: Post) -> str:
        """What it says of its time."""
        return post.claims if isinstance(post.claims, str) else format_datetime(post.claimed_at)


class JsonFeedNetwork(FeedNetwork):
    """A blog by its JSON Feed."""

    can = (FeedNetwork.can - {Can.XML}) | {Can.JSON, Can.NUMBER}
    path = "/feed.json"
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {
        name: FEED_TIMES[name] for name in ("ISO", "no zone", "epoch ms")
    }

    def native_id(self, post: Post) -> str:
        return f"{feed_id(check_url(self.at + self.path, plain_http=True))}#{9007199254740993 + post.no}"

    def _feed(self) -> Reply:
        return in_json({"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": self._items()})

    def _items(self) -> list[dict[str, object]]:
        return [
            {
                "id": self.number(self.native_id(post).rpartition("#")[2]),
                "url": f"{self.at}/p/{post.no}",
                "title": post.says.get(Origin.TITLE),
                "content_html": self.html(post.text) + self._image(post),
                "date_published": post.claims if isinstance(post.claims, str) else rfc3339(post.claimed_at),
            }
            for post in self.page()
        ]

    def _image(self, post: Post) -> str:
        alt = post.says.get(Origin.ALT)
        return f'<img src="https://cdn.example/1.png" alt="{escaped(alt)}">' if alt else ""


class RsshubNetwork(FeedNetwork):
    """A network behind an RSSHub."""

    source = "rsshub"
    path = "/lumo/user/42"

    def table_keys(self) -> Mapping[str, object]:
        return {"base": self.at, "route": self.path, "platform": "lumo"}

    account = Network.account


class YoutubeNetwork(FeedNetwork):
    """A channel: a title and a description, neither of them HTML."""

    source = "youtube"
    can = frozenset({Can.EDIT, Can.LATE, Can.CONDITION, Can.EMPTY, Can.XML})
    shows = frozenset({Origin.TITLE})
    page_size = 15
    path = "/feeds/videos.xml"
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {"ISO": FEED_TIMES["ISO"]}
    account = Network.account

    def table_keys(self) -> Mapping[str, object]:
        return {"channel_id": f"UC{self.serial:04}456789abcdefghij-_"}

    def address(self, url: str) -> str:
        return url.replace("https://www.youtube.com", self.at)

    def native_id(self, post: Post) -> str:
        return f"v{self.serial:04}-{post.no:05}"

    def feed(self, entries: str) -> str:
        spaces = 'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"'
        return f'<feed {spaces} xmlns="http://www.w3.org/2005/Atom"><title>Lumo</title>{entries}</feed>'

    def entry(self, post: Post) -> str:
        title = in_xml(post.says.get(Origin.TITLE, f"Video {post.no}"))
        return (
            f"<entry><id>yt:video:{self.native_id(post)}</id><title>{title}</title>"
            f'<link rel="alternate" href="{self.at}/watch/{post.no}"/>'
            f"<published>{self.when(post)}</published><updated>{rfc3339(post.edited_at or post.made_at)}</updated>"
            f"<media:group><media:title>{title}</media:title><media:description>{in_xml(post.text)}</media:description>"
            "</media:group></entry>"
        )

    def when(self, post: Post) -> str:
        return post.claims if isinstance(post.claims, str) else rfc3339(post.made_at)


class RedditNetwork(FeedNetwork):
    """A user's submissions and comments."""

    source = "reddit"
    can = frozenset({Can.EDIT, Can.LATE, Can.CONDITION, Can.EMPTY, Can.XML, Can.HTML})
    shows = frozenset({Origin.TITLE, Origin.PARENT})
    page_size = 25
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {"ISO": FEED_TIMES["ISO"]}
    account = Network.account

    def table_keys(self) -> Mapping[str, object]:
        return {"user": self.user, "base": self.at}

    @property
    def user(self) -> str:
        return f"lin_yuan_{self.serial}"

    @property
    def feed_path(self) -> str:
        return f"/user/{self.user}.rss"

    def native_id(self, post: Post) -> str:
        digits = string.digits + string.ascii_lowercase
        number, text = 36**5 + post.no, ""
        while number:
            number, digit = divmod(number, 36)
            text = digits[digit] + text
        return f"t{1 if Origin.PARENT in post.says else 3}_{text}{self.serial:03}"

    def place(self, post: Post) -> datetime:
        return post.made_at

    def feed(self, entries: str) -> str:
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{self.feed_path}</id><title>lin</title>{entries}</feed>'

    def entry(self, post: Post) -> str:
        parent = post.says.get(Origin.PARENT)
        title = f"/u/{self.user} on {parent}" if parent else post.says.get(Origin.TITLE, f"No. {post.no}")
        html = f'<!-- SC_OFF --><div class="md"><p>{self.html(post.text)}</p></div><!-- SC_ON -->'
        return (
            f'<entry><content type="html">{in_xml(html)}</content><id>{self.native_id(post)}</id>'
            f'<link href="{self.at}/r/{post.no}"/><updated>{self.when(post)}</updated>'
            f"<title>{in_xml(title)}</title></entry>"
        )

    def when(self, post: Post) -> str:
        return post.claims if isinstance(post.claims, str) else rfc3339(post.made_at)
