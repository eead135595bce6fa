"""Stage 3, first step: one plain form for every way to write a character.

Folding goes character by character, so fold(a + b) is fold(a) + fold(b) and every span leads back to the original
exactly. Full-width, circled, mathematical and keycap forms, letter case, accents, invisible characters and
traditional Chinese all disappear here. Letters of other alphabets that only look Latin do not: they fold in the key
(below), and lexicon.py then accepts them in tokens of mixed script only. ASCII 0 and o, 1 and l are never one.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TypeVar

from monitor.match.simplified import SIMPLIFIED, TRADITIONAL

MARKS = ("Mn", "Me")  # combining marks, variation selectors, keycaps: they belong to the character before
LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
FILLERS = "\u115f\u1160\u3164\uffa0"  # letters by category, invisible in fact
KEPT_APART = "\ufffd"  # stands for a lone surrogate, which no text engine takes

Answer = TypeVar("Answer")
FIRST_PLANE = 0x10000
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_SPECIAL = {
    **dict.fromkeys(map(ord, LINE_BREAKS), "\n"),
    **dict.fromkeys(map(ord, FILLERS), ""),
    **dict(zip(map(ord, "\t〇"), " 零", strict=True)),
    **dict(zip(map(ord, "ıɑɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"), "iagabcdefghijklmnoprstuvwyz", strict=True)),
    **{base + at: chr(ord("a") + at) for base in (0x1F150, 0x1F170) for at in range(26)},  # white on black
}
_BY_CATEGORY = {**dict.fromkeys((*MARKS, "Cf", "Cc"), ""), "Cs": KEPT_APART, "Zs": " "}
_SIMPLER = str.maketrans(TRADITIONAL, SIMPLIFIED)
IS_TRADITIONAL = frozenset(TRADITIONAL)

# Small letters, as folding leaves them; Greek by its capitals, which are the ones that deceive.
LOOK_ALIKES = str.maketrans("авсеніјкморѕтухԁԛԝӏһαβεζηικμνορτυχϲϳ", "abcehijkmopstyxdqwlhabezhikmnoptyxcj")

_GAP_CATEGORIES = ("Zs", "Pd", "So", "Sk", "Co", "Cn")  # blanks, dashes, emoji (of vendors and of the future too)
MATES = dict(zip("([「『【〔《〈“", ")]」』】〕》〉”", strict=True))
_GAP_SIGNS = frozenset("._·•‧・*~|:").union(*MATES.items())


class _Far(dict[int, int | str | None]):
    """Answers that are worked out when a character is first met."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._make = make

    def __missing__(self, code: int) -> int | str | None:
        char = chr(code)
        made = self._make(char)
        answer = code if made == char else made or None
        if unicodedata.category(char) not in ("Cn", "Co"):  # assigned characters are few enough to remember
            self[code] = answer
        return answer


class Table:
    """What str.translate asks. For the first plane a list, twice as fast as a dict; worked out in 70 ms, once."""

    def __init__(self, make: Callable[[str], str]) -> None:
        self._far = _Far(make)

    @cached_property
    def _near(self) -> list[int | str | None]:
        return [self._far[code] for code in range(FIRST_PLANE)]

    def translate(self, text: str) -> str:
        """Every character by its answer."""
        near = text.isascii() or not _BEYOND.search(text)
        return text.translate(self._near if near else self._far)


def _plain(char: str) -> str:
    step = _step(char)
    return char if step == char else "".join(map(_plain, step))


def _step(char: str) -> str:
    category = unicodedata.category(char)
    if ord(char) in _SPECIAL or category in _BY_CATEGORY:
        return _SPECIAL.get(ord(char), _BY_CATEGORY.get(category, ""))
    if category in ("Nd", "No"):
        return _digits(char)
    if "가" <= char <= "힣":
        return char  # taken apart, one syllable would be the beginning of another
    return unicodedata.normalize("NFKD", char).casefold().translate(_SIMPLER)


def _digits(char: str) -> str:
    value = unicodedata.numeric(char)
    return str(int(value)) if value == int(value) else unicodedata.normalize("NFKD", char)


def is_gap(char: str) -> bool:
    """Whether a folded character may stand between the characters of a name: a blank, hyphen, dot or emoji.

    Brackets and colons are gaps of the key too; which of them a name may have is decided where it stands (lexicon.py).
    """
    return not char.isalnum() and (char in _GAP_SIGNS or unicodedata.category(char) in _GAP_CATEGORIES)


def _squeezed(char: str) -> str:
    return "".join(c for c in _plain(char) if not is_gap(c)).translate(LOOK_ALIKES)


_PLAIN = Table(_plain)
_SQUEEZED = Table(_squeezed)


class _Memory(dict[str, Answer]):
    """What is known of single characters; worked out when one is first met."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        self._ask = ask

    def __missing__(self, char: str) -> Answer:
        answer = self[char] = self._ask(char)
        return answer


_PIECES = _Memory(_plain)
_BECOMES_ONE = _Memory(lambda char: len(_plain(char)) == 1)
_IN_KEY = _Memory(lambda char: not is_gap(char))


def plain(text: str) -> str:
    """The folded text alone, without the way back."""
    return _PLAIN.translate(text)


def key_of(text: str) -> str:
    """The coarse key that terms and texts are compared by: folded, without gaps, look-alikes as ASCII."""
    return _SQUEEZED.translate(text)


@dataclass(frozen=True)
class Folded:
    """A folded text and the way back: `origins[i]` is the original offset of folded character i."""

    original: str
    text: str
    origins: Sequence[int]

    @cached_property
    def squeezed(self) -> tuple[int, ...]:
        """Offsets in `text` of the characters that are in the key, in order."""
        return tuple(compress(range(len(self.text)), map(_IN_KEY.__getitem__, self.text)))

    def splits(self, at: int) -> bool:
        """Whether the folded offset lies inside one original character, as in the middle of ⑬."""
        return 0 < at < len(self.origins) and self.origins[at - 1] == self.origins[at]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The folded span of an original one."""
        return bisect_left(self.origins, start), bisect_left(self.origins, end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of a folded one, with the combining marks and keycaps that follow it."""
        last = self.origins[end - 1] + 1
        while last < len(self.original) and unicodedata.category(self.original[last]) in MARKS:
            last += 1
        return self.origins[start], last


def fold(text: str) -> Folded:
    """The plain form of a text; folding it again changes nothing."""
    if all(map(_BECOMES_ONE.__getitem__, set(text))):
        return Folded(text, plain(text), range(len(text)))
    pieces = [_PIECES[char] for char in text]
    return Folded(text, "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece])
