"""Who is on duty, and who is told next when nobody takes an alert. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from monitor.model.calendars import Attendee, Entry, Occurrence
from monitor.model.routing import WEEK, Days, Duty, Member, Roster, Shift
from monitor.model.rulebook import Severity

Workdays: TypeAlias = Callable[[date], bool]
LONGEST: Final = timedelta(days=1)  # no step is farther ahead, but by a clock that was wrong
NO_CALENDAR: Final = frozenset({"no_calendar", "too_much"})  # what was read is none, or more than can be worked out
UNREAD: Final = timedelta(hours=6)  # a calendar that was not read for so long may be wrong by now


@dataclass(frozen=True, slots=True)
class Step:
    """Who is told next: `kind` is person, urgent or everybody, `name` that of a person."""

    kind: str
    name: str
    receivers: tuple[str, ...]


def on_duty(duty: Duty | None, at: datetime, is_workday: Workdays) -> tuple[str, ...]:
    """The members of the team who are on duty then, in the order in which they are asked.

    The calendar counts where it has an entry at that instant, the shifts where it has none.
    """
    if duty is None:
        return ()
    told = dict.fromkeys(key for e in duty.entries if e.starts_at <= at < e.ends_at for key in e.people)
    if told:
        return tuple(told)
    local = at.astimezone(duty.timezone)
    return next((shift.people for shift in duty.shifts if _covers(shift, local, is_workday)), ())


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


# --- the calendar ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Who is on duty from one instant up to another."""

    since: datetime
    until: datetime
    people: tuple[str, ...]  # keys; none if nobody is


def spans(duty: Duty | None, since: datetime, until: datetime, is_workday: Workdays) -> tuple[Span, ...]:
    """Who is on duty when between these instants, without a gap, each span as long as it can be."""
    found: list[Span] = []
    turns = sorted({since, until, *(at for at in _turns(duty, since, until) if since < at < until)})
    for begins, ends in pairwise(turns):
        people = on_duty(duty, begins, is_workday)
        if found and found[-1].people == people:
            found[-1] = replace(found[-1], until=ends)
        else:
            found.append(Span(begins, ends, people))
    return tuple(found)


def names_on_duty(roster: Roster, since: datetime, until: datetime, is_workday: Workdays) -> tuple[str, ...]:
    """Everybody who is on duty at some time between these instants, each once, in the order of their first hour."""
    keys = dict.fromkeys(key for span in spans(roster.duty, since, until, is_workday) for key in span.people)
    return tuple(member.name for member in map(roster.member, keys) if member is not None)


def _turns(duty: Duty | None, since: datetime, until: datetime) -> Iterable[datetime]:
    """Every instant at which somebody else may be on duty."""
    if duty is None:
        return
    for entry in duty.entries:
        yield entry.starts_at
        yield entry.ends_at
    hours = {time(0), *(hour for shift in duty.shifts for hour in (shift.begins, shift.ends))}
    day, last = since.astimezone(duty.timezone).date(), until.astimezone(duty.timezone).date()
    while day <= last:
        for hour in hours:
            yield datetime.combine(day, hour, duty.timezone).astimezone(UTC)
        day += timedelta(days=1)


def with_calendar(duty: Duty, occurrences: Sequence[Occurrence], team: Sequence[Member], now: datetime) -> Duty:
    """The duty by these occurrences of its calendar: who of the team they are, and whom of those ahead nobody knows.

    Earlier in the order is who has a priority (RFC 5545, 3.8.1.9: one is the highest, nought none), then who stands
    earlier. An occurrence that names nobody of the team is no entry: then the shifts count.
    """
    entries: list[Entry] = []
    strangers: dict[str, None] = {}
    for it in sorted(occurrences, key=lambda it: it.rank):
        known = {each: _attending(each, team) for each in it.attendees}
        people = tuple(dict.fromkeys(key for keys in known.values() for key in keys)) or _named_in(it.summary, team)
        if people:
            entries.append(Entry(it.starts_at, it.ends_at, people))
        if it.ends_at > now:
            strangers.update(dict.fromkeys(each.name or each.address for each, keys in known.items() if not keys))
            if not (people or known):  # what else an entry is called is not ours to tell
                strangers[f"{it.starts_at.astimezone(duty.timezone):%Y-%m-%d %H:%M}"] = None
    return replace(duty, entries=tuple(entries), strangers=tuple(strangers))


def _words_of(member: Member) -> set[str]:
    """By what a calendar may name somebody."""
    return {word.casefold() for word in (member.key, member.name, member.ids.get("mail", "")) if word}


def _attending(attendee: Attendee, team: Sequence[Member]) -> tuple[str, ...]:
    said = {attendee.address.casefold(), attendee.name.strip().casefold()}
    by_address = [m.key for m in team if m.ids.get("mail", "").casefold() == attendee.address.casefold() != ""]
    return tuple(by_address or [member.key for member in team if _words_of(member) & said])


def _named_in(summary: str, team: Sequence[Member]) -> tuple[str, ...]:
    """Those whose key, name or address stands in it as a word, in its order; of names inside names the longest."""
    text = summary.casefold().replace("值班", " ")  # which stands beside names without a blank
    words = sorted(((word, member.key) for member in team for word in _words_of(member)), key=lambda it: -len(it[0]))
    found: list[tuple[int, str]] = []
    for word, key in words:
        at = text.find(word)
        while at >= 0:
            ends = at + len(word)
            if not (_goes_on(text[:at][-1:]) or _goes_on(text[ends : ends + 1])):
                found.append((at, key))
                text = f"{text[:at]}{' ' * len(word)}{text[ends:]}"
            at = text.find(word, ends)
    return tuple(dict.fromkeys(key for _, key in sorted(found)))


def _goes_on(character: str) -> bool:
    return character.isalnum()


def is_unreadable(since: datetime, problem: str, now: datetime) -> bool:
    """Whether a calendar that was last good then is to be told of: it is none at all, or was not read for long."""
    return problem in NO_CALENDAR or now - since >= UNREAD


def is_anybody_on_duty(duty: Duty, now: datetime, is_workday: Workdays) -> bool:
    """Whether somebody is, at any time within a day."""
    until = now + LONGEST
    if any(entry.starts_at < until and entry.ends_at > now for entry in duty.entries):
        return True
    return any(span.people for span in spans(replace(duty, entries=()), now, until, is_workday))
