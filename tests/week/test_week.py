"""Some hours of the week, a few reloads and a short backlog: `python -m tests.week` goes on for longer."""

from pathlib import Path

import pytest

from monitor.model.messages import DeliveryState
from tests.week.backlog import drain
from tests.week.life import Life
from tests.week.proof import Proof
from tests.week.reloads import reload_often
from tests.week.town import WeekTown


@pytest.mark.timeout(420)
def test_some_hours_of_a_week_keep_every_promise(tmp_path: Path, file_url: str) -> None:
    with WeekTown(tmp_path, database_url=file_url, seed=1) as town:
        life = Life(town, seed=1, hours=1, busy=6)
        life.go_on()
        proof = Proof(life)
        assert proof.faults() == []
        assert {row.state for row in proof.rows} == {DeliveryState.DELIVERED, DeliveryState.FOLDED}
    assert life.done["deaths"] > 2
    assert len(proof.alerts) > 10


@pytest.mark.timeout(240)
def test_receivers_that_come_and_go_under_way_lose_and_repeat_nothing(tmp_path: Path, database_url: str) -> None:
    faults, reloads = reload_often(tmp_path, 15, seed=1, database_url=database_url)
    assert faults == []
    assert len(reloads.served) > 4


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("format_", "number"), [("webhook", 120), ("dingtalk", 45), ("slack", 20)])
def test_what_waited_for_a_receiver_goes_out_at_its_pace_and_in_order(
    tmp_path: Path, format_: str, number: int
) -> None:
    assert drain(tmp_path, format_, number).faults(format_) == []
