"""Bytes to text, whatever the labels say.

A UTF-8 feed labelled gb2312 decodes without any error into other Chinese characters, so UTF-8 is tried first: bytes of
another encoding that happen to be valid UTF-8 are next to impossible.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_LABEL = re.compile(r"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_ASCII = re.compile(r"[\x00-\x7f]+")
_HEAD_BYTES = 1024
_FEW = 0.1
# What servers and programs say when nobody told them; they were wrong if we come to ask.
_VAGUE = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252"})


def decode(body: bytes, content_type: str) -> str:
    """The text of a document; bytes that fit nowhere become U+FFFD."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    try:
        return codecs.utf_8_decode(body, "strict", False)[0]  # an answer may be cut inside its last character
    except UnicodeDecodeError:
        pass
    return _decode_other(body, _labels(body, content_type))


def _decode_other(body: bytes, labels: list[str]) -> str:
    if any(label.startswith("gb") for label in labels):
        return body.decode("gb18030", "replace")
    if any(label.startswith("big5") for label in labels):
        return body.decode("big5hkscs", "replace")
    utf8 = body.decode("utf-8", "replace")
    others = sum(character > "\x7f" for character in utf8)
    if utf8.count("\ufffd") < _FEW * others:
        return utf8  # UTF-8 with a broken place
    for label in labels:
        try:
            return body.decode(label)
        except (UnicodeError, LookupError):
            continue
    return body.decode("gb18030" if _is_chinese(body) else "windows-1252", "replace")


def _labels(body: bytes, content_type: str) -> list[str]:
    texts = (content_type, body[:_HEAD_BYTES].decode("ascii", "replace"))
    labels = [found[1].lower() for text in texts if (found := _LABEL.search(text))]
    return [label for label in labels if label not in _VAGUE]


def _is_chinese(body: bytes) -> bool:
    """Whether nearly all of the non-ASCII text lies in GB 2312, whose two bytes are both above 0xA0."""
    others = _ASCII.sub("", body.decode("gb18030", "ignore"))
    common = len(others.encode("gb2312", "ignore").decode("gb2312"))
    return bool(others) and common >= (1 - _FEW) * len(others)
