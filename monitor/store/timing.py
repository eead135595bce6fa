"""When what opened each alert was published, read, judged, told, taken, judged by a person, and gone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Text, case, cast, func, literal, select, true

from monitor.model.messages import AlertState, DeliveryState, EventKind, Found
from monitor.model.objective import Objective
from monitor.model.rulebook import Severity
from monitor.store.schema import alert_events, alerts, deliveries, revisions
from monitor.timing import Standing, Times, standing_of

_AT_ONCE = (Severity.HIGH, Severity.CRITICAL)  # what is less is told in digests, which take their time


def times_of(tx: Connection, since: datetime | None = None) -> list[Times]:
    """The instants of every alert that came live and was told at once, opened since then if a time is given."""
    first, later = alert_events.alias("first"), _later().subquery()
    topic = literal("alert:") + cast(alerts.c.id, Text) + literal(":1")
    arrived = (deliveries.c.topic == topic) & (deliveries.c.state == DeliveryState.DELIVERED)
    delivered_at = select(func.min(deliveries.c.delivered_at)).where(arrived).scalar_subquery()
    joined = (
        alerts.join(first, (first.c.alert_id == alerts.c.id) & (first.c.seq == 1))
        .join(revisions, revisions.c.id == first.c.revision_id)
        .outerjoin(later, later.c.alert_id == alerts.c.id)
    )
    columns = (
        *(revisions.c.effective_at, revisions.c.seen_at, first.c.at.label("matched_at")),
        *(delivered_at.label("delivered_at"), later.c.taken_at, later.c.judged_at, later.c.gone_at),
    )
    wanted = (
        first.c.found == Found.LIVE,
        first.c.severity.in_(_AT_ONCE),
        alerts.c.opened_at >= since if since is not None else true(),
    )
    rows = tx.execute(select(*columns).select_from(joined).where(*wanted).order_by(alerts.c.id))
    # What has no instant of its own counts from its reading, which says nothing of its publication.
    return [Times(row[0] if row.effective_at < row.seen_at else None, *row[1:]) for row in rows]


def standing(tx: Connection, objective: Objective, now: datetime) -> Standing:
    """How an objective stands at this moment."""
    alerts_then = times_of(tx, now - timedelta(days=objective.days))
    return standing_of(objective, ((times.published_at, times.delivered_at) for times in alerts_then), now)


def _later() -> Select[Any]:
    """The first of each kind of answer, by alert."""
    c = alert_events.c
    answers = {
        "taken_at": c.kind == EventKind.ACKNOWLEDGED,
        "judged_at": (c.kind == EventKind.REVIEWED) & (c.state == AlertState.REVIEWED),
        "gone_at": c.kind == EventKind.GONE,
    }
    firsts = [func.min(case((which, c.at))).label(name) for name, which in answers.items()]
    kinds = c.kind.in_([EventKind.ACKNOWLEDGED, EventKind.REVIEWED, EventKind.GONE])
    return select(c.alert_id, *firsts).where(kinds).group_by(c.alert_id)
