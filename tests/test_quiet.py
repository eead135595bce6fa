"""A suppression on the path, as a timeline: what is hidden, what is told when it ends, who is warned before."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.service import Service
from monitor.store import suppressions
from monitor.store.schema import alerts, findings
from tests.deliver.receiver import ScriptedReceiver
from tests.store.sample import rows
from tests.town import RULES, SECRET, Town

LEAK = "明天来看云雀9"
DAY = timedelta(days=1)


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        receivers = [(key, stack.enter_context(ScriptedReceiver())) for key in ("desk", "ops")]
        yield stack.enter_context(Town(tmp_path, receivers, database_url=database_url))


def suppress(town: Town, days: int = 10, **what: str) -> int:
    now = town.clock.now()
    with town.store.write() as tx:
        return suppressions.suppress(
            tx, why="a joke", by_whom="zhou", until=now + days * DAY, now=now, **what or {"person_key": "lin"}
        )


def told(town: Town, key: str) -> list[str]:
    found = [got.check_as_of_then(SECRET) for got in dict(town.receivers)[key].received]
    return [message["type"] if key == "desk" else message["data"]["text"].split("\n")[0] for message in found]


def test_what_a_person_says_is_hidden_and_its_end_retells_nothing(town: Town) -> None:
    town.round()
    number = suppress(town)
    town.says(LEAK)
    town.round()
    with town.store.read() as tx:
        assert rows(tx, findings, "disposition", "suppression_id") == [("suppressed", number)]
        assert rows(tx, alerts, "id") == []
    with town.store.write() as tx:
        suppressions.end_suppression(tx, number, "zhou", town.clock.now())
    town.use_rules(RULES.replace('severity = "high"', 'severity = "critical"'))  # every text is judged again
    town.round()
    town.round()
    assert told(town, "desk") == []
    town.says(f"{LEAK}！")
    town.round()
    town.round()
    assert told(town, "desk") == ["alert.opened"]


def test_an_edit_of_what_is_hidden_is_told_once_it_has_ended(town: Town) -> None:
    town.round()
    number = suppress(town)
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        suppressions.end_suppression(tx, number, "zhou", town.clock.now())
    town.edits(f"{LEAK}，下周四")
    town.round()
    town.round()
    assert told(town, "desk") == ["alert.opened"]


def test_an_open_alert_is_not_called_corrected_because_nobody_wants_to_hear_of_it(town: Town) -> None:
    town.round()
    town.says(LEAK)
    town.round()
    suppress(town)
    town.edits(f"{LEAK}，下周四")
    town.round()
    town.edits("今天跑了十公里")
    town.round()
    town.round()
    assert told(town, "desk") == ["alert.opened", "alert.corrected"]


def test_those_who_run_us_are_warned_three_days_and_a_day_before_and_told_of_the_end(town: Town) -> None:
    service = Service(town.runtime, town.store, town.clock)
    suppress(town, 10)

    def pass_by(**later: float) -> list[str]:
        before = len(told(town, "ops"))
        town.round(**later)
        for _ in range(2):
            service._tick("look-out", service._look_around)
        town.round(seconds=1)
        return [line for line in told(town, "ops")[before:] if "S-1" in line]

    assert pass_by(days=6) == []
    assert [line.partition(" (")[0] for line in pass_by(days=1, hours=1)] == ["⚫ Suppression S-1 ends in 3 d: lin"]
    assert pass_by(hours=20) == [], "it does not speak because it lasts"
    assert [line.partition(" (")[0] for line in pass_by(days=1, hours=4)] == ["⚫ Suppression S-1 ends in 1 d: lin"]
    assert pass_by(hours=4) == []
    assert [line.partition(" (")[0] for line in pass_by(days=1)] == ["🟢 Over: Suppression S-1 ends in 1 d: lin"]


def test_one_that_was_made_anew_warns_of_nothing(town: Town) -> None:
    service = Service(town.runtime, town.store, town.clock)
    suppress(town, 5)
    for days, warned in ((3, True), (0, False)):
        if not warned:
            suppress(town, 30)
        town.clock.move(days=days)
        service._tick("look-out", service._look_around)
        town.round(seconds=1)
        last = [line for line in told(town, "ops") if "S-1" in line][-1]
        assert last.startswith("⚫" if warned else "🟢")


def test_one_that_hides_a_flood_is_told_of_until_it_ebbs(town: Town) -> None:
    service = Service(town.runtime, town.store, town.clock)
    town.round()
    suppress(town)
    for number in range(51):
        town.says(f"{LEAK} {number}")
        if number >= 49:
            town.round()
            service._tick("look-out", service._look_around)
            town.round(seconds=1)
            busy = [line for line in told(town, "ops") if "within a day" in line]
            assert len(busy) == number - 49
    town.clock.move(hours=25)
    service._tick("look-out", service._look_around)
    town.round(seconds=1)
    assert [line[0] for line in told(town, "ops") if "within a day" in line] == ["⚫", "🟢"]
