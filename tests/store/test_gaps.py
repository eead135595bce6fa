from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.errors import Failure, FetchError
from monitor.model.posts import FetchedPost, Page
from monitor.store import Store, accounts
from monitor.store.schema import accounts as accounts_table
from monitor.store.schema import gaps, incidents
from tests.store import sample
from tests.store.sample import NOON, UNCHANGED, page, pending, post, read

MINUTE = timedelta(minutes=1)


def _fail(store: Store, state: str, at: datetime) -> None:
    claimed = sample.take_account(store, at)
    error = FetchError(Failure.BLOCKED, "a login wall", status=403)
    with store.write() as tx:
        accounts.save_failure(tx, claimed, error, state=state, state_reason="blocked", now=at, due_at=at)


def _gaps(store: Store) -> Sequence[tuple[object, ...]]:
    with store.read() as tx:
        return sample.rows(tx, gaps, "from_at", "to_at", "cause", "filled_at")


def _incidents(store: Store) -> Sequence[tuple[object, ...]]:
    with store.read() as tx:
        return sample.rows(tx, incidents, "kind", "subject", "closed_at")


def test_a_first_read_is_no_gap(store: Store) -> None:
    sample.people(store)
    assert not read(store, page(post("p1")), NOON).gap_opened
    assert _gaps(store) == []


@pytest.mark.parametrize(
    "shown",
    [page(post("p1")), UNCHANGED, page(), replace(page(post("p2")), joined=True)],
    ids=["overlap", "unchanged", "no posts", "whole"],
)
def test_a_page_that_cannot_hide_anything_is_no_gap(store: Store, shown: Page) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    assert not read(store, shown, NOON + MINUTE).gap_opened
    assert _gaps(store) == []


def test_a_page_without_a_known_post_is_a_gap_and_an_incident_until_pages_overlap_again(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    assert read(store, page(post("p8"), post("p9")), NOON + MINUTE).gap_opened
    assert _gaps(store) == [(NOON, NOON + MINUTE, "no_overlap", None)]
    assert _incidents(store) == [("gap", "lin-blog", None)]
    assert not read(store, page(post("p9")), NOON + 2 * MINUTE).gap_opened
    assert _incidents(store) == [("gap", "lin-blog", NOON + 2 * MINUTE)]
    assert len(_gaps(store)) == 1


def test_a_source_that_went_back_to_the_last_read_needs_no_known_post_to_prove_it(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    assert not read(store, replace(page(post("p9")), joined=True), NOON + MINUTE).gap_opened
    assert read(store, replace(page(post("p11")), joined=True, cut=True), NOON + 2 * MINUTE).gap_opened


def test_a_read_that_had_to_stop_before_the_end_is_a_gap_though_it_shows_a_known_post(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    assert read(store, replace(page(post("p1"), post("p9")), cut=True), NOON + MINUTE).gap_opened
    assert _incidents(store) == [("gap", "lin-blog", None)]


def test_a_page_that_the_source_saw_reach_back_is_no_gap_whatever_it_shows(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    assert not read(store, replace(page(post("p9")), joined=True), NOON + MINUTE).gap_opened


@pytest.mark.parametrize(
    ("shown", "filled"),
    [
        pytest.param(page(post("p2"), post("p1")), True, id="the page reaches back to what we knew"),
        pytest.param(UNCHANGED, True, id="nothing happened meanwhile"),
        pytest.param(page(post("p2")), False, id="posts may be missing"),
    ],
)
def test_a_time_of_no_sight_ends_with_the_next_good_read(store: Store, shown: Page, *, filled: bool) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    for n in (10, 20):
        _fail(store, "blocked", NOON + n * MINUTE)
    assert _gaps(store) == [(NOON, None, "blocked", None)]
    end = NOON + 30 * MINUTE
    assert read(store, shown, end).gap_opened is not filled
    assert _gaps(store) == [(NOON, end, "blocked", end if filled else None)]
    assert _incidents(store) == ([] if filled else [("gap", "lin-blog", None)])


PINNED = post("pin", "欢迎", at=NOON - timedelta(days=300))


def _posts(*numbers: int) -> list[FetchedPost]:
    return [post(f"p{n}", at=NOON - timedelta(days=1) + n * MINUTE) for n in numbers]


@pytest.mark.parametrize(
    ("shown", "gap"),
    [
        pytest.param([PINNED, *_posts(40, 39, 38, 37)], True, id="only the pinned one is known"),
        pytest.param([PINNED, *_posts(40, 39, 38, 1)], True, id="or one that was old before"),
        pytest.param([PINNED, *_posts(10, 9, 8, 7)], False, id="the newest is known"),
        pytest.param([PINNED, *_posts(10, 7, 6)], False, id="the newest was deleted"),
        pytest.param([PINNED, *_posts(2, 1)], False, id="nothing new, though all the newest were deleted"),
    ],
)
def test_a_post_that_stays_on_top_hides_no_gap(store: Store, shown: list[FetchedPost], *, gap: bool) -> None:
    sample.people(store)
    read(store, page(PINNED, *_posts(9, 8, 7, 6, 5, 4, 3, 2, 1)), NOON)
    assert read(store, page(*shown), NOON + MINUTE).gap_opened is gap


def test_a_clock_that_was_ahead_makes_no_gap(store: Store) -> None:
    sample.people(store)
    read(store, page(*_posts(3, 2, 1, 0)), NOON + timedelta(hours=20))
    with store.write() as tx:
        accounts.undo_future(tx, NOON)
    read(store, page(*_posts(4, 3, 2, 1)), NOON)
    assert not read(store, page(*_posts(6, 5, 4, 3)), NOON + MINUTE).gap_opened


def test_an_account_that_was_added_in_a_future_is_watched_from_when_the_clock_is_right(store: Store) -> None:
    sample.people(store, at=NOON + 300 * MINUTE)
    read(store, page(*_posts(3, 2, 1)), NOON + 300 * MINUTE)
    with store.write() as tx:
        accounts.undo_future(tx, NOON)
        assert sample.rows(tx, accounts_table, "added_at", "last_success_at", "due_at") == [(NOON, NOON, NOON)]
    assert not read(store, page(*_posts(6, 5, 4, 3)), NOON + MINUTE).gap_opened


def test_a_hiccup_is_no_gap(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    _fail(store, "ok", NOON + MINUTE)
    assert _gaps(store) == []


@pytest.mark.parametrize(
    ("written_at", "blind"),
    [
        pytest.param(NOON - MINUTE, False, id="before"),
        pytest.param(NOON, True, id="at its beginning"),
        pytest.param(NOON + 15 * MINUTE, True, id="within"),
        pytest.param(NOON + 30 * MINUTE, True, id="at its end"),
        pytest.param(None, True, id="at no stated time"),
    ],
)
def test_a_post_from_a_time_of_no_sight_is_told_as_found_late(
    store: Store, written_at: datetime | None, *, blind: bool
) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    pending(store, NOON)
    _fail(store, "stale", NOON + 20 * MINUTE)
    read(store, page(post("p2", at=written_at), post("p1")), NOON + 30 * MINUTE)
    assert [r.was_blind for r in pending(store, NOON + 30 * MINUTE) if r.post_id == 2] == [blind]


def test_posts_after_the_recovery_are_live_again(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1")), NOON)
    _fail(store, "stale", NOON + 20 * MINUTE)
    read(store, page(post("p1")), NOON + 30 * MINUTE)
    read(store, page(post("p2", at=NOON + 31 * MINUTE), post("p1")), NOON + 32 * MINUTE)
    assert [(r.post_id, r.was_blind) for r in pending(store, NOON + 32 * MINUTE)] == [(1, False), (2, False)]


def test_an_account_that_could_not_be_read_from_the_start_was_out_of_sight_since_it_was_added(store: Store) -> None:
    sample.people(store)
    _fail(store, "blocked", NOON + MINUTE)
    old, meanwhile = post("p1", at=NOON - MINUTE), post("p2", at=NOON + 5 * MINUTE)
    assert not read(store, page(old, meanwhile), NOON + 10 * MINUTE).gap_opened
    assert [r.was_blind for r in pending(store, NOON + 10 * MINUTE)] == [False, True]
