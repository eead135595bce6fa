"""The running process: ticks that wake the stages, reload, health, draining. It decides nothing about posts."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor as TickPool
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import __version__
from monitor.clock import Clock
from monitor.errors import InputError, LeakMonitorError
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, deliver_due, fetch_due, match_new
from monitor.store import Store, accounts, claims, incidents, receivers, retention, rulebooks, status
from monitor.telemetry import log_event, log_fault, log_trouble
from monitor.web.health import Report

LOOP_SILENT_S: Final = 60.0  # a loop that has not come round for so long is stalled
WORK_LATE: Final = timedelta(minutes=5)  # due rows older than this mean that a stage does not keep up
MOST_THREADS: Final = 128
HOUSEKEEPING_S: Final = 3600.0
RELOAD_CHECK_S: Final = 2.0


class Service:
    """The stages, woken by ticks until told to stop.

    `reload` builds a new Runtime from the files and raises InputError if they are wrong; then the old one stays.
    `changed` answers whether the files of the present Runtime differ from those at its last call.
    """

    def __init__(
        self,
        runtime: Runtime,
        store: Store,
        clock: Clock,
        *,
        tick_s: float = 1.0,
        reload: Callable[[], Runtime] | None = None,
        changed: Callable[[Runtime], bool] | None = None,
    ) -> None:
        self._runtime = runtime
        self._reload = reload
        self._changed = changed
        self._tick_s = tick_s
        self._reload_error: str | None = None
        client = Client(elapsed_s=clock.elapsed_s, user_agent=runtime.settings.fetch.user_agent)
        self.world = World(store=store, client=client, clock=clock)
        self._beats: dict[str, float] = {}
        self._reloading = Lock()
        self._fetching: set[Future[None]] = set()
        self._sending: set[Future[None]] = set()
        # Threads are made when they are needed, so that a reload may raise the number of workers and receivers.
        self._fetchers = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="fetch")
        self._senders = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="send")
        self._scheduler = BackgroundScheduler(
            executors={"default": TickPool(6)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what an earlier process left, then begin to tick."""
        store = self.world.store
        if store.exclusive:
            with store.write() as tx:
                claims.release_all(tx)
        self._install(self._runtime)
        ticks = (
            ("fetch", self._fetch, self._tick_s),
            ("match", self._match, self._tick_s / 2),
            ("deliver", self._deliver, self._tick_s / 2),
            ("reload", self._look_for_changes, RELOAD_CHECK_S),
            ("housekeeping", self._keep_house, HOUSEKEEPING_S),
        )
        for name, work, every_s in ticks:
            self._beats[name] = self.world.clock.elapsed_s()
            self._scheduler.add_job(self._tick, "interval", args=(name, work), seconds=every_s, id=name)
        self._scheduler.start()
        log_event("started", version=__version__, accounts=len(self._runtime.accounts), rules=self._runtime.book.hash)

    def stop(self, timeout_s: float = 20.0) -> bool:
        """Take no new work, let what is under way end, at most that long; False if something had to be left.

        What is left is not lost: its rows are due again at the next start.
        """
        self.world.stopping.set()
        ends_s = self.world.clock.elapsed_s() + timeout_s
        last_ticks = Thread(target=self._scheduler.shutdown, name="last ticks", daemon=True)
        last_ticks.start()
        last_ticks.join(timeout_s)
        for pool in (self._fetchers, self._senders):
            pool.shutdown(wait=False, cancel_futures=True)
        left_s = max(0.0, ends_s - self.world.clock.elapsed_s())
        undone = wait_for(self._fetching | self._sending, timeout=left_s).not_done
        self.world.client.close()
        log_event("stopped", left=len(undone))
        return not (undone or last_ticks.is_alive())

    def reload(self) -> bool:
        """Take the files as they are now, whole; on any fault in them keep what is in force, and say so."""
        if self._reload is None:
            return False
        with self._reloading:
            try:
                runtime = self._reload()
            except InputError as error:
                self.refuse(error)
                return False
            self._install(runtime)
        log_event("reloaded", rules=runtime.book.hash)
        return True

    def refuse(self, error: InputError) -> None:
        """Note that files were refused: an incident, and a problem of our health until good ones come."""
        place = f"{error.place}:{error.line}" if error.line else error.place
        now = self.world.clock.now()
        self._reload_error = place
        with self.world.store.write() as tx:
            incidents.open_incident(tx, "reload_failed", "files", {"place": place, "problem": error.problem}, now)
        log_trouble("reload_failed", place=place)

    def _install(self, runtime: Runtime) -> None:
        now = self.world.clock.now()
        with self.world.store.write() as tx:
            accounts.sync_people(tx, runtime.settings.people, now)
            receivers.sync_receivers(tx, runtime.settings.receivers, now)
            rulebooks.save_rulebook(tx, runtime.book.hash, runtime.book.body, now)
            incidents.close_incident(tx, "reload_failed", "files", now)
        self._reload_error = None
        self._runtime = runtime

    # --- ticks --------------------------------------------------------------------------------------------------

    def _tick(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a tick that fails is tried again at the next; health tells
            log_fault("tick_failed", error, loop=name)
            return
        self._beats[name] = self.world.clock.elapsed_s()

    def _fetch(self) -> None:
        self._fetching = {f for f in self._fetching if not f.done()}
        room = self._runtime.settings.fetch.workers - len(self._fetching)
        if room > 0:
            self._fetching.update(fetch_due(self.world, self._runtime, self._fetchers, room=room))

    def _match(self) -> None:
        while match_new(self.world, self._runtime) and not self.world.stopping.is_set():
            self._beats["match"] = self.world.clock.elapsed_s()

    def _deliver(self) -> None:
        self._sending = {f for f in self._sending if not f.done()}
        self._sending.update(deliver_due(self.world, self._runtime, self._senders))

    def _look_for_changes(self) -> None:
        if self._changed is not None and self._changed(self._runtime):
            self.reload()

    def _keep_house(self) -> None:
        now = self.world.clock.now()
        keep = self._runtime.settings.retention
        cleared = 0
        while not self.world.stopping.is_set():
            with self.world.store.write() as tx:
                batch = retention.purge(tx, now, unflagged_days=keep.unflagged_days, flagged_days=keep.flagged_days)
            cleared += batch
            if batch == 0:
                break
        log_event("kept_house", cleared=cleared)

    # --- health -------------------------------------------------------------------------------------------------

    def health(self) -> Report:
        """The truth about us, for monitors; asks the database once."""
        now, elapsed_s = self.world.clock.now(), self.world.clock.elapsed_s()
        silent = [n for n, at in self._beats.items() if n != "housekeeping" and elapsed_s - at > LOOP_SILENT_S]
        problems = [f"loop {name} is stalled" for name in silent]
        facts: dict[str, object] = {"version": __version__, "rules": self._runtime.book.hash[:12]}
        if self._reload_error:
            problems.append(f"the files were refused at {self._reload_error}; the last good ones are in force")
        try:
            with self.world.store.read() as tx:
                counts = status.counts(tx)
        except LeakMonitorError:
            problems.append("the database does not answer")
            return Report(not silent, tuple(problems), facts)
        facts |= {
            "accounts": dict(counts.accounts),
            "alerts": dict(counts.alerts),
            "deliveries": dict(counts.deliveries),
        }
        problems += late_work(counts, now)
        return Report(not silent, tuple(problems), facts)


def late_work(counts: status.Counts, now: datetime) -> list[str]:
    """The stages that do not keep up, and the accounts and receivers that fail."""
    problems = []
    for name, since in (("match", counts.oldest_pending_at), ("deliver", counts.oldest_waiting_at)):
        if since is not None and now - since > WORK_LATE:
            problems.append(f"{name} is behind: the oldest due row has waited {round((now - since).total_seconds())} s")
    blind = sum(n for state, n in counts.accounts.items() if state in ("blocked", "stale"))
    if blind:
        problems.append(f"{blind} accounts cannot be read")
    broken = sum(n for state, n in counts.receivers.items() if state in ("failing", "parked"))
    if broken:
        problems.append(f"{broken} receivers do not take messages")
    return problems
