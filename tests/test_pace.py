"""How often an account is read: as configured, in the hours of its person, and near a lift."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from monitor.lookout import Senses, look_around
from monitor.match import Matcher
from monitor.pace import Hours, Pace, host_floors, near_people, next_lift, pace
from monitor.reading import pace_of
from monitor.runtime import Runtime
from monitor.store import habits
from monitor.store.accounts import sync_people
from monitor.store.schema import accounts
from tests.deliver.receiver import ScriptedReceiver
from tests.samples import rules
from tests.town import NOON, Town

HOUR = timedelta(hours=1)
AT_NOON = Hours(tuple(60 if hour == 12 else 1 for hour in range(24)), 60)
AT_NIGHT = Hours(tuple(200 if hour == 23 else 1 for hour in range(24)), 60)
FEW = Hours(tuple(49 if hour == 12 else 0 for hour in range(24)), 60)


@pytest.mark.parametrize(
    ("base_s", "floor_s", "hours", "lift_in", "expected"),
    [
        pytest.param(180, 0, None, None, Pace(180, "interval"), id="nothing known"),
        pytest.param(180, 0, FEW, None, Pace(180, "interval"), id="too few posts to know"),
        pytest.param(180, 0, AT_NOON, None, Pace(90, "busy_hour"), id="the hour of many posts"),
        pytest.param(90, 0, AT_NOON, None, Pace(60, "busy_hour"), id="no shorter than a minute"),
        pytest.param(30, 0, AT_NOON, None, Pace(30, "busy_hour"), id="what people wrote may be shorter"),
        pytest.param(180, 120, AT_NOON, None, Pace(120, "busy_hour"), id="no faster than the host stands"),
        pytest.param(180, 900, AT_NOON, None, Pace(180, "busy_hour"), id="never slower because of its host"),
        pytest.param(180, 0, AT_NIGHT, None, Pace(360, "quiet_hour"), id="an hour without posts"),
        pytest.param(400, 0, AT_NIGHT, None, Pace(600, "quiet_hour"), id="ten minutes at most"),
        pytest.param(900, 0, AT_NIGHT, None, Pace(900, "interval"), id="longer already"),
        pytest.param(180, 0, AT_NIGHT, 72 * HOUR, Pace(60, "event_near"), id="a lift in three days"),
        pytest.param(180, 0, None, 72 * HOUR + timedelta(seconds=1), Pace(180, "interval"), id="a moment later"),
        pytest.param(180, 0, None, timedelta(0), Pace(60, "event_near"), id="at the very lift"),
        pytest.param(180, 600, None, HOUR, Pace(180, "event_near"), id="a source that does not stand it"),
        pytest.param(30, 0, None, HOUR, Pace(30, "interval"), id="faster than a minute already"),
    ],
)
def test_the_interval_and_why(
    base_s: float, floor_s: float, hours: Hours | None, lift_in: timedelta | None, expected: Pace
) -> None:
    lift_at = None if lift_in is None else NOON + lift_in
    assert pace(base_s, floor_s, hours, lift_at, NOON) == expected


def test_a_host_with_many_accounts_is_not_asked_faster_than_it_stands() -> None:
    assert host_floors(["a", "b", "a", "a", "a"], 1.0) == {"a": 5.0, "b": 1.25}


def test_people_are_near_a_lift_for_three_days_until_it_is_over() -> None:
    lifts = {"lin": (NOON - HOUR, NOON + HOUR), "zhou": (NOON + 73 * HOUR,), "he": (NOON - HOUR,)}
    assert (near_people(lifts, NOON), next_lift(lifts["he"], NOON)) == (["lin"], None)


# --- in the town ----------------------------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)], database_url=database_url) as town:
        town.round()
        yield town


def test_hours_are_those_of_the_posts_as_the_network_tells_them(town: Town) -> None:
    for hour in (3, 3, 22):
        town.says(f"今天走了{hour}里", date_published=NOON.replace(hour=hour).isoformat())
    town.round(hours=12)
    with town.store.read() as tx:
        found = habits.posting_hours(tx, NOON - timedelta(days=1))
        assert habits.posting_hours(tx, NOON + timedelta(days=1)) == {}
    assert {hour: n for hour, n in enumerate(found["lin"]) if n} == {3: 2, 22: 1}


def test_near_a_lift_what_was_due_later_is_read_at_once_and_then_each_minute(town: Town) -> None:
    senses = Senses(free_bytes=lambda: None, offsets_s=list, began_at=NOON)
    with_launch(town, NOON + 75 * HOUR)
    with town.store.write() as tx:
        tx.execute(update(accounts).values(due_at=NOON + 20 * HOUR))
    look_around(town.world, town.runtime, senses)
    assert due(town) == NOON + 20 * HOUR
    town.clock.move(hours=4)
    look_around(town.world, town.runtime, senses)
    assert due(town) == town.clock.now()
    town.round(seconds=1)
    assert timedelta(seconds=54) <= due(town) - town.clock.now() <= timedelta(seconds=66)


@pytest.mark.parametrize(
    ("knows", "official", "is_near"), [("yunque-9", False, True), ("", True, True), ("", False, False)]
)
def test_a_lift_concerns_who_works_on_it_and_who_speaks_for_the_company(
    town: Town, knows: str, *, official: bool, is_near: bool
) -> None:
    with_launch(town, NOON + HOUR, knows=knows, official=official)
    (account,) = town.runtime.accounts.values()
    assert (pace_of(town.world, town.runtime, account).reason == "event_near") == is_near


def test_who_wants_no_adapting_gets_what_was_written(town: Town) -> None:
    with_launch(town, NOON + HOUR, adapt=False)
    (account,) = town.runtime.accounts.values()
    assert pace_of(town.world, town.runtime, account) == Pace(86_400, "interval")


def with_launch(
    town: Town, at: datetime, *, knows: str = "yunque-9", official: bool = False, adapt: bool = True
) -> None:
    """The secret of the rules is lifted then; the account is read once a day."""
    settings = town.runtime.settings
    (person,) = settings.people
    (account,) = person.accounts
    daily = replace(account, poll_every_s=86_400.0, official=official)
    known = replace(person, knows=frozenset({knows} - {""}), accounts=(daily,))
    book = town.write_rules(rules(at.isoformat()))
    settings = replace(settings, people=(known,), fetch=replace(settings.fetch, adapt=adapt))
    town.runtime = Runtime(settings, book, Matcher(book))
    with town.store.write() as tx:
        sync_people(tx, settings.people, town.clock.now())


def due(town: Town) -> datetime:
    with town.store.read() as tx:
        at = tx.execute(select(accounts.c.due_at)).scalar_one()
    assert isinstance(at, datetime)
    return at
