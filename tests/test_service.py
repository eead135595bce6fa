"""The service's own decisions: files, clock, overdue accounts, loops that fail. Ticks are called by hand."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import RuleError, StoreError
from monitor.housekeeping import keep_house
from monitor.pipeline import Runtime
from monitor.service import Service
from monitor.store import incidents
from tests.deliver.receiver import ScriptedReceiver
from tests.town import RULES, SECRET, SIGN_IN_PAGE, Town


@dataclass
class FewFiles:
    """Files whose loading is scripted."""

    answers: list[Runtime | Exception]
    settled: int = 0
    asked: list[str] = field(default_factory=list)

    def load(self) -> Runtime:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def changed(self) -> bool:
        return bool(self.answers)

    def settle(self) -> None:
        self.settled += 1


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        ops = stack.enter_context(ScriptedReceiver())
        yield stack.enter_context(Town(tmp_path, [("ops", ops)], database_url=database_url))


def service_of(town: Town, files: FewFiles | None = None) -> Service:
    service = Service(town.runtime, town.store, town.clock, files=files)
    service._install(town.runtime)
    return service


def test_a_reload_that_fails_for_another_reason_is_tried_again(town: Town) -> None:
    files = FewFiles([StoreError("database is locked"), RuleError("a.toml", 3, "wrong"), town.runtime])
    service = service_of(town, files)
    service._tick("reload", service._look_for_changes)
    assert (files.settled, service.health().problems) == (0, ("loop reload fails: StoreError",))
    service._tick("reload", service._look_for_changes)
    assert files.settled == 1
    assert service.health().problems == ("the files were refused at a.toml:3; the last good ones are in force",)
    service._tick("reload", service._look_for_changes)
    assert (files.settled, service.health().problems) == (2, ())


def test_a_loop_that_fails_is_alive_but_not_well(town: Town) -> None:
    service = service_of(town)

    def fails() -> None:
        raise StoreError("disk full")

    service._tick("fetch", fails)
    report = service.health()
    assert (report.alive, report.problems) == (True, ("loop fetch fails: StoreError",))
    service._tick("fetch", lambda: None)
    assert service.health().problems == ()


def test_a_loop_that_never_comes_round_is_stalled(town: Town) -> None:
    service = service_of(town)
    service._tick("fetch", lambda: None)
    town.clock.steady_s += 61
    report = service.health()
    assert (report.alive, report.problems) == (False, ("loop fetch is stalled",))


def test_an_account_that_nobody_reads_is_an_incident_and_a_problem(town: Town) -> None:
    service = service_of(town)
    town.clock.move(minutes=11)
    service._tick("look-out", service._look_around)
    assert "1 accounts have not been read for too long" in service.health().problems
    town.round()
    town.round()
    ops = dict(town.receivers)["ops"]
    assert [b'"account_overdue"' in got.body for got in ops.received] == [True, True]
    assert "1 accounts have not been read for too long" not in service.health().problems


LAUNCH = """
[[events]]
key = "summer"
label = "Summer launch"
starts_at = 2030-06-09T12:00:00+00:00
timezone = "UTC"
"""


def test_blindness_gets_louder_until_somebody_takes_it_and_near_a_launch_for_everybody(tmp_path: Path) -> None:
    with ScriptedReceiver() as desk, ScriptedReceiver() as ops, Town(tmp_path, [("desk", desk), ("ops", ops)]) as town:
        town.use_rules(RULES + LAUNCH)
        service = service_of(town)
        town.round()
        town.answer = SIGN_IN_PAGE

        def pass_by(minutes: int) -> list[list[str]]:
            """The time passes in steps; what each receiver was told in it."""
            before = len(desk.received), len(ops.received)
            for _ in range(minutes // 5):
                town.round(minutes=5)
                service._tick("look-out", service._look_around)
            town.round(seconds=1)
            told = desk.received[before[0] :], ops.received[before[1] :]
            return [[got.check_as_of_then(SECRET)["type"].removeprefix("incident.") for got in each] for each in told]

        assert pass_by(10) == [[], ["opened"]]
        assert pass_by(65) == [[], ["reminded", "reminded"]]
        assert pass_by(240) == [[], ["reminded"]]
        town.clock.at += timedelta(hours=20)  # 72 hours before the launch
        assert pass_by(10) == [["escalated", "reminded"], ["reminded"]]
        assert pass_by(240) == [["reminded"], ["reminded"]]
        with town.store.write() as tx:
            incidents.take_incident(tx, 1, "Wang", "", town.clock.now())
        assert pass_by(600) == [["taken"], ["taken"]]
        town.answer = None
        assert pass_by(75) == [["closed"], ["closed"]]
        texts = [got.check_as_of_then(SECRET)["data"]["text"] for got in desk.received]
        assert not any("Cure:" in text or "leak-monitor" in text for text in texts)


def test_of_two_services_with_other_rules_the_older_says_so_until_they_agree(town: Town) -> None:
    first = service_of(town)
    first._tick("look-out", first._look_around)
    assert first.health().problems == ()
    town.use_rules(RULES.replace("云雀9", "云雀10"))
    second = service_of(town)
    for service in (first, second):
        service._tick("look-out", service._look_around)
    (problem,) = first.health().problems
    assert problem.startswith("another service has other rules")
    assert second.health().problems == ()
    first._install(town.runtime)
    first._tick("look-out", first._look_around)
    assert first.health().problems == ()


def test_a_clock_that_is_a_year_ahead_purges_nothing(town: Town) -> None:
    town.round()
    town.says("今天跑了十公里")
    town.round()
    service = service_of(town)
    town.clock.at += timedelta(days=365)
    keep_house(service.world, service.runtime, service._drift.seconds())
    town.clock.at -= timedelta(days=365)
    with town.store.read() as tx:
        assert all(parts for (parts,) in tx.exec_driver_sql("select parts <> '[]' from revisions"))
