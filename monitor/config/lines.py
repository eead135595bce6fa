"""On which line each key and list item of a TOML text stands; tomllib does not tell.

Reads only text that tomllib has accepted, so it needs no error handling of its own.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]  # ("people", 0, "accounts", 1, "url")

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{1,2}(?!"))?'
    r"|'''(?:[^']|'(?!''))*'''(?:'{1,2}(?!'))?"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]*")


def find_lines(text: str) -> Mapping[Path, int]:
    """The line, from 1, of every table header, key and list item, by its path."""
    return _Reader(text).read()


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of that path, or of the nearest table around it; None for what has no line, as a missing table."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}  # of arrays of tables

    def read(self) -> Mapping[Path, int]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def here(self, path: Path) -> None:
        """This path begins at this place, and with it what is around it, unless that began before."""
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], bisect_left(self.breaks, self.at) + 1)

    def header(self) -> Path:
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        *outer, last = self.key()
        self.at += 2 if many else 1
        path: Path = ()
        for part in outer:
            path = self.newest((*path, part))
        path = (*path, last)
        if many:
            self.sizes[path] = self.sizes.get(path, 0) + 1
            path = self.newest(path)
        end, self.at = self.at, start
        self.here(path)
        self.at = end
        return path

    def newest(self, path: Path) -> Path:
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def key(self) -> list[str]:
        parts: list[str] = []
        while found := _KEY_PART.match(self.text, self.at):
            parts.append(next(group for group in found.groups() if group is not None))
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return parts

    def pair(self, table: Path) -> None:
        start = self.at
        path = (*table, *self.key())
        end, self.at = self.at, start
        self.here(path)
        self.at = end + 1  # the equals sign
        self.value(path)

    def value(self, path: Path) -> None:
        self.skip(_BLANK)
        self.here(path)
        opening = self.text[self.at]
        if opening == "[":
            self.items(path)
        elif opening == "{":
            while not self.ends("}"):
                self.pair(path)
        elif opening in "\"'":
            self.skip(_STRING)
        else:
            self.skip(_BARE)

    def items(self, path: Path) -> None:
        number = 0
        while not self.ends("]"):
            self.value((*path, number))
            number += 1

    def ends(self, closing: str) -> bool:
        """Step over the opening bracket or comma; whether the closing one follows, which is stepped over too."""
        self.skip(_BLANK)
        if self.text[self.at] in "[{,":
            self.at += 1
            self.skip(_BLANK)
        if self.text[self.at] == closing:
            self.at += 1
            return True
        return False
