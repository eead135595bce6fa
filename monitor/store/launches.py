"""Launches that were moved, until all that we have is judged by their new hour and people are told.

The rows know an event by a hash of its key, for that is secret; what may be said aloud of it is its label.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from monitor.model.messages import EventKind, EventMoved, Found
from monitor.model.rulebook import Moved
from monitor.store import audit
from monitor.store.rescans import OPEN
from monitor.store.revisions import PENDING
from monitor.store.schema import alert_events, alerts, event_moves, rescans, revisions

TOPIC = "event"


@dataclass(frozen=True, slots=True)
class Untold:
    """A move that nobody has heard of yet."""

    id: int
    ref: str
    seq: int
    moved_at: datetime

    @property
    def topic(self) -> str:
        """What its message is about."""
        return f"{TOPIC}:{self.ref}:{self.seq}"


def ref_of(key: str) -> str:
    """What an event is called outside of the rules."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def note_move(tx: Connection, moved: Moved, rulebook_hash: str, now: datetime) -> None:
    """This event starts at another instant from now on. Two moves before anybody heard of it are one, or none."""
    c, ref, event = event_moves.c, ref_of(moved.event.key), moved.event
    last = tx.execute(select(event_moves).where(c.ref == ref).order_by(c.seq.desc()).limit(1)).one_or_none()
    waits = last if last is not None and last.told_at is None else None
    if waits is None:
        seq = last.seq + 1 if last is not None else 1
        row = {"label": event.label, "was_at": moved.was_at, "starts_at": event.starts_at, "moved_at": now}
        tx.execute(insert(event_moves).values(ref=ref, seq=seq, **row))
    elif waits.was_at == event.starts_at:
        tx.execute(delete(event_moves).where(c.id == waits.id))
    else:
        tx.execute(update(event_moves).where(c.id == waits.id).values(label=event.label, starts_at=event.starts_at))
    detail = {"from": moved.was_at.isoformat(), "to": event.starts_at.isoformat(), "rules": rulebook_hash}
    audit.note(tx, audit.SERVICE, "move", f"{TOPIC}:{ref}", detail, now)


def untold(tx: Connection) -> list[Untold]:
    """The moves that wait to be told, the oldest first."""
    c = event_moves.c
    columns = (c.id, c.ref, c.seq, c.moved_at)
    return [Untold(*row) for row in tx.execute(select(*columns).where(c.told_at.is_(None)).order_by(c.id))]


def all_judged(tx: Connection) -> bool:
    """Whether nothing waits to be judged again by the rules in force."""
    seeks = tx.execute(select(rescans.c.id).where(rescans.c.state == OPEN).limit(1)).first()
    waits = (revisions.c.state == PENDING) & revisions.c.again
    return seeks is None and tx.execute(select(revisions.c.id).where(waits).limit(1)).first() is None


def count_changes(tx: Connection, since: datetime, subjects: Collection[str]) -> tuple[int, int]:
    """How many alerts of these products were closed as public since then, and how many opened on texts from before."""
    c = alert_events.c
    joined = alert_events.join(alerts, alerts.c.id == c.alert_id).join(revisions, revisions.c.id == c.revision_id)
    mine = (c.at > since) & (revisions.c.seen_at <= since) & alerts.c.subject.in_(sorted(subjects))

    counted = select(func.count(c.alert_id.distinct())).select_from(joined).where(mine)
    opens = c.kind.in_((EventKind.OPENED, EventKind.REOPENED)) & (c.found != Found.LIVE)  # live is what is new itself
    closed, opened = (tx.execute(counted.where(which)) for which in (c.kind == EventKind.PUBLIC_SINCE, opens))
    return int(closed.scalar_one()), int(opened.scalar_one())


def settle(tx: Connection, move: Untold, counts: tuple[int, int] | None, now: datetime) -> None:
    """It is told now, with what is counted by now, or without."""
    closed, opened = counts or (None, None)
    told = update(event_moves).where(event_moves.c.id == move.id)
    tx.execute(told.values(told_at=now, closed=closed, opened=opened))


def forget(tx: Connection, move: Untold) -> None:
    """The event is gone before anybody heard that it was moved."""
    tx.execute(delete(event_moves).where(event_moves.c.id == move.id))


def moved_message(tx: Connection, topic: str, rest: str) -> EventMoved | None:
    """What is told of a move; None if there is none of that name."""
    ref, _, seq = rest.partition(":")
    c = event_moves.c
    row = tx.execute(select(event_moves).where(c.ref == ref, c.seq == int(seq), c.told_at.is_not(None))).one_or_none()
    return None if row is None else _message(topic, row)


def _message(topic: str, row: Row[Any]) -> EventMoved:
    return EventMoved(
        topic=topic,
        at=row.told_at,
        label=row.label,
        was_at=row.was_at,
        starts_at=row.starts_at,
        closed=row.closed,
        opened=row.opened,
    )
