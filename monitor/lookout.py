"""What goes wrong around the path: looked for every half a minute, told as incidents that end by themselves."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from shutil import disk_usage
from typing import Final, TypeAlias

from sqlalchemy import Connection

from monitor import duty
from monitor.incident import MANY_HIDDEN, IncidentKind, is_low, next_event, overdue_reviews, skew_s, warning_at
from monitor.incident import SKEW_BOUND_S as WRONG_S
from monitor.model.rulebook import BEGINNING
from monitor.model.sessions import Place, SessionState, is_old
from monitor.moves import Moves
from monitor.pace import Hours, near_people
from monitor.reading import pace_of
from monitor.rota import source_of
from monitor.runtime import Runtime, World
from monitor.sessions import accounts_of, usual_life
from monitor.store import (
    accounts,
    blindness,
    calendars,
    canaries,
    habits,
    incidents,
    sessions,
    status,
    suppressions,
    timing,
)
from monitor.store.status import OpenIncident
from monitor.store.suppressions import SuppressionRow
from monitor.telemetry import log_fault, log_trouble

LOOP_SILENT_S: Final = 50.0  # a loop that has not come round for so long is stalled
WORK_STUCK_S: Final = 45.0  # a read takes 30 s at most, an attempt 15 s
MANY_LOOPS: Final = 3  # stalled at once: then it is what wakes them
APP_DOWN_S: Final = 120.0  # tools renew connections by themselves, in seconds
UNTOLD: Final = timedelta(minutes=10)
NAMED: Final = 5
DAY: Final = timedelta(days=1)
HOURS_EVERY: Final = timedelta(hours=6)
HOURS_LEARNT: Final = timedelta(days=60)
MEGABYTE: Final = 2**20
# Of these /healthz tells as long as they are open; the others it sees for itself.
ON_HEALTH: Final = {
    IncidentKind.CANARY_LOST: "the canary did not come through (stage: {stage})",
    IncidentKind.HEARTBEAT_FAILED: "the heartbeat address does not answer",
    IncidentKind.CLOCK_WRONG: "the clock is wrong by {seconds} s",
    IncidentKind.DISK_LOW: "the disk has {free} MB free",
    IncidentKind.APP_DISCONNECTED: "the app of {receiver} is not connected: its buttons do not answer",
    IncidentKind.OPS_UNREACHABLE: "incidents could not be told to anybody",
}


@dataclass(slots=True)
class Senses:
    """What the look-out is told from outside the database."""

    free_bytes: Callable[[], int | None]  # of the disk with the database; None where that is another machine's
    offsets_s: Callable[[], Iterable[float]]  # by how much our clock is ahead of each host that answered
    began_at: datetime  # this process
    apps_down_s: Callable[[], Mapping[str, float]] = dict  # of receivers whose buttons do not answer: since when
    hours_at: datetime = BEGINNING  # when it was last asked in which hours people post


def look_around(world: World, runtime: Runtime, senses: Senses) -> None:
    """Open and close what has to be, then let every open incident say what it has to say now."""
    now = world.clock.now()
    if (now - senses.hours_at) > HOURS_EVERY:
        with world.store.read() as tx:
            learn_hours(tx, world)
        senses.hours_at = now
    with world.store.write() as tx:
        accounts.undo_future(tx, now)
        _hasten(tx, world, runtime, now)
        blindness.settle_overdue(tx, status.counts(tx, now).unread, now)
        if runtime.has_canary:
            canaries.look(tx, now, began_at=senses.began_at, every_s=runtime.settings.heartbeat.every_s)
        _settle(tx, IncidentKind.SESSION_AGEING, _old_sessions(tx, runtime, now), now)
        _settle(tx, IncidentKind.REVIEW_OVERDUE, _reviews(runtime, now), now)
        _look_at_suppressions(tx, now)
        _look_at_objective(tx, world, runtime, now)
        _look_at_calendar(tx, runtime, now)
        _look_at_disk(tx, senses.free_bytes(), now)
        _look_at_clock(tx, skew_s(senses.offsets_s()), now)
        down = {key: {"receiver": key} for key, down_s in senses.apps_down_s().items() if down_s > APP_DOWN_S}
        _settle(tx, IncidentKind.APP_DISCONNECTED, down, now)
        _look_for_untold(tx, runtime, now)
        starts = [event.starts_at for event in runtime.book.events.values()]
        told = [receiver.key for receiver in runtime.settings.receivers if receiver.alerts]
        incidents.speak(tx, now, next_event(starts, now), told)


Stalls: TypeAlias = tuple[dict[str, float], dict[str, float]]  # loops and work, with their seconds


def learn_hours(tx: Connection, world: World) -> None:
    """Count anew in which hours people post."""
    counted = habits.posting_hours(tx, world.clock.now() - HOURS_LEARNT)
    world.hours.update({key: Hours(posts, HOURS_LEARNT.days) for key, posts in counted.items()})


def _hasten(tx: Connection, world: World, runtime: Runtime, now: datetime) -> None:
    """Where a lift is near, nobody waits for the end of a longer interval."""
    near = frozenset(near_people(runtime.lifts, now))
    paces = {a.key: pace_of(world, runtime, a) for a in runtime.accounts.values() if a.person_key in near}
    accounts.hasten(tx, {key: it.every_s for key, it in paces.items() if it.reason == "event_near"}, now)


def free_bytes_of(folder: Path) -> int:
    """What the disk of that folder has left for us."""
    return disk_usage(folder).free


class Watchdog:
    """Knows the loops that stand still and the work that is stuck, and tells of them as incidents."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._rounds, self._works = Moves(), Moves()
        self._told: tuple[Collection[str], ...] = ()
        self._owed: Stalls | None = None  # what could not be told because the database was what stood still

    def came_round(self, name: str, *, well: bool) -> None:
        """A loop came round, and `well` if it could do its work."""
        for moves in (self._rounds, self._works) if well else (self._rounds,):
            moves.moved(name, self._elapsed_s())

    def silent(self) -> dict[str, float]:
        """The loops that do not come round, and for how many seconds."""
        return self._rounds.still(self._elapsed_s(), LOOP_SILENT_S)

    def stuck(self, world: World) -> dict[str, float]:
        """The work of others that neither ends nor goes on, and for how many seconds."""
        return world.moves.still(self._elapsed_s(), WORK_STUCK_S)

    def look(self, world: World, deliver: Callable[[], object]) -> None:
        """Tell what has begun to stand still, and what moves again; if sending stands still, `deliver` in its place."""
        idle = self._works.still(self._elapsed_s(), LOOP_SILENT_S)
        try:
            self._tell(world, self._owed or (idle, self.stuck(world)))
            if "deliver" in idle:
                deliver()
        except Exception as error:  # noqa: BLE001 - tried again at the next look; health tells meanwhile
            log_fault("watch_failed", error)

    def _tell(self, world: World, stalls: Stalls) -> None:
        names = tuple(each.keys() for each in stalls)
        if names != self._told:
            self._owed = stalls
            _note_stalls(world, *stalls)
            self._told, self._owed = names, None


def told_on_health(found: Iterable[OpenIncident]) -> list[str]:
    """The open incidents that health cannot see for itself, each in a line."""
    return [ON_HEALTH[i.kind].format_map(i.detail) for i in found if i.kind in ON_HEALTH]  # type: ignore[index]


def _settle(tx: Connection, kind: str, wanted: Mapping[str, Mapping[str, str]], now: datetime) -> None:
    """Of this kind, exactly these subjects are open."""
    known = {incident.subject for incident in status.open_incidents(tx) if incident.kind == kind}
    for subject in sorted(known - wanted.keys()):
        incidents.close_incident(tx, kind, subject, now)
    for subject, detail in wanted.items():
        incidents.open_incident(tx, kind, subject, detail, now)


def _reviews(runtime: Runtime, now: datetime) -> Mapping[str, Mapping[str, str]]:
    people = {person.key: person.review_at for person in runtime.settings.people}
    return {key: {"person": key} for key in overdue_reviews(people, now)}


def _look_at_suppressions(tx: Connection, now: datetime) -> None:
    """Those that end soon are told of on the days that are set for it; those that hide much, while they do."""
    ending: dict[str, Mapping[str, str]] = {}
    unsaid: list[SuppressionRow] = []
    for row in suppressions.unrenewed(tx, now):
        due_at = warning_at(row.at, row.until, now)
        if due_at is not None:
            days = ceil((row.until - now) / DAY)
            ending[f"S-{row.number}"] = {"what": row.what, "days": str(days), "hidden": str(row.hidden_count)}
            if row.warned_at is None or row.warned_at < due_at:
                unsaid.append(row)
    _settle(tx, IncidentKind.SUPPRESSION_ENDING, ending, now)
    for row in unsaid:
        suppressions.note_warned(tx, row.number, now)
        if row.warned_at is not None:  # else it was told by being opened
            incidents.say_again(tx, IncidentKind.SUPPRESSION_ENDING, f"S-{row.number}", now)
    hidden = suppressions.hidden_lately(tx, now)
    holding = {row.number: row for row in suppressions.list_suppressions(tx, now)}
    busy = {
        f"S-{number}": {"what": holding[number].what, "count": str(count), "most": str(MANY_HIDDEN)}
        for number, count in hidden.items()
        if count > MANY_HIDDEN and number in holding
    }
    _settle(tx, IncidentKind.SUPPRESSION_BUSY, busy, now)


def _look_at_objective(tx: Connection, world: World, runtime: Runtime, now: datetime) -> None:
    """Whether people are told as soon as was promised."""
    objective = runtime.settings.objective
    if objective is None:
        world.metrics.objective_stands(None)
        _settle(tx, IncidentKind.OBJECTIVE_MISSED, {}, now)
        return
    standing = timing.standing(tx, objective, now)
    world.metrics.objective_stands(objective, standing.share, standing.budget_left)
    detail = {
        "share": f"{100 * standing.share:.3g}",
        "wanted": f"{100 * objective.share:.3g}",
        "within": f"{objective.within.total_seconds():g}",
        "days": str(objective.days),
        "count": str(standing.count),
        "missed": str(standing.missed),
    }
    _settle(tx, IncidentKind.OBJECTIVE_MISSED, {} if standing.is_met else {"objective": detail}, now)


def _look_at_calendar(tx: Connection, runtime: Runtime, now: datetime) -> None:
    """Whether the calendar of those on duty can be read, knows somebody, and names the team alone."""
    table = runtime.settings.roster.duty
    kept = calendars.kept(tx, source_of(table.calendar)) if table and table.calendar else None
    unreadable: dict[str, Mapping[str, str]] = {}
    strangers: dict[str, Mapping[str, str]] = {}
    nobody: dict[str, Mapping[str, str]] = {}
    if table is not None and kept is not None:
        if duty.is_unreadable(kept.good_at, kept.problem, now):
            hours = str((now - kept.good_at) // timedelta(hours=1))
            unreadable["calendar"] = {"failure": kept.problem, "hours": hours}
        if table.strangers:
            names = ", ".join(table.strangers[:NAMED])
            strangers["calendar"] = {"names": names, "count": str(len(table.strangers))}
        if kept.read_at is not None and not duty.is_anybody_on_duty(table, now, runtime.is_workday):
            nobody["duty"] = {}
    _settle(tx, IncidentKind.CALENDAR_UNREADABLE, unreadable, now)
    _settle(tx, IncidentKind.CALENDAR_STRANGERS, strangers, now)
    _settle(tx, IncidentKind.NOBODY_ON_DUTY, nobody, now)


def _old_sessions(tx: Connection, runtime: Runtime, now: datetime) -> Mapping[str, Mapping[str, str]]:
    """Those in use that will soon be refused, if they last as long as usual."""
    named = accounts_of(runtime.settings)
    old: dict[str, Mapping[str, str]] = {}
    for session in sessions.list_sessions(tx) if named else ():
        if session.place is not Place.FIRST or session.state is SessionState.REFUSED or session.name not in named:
            continue
        lasts = usual_life(runtime.settings, named[session.name][0])
        if lasts is not None and is_old(session.put_at, lasts, now):
            days = {"days": str((now - session.put_at).days), "usual": str(lasts.days)}
            old[session.name] = {"session": session.name, **days}
    return old


def _look_at_disk(tx: Connection, free_bytes: int | None, now: datetime) -> None:
    if free_bytes is None:
        return
    was_low = any(incident.kind == IncidentKind.DISK_LOW for incident in status.open_incidents(tx))
    low = {"database": {"free": str(free_bytes // MEGABYTE)}} if is_low(free_bytes, was_low=was_low) else {}
    _settle(tx, IncidentKind.DISK_LOW, low, now)


def _look_at_clock(tx: Connection, ahead_s: float | None, now: datetime) -> None:
    if ahead_s is None:
        return
    wrong = {"clock": {"seconds": str(round(abs(ahead_s)))}} if abs(ahead_s) > WRONG_S else {}
    _settle(tx, IncidentKind.CLOCK_WRONG, wrong, now)


def _look_for_untold(tx: Connection, runtime: Runtime, now: datetime) -> None:
    """Incidents that reached nobody: the receivers of alerts are the last who can hear of it."""
    since = incidents.untold_since(tx)
    if since is None or now - since < UNTOLD:
        _settle(tx, IncidentKind.OPS_UNREACHABLE, {}, now)
        return
    others = [receiver.key for receiver in runtime.settings.receivers if receiver.alerts]
    incidents.open_incident(tx, IncidentKind.OPS_UNREACHABLE, "ops", {}, now, also=others)
    log_trouble("incidents_untold", since=since.isoformat(timespec="seconds"))


def _note_stalls(world: World, loops: Mapping[str, float], work: Mapping[str, float]) -> None:
    subjects = {"scheduler": max(loops.values())} if len(loops) >= MANY_LOOPS else loops
    stuck: dict[str, list[str]] = {}
    for name in work:
        stuck.setdefault(name.partition(" ")[0], []).append(name)
    now = world.clock.now()
    with world.store.write() as tx:
        stalled = {name: {"seconds": str(round(seconds))} for name, seconds in subjects.items()}
        _settle(tx, IncidentKind.LOOP_STALLED, stalled, now)
        named = {verb: {"what": ", ".join(names[:NAMED]), "count": str(len(names))} for verb, names in stuck.items()}
        _settle(tx, IncidentKind.WORK_STUCK, named, now)
