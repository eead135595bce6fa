"""Who is on duty, and who is told next when nobody takes an alert. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from monitor.model.routing import WEEK, Days, Duty, Roster, Shift
from monitor.model.rulebook import Severity

Workdays: TypeAlias = Callable[[date], bool]
HOUR: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=1)  # no step is farther ahead, but by a clock that was wrong


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told next: `kind` is person, urgent or everybody, `name` that of a person."""

    kind: str
    name: str
    receivers: tuple[str, ...]


def on_duty(duty: Duty | None, at: datetime, is_workday: Workdays) -> tuple[str, ...]:
    """The members of the team who are on duty then, in the order in which they are asked; none if no shift fits."""
    if duty is None:
        return ()
    local = at.astimezone(duty.timezone)
    return next((shift.people for shift in duty.shifts if _covers(shift, local, is_workday)), ())


def names_on_duty(roster: Roster, since: datetime, until: datetime, is_workday: Workdays) -> tuple[str, ...]:
    """Everybody who is on duty at some hour between these instants, each once, in the order of their first hour."""
    hours = range(max(0, round((until - since) / HOUR)))
    keys = dict.fromkeys(key for no in hours for key in on_duty(roster.duty, since + no * HOUR, is_workday))
    return tuple(member.name for member in map(roster.member, keys) if member is not None)


def _covers(shift: Shift, local: datetime, is_workday: Workdays) -> bool:
    """Whether the shift of that day, or one of the day before that goes on over midnight, is under way."""
    now, day = local.time().replace(tzinfo=None), local.date()
    if shift.begins < shift.ends:
        return shift.begins <= now < shift.ends and _is_on(shift, day, is_workday)
    if shift.ends == shift.begins == time(0):
        return _is_on(shift, day, is_workday)
    if now >= shift.begins:
        return _is_on(shift, day, is_workday)
    return now < shift.ends and _is_on(shift, day - timedelta(days=1), is_workday)


def _is_on(shift: Shift, day: date, is_workday: Workdays) -> bool:
    if (shift.since and day < shift.since) or (shift.until and day > shift.until):
        return False
    if isinstance(shift.days, Days):
        return shift.days is Days.ALL or is_workday(day) == (shift.days is Days.WORKDAYS)
    return WEEK[day.weekday()] in shift.days


def steps(roster: Roster, at: datetime, is_workday: Workdays) -> tuple[Step, ...]:
    """Who is told in turn, as it stands then: each who is on duty, the urgent channel, everybody."""
    found = []
    for key in on_duty(roster.duty, at, is_workday):
        member = roster.member(key)
        if member is not None and member.receivers:
            found.append(Step("person", member.name, member.receivers))
    if roster.escalation.urgent:
        found.append(Step("urgent", "", roster.escalation.urgent))
    if roster.escalation.everybody:
        found.append(Step("everybody", "", roster.escalation.everybody))
    return tuple(found)


def first_call(roster: Roster, severity: Severity, now: datetime, is_workday: Workdays) -> datetime | None:
    """When the first of them is told, of an alert that is told now; None if this severity does not ring."""
    wait = roster.escalation.waits.get(severity)
    return now + wait if wait is not None and steps(roster, now, is_workday) else None
