"""An iCalendar text (RFC 5545) -> what takes place when. `python -m monitor.ics` does it within bounds.

A recurrence can be written so that nothing short of time ends it, and no thread can be ended from outside: so `rota.py`
has strangers' texts worked out by a process of their own, which the system ends when it takes too much.
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from monitor.model.calendars import Attendee, Occurrence

MOST_SECONDS: Final = 5  # of the processor
MOST_MEMORY: Final = 512 * 2**20
MOST_OCCURRENCES: Final = 2000  # in a month; more is no table of duty
TOO_MUCH: Final = 3  # the exit code
LAST: Final = 10  # behind every priority
SHOWN: Final = 200  # characters of a text
_DAY: Final = timedelta(days=1)
_NOBODY: Final = frozenset({"ROOM", "RESOURCE"})


class TooMuchError(Exception):
    """More takes place than a table of duty can hold."""


def occurrences(text: str, since: datetime, until: datetime, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    """What takes place between these instants, in the order of the file; `zone` is that of times without one.

    What is cancelled or declined is left out. A text that is no calendar raises whatever the libraries raise.
    """
    if not text.rstrip().upper().endswith("END:VCALENDAR"):  # the library takes what was cut off for whole
        raise ValueError("no calendar")
    found: list[Occurrence] = []
    for calendar in Calendar.from_ical(text, multiple=True):
        if calendar.name != "VCALENDAR":
            raise ValueError("no calendar")
        for component in _expanded(calendar, since - _DAY, until + _DAY):
            made = _occurrence(component, zone)
            if made.starts_at < until and made.ends_at > since and component.get("STATUS") != "CANCELLED":
                found.append(made)
            if len(found) > MOST_OCCURRENCES:
                raise TooMuchError
    return tuple(found)


def _expanded(calendar: Calendar, since: datetime, until: datetime) -> Iterator[Any]:
    for series in recurring_ical_events.of(calendar).series:
        for occurrence in series.between(since, until):
            yield occurrence.as_component(keep_recurrence_attributes=False)


def _occurrence(component: Any, zone: ZoneInfo) -> Occurrence:  # noqa: ANN401 - a library without types
    asked = component.get("ATTENDEE", ())
    priority = int(component.get("PRIORITY", 0))
    return Occurrence(
        starts_at=_instant(component["DTSTART"].dt, zone),
        ends_at=_instant(component["DTEND"].dt, zone),
        summary=str(component.get("SUMMARY", ""))[:SHOWN],
        attendees=tuple(_attendees(asked if isinstance(asked, list) else [asked] if asked else ())),
        rank=priority if 0 < priority < LAST else LAST,
    )


def _attendees(asked: Iterable[Any]) -> Iterator[Attendee]:
    for each in asked:
        said = each.params
        if said.get("PARTSTAT") != "DECLINED" and said.get("CUTYPE") not in _NOBODY:
            scheme, _, address = str(each).partition(":")
            address = address if scheme.lower() == "mailto" else ""
            yield Attendee(str(said.get("CN", ""))[:SHOWN], address[:SHOWN])


def _instant(value: date, zone: ZoneInfo) -> datetime:
    """In UTC; a day begins at midnight."""
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def to_json(found: Iterable[Occurrence]) -> str:
    """For the process that waits."""
    return json.dumps([asdict(each) for each in found], default=datetime.isoformat)


def from_json(text: str) -> tuple[Occurrence, ...]:
    """What `to_json` wrote."""
    return tuple(
        Occurrence(
            starts_at=datetime.fromisoformat(row["starts_at"]),
            ends_at=datetime.fromisoformat(row["ends_at"]),
            summary=row["summary"],
            attendees=tuple(Attendee(**each) for each in row["attendees"]),
            rank=row["rank"],
        )
        for row in json.loads(text)
    )


def main(since: str, until: str, zone: str) -> int:
    """From the calendar on standard input to JSON on standard output; the exit code says whether it is one."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    text = sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    try:
        found = occurrences(text, datetime.fromisoformat(since), datetime.fromisoformat(until), ZoneInfo(zone))
    except (TooMuchError, MemoryError):
        return TOO_MUCH
    sys.stdout.write(to_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
