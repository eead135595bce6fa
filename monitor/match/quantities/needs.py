"""What a text must hold for a pattern to find anything in it: one word of each of a few sets, as the pattern tells.

Most rows of a grammar find nothing in most posts, and to search for all of their words at once costs a thousandth of
searching each. The pattern is taken apart by the parser of `re`; what it does not tell for sure is not asked for.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

Need: TypeAlias = frozenset[str]  # one of these words stands in every text that the pattern finds something in

_PARSER: Any = getattr(re, "_parser")  # noqa: B009 - private since Python 3.11, and the same up to 3.14
_OF: Any = getattr(re, "_constants")  # noqa: B009
_DIGITS: Final = frozenset("0123456789")  # a folded text has no others
_WIDEST_RANGE: Final = 16  # characters of a class that are worth asking for one by one
_MOST_WORDS: Final = 200
_COMMON: Final = frozenset("0123456789零一二三四五六七八九两十百千万 -.,:/的年月日个天")  # in many texts: says little


def needs_of(pattern: str) -> tuple[Need, ...]:
    """The needs of a pattern, every one of which must be met, the most telling first; () if there are none to tell."""
    needs = {need for need in _of_sequence(_PARSER.parse(pattern)) if len(need) <= _MOST_WORDS}
    return tuple(sorted(needs, key=_rarity, reverse=True))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> list[Need]:
    """The needs of things that all must come: of the letters in a row, and of each group."""
    needs: list[Need] = []
    run = ""
    for op, value in items:
        if op is _OF.LITERAL:
            run += chr(value)
            continue
        needs += [frozenset({run})] if run else []
        run = ""
        needs += _of_item(op, value)
    return [*needs, frozenset({run})] if run else needs


def _of_item(op: object, value: Any) -> list[Need]:  # noqa: ANN401 - whatever the parser made of it
    if op is _OF.SUBPATTERN:
        return _of_sequence(value[-1])
    if op in (_OF.MAX_REPEAT, _OF.MIN_REPEAT) and value[0] > 0:
        return _of_sequence(value[2])
    if op is _OF.ASSERT:  # what must stand before or behind
        return _of_sequence(value[1])
    if op is _OF.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return [frozenset[str]().union(*(max(needs, key=_rarity) for needs in branches))] if all(branches) else []
    return _of_class(value) if op is _OF.IN else []


def _of_class(items: Iterable[tuple[Any, Any]]) -> list[Need]:
    chars: set[str] = set()
    for op, value in items:
        if op is _OF.LITERAL:
            chars.add(chr(value))
        elif op is _OF.RANGE and value[1] - value[0] < _WIDEST_RANGE:
            chars.update(map(chr, range(value[0], value[1] + 1)))
        elif op is _OF.CATEGORY and value is _OF.CATEGORY_DIGIT:
            chars |= _DIGITS
        else:
            return []
    return [frozenset(chars)]


def _rarity(need: Need) -> tuple[bool, bool, int, list[str]]:
    """Greater for a need that fewer texts meet: of rarer characters, longer words, fewer of them."""
    return _COMMON.isdisjoint(need), min(map(len, need)) > 1, -len(need), sorted(need)
