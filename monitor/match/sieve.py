"""Asking many texts at once which of them may hold a listed term: nothing stands in most, and those are done here.

The texts are laid side by side as one array of code points and folded in one step; a text by itself takes four times as
long to fold as to search.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.uint32]  # code points

CHARACTERS_AT_ONCE: Final = 50_000  # stays in the cache; a longer text is asked by itself
_BETWEEN: Final = 0x110000  # stands behind each text: no character
_BETWEEN_KEYS: Final = "\x1f"  # and behind each key: it folds away, so no key has it
_SEVERAL: Final = 0xFFFFFFFE  # characters that become more than one, such as ㎏ and ⑫
_CODE: Final = np.dtype("<u4")
_ENCODING: Final = "utf-32-le"


class PerCharacter:
    """A number for each character; worked out when one is first met."""

    def __init__(self, ask: Callable[[str], int], dtype: type[np.unsignedinteger[Any]], between: int = 0) -> None:
        self._ask = ask
        self._unknown = np.iinfo(dtype).max
        self._known = np.full(_BETWEEN + 1, self._unknown, dtype)
        self._known[_BETWEEN] = between

    def of(self, codes: Codes) -> NDArray[Any]:
        """The number of each of these characters."""
        found = self._known[codes]
        new = codes[found == self._unknown]
        if not new.size:
            return found
        for code in np.unique(new).tolist():
            self._known[code] = self._ask(chr(code))
        return self._known[codes]


class Keys:
    """The keys of many texts at once, one behind the other."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        self._key_of = key_of
        self._of = PerCharacter(self._one, np.uint32, ord(_BETWEEN_KEYS))

    def _one(self, char: str) -> int:
        key = self._key_of(char)
        return ord(key) if len(key) == 1 else _SEVERAL if key else 0

    def of(self, codes: Codes) -> tuple[str, NDArray[np.intp]]:
        """The keys of texts that are side by side, and where in them each key ends."""
        keys = self._of.of(codes)
        several = np.flatnonzero(keys == _SEVERAL)
        if several.size:
            keys = np.concatenate([*self._spread(codes, keys, several.tolist())])
        keys = keys[keys != 0]
        return keys.tobytes().decode(_ENCODING), np.flatnonzero(keys == ord(_BETWEEN_KEYS))

    def _spread(self, codes: Codes, keys: Codes, several: Sequence[int]) -> Iterator[Codes]:
        done = 0
        for at in several:
            yield keys[done:at]
            yield _codes_of(self._key_of(chr(codes[at])))
            done = at + 1
        yield keys[done:]


def side_by_side(texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Codes]]:
    """The texts in groups to be asked at once: the numbers of a group's texts, and their characters in one row."""
    first, size = 0, 0
    for number, text in enumerate(texts):
        if size and size + len(text) > CHARACTERS_AT_ONCE:
            yield range(first, number), _joined(texts[first:number])
            first, size = number, 0
        size += len(text) + 1
    if size:
        yield range(first, len(texts)), _joined(texts[first:])


def _joined(texts: Sequence[str]) -> Codes:
    codes = _codes_of("\0".join([*texts, ""]))
    codes[np.cumsum([len(text) + 1 for text in texts]) - 1] = _BETWEEN
    return codes


def _codes_of(text: str) -> Codes:
    return np.frombuffer(bytearray(text.encode(_ENCODING, "surrogatepass")), _CODE)


def texts_at(ends: NDArray[np.intp], places: Sequence[int] | NDArray[np.intp]) -> list[int]:
    """The numbers of the texts in which these places lie, each once, in order."""
    return sorted({*np.searchsorted(ends, places).tolist()}) if len(places) else []
