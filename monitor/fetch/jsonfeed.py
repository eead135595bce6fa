"""JSON Feed 1.0 and 1.1, with the wrong types that real ones have."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from monitor.errors import Failure, FetchError
from monitor.fetch.entries import EntryError, ParsedFeed, read_entries
from monitor.fetch.identity import Entry, Words
from monitor.model.people import Account

_MAX_ITEMS = 20_000  # more take many seconds, and no feed has them

Json: TypeAlias = Mapping[str, object]


def parse_json_feed(text: str, account: Account, now: datetime) -> ParsedFeed:
    """The posts of a JSON Feed; raises FetchError: NOT_A_FEED for anything else, TOO_LARGE for too many items."""
    try:
        # Numbers stay text: an id beyond 2^53 keeps its digits, and a number of 5,000 digits costs nothing.
        feed = json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise FetchError(Failure.NOT_A_FEED, "not valid JSON") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FetchError(Failure.NOT_A_FEED, "JSON, but not a JSON Feed")
    if len(items) > _MAX_ITEMS:
        raise FetchError(Failure.TOO_LARGE, f"a feed of more than {_MAX_ITEMS} items")
    return read_entries(items, _entry, account, now)


def _entry(item: object) -> Entry:
    if not isinstance(item, dict):
        raise EntryError("an item that is not an object")
    entry = Entry(
        native_id=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_words(item, "title", is_html=False),
        bodies=tuple(
            words
            for key in ("content_text", "content_html", "summary")
            if (words := _words(item, key, is_html=key == "content_html"))
        ),
        captions=tuple(_attachment_titles(item)),
        tags=tuple(_tags(item.get("tags"))),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        pictures=tuple(_pictures(item)),
    )
    if not (entry.native_id or entry.link or entry.title or entry.bodies):
        raise EntryError("an item without id, address and text")
    return entry


def _attachment_titles(item: Json) -> list[Words]:
    attachments = item.get("attachments")
    found = (
        [_words(each, "title", is_html=False) for each in attachments if isinstance(each, dict)]
        if isinstance(attachments, list)
        else []
    )
    return [words for words in found if words]


def _pictures(item: Json) -> Iterator[str]:
    attachments = item.get("attachments")
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict) and (_text(each, "mime_type") or "").startswith("image/"):
            yield _text(each, "url") or ""
    yield from filter(None, (_text(item, "image"), _text(item, "banner_image")))


def _tags(tags: object) -> Iterator[str]:
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag.strip():
            yield tag.strip()


def _words(item: Json, key: str, *, is_html: bool) -> Words | None:
    text = _text(item, key)
    return Words(text, is_html) if text else None


def _text(item: Json, key: str) -> str | None:
    """A text; numbers came as text already, and other types say nothing."""
    value = item.get(key)
    return value if isinstance(value, str) and value.strip() else None
