"""What is kept for how long, and that what is gone is gone from the file too."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from monitor.model.messages import Verdict
from monitor.store import Store, retention, reviews
from monitor.store.schema import alert_events, deliveries, findings, payloads, posts, revisions
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON, page, post, receiver, send, step

DAY = timedelta(days=1)
CANARY = "一只金丝雀"


@pytest.fixture
def kept(store: Store) -> Store:
    """One harmless post, judged, and one leak that was told."""
    fill(store)
    return store


def fill(store: Store) -> None:
    sample.people(store)
    sample.receivers(store, receiver("desk"))
    sample.read(store, page(post("harmless", CANARY)), NOON)
    sample.judge(store, sample.pending(store, NOON)[0], [], NOON)
    at = NOON + timedelta(minutes=2)
    sample.read(store, page(post("harmless", CANARY), post("leak", f"云雀9 {CANARY}", at=at), etag="e2"), at)
    sample.judge(store, sample.pending(store, at)[0], [sample.finding()], at)
    send(store, "desk", step(), at)


def purge(store: Store, at: datetime) -> int:
    with store.write() as tx:
        return retention.purge(tx, at, unflagged_days=90, flagged_days=180)


def texts(store: Store) -> list[bool]:
    with store.read() as tx:
        return [bool(parts) for (parts,) in sample.rows(tx, revisions, "parts")]


@pytest.mark.parametrize(
    ("days", "reviewed", "left"),
    [
        pytest.param(89, True, [True, True], id="within both"),
        pytest.param(91, True, [False, True], id="the harmless one goes first"),
        pytest.param(181, True, [False, False], id="the judged leak goes later"),
        pytest.param(999, False, [False, True], id="a leak that nobody judged stays"),
    ],
)
def test_texts_go_when_their_time_is_over(kept: Store, days: int, left: list[bool], *, reviewed: bool) -> None:
    if reviewed:
        with kept.write() as tx:
            reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON + DAY)
    purge(kept, NOON + days * DAY)
    assert texts(kept) == left
    with kept.read() as tx:
        assert broken_invariants(tx) == []


def test_a_second_purge_finds_nothing_to_do(kept: Store) -> None:
    assert [purge(kept, NOON + 99 * DAY) for _ in range(2)] == [1, 0]


def test_identity_and_hash_stay_so_that_the_post_does_not_alert_again(kept: Store) -> None:
    purge(kept, NOON + 99 * DAY)
    at = NOON + 99 * DAY
    saved = sample.read(kept, page(post("harmless", CANARY), etag="e3"), at)
    assert (saved.new_posts, saved.new_revisions, sample.pending(kept, at)) == (0, 0, [])


def test_nothing_of_a_purged_text_is_left_in_any_row(kept: Store) -> None:
    with kept.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON + DAY)
    purge(kept, NOON + 200 * DAY)
    with kept.read() as tx:
        for table, column in ((findings, "id"), (payloads, "id")):
            assert sample.rows(tx, table, column) == []
        assert {body for (body,) in sample.rows(tx, deliveries, "body")} == {None}
        assert all(found == [] for (found,) in sample.rows(tx, alert_events, "findings"))
        assert len(tx.execute(select(posts)).all()) == 2


def test_nothing_of_a_purged_text_is_left_in_the_file(file_url: str) -> None:
    with Store(file_url) as store:
        fill(store)
        with store.write() as tx:
            reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON + DAY)
        purge(store, NOON + 200 * DAY)
        with store.read() as tx:
            tx.execute(text("rollback"))
            tx.execute(text("pragma wal_checkpoint(truncate)"))
        path = Path(file_url.removeprefix("sqlite:///"))
        for file in path.parent.glob(path.name + "*"):
            assert CANARY.encode() not in file.read_bytes()
