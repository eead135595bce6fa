"""Every statement of a whole cycle fails once, in one of two ways: what it was part of is done in the end, once."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import event, func, select

from monitor.errors import StoreError
from monitor.store.schema import alert_events, alerts, deliveries
from tests.deliver.receiver import ScriptedReceiver
from tests.store.invariants import broken_invariants
from tests.town import Town

ERRORS: tuple[type[sqlite3.Error], ...] = (sqlite3.OperationalError, sqlite3.IntegrityError)  # in turn
LEASE_AND_MORE = {"minutes": 6}  # the longest that work of somebody who failed can lie


@dataclass(eq=False)
class Trouble:
    """Lets the n-th statement from now fail, reads and transaction words included."""

    left: int = 0
    nth: int = 0
    happened: bool = False
    _lock: Lock = field(default_factory=Lock)

    def arm(self, nth: int) -> None:
        self.left, self.nth, self.happened = nth, nth, False

    def __call__(self, _cursor: Any, statement: str, *_rest: object) -> None:
        with self._lock:
            self.left -= 1
            if self.left:
                return
            self.happened = True
        error = ERRORS[self.nth % len(ERRORS)]
        raise error(f"made to fail: {statement.split(maxsplit=1)[0]}")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)]) as made:
        made.round()
        yield made


def settle(town: Town) -> None:
    """As the service's ticks do it: what fails is tried again at the next one."""
    for step in ({"seconds": 61}, LEASE_AND_MORE, LEASE_AND_MORE):
        with suppress(StoreError):
            town.round(**step)


@pytest.mark.timeout(300)
def test_whatever_statement_fails_nothing_is_lost_or_told_twice(town: Town) -> None:
    trouble = Trouble()
    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        event.listen(town.store._engine, name, trouble)
    nth, happened = 0, True
    while happened:
        nth += 1
        trouble.arm(nth)
        town.says(f"明天来看云雀9，第{nth}次")
        settle(town)
        happened = trouble.happened
        trouble.arm(0)
        with town.store.read() as tx:
            assert broken_invariants(tx, told=["desk"], now=town.clock.now()) == [], nth
            assert tx.execute(select(func.count()).select_from(alerts)).scalar_one() == nth
            assert tx.execute(select(func.count()).select_from(alert_events)).scalar_one() == nth
            assert tx.execute(select(deliveries.c.state).distinct()).scalars().all() == ["delivered"]
    assert nth > 40  # of one post, from the claim of its account to its message
    (_, desk), *_ = town.receivers
    ids = [got.headers["webhook-id"] for got in desk.received]
    assert len(set(ids)) == nth
    assert len(ids) - len(set(ids)) <= nth / 10  # only where the reply had come and could not be noted
