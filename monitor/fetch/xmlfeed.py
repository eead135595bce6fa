"""RSS and Atom, read by feedparser after the traps around it are closed."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from xml.parsers import expat

import feedparser

from monitor.errors import Failure, FetchError
from monitor.fetch.entries import EntryError, ParsedFeed, read_entries
from monitor.fetch.identity import Entry, Words
from monitor.model.people import Account
from monitor.model.posts import ItemError

Fields: TypeAlias = Mapping[str, object]

DOUBTFUL = frozenset({"malformed", "truncated"})  # notes of an answer that may lack entries
_MAX_DEPTH = 500
_MAX_ELEMENTS = 100_000  # feedparser takes a second for some thousands of them
_MAX_ATTRIBUTES = 500  # of one element: feedparser's work is quadratic in them (40,000 took 17 s)
_MAX_REPAIRED_CHARS = 2 * 2**20  # feedparser's repair of malformed XML takes a second for each 1.2 MB
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_DECLARATION = re.compile(r"^\s*(?:<\?xml[^>]{0,200}\?>)?", re.IGNORECASE)
_MEDIA_WORDS = re.compile(r"<(/?)media:(?:description|title)\b[^<>]*(?<!/)>")
_CAPTION = "media_caption"
_ROOT_CLOSES = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_TAIL_CHARS = 4096  # caches and faulty programs write something behind the root


def parse_xml_feed(text: str, account: Account, now: datetime) -> ParsedFeed:
    """The posts of an RSS or Atom feed, of a malformed or cut one too if it has whole entries.

    Raises FetchError: TRUNCATED without one and when entities or the structure explode, TOO_LARGE for too many
    elements, NOT_A_FEED for other XML.
    """
    text = _DECLARATION.sub("", text, count=1)
    well_formed = _survey(text)
    if not well_formed and len(text) > _MAX_REPAIRED_CHARS:
        raise FetchError(Failure.TRUNCATED, "malformed XML, too large to be repaired")
    try:
        # Bytes only: a str would be opened as a file or an address.
        parsed = feedparser.parse(
            f"<?xml version='1.0' encoding='utf-8'?>{_number_captions(text)}".encode("utf-8", "replace"),
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - its repair of hostile input raises whatever it meets
        raise FetchError(Failure.NOT_A_FEED, f"feedparser failed: {type(error).__name__}") from None
    if not parsed.version:
        raise FetchError(Failure.NOT_A_FEED, "XML, but neither RSS nor Atom")
    cut = not well_formed and not _ROOT_CLOSES.search(text, max(0, len(text) - _TAIL_CHARS))
    # The last entry of an answer that breaks off may be half an entry; it comes whole the next time.
    entries = parsed.entries[:-1] if cut else parsed.entries
    if not well_formed and not entries:
        raise FetchError(Failure.TRUNCATED, "malformed XML without a readable entry")
    feed = read_entries((dict(entry) for entry in entries), _entry, account, now)
    broken = (*feed.broken, ItemError(len(entries), "the answer ends in the middle")) if cut else feed.broken
    notes = feed.notes if well_formed else (*feed.notes, "truncated" if cut else "malformed")
    return ParsedFeed(feed.posts, broken, notes, _ttl_s(parsed.feed.get("ttl")))


def _survey(text: str) -> bool:
    """Whether it is well-formed; raises FetchError, TRUNCATED or TOO_LARGE, for what would exhaust the real parser."""
    parser = expat.ParserCreate("utf-8")
    depth = elements = 0

    def open_element(_name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if elements > _MAX_ELEMENTS:
            raise FetchError(Failure.TOO_LARGE, f"XML of more than {_MAX_ELEMENTS} elements")
        if depth > _MAX_DEPTH or len(attributes) > _MAX_ATTRIBUTES:
            raise FetchError(Failure.TRUNCATED, "XML that is nested too deep or has too many attributes")

    def close_element(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        if "amplification" in str(error):
            raise FetchError(Failure.TRUNCATED, "XML entities that expand without end") from None
        return False
    return True


def _number_captions(text: str) -> str:
    """Each media:description and media:title under a name of its own.

    feedparser takes them for the entry's summary and title: a picture's alternative text would replace the post's, and
    of three pictures' texts two would be lost.
    """
    opened = 0

    def renamed(found: re.Match[str]) -> str:
        nonlocal opened
        opened += not found[1]
        return f"<{found[1]}media:caption{opened}>"

    return _MEDIA_WORDS.sub(renamed, text)


def _entry(fields: Fields) -> Entry:
    bodies = [*_details(fields.get("content")), *_details([fields.get("summary_detail")])]
    title = next(_details([fields.get("title_detail")]), None)
    captions = [Words(str(value), is_html=True) for name, value in fields.items() if name.startswith(_CAPTION)]
    entry = Entry(
        native_id=_text(fields, "id"),
        link=_text(fields, "link"),
        title=title,
        bodies=tuple(bodies),
        captions=tuple(captions),
        tags=tuple(_tags(fields.get("tags"))),
        published=_text(fields, "published"),
        updated=_text(fields, "updated") or _text(fields, "created"),
        pictures=tuple(_pictures(fields)),
    )
    if not (entry.native_id or entry.link or title or bodies or captions):
        raise EntryError("an entry without id, address and text")
    return entry


def _details(details: object) -> Iterator[Words]:
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and (text := _text(detail, "value")):
            yield Words(text, is_html=detail.get("type") != "text/plain")


def _pictures(fields: Fields) -> Iterator[str]:
    """The addresses of enclosures and media that are pictures, and of the covers of others."""
    for name, key in (("enclosures", "href"), ("media_content", "url"), ("media_thumbnail", "url")):
        files = fields.get(name)
        for file in files if isinstance(files, list) else ():
            kind = file.get("type") or file.get("medium") or ""
            if name == "media_thumbnail" or str(kind).startswith("image"):
                yield _text(file, key) or ""


def _tags(tags: object) -> Iterator[str]:
    """The words of categories; the label is for readers, and a term that is an address says nothing to them."""
    for tag in tags if isinstance(tags, list) else ():
        word = _text(tag, "label") or _text(tag, "term") or ""
        if word and "://" not in word:
            yield word


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _ttl_s(minutes: object) -> float | None:
    return float(minutes) * 60 if isinstance(minutes, str) and re.fullmatch(r"\d{1,6}", minutes, re.ASCII) else None
