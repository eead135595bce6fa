"""What was done about a leak: the steps that people note, beside those that events show."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from monitor.errors import NotFoundError
from monitor.model.messages import AlertState, EventKind
from monitor.review import Happened, Mark, Step, StepRow, response_of
from monitor.store import audit
from monitor.store.frozen import reason_from_json
from monitor.store.schema import alert_events, alerts, posts, responses, revisions


def response_to(tx: Connection, number: int) -> tuple[StepRow, ...]:
    """The steps of an alert with who did them when, and which is next; NotFoundError if there is no such alert."""
    c = alert_events.c
    joined = alerts.join(posts, posts.c.id == alerts.c.post_id).join(alert_events, c.alert_id == alerts.c.id)
    first: Select[Any] = select(revisions.c.effective_at, posts.c.gone_at).select_from(
        joined.join(revisions, revisions.c.id == c.revision_id)
    )
    post = tx.execute(first.where(alerts.c.id == number, c.seq == 1)).one_or_none()
    if post is None:
        raise NotFoundError(f"no alert A-{number}; `leak-monitor alerts list` shows them")
    events = tx.execute(select(c.kind, c.at, c.state, c.reason).where(c.alert_id == number).order_by(c.seq))
    happened = [Happened(EventKind(e.kind), e.at, AlertState(e.state), reason_from_json(e.reason)) for e in events]
    mine = select(responses).where(responses.c.alert_id == number)
    marks = [Mark(Step(row.step), row.by_whom, row.note, row.at) for row in tx.execute(mine)]
    return response_of(happened, marks, public_since=post.effective_at, gone_at=post.gone_at)


def respond(tx: Connection, number: int, step: Step, *, by_whom: str, note: str, now: datetime) -> StepRow:
    """Note that a step is done; answers it as it stands, which may be by somebody before. NotFoundError."""
    done = _done(tx, number, step)
    if done is not None:
        return done
    _forget(tx, number, step)  # of a round of work before the alert was opened again
    row = {"alert_id": number, "step": step, "by_whom": by_whom, "note": note, "at": now}
    tx.execute(insert(responses).values(**row))
    audit.note(tx, by_whom, "respond", f"alert:{number}", {"step": str(step)}, now)
    return StepRow(step, now, by_whom, note)


def undo_response(tx: Connection, number: int, step: Step, *, by_whom: str, now: datetime) -> None:
    """Take back what somebody noted; NotFoundError if nobody did."""
    if not _forget(tx, number, step):
        raise NotFoundError(f"A-{number}: nobody noted {step}; `leak-monitor alerts show A-{number}` shows the steps")
    audit.note(tx, by_whom, "undo_response", f"alert:{number}", {"step": str(step)}, now)


def _done(tx: Connection, number: int, step: Step) -> StepRow | None:
    return next((row for row in response_to(tx, number) if row.step is step and row.at is not None), None)


def _forget(tx: Connection, number: int, step: Step) -> bool:
    mine = (responses.c.alert_id == number) & (responses.c.step == step)
    return tx.execute(delete(responses).where(mine)).rowcount > 0
