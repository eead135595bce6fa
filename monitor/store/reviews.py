"""What people make of alerts, and what follows in the database: events, announcements, withdrawals."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from monitor.evidence import DELETED
from monitor.model.messages import AlertState, EventKind, Verdict
from monitor.review import NO_LEAK, consequence_of
from monitor.routing import Route, Urgency
from monitor.store import audit, cards
from monitor.store.follow_ups import add_follow_up, everybody_told, newest_event, tell_again
from monitor.store.frozen import findings_from_json
from monitor.store.queueing import number_of, queue
from monitor.store.revisions import announce, judge_public_again
from monitor.store.schema import alert_events, alerts, announcements, reviews, revisions
from monitor.store.stories import AlertRow, AlertStory, list_alerts, show_alert

__all__ = [
    "AlertRow",
    "AlertStory",
    "acknowledge",
    "close_public",
    "list_alerts",
    "note_seen",
    "save_review",
    "show_alert",
]

BY_VERDICT = "verdict"  # the source of an announcement that a person made


def acknowledge(tx: Connection, number: int, by_whom: str, now: datetime) -> bool:
    """Somebody looks into it, and everybody who was told hears who; False if it is past that. StoreError if none."""
    last = newest_event(tx, number)
    if last.state != AlertState.OPEN:
        return False
    told = everybody_told(tx, number, now)
    tx.execute(update(alerts).where(alerts.c.id == number).values(assignee=by_whom))
    topic = add_follow_up(tx, last, EventKind.ACKNOWLEDGED, AlertState.ACKNOWLEDGED, {"by": by_whom}, now)
    queue(tx, topic, told, now)
    audit.note(tx, by_whom, "acknowledge", f"alert:{number}", {}, now)
    return True


def close_public(tx: Connection, topic: str, now: datetime) -> None:
    """What an alert is about was public before it, as its newest event says: everybody who was told hears so."""
    number = number_of(topic)
    closed = {"verdict": Verdict.PUBLIC, "verdict_at": now}
    tx.execute(update(alerts).where(alerts.c.id == number).values(**closed))
    queue(tx, topic, everybody_told(tx, number, now), now)
    audit.note(tx, audit.SERVICE, "withdraw", f"alert:{number}", {"why": "public_since"}, now)


def note_seen(tx: Connection, number: int, where: str, now: datetime) -> None:
    """Somebody behind that receiver pressed a button, we do not know who: that takes nothing, and is told nobody.

    Noted once for a receiver, however many press there.
    """
    c, dedup = alert_events.c, f"{EventKind.SEEN}:{where}"
    if tx.execute(select(c.id).where(c.alert_id == number, c.dedup == dedup)).first() is None:
        last = newest_event(tx, number)
        add_follow_up(tx, last, EventKind.SEEN, AlertState(last.state), {"where": where}, now, dedup=dedup)


def save_review(
    tx: Connection, number: int, verdict: Verdict, *, reviewer: str, now: datetime, reason: str = "", note: str = ""
) -> None:
    """Close an alert with a verdict (`unsure` leaves it open). StoreError if there is no such alert.

    What is public becomes announcements; what is no leak is withdrawn from everybody who is or will be told of it. A
    verdict that takes another one back takes back what followed from that.
    """
    last = newest_event(tx, number)
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
    topic = add_follow_up(tx, last, EventKind.REVIEWED, follows.state, said, now)
    audit.note(tx, reviewer, "review", f"alert:{number}", {"seq": seq, "verdict": str(verdict)}, now)
    if follows.announces:
        _announce(tx, last)
    if follows.withdraws and not was_withdrawn:
        tell_again(tx, number, EventKind.WITHDRAWN, said, now)
    elif verdict is Verdict.LEAK and was_withdrawn:
        tell_again(tx, number, EventKind.REOPENED, said, now)
    else:  # others need not hear of it, but a card must not go on asking
        queue(tx, topic, [Route(key, Urgency.NOW, now) for key in cards.receivers_showing(tx, number)], now)


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
