"""The figures of a period, by SQL, and which summaries a receiver has had."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, distinct, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.canary import KEY
from monitor.model.findings import Finding
from monitor.model.messages import AlertState, EventKind, Found, Verdict
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Severity
from monitor.model.summaries import Every, Period, SelfTests, Summary, Unjudged, Watched
from monitor.store.accounts import REMOVED
from monitor.store.blindness import BLIND
from monitor.store.frozen import findings_from_json, parts_from_json
from monitor.store.schema import (
    accounts,
    alert_events,
    alerts,
    deliveries,
    gaps,
    people,
    posts,
    revisions,
    selftests,
    suppressions,
)
from monitor.summary import SUPPRESSIONS_AHEAD, Asked, Case, Figures, Gap, Word, period_of, summarise

TOPIC: Final = "summary"
MOST_OLDER: Final = 50  # alerts of earlier periods that nobody judged; a message names a few
# Events that tell what of a secret stands in the post.
_TELLING: Final = (EventKind.OPENED, EventKind.ADDED, EventKind.RAISED, EventKind.REOPENED, EventKind.CORRECTED)


# --- which ------------------------------------------------------------------------------------------------------


def topic_of(every: Every, ends_on: date) -> str:
    """The topic of a summary: a receiver has it once."""
    return f"{TOPIC}:{every}:{ends_on.isoformat()}"


def ends_queued(tx: Connection, receiver_key: str, every: Every) -> list[date]:
    """At which days the periods ended that this receiver was told of, or is about to be."""
    c = deliveries.c
    mine = (c.receiver_key == receiver_key) & c.topic.startswith(f"{TOPIC}:{every}:", autoescape=True)
    return [date.fromisoformat(topic.rpartition(":")[2]) for topic in tx.execute(select(c.topic).where(mine)).scalars()]


def watched_since(tx: Connection) -> datetime | None:
    """Since when anybody is watched; None if nobody is."""
    first: datetime | None = tx.execute(select(func.min(accounts.c.added_at)).where(_watched())).scalar_one()
    return first


def summary_for(tx: Connection, topic: str, asked: Asked) -> Summary:
    """The summary of a topic, for whom it is asked; ValueError if it is no such topic."""
    _, every, ends_on = topic.split(":")
    period = period_of(Every(every), date.fromisoformat(ends_on), asked.zone)
    return summarise(topic, period, figures(tx, period, asked.at, asked.subjects), asked)


# --- figures ----------------------------------------------------------------------------------------------------


def figures(tx: Connection, period: Period, now: datetime, subjects: frozenset[str] | None = None) -> Figures:
    """What the rows tell of a period and of the one before it: of these subjects alone, if any are named."""
    cases = _cases(tx, period, subjects)
    return Figures(
        this=tuple(case for case in cases if period.has(case.opened_at)),
        last=tuple(case for case in cases if not period.has(case.opened_at)),
        older=_older(tx, period, subjects),
        watched=_how_much(tx, period),
        gaps=_gaps(tx, period),
        suppressions=_ending(tx, now, subjects),
        self_tests=_self_tests(tx, period),
    )


def _about(subjects: frozenset[str] | None) -> ColumnElement[bool]:
    return true() if subjects is None else alerts.c.subject.in_(sorted(subjects))


def _cases(tx: Connection, period: Period, subjects: frozenset[str] | None) -> list[Case]:
    c = alerts.c
    within = and_(c.opened_at >= period.before_at, c.opened_at < period.until_at, _about(subjects))
    rows = tx.execute(_opened().where(within).order_by(c.opened_at, c.id)).all()
    later = _later_events(tx, select(c.id).where(within))
    return [_case(row, later.get(row.id, ())) for row in rows]


def _opened() -> Select[Any]:
    """Alerts with what opened them."""
    c, event = alerts.c, alert_events.c
    joined = (
        alerts.join(alert_events, (event.alert_id == c.id) & (event.seq == 1))
        .join(revisions, revisions.c.id == event.revision_id)
        .join(posts, posts.c.id == c.post_id)
        .join(people, people.c.key == posts.c.person_key)
    )
    of_alert = (c.id, c.label, c.severity, c.state, c.verdict, c.assignee, c.opened_at, c.found)
    of_text = (event.findings, revisions.c.no, revisions.c.effective_at, revisions.c.seen_at, revisions.c.parts)
    of_post = (posts.c.platform, posts.c.claimed_at, posts.c.gone_at, people.c.name)
    return select(*of_alert, *of_text, *of_post).select_from(joined)


def _later_events(tx: Connection, which: Select[Any]) -> Mapping[int, Sequence[Row[Any]]]:
    """What happened to these alerts, in order: kind, instant, and whether anything secret was left."""
    event = alert_events.c
    columns = (event.alert_id, event.kind, event.at, (event.findings == []).label("nothing_left"))
    wanted = event.alert_id.in_(which) & event.kind.in_([*_TELLING, EventKind.ACKNOWLEDGED])
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.execute(select(*columns).where(wanted).order_by(event.alert_id, event.seq)):
        found.setdefault(row.alert_id, []).append(row)
    return found


def _case(row: Row[Any], events: Sequence[Row[Any]]) -> Case:
    taken = [event.at for event in events if event.kind == EventKind.ACKNOWLEDGED]
    last = [event for event in events if event.kind in _TELLING][-1]
    corrected_at = last.at if last.kind == EventKind.CORRECTED and last.nothing_left else None
    is_dated = row.claimed_at is not None or row.no > 1
    parts = parts_from_json(row.parts)
    return Case(
        number=row.id,
        severity=Severity(row.severity),
        label=row.label,
        person_name=row.name,
        platform=row.platform,
        how=Found(row.found),
        state=AlertState(row.state),
        verdict=Verdict(row.verdict) if row.verdict else None,
        assignee=row.assignee,
        opened_at=row.opened_at,
        posted_at=row.effective_at if is_dated else None,
        seen_at=row.seen_at,
        taken_at=min(taken, default=None),
        gone_at=min((at for at in (row.gone_at, corrected_at) if at), default=None),
        words=tuple(_word(found, parts) for found in findings_from_json(row.findings)),
        text="\n".join(part.text for part in parts if part.by_author and part.origin is not Origin.CLIENT),
    )


def _word(found: Finding, parts: Sequence[Part]) -> Word:
    is_name = found.kind is Kind.PRODUCT and found.part_no < len(parts)
    return Word(found.rule_id, parts[found.part_no].text[found.start : found.end] if is_name else "")


def _older(tx: Connection, period: Period, subjects: frozenset[str] | None) -> tuple[Unjudged, ...]:
    c = alerts.c
    no_leak = or_(c.verdict.is_(None), c.verdict != Verdict.LEAK)  # which stays one, see Case.judged
    waiting = and_(c.opened_at < period.before_at, c.state != AlertState.REVIEWED, no_leak, _about(subjects))
    oldest = select(c.id, c.assignee, c.opened_at).where(waiting).order_by(c.opened_at, c.id).limit(MOST_OLDER)
    return tuple(Unjudged(*row) for row in tx.execute(oldest))


def _watched() -> ColumnElement[bool]:
    return and_(accounts.c.state != REMOVED, accounts.c.key != KEY)


def _how_much(tx: Connection, period: Period) -> Watched:
    c = accounts.c
    readable = func.count().filter(c.state.not_in(sorted(BLIND)))
    who = tx.execute(select(func.count(distinct(c.person_key)), func.count(), readable).where(_watched())).one()
    seen = and_(posts.c.first_seen_at >= period.from_at, posts.c.first_seen_at < period.until_at)
    read = tx.execute(select(func.count()).select_from(posts).where(seen, posts.c.platform != KEY)).scalar_one()
    return Watched(people=who[0], accounts=who[1], posts=read, readable=who[2])


def _gaps(tx: Connection, period: Period) -> tuple[Gap, ...]:
    c = gaps.c
    meets = and_(c.from_at < period.until_at, or_(c.to_at.is_(None), c.to_at > period.from_at))
    columns = (c.account_id, accounts.c.platform, c.from_at, c.to_at, c.cause, c.filled_at.is_not(None).label("filled"))
    theirs = select(*columns).join(accounts, accounts.c.id == c.account_id).where(meets, accounts.c.key != KEY)
    return tuple(Gap(*row) for row in tx.execute(theirs.order_by(c.from_at, c.id)))


def _ending(tx: Connection, now: datetime, subjects: frozenset[str] | None) -> tuple[datetime, ...]:
    c = suppressions.c
    soon = and_(c.until >= now, c.until <= now + SUPPRESSIONS_AHEAD, c.ended_at.is_(None))
    theirs = true() if subjects is None else c.subject.in_(sorted(subjects))
    return tuple(tx.execute(select(c.until).where(soon, theirs).order_by(c.until)).scalars())


def _self_tests(tx: Connection, period: Period) -> SelfTests:
    c = selftests.c
    within = and_(c.hour_at >= period.from_at, c.hour_at < period.until_at)
    passed, failed = tx.execute(select(func.sum(c.passed), func.sum(c.failed)).where(within)).one()
    return SelfTests(int(passed or 0), int(passed or 0) + int(failed or 0))
