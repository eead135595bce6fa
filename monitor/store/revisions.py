"""T2: texts to judge, what was found in them, and the numbered events that this makes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, case, delete, exists, func, select, update

from monitor.alert import AlertBefore, AlertChange, Announcement
from monitor.model.findings import Disposition, Finding
from monitor.model.messages import AlertState, EventKind, Found, Verdict
from monitor.model.posts import Cause, Origin, Part, PostKind
from monitor.model.rulebook import Kind, Severity
from monitor.store import schema, suppressions
from monitor.store.claims import RELEASED, claim, is_due, keep
from monitor.store.engine import insert_into
from monitor.store.frozen import finding_to_row, findings_to_json, parts_from_json, reason_to_json
from monitor.store.incidents import close_incident, open_incident
from monitor.store.schema import accounts, alert_events, alerts, findings, gaps, payloads, posts, revisions

PENDING, DONE, PARTIAL, QUARANTINED = "pending", "done", "partial", "quarantined"
MAX_ATTEMPTS = 3  # a text that failed so often waits for a person
MAX_DEATHS = 6  # attempts without a word: more than by failing, for a process may be killed by others than this text
# How many texts are taken together, by the attempts that ended without a word: fewer each time, until the text that
# takes the process with it is alone. Those that happened to be beside it, or were interrupted, are not slow for long.
TOGETHER: Mapping[int, int] = MappingProxyType({2: 16, 3: 4})
ALONE_FROM = 4
DIED = "the process died"
RETRY_AFTER = timedelta(seconds=30)
_CLOSING = frozenset({EventKind.REVIEWED, EventKind.PUBLIC_SINCE})
_TAKEN_BACK = frozenset({EventKind.CORRECTED, EventKind.PUBLIC_SINCE})
IS_CURRENT = exists().where(posts.c.id == revisions.c.post_id, posts.c.current_rev == revisions.c.no)


@dataclass(frozen=True, slots=True)
class PendingRevision:
    """A text that a worker may judge now. `attempts` counts this one; `was_blind`: found after a time of no sight.

    `again`: judged anew because what we know has changed, not the text; `is_edit`: not only what another source shows.
    `account_added_at` and `was_blind` are of the account that brought this text, the rest is of the one that leads.
    """

    table: ClassVar[Table] = revisions
    id: int
    claim_no: int
    attempts: int
    post_id: int
    no: int
    parts: tuple[Part, ...]
    effective_at: datetime
    first_seen_at: datetime
    seen_at: datetime
    person_key: str
    account_key: str
    account_added_at: datetime
    platform: str
    post_kind: PostKind
    is_current: bool
    was_blind: bool
    text_hash: str
    again: bool
    is_edit: bool


# --- who is due -----------------------------------------------------------------------------------------------------


def claim_revisions(tx: Connection, now: datetime, *, limit: int, lease_s: float = 60) -> list[PendingRevision]:
    """Take texts that wait, the oldest first; fewer together the oftener they were tried, after six deaths none."""
    c = revisions.c
    waiting = c.state == PENDING
    oldest = select(c.attempts).where(waiting, is_due(revisions, now)).order_by(c.due_at, c.id).limit(1)
    attempts = tx.execute(oldest).scalar_one_or_none()
    if attempts is not None and attempts >= MAX_DEATHS:
        _quarantine_killers(tx, now)
        attempts = tx.execute(oldest).scalar_one_or_none()
    if attempts is None:
        return []
    most, which = _together(attempts, limit)
    rows = claim(tx, revisions, now, lease_s=lease_s, limit=most, where=waiting & which)
    contexts = _contexts(tx, [row.id for row in rows])
    return [_pending(row, contexts[row.id]) for row in rows]


def _together(attempts: int, limit: int) -> tuple[int, ColumnElement[bool]]:
    """How many texts are taken with one that was tried so often, and which."""
    c = revisions.c
    if attempts >= ALONE_FROM:
        return 1, c.attempts >= ALONE_FROM
    if attempts in TOGETHER:
        return min(limit, TOGETHER[attempts]), c.attempts == attempts
    return limit, c.attempts < min(TOGETHER)


def _quarantine_killers(tx: Connection, now: datetime) -> None:
    """Texts whose every attempt ended without a word: they took the process with them."""
    killers = (revisions.c.state == PENDING) & (revisions.c.attempts >= MAX_DEATHS) & is_due(revisions, now)
    put_away = update(revisions).where(killers).values(state=QUARANTINED, due_at=None, error=DIED)
    for row in tx.execute(put_away.returning(revisions.c.id, revisions.c.post_id)).all():
        open_incident(tx, "quarantine", f"revision {row.id}", {"post": str(row.post_id)}, now)


def _contexts(tx: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    c = revisions.c
    reader = accounts.alias("reader")
    blind = exists().where(
        gaps.c.account_id == reader.c.id,
        gaps.c.from_at < gaps.c.to_at,
        gaps.c.from_at <= c.effective_at,
        c.effective_at <= gaps.c.to_at,
        gaps.c.to_at <= c.seen_at,
    )
    joined = (
        revisions.join(posts, posts.c.id == c.post_id)
        .join(accounts, accounts.c.id == posts.c.author_account_id)
        .outerjoin(payloads, payloads.c.id == c.payload_id)
        .join(reader, reader.c.id == func.coalesce(payloads.c.account_id, posts.c.author_account_id))
    )
    columns = (
        *(c.id, posts.c.first_seen_at, accounts.c.person_key, posts.c.platform, posts.c.kind, posts.c.current_rev),
        *(accounts.c.key.label("account_key"), reader.c.added_at, blind.label("was_blind")),
    )
    return {row.id: row for row in tx.execute(select(*columns).select_from(joined).where(c.id.in_(ids)))}


def _pending(row: Row[Any], context: Row[Any]) -> PendingRevision:
    return PendingRevision(
        id=row.id,
        claim_no=row.claim_no,
        attempts=row.attempts,
        post_id=row.post_id,
        no=row.no,
        parts=parts_from_json(row.parts),
        effective_at=row.effective_at,
        first_seen_at=context.first_seen_at,
        seen_at=row.seen_at,
        person_key=context.person_key,
        account_key=context.account_key,
        account_added_at=context.added_at,
        platform=context.platform,
        post_kind=PostKind(context.kind),
        is_current=row.no == context.current_rev,
        was_blind=bool(context.was_blind),
        text_hash=row.content_hash,
        again=row.again,
        is_edit=row.cause not in (Cause.BETTER_SOURCE, Cause.OTHER_SOURCE),
    )


# --- what is known --------------------------------------------------------------------------------------------------


def announcements(tx: Connection) -> list[Announcement]:
    """Every fact that is public."""
    c = schema.announcements.c
    rows = tx.execute(select(c.subject, c.kind, c.value, c.at).order_by(c.id))
    return [Announcement(subject, Kind(kind), value, at) for subject, kind, value, at in rows]


def announce(tx: Connection, said: Iterable[Finding], at: datetime, *, post_id: int, source: str) -> None:
    """These facts are public from that instant on; the first announcement of a fact stands."""
    facts = sorted({(found.subject, found.kind, found.value) for found in said})
    rows = [
        {"subject": subject, "kind": kind, "value": value, "at": at, "post_id": post_id, "source": source}
        for subject, kind, value in facts
    ]
    if rows:
        once = insert_into(tx, schema.announcements)
        tx.execute(once.on_conflict_do_nothing(index_elements=["subject", "kind", "value"]), rows)


def alerts_before(tx: Connection, post_id: int) -> dict[str, AlertBefore]:
    """The alerts of a post as they stand, by subject."""
    rows = tx.execute(select(alerts).where(alerts.c.post_id == post_id)).all()
    return {row.subject: _alert_before(tx, row) for row in rows}


def _alert_before(tx: Connection, row: Row[Any]) -> AlertBefore:
    c = alert_events.c
    texts = alert_events.join(revisions, revisions.c.id == c.revision_id)
    columns = (c.kind, c.facts, revisions.c.effective_at)
    events = tx.execute(select(*columns).select_from(texts).where(c.alert_id == row.id).order_by(c.seq)).all()
    judged = [event.facts for event in events if event.kind in _CLOSING]
    return AlertBefore(
        alert_id=row.id,
        subject=row.subject,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        verdict=Verdict(row.verdict) if row.verdict else None,
        last_seq=row.last_seq,
        facts=frozenset(events[-1].facts if events else ()),
        judged_facts=frozenset(judged[-1] if judged else ()),
        corrections=sum(event.kind in _TAKEN_BACK for event in events),
        leaked_at=events[0].effective_at if events else None,
        found=Found(row.found),
    )


def clients_before(tx: Connection, pending: PendingRevision, *, limit: int = 20) -> list[str]:
    """What the author's last posts before this one were sent from, newest first; "" where a post does not say."""
    account = select(posts.c.author_account_id).where(posts.c.id == pending.post_id).scalar_subquery()
    earlier = (posts.c.author_account_id == account) & (posts.c.id < pending.post_id)
    current = (revisions.c.post_id == posts.c.id) & (revisions.c.no == posts.c.current_rev)
    texts = select(revisions.c.parts).join(posts, current).where(earlier).order_by(posts.c.id.desc()).limit(limit)
    found = [parts_from_json(parts) for parts in tx.execute(texts).scalars()]
    return [next((part.text for part in parts if part.origin is Origin.CLIENT), "") for parts in found]


# --- what came of it ------------------------------------------------------------------------------------------------


def save_evaluation(
    tx: Connection,
    pending: PendingRevision,
    found: Sequence[Finding],
    skipped: Sequence[str],
    rulebook_hash: str,
    now: datetime,
) -> None:
    """The judgement replaces the one before; partial if rules did not run, never clean. ClaimLostError."""
    keep(
        tx,
        revisions,
        pending,
        state=PARTIAL if skipped else DONE,
        rulebook_hash=rulebook_hash,
        evaluated_at=now,
        skipped=list(skipped),
        again=False,
        error=None,
        due_at=None,
        **RELEASED,
    )
    close_incident(tx, "quarantine", f"revision {pending.id}", now)
    hiding = suppressions.hidden_in(tx, pending.id)
    tx.execute(delete(findings).where(findings.c.revision_id == pending.id))
    if found:
        once = insert_into(tx, findings).on_conflict_do_nothing()
        tx.execute(once, [{"revision_id": pending.id, **finding_to_row(finding)} for finding in found])
    hiding |= {finding.suppression_id for finding in found if finding.suppression_id is not None}
    suppressions.recount(tx, hiding)


def record_change(
    tx: Connection,
    pending: PendingRevision,
    change: AlertChange,
    *,
    ref: str,
    label: str,
    rulebook_hash: str,
    now: datetime,
) -> str | None:
    """The alert and its next numbered event; answers the event's topic, or None if this event is there already."""
    number = _alert_of(tx, pending.post_id, change, ref, label, now)
    return add_change(tx, number, pending.id, change, rulebook_hash, now)


def add_change(
    tx: Connection, number: int, revision_id: int, change: AlertChange, rulebook_hash: str, now: datetime
) -> str | None:
    """The next numbered event of an alert that is there; its topic, or None if this event is there already."""
    event = {
        "revision_id": revision_id,
        "rulebook_hash": rulebook_hash,
        "kind": change.event,
        "dedup": change.dedup,
        "severity": change.severity,
        "state": change.state,
        "found": change.found,
        "facts": sorted(change.facts),
        "findings": findings_to_json(change.findings),
        "reason": reason_to_json(change.reason),
    }
    return add_event(tx, number, event, now)


def _alert_of(tx: Connection, post_id: int, change: AlertChange, ref: str, label: str, now: datetime) -> int:
    new = insert_into(tx, alerts).values(
        post_id=post_id,
        subject=change.subject,
        ref=ref,
        label=label,
        severity=change.severity,
        state=change.state,
        found=change.found,
        opened_at=now,
    )
    tx.execute(new.on_conflict_do_nothing(index_elements=["post_id", "subject"]))
    mine = and_(alerts.c.post_id == post_id, alerts.c.subject == change.subject)
    return int(tx.execute(select(alerts.c.id).where(mine)).scalar_one())


def add_event(tx: Connection, number: int, event: Mapping[str, Any], now: datetime) -> str | None:
    """Append one event to an alert, which takes its severity and state; None if one of that `dedup` is there."""
    seq = tx.execute(select(alerts.c.last_seq).where(alerts.c.id == number).with_for_update()).scalar_one() + 1
    once = insert_into(tx, alert_events).values(alert_id=number, seq=seq, at=now, **event)
    once = once.on_conflict_do_nothing(index_elements=["alert_id", "dedup"])
    if tx.execute(once.returning(alert_events.c.id)).scalar_one_or_none() is None:
        return None
    standing = {"last_seq": seq, "severity": event["severity"], "state": event["state"]}
    if event["state"] != AlertState.OPEN:  # somebody has taken it: nobody else is called, or all anew if it opens again
        standing |= {"escalate_at": None, "step": 0}
    tx.execute(update(alerts).where(alerts.c.id == number).values(**standing))
    return f"alert:{number}:{seq}"


def put_aside(tx: Connection, pending: PendingRevision, error: str, now: datetime) -> str:
    """Judging failed: tried again later, "quarantined" after the third time; answers the state. ClaimLostError."""
    given_up = pending.attempts >= MAX_ATTEMPTS
    state = QUARANTINED if given_up else PENDING
    due_at = None if given_up else now + RETRY_AFTER
    keep(tx, revisions, pending, state=state, error=error, due_at=due_at, claimed_until=None)
    return state


def judge_again(tx: Connection, state: str, now: datetime) -> int:
    """Queue texts in that state (partial, quarantined, done) once more; answers how many. Not what was blanked."""
    return _queue_again(tx, revisions.c.state == state, now)


def judge_public_again(tx: Connection, subject: str, now: datetime) -> int:
    """Queue the current texts that say of a product what passed as public; answers how many. Not what was blanked."""
    public = (findings.c.subject == subject) & (findings.c.disposition == Disposition.PUBLIC)
    said = select(findings.c.revision_id).where(public)
    return _queue_again(tx, revisions.c.id.in_(said) & IS_CURRENT, now)


def judge_posts_again(tx: Connection, post_ids: Sequence[int], now: datetime) -> int:
    """Queue the current texts of these posts once more; answers how many. Not what was blanked."""
    return _queue_again(tx, revisions.c.post_id.in_(post_ids) & IS_CURRENT, now)


def _queue_again(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    again = update(revisions).where(which, revisions.c.state != PENDING, revisions.c.parts != [])
    # What took the process with it may do so once more, not as often as before at every change of rules.
    attempts = case((revisions.c.error == DIED, MAX_DEATHS - 1), else_=0)
    values = {**RELEASED, "attempts": attempts}
    return tx.execute(again.values(state=PENDING, again=True, due_at=now, error=None, **values)).rowcount
