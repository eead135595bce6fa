"""Alerts that nobody has taken: when the next are told, and who that was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from monitor.model.messages import AlertState
from monitor.store.schema import alerts


@dataclass(frozen=True, slots=True)
class Untaken:
    """An alert that is due to be told to the next; `step` counts who was told before, from nought."""

    number: int
    step: int


def arm(tx: Connection, number: int, at: datetime | None, *, anew: bool) -> None:
    """The next are told then if nobody takes it, or sooner if that was to be sooner; `anew`: from the first."""
    if at is None:
        return
    c = alerts.c
    later = c.escalate_at.is_(None) | (c.escalate_at > at)
    mine = (c.id == number) & (c.state == AlertState.OPEN)
    if anew:
        tx.execute(update(alerts).where(mine).values(escalate_at=at, step=0))
    else:
        tx.execute(update(alerts).where(mine, later).values(escalate_at=at))


def due_calls(tx: Connection, now: datetime, *, farthest: timedelta, limit: int = 100) -> list[Untaken]:
    """Alerts whose next are due to be told; one farther ahead than any wait comes of a clock that was wrong."""
    c = alerts.c
    due = or_(c.escalate_at <= now, c.escalate_at > now + farthest)
    rows = tx.execute(
        select(c.id, c.step)
        .where(c.escalate_at.is_not(None), due, c.state == AlertState.OPEN)
        .order_by(c.escalate_at)
        .limit(limit)
    )
    return [Untaken(row.id, row.step) for row in rows]


def called(tx: Connection, number: int, step: int, next_at: datetime | None) -> None:
    """That step was told; the next is due then, or there is none."""
    tx.execute(update(alerts).where(alerts.c.id == number).values(step=step + 1, escalate_at=next_at))
