from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.errors import ClaimLostError, Failure, FetchError
from monitor.store import Store, accounts, claims
from monitor.store.schema import accounts as table
from tests.store import sample
from tests.store.sample import NOON

MINUTE = timedelta(minutes=1)


def _claim(store: Store, at: datetime) -> list[accounts.ClaimedAccount]:
    with store.write() as tx:
        return accounts.claim_accounts(tx, at, limit=10)


def test_a_row_has_one_worker_at_a_time(store: Store) -> None:
    sample.people(store)
    assert len(_claim(store, NOON)) == 1
    assert _claim(store, NOON + MINUTE) == []


def test_a_worker_whose_lease_ran_out_writes_nothing(store: Store) -> None:
    sample.people(store)
    (late,) = _claim(store, NOON)
    (next_one,) = _claim(store, NOON + 2 * MINUTE)
    assert next_one.claim_no == late.claim_no + 1
    old, new = sample.page(sample.post("p1", "旧")), sample.page(sample.post("p1", "新"))
    later = NOON + 3 * MINUTE
    with store.write() as tx:
        accounts.save_page(tx, next_one, sample.account(), new, later, later + MINUTE)
    with pytest.raises(ClaimLostError), store.write() as tx:
        accounts.save_page(tx, late, sample.account(), old, later, later + MINUTE)
    error = FetchError(Failure.TIMEOUT, "late")
    with pytest.raises(ClaimLostError), store.write() as tx:
        accounts.save_failure(tx, late, error, state="ok", state_reason="", now=later, due_at=later)
    with pytest.raises(ClaimLostError), store.write() as tx:
        accounts.put_back(tx, late, later)
    assert [r.parts[0].text for r in sample.pending(store, later)] == ["新"]


def test_a_late_worker_may_write_as_long_as_nobody_else_has_the_row(store: Store) -> None:
    sample.people(store)
    (slow,) = _claim(store, NOON)
    with store.write() as tx:
        accounts.save_page(tx, slow, sample.account(), sample.page(), NOON + 9 * MINUTE, NOON + 10 * MINUTE)
    assert _claim(store, NOON + 9 * MINUTE) == []
    assert len(_claim(store, NOON + 10 * MINUTE)) == 1


@pytest.mark.parametrize(
    ("due_in", "lease_in", "taken"),
    [
        pytest.param(timedelta(0), None, True, id="due"),
        pytest.param(MINUTE, None, False, id="due later"),
        pytest.param(timedelta(days=2), None, False, id="due as late as can be"),
        pytest.param(timedelta(days=30), None, True, id="due so late that a clock was wrong"),
        pytest.param(-MINUTE, timedelta(seconds=1), False, id="somebody's"),
        pytest.param(-MINUTE, timedelta(0), True, id="lease just ended"),
        pytest.param(-MINUTE, timedelta(hours=1), False, id="the longest lease"),
        pytest.param(-MINUTE, timedelta(days=30), True, id="a lease of a clock that was wrong"),
    ],
)
def test_what_may_be_taken(store: Store, due_in: timedelta, lease_in: timedelta | None, *, taken: bool) -> None:
    sample.people(store)
    lease = None if lease_in is None else NOON + lease_in
    with store.write() as tx:
        tx.execute(update(table).values(due_at=NOON + due_in, claimed_until=lease))
    assert bool(_claim(store, NOON)) is taken


def test_nothing_is_written_further_ahead_than_it_may_be_due(store: Store) -> None:
    sample.people(store)
    (claimed,) = _claim(store, NOON)
    with store.write() as tx:
        accounts.save_page(tx, claimed, sample.account(), sample.page(), NOON, NOON + timedelta(days=400))
    assert _claim(store, NOON + timedelta(days=2) - MINUTE) == []
    assert len(_claim(store, NOON + timedelta(days=2))) == 1


def test_the_longest_waiting_are_taken_first(store: Store) -> None:
    known = [sample.account(key) for key in ("c", "a", "b")]
    for n in range(3):
        sample.people(store, *known[: n + 1], at=NOON + n * MINUTE)
    with store.write() as tx:
        taken = accounts.claim_accounts(tx, NOON + 5 * MINUTE, limit=2)
    assert [c.key for c in taken] == ["c", "a"]


def test_after_a_crash_a_service_that_is_alone_takes_every_row_again_at_once(store: Store) -> None:
    sample.people(store)
    assert len(_claim(store, NOON)) == 1
    with store.write() as tx:
        claims.release_all(tx)
    assert len(_claim(store, NOON)) == 1
