"""Days, weeks, months and holidays: what the words of a date mean in the calendar.

Weeks begin on Monday. A date without its year is ahead, as launches are, unless it is only a little back: each kind
of date looks back as far as people still speak of it without a year (the LOOK_BACK days below).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, TypeAlias

from monitor.match.quantities.rows import DayRow

Days: TypeAlias = tuple[date, date]  # first and last, inclusive

LOOK_BACK_DAY: Final = 7  # 18号 said on the 20th was the day before yesterday, said on the 30th it is ahead
LOOK_BACK_MONTH: Final = 92  # a month with or without its day: 4月 said in June is past, 1月 said in November is ahead
LOOK_BACK_OVER_NEW_YEAR: Final = 31  # 12月 said in January is past, said in February it is ahead
LOOK_BACK_QUARTER: Final = 92
LOOK_BACK_HALF: Final = 184
LOOK_BACK_HOLIDAY: Final = 31
SOON_AFTER: Final = timedelta(days=30)  # "after June 3" without an end
ABOUT: Final = timedelta(days=7)  # 中秋前后
AROUND_HOLIDAY: Final = timedelta(days=14)  # 国庆前, 春节后
_FUTURE_YEARS: Final = 15  # of a year in two digits: '30 is ahead of 2026, '85 is past

# --- days ------------------------------------------------------------------------------------------------------------


def value_of(days: Days) -> str:
    """Days as a reading's value: one day alone, or both ends."""
    first, last = days
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def days_of(value: str) -> Days:
    """The way back."""
    first, _, last = value.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def day_row(
    name: str,
    pattern: str,
    read: Callable[[re.Match[str], date], Days | None],
    *examples: tuple[str, str, str],
    bare: bool = False,
) -> DayRow:
    """A row whose reader answers with days."""

    def read_value(found: re.Match[str], today: date) -> str | None:
        days = read(found, today)
        return value_of(days) if days else None

    return DayRow(name, re.compile(pattern), read_value, examples, bare)


def one(day: date) -> Days:
    """A single day."""
    return day, day


def later(day: date, days: int) -> date:
    """The day that many days later, or earlier."""
    return day + timedelta(days=days)


def full_year(text: str, today: date) -> int:
    """A year of four digits, or of two: of this century, unless that is far ahead."""
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004
        return year
    year += today.year // 100 * 100
    return year - 100 if year > today.year + _FUTURE_YEARS else year


def with_year(today: date, look_back: int, days_in: Callable[[int], Days], *, this_year: bool = False) -> Days:
    """Days that recur each year: the first that end no more than `look_back` days ago; 29 February waits for its year.

    With `this_year` they are never those of the year before: a quarter told in January is one to come.
    """
    for year in range(today.year - (not this_year), today.year + 9):
        try:
            days = days_in(year)
        except ValueError:
            continue
        if days[1] >= later(today, -look_back if year == today.year else -min(look_back, LOOK_BACK_OVER_NEW_YEAR)):
            return days
    raise ValueError("no such day")


def month_day(today: date, month: int, day: int) -> date:
    """A month and day without a year."""
    return with_year(today, LOOK_BACK_MONTH, lambda year: one(date(year, month, day)))[0]


def day_alone(today: date, day: int) -> date:
    """A day of the month alone; a month that has no such day is passed over."""
    oldest = later(today, -LOOK_BACK_DAY)
    for months in range(-1, 4):
        year, month = shifted(today, months)
        if day <= month_of(year, month)[1].day and date(year, month, day) >= oldest:
            return date(year, month, day)
    raise ValueError("no such day")


# --- weeks -----------------------------------------------------------------------------------------------------------


def week_of(day: date, weeks: int = 0) -> Days:
    """The calendar week of a day, or the one that many weeks later."""
    monday = later(day, 7 * weeks - day.weekday())
    return monday, later(monday, 6)


def weekend_of(day: date, weeks: int = 0) -> Days:
    """Saturday and Sunday of that week."""
    sunday = week_of(day, weeks)[1]
    return later(sunday, -1), sunday


def coming(day: date, weekday: int) -> date:
    """The first such weekday from that day on, itself included; 0 is Monday."""
    return later(day, (weekday - day.weekday()) % 7)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The second Tuesday of a month, or with -1 the last one."""
    first, last = month_of(year, month)
    day = later(coming(first, weekday), 7 * (nth - 1)) if nth > 0 else coming(later(last, -6), weekday)
    if not first <= day <= last:
        raise ValueError("no such weekday")
    return day


def nth_week(days: Days, nth: int) -> Days:
    """The n-th week that begins in a month or year."""
    return week_of(coming(days[0], 0), nth - 1)


# --- months and longer -----------------------------------------------------------------------------------------------


def shifted(day: date, months: int) -> tuple[int, int]:
    """Year and month, that many months from a day's."""
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    last = month_of(*shifted(day, months))[1]
    return last.replace(day=min(day.day, last.day))


def month_of(year: int, month: int) -> Days:
    """A whole month."""
    return months_of(year, month, month)


def months_of(year: int, first: int, last: int) -> Days:
    """Whole months; a last one beyond 12 is of the next year."""
    begin = date(year, first, 1)
    end_year, end_month = shifted(begin, last - first + 1)
    return begin, later(date(end_year, end_month, 1), -1)


def year_of(year: int) -> Days:
    """A whole year."""
    return months_of(year, 1, 12)


def quarter_of(year: int, quarter: int) -> Days:
    """One of its four quarters."""
    return months_of(year, 3 * quarter - 2, 3 * quarter)


def half_of(year: int, half: int) -> Days:
    """The first or second half of a year."""
    return months_of(year, 6 * half - 5, 6 * half)


def shifted_quarter(day: date, quarters: int) -> Days:
    """The quarter of a day, or one that many later."""
    year, month = shifted(day, 3 * quarters)
    return quarter_of(year, (month + 2) // 3)


SEASONS: Final = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}


def season_of(year: int, season: str) -> Days:
    """Three whole months; a winter is named by the year that it begins in."""
    return months_of(year, SEASONS[season], SEASONS[season] + 2)


def part_of_month(days: Days, part: str) -> Days:
    """The first, middle or last third of a month: "early", "mid", "late"."""
    first, last = days
    bounds = {"early": (1, 10), "mid": (11, 20), "late": (21, last.day)}[part]
    return first.replace(day=bounds[0]), first.replace(day=bounds[1])


def part_of_year(year: int, part: str) -> Days:
    """What people call the beginning, the middle and the end of a year."""
    return months_of(year, *{"early": (1, 3), "mid": (5, 8), "late": (10, 12), "begin": (1, 2), "end": (11, 12)}[part])


def part_of_quarter(days: Days, part: str) -> Days:
    """The first, middle or last month of a quarter or season."""
    month = days[0].month + {"early": 0, "mid": 1, "late": 2}[part]
    return month_of(days[0].year, month)
