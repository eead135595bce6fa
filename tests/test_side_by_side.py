"""Two services on one database of PostgreSQL: whatever both do at the same time is done once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from monitor.housekeeping import keep_house
from monitor.pipeline import World, deliver_due, fetch_due, match_new
from monitor.service import Service
from monitor.store import Store
from monitor.store.schema import accounts, alert_events, alerts, attempts, deliveries, rulebooks
from tests.conftest import on_postgres
from tests.deliver.receiver import ScriptedReceiver
from tests.postgres import Server
from tests.store.invariants import broken_invariants
from tests.town import Town

pytestmark = on_postgres
LEAK = "明天来看云雀9"


@pytest.fixture
def town(tmp_path: Path, postgres: Server) -> Iterator[Town]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        yield stack.enter_context(Town(tmp_path, [("desk", desk)], database_url=postgres.emptied()))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def worlds(town: Town) -> Iterator[tuple[World, World]]:
    """The town's own, and that of another process."""
    with Store(town.database_url) as store:
        yield town.world, World(store, town.world.client, town.clock, draw=lambda: 0.5)


def both(worlds: tuple[World, World], work: Callable[[World], object]) -> None:
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, world) for world in worlds]:
            done.result()


def count(town: Town, table: object) -> int:
    with town.store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_every_stage_is_done_by_one_of_them(town: Town, worlds: tuple[World, World]) -> None:
    town.round()
    for n in range(12):
        town.says(f"{LEAK} No.{n}")
    town.clock.move(seconds=61)
    both(worlds, lambda world: wait(fetch_due(world, town.runtime, town.pool)))
    both(worlds, lambda world: [match_new(world, town.runtime, limit=2) for _ in range(8)])
    for _ in range(12):
        both(worlds, lambda world: wait(deliver_due(world, town.runtime, town.pool)))
    assert len(town.site.asked) == 2
    assert [count(town, table) for table in (alerts, alert_events, deliveries, attempts)] == [12, 12, 12, 12]
    assert len(dict(town.receivers)["desk"].received) == 12
    with town.store.read() as tx:
        assert broken_invariants(tx, told=["desk"]) == []


def test_digests_are_folded_once(town: Town, worlds: tuple[World, World]) -> None:
    for n in range(5):
        town.says(f"{LEAK} No.{n}", date_published="2030-06-01T12:00:00Z")  # older than the account: one digest
    town.round()
    town.clock.move(days=8)
    for _ in range(3):
        both(worlds, lambda world: wait(deliver_due(world, town.runtime, town.pool)))
    topics = [got.headers["webhook-id"] for got in dict(town.receivers)["desk"].received]
    assert len(topics) == len(set(topics)) == 1
    with town.store.read() as tx:
        assert broken_invariants(tx, told=["desk"]) == []


def begins(store: Store) -> bool:
    """Whether it finds itself alone when it begins to serve."""
    with store.taking_over() as alone:
        found = alone
    with store.read():  # its first session
        return found


def test_a_start_frees_no_lease_of_the_living_and_both_may_install_at_once(
    town: Town, worlds: tuple[World, World], stack: ExitStack
) -> None:
    town.clock.move(seconds=61)
    with town.store.write() as tx:
        from_first = tx.execute(select(accounts.c.claim_no)).scalar_one()
    living = stack.enter_context(Store(town.database_url))
    assert begins(living)
    started = [Service(town.runtime, world.store, town.clock, tick_s=3600.0) for world in worlds]
    with town.store.write() as tx:
        tx.execute(accounts.update().values(claimed_until=town.clock.now(), claim_no=from_first + 1))
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(service.start) for service in started]:
            done.result()
    for service in started:
        keep_house(service.world, service.runtime, service._drift.seconds())
        assert service.stop(5.0)
    with town.store.read() as tx:
        assert tx.execute(select(accounts.c.claimed_until)).scalar_one() == town.clock.now()
    assert (count(town, accounts), count(town, rulebooks)) == (1, 1)


def test_leases_of_the_dead_are_known_at_a_start_and_those_of_the_living_are_left(town: Town) -> None:
    url = town.database_url
    with Store(url) as first, Store(url) as second:
        assert (begins(first), begins(second)) == (True, False)
        first.close()
        with Store(url) as third:
            assert not begins(third)
    with Store(url) as last:
        assert begins(last)
