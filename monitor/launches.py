"""Beside the path: a launch that was moved is told, in one line, when all that we have is judged by its new hour."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from monitor import routing
from monitor.errors import RuleError
from monitor.model.rulebook import moved_events
from monitor.rules.load import parse_events
from monitor.rules.seal import RulesKey, open_kept
from monitor.runtime import Runtime, World
from monitor.store import launches, queueing, rulebooks
from monitor.telemetry import log_event

PATIENCE: Final = timedelta(minutes=15)  # then it is told without saying what it changed, for the hour is news itself


def note_moves(tx: Connection, runtime: Runtime, now: datetime) -> None:
    """Keep which events the new rules move, before these are those in force; nothing if they are already.

    What was in force is asked of the database, so that of several services one notes it, and a restart misses none.
    """
    kept = rulebooks.active_rulebook(tx)
    if kept is None or kept.hash == runtime.book.hash:
        return
    try:
        before = parse_events(open_kept(kept.body, RulesKey.of(runtime.settings.rules_key)))
    except RuleError:
        return  # another key closed it: nobody can tell what stood there
    for moved in moved_events(before, runtime.book.events):
        launches.note_move(tx, moved, runtime.book.hash, now)


def tell_moves(world: World, runtime: Runtime) -> int:
    """Tell the moves of which all is known, and those that have waited long enough; answers how many."""
    with world.store.read() as tx:
        if not launches.untold(tx):
            return 0
    with world.store.write() as tx:
        now = world.clock.now()
        if rulebooks.active_hash(tx) != runtime.book.hash:
            return 0  # whoever has the rules in force tells
        is_known = launches.all_judged(tx)
        ready = [move for move in launches.untold(tx) if is_known or not now - PATIENCE < move.moved_at <= now]
        told = [move.topic for move in ready if _tell(tx, runtime, move, now, is_known=is_known)]
    for topic in told:
        log_event("event_moved", topic=topic)
    return len(told)


def _tell(tx: Connection, runtime: Runtime, move: launches.Untold, now: datetime, *, is_known: bool) -> bool:
    key = next((key for key in runtime.book.events if launches.ref_of(key) == move.ref), None)
    if key is None:
        launches.forget(tx, move)
        return False
    counts = launches.count_changes(tx, move.moved_at, runtime.book.lifted_by(key)) if is_known else None
    launches.settle(tx, move, counts, now)
    settings = runtime.settings
    queueing.queue(tx, move.topic, routing.to_all(settings.roster, settings.receivers, now), now)
    return True
