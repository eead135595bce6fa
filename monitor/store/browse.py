"""Looking on: what was read, judged and told, without claiming or changing anything."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.model.findings import Finding
from monitor.model.messages import DeliveryState, EventKind, Found
from monitor.model.posts import Part
from monitor.model.rulebook import Severity
from monitor.store.frozen import finding_from_row, parts_from_json
from monitor.store.schema import accounts, alert_events, alerts, deliveries, findings, incidents, posts, revisions


@dataclass(frozen=True, slots=True)
class Told:
    """An alert event of a judged text, and the messages that carry it."""

    event: EventKind
    subject: str
    label: str
    severity: Severity
    found: Found
    at: datetime
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One text of a post whose evaluation has ended; `state` is done, partial or quarantined."""

    post_url: str | None
    no: int
    state: str
    parts: tuple[Part, ...]
    claimed_at: datetime | None
    effective_at: datetime
    evaluated_at: datetime | None
    findings: tuple[Finding, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident, and the messages that told its beginning and its end."""

    kind: str
    subject: str
    cause: str
    closed_at: datetime | None
    opening_ids: tuple[str, ...]
    closing_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How reading an account goes; `failures` in a row since `last_success_at`."""

    key: str
    state: str
    reason: str
    failures: int
    last_success_at: datetime | None
    due_at: datetime | None


def judged_texts(tx: Connection) -> tuple[Judged, ...]:
    """Every text that was judged, in the order of reading."""
    found, told = _findings(tx), _told(tx)
    query = select(revisions, posts.c.url, posts.c.claimed_at).join(posts, posts.c.id == revisions.c.post_id)
    return tuple(
        Judged(
            post_url=row.url,
            no=row.no,
            state=row.state,
            parts=parts_from_json(row.parts),
            claimed_at=row.claimed_at,
            effective_at=row.effective_at,
            evaluated_at=row.evaluated_at,
            findings=tuple(found[row.id]),
            told=tuple(told[row.id]),
        )
        for row in tx.execute(query.where(revisions.c.state != "pending").order_by(revisions.c.id))
    )


def troubles(tx: Connection) -> tuple[Trouble, ...]:
    """Every incident there has been."""
    carriers = _carriers(tx)
    return tuple(
        Trouble(
            kind=row.kind,
            subject=row.subject,
            cause=row.detail.get("cause", ""),
            closed_at=row.closed_at,
            opening_ids=carriers[f"incident:{row.id}:1"],
            closing_ids=carriers[f"incident:{row.id}:{row.last_seq}"] if row.closed_at else (),
        )
        for row in tx.execute(select(incidents).order_by(incidents.c.id))
    )


def readings(tx: Connection) -> tuple[Reading, ...]:
    """Every account."""
    rows = tx.execute(select(accounts).order_by(accounts.c.id))
    return tuple(Reading(r.key, r.state, r.state_reason, r.failures, r.last_success_at, r.due_at) for r in rows)


def count_waiting(tx: Connection) -> int:
    """How many messages wait to be sent."""
    query = select(func.count()).select_from(deliveries).where(deliveries.c.state == DeliveryState.WAITING)
    return tx.execute(query).scalar_one()


def count_pending(tx: Connection) -> int:
    """How many texts wait to be judged."""
    query = select(func.count()).select_from(revisions).where(revisions.c.state == "pending")
    return tx.execute(query).scalar_one()


def _findings(tx: Connection) -> Mapping[int, Sequence[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in tx.execute(select(findings).order_by(findings.c.id)).mappings():
        found[row["revision_id"]].append(finding_from_row(row))  # type: ignore[arg-type]
    return found


def _told(tx: Connection) -> Mapping[int, Sequence[Told]]:
    carriers = _carriers(tx)
    told: dict[int, list[Told]] = defaultdict(list)
    query = select(alert_events, alerts.c.subject, alerts.c.label).join(alerts, alerts.c.id == alert_events.c.alert_id)
    for row in tx.execute(query.order_by(alert_events.c.id)):
        told[row.revision_id].append(
            Told(
                event=EventKind(row.kind),
                subject=row.subject,
                label=row.label,
                severity=Severity(row.severity),
                found=Found(row.found),
                at=row.at,
                message_ids=carriers[f"alert:{row.alert_id}:{row.seq}"],
            )
        )
    return told


def _carriers(tx: Connection) -> Mapping[str, tuple[str, ...]]:
    """The ids of the messages that carry each topic."""
    ids: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for topic, message_id in tx.execute(select(deliveries.c.topic, deliveries.c.message_id)):
        ids[topic] += (message_id,)
    return ids
