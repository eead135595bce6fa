"""An entry of any format becomes a FetchedPost: which post it is, which version, and what it says."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from monitor.fetch.canonical import canonical_id, did_in
from monitor.fetch.dates import read_time
from monitor.fetch.plaintext import PlainText, from_html
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Media, MediaKind, Origin, Part, PostKind

# Ids that are meant for the whole world. "post:12" looks like a URI too (RFC 3986), but any blog may say it.
_URI = re.compile(r"(?:[a-z][a-z0-9+.-]*://|(?:tag|urn|yt):)\S{3,}", re.IGNORECASE)
_COUNT = (
    r"(?:\d[\d,.]{0,11}\s?[km万]?\s?(?:likes?|comments?|points?|views?|reposts?|retweets?|replies|reactions?)\b"
    r"|(?:赞|点赞|评论|转发|播放|阅读|浏览|👍|💬|🔁|❤️)[:：]?\s?\d[\d,.]{0,11}[km万]?)"
)
# Lines whose numbers change without an edit: "12 likes · 3 comments", "赞 1.2万". In a sentence they are its words.
_COUNTS = re.compile(rf"{_COUNT}(?:[\s·•|/,，、-]{{0,5}}{_COUNT}){{0,9}}", re.IGNORECASE)
_SPACE_BESIDE_CHINESE = re.compile(r" (?=[^\x00-\x7f])|(?<=[^\x00-\x7f]) ")
_LONGEST_ID_BYTES = 1000  # PostgreSQL refuses rows with index entries of more than some 2,700 bytes
_LONGEST_URL_BYTES = 2000
_CUT = re.compile(r"\s?(?:\[?(?:\.{3}|…|&hellip;)\]?)$")


@dataclass(frozen=True, slots=True)
class Words:
    """One text as an entry gives it."""

    text: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as a feed gives it, before anything is judged. Of the bodies the first is the main one."""

    native_id: str | None
    link: str | None
    title: Words | None
    bodies: tuple[Words, ...]
    captions: tuple[Words, ...]  # of pictures, videos and attachments
    tags: tuple[str, ...]
    published: str | None
    updated: str | None
    pictures: tuple[str, ...] = ()  # addresses, beside those that stand in the bodies


def build_post(entry: Entry, account: Account, now: datetime) -> FetchedPost:
    """The post that an entry is."""
    bodies = [_plain(words) for words in entry.bodies]
    title = _plain(entry.title) if entry.title else PlainText("")
    captions = [_plain(words) for words in entry.captions]
    parts = tuple(_parts(title, bodies, captions, entry.tags))
    told = read_time(entry.published or entry.updated, account.timezone, now)
    edited = read_time(entry.updated, account.timezone, now).at if entry.published else None
    return FetchedPost(
        platform=account.platform,
        native_id=_network_id(entry, account)
        or own_id(entry.native_id or entry.link or f"sha256:{content_hash(parts)}", account),
        kind=PostKind.POST,
        url=web_address(entry.link) or web_address(entry.native_id),
        parts=parts,
        content_hash=content_hash(parts),
        claimed_at=told.at,
        edited_at=edited if edited and told.at and edited > told.at else None,
        time_note=told.note,
        media=_media((*(url for body in bodies for url in body.pictures), *entry.pictures), entry.link or account.url),
    )


def _media(addresses: Sequence[str], base: str) -> tuple[Media, ...]:
    """The pictures at these addresses, which may be relative to that of the entry; each once."""
    found = []
    for address in dict.fromkeys(addresses):
        try:
            url = urljoin(base, address)
        except ValueError:
            continue
        found += [url] if web_address(url) else []
    return tuple(Media(MediaKind.PICTURE, url) for url in dict.fromkeys(found))


def _network_id(entry: Entry, account: Account) -> str | None:
    """The id that the network of this account gave the post; None if the entry does not tell it."""
    did = did_in(account.url)
    found = (canonical_id(account.platform, said, did) for said in (entry.native_id, entry.link))
    return next(filter(None, found), None)


def own_id(said: str, account: Account) -> str:
    """An id as it is if it is an absolute URI; else one of its feed alone, for two blogs may both count 1, 2, 3.

    Of a very long one its hash stands there: databases do not index it.
    """
    written = said.encode("utf-8", "surrogatepass")
    if len(written) > _LONGEST_ID_BYTES:
        said = f"sha256:{hashlib.sha256(written).hexdigest()}"
    return said if _URI.fullmatch(said) else f"{account.native_id}#{said}"


def content_hash(parts: Sequence[Part]) -> str:
    """A version's fingerprint: the same for texts that differ only in lines of counts, of likes and the like.

    What a post answers to is no part of its version: it is asked for once.
    """
    told = [
        (part.origin, "\n".join("" if _COUNTS.fullmatch(line.strip()) else line for line in part.text.split("\n")))
        for part in parts
        if part.origin is not Origin.PARENT
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _plain(words: Words) -> PlainText:
    return from_html(words.text) if words.is_html else PlainText(words.text.strip())


def _parts(
    title: PlainText, bodies: Sequence[PlainText], captions: Sequence[PlainText], tags: Sequence[str]
) -> Iterator[Part]:
    """Title, bodies, the words of pictures, tags: each once, and none dropped unless another holds it whole."""
    told: list[str] = []
    # A video's description is all that its entry says; beside a body it is a picture's caption.
    caption = Origin.ALT if any(body.text for body in bodies) else Origin.TEXT
    alts = [alt for plain in (title, *bodies, *captions) for alt in plain.alts]
    for origin, text in (
        *((Origin.TITLE, text) for text in (title.text,) if not any(_begins(body.text, text) for body in bodies)),
        *((Origin.TEXT, body.text) for body in bodies),
        *((caption, plain.text) for plain in captions),
        *((Origin.ALT, alt) for alt in alts),
    ):
        line = _one_line(text)
        if text and not any(_holds(longer, line) for longer in told):
            yield Part(origin, text)
            told.append(line)
    folded = [line.casefold() for line in told]
    words = {" ".join(tag.removeprefix("#").split()) for tag in tags} - {""}
    untold = sorted(word for word in words if not any(_holds(line, _one_line(word).casefold()) for line in folded))
    if untold:
        yield Part(Origin.TEXT, " ".join(f"#{word}" for word in untold))


def _begins(longer: str, text: str) -> bool:
    longer, text = _one_line(longer), _one_line(text)
    return longer.startswith(_stem(text)) and _holds(longer, text)


def _holds(longer: str, text: str) -> bool:
    """Whether a line says all that the other does: "X9" is not in "X99", but "X9…" may be a cut of it."""
    stem = _stem(text)
    place = longer.find(stem)
    if place < 0:
        return False
    before, after = longer[max(place - 1, 0) : place], longer[place + len(stem) :][:1]
    return not before.isalnum() and (stem != text or not after.isalnum())


def _stem(text: str) -> str:
    return _CUT.sub("", text) or text


def _one_line(text: str) -> str:
    """White space means nothing beside Chinese, and one space elsewhere."""
    return _SPACE_BESIDE_CHINESE.sub("", " ".join(text.split()))


def web_address(link: object) -> str | None:
    """An address that people may follow; None for any other, such as that of a script."""
    if not isinstance(link, str) or len(link.encode("utf-8", "surrogatepass")) > _LONGEST_URL_BYTES:
        return None
    return link if re.match(r"https?://[^\s/]", link, re.IGNORECASE) else None
