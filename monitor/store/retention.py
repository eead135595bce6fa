"""What is kept for how long: old texts are blanked, their identity and hash stay, so nothing old alerts anew."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from monitor.failpoints import passing
from monitor.model.messages import AlertState
from monitor.store import audit
from monitor.store.schema import alert_events, alerts, deliveries, findings, payloads, revisions

BATCH: Final = 500  # texts a turn: a purge never holds the database for long
ENDED: Final = ("done", "partial")


def purge(tx: Connection, now: datetime, *, unflagged_days: int, flagged_days: int) -> int:
    """Blank one batch of texts that are past their time; answers how many, and nought when all is done.

    A text that is part of an alert is kept `flagged_days` from its reading, and as long as the alert is not reviewed;
    any other is kept `unflagged_days`. Answers as received go with the last text that came in them.
    """
    flagged = exists().where(alerts.c.post_id == revisions.c.post_id)
    still_open = exists().where(alerts.c.post_id == revisions.c.post_id, alerts.c.state != AlertState.REVIEWED)
    old = or_(
        and_(revisions.c.seen_at < now - timedelta(days=unflagged_days), ~flagged),
        and_(revisions.c.seen_at < now - timedelta(days=flagged_days), flagged, ~still_open),
    )
    kept = (revisions.c.parts != []) & revisions.c.state.in_(ENDED)
    ids = list(tx.execute(select(revisions.c.id).where(old, kept).limit(BATCH)).scalars())
    if ids:
        _blank(tx, ids)
        audit.note(tx, audit.SERVICE, "purge", "texts", {"count": len(ids)}, now)
        passing("C12")
    return len(ids)


def _blank(tx: Connection, ids: list[int]) -> None:
    tx.execute(delete(findings).where(findings.c.revision_id.in_(ids)))
    mine = alert_events.c.revision_id.in_(ids)
    events = tx.execute(select(alert_events.c.alert_id, alert_events.c.seq).where(mine)).all()
    _blank_messages(tx, [f"alert:{number}:{seq}" for number, seq in events])
    tx.execute(update(alert_events).where(mine).values(findings=[]))
    tx.execute(update(revisions).where(revisions.c.id.in_(ids)).values(parts=[], payload_id=None))
    used = exists().where(revisions.c.payload_id == payloads.c.id)
    tx.execute(delete(payloads).where(~used))


def _blank_messages(tx: Connection, topics: list[str]) -> None:
    """The bodies that carried these events, in digests too."""
    c = deliveries.c
    digests = select(c.folded_into).where(c.topic.in_(topics), c.folded_into.is_not(None))
    tx.execute(update(deliveries).where(or_(c.topic.in_(topics), c.id.in_(digests))).values(body=None))
