"""What this machine does not let us do is nobody's fault: timelines over the real database, network and receivers."""

import errno
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select

from monitor.errors import StoreDownError
from monitor.housekeeping import EVERY_S, Hourly
from monitor.net.client import Client
from monitor.pipeline import fetch_due
from monitor.store import status
from monitor.store.schema import accounts, receivers, revisions
from tests.deliver.receiver import ScriptedReceiver
from tests.fakes import HandClock
from tests.store.invariants import broken_invariants
from tests.town import NOON, Town

LEAK = "明天来看云雀9"
LONG = "湖边的风很大。" * 3000
BOUNDLESS = 2**32 - 2


class Disk:
    """How many pages SQLite may have: asked at the begin of each transaction."""

    def __init__(self, town: Town) -> None:
        self.pages = BOUNDLESS
        event.listen(town.store._engine, "begin", self._bound)

    def _bound(self, tx: Connection) -> None:
        tx.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)]) as made:
        made.round()
        yield made


def states(town: Town) -> tuple[object, ...]:
    """Failures of the account and of the receiver, and how they stand."""
    with town.store.read() as tx:
        account = tx.execute(select(accounts.c.state, accounts.c.failures)).one()
        return (*account, *tx.execute(select(receivers.c.state, receivers.c.failures)).one())


def cures(town: Town) -> list[str]:
    return town.world.owed.cures(town.clock.elapsed_s())


def test_a_full_disk_blames_nobody_however_long_it_lasts(town: Town) -> None:
    disk, (desk,) = Disk(town), dict(town.receivers).values()
    town.says(f"{LEAK} {LONG}")
    disk.pages = 1  # no more than there are
    for _ in range(12):  # a text that fails three times, or kills five, would be put away
        town.round(seconds=20)
    assert cures(town) == ["the disk is full: make room; nothing that was stored is lost"]
    assert states(town) == ("ok", 0, "ok", 0)
    assert desk.received == []
    disk.pages = BOUNDLESS
    for _ in range(4):
        town.round(seconds=20)
    assert len(desk.received) == 1
    assert cures(town) == []
    with town.store.read() as tx:
        assert broken_invariants(tx, told=["desk"]) == []


def test_a_disk_that_is_full_when_a_text_is_judged_puts_no_text_away(town: Town) -> None:
    disk, (desk,) = Disk(town), dict(town.receivers).values()
    for number in range(30):
        town.says(f"{LEAK} {number}")
    town.clock.move(seconds=61)
    for read in fetch_due(town.world, town.runtime, town.pool):
        read.result()
    disk.pages = 1
    for _ in range(12):
        with suppress(StoreDownError):  # what the service's ticks do
            town.round(seconds=20)
    with town.store.read() as tx:
        attempts = tx.execute(select(revisions.c.attempts).where(revisions.c.state == "pending")).scalars().all()
    assert attempts
    assert max(attempts) <= 1
    disk.pages = BOUNDLESS
    for _ in range(3):
        town.round(seconds=20)
    assert len(set(desk.message_ids)) == 30
    with town.store.read() as tx:
        assert status.open_incidents(tx) == []


@pytest.mark.parametrize("why", [errno.EMFILE, errno.ENFILE])
def test_without_sockets_nobody_out_there_is_blamed(town: Town, why: int) -> None:
    may_open = [False]

    def dial(address: tuple[str, int], timeout_s: float) -> socket.socket:
        if not may_open[0]:
            raise OSError(why, "Too many open files")
        return socket.create_connection(address, timeout_s)

    town.says(LEAK)
    town.round()
    (desk,) = dict(town.receivers).values()
    assert len(desk.received) == 1
    town.client = Client(elapsed_s=town.clock.elapsed_s, user_agent="leak-monitor tests", dial=dial)
    town.open_store()
    town.says(f"{LEAK} again")
    for _ in range(6):
        town.round(seconds=61)
    assert "no more files can be opened" in cures(town)[0]
    assert states(town) == ("ok", 0, "ok", 0)
    may_open[0] = True
    town.round(seconds=16)
    town.round(seconds=16)
    assert len(desk.received) == 2
    town.round(seconds=45)
    assert cures(town) == []


def test_hourly_work_is_tried_again_until_it_was_done_well() -> None:
    clock, ended = HandClock(NOON), [0]
    trouble = [True]

    def work() -> None:
        if trouble[0]:
            raise OSError
        ended[0] += 1

    hourly = Hourly(clock.elapsed_s, work)
    hourly()
    clock.move(seconds=EVERY_S)
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011 - what the work raises
            hourly()
    trouble[0] = False
    for _ in range(3):
        hourly()
    clock.move(seconds=EVERY_S)
    hourly()
    assert ended == [2]
