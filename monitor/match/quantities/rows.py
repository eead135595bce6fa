"""A grammar is a table of rows; each row is one way to write a quantity, with examples that prove it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from monitor.match.quantities.needs import may_find, needed
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
    needs: tuple[str, ...] = ()  # words of which one must stand in a text for it to find anything


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
    return Row(name, re.compile(pattern), read, examples, bare, needed(pattern))


def read_rows(rows: Sequence[Row], kind: Kind | None, text: str) -> Iterator[Reading]:
    """Every reading of every row; the same place may be read by several."""
    for row in rows:
        for found in row.pattern.finditer(text) if may_find(row.needs, text) else ():
            value = row.read(found)
            if value is not None:
                start, end = _place(found)
                yield Reading(kind, start, end, value, row.name, row.bare)


def read_day_rows(rows: Sequence[DayRow], text: str, today: date) -> Iterator[Reading]:
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
