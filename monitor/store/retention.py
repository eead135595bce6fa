"""What is kept for how long: old texts are blanked, their identity and hash stay, so nothing old alerts anew."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, delete, exists, or_, select, update

from monitor.evidence import DELETED, what_stays
from monitor.failpoints import passing
from monitor.model.messages import AlertState, DeliveryState
from monitor.model.people import AfterDeletion
from monitor.store import audit, pictures
from monitor.store.schema import accounts, alert_events, alerts, deliveries, findings, payloads, posts, revisions

BATCH: Final = 500  # texts a turn: a purge never holds the database for long
SUMMARIES: Final = "summary:"  # begins their topics; one may carry the posts of its days
ENDED: Final = ("done", "partial")
HAS_TEXT: Final = revisions.c.parts != []


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
    kept = HAS_TEXT & revisions.c.state.in_(ENDED)
    ids = list(tx.execute(select(revisions.c.id).where(old, kept).limit(BATCH)).scalars())
    if ids:
        _blank(tx, ids)
        pictures.purge(tx, _without_text(tx, ids))
        audit.note(tx, audit.SERVICE, "purge", "texts", {"count": len(ids)}, now)
        passing("C12")
    return len(ids)


def _without_text(tx: Connection, ids: list[int]) -> list[int]:
    """The posts of these texts of which no text is left: their pictures go with the last."""
    theirs = select(revisions.c.post_id).where(revisions.c.id.in_(ids))
    others = revisions.alias()
    left = exists().where(others.c.post_id == revisions.c.post_id, others.c.parts != [])
    return list(
        tx.execute(select(revisions.c.post_id).where(revisions.c.post_id.in_(theirs), ~left).distinct()).scalars()
    )


def purge_deleted(tx: Connection, now: datetime) -> int:
    """Blank posts that are gone, as the accounts wish that they were read from; answers how many.

    Not while a message of one is being sent: all its attempts carry the same bytes. See monitor.evidence.what_stays.
    """
    done = 0
    for row in tx.execute(_deleted()).all():
        wish = AfterDeletion(row.after_deletion)
        stays, why = what_stays(wish, row.gone_at, flagged=row.flagged, reviewed=not row.is_open, now=now)
        texts = list(tx.execute(select(revisions.c.id).where(revisions.c.post_id == row.id)).scalars())
        if stays is AfterDeletion.KEEP or _under_way(tx, _topics(tx, texts)):
            continue
        _shorten_findings(tx, texts, keep_kinds=stays is AfterDeletion.DIGEST)
        _blank(tx, texts, with_findings=stays is AfterDeletion.PURGE)
        pictures.purge(tx, [row.id], with_digests=stays is AfterDeletion.PURGE)
        audit.note(tx, audit.SERVICE, "purge", f"post:{row.id}", {"stays": str(stays), "why": why}, now)
        passing("C12")
        done += 1
    return done


def _deleted() -> Select[Any]:
    """Posts that are gone, of accounts that wish less of them to stay, and of which there is still a text."""
    c = posts.c
    flagged = exists().where(alerts.c.post_id == c.id)
    is_open = exists().where(alerts.c.post_id == c.id, alerts.c.state != AlertState.REVIEWED)
    mine = revisions.c.post_id == c.id
    return (
        select(c.id, c.gone_at, accounts.c.after_deletion, flagged.label("flagged"), is_open.label("is_open"))
        .join(accounts, accounts.c.id == c.author_account_id)
        .where(c.gone_at.is_not(None), accounts.c.after_deletion.in_((AfterDeletion.DIGEST, AfterDeletion.PURGE)))
        .where(exists().where(mine, HAS_TEXT), ~exists().where(mine, revisions.c.state == "pending"))
        .order_by(c.id)
        .limit(BATCH)
    )


def _topics(tx: Connection, ids: list[int]) -> list[str]:
    mine = alert_events.c.revision_id.in_(ids)
    events = tx.execute(select(alert_events.c.alert_id, alert_events.c.seq).where(mine)).all()
    return [f"alert:{number}:{seq}" for number, seq in events]


def _under_way(tx: Connection, topics: list[str]) -> bool:
    """Whether a message that carries one of these is made and not yet taken, in a digest or a summary too."""
    c = deliveries.c
    digests = select(c.folded_into).where(c.topic.in_(topics), c.folded_into.is_not(None))
    made = (c.state == DeliveryState.WAITING) & c.body.is_not(None)
    carries = or_(c.topic.in_(topics), c.id.in_(digests), c.topic.startswith(SUMMARIES))
    return tx.execute(select(c.id).where(made, carries).limit(1)).first() is not None


def _shorten_findings(tx: Connection, ids: list[int], *, keep_kinds: bool) -> None:
    """Of findings and events only the kinds stay, or nothing."""
    if keep_kinds:
        blank = {"value": "", "reason_code": DELETED, "reason_args": {}}
        tx.execute(update(findings).where(findings.c.revision_id.in_(ids)).values(**blank))
    c = alert_events.c
    for row in tx.execute(select(c.id, c.findings, c.facts).where(c.revision_id.in_(ids))).all():
        told = [{**each, "value": "", "reason_code": DELETED, "reason_args": {}} for each in row.findings]
        kinds = sorted({f"{fact.partition(':')[0]}:" for fact in row.facts})
        values = {"findings": told, "facts": kinds} if keep_kinds else {"findings": [], "facts": []}
        tx.execute(update(alert_events).where(c.id == row.id).values(**values))


def _blank(tx: Connection, ids: list[int], *, with_findings: bool = True) -> None:
    mine = alert_events.c.revision_id.in_(ids)
    _blank_messages(tx, _topics(tx, ids))
    if with_findings:
        tx.execute(delete(findings).where(findings.c.revision_id.in_(ids)))
        tx.execute(update(alert_events).where(mine).values(findings=[]))
    tx.execute(update(revisions).where(revisions.c.id.in_(ids)).values(parts=[], media=None, payload_id=None))
    used = exists().where(revisions.c.payload_id == payloads.c.id)
    tx.execute(delete(payloads).where(~used))


def _blank_messages(tx: Connection, topics: list[str]) -> None:
    """The bodies that carried these events, in digests too, and in summaries, whichever it was."""
    c = deliveries.c
    digests = select(c.folded_into).where(c.topic.in_(topics), c.folded_into.is_not(None))
    summaries = c.topic.startswith(SUMMARIES) & (c.state != DeliveryState.WAITING)
    tx.execute(update(deliveries).where(or_(c.topic.in_(topics), c.id.in_(digests), summaries)).values(body=None))
