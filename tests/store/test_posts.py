from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.errors import NotFoundError
from monitor.model.posts import Origin, Part
from monitor.store import Store, accounts
from monitor.store.schema import accounts as table
from monitor.store.schema import payloads, posts, revisions, sightings
from tests.store import sample
from tests.store.sample import NOON, page, pending, post, read

MINUTE = timedelta(minutes=1)


def _texts(store: Store) -> list[tuple[object, ...]]:
    with store.read() as tx:
        return sample.rows(tx, revisions, "no", "cause", "state", "effective_at")


def _current(store: Store) -> list[object]:
    with store.read() as tx:
        return [row[0] for row in sample.rows(tx, posts, "current_rev")]


def _judged(store: Store, at: datetime) -> list[tuple[int, bool]]:
    """Judge all that waits; answers number and whether it is current, of each text."""
    taken = pending(store, at)
    for revision in taken:
        sample.judge(store, revision, [], at)
    return [(revision.no, revision.is_current) for revision in taken]


def test_a_new_post_is_stored_with_all_that_belongs_to_it(store: Store) -> None:
    sample.people(store)
    saved = read(store, page(post("p1", at=NOON - MINUTE)), NOON)
    assert (saved.new_posts, saved.new_revisions, saved.known, saved.gap_opened) == (1, 0, 0, False)
    assert _texts(store) == [(1, "first", "pending", NOON - MINUTE)]
    with store.read() as tx:
        assert sample.rows(tx, sightings, "post_id", "account_id", "first_at", "last_at") == [(1, 1, NOON, NOON)]
        ((headers, body, status),) = sample.rows(tx, payloads, "headers", "body", "status")
    assert (headers, status) == ({"etag": "e1"}, 200)
    assert b"p1" in bytes(str(body), "ascii", "backslashreplace")


def test_what_came_on_one_page_is_judged_in_the_order_in_which_it_was_said(store: Store) -> None:
    sample.people(store)
    minutes = (3, 1, 2)  # a list may show anything first
    sample.read(store, sample.page(*(sample.post(f"p{n}", at=NOON - n * MINUTE) for n in minutes)), NOON)
    assert [revision.effective_at for revision in sample.pending(store, NOON)] == [NOON - n * MINUTE for n in (3, 2, 1)]


def test_reading_the_same_page_again_changes_nothing_but_the_sighting(store: Store) -> None:
    sample.people(store)
    shown = page(post("p1"), post("p2"))
    read(store, shown, NOON)
    saved = read(store, shown, NOON + MINUTE)
    assert (saved.new_posts, saved.new_revisions, saved.known) == (0, 0, 2)
    assert len(_texts(store)) == 2
    with store.read() as tx:
        assert sample.rows(tx, sightings, "first_at", "last_at") == [(NOON, NOON + MINUTE)] * 2
        assert len(sample.rows(tx, payloads, "id")) == 1


@pytest.mark.parametrize(
    ("claimed_at", "effective_at"),
    [
        pytest.param(NOON - 9 * MINUTE, NOON - 9 * MINUTE, id="the platform's time"),
        pytest.param(NOON, NOON, id="this very instant"),
        pytest.param(NOON + MINUTE, NOON, id="never later than seen"),
        pytest.param(None, NOON, id="no time"),
    ],
)
def test_a_post_counts_from_when_it_was_public(
    store: Store, claimed_at: datetime | None, effective_at: datetime
) -> None:
    sample.people(store)
    read(store, page(post("p1", at=claimed_at)), NOON)
    assert [row[3] for row in _texts(store)] == [effective_at]


@pytest.mark.parametrize(
    ("edited_at", "effective_at"),
    [
        pytest.param(NOON + MINUTE, NOON + MINUTE, id="the platform's time"),
        pytest.param(NOON - 9 * MINUTE, NOON + 2 * MINUTE, id="before the post itself"),
        pytest.param(NOON + 9 * MINUTE, NOON + 2 * MINUTE, id="in the future"),
        pytest.param(None, NOON + 2 * MINUTE, id="no time"),
    ],
)
def test_an_edit_is_a_new_text_that_counts_from_the_edit(
    store: Store, edited_at: datetime | None, effective_at: datetime
) -> None:
    sample.people(store)
    read(store, page(post("p1", "前", at=NOON)), NOON)
    saved = read(store, page(post("p1", "后", at=NOON, edited_at=edited_at)), NOON + 2 * MINUTE)
    assert (saved.new_posts, saved.new_revisions) == (0, 1)
    assert _texts(store)[1] == (2, "edited", "pending", effective_at)
    assert _current(store) == [2]


def test_going_back_to_an_earlier_text_judges_it_again_without_a_new_text(store: Store) -> None:
    sample.people(store)
    for n, text in enumerate(("前", "后")):
        read(store, page(post("p1", text)), NOON + n * MINUTE)
    assert _judged(store, NOON + MINUTE) == [(1, False), (2, True)]
    saved = read(store, page(post("p1", "前")), NOON + 2 * MINUTE)
    assert (saved.new_revisions, saved.known) == (0, 1)
    assert [row[:3] for row in _texts(store)] == [(1, "first", "pending"), (2, "edited", "done")]
    assert _judged(store, NOON + 2 * MINUTE) == [(1, True)]


def test_parts_that_could_not_be_had_at_first_complete_the_same_version_once(store: Store) -> None:
    sample.people(store)
    bare = post("p1", "真的有")
    whole = replace(bare, parts=(*bare.parts, Part(Origin.PARENT, "会有云雀9吗？", by_author=False)), completes=True)
    read(store, page(bare), NOON)
    assert _judged(store, NOON) == [(1, True)]
    saved = read(store, page(whole), NOON + MINUTE)
    assert (saved.new_posts, saved.new_revisions, saved.known) == (0, 0, 1)
    assert _texts(store) == [(1, "completed", "pending", NOON)]
    (taken,) = pending(store, NOON + MINUTE)
    assert taken.parts == whole.parts
    sample.judge(store, taken, [], NOON + MINUTE)
    for minutes, shown in ((2, whole), (3, bare)):
        read(store, page(shown), NOON + minutes * MINUTE)
        assert _texts(store) == [(1, "completed", "done", NOON)], "nothing is judged a third time, nor forgotten"


def test_one_post_seen_by_two_accounts_is_one_post_whose_text_is_that_of_the_first(store: Store) -> None:
    ours, other = sample.account("a"), sample.account("b")
    sample.people(store, ours, other)
    read(store, page(post("p1", "全文")), NOON, ours)
    read(store, page(post("p1", "全…")), NOON, other)
    assert _current(store) == [1]
    assert _judged(store, NOON) == [(1, True), (2, False)]
    for n in range(1, 4):
        read(store, page(post("p1", "全文")), NOON + n * MINUTE, ours)
        read(store, page(post("p1", "全…")), NOON + n * MINUTE, other)
    assert len(_texts(store)) == 2
    with store.read() as tx:
        assert sample.rows(tx, sightings, "post_id", "account_id") == [(1, 1), (1, 2)]
    assert _judged(store, NOON + 3 * MINUTE) == [], "two texts that take turns must not be judged for ever"


def test_a_post_whose_first_account_was_removed_follows_the_other(store: Store) -> None:
    ours, other = sample.account("a"), sample.account("b")
    sample.people(store, ours, other)
    read(store, page(post("p1", "前")), NOON, ours)
    sample.people(store, other, at=NOON)
    read(store, page(post("p1", "后")), NOON + MINUTE, other)
    assert _current(store) == [2]


def test_two_texts_for_one_post_on_one_page_are_both_judged_and_do_not_take_turns(store: Store) -> None:
    sample.people(store)
    shown = page(post("p1", "新"), post("p1", "旧"))
    read(store, shown, NOON)
    assert _current(store) == [1]
    assert _judged(store, NOON) == [(1, True), (2, False)]
    read(store, shown, NOON + MINUTE)
    assert _judged(store, NOON + MINUTE) == []
    read(store, page(post("p1", "更新"), post("p1", "旧")), NOON + 2 * MINUTE)
    assert _current(store) == [3]


def test_a_page_of_more_posts_than_a_statement_takes_is_stored_whole(store: Store) -> None:
    sample.people(store)
    shown = page(*(post(f"p{n}") for n in range(1200)))
    assert read(store, shown, NOON).new_posts == 1200
    assert read(store, shown, NOON + MINUTE).known == 1200


def test_the_same_id_on_two_platforms_is_two_posts(store: Store) -> None:
    sample.people(store)
    assert read(store, page(post("1"), post("1", platform="other.example")), NOON).new_posts == 2


@pytest.mark.parametrize(
    ("changes", "new_posts"),
    [
        pytest.param({}, 0, id="nothing but the id"),
        pytest.param({"url": None}, 1, id="without an address"),
        pytest.param({"url": "https://blog.example/other"}, 1, id="another address"),
        pytest.param({"content_hash": "other"}, 1, id="another text"),
        pytest.param({"claimed_at": NOON}, 1, id="another time"),
        pytest.param({"platform": "other.example"}, 1, id="another platform"),
    ],
)
def test_a_site_that_changes_how_it_makes_ids_tells_nothing_new(
    store: Store, changes: dict[str, object], new_posts: int
) -> None:
    sample.people(store)
    old = post("p1", at=NOON - MINUTE)
    read(store, page(old), NOON)
    changed = replace(old, native_id="https://blog.example/?p=1", **changes)  # type: ignore[arg-type]
    saved = [read(store, page(changed), NOON + n * MINUTE) for n in (1, 2)]
    assert (saved[0].new_posts, saved[0].gap_opened) == (new_posts, bool(new_posts))
    assert saved[1].known == 1
    assert len(_texts(store)) == 1 + new_posts


def test_only_the_present_text_of_a_post_of_the_same_account_is_known_by_another_id(store: Store) -> None:
    ours, other = sample.account("a"), sample.account("b")
    sample.people(store, ours, other)
    for n, text in enumerate(("前", "后")):
        read(store, page(post("p1", text, url="https://blog.example/p")), NOON + n * MINUTE, ours)
    strange = post("p2", "前", url="https://blog.example/p")
    assert read(store, page(strange), NOON + 2 * MINUTE, ours).new_posts == 1
    theirs = post("p3", "后", url="https://blog.example/p")
    assert read(store, page(theirs), NOON + 2 * MINUTE, other).new_posts == 1


def test_posts_from_elsewhere_leave_the_reads_of_their_account_as_they_are(store: Store) -> None:
    sample.people(store)
    read(store, page(post("p1"), post("p2")), NOON)
    with store.read() as tx:
        before = sample.rows(tx, table, "state", "etag", "claim_no", "last_success_at", "due_at")
    older = page(post("p1", "another text"), post("p0", at=NOON - MINUTE))
    with store.write() as tx:
        saved = accounts.save_beside(tx, sample.account(), older, NOON + MINUTE)
    assert (saved.new_posts, saved.new_revisions, saved.known) == (1, 1, 0)
    assert _current(store) == [1, 1, 1]
    with store.read() as tx:
        assert sample.rows(tx, table, "state", "etag", "claim_no", "last_success_at", "due_at") == before
        seen = [last_at for (last_at,) in sample.rows(tx, sightings, "last_at")]
    assert seen == [NOON, NOON, NOON - timedelta(seconds=1)]
    assert not read(store, page(post("p1"), post("p3")), NOON + MINUTE).gap_opened
    with store.write() as tx, pytest.raises(NotFoundError):
        accounts.save_beside(tx, sample.account("nobody"), older, NOON)
