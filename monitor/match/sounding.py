"""How names sound: the key that texts are searched by, in which 小咪 is 小米, and names written out in pinyin.

The key is coarse on purpose: every hit is compared letter by letter where it stands (lexicon.py).
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from monitor.match.fold import Table, key_of, plain
from monitor.match.sounds import CHARACTERS

SYLLABLE: Final = {char: syllable for syllable, chars in CHARACTERS.items() for char in chars}
FIRST: Final = 2  # characters of a name of which one may be in pinyin
_STANDS_FOR: Final = {ord(char): chars[0] for chars in CHARACTERS.values() for char in chars}
_TABLE: Final = Table(lambda char: key_of(char).translate(_STANDS_FOR))
_LATIN_THEN_NUMBER: Final = re.compile(r"([a-z]{2,6})[ ]?(\d{1,4}.*)")
# Two letters before a number that measure something, or are a word: a meeting at 9, my 9 colleagues.
_NO_INITIALS: Final = re.compile(
    "km|mm|cm|nm|um|dm|kg|mg|gb|mb|tb|kb|hz|mp|ml|cl|db|pm|am|ps|hp|kw|mw|wh|ma|mv|kv|pc|pt|px|no|vs|cp|ch|rm|rs|xs|xl"
    "|an|as|at|be|by|do|ep|go|he|ok|me|my|of|on|or|pk|so|to|we"
)


def sound_key(text: str) -> str:
    """The key of a text with one character for all that sound like it; as long as the squeezed text."""
    return _TABLE.translate(text)


def same_sound(one: str, other: str) -> bool:
    """Whether two characters are read alike."""
    return one != other and SYLLABLE.get(one, "1") == SYLLABLE.get(other, "2")


def in_pinyin(folded: str) -> str:
    """The name with its Han characters spelled out, "" if fewer than two of them: 云雀9 is yunque9."""
    return _written(folded, lambda syllable: syllable)


def partly_in_pinyin(folded: str, brand: tuple[str, ...]) -> Iterator[str]:
    """The name with its brand in pinyin, and with one of its first characters: songguo手表5, 云que9."""
    for word in map(plain, brand):
        if folded.startswith(word) and (spelled := in_pinyin(word)):
            yield spelled + folded[len(word) :]
    for at, char in enumerate(folded[:FIRST]):
        if char in SYLLABLE and not SYLLABLE.keys().isdisjoint(folded[:at] + folded[at + 1 : FIRST]):
            yield folded[:at] + SYLLABLE[char] + folded[at + 1 :]


def in_initials(folded: str) -> str:
    """The name with the first letter of each Han character, "" if those are a unit or fewer than two: 云雀9 is yq9."""
    written = _written(folded, lambda syllable: syllable[:1])
    letters = re.match(r"[a-z]*", written.replace(" ", ""))
    return "" if letters is None or _NO_INITIALS.fullmatch(letters.group()) else written


def in_sound(folded: str) -> str:
    """A Latin word that is a syllable, as a character of that sound before the number: su7 is 苏7; "" if it is none."""
    found = _LATIN_THEN_NUMBER.fullmatch(folded)
    return CHARACTERS[found[1]][0] + found[2] if found and found[1] in CHARACTERS else ""


def _written(folded: str, letters: Callable[[str], str]) -> str:
    if folded.isascii() or sum(char in SYLLABLE for char in folded) < 2:  # noqa: PLR2004
        return ""
    return "".join(letters(SYLLABLE[char]) if char in SYLLABLE else char for char in folded)
