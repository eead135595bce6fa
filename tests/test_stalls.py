"""A monitor that stops in silence is worse than none: each way to stand still is put into the live service.

The scheduler, its threads, the database, the network and the receivers are real. The clock is moved by hand: what must
be known within a minute is looked for after a minute of it.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.match import Matcher
from monitor.model.canary import Heartbeat, with_canary
from monitor.model.findings import Evaluation
from monitor.model.people import Person
from monitor.model.posts import Part
from monitor.pipeline import Runtime
from monitor.service import MOST_THREADS, Service
from monitor.store import status
from tests.cli.running import until
from tests.deliver.receiver import Reply, ScriptedReceiver, Way
from tests.fetch.feed_server import Asked, Raw
from tests.town import SECRET, Town

LEAK = "明天来看云雀9"


class FrozenMatcher(Matcher):
    """Never comes to an end once it is told to stop."""

    frozen: threading.Event
    entered: threading.Event
    thawed: threading.Event

    def evaluate(self, parts: Sequence[Part], **beside: Any) -> Evaluation:
        if self.frozen.is_set():
            self.entered.set()
            self.thawed.wait()
        return super().evaluate(parts, **beside)


class NoFiles:
    """Files of the kind that cannot be looked at."""

    broken = False

    def load(self) -> Runtime:
        raise NotImplementedError

    def changed(self) -> bool:
        if self.broken:
            raise OSError
        return False

    def settle(self) -> None:
        """Nothing was loaded."""


PAST_DUE_S = 70  # an interval of a minute, with the most that it is spread by


@dataclass
class Live:
    """The service as it runs; `over` ends whatever a test holds up."""

    town: Town
    service: Service
    desk: ScriptedReceiver
    ops: ScriptedReceiver
    files: NoFiles
    matcher: FrozenMatcher
    over: threading.Event = field(default_factory=threading.Event)
    free: list[int] = field(default_factory=lambda: [10**12])

    def minute(self) -> None:
        """A minute passes; what works comes round again in it."""
        self.town.clock.move(seconds=50)
        self.look()
        seen = set(self.problems())
        until(lambda: self.rounds_of_the_well() or seen >= set(self.problems()), "the loops come round")
        self.town.clock.move(seconds=10)

    def rounds_of_the_well(self) -> bool:
        return len(self.service._watchdog.silent()) <= 1

    def rests(self) -> None:
        """Wait until nothing is under way; as the clock stands still, nothing new becomes due."""
        until(lambda: not self.service.world.moves.still(1e9, 0), "all that was due is done")

    def ticking(self, name: str) -> bool:
        """Whether that loop is in the middle of a round."""
        return bool(self.service._scheduler._lookup_executor("default")._instances[name])

    def problems(self) -> tuple[str, ...]:
        return self.service.health().problems

    def open(self) -> list[tuple[str, str]]:
        with self.town.store.read() as tx:
            return [(incident.kind, incident.subject) for incident in status.open_incidents(tx)]

    def look(self) -> None:
        """What the look-out does every half a minute."""
        self.service._tick("look-out", self.service._look_around)
        for name in ("summary", "duty"):  # which come round as seldom
            self.service._tick(name, lambda: None)

    def told(self) -> list[dict[str, Any]]:
        """The incidents that the operators were told of."""
        return [got.check_as_of_then(SECRET)["data"] for got in self.ops.received]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with ExitStack() as stack:
        desk, ops = (stack.enter_context(ScriptedReceiver()) for _ in range(2))
        town = stack.enter_context(Town(tmp_path, [("desk", desk), ("ops", ops)]))
        matcher = FrozenMatcher(with_canary(town.book))
        matcher.frozen, matcher.entered, matcher.thawed = (threading.Event() for _ in range(3))
        town.runtime = Runtime(replace(town.runtime.settings), town.book, matcher, has_canary=True)
        free, files = [10**12], NoFiles()
        service = Service(
            town.runtime, town.store, town.clock, tick_s=0.1, files=files, free_bytes=lambda _folder: free[0]
        )
        service.start()
        alive = Live(town, service, desk, ops, files, matcher, matcher.thawed, free)
        until(lambda: alive.problems() == (), "a healthy start")
        yield alive
        alive.over.set()
        town.site.closing.set()
        desk.over.set()
        service.stop(5)


# --- twelve ways to stand still ---------------------------------------------------------------------------------------


def the_fetch_hangs(live: Live) -> None:
    hanging = threading.Event()

    def hangs(_asked: Asked) -> Raw:
        hanging.set()
        live.over.wait()
        return Raw([b""])

    live.town.answer = hangs
    live.rests()
    live.town.clock.move(seconds=PAST_DUE_S)
    until(hanging.is_set, "the read is under way")


def the_pool_of_readers_is_full(live: Live) -> None:
    live.rests()
    for _ in range(2 * MOST_THREADS):  # more than there can be threads, so that the read is behind them for sure
        live.service._fetchers.submit(live.over.wait)
    live.town.clock.move(seconds=PAST_DUE_S)
    until(lambda: "read lin-notes" in live.service.world.moves.still(1e9, 0), "the read waits")


def the_sender_is_stuck(live: Live) -> None:
    live.desk.answer_with(Reply(way=Way.HANG))
    live.town.says(LEAK)
    live.town.clock.move(seconds=PAST_DUE_S)
    until(lambda: live.desk.received != [], "the message is under way")


def judging_is_frozen(live: Live) -> None:
    live.matcher.frozen.set()
    live.town.says(LEAK)
    live.town.clock.move(seconds=PAST_DUE_S)
    until(live.matcher.entered.is_set, "the text is being judged")


def a_loop_has_died(name: str) -> Callable[[Live], None]:
    def kill(live: Live) -> None:
        live.service._scheduler.remove_job(name)
        until(lambda: not live.ticking(name), "its last round ends")

    return kill


def the_scheduler_has_stopped(live: Live) -> None:
    live.service._scheduler.pause()
    until(lambda: not any(map(live.ticking, ("fetch", "match", "deliver", "reload"))), "the last rounds end")


def a_loop_fails(live: Live) -> None:
    live.files.broken = True


STALLS = [
    pytest.param(the_fetch_hangs, "read lin-notes is stuck", ("work_stuck", "read"), id="hung fetch"),
    pytest.param(the_pool_of_readers_is_full, "read lin-notes is stuck", ("work_stuck", "read"), id="full pool"),
    pytest.param(the_sender_is_stuck, "send desk is stuck", ("work_stuck", "send"), id="stuck sender"),
    pytest.param(judging_is_frozen, "loop match is stalled", ("loop_stalled", "match"), id="frozen evaluation"),
    pytest.param(a_loop_has_died("fetch"), "loop fetch is stalled", ("loop_stalled", "fetch"), id="dead reading"),
    pytest.param(a_loop_has_died("match"), "loop match is stalled", ("loop_stalled", "match"), id="dead judging"),
    pytest.param(a_loop_has_died("deliver"), "loop deliver is stalled", ("loop_stalled", "deliver"), id="dead sending"),
    pytest.param(
        the_scheduler_has_stopped, "loop fetch is stalled", ("loop_stalled", "scheduler"), id="stopped scheduler"
    ),
    pytest.param(a_loop_fails, "loop reload fails: OSError", ("loop_stalled", "reload"), id="failing tick"),
]


@pytest.mark.parametrize(("stall", "problem", "incident"), STALLS)
def test_what_stands_still_is_on_health_in_a_minute_and_told_with_cause_and_cure(
    live: Live, stall: Callable[[Live], None], problem: str, incident: tuple[str, str]
) -> None:
    stall(live)
    live.minute()
    until(lambda: any(line.startswith(problem) for line in live.problems()), "health")
    until(lambda: incident in live.open(), "the incident")
    until(lambda: any((told["kind"], told["subject"]) == incident for told in live.told()), "somebody is told")
    (told, *_) = [told for told in live.told() if (told["kind"], told["subject"]) == incident]
    assert {"Cause", "Cure"} <= {line.partition(":")[0] for line in told["text"].split("\n")}


def test_what_moves_again_is_over_by_itself(live: Live) -> None:
    judging_is_frozen(live)
    live.minute()
    until(lambda: ("loop_stalled", "match") in live.open(), "the incident")
    live.matcher.frozen.clear()
    live.over.set()
    until(lambda: ("loop_stalled", "match") not in live.open(), "its end")
    until(lambda: any(told["closed_at"] for told in live.told()), "somebody is told")


def test_a_database_that_is_gone_is_on_health_and_told_once_it_is_back(live: Live, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    with live.town.store.write() as tx:  # nobody is at work meanwhile
        files = [tmp_path / name for name in ("town.db", "town.db-wal", "town.db-shm") if (tmp_path / name).exists()]
        tx.exec_driver_sql("select 1")
        for file in files:
            file.rename(tmp_path / "away" / file.name)
        live.town.store._engine.dispose()
    until(lambda: "the database does not answer" in live.problems(), "health")
    live.minute()
    until(lambda: live.service._watchdog._owed is not None, "that it is owed")
    for file in files:
        (tmp_path / "away" / file.name).replace(file)
    live.town.store._engine.dispose()
    until(lambda: "loop_stalled" in {told["kind"] for told in live.told()}, "somebody is told")
    until(lambda: ("loop_stalled", "scheduler") not in live.open(), "its end")


def test_a_canary_that_is_lost_is_on_health_and_told(live: Live) -> None:
    live.service._scheduler.remove_job("fetch")
    live.town.clock.move(minutes=8)
    live.look()
    assert ("canary_lost", "canary") in live.open()
    assert "the canary did not come through (stage: fetch)" in live.problems()
    until(lambda: "canary_lost" in {told["kind"] for told in live.told()}, "somebody is told")


# --- what else the look-out sees --------------------------------------------------------------------------------------


def test_a_disk_that_fills_up_is_told_of_until_there_is_room(live: Live) -> None:
    live.free[0] = 12 * 2**20
    live.look()
    assert "the disk has 12 MB free" in live.problems()
    until(lambda: live.told() != [], "somebody is told")
    live.free[0] = 10**12
    live.look()
    assert live.open() == []


@pytest.mark.parametrize("hosts", [1, 3])
def test_a_clock_that_three_hosts_call_wrong_is_wrong(live: Live, hosts: int) -> None:
    date = format_datetime(live.town.clock.now() - timedelta(hours=1), usegmt=True)
    for number in range(hosts):
        heard = live.service.world.client._saw_date
        assert heard is not None
        heard(f"{number}.example", date)
    live.look()
    assert (live.open() == [("clock_wrong", "clock")]) is (hosts == 3)


def test_a_review_that_is_overdue_is_told_of_until_its_day_is_moved(live: Live) -> None:
    (person,) = live.town.runtime.settings.people
    for review_at, told in ((live.town.clock.now(), [("review_overdue", "lin")]), (None, [])):
        live.service._install(with_person(live.town.runtime, replace(person, review_at=review_at)))
        live.look()
        assert live.open() == told


def with_person(runtime: Runtime, person: Person) -> Runtime:
    settings = replace(runtime.settings, people=(person,), heartbeat=Heartbeat())
    return replace(runtime, settings=settings)


def test_an_incident_that_reaches_nobody_who_runs_us_is_told_to_those_who_wait_for_alerts(live: Live) -> None:
    live.ops.answer_with(Reply(503))
    live.free[0] = 1
    live.look()
    until(lambda: live.ops.received != [], "the attempt")
    live.town.clock.move(minutes=11)
    live.look()
    until(lambda: live.desk.received != [], "the others are told")
    got = live.desk.received[0].check_as_of_then(SECRET)
    assert (got["type"], got["data"]["kind"]) == ("incident.opened", "ops_unreachable")
    assert "incidents could not be told to anybody" in live.problems()
