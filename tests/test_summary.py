"""Which summary is due, and what it makes of values. Tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.messages import AlertState, Found, Verdict
from monitor.model.people import Person
from monitor.model.rulebook import Severity
from monitor.model.summaries import (
    BlindSpot,
    Every,
    Lift,
    LiftOf,
    Noise,
    Pair,
    Period,
    Review,
    Schedule,
    SelfTests,
    Tally,
    Unjudged,
    Wait,
    Watched,
)
from monitor.rules.load import book_of
from monitor.summary import (
    Asked,
    Case,
    Figures,
    Gap,
    Word,
    blind_for,
    blind_spots,
    due,
    lifts_ahead,
    next_at,
    noisiest,
    period_of,
    reviews_ahead,
    summarise,
    tally,
    waits,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
at = datetime.fromisoformat
WEEKLY = Schedule(Every.WEEKLY, time(9))
DAILY = Schedule(Every.DAILY, time(9))
LONG_AGO = at("2020-01-01T00:00+00:00")
WEEK = period_of(Every.WEEKLY, date(2030, 6, 10), SHANGHAI)
MONDAY = at("2030-06-03T00:00+08:00")


# --- when -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "ends_on", "zone", "hours"),
    [
        pytest.param(Every.WEEKLY, date(2030, 6, 10), SHANGHAI, (168, 168), id="a week"),
        pytest.param(Every.DAILY, date(2030, 6, 10), SHANGHAI, (24, 24), id="a day"),
        pytest.param(Every.WEEKLY, date(2030, 4, 1), BERLIN, (168, 167), id="clocks set forward"),
        pytest.param(Every.WEEKLY, date(2030, 4, 8), BERLIN, (167, 168), id="set forward the week before"),
        pytest.param(Every.WEEKLY, date(2030, 10, 28), BERLIN, (168, 169), id="clocks set back"),
        pytest.param(Every.DAILY, date(2030, 4, 1), BERLIN, (24, 23), id="a day of 23 hours"),
        pytest.param(Every.DAILY, date(2030, 10, 28), BERLIN, (24, 25), id="a day of 25 hours"),
        pytest.param(Every.DAILY, date(2030, 9, 9), ZoneInfo("America/Santiago"), (24, 23), id="no midnight"),
    ],
)
def test_a_period_is_of_whole_days_where_the_receiver_is(
    every: Every, ends_on: date, zone: ZoneInfo, hours: tuple[int, int]
) -> None:
    period = period_of(every, ends_on, zone)
    lengths = (period.from_at - period.before_at, period.until_at - period.from_at)
    assert tuple(length / timedelta(hours=1) for length in lengths) == hours
    assert period.until_at.astimezone(zone).date() == ends_on


@given(
    ends_on=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu"]),
    every=st.sampled_from(Every),
)
def test_each_period_begins_where_the_one_before_ends(ends_on: date, zone: str, every: Every) -> None:
    period = period_of(every, ends_on, ZoneInfo(zone))
    before = period_of(every, period.begins_on, ZoneInfo(zone))
    assert (before.until_at, before.from_at) == (period.from_at, period.before_at)
    assert not period.has(period.until_at)
    assert period.has(period.from_at)


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "ends_on"),
    [
        pytest.param(WEEKLY, SHANGHAI, "2030-06-10T08:59:59+08:00", date(2030, 6, 3), id="a second before"),
        pytest.param(WEEKLY, SHANGHAI, "2030-06-10T09:00:00+08:00", date(2030, 6, 10), id="on the minute"),
        pytest.param(WEEKLY, SHANGHAI, "2030-06-16T23:00:00+08:00", date(2030, 6, 10), id="Sunday after"),
        pytest.param(WEEKLY, BERLIN, "2030-06-10T07:00:00+00:00", date(2030, 6, 10), id="summer in Berlin"),
        pytest.param(WEEKLY, BERLIN, "2030-01-07T07:59:00+00:00", date(2029, 12, 31), id="winter in Berlin"),
        pytest.param(
            *(Schedule(Every.WEEKLY, time(17), 4), SHANGHAI, "2030-06-10T09:00:00+08:00", date(2030, 6, 7)), id="Friday"
        ),
        pytest.param(DAILY, SHANGHAI, "2030-06-10T08:59:59+08:00", date(2030, 6, 9), id="before nine"),
        pytest.param(DAILY, SHANGHAI, "2030-06-10T09:00:00+08:00", date(2030, 6, 10), id="at nine"),
        pytest.param(
            *(Schedule(Every.DAILY, time(2, 30)), BERLIN, "2030-03-31T01:29:00+00:00", date(2030, 3, 30)),
            id="an hour that is left out has not come",
        ),
        pytest.param(
            *(Schedule(Every.DAILY, time(2, 30)), BERLIN, "2030-03-31T01:30:00+00:00", date(2030, 3, 31)),
            id="an hour that is left out comes right after",
        ),
        pytest.param(
            *(Schedule(Every.DAILY, time(2, 30)), BERLIN, "2030-10-27T00:30:00+00:00", date(2030, 10, 27)),
            id="of an hour that comes twice the first",
        ),
    ],
)
def test_a_summary_is_due_at_its_hour_on_the_receiver_s_clock(
    schedule: Schedule, zone: ZoneInfo, now: str, ends_on: date
) -> None:
    answer = due(schedule, zone, at(now), queued=(), watched_since=LONG_AGO)
    assert (answer.ends_on, answer.reason) == (ends_on, "due")
    again = due(schedule, zone, at(now), queued=[ends_on], watched_since=LONG_AGO)
    assert (again.ends_on, again.reason) == (None, "told")


NOW = at("2030-06-12T10:00+08:00")  # a Wednesday


@pytest.mark.parametrize(
    ("schedule", "queued", "since", "told"),
    [
        pytest.param(WEEKLY, ["2030-05-13"], LONG_AGO, ("2030-06-10", "due"), id="after four weeks the newest alone"),
        pytest.param(WEEKLY, ["2030-06-17"], LONG_AGO, ("2030-06-10", "due"), id="one of a clock that was ahead"),
        pytest.param(
            *(Schedule(Every.WEEKLY, time(17), 4), ["2030-06-10"], LONG_AGO, (None, "told")),
            id="moved to Friday: none of days that were told",
        ),
        pytest.param(DAILY, ["2030-06-11"], LONG_AGO, ("2030-06-12", "due"), id="moved to an earlier hour"),
        pytest.param(WEEKLY, [], None, (None, "not_watched"), id="nobody is watched"),
        pytest.param(WEEKLY, [], at("2030-06-10T00:00+08:00"), (None, "not_watched"), id="watched since it ended"),
        pytest.param(WEEKLY, [], at("2030-06-09T23:00+08:00"), ("2030-06-10", "due"), id="watched for an hour of it"),
    ],
)
def test_of_what_was_missed_the_newest_comes_once(
    schedule: Schedule, queued: list[str], since: datetime | None, told: tuple[str | None, str]
) -> None:
    answer = due(schedule, SHANGHAI, NOW, queued=list(map(date.fromisoformat, queued)), watched_since=since)
    assert (answer.ends_on and answer.ends_on.isoformat(), answer.reason) == told


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "following"),
    [
        (WEEKLY, SHANGHAI, "2030-06-10T09:00:00+08:00", "2030-06-17T09:00+08:00"),
        (WEEKLY, SHANGHAI, "2030-06-10T08:00:00+08:00", "2030-06-10T09:00+08:00"),
        (DAILY, BERLIN, "2030-03-30T12:00:00+01:00", "2030-03-31T09:00+02:00"),
        (Schedule(Every.WEEKLY, time(17), 4), SHANGHAI, "2030-06-10T08:00:00+08:00", "2030-06-14T17:00+08:00"),
    ],
)
def test_the_next_one_is_announced(schedule: Schedule, zone: ZoneInfo, now: str, following: str) -> None:
    assert next_at(schedule, zone, at(now)) == at(following)


# --- alerts -----------------------------------------------------------------------------------------------------


def case(verdict: Verdict | None = None, **changes: Any) -> Case:
    """A live alert, seen after a minute, and not judged unless a verdict is given."""
    posted_at = changes.pop("posted_at", MONDAY)
    plain = Case(
        number=1,
        severity=Severity.HIGH,
        label="Kingfisher",
        person_name="Lin Xiaozhou",
        platform="weibo",
        how=Found.LIVE,
        state=AlertState.REVIEWED if verdict else AlertState.OPEN,
        verdict=verdict,
        assignee=None,
        opened_at=MONDAY + timedelta(seconds=61),
        posted_at=posted_at,
        seen_at=MONDAY + timedelta(seconds=60),
        taken_at=None,
        gone_at=None,
    )
    return replace(plain, **changes)


def test_alerts_are_counted_by_what_people_made_of_them() -> None:
    this = [
        *(case(Verdict.LEAK), case(Verdict.LEAK, state=AlertState.OPEN, gone_at=MONDAY)),
        *(case(Verdict.AUTHORISED), case(Verdict.PUBLIC), case(Verdict.FALSE_POSITIVE)),
        *(case(), case(Verdict.PUBLIC, state=AlertState.OPEN), case(state=AlertState.ACKNOWLEDGED, gone_at=MONDAY)),
    ]
    assert tally(this, [case(Verdict.PUBLIC), case()]) == Tally(
        leaks=Pair(2, 0), allowed=Pair(2, 1), false=Pair(1, 0), unjudged=Pair(3, 1), removed=1
    )


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        pytest.param([], {}, id="no alert"),
        pytest.param([case(how=Found.LATER), case(how=Found.BASELINE)], {}, id="none that came live"),
        pytest.param([case()], {"seen": (60, 60)}, id="seen"),
        pytest.param([case(posted_at=None)], {}, id="nobody knows when it was posted"),
        pytest.param(
            [case(seen_at=after(s), taken_at=after(s + 10 * s)) for s in (10, 20, 60)],
            {"seen": (20, 60), "taken": (200, 600)},
            id="median and slowest",
        ),
        pytest.param([case(seen_at=after(10)), case(seen_at=after(21))], {"seen": (15.5, 21)}, id="of two the middle"),
        pytest.param([case(gone_at=after(90))], {"seen": (60, 60), "gone": (90, 90)}, id="gone after the posting"),
        pytest.param(
            [case(Verdict.LEAK, posted_at=None, gone_at=after(90))], {"gone": (30, 30)}, id="after the seeing"
        ),
        pytest.param(
            [case(v, gone_at=after(90)) for v in (Verdict.PUBLIC, Verdict.AUTHORISED, Verdict.FALSE_POSITIVE)],
            {"seen": (60, 60)},
            id="what may stand is not waited for",
        ),
    ],
)
def test_times_are_of_alerts_that_came_live(cases: list[Case], told: dict[str, tuple[float, float]]) -> None:
    wanted = {name: Wait(timedelta(seconds=a), timedelta(seconds=b)) for name, (a, b) in told.items()}
    assert waits(cases) == wanted


# --- noise ------------------------------------------------------------------------------------------------------


def found(text: str = "如意", rule_id: str = "names") -> Word:
    return Word(rule_id, text)


def judged(right: int, wrong: int, *words: Word, label: str = "Kingfisher") -> list[Case]:
    verdicts = [Verdict.LEAK] * right + [Verdict.FALSE_POSITIVE] * wrong
    return [case(verdict, words=words, label=label) for verdict in verdicts]


PLACES = {"names": "names.toml:12", "prices": "prices.toml:3"}


@pytest.mark.parametrize(
    ("cases", "told", "needs_context"),
    [
        pytest.param(judged(2, 7, found()), Noise("Kingfisher", "names.toml:12", 2, 9, "如意"), True, id="a word"),
        pytest.param(judged(0, 1, found()), None, False, id="once may happen to any"),
        pytest.param(judged(9, 0, found()), None, False, id="always right"),
        pytest.param(judged(2, 2, found()), Noise("Kingfisher", "names.toml:12", 2, 4, "如意"), False, id="half"),
        pytest.param(
            judged(0, 3, found("", "prices"), found("", "prices")),
            Noise("Kingfisher", "prices.toml:3", 0, 3, ""),
            True,
            id="a rule that finds many values is one",
        ),
        pytest.param(
            judged(0, 2, found("云雀")) + judged(9, 3, found()),
            Noise("Kingfisher", "names.toml:12", 9, 12, "如意"),
            False,
            id="the one that was wrong most often",
        ),
        pytest.param(
            judged(0, 1, found("Ru Yi")) + judged(1, 1, found("ＲＵ\u3000ｙｉ"), found("ruyi")),
            Noise("Kingfisher", "names.toml:12", 1, 3, "Ru Yi"),
            True,
            id="one word in several ways",
        ),
        pytest.param([case(words=(found(),))] * 9, None, False, id="nobody has judged"),
        pytest.param(
            judged(0, 2, found(rule_id="gone")), Noise("Kingfisher", "", 0, 2, "如意"), True, id="no such rule"
        ),
        pytest.param(
            [case(v, words=(found(),)) for v in (Verdict.PUBLIC, Verdict.AUTHORISED)] + judged(0, 2, found()),
            Noise("Kingfisher", "names.toml:12", 2, 4, "如意"),
            False,
            id="what was allowed was rightly found",
        ),
    ],
)
def test_the_noisiest_word_or_rule_is_named(cases: list[Case], told: Noise | None, *, needs_context: bool) -> None:
    noise = noisiest(cases, PLACES)
    assert noise == told
    assert (noise is not None and noise.needs_context) is needs_context
    assert "如意" not in repr(noise)


# --- blindness --------------------------------------------------------------------------------------------------


def gap(begin_h: float, end_h: float | None, account: int = 1, **changes: Any) -> Gap:
    """Hours from the Monday on."""
    ends_at = None if end_h is None else MONDAY + timedelta(hours=end_h)
    plain = Gap(account, "weibo", MONDAY + timedelta(hours=begin_h), ends_at, "session_expired", filled=True)
    return replace(plain, **changes)


def spot(begin_h: float, end_h: float | None, accounts: int = 1, reread: int = 1, **changes: Any) -> BlindSpot:
    ends_at = None if end_h is None else MONDAY + timedelta(hours=end_h)
    plain = BlindSpot("weibo", accounts, MONDAY + timedelta(hours=begin_h), ends_at, "session_expired", reread)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("gaps", "spots", "hours"),
    [
        pytest.param([], [], 0, id="never"),
        pytest.param([gap(1, 2)], [spot(1, 2)], 1, id="one"),
        pytest.param([gap(-9, 0)], [], 0, id="ended as the week began"),
        pytest.param([gap(-9, 1)], [spot(-9, 1)], 1, id="of the week counts what lies in it"),
        pytest.param([gap(168, 170)], [], 0, id="began as the week ended"),
        pytest.param([gap(167, None, filled=False)], [spot(167, None, 1, 0)], 1, id="lasts"),
        pytest.param([gap(1, 3), gap(2, 4, 2)], [spot(1, 4, 2, 2)], 3, id="of one cause at one time"),
        pytest.param([gap(1, 9), gap(2, 3, 2), gap(8, 10, 3)], [spot(1, 10, 3, 3)], 9, id="one spans the others"),
        pytest.param([gap(1, 2), gap(3, 4, 2)], [spot(1, 2), spot(3, 4)], 2, id="at other times"),
        pytest.param(
            [gap(1, 3), gap(2, 4, 2, cause="timeout"), gap(2, 4, 3, platform="x")],
            [spot(1, 3), spot(2, 4, cause="timeout"), spot(2, 4, platform="x")],
            3,
            id="other causes and networks; the time counts once",
        ),
        pytest.param([gap(1, 2), gap(1, 2, 2, filled=False)], [spot(1, 2, 2, 1)], 1, id="one was not read again"),
        pytest.param([gap(1, 2), gap(2, 3, filled=False)], [spot(1, 3, 1, 0)], 2, id="one account twice"),
        pytest.param([gap(1, 2, cause="removed")], [], 0, id="an account that was not to be read"),
    ],
)
def test_accounts_that_were_blind_together_are_one_spot(gaps: list[Gap], spots: list[BlindSpot], hours: float) -> None:
    told = blind_spots(reversed(gaps), WEEK)
    assert list(told) == spots
    assert blind_for(told, WEEK, MONDAY + timedelta(days=30)) == timedelta(hours=hours)


def test_what_lasts_counts_up_to_now() -> None:
    lasting = blind_spots([gap(1, None)], WEEK)
    assert blind_for(lasting, WEEK, MONDAY + timedelta(hours=4)) == timedelta(hours=3)


# --- what lies ahead --------------------------------------------------------------------------------------------

BOOK = """
[[events]]
key = "summer"
label = "Summer launch"
starts_at = 2030-06-18T19:00:00+08:00
timezone = "Asia/Shanghai"

[[products]]
key = "yunque-9"
ref = "P-0001"
label = "Kingfisher"
brand = ["云雀"]
names = ["云雀9"]
timezone = "Asia/Shanghai"
kinds = ["product", "price"]
until = "event:summer"

[[products.facts]]
name = "price"
kind = "price"
value = "4499 CNY"

[[products.facts]]
name = "price in Europe"
kind = "price"
value = "499 EUR"
until = "tbd"

[[products]]
key = "bailu-2"
ref = "P-0002"
label = "Egret"
brand = ["白鹭"]
names = ["白鹭2"]
timezone = "Asia/Shanghai"
kinds = ["product"]
until = 2030-06-20T10:00:00+08:00

[[rules]]
id = "names"
kinds = ["product"]
severity = "high"
examples.match = ["云雀9"]
"""
SUMMER = Lift("Summer launch", at("2030-06-18T19:00+08:00"), (LiftOf("Kingfisher", 2, 1),))
EGRET = Lift("", at("2030-06-20T10:00+08:00"), (LiftOf("Egret", 1, 0),))


@pytest.mark.parametrize(
    ("now", "subjects", "told"),
    [
        pytest.param("2030-06-10T09:00+08:00", None, (SUMMER, EGRET), id="both"),
        pytest.param("2030-06-10T09:00+08:00", frozenset({"bailu-2"}), (EGRET,), id="of one owner"),
        pytest.param("2030-06-10T09:00+08:00", frozenset[str](), (), id="of nobody"),
        pytest.param("2030-06-19T09:00+08:00", None, (EGRET,), id="one is public"),
        pytest.param("2030-06-04T18:59+08:00", None, (), id="more than a fortnight ahead"),
        pytest.param("2030-06-04T19:00+08:00", None, (SUMMER,), id="a fortnight ahead"),
    ],
)
def test_what_is_lifted_within_a_fortnight(now: str, subjects: frozenset[str] | None, told: tuple[Lift, ...]) -> None:
    assert lifts_ahead(book_of({"all.toml": BOOK}), at(now), subjects) == told


def test_reviews_of_the_next_fortnight_and_overdue_ones() -> None:
    def person(name: str, due_at: datetime | None) -> Person:
        return Person(name.lower(), name, "VP", SHANGHAI, frozenset(), (), "proof", due_at)

    late, soon = NOW - timedelta(days=3), NOW + timedelta(days=14)
    people = [person("C", soon), person("A", soon + timedelta(seconds=1)), person("B", late), person("D", None)]
    assert reviews_ahead(people, NOW) == (Review("B", late), Review("C", soon))


# --- all of it --------------------------------------------------------------------------------------------------


def test_a_summary_holds_all_of_it_and_names_whatever_waits_for_a_verdict() -> None:
    older = Unjudged(7, "Chen", MONDAY - timedelta(days=30))
    leak = case(Verdict.LEAK, number=12, taken_at=after(120), gone_at=after(600), text="云雀9")
    last = case(number=11, assignee="Zhou", opened_at=MONDAY - timedelta(days=2))
    figures = Figures((leak,), (last,), (older,), Watched(1, 2, 3, 2), (gap(1, 2),), (NOW,), SelfTests(1, 2))
    told = summarise("summary:weekly:2030-06-10", WEEK, figures, Asked(SHANGHAI, NOW, lifts=(EGRET,)))
    assert told.unjudged == (older, Unjudged(11, "Zhou", last.opened_at))
    assert [(line.number, line.verdict, line.text) for line in told.alerts] == [(12, "leak", "云雀9")]
    assert (told.tally.removed, told.lifts, told.blind_for) == (1, (EGRET,), timedelta(hours=1))
    assert not told.is_quiet
    assert "云雀9" not in repr(told)


def test_a_quiet_period_has_nothing_to_judge_and_no_blind_spot() -> None:
    calm = Figures((), (), (), Watched(1, 2, 3, 2), (), (), SelfTests())

    def told(figures: Figures) -> bool:
        return summarise("", WEEK, figures, Asked(UTC_ZONE, NOW)).is_quiet

    assert told(calm)
    assert told(replace(calm, last=(case(Verdict.LEAK),), suppressions=(NOW,)))
    assert not told(replace(calm, this=(case(Verdict.PUBLIC),)))
    assert not told(replace(calm, last=(case(),)))
    assert not told(replace(calm, gaps=(gap(1, 2),)))


UTC_ZONE = ZoneInfo("UTC")


def test_the_period_is_half_open() -> None:
    week = Period(
        Every.DAILY, date(2030, 1, 1), date(2030, 1, 2), *(datetime(2030, 1, d, tzinfo=UTC) for d in (1, 2, 3))
    )
    assert [week.has(datetime(2030, 1, d, tzinfo=UTC)) for d in (1, 2, 3)] == [False, True, False]
    assert week.last_day == date(2030, 1, 1)
