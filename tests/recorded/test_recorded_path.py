"""Every recorded feed along the whole path: each entry is stored once, at the instant that a person reads in it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from monitor.store.schema import accounts, posts, revisions
from tests.deliver.receiver import ScriptedReceiver
from tests.fakes import HandClock
from tests.fetch.accounts import within_feed
from tests.fetch.feed_server import Reply, fresh_feed
from tests.fetch.recorded_expectations import ENTRIES, MALFORMED, REFUSED, TEXT_HASH
from tests.store.invariants import broken_invariants
from tests.town import Town

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures"
WHEN_RECORDED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("ops", desk)], clock=HandClock(WHEN_RECORDED)) as made:
        yield made


def stored(town: Town) -> list[tuple[str, str]]:
    with town.store.read() as tx:
        rows = tx.execute(select(posts.c.native_id, posts.c.claimed_at, posts.c.time_note).order_by(posts.c.id))
        feed = town.site.url("/feed")
        return sorted((_id(within_feed(native_id, feed)), _when(at, note)) for native_id, at, note in rows)


def _id(native_id: str) -> str:
    return TEXT_HASH if native_id.startswith(TEXT_HASH) else native_id


def _when(at: datetime | None, note: str | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else note or "neither instant nor note"


def versions(town: Town) -> int:
    with town.store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(revisions)).scalar_one())


@pytest.mark.parametrize("name", ENTRIES)
def test_each_entry_is_stored_once_at_its_instant(town: Town, name: str) -> None:
    town.answer = Reply(429, headers={"Retry-After": "30"})
    town.round()
    assert stored(town) == []
    body = (FIXTURES / name).read_bytes()
    town.answer = fresh_feed(body, "application/json" if name.endswith(".json") else "text/xml")
    town.round(minutes=15)
    wanted = sorted(ENTRIES[name])
    assert stored(town) == wanted
    town.round(minutes=15)
    assert ("if-none-match" in town.site.asked[-1].headers) == (name not in MALFORMED)
    town.answer = Reply(200, body)
    town.round(minutes=15)
    assert (stored(town), versions(town)) == (wanted, len(wanted))
    with town.store.read() as tx:
        assert broken_invariants(tx) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_a_named_state_of_the_account(town: Town, name: str) -> None:
    town.answer = Reply(200, (FIXTURES / name).read_bytes())
    town.round()
    with town.store.read() as tx:
        row = tx.execute(select(accounts.c.state_reason, accounts.c.failures)).one()
    assert (row.state_reason, row.failures) == (REFUSED[name], 1)
    assert stored(town) == []
