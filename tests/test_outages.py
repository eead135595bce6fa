"""Receivers that fail, as timelines over the real database and real sockets: nothing is lost, nobody else waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.deliver import retry
from monitor.pipeline import deliver_due, fetch_due, match_new
from tests.cli.running import until
from tests.deliver.receiver import Reply, ScriptedReceiver, Way
from tests.store.invariants import broken_invariants
from tests.town import Town

LEAK = "明天来看云雀9"
MakeTown = Callable[..., Town]


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[MakeTown]:
    with ExitStack() as stack:

        def make(*keys: str) -> Town:
            return stack.enter_context(Town(tmp_path, [(key, stack.enter_context(ScriptedReceiver())) for key in keys]))

        yield make


def broken(town: Town) -> list[str]:
    with town.store.read() as tx:
        return broken_invariants(tx, told=[key for key, _ in town.receivers if key != "ops"])


def test_a_receiver_that_is_down_for_six_hours_gets_everything_within_the_bound(make_town: MakeTown) -> None:
    town = make_town("desk")
    desk = dict(town.receivers)["desk"]
    town.round()
    desk.answer_with(Reply(503))
    for _ in range(36):
        town.says(LEAK)
        town.round(minutes=10)
    probes = len(desk.received)
    desk.answer_with(Reply(204))
    back_at, wanted = town.clock.now(), len(town.posts)
    ids = set(desk.message_ids)
    desk.received.clear()
    while len(set(desk.message_ids)) < wanted:
        town.round(minutes=1)
        assert town.clock.now() - back_at <= timedelta(seconds=15 * 60 * 1.2 + wanted * retry.PACE_S + 60)
    assert len(desk.message_ids) == wanted
    assert ids <= set(desk.message_ids)
    assert probes <= 6 * 60
    assert broken(town) == []


def test_five_hundred_hidden_replies_lose_nothing_and_every_duplicate_is_the_same(make_town: MakeTown) -> None:
    keys, turns = ("a", "b", "c", "d", "e"), 100
    town = make_town(*keys)
    hooks = dict(town.receivers)
    town.round()
    for hook in hooks.values():
        hook.answer_with(Reply(way=Way.RESET))
    for _ in range(3):
        town.says(LEAK)
    town.round()
    while min(len(hook.received) for hook in hooks.values()) < turns:
        town.clock.move(minutes=19)
        wait(deliver_due(town.world, town.runtime, town.pool))
    hidden = sum(len(hook.received) for hook in hooks.values())
    for hook in hooks.values():
        hook.answer_with(Reply(204))
    town.clock.move(hours=1.2)  # after a day of silence they are asked hourly
    wait(deliver_due(town.world, town.runtime, town.pool))
    assert hidden >= 500
    for hook in hooks.values():
        assert len(set(hook.message_ids)) == 3
        assert len({(got.headers["webhook-id"], got.body) for got in hook.received}) == 3
    assert broken(town) == []


def test_one_receiver_that_hangs_holds_up_none_of_the_others(make_town: MakeTown) -> None:
    town = make_town("hangs", "a", "b", "c", "d")
    hooks = dict(town.receivers)
    town.round()
    hooks["hangs"].answer_with(Reply(way=Way.HANG))
    for told in (1, 2, 3):
        town.says(f"{LEAK} {told}")
        town.clock.move(seconds=61)
        for read in fetch_due(town.world, town.runtime, town.pool):
            read.result()
        while match_new(town.world, town.runtime):
            pass
        sending = deliver_due(town.world, town.runtime, town.pool)
        until(lambda sending=sending: sum(sent.done() for sent in sending) == 4, "the others are done")  # type: ignore[misc]
        assert [len(hooks[key].received) for key in "abcd"] == [told] * 4
    assert hooks["hangs"].received != []
    hooks["hangs"].over.set()
