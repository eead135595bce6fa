"""Our own trouble: one open incident a kind and subject, told when it opens, while it lasts and when it ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.errors import NotFoundError
from monitor.incident import ON_ITS_DAYS, IncidentKind, OpenTrouble, next_word, reminder_at
from monitor.model.messages import DeliveryState, IncidentEvent, ReceiverState
from monitor.model.posts import Args
from monitor.routing import Route, Urgency
from monitor.store import audit
from monitor.store.engine import insert_into
from monitor.store.queueing import queue
from monitor.store.schema import deliveries, incident_events, incidents, receivers

GROUP = IncidentKind.PLATFORM_UNREADABLE  # speaks for the accounts that it counts


@dataclass(frozen=True, slots=True)
class IncidentEventRow:
    """One thing that happened to an incident."""

    seq: int
    event: IncidentEvent
    at: datetime
    detail: Args


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as people see it; `next_at` is when it speaks again, None if it is over or taken."""

    number: int
    kind: str
    subject: str
    opened_at: datetime
    closed_at: datetime | None
    taken_at: datetime | None
    taken_by: str | None
    taken_note: str | None
    next_at: datetime | None
    detail: Args


# --- what happens -----------------------------------------------------------------------------------------------------


def open_incident(
    tx: Connection, kind: str, subject: str, detail: Mapping[str, str], now: datetime, *, also: Sequence[str] = ()
) -> None:
    """Tell those who run us, and `also` these receivers; while it is open, only its detail is renewed.

    `detail` leaves the machine: no secrets. Whoever is told of the beginning is reminded, and told of the end.
    """
    new = insert_into(tx, incidents).values(
        kind=kind,
        subject=subject,
        opened_at=now,
        told_at=now,
        escalated_at=now if also else None,
        last_seq=0,
        detail=dict(detail),
    )
    once = new.on_conflict_do_nothing(index_elements=["kind", "subject"], index_where=incidents.c.closed_at.is_(None))
    number = tx.execute(once.returning(incidents.c.id)).scalar_one_or_none()
    if number is None:
        tx.execute(update(incidents).where(_open(kind, subject)).values(detail=dict(detail)))
    else:
        _tell(tx, number, IncidentEvent.OPENED, detail, [*_ops(tx), *also], now)


def close_incident(tx: Connection, kind: str, subject: str, now: datetime) -> None:
    """It is over; nothing if it was not open. Whoever was told of it hears that."""
    _close(tx, _open(kind, subject), now)


def take_incident(tx: Connection, number: int, by: str, note: str, now: datetime) -> None:
    """Somebody sees to it: it speaks no more until it is over. NotFoundError if it is not open."""
    taken = {"taken_at": now, "taken_by": by, "taken_note": note}
    taking = update(incidents).where(_open_number(number)).values(**taken)
    row = tx.execute(taking.returning(incidents.c.last_seq, incidents.c.detail)).one_or_none()
    if row is None:
        raise _not_open(number)
    _tell(tx, number, IncidentEvent.TAKEN, {**row.detail, "by": by}, _all_told(tx, number, row.last_seq), now)
    audit.note(tx, by, "take", f"incident {number}", {}, now)


def close_by_hand(tx: Connection, number: int, by: str, now: datetime) -> None:
    """Somebody says that it is over; if it is not, it opens anew. NotFoundError if it is not open."""
    if not _close(tx, _open_number(number), now):
        raise _not_open(number)
    audit.note(tx, by, "close", f"incident {number}", {}, now)


def say_again(tx: Connection, kind: str, subject: str, now: datetime) -> None:
    """Let an incident that has days of its own speak on one of them; nothing if it is not open or somebody took it."""
    row = tx.execute(select(incidents).where(_open(kind, subject), incidents.c.taken_at.is_(None))).one_or_none()
    if row is not None:
        _mark(tx, row.id, told_at=now)
        detail = {**row.detail, "no": str(_times_told(tx, row.id) + 1)}
        _tell(tx, row.id, IncidentEvent.REMINDED, detail, _ops(tx), now)


def speak(tx: Connection, now: datetime, event_at: datetime | None, alert_receivers: Sequence[str]) -> int:
    """Let every open incident say what it has to say now; answers how many spoke.

    `event_at` is when the next launch begins, `alert_receivers` are told too while that is near.
    """
    rows = _open_rows(tx)
    covers = {row.subject for row in rows if row.kind == GROUP}
    spoken = 0
    for row in rows:
        word = next_word(_trouble(row, covers), now, event_at)
        if word.event is IncidentEvent.ESCALATED:
            _mark(tx, row.id, escalated_at=now)
            ops = set(_ops(tx))
            _tell(tx, row.id, word.event, row.detail, [key for key in alert_receivers if key not in ops], now)
        elif word.event is IncidentEvent.REMINDED:
            _mark(tx, row.id, told_at=now)
            detail = {**row.detail, "no": str(_times_told(tx, row.id) + 1)}
            detail["next"] = reminder_at(row.opened_at, now).isoformat(timespec="seconds")
            escalated = alert_receivers if row.escalated_at else ()
            _tell(tx, row.id, word.event, detail, [*_ops(tx), *escalated], now)
        spoken += word.event is not None
    return spoken


def _close(tx: Connection, which: ColumnElement[bool], now: datetime) -> bool:
    ending = update(incidents).where(which).values(closed_at=now)
    row = tx.execute(ending.returning(incidents.c.id, incidents.c.last_seq, incidents.c.detail)).one_or_none()
    if row is not None:
        _tell(tx, row.id, IncidentEvent.CLOSED, row.detail, _all_told(tx, row.id, row.last_seq), now)
    return row is not None


def _mark(tx: Connection, number: int, **at: datetime) -> None:
    tx.execute(update(incidents).where(incidents.c.id == number).values(**at))


# --- who is told ------------------------------------------------------------------------------------------------------


def _tell(
    tx: Connection,
    number: int,
    event: IncidentEvent,
    detail: Mapping[str, str],
    keys: Collection[str],
    now: datetime,
) -> None:
    following = update(incidents).where(incidents.c.id == number).values(last_seq=incidents.c.last_seq + 1)
    seq = tx.execute(following.returning(incidents.c.last_seq)).scalar_one()
    row = {"incident_id": number, "seq": seq, "kind": event, "at": now, "detail": dict(detail)}
    tx.execute(insert(incident_events).values(**row))
    routes = [Route(key, Urgency.NOW, now) for key in sorted(set(keys))]
    queue(tx, f"incident:{number}:{seq}", routes, now)


def _ops(tx: Connection) -> list[str]:
    wanted = select(receivers.c.key).where(receivers.c.ops, receivers.c.state != ReceiverState.REMOVED)
    return list(tx.execute(wanted).scalars())


def _all_told(tx: Connection, number: int, last_seq: int) -> list[str]:
    """Those who run us, and whoever else heard of this incident."""
    usable = (receivers.c.key == deliveries.c.receiver_key) & (receivers.c.state != ReceiverState.REMOVED)
    heard = select(receivers.c.key).join(deliveries, usable).where(_about(number, last_seq))
    return [*_ops(tx), *tx.execute(heard.distinct()).scalars()]


def _about(number: int, last_seq: int) -> ColumnElement[bool]:
    """The messages that tell of it."""
    return deliveries.c.topic.in_([f"incident:{number}:{seq}" for seq in range(1, last_seq + 1)])


def _times_told(tx: Connection, number: int) -> int:
    told = incident_events.c.kind.in_([IncidentEvent.OPENED, IncidentEvent.REMINDED])
    counted = select(func.count()).where(incident_events.c.incident_id == number, told)
    return int(tx.execute(counted).scalar_one())


# --- what stands there ------------------------------------------------------------------------------------------------


def list_incidents(tx: Connection, *, closed: bool, limit: int) -> list[IncidentRow]:
    """Incidents, the newest first; those that are over only if `closed`."""
    wanted = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
    rows = tx.execute(wanted if closed else wanted.where(incidents.c.closed_at.is_(None))).all()
    covers = {row.subject for row in _open_rows(tx) if row.kind == GROUP}
    return [_row(row, covers) for row in rows]


def show_incident(tx: Connection, number: int) -> tuple[IncidentRow, list[IncidentEventRow]]:
    """One incident and its events; NotFoundError if there is none of that number."""
    row = tx.execute(select(incidents).where(incidents.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"no incident {number}; `leak-monitor incidents list --all` shows them")
    c = incident_events.c
    events = tx.execute(select(c.seq, c.kind, c.at, c.detail).where(c.incident_id == number).order_by(c.seq))
    covers = {row.subject for row in _open_rows(tx) if row.kind == GROUP}
    return _row(row, covers), [IncidentEventRow(e.seq, IncidentEvent(e.kind), e.at, e.detail) for e in events]


def untold_since(tx: Connection) -> datetime | None:
    """Since when the oldest open incident waits to be told to anybody; None if all of them were told."""
    for row in _open_rows(tx):
        told = exists().where(_about(row.id, row.last_seq), deliveries.c.state == DeliveryState.DELIVERED)
        if row.kind != IncidentKind.OPS_UNREACHABLE and not tx.execute(select(told)).scalar_one():
            since: datetime = row.opened_at
            return since
    return None


def _row(row: Row[Any], covers: Collection[str]) -> IncidentRow:
    silent = row.closed_at or row.taken_at or row.kind in ON_ITS_DAYS or _trouble(row, covers).covered
    return IncidentRow(
        number=row.id,
        kind=row.kind,
        subject=row.subject,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        taken_note=row.taken_note,
        next_at=None if silent else reminder_at(row.opened_at, row.told_at or row.opened_at),
        detail=row.detail,
    )


def _trouble(row: Row[Any], covers: Collection[str]) -> OpenTrouble:
    return OpenTrouble(
        kind=row.kind,
        opened_at=row.opened_at,
        told_at=row.told_at or row.opened_at,
        escalated_at=row.escalated_at,
        taken_at=row.taken_at,
        covered=row.kind != GROUP and row.detail.get("group") in covers,
    )


def _open_rows(tx: Connection) -> Sequence[Row[Any]]:
    return tx.execute(select(incidents).where(incidents.c.closed_at.is_(None)).order_by(incidents.c.id)).all()


def _open(kind: str, subject: str) -> ColumnElement[bool]:
    return (incidents.c.kind == kind) & (incidents.c.subject == subject) & incidents.c.closed_at.is_(None)


def _open_number(number: int) -> ColumnElement[bool]:
    return (incidents.c.id == number) & incidents.c.closed_at.is_(None)


def _not_open(number: int) -> NotFoundError:
    return NotFoundError(f"no open incident {number}; `leak-monitor incidents list` shows those that are")
