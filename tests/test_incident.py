"""When trouble speaks, as timelines of decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.incident import (
    BLINDING,
    LOW_BYTES,
    IncidentKind,
    OpenTrouble,
    Word,
    is_low,
    next_event,
    next_word,
    overdue_reviews,
    reminder_at,
    skew_s,
    warning_at,
)
from monitor.model.messages import IncidentEvent

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLIND = OpenTrouble(IncidentKind.ACCOUNT_UNREADABLE, NOON, NOON)


def told_at(until: timedelta, every: timedelta, trouble: OpenTrouble = BLIND) -> list[timedelta]:
    """After how long it speaks again, if it is looked at so often."""
    spoken, now = [], NOON
    while now < NOON + until:
        now += every
        if next_word(trouble, now, None).event is IncidentEvent.REMINDED:
            spoken.append(now - NOON)
            trouble = replace(trouble, told_at=now)
    return spoken


def test_trouble_speaks_again_after_15_minutes_an_hour_and_then_every_four() -> None:
    hours = [timedelta(hours=h) for h in (1, 5, 9, 13, 17, 21)]
    assert told_at(DAY, timedelta(seconds=30)) == [15 * MINUTE, *hours]


def test_looking_late_moves_no_later_reminder() -> None:
    assert told_at(6 * HOUR, 7 * MINUTE) == [21 * MINUTE, 63 * MINUTE, 301 * MINUTE]


def test_what_was_missed_while_nobody_looked_is_said_once() -> None:
    woken = NOON + 14 * HOUR
    assert next_word(BLIND, woken, None).event is IncidentEvent.REMINDED
    assert reminder_at(NOON, woken) == NOON + 17 * HOUR


@pytest.mark.parametrize(
    ("trouble", "after", "launch_in", "word"),
    [
        pytest.param(BLIND, 14 * MINUTE, None, Word(None, "told_lately"), id="just told"),
        pytest.param(BLIND, 15 * MINUTE, None, Word(IncidentEvent.REMINDED, "still_open"), id="a reminder"),
        pytest.param(replace(BLIND, taken_at=NOON), DAY, HOUR, Word(None, "taken"), id="taken"),
        pytest.param(replace(BLIND, covered=True), DAY, HOUR, Word(None, "covered"), id="one speaks for many"),
        pytest.param(BLIND, MINUTE, 72 * HOUR, Word(IncidentEvent.ESCALATED, "event_near"), id="near a launch"),
        pytest.param(BLIND, MINUTE, 73 * HOUR, Word(None, "told_lately"), id="a launch that is far"),
        pytest.param(BLIND, MINUTE, -HOUR, Word(None, "told_lately"), id="a launch that is over"),
        pytest.param(
            replace(BLIND, escalated_at=NOON), 15 * MINUTE, HOUR, Word(IncidentEvent.REMINDED, "still_open"), id="once"
        ),
        pytest.param(
            replace(BLIND, kind=IncidentKind.DISK_LOW), MINUTE, HOUR, Word(None, "told_lately"), id="no blindness"
        ),
        pytest.param(
            replace(BLIND, told_at=NOON + DAY),
            MINUTE,
            None,
            Word(IncidentEvent.REMINDED, "clock_was_ahead"),
            id="told in the future, by a clock that was ahead",
        ),
    ],
)
def test_what_trouble_has_to_say(
    trouble: OpenTrouble, after: timedelta, launch_in: timedelta | None, word: Word
) -> None:
    now = NOON + after
    assert next_word(trouble, now, None if launch_in is None else now + launch_in) == word


def test_trouble_that_opened_in_the_future_of_a_wrong_clock_does_not_wait_for_it() -> None:
    assert reminder_at(NOON + 30 * DAY, NOON) == NOON + 4 * HOUR


def test_only_kinds_that_exist_blind_us() -> None:
    assert set(IncidentKind) > BLINDING


@pytest.mark.parametrize(
    ("offsets_s", "skew"),
    [
        pytest.param([90.0, 95.0], None, id="too few hosts"),
        pytest.param([90.0, 95.0, 88.0], 90.0, id="all say so"),
        pytest.param([0.2, -3000.0, 0.4], 0.2, id="one host is wrong"),
    ],
)
def test_our_clock_is_judged_by_most_hosts(offsets_s: list[float], skew: float | None) -> None:
    assert skew_s(offsets_s) == skew


def test_a_disk_that_was_low_needs_some_room_to_be_well() -> None:
    free = LOW_BYTES + 1
    assert (is_low(free, was_low=False), is_low(free, was_low=True), is_low(2 * free, was_low=True)) == (
        False,
        True,
        False,
    )


def test_the_next_event_is_the_soonest_that_is_ahead() -> None:
    assert next_event([NOON - HOUR, NOON + DAY, NOON + HOUR], NOON) == NOON + HOUR
    assert next_event([NOON - HOUR], NOON) is None


def test_a_review_is_overdue_from_its_day_on() -> None:
    assert overdue_reviews({"lin": NOON, "zhou": NOON + DAY, "chen": None}, NOON) == ["lin"]


@pytest.mark.parametrize(
    ("made_before", "left", "warned_before"),
    [
        pytest.param(30 * DAY, 4 * DAY, None, id="too early"),
        pytest.param(30 * DAY, 3 * DAY, 3 * DAY, id="three days before its end"),
        pytest.param(30 * DAY, 25 * HOUR, 3 * DAY, id="until the next"),
        pytest.param(30 * DAY, DAY, DAY, id="a day before its end"),
        pytest.param(30 * DAY, MINUTE, DAY, id="up to its end"),
        pytest.param(30 * DAY, 0 * DAY, None, id="not when it has ended"),
        pytest.param(2 * DAY, 36 * HOUR, None, id="a short one is not warned of when it is made"),
        pytest.param(2 * DAY, 20 * HOUR, DAY, id="only a day before its end"),
        pytest.param(DAY, HOUR, None, id="one of a day never"),
    ],
)
def test_the_end_of_a_suppression_is_told_three_days_and_a_day_before(
    made_before: timedelta, left: timedelta, warned_before: timedelta | None
) -> None:
    wanted = None if warned_before is None else NOON - warned_before
    assert warning_at(NOON - made_before, NOON, NOON - left) == wanted


def test_what_has_days_of_its_own_speaks_on_no_other() -> None:
    trouble = OpenTrouble(IncidentKind.SUPPRESSION_ENDING, NOON, NOON)
    assert told_at(3 * DAY, HOUR, trouble) == []
