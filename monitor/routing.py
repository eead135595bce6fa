"""Stage 4, its end: who is told of an event, and when. Pure.

A small tree decides who: the first branch that fits, down to its deepest branch that fits, and on to its neighbours
where it says so. What no branch takes is told to everybody, so that a gap in the tree loses nothing.

The first message of a burst goes out at once. More posts about the same product within a minute are gathered into one
message, unless they are worse; so is what would be more than a receiver's share of an hour. Nothing is dropped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from monitor.alert import AlertChange
from monitor.model.messages import EventKind, Found, Receiver
from monitor.model.routing import Branch, Roster
from monitor.model.rulebook import Kind, Severity

GATHER_LATE: Final = timedelta(seconds=60)  # a first read or a recovery is told once, not post by post
CROWD: Final = timedelta(minutes=5)
CROWD_WINDOW: Final = timedelta(hours=1)
MONDAY_HOUR: Final = 9  # local time of the weekly digest of notes


class Urgency(StrEnum):
    """How soon a receiver hears of an event."""

    NOW = "now"
    BURST = "burst"  # gathered: more of what it heard of within the minute
    CROWD = "crowd"  # gathered: it has had its share of the hour
    LATE = "late"  # gathered: baseline or found later
    HOURLY = "hourly"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Route:
    """One receiver is told of one event at that time; held ones are gathered into a digest."""

    receiver_key: str
    urgency: Urgency
    due_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What the tree asks of an event."""

    severity: Severity
    product: frozenset[str]  # its label and its ref
    person: str
    platform: str
    kinds: frozenset[Kind]
    owners: tuple[str, ...] = ()  # members of the team


@dataclass(frozen=True, slots=True)
class Heard:
    """What a receiver was told at once: of this product within its time to gather, and in all within the hour."""

    first_at: datetime | None = None
    worst: Severity = Severity.LOW
    in_hour: int = 0


def route(
    change: AlertChange,
    about: About,
    roster: Roster,
    receivers: Iterable[Receiver],
    now: datetime,
    heard: Mapping[str, Heard] | None = None,
) -> tuple[Route, ...]:
    """One row for every receiver that hears of this event, with when."""
    known = {receiver.key: receiver for receiver in receivers}
    wanted = recipients(about, roster, known.values())
    told = (known[key] for key in wanted if key in known)
    return tuple(
        _way(change, receiver, now, (heard or {}).get(receiver.key, Heard()))
        for receiver in told
        if receiver.alerts and change.severity.rank >= receiver.min_severity.rank
    )


def recipients(about: About, roster: Roster, receivers: Iterable[Receiver]) -> tuple[str, ...]:
    """The keys of those whom the tree names, each once; of everybody if it names nobody."""
    named = tuple(dict.fromkeys(_walk(roster.branches, about, roster)))
    return named or tuple(receiver.key for receiver in receivers if receiver.key not in roster.by_name_alone)


def to_all(roster: Roster, receivers: Iterable[Receiver], now: datetime) -> tuple[Route, ...]:
    """What is news for everybody who is told of alerts, at once; not those who hear only what is sent by name."""
    told = (r.key for r in receivers if r.alerts and r.key not in roster.by_name_alone)
    return tuple(Route(key, Urgency.NOW, now) for key in told)


def _walk(branches: Sequence[Branch], about: About, roster: Roster) -> Iterable[str]:
    for branch in branches:
        if not _fits(branch, about):
            continue
        deeper = tuple(_walk(branch.branches, about, roster))
        yield from deeper or _named(branch, about, roster)
        if not branch.also:
            return


def _named(branch: Branch, about: About, roster: Roster) -> Iterable[str]:
    yield from branch.to
    if branch.owners:
        members = (roster.member(key) for key in about.owners)
        yield from (key for member in members if member is not None for key in member.receivers)


def _fits(branch: Branch, about: About) -> bool:
    return (
        about.severity.rank >= branch.min_severity.rank
        and (not branch.products or bool(branch.products & about.product))
        and (not branch.people or about.person in branch.people)
        and (not branch.platforms or about.platform in branch.platforms)
        and (not branch.kinds or bool(branch.kinds & about.kinds))
    )


def _way(change: AlertChange, receiver: Receiver, now: datetime, heard: Heard) -> Route:
    urgency = urgency_of(change)
    if urgency is Urgency.NOW:
        if _is_more_of_a_burst(change, receiver, heard, now):
            return Route(receiver.key, Urgency.BURST, (heard.first_at or now) + receiver.gather)
        if heard.in_hour >= receiver.most_an_hour:
            return Route(receiver.key, Urgency.CROWD, now + CROWD)
    return Route(receiver.key, urgency, _due_at(urgency, receiver, now))


def _is_more_of_a_burst(change: AlertChange, receiver: Receiver, heard: Heard, now: datetime) -> bool:
    """Of what happens to one post each word counts; another post about the same product may wait a minute."""
    lately = heard.first_at is not None and now - receiver.gather < heard.first_at <= now
    return change.event is EventKind.OPENED and lately and change.severity.rank <= heard.worst.rank


def urgency_of(change: AlertChange) -> Urgency:
    """Critical and high at once at any hour, medium hourly, low weekly; what was not seen live is gathered."""
    if change.found is not Found.LIVE:
        return Urgency.LATE
    if change.severity.rank >= Severity.HIGH.rank:
        return Urgency.NOW
    return Urgency.HOURLY if change.severity is Severity.MEDIUM else Urgency.WEEKLY


def _due_at(urgency: Urgency, receiver: Receiver, now: datetime) -> datetime:
    if urgency is Urgency.LATE:
        return now + GATHER_LATE
    if urgency is Urgency.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if urgency is Urgency.WEEKLY:
        local = now.astimezone(receiver.timezone)
        monday = (local - timedelta(days=local.weekday())).replace(hour=MONDAY_HOUR, minute=0, second=0, microsecond=0)
        due = monday if monday > local else monday + timedelta(days=7)
        return due.astimezone(now.tzinfo)
    return now
