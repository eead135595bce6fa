"""Which pictures are wanted and when, which is which, and what stays when a post is taken down: tables of decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.evidence import (
    MOST_BYTES,
    MOST_BYTES_OF_A_POST,
    judge_answer,
    new_pictures,
    newer_address,
    next_try,
    place_of,
    room_for,
    wants_pictures,
    what_stays,
)
from monitor.model.people import AfterDeletion
from monitor.model.posts import Media, MediaKind, MediaState
from monitor.model.rulebook import BEGINNING, NEVER

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEEP, DIGEST, PURGE = AfterDeletion.KEEP, AfterDeletion.DIGEST, AfterDeletion.PURGE


def pictures(*urls: str) -> tuple[Media, ...]:
    return tuple(Media(MediaKind.PICTURE, url) for url in urls)


@pytest.mark.parametrize(
    ("flagged", "lifts", "wanted"),
    [
        pytest.param(True, (), (True, "flagged"), id="flagged"),
        pytest.param(False, (), (False, "no_reason"), id="an author who knows nothing"),
        pytest.param(False, (NOON + 72 * HOUR,), (True, "event_near"), id="just near enough"),
        pytest.param(False, (NOON + 72 * HOUR + timedelta(seconds=1),), (False, "no_reason"), id="too early"),
        pytest.param(False, (NOON,), (False, "no_reason"), id="no secret any more"),
        pytest.param(False, (NEVER, BEGINNING, NOON + HOUR), (True, "event_near"), id="one of several"),
        pytest.param(False, (NEVER, BEGINNING), (False, "no_reason"), id="without a day"),
    ],
)
def test_pictures_are_wanted_of_what_is_flagged_and_near_a_launch(
    lifts: tuple[datetime, ...], wanted: tuple[bool, str], *, flagged: bool
) -> None:
    assert wants_pictures(flagged=flagged, posted_at=NOON, lifts=lifts) == wanted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://wx1.pics.example/large/a.jpg", "https://wx3.pics.example/large/a.jpg", True),
        (
            "https://a.example/a.jpg?Expires=1900000000&sig=abcdefghijkl",
            "https://a.example/a.jpg?Expires=1900000999",
            True,
        ),
        ("https://a.example/show?id=1", "https://a.example/show?id=2", False),
        ("https://a.example/a.jpg", "https://a.example/b.jpg", False),
        ("https://a.example/a.jpg", "https://b.other/a.jpg", False),
        ("http://[broken/a.jpg", "http://[broken/b.jpg", False),
    ],
)
def test_a_picture_is_known_by_its_place(one: str, other: str, *, same: bool) -> None:
    assert (place_of(one) == place_of(other)) is same


def test_new_pictures_are_those_that_are_shown_more_often_than_known() -> None:
    a, b, c = pictures("https://a.example/a", "https://a.example/b", "https://a.example/c")
    assert new_pictures((a,), (a, b, c)) == (b, c)
    assert new_pictures((a,), (a, a)) == (a,)
    assert new_pictures((a, b), (b,)) == ()


def test_the_address_that_is_good_now_takes_the_place_of_the_old_one() -> None:
    old, new = "https://a.example/a?token=aaaaaaaaaaaa", "https://a.example/a?token=bbbbbbbbbbbb"
    assert newer_address(old, pictures(new)) == new
    assert newer_address(old, pictures("https://a.example/b")) == old


@pytest.mark.parametrize(
    ("status", "content_type", "size", "before", "state", "note"),
    [
        (200, "image/jpeg", 9, 0, MediaState.KEPT, ""),
        (200, "", 9, 0, MediaState.KEPT, ""),
        (200, "application/octet-stream", 9, MOST_BYTES_OF_A_POST - 9, MediaState.KEPT, ""),
        (200, "image/png", 9, MOST_BYTES_OF_A_POST - 8, MediaState.REFUSED, "post too large"),
        (200, "text/html; charset=utf-8", 9, 0, MediaState.WANTED, "no picture"),
        (200, "Application/JSON", 9, 0, MediaState.WANTED, "no picture"),
        (200, "image/jpeg", 0, 0, MediaState.WANTED, "no picture"),
        (404, "text/html", 9, 0, MediaState.GONE, "status 404"),
        (410, "", 0, 0, MediaState.GONE, "status 410"),
        (451, "", 0, 0, MediaState.GONE, "status 451"),
        (403, "", 0, 0, MediaState.WANTED, "status 403"),
        (429, "", 0, 0, MediaState.WANTED, "status 429"),
        (503, "", 0, 0, MediaState.WANTED, "status 503"),
        (206, "image/jpeg", 9, 0, MediaState.WANTED, "status 206"),
    ],
)
def test_what_an_answer_means(
    status: int, content_type: str, size: int, before: int, state: MediaState, note: str
) -> None:
    settled = judge_answer(status, content_type, size, before)
    assert (settled.state, settled.note) == (state, note)


def test_a_picture_has_as_much_room_as_its_post_has_left() -> None:
    assert [room_for(n) for n in (0, MOST_BYTES_OF_A_POST - 5, MOST_BYTES_OF_A_POST + 5)] == [MOST_BYTES, 5, 0]


def test_a_picture_is_tried_for_a_day_at_growing_distances() -> None:
    at, tries, waits = NOON, 0, []
    while True:
        tries += 1
        due_at = next_try(tries, NOON, at)
        if due_at is None:
            break
        waits.append((due_at - at).total_seconds())
        at = due_at
    assert waits[:7] == [10, 30, 120, 300, 900, 1800, 3600]
    assert max(waits) == 3600
    assert at == NOON + DAY


@pytest.mark.parametrize(
    ("wish", "gone_for", "flagged", "reviewed", "stays", "why"),
    [
        (KEEP, 9 * DAY, True, True, KEEP, "kept"),
        (DIGEST, HOUR, True, False, KEEP, "to_be_reviewed"),
        (PURGE, HOUR, True, False, KEEP, "to_be_reviewed"),
        (DIGEST, HOUR, True, True, DIGEST, "reviewed"),
        (PURGE, HOUR, True, True, PURGE, "reviewed"),
        (PURGE, DAY, True, False, PURGE, "day_over"),
        (DIGEST, DAY, True, False, DIGEST, "day_over"),
        (PURGE, timedelta(0), False, False, PURGE, "not_flagged"),
    ],
)
def test_what_stays_of_a_deleted_post(
    wish: AfterDeletion, gone_for: timedelta, stays: AfterDeletion, why: str, *, flagged: bool, reviewed: bool
) -> None:
    assert what_stays(wish, NOON, flagged=flagged, reviewed=reviewed, now=NOON + gone_for) == (stays, why)
