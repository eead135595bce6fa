"""What happens to an alert after it was opened: further numbered events, and who hears of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.errors import StoreError
from monitor.model.findings import Reason
from monitor.model.messages import AlertState, DeliveryState, EventKind
from monitor.routing import Route, Urgency
from monitor.store.frozen import reason_to_json
from monitor.store.queueing import queue
from monitor.store.revisions import add_event
from monitor.store.schema import alert_events, deliveries


def newest_event(tx: Connection, number: int) -> Row[Any]:
    """It carries all that is known of the alert now: every event hands on facts, findings and text."""
    c = alert_events.c
    row = tx.execute(select(alert_events).where(c.alert_id == number).order_by(c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        raise StoreError(f"there is no alert {number}")
    return row


def add_follow_up(
    tx: Connection,
    last: Row[Any],
    kind: EventKind,
    state: AlertState,
    args: Mapping[str, str],
    now: datetime,
    *,
    dedup: str = "",
) -> str:
    """The next numbered event, which says nothing new of the post; its topic. StoreError if it is there already."""
    event = {
        "kind": kind,
        "dedup": dedup or f"{kind}:{last.seq + 1}",
        "state": state,
        "reason": reason_to_json(Reason(f"event_{kind}", args)),
        "revision_id": last.revision_id,
        "rulebook_hash": last.rulebook_hash,
        "severity": last.severity,
        "found": last.found,
        "facts": last.facts,
        "findings": last.findings,
    }
    topic = add_event(tx, last.alert_id, event, now)
    if topic is None:
        raise StoreError(f"alert {last.alert_id} went on meanwhile")
    return topic


def tell_again(tx: Connection, number: int, kind: EventKind, args: Mapping[str, str], now: datetime) -> None:
    """Tell everybody who was told; whoever is still to be told of it in a digest hears both there."""
    if routes := everybody_told(tx, number, now):
        last = newest_event(tx, number)
        queue(tx, add_follow_up(tx, last, kind, AlertState(last.state), args, now), routes, now)


def everybody_told(tx: Connection, number: int, now: datetime) -> list[Route]:
    """A way to each who was told of this alert: at once, or in the digest in which it is to hear of it."""
    c = deliveries.c
    told = select(c.receiver_key, c.urgency, c.state, c.due_at).where(c.topic.startswith(f"alert:{number}:"))
    routes: dict[str, Route] = {}
    for row in tx.execute(told.order_by(c.id)):
        held = row.state == DeliveryState.HELD
        if not held:
            routes[row.receiver_key] = Route(row.receiver_key, Urgency.NOW, now)
        else:
            routes.setdefault(row.receiver_key, Route(row.receiver_key, Urgency(row.urgency), row.due_at))
    return list(routes.values())
