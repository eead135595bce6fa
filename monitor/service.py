"""The running process: ticks that wake the stages, reload, health, draining. It decides nothing about posts."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import Final, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor as TickPool
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import __version__
from monitor.apps import Connections
from monitor.calling import call_due
from monitor.clock import Clock
from monitor.collecting import COLLECTED_AT_ONCE, collect_due
from monitor.errors import OUR_OWN, InputError, LeakMonitorError, StoreDownError, own_trouble
from monitor.failpoints import passing
from monitor.following import FOLLOWED_AT_ONCE, follow_due
from monitor.housekeeping import TRIED_EVERY_S, Hourly, keep_house
from monitor.launches import note_moves, tell_moves
from monitor.lookout import Senses, Watchdog, free_bytes_of, look_around, told_on_health
from monitor.model.canary import CANARY_RECEIVER
from monitor.net.client import Client
from monitor.net.clocks import HostClocks
from monitor.pipeline import Runtime, World, deliver_due, fetch_due, match_new
from monitor.reporting import queue_summaries
from monitor.rota import Rota
from monitor.rules.seal import RulesKey, is_closed
from monitor.store import (
    Store,
    accounts,
    audit,
    canaries,
    claims,
    incidents,
    keys,
    receivers,
    rescans,
    rulebooks,
    status,
)
from monitor.store.engine import out_of_files
from monitor.telemetry import log_event, log_fault, log_lines_lost, log_trouble
from monitor.web.health import Report

WORK_LATE: Final = timedelta(minutes=5)  # due rows older than this mean that a stage does not keep up
JUMP_S: Final = 5.0  # between the wall clock and the steady one
MOST_THREADS: Final = 128
LOOK_OUT_S: Final = 30.0
RELOAD_CHECK_S: Final = 2.0
WATCH_S: Final = 2.0
FOLLOW_S: Final = 5.0
COLLECT_S: Final = 1.0
CALL_S: Final = 2.0
BREATH_S: Final = 0.02  # that reads are given to end before more are taken: many at a time cost less than one by one
HOUSEKEEPING: Final = "housekeeping"
SEAL_EVERY_S: Final = 10.0


class Files(Protocol):
    """The configuration and rules on disk."""

    def load(self) -> Runtime:
        """All of it, whole, as it is now; InputError if any of it is wrong."""
        ...

    def changed(self) -> bool:
        """Whether it differs from what was last settled."""
        ...

    def settle(self) -> None:
        """What was last loaded is in force, or was refused: do not come back to it until it changes."""
        ...


class TakeDue(Protocol):
    """A stage beside the path: it takes what is due, as much as there is room for."""

    def __call__(self, world: World, runtime: Runtime, pool: Executor, *, room: int) -> list[Future[None]]:
        """The work that it handed over."""
        ...


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the wall clock has moved against the steady one since a beginning."""

    clock: Clock
    began_at: datetime
    began_s: float

    def seconds(self) -> float:
        """Above nought if the wall clock was set forward, below if back."""
        return (self.clock.now() - self.began_at).total_seconds() - (self.clock.elapsed_s() - self.began_s)


class Service:
    """The stages, woken by ticks until told to stop; without `files` there is no reload."""

    def __init__(
        self,
        runtime: Runtime,
        store: Store,
        clock: Clock,
        *,
        tick_s: float = 1.0,
        files: Files | None = None,
        free_bytes: Callable[[Path], int] = free_bytes_of,
    ) -> None:
        self.runtime = runtime
        self._files = files
        self._tick_s = tick_s
        clocks = HostClocks(clock.now, clock.elapsed_s)
        client = Client(elapsed_s=clock.elapsed_s, user_agent=runtime.settings.fetch.user_agent, saw_date=clocks.note)
        self.world = World(store=store, client=client, clock=clock)
        self._apps = Connections(self.world, lambda: self.runtime)
        self._drift = Drift(clock, clock.now(), clock.elapsed_s())
        folder = store.folder
        self._senses = Senses(
            free_bytes=lambda: free_bytes(folder) if folder else None,
            offsets_s=clocks.offsets_s,
            began_at=clock.now(),
            apps_down_s=self._apps.down_s,
        )
        self._watchdog = Watchdog(clock.elapsed_s)
        self._rota = Rota()
        self._faults: dict[str, str] = {}  # by loop, or "files"
        self._reloading = Lock()
        self._fetching: set[Future[None]] = set()
        self._beside: dict[str, set[Future[None]]] = {}
        self._sending: set[Future[None]] = set()
        # Threads are made when they are needed, so that a reload may raise the number of workers and receivers.
        self._fetchers = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="fetch")
        self._senders = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="send")
        self._scheduler = BackgroundScheduler(
            executors={"default": TickPool(12)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what an earlier process left, then begin to tick."""
        store = self.world.store
        with store.taking_over() as alone:
            if alone:
                with store.write() as tx:
                    claims.release_all(tx)
        self._rota.take_up(store, self.runtime, self.world.clock.now())
        self._install(self.runtime, "start")

        def clean() -> None:
            keep_house(self.world, self.runtime, self._drift.seconds())

        def call() -> None:
            call_due(self.world, self.runtime)
            tell_moves(self.world, self.runtime)

        def look_at_calendar() -> None:
            self._rota.look(self.world, self.runtime)
            with self._reloading:
                self.runtime = self._rota.applied(self.runtime, self.world.clock.now())

        def report() -> None:
            queue_summaries(self.world, self.runtime)

        ticks: tuple[tuple[str, Callable[[], object], float], ...] = (
            ("fetch", self._fetch, self._tick_s),
            ("match", self._match, self._tick_s / 2),
            ("deliver", self._deliver, self._tick_s / 2),
            ("follow", partial(self._work_beside, "follow", follow_due, FOLLOWED_AT_ONCE), FOLLOW_S),
            ("pictures", partial(self._work_beside, "pictures", collect_due, COLLECTED_AT_ONCE), COLLECT_S),
            ("call", call, CALL_S),
            ("reload", self._look_for_changes, RELOAD_CHECK_S),
            ("look-out", self._look_around, LOOK_OUT_S),
            ("summary", report, LOOK_OUT_S),
            ("duty", look_at_calendar, LOOK_OUT_S),
            ("seal", partial(audit.seal_all, store), SEAL_EVERY_S),
            (HOUSEKEEPING, Hourly(self.world.clock.elapsed_s, clean), TRIED_EVERY_S),
        )
        for name, work, every_s in ticks:
            self.world.metrics.beat(name, self.world.clock.now())
            if name != HOUSEKEEPING:
                self._watchdog.came_round(name, well=True)
            self._scheduler.add_job(self._tick, "interval", args=(name, work), seconds=every_s, id=name)
        self._scheduler.start()
        Thread(target=self._watch, name="watch", daemon=True).start()
        log_event("started", version=__version__, accounts=len(self.runtime.accounts), rules=self.runtime.book.hash)

    def stop(self, timeout_s: float = 20.0) -> bool:
        """Take no new work, let what is under way end, at most that long; False if something had to be left.

        What is left is not lost: its rows are due again at the next start.
        """
        self.world.stopping.set()
        self._apps.stop()
        ends_s = self.world.clock.elapsed_s() + timeout_s
        last_ticks = Thread(target=self._scheduler.shutdown, name="last ticks", daemon=True)
        last_ticks.start()
        last_ticks.join(timeout_s)
        for pool in (self._fetchers, self._senders):
            pool.shutdown(wait=False, cancel_futures=True)
        left_s = max(0.0, ends_s - self.world.clock.elapsed_s())
        begun = self._fetching.union(self._sending, *self._beside.values())
        running = {future for future in begun if not future.cancelled()}
        undone = wait_for(running, timeout=left_s).not_done
        self.world.client.close()
        log_event("stopped", left=len(undone))
        return not (undone or last_ticks.is_alive())

    def reload(self) -> bool:
        """Take the files as they are now, whole; on any fault in them keep what is in force, and say so."""
        if self._files is None:
            return False
        with self._reloading:
            try:
                runtime = self._files.load()
            except InputError as error:
                self.refuse(error)
                self._files.settle()
                return False
            self._install(runtime)
            self._files.settle()
        log_event("reloaded", rules=runtime.book.hash)
        return True

    def refuse(self, error: InputError) -> None:
        """Note that files were refused: an incident, and a problem of our health until good ones come."""
        place = f"{error.place}:{error.line}" if error.line else error.place
        self._faults["files"] = f"the files were refused at {place}; the last good ones are in force"
        detail = {"place": place, "problem": error.problem}
        with self.world.store.write() as tx:
            incidents.open_incident(tx, "reload_failed", "files", detail, self.world.clock.now())
            audit.note(tx, audit.SERVICE, "refuse", "files", {"place": place}, self.world.clock.now())
        self.world.metrics.refused()
        log_trouble("reload_failed", place=place)

    def _install(self, runtime: Runtime, action: str = "reload") -> None:
        now = self.world.clock.now()
        hashes = {"rules": runtime.book.hash, "config": runtime.settings.digest}
        if action == "reload":
            hashes |= {"rules_before": self.runtime.book.hash, "config_before": self.runtime.settings.digest}
        with self.world.store.write() as tx:
            canaries.clear(tx)
            keys.make_key(tx, keys.TAKE, now)
            accounts.sync_people(tx, runtime.watched, now)
            ours = (CANARY_RECEIVER,) if runtime.has_canary else ()
            receivers.sync_receivers(tx, (*runtime.settings.receivers, *ours), now)
            key, body = RulesKey.of(runtime.settings.rules_key), runtime.book.body
            note_moves(tx, runtime, now)
            rulebooks.save_rulebook(tx, runtime.book.hash, key.close(body) if key else body, now)
            if key:
                rulebooks.close_older(tx, is_closed, key.close)
            rescans.begin_rescan(tx, runtime.book.hash, now)
            incidents.close_incident(tx, "reload_failed", "files", now)
            audit.note(tx, audit.SERVICE, action, "files", hashes, now)
            passing("C10")
        passing("C10")
        self._faults.pop("files", None)
        self.runtime = self._rota.applied(runtime, now)
        self._apps.install()
        self.world.metrics.reloaded(now)

    # --- ticks --------------------------------------------------------------------------------------------------

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a tick that fails is tried again at the next; health tells
            own = own_trouble(error) if isinstance(error, OSError) else error
            why = own.cure if isinstance(own, OUR_OWN) else type(error).__name__
            self._faults[name] = f"loop {name} fails: {why}"
            log_fault("tick_failed", error, loop=name)
        else:
            self._faults.pop(name, None)
        self.world.metrics.beat(name, self.world.clock.now())
        if name != HOUSEKEEPING:  # it may take its time
            self._watchdog.came_round(name, well=name not in self._faults)

    def _fetch(self) -> None:
        """Read whatever is due; a tick is the longest that is waited for room, so that the loop is seen to move."""
        ends_s = self.world.clock.elapsed_s() + self._tick_s / 2
        while not self.world.stopping.is_set() and self.world.clock.elapsed_s() < ends_s:
            self._fetching = {f for f in self._fetching if not f.done()}
            if room := self.runtime.settings.fetch.workers - len(self._fetching):
                reads = fetch_due(self.world, self.runtime, self._fetchers, room=room)
                if not reads:
                    return
                self._fetching.update(reads)
            wait_for(self._fetching, timeout=BREATH_S)

    def _work_beside(self, name: str, take_due: TakeDue, at_once: int) -> None:
        under_way = self._beside[name] = {f for f in self._beside.get(name, ()) if not f.done()}
        if room := at_once - len(under_way):
            under_way.update(take_due(self.world, self.runtime, self._fetchers, room=room))

    def _match(self) -> None:
        while match_new(self.world, self.runtime) and not self.world.stopping.is_set():
            self.world.metrics.beat("match", self.world.clock.now())
            self._watchdog.came_round("match", well=True)

    def _deliver(self) -> None:
        self._sending = {f for f in self._sending if not f.done()}
        self._sending.update(deliver_due(self.world, self.runtime, self._senders))

    def _look_for_changes(self) -> None:
        if self._files is not None and self._files.changed():
            self.reload()

    def _look_around(self) -> None:
        look_around(self.world, self.runtime, self._senses)
        with self.world.store.read() as tx:
            in_force = rulebooks.active_hash(tx)
        self._faults.pop("rules", None)
        if problem := other_rules(self.runtime.book.hash, in_force):
            self._faults["rules"] = problem

    # --- beside the scheduler, which may be what stands still ------------------------------------------------------

    def _watch(self) -> None:
        last_s = 0.0
        while not self.world.stopping.wait(WATCH_S):
            jumped_s = self._drift.seconds()
            if jumped_s < last_s - JUMP_S:
                # The scheduler waits by the wall clock; when that is set back, wake it by hand.
                log_trouble("clock_set_back", seconds=round(last_s - jumped_s))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=self.world.clock.now())
            last_s = jumped_s
            self._watchdog.look(self.world, self._deliver)

    # --- health -------------------------------------------------------------------------------------------------

    def health(self) -> Report:
        """The truth about us, for monitors; asks the database once."""
        now, silent = self.world.clock.now(), self._watchdog.silent()
        problems = [f"loop {name} is stalled" for name in silent] + list(self._faults.values())
        problems += [f"work is put off: {cure}" for cure in self.world.owed.cures(self.world.clock.elapsed_s())]
        problems += [problem for problem in (out_of_files(), log_lines_lost()) if problem]
        problems += [f"{name} is stuck since {round(s)} s" for name, s in self._watchdog.stuck(self.world).items()]
        facts: dict[str, object] = {"version": __version__, "rules": self.runtime.book.hash[:12]}
        try:
            with self.world.store.read() as tx:
                counts, found = status.counts(tx, now), status.open_incidents(tx)
        except LeakMonitorError as error:
            why = f": {error.cure}" if isinstance(error, StoreDownError) else ""
            return Report(not silent, (*problems, f"the database does not answer{why}"), facts)
        facts |= {
            "accounts": dict(counts.accounts),
            "alerts": dict(counts.alerts),
            "deliveries": dict(counts.deliveries),
            "incidents": counts.open_incidents,
        }
        return Report(not silent, (*problems, *late_work(counts, now), *told_on_health(found)), facts)


def other_rules(mine: str, in_force: str | None) -> str:
    """What is wrong if another service on this database has loaded rules since that are not ours; else empty."""
    if in_force is None or in_force == mine:
        return ""
    return f"another service has other rules ({in_force[:12]}, not {mine[:12]}): give both the same files"


def late_work(counts: status.Counts, now: datetime) -> list[str]:
    """The stages that do not keep up, and the accounts and receivers that fail."""
    problems = []
    for name, since in (("match", counts.oldest_pending_at), ("deliver", counts.oldest_waiting_at)):
        if since is not None and now - since > WORK_LATE:
            problems.append(f"{name} is behind: the oldest due row has waited {round((now - since).total_seconds())} s")
    blind = sum(n for state, n in counts.accounts.items() if state in ("blocked", "stale"))
    if blind:
        problems.append(f"{blind} accounts cannot be read")
    if counts.unread:
        problems.append(f"{len(counts.unread)} accounts have not been read for too long")
    broken = sum(n for state, n in counts.receivers.items() if state in ("failing", "parked"))
    if broken:
        problems.append(f"{broken} receivers do not take messages")
    return problems
