"""HTML to text: what a reader would see, with line breaks where blocks end and with the words of the pictures."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Parsing nested elements is quadratic (100,000 of them took 9 s), so long articles are parsed in pieces of this size.
MAX_HTML_CHARS = 65536
_HUGE_CHARS = 2**17  # few write so much: it is parsed in smaller pieces, so that nesting costs even less
_HUGE_PIECE_CHARS = 8192

_MARKUP = re.compile(r"<(?:/?[a-z][a-z0-9]{0,14}(?:\s[^<>]*|/)?>|!--)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; an ideographic space stays
_GOES_ON = "\ue0ff"  # of the private use area
_UNSEEN = "script, style, template, noscript, head"
_BLOCKS = (
    "p, div, li, ul, ol, dl, dt, dd, tr, table, blockquote, pre, section, article, header, footer, figure, figcaption,"
    "h1, h2, h3, h4, h5, h6, hr"
)
_EMOJI = re.compile(r"\[[^\[\]\s]{1,12}\]|:\w{1,40}:")  # [doge] of Weibo, :blob: of Mastodon


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text, the alternative texts of its pictures, and their addresses as they stand there."""

    text: str
    alts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = field(default=(), compare=False)


def from_html(source: str) -> PlainText:
    """The text of an HTML fragment; escaped markup inside (doubly escaped HTML) is read as markup once more."""
    first = _read(source)
    if not _MARKUP.search(first.text):
        return first
    second = _read(first.text)
    return PlainText(second.text, (*first.alts, *second.alts), (*first.pictures, *second.pictures))


def _read(source: str) -> PlainText:
    if not _MARKUP.search(source):
        return PlainText(html.unescape(source).strip())
    pieces = [_parse(piece) for piece in _slices(source)]
    lines = "\n".join(line.strip(" ") for line in "".join(piece.text for piece in pieces).split("\n"))
    alts = dict.fromkeys(alt for piece in pieces for alt in piece.alts)
    pictures = dict.fromkeys(picture for piece in pieces for picture in piece.pictures)
    return PlainText(re.sub(r"\n{3,}", "\n\n", lines).strip(), tuple(alts), tuple(pictures))


def _slices(source: str) -> Iterator[str]:
    """The whole of it in pieces that are parsed alone, each but the last marked as going on."""
    start, most = 0, MAX_HTML_CHARS if len(source) < _HUGE_CHARS else _HUGE_PIECE_CHARS
    while len(source) - start > most:
        tag = source.rfind("<", start + 1, start + most)
        end = tag if tag > start else start + most
        yield source[start:end] + _GOES_ON
        start = end
    yield source[start:]


def _parse(source: str) -> PlainText:
    # Lexbor takes no lone surrogates.
    body = LexborHTMLParser(_SPACE.sub(" ", source).encode("utf-8", "replace")).body
    if body is None:
        return PlainText("")
    for node in body.css(_UNSEEN):
        node.decompose()
    alts, pictures = [], []
    for picture in body.css("img"):
        alt, address = _take_alt(picture)
        alts += [alt] if alt else []
        pictures += [address] if address else []
    for node in body.css("br"):
        node.replace_with("\n")
    for node in body.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in body.css("td, th"):
        node.insert_after(" ")
    text = body.text(separator="")
    # What the parser closed by itself behind the mark is no end of a block; a script may have taken the mark with it.
    told, mark, _ = text.rpartition(_GOES_ON) if source.endswith(_GOES_ON) else (text, _GOES_ON, "")
    return PlainText(told if mark else text, tuple(alts), tuple(pictures))


def _take_alt(picture: LexborNode) -> tuple[str, str]:
    """The words and the address of a picture; an emoji's words stay in the text, and the answer is then empty."""
    alt = (picture.attributes.get("alt") or "").strip()
    styles = picture.attributes.get("class") or ""
    parent = picture.parent
    around = (parent.attributes.get("class") or "") if parent is not None else ""
    if alt and ("emoji" in styles or "url-icon" in around or _EMOJI.fullmatch(alt)):
        picture.replace_with(alt)
        return "", ""
    counts_readers = "1" in (picture.attributes.get("width"), picture.attributes.get("height"))
    return alt, "" if counts_readers else (picture.attributes.get("src") or "").strip()
