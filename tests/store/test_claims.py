from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.errors import ClaimLostError, Failure, FetchError
from monitor.model.posts import ReadState
from monitor.routing import Route, Urgency
from monitor.store import Store, accounts, claims, hosts, outbox
from monitor.store.schema import accounts as table
from tests.store import sample
from tests.store.sample import NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _claim(store: Store, at: datetime) -> list[accounts.ClaimedAccount]:
    with store.write() as tx:
        accounts.undo_future(tx, at)
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
    with store.write() as tx:
        accounts.put_back(tx, [(late, NOON)])
        accounts.note_calm(tx, [accounts.CalmRead(late, ReadState("old"), NOON)], NOON)
    assert _claim(store, later) == []
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
        pytest.param(75 * MINUTE, None, False, id="due as late as can be"),
        pytest.param(76 * MINUTE, None, True, id="due so late that a clock was wrong"),
        pytest.param(-MINUTE, timedelta(seconds=1), False, id="somebody's"),
        pytest.param(-MINUTE, timedelta(0), True, id="lease just ended"),
        pytest.param(-MINUTE, timedelta(minutes=5), False, id="the longest lease"),
        pytest.param(-MINUTE, timedelta(minutes=6), True, id="a lease of a clock that was wrong"),
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
    assert _claim(store, NOON + 74 * MINUTE) == []
    assert len(_claim(store, NOON + 75 * MINUTE)) == 1


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


# --- a clock that was ahead and is set right ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval_s", "due_in", "taken"),
    [
        pytest.param(60, 20 * HOUR, True, id="of an account that is read often"),
        pytest.param(7200, 4 * HOUR, False, id="as late as a slow account can be due"),
        pytest.param(7200, 4 * HOUR + MINUTE, True, id="later than a slow account can be due"),
    ],
)
def test_how_far_ahead_an_account_may_be_due_depends_on_how_often_it_is_read(
    store: Store, interval_s: float, due_in: timedelta, *, taken: bool
) -> None:
    sample.people(store, sample.account(poll_every_s=interval_s), sample.account("other", poll_every_s=86400))
    with store.write() as tx:
        tx.execute(update(table).values(due_at=NOON + due_in))
    assert [claimed.key for claimed in _claim(store, NOON)] == (["lin-blog"] if taken else [])


@pytest.mark.parametrize("ahead", [20 * HOUR, 50 * MINUTE, 10 * MINUTE])
def test_an_account_that_was_read_in_the_future_is_read_at_once(store: Store, ahead: timedelta) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON + ahead)
    (claimed,) = _claim(store, NOON)
    assert (claimed.last_success_at, claimed.knows_posts) == (NOON, True)
    with store.write() as tx:
        accounts.put_back(tx, [(claimed, NOON + MINUTE)])
    assert _claim(store, NOON) == [], "once is enough"


def test_an_account_that_is_gone_is_not_read_whatever_the_clock(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON + HOUR)
    sample.people(store, sample.account("other"), at=NOON)
    assert [claimed.key for claimed in _claim(store, NOON)] == ["other"]


def test_a_text_that_was_stored_in_the_future_is_judged_at_once(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON + 3 * MINUTE)
    assert len(sample.pending(store, NOON)) == 1


@pytest.mark.parametrize("ahead", [20 * HOUR, 50 * MINUTE])
def test_a_message_that_was_queued_and_a_receiver_that_was_used_in_the_future_do_not_wait(
    store: Store, ahead: timedelta
) -> None:
    sample.receivers(store, sample.receiver())
    for n, urgency in enumerate((Urgency.NOW, Urgency.NOW, Urgency.LATE)):
        with store.write() as tx:
            outbox.queue(tx, f"alert:{n}:1", [Route("desk", urgency, NOON + ahead)], NOON + ahead)
    assert sample.send(store, "desk", sample.step(at=NOON + ahead), NOON + ahead)
    assert sample.send(store, "desk", sample.step(), NOON)
    with store.write() as tx:
        assert outbox.gather_digests(tx, NOON) == 1


def test_a_host_that_was_asked_in_the_future_is_asked_now(store: Store) -> None:
    for ahead in (50 * MINUTE, 20 * HOUR):
        with store.write() as tx:
            for _ in range(3):
                hosts.take_slots(tx, ["blog.example"], NOON + ahead, 1.0)
    with store.write() as tx:
        assert hosts.take_slots(tx, ["blog.example"], NOON, 1.0) == [NOON]
        assert hosts.take_slots(tx, ["blog.example"], NOON, 1.0) == [NOON + timedelta(seconds=1)]
