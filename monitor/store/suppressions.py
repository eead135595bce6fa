"""What people want to hear no more of, for a time: made, ended, and what each of them hides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, or_, select, true, update

from monitor.alert import Suppression
from monitor.errors import NotFoundError, StoreError
from monitor.model.messages import Verdict
from monitor.model.rulebook import NEVER, Severity
from monitor.review import LONGEST, PastAlert
from monitor.store import audit
from monitor.store.frozen import findings_from_json
from monitor.store.schema import alert_events, alerts, findings, people, posts, revisions, suppressions

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """A suppression as people see it; `what` holds only what may be said aloud."""

    number: int
    what: str
    label: str | None
    rule_place: str | None
    person_key: str | None
    same_words: bool
    why: str
    by_whom: str
    at: datetime
    until: datetime
    hidden_count: int
    warned_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None

    def is_over(self, now: datetime) -> bool:
        """Whether it hides nothing new any more."""
        return self.ended_at is not None or self.until <= now


@dataclass(frozen=True, slots=True)
class AlertAbout:
    """What stands in an alert, of which somebody may want to hear no more."""

    subject: str
    label: str
    person_key: str
    rule_ids: tuple[str, ...]
    text_hash: str


@dataclass(frozen=True, slots=True)
class HiddenPost:
    """A post in which findings were hidden."""

    post_id: int
    person_key: str
    person: str
    platform: str
    url: str | None
    at: datetime
    findings: int


# --- made and ended -------------------------------------------------------------------------------------------------


def suppress(
    tx: Connection,
    *,
    why: str,
    by_whom: str,
    until: datetime,
    now: datetime,
    subject: str | None = None,
    rule_id: str | None = None,
    text_hash: str | None = None,
    person_key: str | None = None,
    label: str | None = None,
    rule_place: str | None = None,
) -> int:
    """Hear no more of a subject, a rule, a text, a person, or of their combination, for a time; answers its number.

    `label` and `rule_place` are what may be said aloud of subject and rule. StoreError if it names nothing or lasts
    longer than it may.
    """
    what = {"subject": subject, "rule_id": rule_id, "text_hash": text_hash, "person_key": person_key}
    if all(name is None for name in what.values()):
        raise StoreError("a suppression of everything: name a subject, a rule, a person or a text")
    if until > now + LONGEST:
        raise StoreError(f"a suppression lasts {LONGEST.days} days at most")
    told = {"label": label, "rule_place": rule_place, "why": why, "by_whom": by_whom, "at": now, "until": until}
    new = insert(suppressions).values(**what, **told)
    number = int(tx.execute(new.returning(suppressions.c.id)).scalar_one())
    audit.note(tx, by_whom, "suppress", f"suppression:{number}", {"until": until.isoformat()}, now)
    return number


def end_suppression(tx: Connection, number: int, by_whom: str, now: datetime) -> SuppressionRow:
    """Hear of it again from now on; answers it as it stood. NotFoundError if there is none, or it is over."""
    row = show_suppression(tx, number)
    if row.is_over(now):
        raise NotFoundError(f"suppression {number} is over; `leak-monitor suppressions list` shows those that hold")
    tx.execute(update(suppressions).where(suppressions.c.id == number).values(ended_at=now, ended_by=by_whom))
    audit.note(tx, by_whom, "end_suppression", f"suppression:{number}", {"hidden": row.hidden_count}, now)
    return row


def note_warned(tx: Connection, number: int, now: datetime) -> None:
    """Those who run us were told of its end."""
    tx.execute(update(suppressions).where(suppressions.c.id == number).values(warned_at=now))


def wished(subject: str | None, rule_id: str | None, text_hash: str | None, person_key: str | None) -> Suppression:
    """One that is only thought of, for a preview."""
    return Suppression(0, subject, rule_id, text_hash, NEVER, person_key)


# --- what it hides --------------------------------------------------------------------------------------------------


def in_force(tx: Connection, now: datetime, revision_id: int | None = None) -> list[Suppression]:
    """What hides something now; of that text also what hid something in it before, so that its end retells nothing."""
    c = suppressions.c
    hid = select(findings.c.suppression_id).where(findings.c.revision_id == revision_id)
    which = _holds(now) if revision_id is None else or_(_holds(now), c.id.in_(hid))
    columns = (c.id, c.subject, c.rule_id, c.text_hash, c.until, c.person_key)
    return [Suppression(*row) for row in tx.execute(select(*columns).where(which).order_by(c.id))]


def hidden_in(tx: Connection, revision_id: int) -> set[int]:
    """The numbers of those that hide something in this text."""
    c = findings.c
    mine = select(c.suppression_id).where(c.revision_id == revision_id, c.suppression_id.is_not(None)).distinct()
    return {number for number in tx.execute(mine).scalars() if number is not None}


def recount(tx: Connection, numbers: Iterable[int]) -> None:
    """Count anew what each of them hides."""
    for number in sorted(numbers):
        hidden = select(func.count()).where(findings.c.suppression_id == number).scalar_subquery()
        tx.execute(update(suppressions).where(suppressions.c.id == number).values(hidden_count=hidden))


def hidden_lately(tx: Connection, now: datetime) -> dict[int, int]:
    """How many findings each hid in texts that were read within a day, by number."""
    c = findings.c
    counted = (
        select(c.suppression_id, func.count())
        .join(revisions, revisions.c.id == c.revision_id)
        .where(c.suppression_id.is_not(None), revisions.c.seen_at > now - _DAY)
        .group_by(c.suppression_id)
    )
    return {number: count for number, count in tx.execute(counted) if number is not None}


def hidden_posts(tx: Connection, number: int, limit: int = 200) -> list[HiddenPost]:
    """The posts in which it hides something, the newest first."""
    c = findings.c
    joined = (
        findings.join(revisions, revisions.c.id == c.revision_id)
        .join(posts, posts.c.id == revisions.c.post_id)
        .join(people, people.c.key == posts.c.person_key)
    )
    when = func.max(revisions.c.effective_at, type_=revisions.c.effective_at.type)
    named = (posts.c.id, posts.c.person_key, people.c.name, posts.c.platform, posts.c.url)
    wanted = select(*named, when, func.count()).select_from(joined).where(c.suppression_id == number)
    rows = tx.execute(wanted.group_by(*named).order_by(when.desc(), posts.c.id.desc()).limit(limit))
    return [HiddenPost(*row) for row in rows]


# --- what stands there ----------------------------------------------------------------------------------------------


def list_suppressions(tx: Connection, now: datetime, *, over: bool = False) -> list[SuppressionRow]:
    """Those that hold, the newest first; with `over` the others too."""
    wanted = select(suppressions).where(true() if over else _holds(now)).order_by(suppressions.c.id.desc())
    return [_row(row) for row in tx.execute(wanted)]


def show_suppression(tx: Connection, number: int) -> SuppressionRow:
    """One of them; NotFoundError if there is none of that number."""
    row = tx.execute(select(suppressions).where(suppressions.c.id == number)).one_or_none()
    if row is None:
        raise NotFoundError(f"no suppression {number}; `leak-monitor suppressions list --all` shows them")
    return _row(row)


def unrenewed(tx: Connection, now: datetime) -> list[SuppressionRow]:
    """Those that hold and have no other, about the very same and longer, behind them."""
    rows = tx.execute(select(suppressions).where(_holds(now)).order_by(suppressions.c.id)).all()
    last: dict[tuple[Any, ...], Row[Any]] = {}
    for row in rows:
        what = (row.subject, row.rule_id, row.text_hash, row.person_key)
        last[what] = max(last.get(what, row), row, key=lambda each: each.until)
    return [_row(row) for row in last.values()]


def alert_about(tx: Connection, number: int) -> AlertAbout:
    """What stands in an alert, as it was last told; NotFoundError if there is no such alert."""
    columns = (alerts.c.subject, alerts.c.label, posts.c.person_key)
    alert = tx.execute(
        select(*columns).join(posts, posts.c.id == alerts.c.post_id).where(alerts.c.id == number)
    ).one_or_none()
    if alert is None:
        raise NotFoundError(f"no alert A-{number}; `leak-monitor alerts list` shows them")
    told = _texts_told().where(alert_events.c.alert_id == number, alert_events.c.findings != [])
    event = tx.execute(told.order_by(alert_events.c.seq.desc()).limit(1)).one_or_none()
    if event is None:
        raise NotFoundError(f"of alert A-{number} nothing is kept any more")
    rules = dict.fromkeys(found.rule_id for found in findings_from_json(event.findings) if found.rule_id)
    return AlertAbout(alert.subject, alert.label, alert.person_key, tuple(rules), event.content_hash)


def past_alerts(tx: Connection, quiet: Suppression) -> Iterator[PastAlert]:
    """The stored alerts that this may be about, with all that was told of each."""
    c = alerts.c
    about = (
        c.subject == quiet.subject if quiet.subject is not None else true(),
        posts.c.person_key == quiet.person_key if quiet.person_key is not None else true(),
    )
    columns = (c.id, c.subject, posts.c.person_key, c.severity, c.verdict)
    rows = tx.execute(select(*columns).join(posts, posts.c.id == c.post_id).where(*about).order_by(c.id)).all()
    mine = select(c.id).join(posts, posts.c.id == c.post_id).where(*about)
    texts = defaultdict(list)
    for event in tx.execute(_texts_told().where(alert_events.c.alert_id.in_(mine))):
        texts[event.alert_id].append((event.content_hash, findings_from_json(event.findings)))
    for row in rows:
        verdict = Verdict(row.verdict) if row.verdict else None
        told = tuple(texts[row.id])
        yield PastAlert(row.id, row.subject, row.person_key, Severity(row.severity), verdict, told)


def _texts_told() -> Select[Any]:
    c = alert_events.c
    joined = alert_events.join(revisions, revisions.c.id == c.revision_id)
    return select(c.alert_id, c.findings, revisions.c.content_hash).select_from(joined)


def _holds(now: datetime) -> ColumnElement[bool]:
    return (suppressions.c.until > now) & suppressions.c.ended_at.is_(None)


def _row(row: Row[Any]) -> SuppressionRow:
    text = f"text {row.text_hash[:8]}" if row.text_hash else None
    named = (row.label or ("a product" if row.subject else None), row.rule_place or ("a rule" if row.rule_id else None))
    return SuppressionRow(
        number=row.id,
        what=", ".join(name for name in (*named, row.person_key, text) if name),
        label=row.label,
        rule_place=row.rule_place,
        person_key=row.person_key,
        same_words=row.text_hash is not None,
        why=row.why,
        by_whom=row.by_whom,
        at=row.at,
        until=row.until,
        hidden_count=row.hidden_count,
        warned_at=row.warned_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
