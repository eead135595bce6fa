"""Our own trouble: what kinds there are, when an open incident speaks again, and to whom. Pure.

An incident speaks when it opens, again after a quarter of an hour, an hour, and then every four hours, until somebody
takes it or it ends. One that leaves us blind is told to the receivers of alerts too while a launch is near.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from monitor.model.messages import IncidentEvent

REMINDERS: Final = (timedelta(minutes=15), timedelta(hours=1))  # after the opening
EVERY: Final = timedelta(hours=4)  # after the last of them
NEAR: Final = timedelta(hours=72)  # before an event of the rule book
SLACK: Final = timedelta(minutes=2)  # by which a clock that is kept right may differ
SKEW_BOUND_S: Final = 60.0
HOSTS_TO_ASK: Final = 3  # one host with a wrong clock proves nothing
LOW_BYTES: Final = 500 * 2**20
WARNED: Final = (timedelta(days=3), timedelta(days=1))  # before a suppression ends
MANY_HIDDEN: Final = 50  # findings in a day: more than that is a flood, or a leak behind it
ENOUGH_BYTES: Final = 600 * 2**20  # more than low, so that a disk at the bound is not told of again and again


class IncidentKind(StrEnum):
    """What can be wrong with us; docs/how-to/answer-an-incident.md has a row for each."""

    ACCOUNT_UNREADABLE = "account_unreadable"
    ACCOUNT_OVERDUE = "account_overdue"
    PLATFORM_UNREADABLE = "platform_unreadable"
    ENTRIES_UNREADABLE = "entries_unreadable"
    GAP = "gap"
    QUARANTINE = "quarantine"
    PARTIAL = "partial"
    RULE_SET_ASIDE = "rule_set_aside"
    RELOAD_FAILED = "reload_failed"
    RENDER_FAILED = "render_failed"
    DELIVERY_DEAD = "delivery_dead"
    RECEIVER_FAILING = "receiver_failing"
    RECEIVER_PARKED = "receiver_parked"
    RECEIVER_REMOVED = "receiver_removed"
    LOOP_STALLED = "loop_stalled"
    WORK_STUCK = "work_stuck"
    CANARY_LOST = "canary_lost"
    HEARTBEAT_FAILED = "heartbeat_failed"
    CLOCK_WRONG = "clock_wrong"
    DISK_LOW = "disk_low"
    REVIEW_OVERDUE = "review_overdue"
    OPS_UNREACHABLE = "ops_unreachable"
    SESSION_AGEING = "session_ageing"
    SESSION_REPLACED = "session_replaced"
    SUPPRESSION_ENDING = "suppression_ending"
    SUPPRESSION_BUSY = "suppression_busy"
    OBJECTIVE_MISSED = "objective_missed"
    CALENDAR_UNREADABLE = "calendar_unreadable"
    CALENDAR_STRANGERS = "calendar_strangers"
    NOBODY_ON_DUTY = "nobody_on_duty"
    APP_DISCONNECTED = "app_disconnected"


K = IncidentKind
# While one of these is open, a leak may go unseen or untold.
BLINDING: Final = frozenset(
    {K.ACCOUNT_UNREADABLE, K.ACCOUNT_OVERDUE, K.PLATFORM_UNREADABLE, K.GAP, K.QUARANTINE, K.RULE_SET_ASIDE}
    | {K.LOOP_STALLED, K.CANARY_LOST, K.OPS_UNREACHABLE}
)
# These speak again on days of their own, as the look-out says, and not because they last.
ON_ITS_DAYS: Final = frozenset({K.SUPPRESSION_ENDING})


@dataclass(frozen=True, slots=True)
class OpenTrouble:
    """An incident that is not over. `told_at`: when it last spoke; `covered`: one of a wider kind speaks for it."""

    kind: str
    opened_at: datetime
    told_at: datetime
    escalated_at: datetime | None = None
    taken_at: datetime | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What an incident has to say now, if anything, and why."""

    event: IncidentEvent | None
    reason: str


def next_word(trouble: OpenTrouble, now: datetime, event_at: datetime | None) -> Word:
    """Whether an open incident speaks now; `event_at` is when the next launch begins."""
    if trouble.taken_at is not None:
        return Word(None, "taken")
    if trouble.covered:
        return Word(None, "covered")
    near = event_at is not None and now <= event_at <= now + NEAR
    if near and trouble.escalated_at is None and trouble.kind in BLINDING:
        return Word(IncidentEvent.ESCALATED, "event_near")
    if trouble.told_at > now + SLACK:
        return Word(IncidentEvent.REMINDED, "clock_was_ahead")
    if trouble.kind not in ON_ITS_DAYS and now >= reminder_at(trouble.opened_at, trouble.told_at):
        return Word(IncidentEvent.REMINDED, "still_open")
    return Word(None, "told_lately")


def reminder_at(opened_at: datetime, told_at: datetime) -> datetime:
    """When an incident speaks again after it spoke at `told_at`: the next of its instants, those missed left out."""
    due_at = next((opened_at + after for after in REMINDERS if opened_at + after > told_at), None)
    if due_at is None:
        first_at = opened_at + REMINDERS[-1]
        due_at = first_at + EVERY * ((told_at - first_at) // EVERY + 1)
    return min(due_at, told_at + EVERY)  # an opening in the future of a clock that was ahead


def skew_s(offsets_s: Iterable[float]) -> float | None:
    """By how much our clock is ahead of the hosts that we asked, one number each; None if they are too few to tell."""
    known = list(offsets_s)
    return median(known) if len(known) >= HOSTS_TO_ASK else None


def is_low(free_bytes: int, *, was_low: bool) -> bool:
    """Whether the disk is about to be full; once it was low, it must have some room to spare to be well again."""
    return free_bytes < (ENOUGH_BYTES if was_low else LOW_BYTES)


def next_event(starts: Iterable[datetime], now: datetime) -> datetime | None:
    """The soonest of these instants that is still ahead."""
    return min((at for at in starts if at >= now), default=None)


def overdue_reviews(reviews: Mapping[str, datetime | None], now: datetime) -> list[str]:
    """The people whose watching should have been reviewed by now, by key."""
    return sorted(key for key, due_at in reviews.items() if due_at is not None and due_at <= now)


def warning_at(made_at: datetime, until: datetime, now: datetime) -> datetime | None:
    """The last instant up to now at which the end of a suppression was to be told; None before the first of them.

    One that was made later than such an instant is not warned of at once: whoever made it knows its end.
    """
    return max((until - before for before in WARNED if made_at < until - before <= now < until), default=None)
