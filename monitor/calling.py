"""Beside the path: of an alert that nobody takes in time the next are told, then the urgent channel, then everybody."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor import duty
from monitor.duty import Step
from monitor.model.messages import AlertState, EventKind
from monitor.routing import Route, Urgency
from monitor.runtime import Runtime, World
from monitor.store import calls
from monitor.store.calls import Untaken
from monitor.store.follow_ups import add_follow_up, everybody_told, newest_event
from monitor.store.queueing import queue
from monitor.telemetry import log_event


def call_due(world: World, runtime: Runtime) -> int:
    """Tell the next of every alert that is due for it; answers how many."""
    with world.store.write() as tx:
        now = world.clock.now()
        due = calls.due_calls(tx, now, farthest=duty.LONGEST)
        for untaken in due:
            _call(tx, runtime, untaken, now)
    for untaken in due:
        log_event("called", alert=untaken.number, step=untaken.step)
    return len(due)


def _call(tx: Connection, runtime: Runtime, untaken: Untaken, now: datetime) -> None:
    roster = runtime.settings.roster
    steps = duty.steps(roster, now, runtime.is_workday)
    if untaken.step >= len(steps):
        calls.called(tx, untaken.number, untaken.step, None)
        return
    step = steps[untaken.step]
    following = steps[untaken.step + 1] if untaken.step + 1 < len(steps) else None
    next_at = now + roster.escalation.again if following else None
    args = _said(step, following, roster.escalation.again)
    told = everybody_told(tx, untaken.number, now)
    topic = add_follow_up(tx, newest_event(tx, untaken.number), EventKind.CALLED, AlertState.OPEN, args, now)
    named = {key: Route(key, Urgency.NOW, now) for key in step.receivers if key in runtime.receivers}
    queue(tx, topic, list(({route.receiver_key: route for route in told} | named).values()), now)
    calls.called(tx, untaken.number, untaken.step, next_at)


def _said(step: Step, following: Step | None, again: timedelta) -> dict[str, str]:
    said = {"whom": step.kind, "name": step.name, "to": " ".join(step.receivers)}
    if following is not None:
        said |= {"next": following.kind, "next_name": following.name, "next_in": str(round(again.total_seconds()))}
    return said
