"""How long it took, and whether that is as soon as was promised; then the same of the real stages and database."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.messages import Verdict
from monitor.model.objective import Objective
from monitor.runtime import Runtime
from monitor.service import Service
from monitor.store import reviews
from monitor.store.timing import standing, times_of
from monitor.timing import Figures, Stage, Standing, Times, figures_of, standing_of
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.town import SECRET, Town
from tests.web.pages import page_of

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)
S, DAY = timedelta(seconds=1), timedelta(days=1)
PROMISE = Objective(120 * S, 0.95, 30)
LEAK = "明天来看云雀9"


def times(**after_s: float) -> Times:
    at = {name: NOON + timedelta(seconds=s) for name, s in after_s.items()}
    return Times(**{"published_at": NOON, "seen_at": NOON, "matched_at": NOON, **at})


# --- the figures --------------------------------------------------------------------------------------------------


def test_each_stage_has_its_length() -> None:
    whole = times(seen_at=50, matched_at=52, delivered_at=55, taken_at=170, judged_at=650, gone_at=1000)
    assert {stage: of.slowest_s for stage, of in figures_of([whole]).items()} == {
        Stage.SEEN: 50,
        Stage.MATCHED: 2,
        Stage.DELIVERED: 3,
        Stage.TOLD: 55,
        Stage.TAKEN: 120,
        Stage.JUDGED: 600,
        Stage.GONE: 1000,
    }


@pytest.mark.parametrize(
    ("lengths_s", "figures"),
    [
        pytest.param([7], Figures(1, 7, 7, 7), id="one"),
        pytest.param([1, 9], Figures(2, 5, 9, 9), id="two"),
        pytest.param(list(range(1, 21)), Figures(20, 10.5, 19, 20), id="twenty: one may be slower"),
        pytest.param([*range(1, 101)][::-1], Figures(100, 50.5, 95, 100), id="a hundred, in any order"),
        pytest.param([-5], Figures(1, 0, 0, 0), id="a clock that was set back tells no time"),
    ],
)
def test_figures_are_median_95th_percentile_and_slowest(lengths_s: list[float], figures: Figures) -> None:
    assert figures_of([times(seen_at=s) for s in lengths_s])[Stage.SEEN] == figures


def test_what_has_not_happened_has_no_length() -> None:
    undated = replace(times(delivered_at=9), published_at=None)
    assert set(figures_of([undated])) == {Stage.MATCHED, Stage.DELIVERED}
    assert figures_of([]) == {}


# --- the promise --------------------------------------------------------------------------------------------------


def told(ago_s: float, took_s: float | None) -> tuple[datetime, datetime | None]:
    published_at = NOON - ago_s * S
    return published_at, None if took_s is None else published_at + took_s * S


@pytest.mark.parametrize(
    ("alerts", "count", "missed", "left", "met"),
    [
        pytest.param([], 0, 0, 1.0, True, id="nothing to measure"),
        pytest.param([told(900, 60)], 1, 0, 1.0, True, id="in time"),
        pytest.param([told(900, 120)], 1, 0, 1.0, True, id="just in time"),
        pytest.param([told(900, 121)], 1, 1, -19.0, False, id="one of one is late"),
        pytest.param([told(900, 60)] * 19 + [told(900, 300)], 20, 1, 0.0, True, id="the last that may be"),
        pytest.param([told(900, 60)] * 39 + [told(900, 300)], 40, 1, 0.5, True, id="half of the budget"),
        pytest.param([told(900, 60)] * 18 + [told(900, 300)] * 2, 20, 2, -1.0, False, id="one too many"),
        pytest.param([told(119, None)], 0, 0, 1.0, True, id="it may still come in time"),
        pytest.param([told(121, None)], 1, 1, -19.0, False, id="nobody has it, and its time is over"),
        pytest.param([told(30 * 86_400, 999)], 0, 0, 1.0, True, id="before these days"),
        pytest.param([told(-60, None)], 0, 0, 1.0, True, id="from the future of a wrong clock"),
        pytest.param([(None, NOON)], 0, 0, 1.0, True, id="nobody knows when it was published"),
    ],
)
def test_an_objective_stands_by_what_came_in_time(
    alerts: list[tuple[datetime | None, datetime | None]], count: int, missed: int, left: float, *, met: bool
) -> None:
    found = standing_of(PROMISE, alerts, NOON)
    assert (found.count, found.missed, found.is_met) == (count, missed, met)
    assert found.budget_left == pytest.approx(left)


# --- the rows -----------------------------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        receivers = [(key, stack.enter_context(ScriptedReceiver())) for key in ("desk", "ops")]
        made = stack.enter_context(Town(tmp_path, receivers, database_url=database_url))
        settings = replace(made.runtime.settings, objective=PROMISE)
        made.runtime = Runtime(settings, made.book, made.runtime.matcher)
        yield made


def test_the_rows_tell_when_each_thing_happened(town: Town) -> None:
    town.round()
    published_at = town.clock.now()
    town.says(LEAK)
    town.round(seconds=61)
    seen_at = town.clock.now()
    town.clock.move(seconds=100)
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "zhou", town.clock.now())
    town.clock.move(seconds=100)
    for verdict in (Verdict.UNSURE, Verdict.LEAK):
        town.clock.move(seconds=100)
        with town.store.write() as tx:
            reviews.save_review(tx, 1, verdict, reviewer="zhou", now=town.clock.now())
    with town.store.read() as tx:
        (found,) = times_of(tx, published_at)
        assert times_of(tx, town.clock.now()) == []
    assert found == Times(published_at, seen_at, seen_at, seen_at, seen_at + 100 * S, seen_at + 400 * S, None)


def test_what_is_found_late_or_told_in_a_digest_is_not_measured(town: Town) -> None:
    town.says(LEAK, date_published="2030-05-01T08:00:00+08:00")  # before our watching
    town.round()
    with town.store.read() as tx:
        assert times_of(tx) == []


def test_a_post_without_an_instant_of_its_own_says_nothing_of_its_publication(town: Town) -> None:
    town.round()
    town.says(LEAK, date_published=None)
    town.round()
    town.round(seconds=1)
    with town.store.read() as tx:
        (found,) = times_of(tx)
    assert found.published_at is None
    assert found.delivered_at is not None


def test_a_promise_that_is_not_kept_is_told_until_it_is_kept_again(town: Town) -> None:
    service = Service(town.runtime, town.store, town.clock)

    def heard() -> list[str]:
        service._tick("look-out", service._look_around)
        town.round(seconds=1)
        texts = [got.check_as_of_then(SECRET)["data"].get("text", "") for got in dict(town.receivers)["ops"].received]
        return [text.split("\n")[0].partition(" (")[0] for text in texts if "too late" in text]

    def budget() -> float:
        return page_of(service)['leak_monitor_objective_budget_left{days="30",within_seconds="120"}']

    for receiver in town.receivers:
        receiver[1].answer_with(Reply(204))
    town.round()
    town.says(LEAK)
    town.round(seconds=61)
    assert (heard(), budget()) == ([], 1)
    town.says(f"{LEAK}！")
    town.round(seconds=130)
    late = "Alerts come too late: 50 % within 120 s, and 95 % were promised"
    assert heard() == [f"⚫ {late}"]
    assert budget() == pytest.approx(-9)
    town.clock.move(days=31)
    town.round()
    assert heard() == [f"⚫ {late}", f"🟢 Over: {late}"]
    assert budget() == 1
    with town.store.read() as tx:
        assert standing(tx, PROMISE, town.clock.now()) == Standing(PROMISE, 0, 0)


def test_answers_of_people_are_on_the_page_of_metrics(town: Town) -> None:
    service = Service(town.runtime, town.store, town.clock)
    town.round()
    town.says(LEAK)
    town.round(seconds=61)
    town.clock.move(seconds=150)
    with town.store.write() as tx:
        reviews.acknowledge(tx, 1, "zhou", town.clock.now())
    page = page_of(service)
    assert page['leak_monitor_response_seconds_sum{stage="taken"}'] == 150
    assert page['leak_monitor_response_seconds_bucket{le="60.0",stage="taken"}'] == 0
    assert page['leak_monitor_response_seconds_bucket{le="180.0",stage="taken"}'] == 1
    assert page['leak_monitor_response_seconds_count{stage="judged"}'] == 0
