"""A grammar is a table of rows; each row is one way to write a quantity, with examples that prove it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeAlias, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.match.quantities.needs import needs_of
from monitor.match.quantities.reading import Reading
from monitor.model.rulebook import Kind

Read: TypeAlias = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One way to write a quantity of folded text.

    `read` turns a place that the pattern found into a value as in `Reading`, or None where it is no such thing after
    all. If the pattern has a group called `it`, that is the quantity, and what stands around it only tells its meaning.
    Each example is a text and the value that this row reads in it.
    """

    name: str
    pattern: re.Pattern[str]
    read: Read
    examples: tuple[tuple[str, str], ...]
    bare: bool = False


@dataclass(frozen=True, slots=True)
class DayRow:
    """The same for dates, which are read as of a day: `read` is given the day of the post."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], date], str | None]
    examples: tuple[tuple[str, str, str], ...]  # text, day of the post, value
    bare: bool = False


def row(name: str, pattern: str, read: Read, *examples: tuple[str, str], bare: bool = False) -> Row:
    """A row with its pattern compiled."""
    return Row(name, re.compile(pattern), read, examples, bare)


AnyRow = TypeVar("AnyRow", Row, DayRow)


class Table(Generic[AnyRow]):
    """The rows of a grammar, ready to be searched: one look at a text tells which of them may find something in it."""

    def __init__(self, rows: Sequence[AnyRow]) -> None:
        self.rows: Sequence[AnyRow] = rows
        needs = [needs_of(row.pattern.pattern) for row in rows]
        words = sorted(frozenset[str]().union(*(need for row_needs in needs for need in row_needs)))
        numbers = {word: number for number, word in enumerate(words)}
        self._needs = [[frozenset(numbers[word] for word in need) for need in row_needs] for row_needs in needs]
        self._always = [at for at, row_needs in enumerate(self._needs) if not row_needs]
        self._by_word = [
            [at for at, row_needs in enumerate(self._needs) if row_needs and number in row_needs[0]]
            for number in range(len(words))
        ]
        self._words = AhoCorasick(words, implementation=Implementation.ContiguousNFA)

    def rows_for(self, text: str) -> list[AnyRow]:
        """The rows whose needs the text meets, in order; the others find nothing in it."""
        found = {number for number, _, _ in self._words.find_matches_as_indexes(text, overlapping=True)}
        asked = {at for number in found for at in self._by_word[number]}.union(self._always)
        return [self.rows[at] for at in sorted(asked) if not any(need.isdisjoint(found) for need in self._needs[at])]


def read_rows(rows: Iterable[Row], kind: Kind | None, text: str) -> Iterator[Reading]:
    """Every reading of every row; the same place may be read by several."""
    for row in rows:
        for found in row.pattern.finditer(text):
            value = row.read(found)
            if value is not None:
                start, end = _place(found)
                yield Reading(kind, start, end, value, row.name, row.bare)


def read_day_rows(rows: Iterable[DayRow], text: str, today: date) -> Iterator[Reading]:
    """Every date that a row reads, as of that day."""
    for row in rows:
        for found in row.pattern.finditer(text):
            try:
                value = row.read(found, today)
            except (ValueError, OverflowError):  # 31 June, or beyond the calendar
                value = None
            if value is not None:
                start, end = _place(found)
                yield Reading(Kind.DATE, start, end, value, row.name, row.bare)


def _place(found: re.Match[str]) -> tuple[int, int]:
    return found.span("it") if "it" in found.re.groupindex and found["it"] is not None else found.span()


def amount(number: Decimal) -> str:
    """A number in plain digits, without zeros that say nothing: 4499, 0.5."""
    plain = format(number.normalize(), "f")
    return "0" if plain == "-0" else plain
