"""HTML to text: what a reader would see, with line breaks where blocks end and with the words of the pictures."""

import html
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Parsing nested elements is quadratic: 100,000 of them took 9 s.
MAX_HTML_CHARS = 65536

_MARKUP = re.compile(r"<(?:/?[a-z][a-z0-9]{0,14}(?:\s[^<>]*|/)?>|!--)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")  # what HTML collapses; an ideographic space stays
_UNSEEN = "script, style, template, noscript, head"
_BLOCKS = (
    "p, div, li, ul, ol, dl, dt, dd, tr, table, blockquote, pre, section, article, header, footer, figure, figcaption,"
    "h1, h2, h3, h4, h5, h6, hr"
)
_EMOJI = re.compile(r"\[[^\[\]\s]{1,12}\]|:\w{1,40}:")  # [doge] of Weibo, :blob: of Mastodon


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text, the alternative texts of its pictures, and whether it was cut for its size."""

    text: str
    alts: tuple[str, ...] = ()
    cut: bool = False


def from_html(source: str) -> PlainText:
    """The text of an HTML fragment; escaped markup inside (doubly escaped HTML) is read as markup once more."""
    first = _parse(source)
    if not _MARKUP.search(first.text):
        return first
    second = _parse(first.text)
    return PlainText(second.text, (*first.alts, *second.alts), first.cut or second.cut)


def _parse(source: str) -> PlainText:
    cut = len(source) > MAX_HTML_CHARS
    source = source[:MAX_HTML_CHARS]
    if not _MARKUP.search(source):
        return PlainText(html.unescape(source).strip(), cut=cut)
    # Lexbor takes no lone surrogates.
    body = LexborHTMLParser(_SPACE.sub(" ", source).encode("utf-8", "replace")).body
    if body is None:
        return PlainText("", cut=cut)
    for node in body.css(_UNSEEN):
        node.decompose()
    alts = [alt for picture in body.css("img") if (alt := _take_alt(picture))]
    for node in body.css("br"):
        node.replace_with("\n")
    for node in body.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in body.css("td, th"):
        node.insert_after(" ")
    lines = "\n".join(line.strip(" ") for line in body.text(separator="").split("\n"))
    return PlainText(re.sub(r"\n{3,}", "\n\n", lines).strip(), tuple(dict.fromkeys(alts)), cut)


def _take_alt(picture: LexborNode) -> str:
    """The words of a picture; an emoji's stay in the text, and the answer is then empty."""
    alt = (picture.attributes.get("alt") or "").strip()
    styles = picture.attributes.get("class") or ""
    parent = picture.parent
    around = (parent.attributes.get("class") or "") if parent is not None else ""
    if alt and ("emoji" in styles or "url-icon" in around or _EMOJI.fullmatch(alt)):
        picture.replace_with(alt)
        return ""
    return alt
