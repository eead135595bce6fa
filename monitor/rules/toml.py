"""Reading TOML with a place for every complaint.

A complaint names tables and keys, never a value: values are the secrets.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

from monitor.config.lines import Path, find_lines, line_of
from monitor.errors import RuleError

Raw: TypeAlias = Mapping[str, object]

_SYNTAX = re.compile(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_QUOTED = re.compile(r"""'[^']{2,}'|"[^"]{2,}\"""")


def parse_toml(source: str, file: str) -> "Table":
    """The whole of a file; RuleError where it is no TOML."""
    source = source.replace("\r\n", "\n")
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.fullmatch(str(error))
        problem = _QUOTED.sub("a value", found[1] if found else "no valid TOML")
        line = int(found[2]) if found and found[2] else source.rstrip().count("\n") + 1
        raise RuleError(file, line, f"not TOML: {problem}", "text stands in quotes, one key on a line") from None
    except (ValueError, RecursionError):  # of tomllib and int(); neither says where
        fix = "look for a number of thousands of digits, or thousands of brackets"
        raise RuleError(file, None, "a value is too large to be read", fix) from None
    return Table(raw, file, (), _Lines(source))


class _Lines(Mapping[Path, int]):
    """The lines of a file, found when somebody asks: a complaint does, and the places of rules."""

    def __init__(self, source: str) -> None:
        self._source = source

    @cached_property
    def _found(self) -> Mapping[Path, int]:
        return find_lines(self._source)

    def __getitem__(self, path: Path) -> int:
        return self._found[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, read key by key; what is missing, of the wrong type or unknown is a RuleError."""

    raw: Raw = field(repr=False)
    file: str = "rule book"
    path: Path = ()
    lines: Mapping[Path, int] = field(default_factory=dict)

    def expect(self, keys: Collection[str]) -> "Table":
        """This table, if it has no other keys than these."""
        for key in self.raw:
            if key not in keys:
                close = get_close_matches(key, keys, n=1)
                # What resembles no key may be a word that slipped out of its quotes.
                problem = f"unknown key '{key}'" if close else "unknown key"
                fix = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(sorted(keys))}"
                raise self.wrong(f"{problem} in {_name_of(self.path)}", fix, key)
        return self

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not blank."""
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.wrong(f"'{key}' is no text", f'write {key} = "..."', key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty if it is not there."""
        value = self._get(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.wrong(f"'{key}' is no list of texts", f'write {key} = ["...", "..."]', key)
        return tuple(value)

    def number(self, key: str) -> int:
        """A whole number from 0."""
        value = self._get(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(f"'{key}' is no whole number", f"write {key} = 12", key)
        return value

    def flag(self, key: str) -> bool:
        """True or false; false if it is not there."""
        value = self._get(key, default=False)
        if not isinstance(value, bool):
            raise self.wrong(f"'{key}' is neither true nor false", f"write {key} = true", key)
        return value

    def value(self, key: str) -> object:
        """Whatever stands there, None if nothing does; a date is answered as its ISO text."""
        value = self.raw.get(key)
        return value.isoformat() if isinstance(value, date | datetime) else value

    def tables(self, key: str) -> tuple["Table", ...]:
        """The tables of an array `[[key]]`."""
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(f"'{key}' is no array of tables", f"begin each one with [[{key}]]", key)
        return tuple(Table(item, self.file, (*self.path, key, no), self.lines) for no, item in enumerate(value))

    def wrong(self, problem: str, fix: str, *at: str | int) -> RuleError:
        """The error to raise about this table, or about what is at that place in it."""
        return RuleError(self.file, self.line(*at), problem, fix)

    def line(self, *at: str | int) -> int | None:
        """The line of this table or of what is at that place in it; the nearest one around it if it is not there."""
        return line_of(self.lines, (*self.path, *at))

    def _get(self, key: str, default: object) -> object:
        value = self.value(key)
        if value is not None:
            return value
        if default is None:
            raise self.wrong(f"'{key}' is missing in {_name_of(self.path)}", f"add {key} = ...")
        return default


def _name_of(path: Path) -> str:
    names = ".".join(part for part in path if isinstance(part, str))
    if not names:
        return "the file"
    return f"[[{names}]]" if isinstance(path[-1], int) else f"[{names}]"
