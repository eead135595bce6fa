"""How commands show things: tables and colour on a terminal, plain tab-separated lines in a pipe, JSON when asked."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum

from rich.console import Console
from rich.table import Table

STYLES: Mapping[str, str] = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "dim",
    "ok": "green",
    "blocked": "red",
    "stale": "yellow",
    "failing": "yellow",
    "parked": "red",
    "dead": "red",
    "delivered": "green",
}


def out() -> Console:
    """Standard output, coloured only on a terminal."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """Standard error: progress, notes and problems; a line stays a line, however narrow the terminal."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document a line, UTF-8, instants as RFC 3339."""
    sys.stdout.write(_JSON.encode(value) + "\n")


def print_rows(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    as_json: bool,
    empty: str,
    on_terminal: Sequence[str] | None = None,
) -> None:
    """A table for people, tab-separated lines for pipes, or one JSON object a row.

    `on_terminal` names the columns that the table shows, so that it fits; pipes and JSON get all of them.
    """
    listed = [tuple(row) for row in rows]
    shown = [place for place, name in enumerate(columns) if on_terminal is None or name in on_terminal]
    if as_json:
        for row in listed:
            print_json(dict(zip(columns, row, strict=True)))
    elif not sys.stdout.isatty():
        for row in listed:
            sys.stdout.write("\t".join(_cell(c) for c in row) + "\n")
    elif not listed:
        out().print(empty, style="dim")
    else:
        table = Table(*(columns[place] for place in shown), box=None, header_style="bold", pad_edge=False)
        for row in listed:
            table.add_row(*(_styled(row[place]) for place in shown))
        out().print(table)


def printable(text: str) -> str:
    """A text without the control and reordering characters with which it could fake lines on a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "\ufffd" for c in text)


def short_time(at: datetime | None) -> str:
    """An instant in UTC, to the second; a dash for none."""
    return "-" if at is None else at.strftime("%Y-%m-%d %H:%M:%SZ")


def plain(value: object) -> object:
    """A value that JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=plain)  # made once: `scan` writes a million lines


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return short_time(value)
    text = "-" if value is None else str(value)
    return printable(" ".join(text.split()))


def _styled(value: object) -> str:
    cell = value.strftime("%m-%d %H:%M") + "Z" if isinstance(value, datetime) else _cell(value)
    text = cell.replace("[", r"\[")
    style = STYLES.get(text)
    return f"[{style}]{text}[/]" if style else text
