"""Who is told of what, as people configured it: the tree of routes, the team, its duty, and who is called when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model.calendars import Calendar, Entry
from monitor.model.rulebook import Kind, Severity


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree of routes; what it does not name, it asks nothing of."""

    to: tuple[str, ...] = ()  # receivers
    owners: bool = False  # those who answer for the product too
    min_severity: Severity = Severity.LOW
    products: frozenset[str] = frozenset()  # labels or refs
    people: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    also: bool = False  # what comes after it is asked as well
    branches: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who answers for alerts."""

    key: str
    name: str
    receivers: tuple[str, ...] = ()  # that reach this person alone
    ids: Mapping[str, str] = field(default_factory=dict)  # who it is in a chat tool, by format


class Days(StrEnum):
    """Days by what a calendar makes of them, in China with the working days that make up for holidays."""

    ALL = "all"
    WORKDAYS = "workdays"
    HOLIDAYS = "holidays"  # weekends too


WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty on which days and between which hours of the zone; one that ends earlier ends on the next day."""

    people: tuple[str, ...]  # asked in this order
    days: Days | frozenset[str] = Days.ALL  # or days of WEEK
    begins: time = time(0)
    ends: time = time(0)
    since: date | None = None
    until: date | None = None  # the last day


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty, in a zone: by the calendar where it has an entry, else by the first shift that fits."""

    timezone: ZoneInfo
    shifts: tuple[Shift, ...] = ()
    in_china: bool = False  # holidays and the working days that make up for them are those of China
    calendar: Calendar | None = None
    entries: tuple[Entry, ...] = ()  # what the calendar says, as it was last read
    strangers: tuple[str, ...] = ()  # whom it names, but who are not in the team; or when an entry begins without names


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when nobody takes an alert: the next on duty, then the urgent channel, then everybody."""

    waits: Mapping[Severity, timedelta] = field(default_factory=dict)  # before the first step; none: not escalated
    again: timedelta = timedelta(minutes=5)  # between steps
    urgent: tuple[str, ...] = ()  # receivers
    everybody: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """All of it. Receivers that reach one person, or ring, are told by name alone."""

    branches: tuple[Branch, ...] = ()
    team: tuple[Member, ...] = ()
    duty: Duty | None = None
    escalation: Escalation = field(default_factory=Escalation)

    @property
    def by_name_alone(self) -> frozenset[str]:
        """Receivers that hear only what is sent to them by name: of one person, or of the urgent channel."""
        personal = {key for member in self.team for key in member.receivers}
        return frozenset(personal | {*self.escalation.urgent})

    def member(self, key: str) -> Member | None:
        """Somebody of the team."""
        return next((member for member in self.team if member.key == key), None)

    def known_as(self, chat_tool: str, user: str) -> Member | None:
        """Who presses there under that name; None if we do not know, or several are said to be that one."""
        found = [member for member in self.team if member.ids.get(chat_tool) == user]
        return found[0] if len(found) == 1 else None

    def person_behind(self, receiver_key: str) -> Member | None:
        """Whom a receiver reaches alone; None if it is a group, or several people's."""
        found = [member for member in self.team if receiver_key in member.receivers]
        return found[0] if len(found) == 1 else None
