"""Who is on duty, and who is told in turn: tables of shifts, with China's public calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from monitor.duty import (
    Step,
    first_call,
    is_anybody_on_duty,
    is_unreadable,
    names_on_duty,
    on_duty,
    spans,
    steps,
    with_calendar,
)
from monitor.model.calendars import Attendee, Calendar, Occurrence
from monitor.model.routing import Days, Duty, Escalation, Member, Roster, Shift
from monitor.model.rulebook import Severity
from monitor.workdays import is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
IN_CHINA = partial(is_workday, in_china=True)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


OFFICE = Shift(("zhou", "chen"), Days.WORKDAYS, time(9), time(18))
NIGHT = Shift(("he",), Days.WORKDAYS, time(18), time(9))
FREE = Shift(("li",), Days.HOLIDAYS)
WEEK = Duty(SHANGHAI, (OFFICE, NIGHT, FREE), in_china=True)


@pytest.mark.parametrize(
    ("duty", "at", "wanted"),
    [
        pytest.param(WEEK, "2026-11-30T09:00:00", ("zhou", "chen"), id="Monday at nine"),
        pytest.param(WEEK, "2026-11-30T17:59:59", ("zhou", "chen"), id="until six"),
        pytest.param(WEEK, "2026-11-30T18:00:00", ("he",), id="then the night"),
        pytest.param(WEEK, "2026-12-01T08:59:00", ("he",), id="which is that of the day before"),
        pytest.param(WEEK, "2026-11-30T08:00:00", (), id="Monday before nine: no night began on Sunday"),
        pytest.param(WEEK, "2026-12-05T03:00:00", ("he",), id="Friday's night goes on into Saturday"),
        pytest.param(WEEK, "2026-12-05T12:00:00", ("li",), id="Saturday"),
        pytest.param(WEEK, "2026-10-01T12:00:00", ("li",), id="a holiday on a Thursday"),
        pytest.param(WEEK, "2026-10-10T12:00:00", ("zhou", "chen"), id="a Saturday that makes up for it"),
        pytest.param(
            Duty(SHANGHAI, (Shift(("a",), since=date(2026, 12, 1), until=date(2026, 12, 7)), Shift(("b",)))),
            "2026-12-07T23:59:00",
            ("a",),
            id="the last day of a week",
        ),
        pytest.param(
            Duty(SHANGHAI, (Shift(("a",), since=date(2026, 12, 1), until=date(2026, 12, 7)), Shift(("b",)))),
            "2026-12-08T00:00:00",
            ("b",),
            id="the next week",
        ),
        pytest.param(
            Duty(SHANGHAI, (Shift(("a",), frozenset({"mon", "wed"})),)),
            "2026-12-02T00:00:00",
            ("a",),
            id="days by name",
        ),
        pytest.param(Duty(SHANGHAI, (OFFICE,)), "2026-11-30T20:00:00", (), id="nobody"),
        pytest.param(None, "2026-11-30T20:00:00", (), id="no table"),
    ],
)
def test_who_is_on_duty(duty: Duty | None, at: str, wanted: tuple[str, ...]) -> None:
    assert on_duty(duty, local(at), IN_CHINA if duty is WEEK else partial(is_workday, in_china=False)) == wanted


@pytest.mark.parametrize(
    ("day", "china", "elsewhere"),
    [
        pytest.param(date(2026, 2, 14), "works", "rests", id="a Saturday that makes up for the new year"),
        pytest.param(date(2026, 2, 17), "rests", "works", id="the new year"),
        pytest.param(date(2199, 1, 1), "works", "works", id="a Tuesday beyond the calendar"),
    ],
)
def test_which_days_people_work(day: date, china: str, elsewhere: str) -> None:
    said = {True: "works", False: "rests"}
    assert said[is_workday(day, in_china=True)] == china
    assert said[is_workday(day, in_china=False)] == elsewhere


ZHOU, CHEN = Member("zhou", "周敏", ("zhou-phone",)), Member("chen", "陈立", ())
RINGS = Escalation({Severity.CRITICAL: timedelta(minutes=3)}, urgent=("siren",), everybody=("comms", "security"))
ROSTER = Roster(team=(ZHOU, CHEN), duty=WEEK, escalation=RINGS)


def test_each_on_duty_then_the_urgent_channel_then_everybody() -> None:
    assert steps(ROSTER, local("2026-11-30T10:00:00"), IN_CHINA) == (
        Step("person", "周敏", ("zhou-phone",)),  # nothing reaches Chen alone
        Step("urgent", "", ("siren",)),
        Step("everybody", "", ("comms", "security")),
    )


def test_a_severity_without_a_wait_and_a_roster_without_anybody_do_not_ring() -> None:
    at = local("2026-11-30T10:00:00")
    assert first_call(ROSTER, Severity.CRITICAL, at, IN_CHINA) == at + timedelta(minutes=3)
    assert first_call(ROSTER, Severity.HIGH, at, IN_CHINA) is None
    assert first_call(Roster(escalation=Escalation(RINGS.waits)), Severity.CRITICAL, at, IN_CHINA) is None


def test_everybody_who_is_on_duty_in_a_week_is_named_once() -> None:
    monday = local("2026-11-30T00:00:00")
    assert names_on_duty(ROSTER, monday, monday + timedelta(days=5), IN_CHINA) == ("周敏", "陈立")
    assert names_on_duty(ROSTER, local("2026-12-05T09:00:00"), local("2026-12-06T09:00:00"), IN_CHINA) == ()
    assert names_on_duty(Roster(), monday, monday + timedelta(days=5), IN_CHINA) == ()


# --- by a calendar --------------------------------------------------------------------------------------------------

TEAM = (
    Member("zhou", "周敏", ids={"mail": "zhou@yunque.example"}),
    Member("chen", "Chen Li", ids={"mail": "chen@yunque.example"}),
    Member("he", "何雨"),
    Member("he-lin", "何雨林"),
)
MONDAY = local("2026-11-30T00:00:00")
BY_CALENDAR = Duty(SHANGHAI, (OFFICE,), calendar=Calendar(file="duty.ics"))


def asked(*named: str, summary: str = "", hours: tuple[float, float] = (0, 24), rank: int = 10) -> Occurrence:
    attendees = tuple(Attendee("", it) if "@" in it else Attendee(it, "") for it in named)
    begins, ends = (MONDAY + timedelta(hours=hour) for hour in hours)
    return Occurrence(begins, ends, summary, attendees, rank)


@pytest.mark.parametrize(
    ("occurrence", "people", "strangers"),
    [
        pytest.param(asked("ZHOU@yunque.example", "chen li"), ("zhou", "chen"), (), id="addresses and names"),
        pytest.param(asked("zhou"), ("zhou",), (), id="a key"),
        pytest.param(asked("Wang Wu", "zhou"), ("zhou",), ("Wang Wu",), id="one of them nobody knows"),
        pytest.param(asked("w@yunque.example"), (), ("w@yunque.example",), id="nobody knows any"),
        pytest.param(asked("duty@yunque.example", summary="周敏"), ("zhou",), ("duty@yunque.example",), id="a list"),
        pytest.param(asked(summary="On call: Chen Li - primary, 周敏"), ("chen", "zhou"), (), id="names in a title"),
        pytest.param(asked(summary="周敏值班"), ("zhou",), (), id="duty written beside a name"),
        pytest.param(asked(summary="何雨林"), ("he-lin",), (), id="not the shorter name inside it"),
        pytest.param(asked(summary="周敏华"), (), ("2026-11-30 00:00",), id="somebody else's name goes on"),
        pytest.param(asked(summary="when the Kingfisher lands"), (), ("2026-11-30 00:00",), id="a title is not told"),
        pytest.param(asked(), (), ("2026-11-30 00:00",), id="nothing at all"),
    ],
)
def test_who_an_entry_is(occurrence: Occurrence, people: tuple[str, ...], strangers: tuple[str, ...]) -> None:
    duty = with_calendar(BY_CALENDAR, [occurrence], TEAM, MONDAY)
    assert tuple(key for entry in duty.entries for key in entry.people) == people
    assert duty.strangers == strangers


def test_whom_nobody_knows_is_told_no_more_when_it_is_over() -> None:
    later = MONDAY + timedelta(days=2)
    assert with_calendar(BY_CALENDAR, [asked("Wang Wu")], TEAM, later).strangers == ()


def test_the_calendar_counts_where_it_has_an_entry_the_shifts_elsewhere() -> None:
    entries = [
        asked("何雨", hours=(8, 12)),
        asked("chen", "何雨", hours=(10, 14), rank=1),
        asked("Wang Wu", hours=(16, 17)),
        asked("zhou", hours=(20, 33)),
    ]
    duty = with_calendar(BY_CALENDAR, entries, TEAM, MONDAY)
    told = [
        (f"{it.since.astimezone(SHANGHAI):%d %H:%M}", it.people)
        for it in spans(duty, MONDAY, MONDAY + timedelta(days=1, hours=10), IN_CHINA)
    ]
    assert told == [
        ("30 00:00", ()),
        ("30 08:00", ("he",)),
        ("30 10:00", ("chen", "he")),
        ("30 14:00", ("zhou", "chen")),
        ("30 18:00", ()),
        ("30 20:00", ("zhou",)),
        ("01 09:00", ("zhou", "chen")),
    ]
    assert all(on_duty(duty, it.since, IN_CHINA) == it.people for it in spans(duty, MONDAY, MONDAY + HALF, IN_CHINA))
    assert spans(None, MONDAY, MONDAY + HALF, IN_CHINA)[0].people == ()


HALF = timedelta(hours=12)


@pytest.mark.parametrize(
    ("duty", "at", "wanted"),
    [
        pytest.param(BY_CALENDAR, "2026-11-30T00:00:00", True, id="the shift of today"),
        pytest.param(BY_CALENDAR, "2026-12-05T00:00:00", False, id="Saturday, and no entry"),
        pytest.param(
            with_calendar(BY_CALENDAR, [asked("zhou", hours=(130, 140))], TEAM, MONDAY),
            "2026-12-05T00:00:00",
            True,
            id="an entry of Saturday",
        ),
    ],
)
def test_whether_anybody_is_on_duty_within_a_day(duty: Duty, at: str, wanted: bool) -> None:  # noqa: FBT001
    assert is_anybody_on_duty(duty, local(at), IN_CHINA) is wanted


@pytest.mark.parametrize(
    ("hours", "problem", "wanted"),
    [(5.9, "timeout", False), (6, "timeout", True), (6, "", True), (0, "no_calendar", True), (0, "too_much", True)],
)
def test_when_a_calendar_is_told_of_as_unreadable(hours: float, problem: str, wanted: bool) -> None:  # noqa: FBT001
    assert is_unreadable(MONDAY, problem, MONDAY + timedelta(hours=hours)) is wanted
