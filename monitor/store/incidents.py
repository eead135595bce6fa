"""Our own trouble: one open incident a kind and subject, told once when it opens and once when it ends."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.alert import Route, Urgency
from monitor.model.messages import ReceiverState
from monitor.store.engine import insert_into
from monitor.store.queueing import queue
from monitor.store.schema import incidents, receivers

OPENED, CLOSED = 1, 2  # the two events of an incident


def open_incident(tx: Connection, kind: str, subject: str, detail: Mapping[str, str], now: datetime) -> None:
    """Tell those who run us; while it is open, only its detail is renewed. `detail` leaves the machine: no secrets."""
    new = insert_into(tx, incidents).values(
        kind=kind, subject=subject, opened_at=now, last_seq=OPENED, detail=dict(detail)
    )
    once = new.on_conflict_do_nothing(index_elements=["kind", "subject"], index_where=incidents.c.closed_at.is_(None))
    number = tx.execute(once.returning(incidents.c.id)).scalar_one_or_none()
    if number is None:
        tx.execute(update(incidents).where(_open(kind, subject)).values(detail=dict(detail)))
    else:
        _tell(tx, number, OPENED, now)


def close_incident(tx: Connection, kind: str, subject: str, now: datetime) -> None:
    """It is over; nothing if it was not open."""
    ending = update(incidents).where(_open(kind, subject)).values(closed_at=now, last_seq=CLOSED)
    number = tx.execute(ending.returning(incidents.c.id)).scalar_one_or_none()
    if number is not None:
        _tell(tx, number, CLOSED, now)


def _open(kind: str, subject: str) -> ColumnElement[bool]:
    return (incidents.c.kind == kind) & (incidents.c.subject == subject) & incidents.c.closed_at.is_(None)


def _tell(tx: Connection, number: int, seq: int, now: datetime) -> None:
    told = select(receivers.c.key).where(receivers.c.ops, receivers.c.state != ReceiverState.REMOVED)
    routes = [Route(key, Urgency.NOW, now) for key in tx.execute(told.order_by(receivers.c.key)).scalars()]
    queue(tx, f"incident:{number}:{seq}", routes, now)
