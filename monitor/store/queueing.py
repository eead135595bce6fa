"""What is to be told to whom: one row for each receiver and topic, however often it is asked for.

Topics: `alert:<id>:<seq>`, `incident:<id>:<seq>`, `digest:<urgency>:<id of its first row>`, `test:<instant>`,
`summary:<daily|weekly>:<local day at which it ends>`, `event:<hash of its key>:<number of the move>`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, func, or_, select, update

from monitor.model.messages import DeliveryState, EventKind, Receiver, ReceiverState
from monitor.model.rulebook import Severity
from monitor.routing import CROWD_WINDOW, Heard, Route, Urgency
from monitor.store.claims import undo_future
from monitor.store.engine import insert_into
from monitor.store.schema import alert_events, alerts, deliveries, receivers

# Held rows wait for a full hour or a Monday at most; what is due later than this comes of a clock that was wrong.
FARTHEST_DIGEST = timedelta(days=8)
RECEIVER_PARKED, RECEIVER_REMOVED = "receiver_parked", "receiver_removed"  # why a delivery is parked
DIGEST_ROWS = 200  # events in one digest


def message_id(receiver_key: str, topic: str) -> str:
    """The same for every attempt, every process and every replay: a hash of receiver and topic."""
    return "msg_" + sha256(f"{receiver_key}\x1f{topic}".encode()).hexdigest()[:32]


def number_of(topic: str) -> int:
    """The number of the alert or incident that a topic is about."""
    return int(topic.split(":")[1])


def queue(tx: Connection, topic: str, routes: Sequence[Route], now: datetime) -> None:
    """One delivery for every route; those that are there already stay as they are."""
    if not routes:
        return
    states = {row.key: row.state for row in tx.execute(select(receivers.c.key, receivers.c.state))}
    rows = [
        {
            "receiver_key": route.receiver_key,
            "topic": topic,
            "message_id": message_id(route.receiver_key, topic),
            "urgency": route.urgency,
            "created_at": now,
            "queued_at": now,
            "due_at": route.due_at,
            **_first_state(states.get(route.receiver_key), route.urgency),
        }
        for route in routes
    ]
    tx.execute(insert_into(tx, deliveries).on_conflict_do_nothing(index_elements=["receiver_key", "topic"]), rows)


def _first_state(receiver: str | None, urgency: Urgency) -> dict[str, str]:
    if receiver == ReceiverState.PARKED:
        return {"state": DeliveryState.PARKED, "last_error": RECEIVER_PARKED}
    if receiver == ReceiverState.REMOVED:
        return {"state": DeliveryState.PARKED, "last_error": RECEIVER_REMOVED}
    held = urgency is not Urgency.NOW
    return {"state": DeliveryState.HELD if held else DeliveryState.WAITING, "last_error": ""}


def gather_digests(tx: Connection, now: datetime) -> int:
    """Fold what is held for a receiver and urgency into one delivery once any of it is due; answers how many.

    A crowd, as of the first read of a long feed, makes several digests, one a turn.
    """
    c = deliveries.c
    undo_future(tx, deliveries, "queued_at", now, c.state == DeliveryState.HELD)
    due = or_(c.due_at <= now, c.due_at > now + FARTHEST_DIGEST)
    pairs = select(c.receiver_key, c.urgency).where(c.state == DeliveryState.HELD, due).distinct()
    ready = tx.execute(pairs.order_by(c.receiver_key, c.urgency)).all()
    for receiver_key, urgency in ready:
        _gather(tx, receiver_key, Urgency(urgency), now)
    return len(ready)


def _gather(tx: Connection, receiver_key: str, urgency: Urgency, now: datetime) -> None:
    c = deliveries.c
    mine = (c.receiver_key == receiver_key) & (c.urgency == urgency) & (c.state == DeliveryState.HELD)
    first_id = tx.execute(select(c.id).where(mine).order_by(c.id).limit(1)).scalar_one()
    topic = f"digest:{urgency}:{first_id}"  # every row is folded once, so no other digest has this name
    queue(tx, topic, [Route(receiver_key, Urgency.NOW, now)], now)
    digest_id = select(c.id).where(c.receiver_key == receiver_key, c.topic == topic).scalar_subquery()
    folded = {"state": DeliveryState.FOLDED, "folded_into": digest_id, "due_at": None}
    oldest = select(c.id).where(mine).order_by(c.id).limit(DIGEST_ROWS).scalar_subquery()
    tx.execute(update(deliveries).where(c.id.in_(oldest)).values(**folded))


def heard_lately(tx: Connection, hearers: Sequence[Receiver], subject: str, now: datetime) -> dict[str, Heard]:
    """What each was told at once: of this product within its time to gather, and in all within the hour."""
    c, event = deliveries.c, alert_events.c
    gather = {receiver.key: receiver.gather for receiver in hearers}
    longest = max(gather.values(), default=timedelta())
    opened = (alerts.c.subject == subject) & (event.kind == EventKind.OPENED) & (event.at > now - longest)
    joined = alert_events.join(alerts, alerts.c.id == event.alert_id)
    fresh = tx.execute(select(event.alert_id, event.seq, event.severity).select_from(joined).where(opened)).all()
    severities = {f"alert:{row.alert_id}:{row.seq}": Severity(row.severity) for row in fresh}
    at_once = (c.urgency == Urgency.NOW) & c.receiver_key.in_(gather)
    found: dict[str, Heard] = {}
    if severities:
        told = select(c.receiver_key, c.topic, c.created_at).where(at_once, c.topic.in_(severities))
        for row in tx.execute(told.order_by(c.id)):
            if row.created_at <= now - gather[row.receiver_key]:
                continue
            before = found.get(row.receiver_key, Heard())
            worst = max(before.worst, severities[row.topic], key=lambda s: s.rank)
            found[row.receiver_key] = Heard(before.first_at or row.created_at, worst)
    # Every state that a message can be in, so that the index is used.
    recent = at_once & c.state.in_(list(DeliveryState)) & (c.queued_at > now - CROWD_WINDOW)
    counts = select(c.receiver_key, func.count()).where(recent, c.topic.startswith("alert:")).group_by(c.receiver_key)
    for key, count in tx.execute(counts):
        found[key] = replace(found.get(key, Heard()), in_hour=count)
    return found
