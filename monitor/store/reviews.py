"""What people make of alerts, and what follows in the database: events, announcements, withdrawals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from monitor.alert import Route, Urgency
from monitor.errors import StoreError
from monitor.evidence import DELETED
from monitor.model.findings import Reason
from monitor.model.messages import AlertState, DeliveryState, EventKind, Verdict
from monitor.review import NO_LEAK, consequence_of
from monitor.store import audit
from monitor.store.frozen import findings_from_json, reason_to_json
from monitor.store.queueing import queue
from monitor.store.revisions import add_event, announce, judge_public_again
from monitor.store.schema import alert_events, alerts, announcements, deliveries, reviews, revisions
from monitor.store.stories import AlertRow, AlertStory, list_alerts, show_alert

__all__ = [
    "AlertRow",
    "AlertStory",
    "acknowledge",
    "list_alerts",
    "save_review",
    "show_alert",
]

BY_VERDICT = "verdict"  # the source of an announcement that a person made


def acknowledge(tx: Connection, number: int, by_whom: str, now: datetime) -> None:
    """Somebody looks into it; nothing if it is past that. StoreError if there is no such alert."""
    last = _newest_event(tx, number)
    if last.state != AlertState.OPEN:
        return
    tx.execute(update(alerts).where(alerts.c.id == number).values(assignee=by_whom))
    _add(tx, last, EventKind.ACKNOWLEDGED, AlertState.ACKNOWLEDGED, {"by": by_whom}, now)
    audit.note(tx, by_whom, "acknowledge", f"alert:{number}", {}, now)


def save_review(
    tx: Connection, number: int, verdict: Verdict, *, reviewer: str, now: datetime, reason: str = "", note: str = ""
) -> None:
    """Close an alert with a verdict (`unsure` leaves it open). StoreError if there is no such alert.

    What is public becomes announcements; what is no leak is withdrawn from everybody who is or will be told of it. A
    verdict that takes another one back takes back what followed from that.
    """
    last = _newest_event(tx, number)
    seq = last.seq + 1
    before = tx.execute(select(alerts.c.verdict).where(alerts.c.id == number)).scalar_one()
    was_withdrawn = last.state == AlertState.REVIEWED and before in NO_LEAK
    follows = consequence_of(verdict, AlertState(last.state))
    row = {"alert_id": number, "seq": seq, "reviewer": reviewer, "verdict": verdict, "reason": reason, "note": note}
    tx.execute(insert(reviews).values(**row, at=now))
    if follows.is_final:
        tx.execute(update(alerts).where(alerts.c.id == number).values(verdict=verdict, verdict_at=now))
        _take_back(tx, number, now, keep=follows.announces)
    said = {"verdict": str(verdict), "by": reviewer}
    _add(tx, last, EventKind.REVIEWED, follows.state, said, now)
    audit.note(tx, reviewer, "review", f"alert:{number}", {"seq": seq, "verdict": str(verdict)}, now)
    if follows.announces:
        _announce(tx, last)
    if follows.withdraws and not was_withdrawn:
        _tell_again(tx, number, EventKind.WITHDRAWN, said, now)
    elif verdict is Verdict.LEAK and was_withdrawn:
        _tell_again(tx, number, EventKind.REOPENED, said, now)


def _newest_event(tx: Connection, number: int) -> Row[Any]:
    """It carries all that is known of the alert now: every event hands on facts, findings and text."""
    c = alert_events.c
    row = tx.execute(select(alert_events).where(c.alert_id == number).order_by(c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        raise StoreError(f"there is no alert {number}")
    return row


def _add(
    tx: Connection, last: Row[Any], kind: EventKind, state: AlertState, args: Mapping[str, str], now: datetime
) -> str | None:
    event = {
        "kind": kind,
        "dedup": f"{kind}:{last.seq + 1}",
        "state": state,
        "reason": reason_to_json(Reason(f"event_{kind}", args)),
        "revision_id": last.revision_id,
        "rulebook_hash": last.rulebook_hash,
        "severity": last.severity,
        "found": last.found,
        "facts": last.facts,
        "findings": last.findings,
    }
    return add_event(tx, last.alert_id, event, now)


def _announce(tx: Connection, last: Row[Any]) -> None:
    """The facts that the alert was last about are public, and were so by the instant of that text."""
    c = revisions.c
    told = (alert_events.c.alert_id == last.alert_id) & (alert_events.c.findings != [])
    newest = select(alert_events).where(told).order_by(alert_events.c.seq.desc()).limit(1)
    event = tx.execute(newest).one_or_none()
    if event is None:
        return  # retention took what it said
    text = tx.execute(select(c.post_id, c.effective_at).where(c.id == event.revision_id)).one()
    said = [found for found in findings_from_json(event.findings) if found.reason.code != DELETED]
    announce(tx, said, text.effective_at, post_id=text.post_id, source=BY_VERDICT)


def _take_back(tx: Connection, number: int, now: datetime, *, keep: bool) -> None:
    """An alert whose verdict is not that it is public announces nothing; what was let pass meanwhile is judged anew."""
    if keep:
        return
    alert = tx.execute(select(alerts.c.post_id, alerts.c.subject).where(alerts.c.id == number)).one()
    c = announcements.c
    mine = (c.post_id == alert.post_id) & (c.subject == alert.subject) & (c.source == BY_VERDICT)
    if tx.execute(delete(announcements).where(mine)).rowcount:
        judge_public_again(tx, alert.subject, now)


def _tell_again(tx: Connection, number: int, kind: EventKind, args: Mapping[str, str], now: datetime) -> None:
    """Tell everybody who was told; whoever is still to be told of it in a digest hears both there."""
    c = deliveries.c
    told = select(c.receiver_key, c.urgency, c.state, c.due_at).where(c.topic.startswith(f"alert:{number}:"))
    routes: dict[str, Route] = {}
    for row in tx.execute(told.order_by(c.id)):
        held = row.state == DeliveryState.HELD
        if not held:
            routes[row.receiver_key] = Route(row.receiver_key, Urgency.NOW, now)
        else:
            routes.setdefault(row.receiver_key, Route(row.receiver_key, Urgency(row.urgency), row.due_at))
    if routes:
        last = _newest_event(tx, number)
        topic = _add(tx, last, kind, AlertState(last.state), args, now)
        queue(tx, topic or "", list(routes.values()), now)
