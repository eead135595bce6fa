"""Accounts that cannot be read: one incident each, or one for many."""

from datetime import timedelta

import pytest

from monitor.errors import Failure, FetchError
from monitor.store import Store, accounts, blindness, incidents
from monitor.store.schema import deliveries
from tests.store import sample
from tests.store.sample import NOON, account, receiver

MINUTE = timedelta(minutes=1)
TEN = [account(f"a{n}", platform="weibo") for n in range(10)]


def fails(store: Store, key: str, failure: Failure = Failure.BLOCKED, at: int = 1) -> None:
    """One read of that account fails, and leaves us blind."""
    now = NOON + at * MINUTE
    with store.write() as tx:
        accounts.make_due(tx, [key], now)
        taken = {claimed.key: claimed for claimed in accounts.claim_accounts(tx, now, limit=100)}
        mine = taken.pop(key)
        accounts.put_back(tx, [(other, now) for other in taken.values()])
    error = FetchError(failure, "as scripted")
    with store.write() as tx:
        accounts.save_failure(tx, mine, error, state="blocked", state_reason=failure, now=now, due_at=now + MINUTE)
        blindness.note_blind(tx, key, now)


def heals(store: Store, key: str, at: int = 30) -> None:
    """One read of that account brings its page."""
    now = NOON + at * MINUTE
    which = next(a for a in TEN if a.key == key)
    sample.read(store, sample.UNCHANGED, now, which)
    with store.write() as tx:
        blindness.note_sight(tx, key, "weibo", now, was_blind=True)


def is_open(store: Store) -> list[tuple[str, str]]:
    with store.read() as tx:
        return sorted((row.kind, row.subject) for row in incidents.list_incidents(tx, closed=False, limit=100))


def told(store: Store) -> int:
    with store.read() as tx:
        return len(sample.rows(tx, deliveries, "id"))


def test_few_accounts_have_an_incident_each(store: Store) -> None:
    sample.people(store, *TEN)
    for key in ("a0", "a1"):
        fails(store, key)
    assert is_open(store) == [("account_unreadable", "a0"), ("account_unreadable", "a1")]
    heals(store, "a0")
    assert is_open(store) == [("account_unreadable", "a1")]


def test_many_that_fail_for_one_cause_are_one_incident_and_no_storm(store: Store) -> None:
    sample.people(store, *TEN)
    sample.receivers(store, receiver("ops", ops=True))
    for n in range(10):
        fails(store, f"a{n}")
    assert ("platform_unreadable", "weibo blocked") in is_open(store)
    assert (len(is_open(store)), told(store)) == (3, 3)
    with store.read() as tx:
        (group,) = [r for r in incidents.list_incidents(tx, closed=False, limit=9) if r.kind == "platform_unreadable"]
    assert group.detail == {"platform": "weibo", "cause": "blocked", "count": "10", "watch": "林岚"}


def test_while_one_speaks_for_many_the_others_do_not(store: Store) -> None:
    sample.people(store, *TEN)
    for n in range(3):
        fails(store, f"a{n}")
    with store.write() as tx:
        assert incidents.speak(tx, NOON + 20 * MINUTE, None, []) == 1


def test_the_common_incident_counts_those_that_are_left_and_ends_with_the_last(store: Store) -> None:
    sample.people(store, *TEN)
    for n in range(4):
        fails(store, f"a{n}")
    for n in (0, 1, 2):
        heals(store, f"a{n}")
    with store.read() as tx:
        (group,) = incidents.list_incidents(tx, closed=False, limit=9)
    assert group.detail["count"] == "1"
    heals(store, "a3")
    assert is_open(store) == []


def test_other_causes_are_other_incidents(store: Store) -> None:
    sample.people(store, *TEN)
    for n in range(3):
        fails(store, f"a{n}")
    fails(store, "a4", Failure.GONE)
    assert ("account_unreadable", "a4") in is_open(store)
    for n in range(3):
        fails(store, f"a{n}", Failure.NOT_A_FEED, at=3)
    assert [subject for kind, subject in is_open(store) if kind == "platform_unreadable"] == ["weibo not_a_feed"]


def test_many_that_nobody_reads_are_one_incident(store: Store) -> None:
    sample.people(store, *TEN)
    keys = [a.key for a in TEN]
    with store.write() as tx:
        blindness.settle_overdue(tx, keys, NOON)
    assert is_open(store) == [("platform_unreadable", "weibo overdue")]
    with store.write() as tx:
        blindness.settle_overdue(tx, [], NOON + MINUTE)
    assert is_open(store) == []


def test_accounts_that_are_no_longer_configured_blind_nobody(store: Store) -> None:
    sample.people(store, *TEN)
    for n in range(3):
        fails(store, f"a{n}")
    sample.people(store, TEN[9], at=NOON + 5 * MINUTE)
    assert is_open(store) == []


@pytest.mark.parametrize(
    ("source", "native_id", "page"),
    [
        ("weibo", "1234567890", "https://weibo.com/u/1234567890"),
        ("x", "44196", "https://x.com/i/user/44196"),
        ("x", "@lin_example", "https://x.com/lin_example"),
        ("bluesky", "did:plc:abc", "https://bsky.app/profile/did:plc:abc"),
        ("mastodon", "social.example/@lin", "https://social.example/@lin"),
        ("telegram", "yunque", "https://t.me/s/yunque"),
        ("feed", "feeds.example/lin", ""),
    ],
)
def test_who_cannot_be_read_is_named_with_the_page_to_watch_by_hand(
    store: Store, source: str, native_id: str, page: str
) -> None:
    sample.people(store, account("a0", source=source, native_id=native_id))
    with store.write() as tx:
        taken = accounts.claim_accounts(tx, NOON, limit=1)[0]
        error = FetchError(Failure.CAPTCHA, "as scripted")
        accounts.save_failure(tx, taken, error, state="blocked", state_reason="captcha", now=NOON, due_at=NOON)
        blindness.note_blind(tx, "a0", NOON)
    with store.read() as tx:
        (found,) = incidents.list_incidents(tx, closed=False, limit=9)
    assert found.detail["watch"] == f"林岚 {page}".rstrip()
