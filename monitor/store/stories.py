"""Alerts as people see them: a list, and the whole story of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, true

from monitor.model.findings import Finding, Reason
from monitor.model.messages import AlertState, EventKind, Found, Spread, Verdict
from monitor.model.posts import Evidence, Part, PostKind
from monitor.model.rulebook import Severity
from monitor.review import StepRow
from monitor.store.frozen import finding_from_row, findings_from_json, parts_from_json, reason_from_json
from monitor.store.outbox import DeliveryRow, list_deliveries
from monitor.store.pictures import pictures_of
from monitor.store.responses import response_to
from monitor.store.schema import (
    accounts,
    alert_events,
    alerts,
    findings,
    people,
    posts,
    reviews,
    revisions,
)
from monitor.store.spreading import spread_of


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert in a list."""

    number: int
    severity: Severity
    state: AlertState
    found: Found
    verdict: Verdict | None
    opened_at: datetime
    subject: str
    ref: str
    label: str
    person_key: str
    person_name: str
    platform: str
    post_id: int
    post_url: str | None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as it is now."""

    id: int
    revision_id: int
    person_key: str
    kind: PostKind
    account_key: str
    source: str
    claimed_at: datetime | None
    first_seen_at: datetime
    gone_at: datetime | None
    revision_no: int
    effective_at: datetime
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One numbered event of an alert, with the findings as they were."""

    seq: int
    kind: EventKind
    at: datetime
    severity: Severity
    state: AlertState
    rulebook_hash: str | None
    reason: Reason
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What somebody judged."""

    seq: int
    at: datetime
    reviewer: str
    verdict: Verdict
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class AlertStory:
    """All about one alert."""

    alert: AlertRow
    post: PostRow
    events: tuple[EventRow, ...]
    reviews: tuple[ReviewRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    findings: tuple[Finding, ...]  # in the text as it is now
    pictures: tuple[Evidence, ...]  # of all its texts
    spread: Spread
    response: tuple[StepRow, ...]  # what is done about it


# --- looking --------------------------------------------------------------------------------------------------------


def list_alerts(
    tx: Connection,
    *,
    state: AlertState | None = None,
    severity: Severity | None = None,
    person: str | None = None,
    limit: int = 50,
) -> list[AlertRow]:
    """Alerts, the newest first: in that state, of at least that severity, of that person (key)."""
    c = alerts.c
    worth = [s for s in Severity if severity is None or s.rank >= severity.rank]
    wanted = and_(
        c.state == state if state else true(),
        c.severity.in_(worth),
        posts.c.person_key == person if person else true(),
    )
    rows = tx.execute(_alert_rows().where(wanted).order_by(c.opened_at.desc(), c.id.desc()).limit(limit))
    return [_alert_row(row) for row in rows]


def show_alert(tx: Connection, number: int) -> AlertStory | None:
    """The whole story of an alert; None if there is none of that number."""
    row = tx.execute(_alert_rows().where(alerts.c.id == number)).one_or_none()
    if row is None:
        return None
    alert = _alert_row(row)
    post = _post_row(tx, alert.post_id)
    events = select(alert_events).where(alert_events.c.alert_id == number).order_by(alert_events.c.seq)
    verdicts = select(reviews).where(reviews.c.alert_id == number).order_by(reviews.c.id)
    return AlertStory(
        alert=alert,
        post=post,
        events=tuple(_event_row(event) for event in tx.execute(events)),
        reviews=tuple(
            ReviewRow(r.seq, r.at, r.reviewer, Verdict(r.verdict), r.reason, r.note) for r in tx.execute(verdicts)
        ),
        deliveries=tuple(reversed(list_deliveries(tx, topic=f"alert:{number}:", limit=500))),
        findings=tuple(f for f in findings_of(tx, post.revision_id) if f.subject == alert.subject),
        pictures=pictures_of(tx, alert.post_id),
        spread=spread_of(tx, post.id),
        response=response_to(tx, number),
    )


def show_post(tx: Connection, post_id: int) -> PostRow | None:
    """A post with its present text; None if there is none of that number."""
    known = tx.execute(select(posts.c.id).where(posts.c.id == post_id)).scalar_one_or_none()
    return None if known is None else _post_row(tx, post_id)


def findings_of(tx: Connection, revision_id: int) -> tuple[Finding, ...]:
    """What the last judgement found in one text, in the order of the text."""
    c = findings.c
    mine = select(findings).where(c.revision_id == revision_id).order_by(c.part_no, c.start, c.id)
    return tuple(finding_from_row(dict(row)) for row in tx.execute(mine).mappings())


def _alert_rows() -> Select[Any]:
    joined = alerts.join(posts, posts.c.id == alerts.c.post_id).join(people, people.c.key == posts.c.person_key)
    columns = (people.c.name, posts.c.person_key, posts.c.platform, posts.c.url)
    return select(alerts, *columns).select_from(joined)


def _alert_row(row: Row[Any]) -> AlertRow:
    return AlertRow(
        number=row.id,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        found=Found(row.found),
        verdict=Verdict(row.verdict) if row.verdict else None,
        opened_at=row.opened_at,
        subject=row.subject,
        ref=row.ref,
        label=row.label,
        person_key=row.person_key,
        person_name=row.name,
        platform=row.platform,
        post_id=row.post_id,
        post_url=row.url,
    )


def _post_row(tx: Connection, post_id: int) -> PostRow:
    current = (revisions.c.post_id == posts.c.id) & (revisions.c.no == posts.c.current_rev)
    joined = posts.join(revisions, current).join(accounts, accounts.c.id == posts.c.author_account_id)
    columns = (
        accounts.c.key,
        accounts.c.source,
        revisions.c.id.label("revision_id"),
        revisions.c.no,
        revisions.c.effective_at,
        revisions.c.parts,
    )
    row = tx.execute(select(posts, *columns).select_from(joined).where(posts.c.id == post_id)).one()
    return PostRow(
        id=row.id,
        revision_id=row.revision_id,
        person_key=row.person_key,
        kind=PostKind(row.kind),
        account_key=row.key,
        source=row.source,
        claimed_at=row.claimed_at,
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
        revision_no=row.no,
        effective_at=row.effective_at,
        parts=parts_from_json(row.parts),
    )


def _event_row(row: Row[Any]) -> EventRow:
    return EventRow(
        seq=row.seq,
        kind=EventKind(row.kind),
        at=row.at,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        rulebook_hash=row.rulebook_hash,
        reason=reason_from_json(row.reason),
        findings=findings_from_json(row.findings),
    )
