from datetime import timedelta

import pytest

from monitor.errors import Failure, FetchError
from monitor.store import Store, accounts, incidents, status
from tests.store import sample
from tests.store.sample import NOON

MINUTE = timedelta(minutes=1)


def test_an_empty_database_counts_nothing(store: Store) -> None:
    with store.read() as tx:
        assert status.counts(tx, NOON) == status.Counts({}, {}, {}, {}, {}, 0, None, None, None, None, ())
        assert status.account_list(tx) == []
        assert status.open_incidents(tx) == []


def test_rows_are_counted_by_state_with_the_oldest_work(store: Store) -> None:
    sample.people(store, sample.account("a"), sample.account("b"))
    sample.receivers(store, sample.receiver())
    for n in range(3):
        known = [sample.post(f"p{i}") for i in range(n + 1)]
        sample.read(store, sample.page(*known), NOON + n * MINUTE, sample.account("a"))
    (first, *_) = sample.pending(store, NOON + 2 * MINUTE)
    sample.judge(store, first, [sample.finding()], NOON + 3 * MINUTE)
    with store.read() as tx:
        counts = status.counts(tx, NOON + 3 * MINUTE)
    assert counts.accounts == {"new": 1, "ok": 1}
    assert counts.revisions == {"done": 1, "pending": 2}
    assert (counts.alerts, counts.deliveries, counts.receivers) == ({"open": 1}, {"waiting": 1}, {"ok": 1})
    assert (counts.oldest_pending_at, counts.oldest_waiting_at) == (NOON + MINUTE, NOON + 3 * MINUTE)
    assert (counts.last_success_at, counts.oldest_due_account_at) == (NOON + 2 * MINUTE, NOON + 2 * MINUTE)
    assert counts.unread == ()


@pytest.mark.parametrize(
    ("minutes", "unread"),
    [
        pytest.param(10, (), id="not for long"),
        pytest.param(11, ("new", "often"), id="for more than ten minutes"),
        pytest.param(31, ("new", "often", "seldom"), id="for more than three of its intervals"),
        pytest.param(-3, ("new", "often", "seldom"), id="in the future, by a clock that was ahead"),
    ],
)
def test_accounts_without_a_good_read_are_counted_whatever_their_state(
    store: Store, minutes: int, unread: tuple[str, ...]
) -> None:
    often, seldom = sample.account("often"), sample.account("seldom", poll_every_s=600)
    sample.people(store, often, seldom, sample.account("new"), sample.account("gone"))
    for account in (often, seldom):
        sample.read(store, sample.page(), NOON, account)
    sample.people(store, often, seldom, sample.account("new"))
    with store.read() as tx:
        assert status.counts(tx, NOON + minutes * MINUTE).unread == unread


def test_accounts_tell_how_reading_them_goes(store: Store) -> None:
    sample.people(store)
    claimed = sample.take_account(store, NOON)
    error = FetchError(Failure.BLOCKED, "a login wall")
    with store.write() as tx:
        due_at = NOON + MINUTE
        accounts.save_failure(tx, claimed, error, state="blocked", state_reason="blocked", now=NOON, due_at=due_at)
        assert status.account_list(tx) == [
            status.AccountStatus("lin-blog", "lin", "blocked", "blocked", "blocked: a login wall", 1, None, due_at)
        ]
        accounts.sync_people(tx, [], NOON)
        assert status.account_list(tx) == []


def test_only_incidents_that_are_not_over_are_listed(store: Store) -> None:
    with store.write() as tx:
        for subject in ("a", "b"):
            incidents.open_incident(tx, "gap", subject, {"account": subject}, NOON)
        incidents.close_incident(tx, "gap", "a", NOON)
        assert status.open_incidents(tx) == [status.OpenIncident(2, "gap", "b", NOON, {"account": "b"})]
        assert status.counts(tx, NOON).open_incidents == 1
