"""What a delivery says, made from rows only, so that it can be made at any later time by any process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from monitor.errors import RenderError
from monitor.model.findings import Finding
from monitor.model.messages import (
    AlertState,
    Digest,
    EventKind,
    Found,
    IncidentEvent,
    IncidentNotice,
    Message,
    Notice,
    Spread,
    TestNotice,
)
from monitor.model.posts import Cause, PostKind
from monitor.model.rulebook import Severity
from monitor.model.summaries import Summary
from monitor.store import launches, summaries
from monitor.store.frozen import findings_from_json, parts_from_json, reason_from_json
from monitor.store.pictures import pictures_of
from monitor.store.schema import (
    accounts,
    alert_events,
    alerts,
    deliveries,
    incident_events,
    incidents,
    people,
    posts,
    revisions,
)
from monitor.store.spreading import spread_of
from monitor.summary import Asked


def message_for(tx: Connection, topic: str, asked: Asked | None = None) -> Message:
    """The message of a topic; RenderError if its rows are not there. A summary is made for whom it is asked."""
    kind, _, rest = topic.partition(":")
    make = _MAKERS.get(kind)
    if kind == summaries.TOPIC and asked is not None:
        make = partial(_summary, asked)
    try:
        message = make(tx, topic, rest) if make else None
    except ValueError as error:
        raise RenderError(f"{topic}: not a topic") from error
    if message is None:
        raise RenderError(f"{topic}: nothing in the database says what this is")
    return message


def live_opening(tx: Connection, topic: str) -> tuple[datetime, datetime] | None:
    """When what opened a live alert was published, and when it was matched; None if the topic is anything else."""
    kind, _, rest = topic.partition(":")
    number, _, seq = rest.partition(":")
    if kind != "alert" or seq != "1":
        return None
    event = alert_events.c
    wanted = (event.alert_id == int(number)) & (event.seq == 1) & (event.found == Found.LIVE)
    joined = alert_events.join(revisions, revisions.c.id == event.revision_id)
    row = tx.execute(select(revisions.c.effective_at, event.at).select_from(joined).where(wanted)).one_or_none()
    return None if row is None else (row.effective_at, row.at)


def _notice(tx: Connection, topic: str, rest: str) -> Notice | None:
    number, _, seq = rest.partition(":")
    event = alert_events.c
    wanted = _events().where(event.alert_id == int(number), event.seq == int(seq))
    row = tx.execute(wanted).one_or_none()
    if row is None:
        return None
    told, leak = _findings_told(tx, row), _first_leak(tx, row.alert_id)
    notice = _notice_of(topic, row, told, leak, spread_of(tx, row.post_id, until=row.at))
    return replace(notice, pictures=pictures_of(tx, row.post_id))


def _events() -> Select[Any]:
    joined = (
        alert_events.join(alerts, alerts.c.id == alert_events.c.alert_id)
        .join(posts, posts.c.id == alerts.c.post_id)
        .join(revisions, revisions.c.id == alert_events.c.revision_id)
        .join(people, people.c.key == posts.c.person_key)
        .join(accounts, accounts.c.id == posts.c.author_account_id)
    )
    return select(
        alert_events,
        *(
            alerts.c.post_id,
            alerts.c.ref,
            alerts.c.label,
            alerts.c.step,
            alerts.c.escalate_at,
            people.c.name,
            people.c.title,
            revisions.c.no,
            revisions.c.parts,
        ),
        *(posts.c.platform, posts.c.kind.label("post_kind"), posts.c.url, posts.c.claimed_at, posts.c.person_key),
        *(posts.c.first_seen_at, posts.c.gone_at, accounts.c.source),
    ).select_from(joined)


def _findings_told(tx: Connection, row: Row[Any]) -> tuple[Finding, ...]:
    """What the alert is about, also when its text says nothing of it any more."""
    c = alert_events.c
    before = (c.alert_id == row.alert_id) & (c.seq <= row.seq) & (c.findings != [])
    newest = select(c.findings).where(before).order_by(c.seq.desc()).limit(1)
    return findings_from_json(tx.execute(newest).scalar_one_or_none() or ())


def _first_leak(tx: Connection, alert_id: int) -> Row[Any]:
    """The text that opened the alert: which version, since when it was public, when we saw it."""
    c = revisions.c
    opened = (alert_events.c.alert_id == alert_id) & (alert_events.c.seq == 1)
    query: Select[Any] = select(c.no, c.cause, c.effective_at, c.seen_at).join(
        alert_events, alert_events.c.revision_id == c.id
    )
    return tx.execute(query.where(opened)).one()


def _notice_of(topic: str, row: Row[Any], told: Sequence[Finding], leak: Row[Any], spread: Spread) -> Notice:
    by_edit = leak.no > 1 and leak.cause not in (Cause.BETTER_SOURCE, Cause.OTHER_SOURCE)
    lifts = [finding.lifts_at for finding in told if finding.lifts_at]
    return Notice(
        topic=topic,
        alert_number=row.alert_id,
        seq=row.seq,
        event=EventKind(row.kind),
        event_at=row.at,
        severity=Severity(row.severity),
        found=Found(row.found),
        state=AlertState(row.state),
        kinds=tuple(dict.fromkeys(finding.kind for finding in told)),
        product_ref=row.ref,
        product_label=row.label,
        person_name=row.name,
        person_title=row.title,
        platform=row.platform,
        post_kind=PostKind(row.post_kind),
        post_url=row.url,
        post_revision=row.no,
        published_at=row.claimed_at,
        first_seen_at=row.first_seen_at,
        gone_at=row.gone_at,
        parts=parts_from_json(row.parts),
        findings=findings_from_json(row.findings),
        reason=reason_from_json(row.reason),
        lifts_at=max(lifts, default=None),
        spread=spread,
        source=row.source,
        step=row.step,
        escalate_at=row.escalate_at,
        leaked_at=leak.effective_at if by_edit else None,
        leak_seen_at=leak.seen_at if by_edit else None,
        person_key=row.person_key,
    )


def _digest(tx: Connection, topic: str, rest: str) -> Digest | None:
    c = deliveries.c
    # A digest's topic names its first row, so it belongs to one receiver alone.
    row = tx.execute(select(c.id, c.created_at).where(c.topic == topic)).one_or_none()
    if row is None:
        return None
    told = tx.execute(select(c.topic).where(c.folded_into == row.id).order_by(c.id)).scalars().all()
    notices = [_notice(tx, each, each.partition(":")[2]) for each in told]
    return Digest(topic, rest.partition(":")[0], row.created_at, tuple(n for n in notices if n is not None))


def _incident(tx: Connection, topic: str, rest: str) -> IncidentNotice | None:
    number, _, seq = rest.partition(":")
    event, c = incident_events.c, incidents.c
    columns = (c.id, c.kind, c.subject, c.opened_at, event.kind.label("event"), event.at, event.detail)
    wanted = select(*columns).join(incidents, c.id == event.incident_id).where(c.id == int(number))
    row = tx.execute(wanted.where(event.seq == int(seq))).one_or_none()
    if row is None:
        return None
    return IncidentNotice(
        topic=topic,
        number=row.id,
        kind=row.kind,
        subject=row.subject,
        seq=int(seq),
        event=IncidentEvent(row.event),
        event_at=row.at,
        opened_at=row.opened_at,
        closed_at=row.at if row.event == IncidentEvent.CLOSED else None,
        detail=row.detail,
    )


def _summary(asked: Asked, tx: Connection, topic: str, _rest: str) -> Summary:
    return summaries.summary_for(tx, topic, asked)


def _test(_tx: Connection, topic: str, rest: str) -> TestNotice:
    return TestNotice(topic, datetime.fromisoformat(rest))


_MAKERS: Mapping[str, Callable[[Connection, str, str], Message | None]] = MappingProxyType(
    {
        "alert": _notice,
        "digest": _digest,
        "incident": _incident,
        launches.TOPIC: launches.moved_message,
        "test": _test,
    }
)
