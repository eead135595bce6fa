"""The audit log as a chain: what a line's hash is made of, and what was done to lines since they were sealed. Pure.

Every sealed line carries its place, the hash of the line before it, and a hash over both and all it says. Whoever can
write to the database could make the whole chain anew from some line on; a head that was kept elsewhere shows it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Final

BEFORE_FIRST: Final = "0" * 64
_SCHEME: Final = "leak-monitor audit 1"  # hashed with each line, so that another way of hashing gives another chain
_MOST_MOVED: Final = 100  # places that a line which does not agree with its hash may have been moved from
_HEAD = re.compile(r"\b(\d+)\W+(?:hash\W+)?([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the log; `no` counts sealed lines from 1, without a hole."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    no: int
    prev: str | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """The last sealed line at some time: who knows it can tell whether anything up to there was changed since."""

    no: int
    hash: str


class Harm(StrEnum):
    """What was done to a line."""

    CHANGED = "changed"  # it does not say what was sealed
    MISSING = "missing"
    REORDERED = "reordered"  # it is whole, but stands in another line's place
    INSERTED = "inserted"  # it was never sealed into this chain
    CUT = "cut"  # it stood there when a head was kept, and all from it on is gone


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold: places `no` to `last`; `id` is the row there, `belongs_at` where it came from."""

    harm: Harm
    no: int
    last: int
    id: int | None = None
    belongs_at: int | None = None


def hash_of(line: Line, *, no: int, prev: str | None) -> str:
    """SHA-256, in hex, of a line at that place behind a line with that hash."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [_SCHEME, prev, no, line.id, at, line.actor, line.action, line.subject, dict(line.detail)]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def parse_heads(text: str) -> list[Head]:
    """Every head in a text, as `audit head` prints them: a number, then the hash."""
    return [Head(int(no), digest) for no, digest in _HEAD.findall(text)]


def find_harm(newest_first: Iterable[Line], heads: Sequence[Head] = ()) -> list[Broken]:
    """Everything that is wrong with the sealed lines, by place; nothing if the chain holds from the first line on.

    Lines come by number, the highest first. What stands behind the newest head is only as good as the database: a tail
    that was cut there, or a chain that was made anew from some line on, does not show.
    """
    check = _Check(heads)
    for no, rivals in groupby(newest_first, key=attrgetter("no")):
        check.place(no, list(rivals))
    return check.end()


class _Check:
    """Goes from the newest line to the first; each line that can be believed says which hash the one before it has."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self._heads: dict[int, set[str]] = {}
        for head in heads:
            self._heads.setdefault(head.no, set()).add(head.hash)
        self._found: list[Broken] = []
        self._suspects: list[Line] = []  # lines that do not agree with their own hash
        self._empty: list[int] = []  # places that nobody has
        self._behind: int | None = None  # the place that was looked at last
        self._named: str | None = None  # the hash that the line there names; None if it cannot be believed

    def place(self, no: int, rivals: list[Line]) -> None:
        """All lines that claim this place; there should be one."""
        if no < 1:
            self._found += [Broken(Harm.INSERTED, no, no, line.id) for line in rivals]
            return
        self._holes(no)
        genuine, *others = sorted(rivals, key=self._doubts)
        self._found += [Broken(Harm.INSERTED, no, no, line.id) for line in others]
        wanted = self._heads.get(no, set()) | ({self._named} if self._named is not None else set())
        self._behind, self._named = no, None
        if not _is_sound(genuine):
            self._suspects.append(genuine)
        elif wanted - {genuine.hash}:
            self._found.append(Broken(Harm.CHANGED, no, no, genuine.id))
        else:
            self._named = genuine.prev

    def end(self) -> list[Broken]:
        """What was found, once the first line was looked at."""
        self._holes(0)
        if self._named not in (None, BEFORE_FIRST):
            self._found.append(Broken(Harm.CHANGED, 1, 1))
        places = [line.no for line in self._suspects[:_MOST_MOVED]] + self._empty
        for line in self._suspects:
            belongs_at = next((no for no in places if hash_of(line, no=no, prev=line.prev) == line.hash), None)
            harm = Harm.CHANGED if belongs_at is None else Harm.REORDERED
            self._found.append(Broken(harm, line.no, line.no, line.id, belongs_at))
        return sorted(self._found, key=attrgetter("no"))

    def _holes(self, no: int) -> None:
        """The places between this one and the last that was looked at, or the newest head, are empty."""
        newest = self._behind is None
        last = max(self._heads, default=no) if self._behind is None else self._behind - 1
        if no < last:
            self._found.append(Broken(Harm.CUT if newest else Harm.MISSING, no + 1, last))
            self._empty += range(no + 1, min(last, no + _MOST_MOVED) + 1)
            self._named = None

    def _doubts(self, line: Line) -> tuple[bool, bool, int]:
        return line.hash != self._named, not _is_sound(line), line.id


def _is_sound(line: Line) -> bool:
    return line.hash == hash_of(line, no=line.no, prev=line.prev)
