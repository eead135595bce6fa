"""A calendar's text -> what takes place when: zones, clocks set back, whole days, exceptions, texts without end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.ics import TooMuchError, from_json, occurrences, to_json
from monitor.model.calendars import Attendee
from monitor.rota import CalendarError, work_out

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)


def calendar(*events: str) -> str:
    bodies = "".join(f"BEGIN:VEVENT\nUID:{no}\n{event.strip()}\nEND:VEVENT\n" for no, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Yunque//Duty//EN\n{bodies}END:VCALENDAR\n"


NIGHTS = """
SUMMARY:night
DTSTART;TZID=Europe/Berlin:20261001T180000
DTEND;TZID=Europe/Berlin:20261002T090000
RRULE:FREQ=DAILY
"""
MOVED = """
SUMMARY:weekly
DTSTART:20261024T080000Z
DURATION:PT8H
RRULE:FREQ=DAILY;COUNT=3
EXDATE:20261025T080000Z
"""


def spans(text: str, days: int = 3) -> list[tuple[str, str]]:
    found = occurrences(text, NOON, NOON + timedelta(days=days), SHANGHAI)
    return [(f"{it.starts_at:%d %H:%M}", f"{it.ends_at:%d %H:%M}") for it in found]


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        pytest.param(
            NIGHTS,
            [("24 16:00", "25 08:00"), ("25 17:00", "26 08:00"), ("26 17:00", "27 08:00")],
            id="nights keep their hours when the clocks are set back",
        ),
        pytest.param(MOVED, [("24 08:00", "24 16:00"), ("26 08:00", "26 16:00")], id="a day that is left out"),
        pytest.param(
            "DTSTART;VALUE=DATE:20261025\nDTEND;VALUE=DATE:20261026", [("24 16:00", "25 16:00")], id="a whole day"
        ),
        pytest.param("DTSTART;VALUE=DATE:20261025", [("24 16:00", "25 16:00")], id="a day that does not say its end"),
        pytest.param(
            "DTSTART:20261025T090000\nDTEND:20261025T180000", [("25 01:00", "25 10:00")], id="without a zone: ours"
        ),
        pytest.param("DTSTART:20261024T110000Z\nDTEND:20261024T130000Z", [("24 11:00", "24 13:00")], id="under way"),
        pytest.param("DTSTART:20261024T110000Z\nDTEND:20261024T120000Z", [], id="over"),
        pytest.param("STATUS:CANCELLED\nDTSTART:20261025T110000Z\nDTEND:20261025T120000Z", [], id="cancelled"),
    ],
)
def test_what_takes_place_when(event: str, wanted: list[tuple[str, str]]) -> None:
    assert spans(calendar(event)) == wanted


def test_one_time_of_many_can_be_moved_and_given_to_somebody_else() -> None:
    other = "SUMMARY:other\nRECURRENCE-ID:20261026T080000Z\nDTSTART:20261026T100000Z\nDURATION:PT2H"
    moved = calendar(MOVED, other).replace("UID:1", "UID:0")
    found = occurrences(moved, NOON, NOON + timedelta(days=3), SHANGHAI)
    assert sorted((f"{it.starts_at:%d %H:%M}", it.summary) for it in found) == [
        ("24 08:00", "weekly"),
        ("26 10:00", "other"),
    ]


def test_who_was_asked_and_in_which_order() -> None:
    text = calendar(
        "SUMMARY:值班\nPRIORITY:1\nDTSTART:20261025T000000Z\nDTEND:20261026T000000Z\n"
        "ATTENDEE;CN=Zhou Min;PARTSTAT=ACCEPTED:MAILTO:Zhou@yunque.example\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:chen@yunque.example\n"
        "ATTENDEE;CUTYPE=ROOM:mailto:room-1@yunque.example\n"
        'ATTENDEE;CN="He, Yu":urn:uuid:1'
    )
    (found,) = occurrences(text, NOON, NOON + timedelta(days=3), SHANGHAI)
    assert found.attendees == (Attendee("Zhou Min", "Zhou@yunque.example"), Attendee("He, Yu", ""))
    assert (found.summary, found.rank) == ("值班", 1)
    assert from_json(to_json([found])) == (found,)


def test_more_than_a_table_of_duty_can_hold_is_refused() -> None:
    with pytest.raises(TooMuchError):
        spans(calendar("DTSTART:20261024T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY"))


EVERY_SECOND = calendar("DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY")
NEVER = calendar(*["DTSTART:19700101T000000Z\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"] * 5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(EVERY_SECOND, "too_much", id="a recurrence every second"),
        pytest.param(NEVER, "too_much", id="recurrences that never come"),
        pytest.param("<html>Sign in</html>", "no_calendar", id="a page to sign in"),
        pytest.param("", "no_calendar", id="nothing"),
        pytest.param("BEGIN:VCALENDAR\n", "no_calendar", id="cut off"),
        pytest.param(calendar("DTSTART:20261024T990000Z"), "no_calendar", id="an hour that there is not"),
        pytest.param("BEGIN:VCALENDAR\n" * 100_000, "no_calendar", id="calendars in calendars"),
    ],
)
def test_strangers_texts_end_within_bounds(text: str, problem: str) -> None:
    with pytest.raises(CalendarError) as caught:
        work_out(text.encode(), NOON, SHANGHAI)
    assert caught.value.problem == problem


def test_a_calendar_is_worked_out_by_a_process_of_its_own() -> None:
    found = work_out(b"\xef\xbb\xbf" + calendar(NIGHTS).encode(), NOON, SHANGHAI)
    assert len(found) == 32
    assert found[0].starts_at == datetime(2026, 10, 23, 16, tzinfo=UTC)
