from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from monitor.errors import ClaimLostError, Failure, FetchError, NotFoundError
from monitor.model.people import Account
from monitor.model.posts import ReadState
from monitor.store import Store, accounts, hosts
from monitor.store.claims import farthest_read
from monitor.store.gaps import open_gap
from monitor.store.incidents import close_incident, open_incident
from monitor.store.schema import accounts as table
from monitor.store.schema import gaps, incidents, people
from tests.store import sample
from tests.store.sample import NOON

HOUR = timedelta(hours=1)


def test_new_accounts_are_due_at_once_and_know_nothing(store: Store) -> None:
    sample.people(store)
    claimed = sample.take_account(store, NOON)
    assert (claimed.key, claimed.state, claimed.failures, claimed.knows_posts) == ("lin-blog", "new", 0, False)
    assert (claimed.added_at, claimed.last_success_at, claimed.read.etag) == (NOON, None, None)


def test_syncing_again_keeps_what_reading_has_learnt(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON)
    sample.people(store, at=NOON + HOUR)
    claimed = sample.take_account(store, NOON + HOUR)
    assert (claimed.read.etag, claimed.state, claimed.added_at) == ("e1", "ok", NOON)
    assert (claimed.last_success_at, claimed.knows_posts) == (NOON, True)


def test_a_retired_account_is_read_no_more_and_its_worker_loses_it(store: Store) -> None:
    sample.people(store)
    claimed = sample.take_account(store, NOON)
    with store.write() as tx:
        accounts.sync_people(tx, [], NOON + HOUR)
        assert sample.rows(tx, table, "state", "due_at") == [("removed", None)]
        assert sample.rows(tx, people, "retired_at") == [(NOON + HOUR,)]
    with store.write() as tx:
        accounts.put_back(tx, [(claimed, NOON)])
        assert accounts.claim_accounts(tx, NOON + 2 * HOUR, limit=9) == []


def test_an_account_that_comes_back_was_out_of_sight_meanwhile(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON)
    with store.write() as tx:
        accounts.sync_people(tx, [], NOON + HOUR)
    sample.people(store, at=NOON + 5 * HOUR)
    sample.read(store, sample.page(sample.post("p2", at=NOON + 2 * HOUR), sample.post("p1")), NOON + 5 * HOUR)
    with store.read() as tx:
        assert sample.rows(tx, gaps, "from_at", "to_at", "cause", "filled_at") == [
            (NOON, NOON + 5 * HOUR, "removed", NOON + 5 * HOUR)
        ]
    assert [r.was_blind for r in sample.pending(store, NOON + 5 * HOUR)] == [False, True]


def test_a_renamed_account_stays_the_same(store: Store) -> None:
    old = sample.account("old", native_id="n1")
    sample.people(store, old)
    sample.read(store, sample.page(sample.post("p1")), NOON, old)
    sample.people(store, sample.account("new", native_id="n1"), at=NOON + HOUR)
    claimed = sample.take_account(store, NOON + HOUR)
    assert (claimed.key, claimed.read.etag, claimed.knows_posts) == ("new", "e1", True)


def test_two_accounts_may_change_names_with_each_other(store: Store) -> None:
    sample.people(store, sample.account("a", native_id="1"), sample.account("b", native_id="2"))
    sample.people(store, sample.account("a", native_id="2"), sample.account("b", native_id="1"))
    with store.read() as tx:
        assert sample.rows(tx, table, "key", "native_id", "state") == [("b", "1", "new"), ("a", "2", "new")]


@pytest.mark.parametrize("at", [NOON, NOON + HOUR], ids=["the same instant", "later"])
def test_another_place_under_an_old_key_begins_anew(store: Store, at: datetime) -> None:
    sample.people(store, sample.account(native_id="typo"))
    sample.read(store, sample.page(sample.post("p1")), NOON, sample.account(native_id="typo"))
    sample.people(store, sample.account(native_id="right"), at=at)
    claimed = sample.take_account(store, at)
    assert (claimed.read.etag, claimed.last_success_at, claimed.added_at) == (None, None, at)
    assert not claimed.knows_posts, "an empty list of the new place is no wonder"


def test_a_read_of_the_old_place_that_is_under_way_loses_its_claim(store: Store) -> None:
    sample.people(store, sample.account(native_id="typo"))
    claimed = sample.take_account(store, NOON)
    sample.people(store, sample.account(native_id="right"), at=NOON)
    shown = sample.page(sample.post("p1"))
    with pytest.raises(ClaimLostError), store.write() as tx:
        accounts.save_page(tx, claimed, sample.account(native_id="typo"), shown, NOON, NOON)
    assert sample.take_account(store, NOON).read.etag is None


@pytest.mark.parametrize(
    ("configured", "gap_ends"),
    [
        pytest.param([], True, id="no longer configured"),
        pytest.param([sample.account(native_id="elsewhere")], True, id="another place"),
        pytest.param([sample.account("new", native_id="https://blog.example/lin-blog")], False, id="another key"),
    ],
)
def test_the_troubles_of_an_account_end_with_it(store: Store, configured: list[Account], *, gap_ends: bool) -> None:
    sample.people(store)
    _fail(store, sample.take_account(store, NOON), "blocked", NOON + HOUR)
    kinds = ("account_unreadable", "account_overdue", "entries_unreadable", "gap")
    with store.write() as tx:
        for kind in kinds:
            open_incident(tx, kind, "lin-blog", {}, NOON)
        accounts.sync_people(tx, [sample.person(*configured)] if configured else [], NOON + HOUR)
        assert sample.rows(tx, incidents, "kind", "closed_at") == [(kind, NOON + HOUR) for kind in kinds]
        assert sample.rows(tx, gaps, "to_at", "filled_at") == [(NOON + HOUR if gap_ends else None, None)]


def test_failures_count_until_a_read_succeeds(store: Store) -> None:
    sample.people(store)
    for n in range(2):
        claimed = sample.take_account(store, NOON)
        assert claimed.failures == n
        _fail(store, claimed, "ok", NOON)
    sample.read(store, sample.page(), NOON)
    with store.read() as tx:
        assert sample.rows(tx, table, "failures", "state", "state_reason", "state_detail") == [(0, "ok", "", "")]


def test_a_failure_notes_its_reason_and_since_when(store: Store) -> None:
    sample.people(store)
    for at in (NOON, NOON + HOUR):
        _fail(store, sample.take_account(store, at), "blocked", at)
    with store.read() as tx:
        assert sample.rows(tx, table, "state", "state_reason", "state_detail", "state_at") == [
            ("blocked", "timeout", "timeout: no answer", NOON)
        ]


def test_an_account_can_be_made_due_by_hand(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(), NOON)
    with store.write() as tx:
        assert accounts.claim_accounts(tx, NOON, limit=9) == []
        accounts.make_due(tx, ["lin-blog"], NOON)
        assert len(accounts.claim_accounts(tx, NOON, limit=9)) == 1


def _fail(store: Store, claimed: accounts.ClaimedAccount, state: str, at: datetime) -> None:
    error = FetchError(Failure.TIMEOUT, "no answer")
    with store.write() as tx:
        accounts.save_failure(tx, claimed, error, state=state, state_reason="timeout", now=at, due_at=at)


def test_an_account_is_taken_by_its_key_from_whoever_has_it(store: Store) -> None:
    sample.people(store)
    late = sample.take_account(store, NOON)
    with store.write() as tx:
        taken = accounts.take_account(tx, "lin-blog", NOON)
        assert (taken.id, taken.claim_no) == (late.id, late.claim_no + 1)
    with pytest.raises(ClaimLostError):
        _fail(store, late, "ok", NOON)
    with store.write() as tx:
        accounts.sync_people(tx, [], NOON)
        with pytest.raises(NotFoundError):
            accounts.take_account(tx, "lin-blog", NOON)


# --- reads that bring nothing ---------------------------------------------------------------------------------------


def _calm(store: Store, at: datetime) -> bool:
    claimed = sample.take_account(store, at)
    with store.write() as tx:
        accounts.put_back(tx, [(claimed, at)])
    return claimed.calm


def test_an_account_is_calm_when_a_good_read_would_end_nothing(store: Store) -> None:
    sample.people(store)
    assert not _calm(store, NOON), "it is new"
    sample.read(store, sample.page(), NOON)
    assert _calm(store, NOON + HOUR)
    for kind in accounts.TROUBLES:
        with store.write() as tx:
            open_incident(tx, kind, "lin-blog", {}, NOON)
        assert not _calm(store, NOON + HOUR), kind
        with store.write() as tx:
            close_incident(tx, kind, "lin-blog", NOON)
    with store.write() as tx:
        open_gap(tx, tx.execute(select(table.c.id)).scalar_one(), NOON, "timeout", NOON)
    assert not _calm(store, NOON + HOUR)


def test_calm_reads_are_noted_together_and_a_late_worker_changes_nothing(store: Store) -> None:
    configured = [sample.account(key) for key in ("a", "b", "c")]
    sample.people(store, *configured)
    with store.write() as tx:
        late = accounts.claim_accounts(tx, NOON, limit=1)
        accounts.put_back(tx, [(late[0], NOON)])
        first, *others = accounts.claim_accounts(tx, NOON, limit=3)
        assert first.id == late[0].id
        read = ReadState("e2", "l2", "h2", "c2")
        reads = [accounts.CalmRead(claimed, read, NOON + 90 * HOUR) for claimed in [*late, *others]]
        accounts.note_calm(tx, reads, NOON + HOUR)
        kept = sample.rows(tx, table, "key", "etag", "last_modified", "body_hash", "cursor", "last_success_at")
        assert kept == [
            ("a", None, None, None, None, None),
            *((key, "e2", "l2", "h2", "c2", NOON + HOUR) for key in ("b", "c")),
        ]
        taken = sample.rows(tx, table, "key", "claimed_until")
        farthest = tx.execute(select(func.max(table.c.due_at))).scalar_one()
    assert taken[0][1] is not None
    assert taken[1:] == [("b", None), ("c", None)]
    assert farthest == NOON + HOUR + farthest_read(60), "never further ahead than it may lie"


def test_a_configuration_that_has_not_changed_costs_the_same_for_many_accounts(store: Store) -> None:
    asked: list[str] = []

    def statements(count: int) -> int:
        asked.clear()
        sample.people(store, *[sample.account(f"a{n}") for n in range(count)])
        return len(asked)

    event.listen(store._engine, "before_cursor_execute", lambda _c, _u, sql, *_: asked.append(sql))
    first = statements(30)
    assert statements(30) <= first < 30


# --- hosts ----------------------------------------------------------------------------------------------------------


def _slot(store: Store, at: datetime, host: str = "blog.example") -> float:
    """Seconds from `at` until the host may be asked."""
    with store.write() as tx:
        return (hosts.take_slots(tx, [host], at, 1.0)[0] - at).total_seconds()


def test_a_host_is_asked_at_a_distance_and_others_are_not_affected(store: Store) -> None:
    assert _slot(store, NOON) == 0
    assert _slot(store, NOON) == 1
    assert _slot(store, NOON, "other.example") == 0
    assert _slot(store, NOON + timedelta(seconds=1)) == 0


def test_those_who_must_wait_come_back_one_by_one_and_all_get_their_turn(store: Store) -> None:
    waiting = dict.fromkeys(range(20), 0.0)
    asked: list[float] = []
    questions = 0
    while waiting:
        n = min(waiting, key=waiting.__getitem__)
        at_s = waiting.pop(n)
        questions += 1
        wait_s = _slot(store, NOON + timedelta(seconds=at_s))
        if wait_s:
            waiting[n] = at_s + wait_s
        else:
            asked.append(at_s)
    assert asked == [float(n) for n in range(20)]
    assert questions == 39


def test_some_hosts_are_asked_for_at_once(store: Store) -> None:
    with store.write() as tx:
        hosts.pause_host(tx, "paused.example", NOON + HOUR)
        wanted = ["a.example", "b.example", "a.example", "paused.example", "a.example", "paused.example"]
        slots = hosts.take_slots(tx, wanted, NOON, 2.0)
    assert [(slot - NOON).total_seconds() for slot in slots] == [0, 0, 2, 3600, 4, 3602]
    assert _slot(store, NOON + timedelta(seconds=2), "b.example") == 0


def test_a_paused_host_is_left_alone(store: Store) -> None:
    with store.write() as tx:
        hosts.pause_host(tx, "blog.example", NOON + HOUR)
    assert _slot(store, NOON) == 3600
    assert _slot(store, NOON + HOUR) == 0


def test_a_pause_of_a_clock_that_was_wrong_does_not_hold(store: Store) -> None:
    with store.write() as tx:
        hosts.pause_host(tx, "blog.example", NOON + timedelta(days=30))
    assert _slot(store, NOON) == 0
