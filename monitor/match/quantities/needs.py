"""What a text must hold for a pattern to find anything in it: one of a few words, told by the pattern itself.

Asking whether a word stands in a text costs a hundredth of searching it, and most rows of a grammar find nothing in
most posts. The pattern is taken apart by the parser of `re`; what it does not tell for sure is not asked for.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

_PARSER: Any = getattr(re, "_parser")  # noqa: B009 - private since Python 3.11, and the same up to 3.14
_OF: Any = getattr(re, "_constants")  # noqa: B009
_WIDEST_RANGE: Final = 16  # characters of a class that are worth asking for one by one
_MOST_WORDS: Final = 200
# Characters that stand in many texts: a need of these says little.
_COMMON: Final = frozenset("0123456789零一二三四五六七八九两十百千万 -.,:/的年月日个天")


def needed(pattern: str) -> tuple[str, ...]:
    """Words of which one stands in every text that the pattern finds something in; () if there are none to tell."""
    words = _of_sequence(_PARSER.parse(pattern))
    return tuple(sorted(words)) if words and len(words) <= _MOST_WORDS else ()


def may_find(words: tuple[str, ...], text: str) -> bool:
    """Whether a pattern that needs one of these words may find something."""
    return not words or any(word in text for word in words)


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The most telling need of things that all must come: of the letters in a row, and of each group."""
    best: frozenset[str] | None = None
    run = ""
    for op, value in items:
        if op is _OF.LITERAL:
            run += chr(value)
            continue
        best, run = _better(best, frozenset({run}) if run else None), ""
        best = _better(best, _of_item(op, value))
    return _better(best, frozenset({run}) if run else None)


def _of_item(op: object, value: Any) -> frozenset[str] | None:  # noqa: ANN401 - whatever the parser made of it
    if op is _OF.SUBPATTERN:
        return _of_sequence(value[-1])
    if op in (_OF.MAX_REPEAT, _OF.MIN_REPEAT) and value[0] > 0:
        return _of_sequence(value[2])
    if op is _OF.ASSERT:  # what must stand before or behind
        return _of_sequence(value[1])
    if op is _OF.BRANCH:
        needs = [_of_sequence(branch) for branch in value[1]]
        return frozenset[str]().union(*(need for need in needs if need)) if all(needs) else None
    return _of_class(value) if op is _OF.IN else None


def _of_class(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    chars: set[str] = set()
    for op, value in items:
        if op is _OF.LITERAL:
            chars.add(chr(value))
        elif op is _OF.RANGE and value[1] - value[0] < _WIDEST_RANGE:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(chars) or None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The need that fewer texts meet: of rarer characters, longer words, fewer of them."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=_rarity)


def _rarity(words: frozenset[str]) -> tuple[bool, bool, int]:
    return _COMMON.isdisjoint(words), min(map(len, words)) > 1, -len(words)
