"""A launch is moved: what is public by it is withdrawn, what is a leak by it is told, and one line says so."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from monitor.launches import PATIENCE, note_moves, tell_moves
from monitor.model.messages import AlertState, Verdict
from monitor.store import rescans, rulebooks
from monitor.store.schema import alerts, audit, event_moves, revisions
from tests.deliver.receiver import ScriptedReceiver
from tests.samples import rules
from tests.store.invariants import broken_invariants
from tests.town import NOON, SECRET, SHANGHAI, Town

LAUNCH = NOON + timedelta(days=3)  # 20:00 in Shanghai, on the 8th
LEAK = "明天来看云雀9"


def launch(at: Any = LAUNCH, *, label: str = "Winter launch", key: str = "winter") -> str:
    """The rules with a launch at that instant, by which the product is lifted."""
    event = f'[[events]]\nkey = "{key}"\nlabel = "{label}"\ntimezone = "Asia/Shanghai"\n'
    return f"{event}starts_at = {at.astimezone(SHANGHAI).isoformat()}\n" + rules(f'"event:{key}"')


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    """A leak is told an hour before noon of the first day."""
    named = [("desk", ScriptedReceiver()), ("ops", ScriptedReceiver())]
    with named[0][1], named[1][1], Town(tmp_path, named, database_url=database_url) as town:
        town.use_rules(launch())
        town.round()
        town.says(LEAK)
        town.round()
        assert told(town) == ["alert.opened"]
        yield town
        with town.store.read() as tx:
            assert broken_invariants(tx, told=["desk"]) == []


def messages(town: Town, key: str = "desk") -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET) for got in dict(town.receivers)[key].received]


def told(town: Town) -> list[str]:
    return [message["type"] for message in messages(town)]


def moved_lines(town: Town) -> list[str]:
    return [each["data"]["text"] for each in messages(town) if each["type"] == "event.moved"]


def test_a_launch_that_is_put_off_is_one_line(town: Town) -> None:
    town.use_rules(launch(LAUNCH + timedelta(hours=3)))
    town.round()
    town.round()
    assert told(town) == ["alert.opened", "event.moved"]
    assert moved_lines(town) == ["Winter launch 8 Jun 20:00 > 23:00. 0 closed, 0 new"]
    assert messages(town, "ops") == []
    body = dict(town.receivers)["desk"].received[-1].body.decode()
    assert "winter" not in body
    with town.store.read() as tx:
        notes = tx.execute(select(audit.c.object, audit.c.detail).where(audit.c.action == "move")).all()
    ((about, detail),) = notes
    assert "winter" not in about + str(detail)
    assert (detail["from"], detail["to"]) == (LAUNCH.isoformat(), (LAUNCH + timedelta(hours=3)).isoformat())


def test_what_is_public_by_a_lift_that_was_moved_is_withdrawn_from_everybody_told_and_is_news_when_it_moves_back(
    town: Town,
) -> None:
    for turn in (1, 2):
        town.use_rules(launch(NOON - timedelta(hours=2)))
        town.round()
        assert "A-1 withdrawn: public since 18:00" in [m["data"]["text"] for m in messages(town)]
        with town.store.read() as tx:
            state = tx.execute(select(alerts.c.state, alerts.c.verdict)).one()
        assert tuple(state) == (AlertState.REVIEWED, Verdict.PUBLIC)
        assert "1 closed, 0 new" in moved_lines(town)[-1]
        town.use_rules(launch())
        town.round()
        assert "0 closed, 1 new" in moved_lines(town)[-1]
        with town.store.read() as tx:
            assert tx.execute(select(alerts.c.state)).scalar_one() == AlertState.OPEN
        town.round()
        assert told(town).count("alert.public_since") == turn


def test_a_leak_before_the_new_lift_stays_one(town: Town) -> None:
    town.use_rules(launch(town.clock.now() + timedelta(minutes=1)))
    town.round(hours=1)
    assert told(town) == ["alert.opened", "event.moved"]


def test_a_post_that_passed_as_public_is_a_leak_when_the_launch_is_put_off(town: Town) -> None:
    town.use_rules(launch(NOON - timedelta(hours=2)))
    town.round()
    town.says("云雀9 真机上手，今天就能买")
    town.round()
    seen = len(messages(town))
    town.use_rules(launch())
    town.round()
    assert "0 closed, 2 new" in moved_lines(town)[-1]
    town.round(minutes=2)
    assert {each["type"] for each in messages(town)[seen:]} == {"event.moved", "digest"}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(launch(label="Autumn launch"), id="another label"),
        pytest.param(launch(LAUNCH + timedelta(days=1), key="spring"), id="one gone, one new"),
        pytest.param(rules(), id="gone"),
    ],
)
def test_nothing_is_said_when_nothing_moved(town: Town, changed: str) -> None:
    town.use_rules(changed)
    town.round()
    assert moved_lines(town) == []


def test_two_services_say_it_once(town: Town) -> None:
    town.use_rules(launch(LAUNCH + timedelta(hours=3)))
    with town.store.write() as tx:  # the other one loads the same files
        note_moves(tx, town.runtime, town.clock.now())
        rulebooks.save_rulebook(tx, town.book.hash, town.book.body, town.clock.now())
        rescans.begin_rescan(tx, town.book.hash, town.clock.now())
    town.round()
    assert tell_moves(town.world, town.runtime) == 0
    town.round()
    assert len(moved_lines(town)) == 1


def test_two_moves_before_anybody_heard_are_one_and_there_and_back_is_none(town: Town) -> None:
    town.use_rules(launch(LAUNCH + timedelta(hours=1)))
    town.use_rules(launch(LAUNCH + timedelta(hours=2)))
    town.round()
    assert moved_lines(town) == ["Winter launch 8 Jun 20:00 > 22:00. 0 closed, 0 new"]
    town.use_rules(launch())
    town.use_rules(launch(LAUNCH + timedelta(hours=2)))
    town.round()
    assert len(moved_lines(town)) == 1


def test_a_launch_that_goes_before_anybody_heard_is_forgotten(town: Town) -> None:
    town.use_rules(launch(LAUNCH + timedelta(hours=1)))
    town.use_rules(rules())
    town.round()
    assert moved_lines(town) == []
    with town.store.read() as tx:
        assert tx.execute(select(event_moves.c.id)).all() == []


def test_counts_wait_for_all_that_is_judged_again_but_the_news_not_for_ever(town: Town) -> None:
    town.use_rules(launch(LAUNCH + timedelta(hours=3)))
    with town.store.write() as tx:  # a text that another service has taken, and is long about
        late = town.clock.now() + timedelta(hours=1)
        tx.execute(update(revisions).values(state="pending", again=True, due_at=late))
    assert tell_moves(town.world, town.runtime) == 0
    town.clock.move(seconds=PATIENCE.total_seconds())
    assert tell_moves(town.world, town.runtime) == 1
    town.round()
    assert moved_lines(town) == ["Winter launch 8 Jun 20:00 > 23:00. What this changes is still being judged"]
