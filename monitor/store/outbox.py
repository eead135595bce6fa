"""T3: one message to one receiver, from waiting to delivered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, select, true, update

from monitor.errors import StoreError
from monitor.model.canary import KEY
from monitor.model.messages import Cap, DeliveryState, NextStep, ReceiverState, Request
from monitor.store import audit, cards
from monitor.store.claims import RELEASED, claim, due, keep
from monitor.store.incidents import close_incident, open_incident
from monitor.store.queueing import RECEIVER_PARKED, gather_digests, message_id, queue
from monitor.store.receivers import (
    AS_BEFORE,
    BLANKED,
    FAILING,
    PARKED,
    ClaimedReceiver,
    claim_receivers,
    park_all,
    release_receiver,
    reopen,
    sync_receivers,
)
from monitor.store.schema import attempts, deliveries, receivers

__all__ = [
    "ClaimedDelivery",
    "ClaimedReceiver",
    "DeliveryRow",
    "claim_delivery",
    "claim_receivers",
    "finish_attempt",
    "freeze",
    "gather_digests",
    "list_deliveries",
    "message_id",
    "park_delivery",
    "queue",
    "release_receiver",
    "replay",
    "sent_with",
    "start_attempt",
    "sync_receivers",
]

LEASE = timedelta(seconds=60)  # an attempt takes 20 s at most
FAILURES_TO_TELL = 3  # in a row, before a receiver is an incident: one refusal may pass
SETTLED = (DeliveryState.DEAD, DeliveryState.PARKED, DeliveryState.DELIVERED)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A message that its receiver's worker may send now; `created_at` is when it was queued, or queued again."""

    table: ClassVar[Table] = deliveries
    id: int
    claim_no: int
    attempts: int
    topic: str
    message_id: str
    refusals: int
    created_at: datetime
    body: bytes | None = None
    content_type: str | None = None
    told: tuple[str, ...] = ()
    made_for: str | None = None  # Receiver.reads when the body was made
    card: str = ""  # what its chat tool calls the card of the same alert, and the event that this shows
    card_step: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message to a receiver, as people see it."""

    id: int
    receiver_key: str
    topic: str
    message_id: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime | None
    delivered_at: datetime | None
    last_error: str


# --- one attempt ----------------------------------------------------------------------------------------------------


def claim_delivery(tx: Connection, receiver_key: str, now: datetime, *, lease_s: float = 60) -> ClaimedDelivery | None:
    """Take the oldest due message for this receiver; only for who holds the receiver."""
    c = deliveries.c
    waiting = (c.receiver_key == receiver_key) & (c.state == DeliveryState.WAITING)
    rows = claim(tx, deliveries, now, lease_s=lease_s, limit=1, where=waiting, oldest="queued_at")
    for row in rows:
        card, step = cards.card_of(tx, receiver_key, row.topic)
        return ClaimedDelivery(
            id=row.id,
            claim_no=row.claim_no,
            attempts=row.attempts,
            topic=row.topic,
            message_id=row.message_id,
            refusals=row.refusals,
            created_at=row.queued_at,
            body=row.body,
            content_type=row.content_type,
            told=tuple(json.loads(row.told or "[]")),
            made_for=row.made_for,
            card=card,
            card_step=step,
        )
    return None


def freeze(
    tx: Connection, delivery: ClaimedDelivery, request: Request, now: datetime, made_for: str = ""
) -> ClaimedDelivery:
    """Keep the body that was rendered: every later attempt sends these bytes. ClaimLostError."""
    made = {"body": request.body, "content_type": request.content_type, "made_for": made_for or None}
    keep(tx, deliveries, delivery, **made, rendered_at=now)
    return replace(delivery, body=request.body, content_type=request.content_type)


def start_attempt(
    tx: Connection, receiver: ClaimedReceiver, delivery: ClaimedDelivery, now: datetime, *, cap: Cap | None = None
) -> int:
    """Note that a request is about to leave; answers the number of the attempt. ClaimLostError.

    Only who holds both may send: a worker that lost the receiver would send beside its successor. Of a receiver with a
    cap it is remembered when its last messages left, this one among them.
    """
    times = {"sent": [at.timestamp() for at in sent_with(receiver, now, cap)]} if cap else {}
    keep(tx, receivers, receiver, claimed_until=now + LEASE, **times)
    keep(tx, deliveries, delivery, claimed_until=now + LEASE)
    last = select(func.coalesce(func.max(attempts.c.no), 0)).where(attempts.c.delivery_id == delivery.id)
    number = int(tx.execute(last).scalar_one()) + 1
    tx.execute(insert(attempts).values(delivery_id=delivery.id, no=number, started_at=now))
    return number


def sent_with(receiver: ClaimedReceiver, now: datetime, cap: Cap | None) -> tuple[datetime, ...]:
    """When its last messages left, one that leaves now among them, as far as its cap asks."""
    return (*receiver.sent, now)[-cap.count :] if cap else ()


def finish_attempt(
    tx: Connection, receiver: ClaimedReceiver, delivery: ClaimedDelivery, no: int, step: NextStep, now: datetime
) -> None:
    """How it went, for the attempt, the message and its receiver together. ClaimLostError.

    The claim on the receiver is renewed as long as it goes well, and given back otherwise.
    """
    this = (attempts.c.delivery_id == delivery.id) & (attempts.c.no == no)
    tx.execute(update(attempts).where(this).values(ended_at=now, status=step.status, outcome=step.outcome))
    _settle_delivery(tx, delivery, step, now)
    if step.card:
        cards.keep_card(tx, receiver.key, delivery.topic, step.card, now)
    well = step.receiver is ReceiverState.OK
    keep(
        tx,
        receivers,
        receiver,
        state=step.receiver,
        failures=0 if well else receivers.c.failures + 1,
        last_ok_at=now if well else receivers.c.last_ok_at,
        last_status=step.status,
        due_at=due(receivers, step.receiver_due_at, now),
        claimed_until=now + LEASE if well else None,
    )
    if well and receiver.failures:
        _wake_waiting(tx, receiver, now)
    told = {"receiver": receiver.key, "delivery": str(delivery.id), "outcome": step.outcome}
    if well:
        close_incident(tx, FAILING, receiver.key, now)
    elif step.receiver is ReceiverState.FAILING and receiver.failures + 1 >= FAILURES_TO_TELL:
        open_incident(tx, FAILING, receiver.key, {"receiver": receiver.key, "outcome": step.outcome}, now)
    if step.receiver is ReceiverState.PARKED:
        park_all(tx, receiver.key, RECEIVER_PARKED)
        open_incident(tx, PARKED, receiver.key, told, now)
    if step.delivery is DeliveryState.DEAD:
        open_incident(tx, "delivery_dead", receiver.key, told, now)


def _settle_delivery(tx: Connection, delivery: ClaimedDelivery, step: NextStep, now: datetime) -> None:
    delivered = step.delivery is DeliveryState.DELIVERED
    error = RECEIVER_PARKED if step.receiver is ReceiverState.PARKED else step.outcome
    keep(
        tx,
        deliveries,
        delivery,
        state=step.delivery,
        due_at=due(deliveries, step.delivery_due_at, now) if step.delivery_due_at else None,
        claimed_until=None,
        refusals=delivery.refusals + step.refused,
        delivered_at=now if delivered else deliveries.c.delivered_at,
        told=None if delivered else json.dumps(step.told) if step.told else deliveries.c.told,
        last_error="" if delivered else error,
    )


def _wake_waiting(tx: Connection, receiver: ClaimedReceiver, now: datetime) -> None:
    """The receiver works again, so what waited for it need not wait longer.

    But for what it refused, and for what was tried more often than the receiver failed in a row: it may choke on that,
    and must not meet it before every other message.
    """
    c = deliveries.c
    waiting = (c.receiver_key == receiver.key) & (c.state == DeliveryState.WAITING) & (c.due_at > now)
    blameless = (c.refusals == 0) & (c.attempts <= receiver.failures)
    tx.execute(update(deliveries).where(waiting, blameless).values(due_at=now))


def park_delivery(tx: Connection, delivery: ClaimedDelivery, error: str) -> None:
    """Keep a message that cannot be rendered; `replay` tries it again. ClaimLostError."""
    keep(tx, deliveries, delivery, state=DeliveryState.PARKED, last_error=error, due_at=None, **RELEASED)


# --- what people ask for --------------------------------------------------------------------------------------------


def replay(
    tx: Connection,
    *,
    now: datetime,
    ids: Sequence[int] | None = None,
    receiver: str | None = None,
    state: DeliveryState | None = None,
    actor: str = "operator",
) -> int:
    """Send again, with the same id and body; answers how many messages wait now, for their digest or to be sent.

    Those with these ids, of this receiver and in this state; without ids or state, what is dead or parked; never what
    retention took. A parked receiver is used again. StoreError if nothing is named.
    """
    if ids is None and receiver is None and state is None:
        raise StoreError("nothing to replay: name ids, a receiver or a state")
    c = deliveries.c
    states = [state] if state else SETTLED if ids is not None else SETTLED[:2]
    usable = select(receivers.c.key).where(receivers.c.state != ReceiverState.REMOVED)
    wanted = and_(
        c.state.in_(states),
        c.receiver_key.in_(usable),
        ~BLANKED,
        c.id.in_(ids) if ids is not None else true(),
        c.receiver_key == receiver if receiver is not None else true(),
    )
    again = {"state": AS_BEFORE, "due_at": now, "queued_at": now, "refusals": 0, "last_error": ""}
    queued = tx.execute(
        update(deliveries).where(wanted).values(**again, **RELEASED).returning(c.id, c.receiver_key)
    ).all()
    for key in sorted({row.receiver_key for row in queued}):
        _use_again(tx, key, now)
    if queued:
        audit.note(tx, actor, "replay", "deliveries", {"ids": sorted(row.id for row in queued)}, now)
    return len(queued)


def _use_again(tx: Connection, key: str, now: datetime) -> None:
    state = tx.execute(select(receivers.c.state).where(receivers.c.key == key)).scalar_one()
    if state == ReceiverState.PARKED:
        reopen(tx, key, now)
    tx.execute(update(receivers).where(receivers.c.key == key).values(due_at=now))
    unsent = deliveries.c.state.in_([DeliveryState.DEAD, DeliveryState.PARKED])
    left = (deliveries.c.receiver_key == key) & unsent & ~BLANKED
    if not tx.execute(select(func.count()).where(left)).scalar_one():
        for kind in ("delivery_dead", "render_failed"):
            close_incident(tx, kind, key, now)


def list_deliveries(
    tx: Connection,
    *,
    state: DeliveryState | None = None,
    receiver: str | None = None,
    topic: str | None = None,
    limit: int = 50,
) -> list[DeliveryRow]:
    """Messages, the newest first; a `topic` ending in a colon means all that begin with it."""
    c = deliveries.c
    wanted = and_(
        c.receiver_key != KEY,
        c.state == state if state else true(),
        c.receiver_key == receiver if receiver else true(),
        _about(topic) if topic else true(),
    )
    tries = select(func.count()).where(attempts.c.delivery_id == c.id).scalar_subquery()
    columns = (c.id, c.receiver_key, c.topic, c.message_id, c.state, tries, *(c.created_at, c.due_at, c.delivered_at))
    rows = tx.execute(select(*columns, c.last_error).where(wanted).order_by(c.id.desc()).limit(limit))
    return [
        DeliveryRow(number, key, about, message, DeliveryState(is_in), *rest)
        for number, key, about, message, is_in, *rest in rows
    ]


def _about(topic: str) -> ColumnElement[bool]:
    return deliveries.c.topic.startswith(topic, autoescape=True) if topic.endswith(":") else deliveries.c.topic == topic
