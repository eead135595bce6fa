"""The calendar of those on duty: read every quarter of an hour, kept in the database, put into the configuration."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from monitor import ics
from monitor.config.whole import read_whole
from monitor.duty import with_calendar
from monitor.errors import LeakMonitorError, TransportError
from monitor.model.calendars import Calendar, Occurrence
from monitor.model.routes import Route
from monitor.net.client import Client, Limits
from monitor.runtime import Runtime, World
from monitor.store import Store, calendars
from monitor.telemetry import log_event, log_trouble

EVERY: Final = timedelta(minutes=15)
AHEAD: Final = timedelta(days=31)
BEHIND: Final = timedelta(days=1)
WORKED_ANEW: Final = timedelta(hours=6)  # of a text that stays the same, for what comes into sight
PATIENCE_S: Final = 20.0  # for a process that may have to wait for the processor
LIMITS: Final = Limits(total_timeout_s=15.0, max_body_bytes=2 * 2**20, max_redirects=3)
OK: Final = 200
NOT_MODIFIED: Final = 304
_ROOT: Final = str(Path(__file__).parents[1])


class CalendarError(LeakMonitorError):
    """A calendar cannot be read, or is none; `problem` is a word for it."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the calendar cannot be read: {problem}")


@dataclass(frozen=True, slots=True)
class _Text:
    """What a calendar says; `body` is None if it is what it was."""

    body: bytes | None
    etag: str | None = None


def source_of(calendar: Calendar) -> str:
    """What a calendar is known by in the database: nothing that tells its address."""
    return sha256(repr((calendar.url, calendar.file)).encode()).hexdigest()


def fetch(calendar: Calendar, client: Client | None, route: Route, etag: str | None = None) -> _Text:
    """Ask for its text, or read its file, which takes no client; CalendarError says why not."""
    if calendar.file:
        try:
            return _Text(read_whole(Path(calendar.file), LIMITS.max_body_bytes))
        except OSError:
            raise CalendarError("file") from None
    if client is None:
        raise CalendarError("not_asked")
    asked = {"Accept": "text/calendar", **({"If-None-Match": etag} if etag else {})}
    try:
        answer = client.get(
            calendar.url, headers=asked, limits=LIMITS, allow_private=calendar.allow_private_network, route=route
        )
    except TransportError as error:
        raise CalendarError(error.failure.value) from None
    if answer.status == NOT_MODIFIED and etag:
        return _Text(None)
    if answer.status != OK:
        raise CalendarError(f"http_{answer.status}")
    return _Text(answer.body, answer.headers.get("etag"))


def work_out(body: bytes, at: datetime, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    """What takes place around then, by a process that ends within bounds; CalendarError if it is no calendar."""
    if b"BEGIN:VCALENDAR" not in body[:1000].upper():
        raise CalendarError("no_calendar")
    bounds = [(at - BEHIND).isoformat(), (at + AHEAD).isoformat(), zone.key]
    try:
        ended = subprocess.run(  # noqa: S603 - our own words, no shell, nothing of our environment
            [sys.executable, "-m", "monitor.ics", *bounds],
            input=body,
            env={"PYTHONPATH": _ROOT, "PATH": os.defpath},
            cwd=_ROOT,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CalendarError("too_much") from None
    if ended.returncode < 0 or ended.returncode == ics.TOO_MUCH:  # ended by the system, which counts
        raise CalendarError("too_much")
    if ended.returncode:
        raise CalendarError("no_calendar")
    return ics.from_json(ended.stdout.decode())


class Rota:
    """What a process knows of the calendar."""

    def __init__(self) -> None:
        self._known: Sequence[Occurrence] = ()
        self._of = ""  # the text and the zone that it was worked out of
        self._worked_at: datetime | None = None

    def look(self, world: World, runtime: Runtime) -> None:
        """Read it if it is time to, and know what it says."""
        calendar = calendar_of(runtime)
        if calendar is None:
            return
        now = world.clock.now()
        with world.store.write() as tx:
            is_due = calendars.take_turn(tx, source_of(calendar), now, EVERY)
        if is_due:
            self._read(world, runtime, calendar)
        self.take_up(world.store, runtime, now)

    def take_up(self, store: Store, runtime: Runtime, at: datetime) -> None:
        """Know what it said when it last was good, around that instant."""
        calendar = calendar_of(runtime)
        if calendar is None:
            return
        with store.read() as tx:
            kept = calendars.kept(tx, source_of(calendar))
        if kept is None or kept.body is None:
            self._known, self._of = (), ""
            return
        zone = _zone_of(runtime)
        known_by = _known_by(kept.body, zone)
        if known_by == self._of and self._worked_at and abs(at - self._worked_at) < WORKED_ANEW:
            return
        try:
            self._know(work_out(kept.body, at, zone), known_by, at)
        except CalendarError as error:  # it was good once: what was known stays
            log_trouble("calendar_not_worked_out", problem=error.problem)

    def applied(self, runtime: Runtime, now: datetime) -> Runtime:
        """The configuration with what the calendar says; the very same if it says nothing new."""
        duty = runtime.settings.roster.duty
        if duty is None or duty.calendar is None:
            return runtime
        told = with_calendar(duty, self._known, runtime.settings.roster.team, now)
        if told == duty:
            return runtime
        roster = replace(runtime.settings.roster, duty=told)
        return replace(runtime, settings=replace(runtime.settings, roster=roster))

    def try_out(self, runtime: Runtime, client: Client | None, at: datetime) -> None:
        """Read it now, and keep nothing; CalendarError says what is wrong."""
        calendar = calendar_of(runtime)
        if calendar is not None:
            text, zone = fetch(calendar, client, runtime.settings.network), _zone_of(runtime)
            self._know(work_out(text.body or b"", at, zone), "", at)

    def _read(self, world: World, runtime: Runtime, calendar: Calendar) -> None:
        source, zone, now = source_of(calendar), _zone_of(runtime), world.clock.now()
        with world.store.read() as tx:
            kept = calendars.kept(tx, source)
        etag = kept.etag if kept and kept.body else None
        try:
            text = fetch(calendar, world.client, runtime.settings.network, etag)
            if text.body is not None and (kept is None or text.body != kept.body):
                self._know(work_out(text.body, now, zone), _known_by(text.body, zone), now)
        except CalendarError as error:
            with world.store.write() as tx:
                calendars.note_bad(tx, source, error.problem)
            log_trouble("calendar_not_read", problem=error.problem)
            return
        with world.store.write() as tx:
            calendars.note_good(tx, source, now, body=text.body, etag=text.etag)
        log_event("calendar_read", changed=text.body is not None)

    def _know(self, known: Sequence[Occurrence], known_by: str, at: datetime) -> None:
        self._known, self._of, self._worked_at = known, known_by, at


def calendar_of(runtime: Runtime) -> Calendar | None:
    """Where it is; None if none is configured."""
    duty = runtime.settings.roster.duty
    return duty.calendar if duty is not None else None


def _zone_of(runtime: Runtime) -> ZoneInfo:
    duty = runtime.settings.roster.duty
    return duty.timezone if duty is not None else runtime.settings.timezone


def _known_by(body: bytes, zone: ZoneInfo) -> str:
    return sha256(body + zone.key.encode()).hexdigest()
