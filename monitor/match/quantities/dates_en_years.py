"""Years, their parts and holidays in English: in 2030, the second half of 2030, this fall, Black Friday."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, one, with_year
from monitor.match.quantities.dates_en_parts import AT, PART, YEAR, in_year, part_of, part_of_a_year, year_told
from monitor.match.quantities.holidays import HOLIDAYS_EN, holiday
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_HOLIDAY: Final = "|".join(names for names, _ in HOLIDAYS_EN)
_QUARTERS: Final = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "final": 4,
}

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_year(found: re.Match[str], today: date) -> Days | None:
    year = calendar.full_year(found["y"], today)
    return calendar.year_of(year) if abs(year - today.year) <= 100 else None  # noqa: PLR2004


def _read_year_part(found: re.Match[str], today: date) -> Days:
    return calendar.part_of_year(calendar.full_year(found["y"], today), part_of_a_year(found["part"]))


def _read_quarter(found: re.Match[str], today: date) -> Days:
    quarter = _QUARTERS[found["q"]] if found["q"] else int(found["no"])
    year = year_told(found, today)
    if year is not None:
        return calendar.quarter_of(year, quarter)
    return with_year(
        today, calendar.LOOK_BACK_QUARTER, lambda any_year: calendar.quarter_of(any_year, quarter), this_year=True
    )


def _read_quarter_part(found: re.Match[str], today: date) -> Days:
    return calendar.part_of_quarter(_read_quarter(found, today), part_of(found["part"]))


def _read_half(found: re.Match[str], today: date) -> Days:
    half = {"first": 1, "1st": 1}.get(found["h"], 2)
    year = today.year + 1 if found["rel"] == "next" else year_told(found, today) or today.year
    return calendar.half_of(year, half)


def _read_season(found: re.Match[str], today: date) -> Days:
    parts = found.groupdict()
    season, relation = found["s"], parts.get("rel")
    if relation in ("last", "past", "previous"):
        days = calendar.season_of(today.year, season)
        return days if days[1] < today else calendar.season_of(today.year - 1, season)
    days = in_year(found, today, 0, lambda year: calendar.season_of(year, season))
    if parts.get("part"):
        return calendar.part_of_quarter(days, part_of(parts["part"]))
    return days


def _read_holiday(found: re.Match[str], today: date) -> Days:
    return one(holiday(found["h"], today, year_told(found, today)))


def _read_july_fourth(found: re.Match[str], today: date) -> Days:
    return in_year(found, today, calendar.LOOK_BACK_HOLIDAY, lambda year: one(date(year, 7, 4)))


def _read_holiday_season(_: re.Match[str], today: date) -> Days:
    return with_year(today, 0, lambda year: (date(year, 11, 15), date(year, 12, 31)))


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "en_year",
        r"(?<![a-z])(?:in|by|for|during|since|until|before|after|through|till|of|early|late)[ ](?P<it>"
        r"(?:the[ ]year[ ])?(?P<y>20\d\d)(?:[ ]a\.?d\.?)?)(?![\d%a-z]|[-/.,]\d|[ ](?:people|users|units|miles"
        r"|times|years|dollars|employees|followers))",
        _read_year,
        ("in 2030", "2029-01-05", "2030-01-01/2030-12-31"),
    ),
    day_row(
        "en_year_part",
        rf"{AT}{PART}(?P<y>20\d\d)(?!\d)",
        _read_year_part,
        ("early 2030", "2029-01-05", "2030-01-01/2030-03-31"),
        ("end of 2030", "2029-01-05", "2030-11-01/2030-12-31"),
    ),
    day_row(
        "en_quarter",
        rf"{AT}(?:the[ ])?(?P<q>first|second|third|fourth|final|1st|2nd|3rd|4th)[ -](?:fiscal[ ])?(?:quarter"
        rf"|qtr)(?![a-z]|[ -](?:finals?|back)){YEAR}?",
        _read_quarter,
        ("the third quarter of 2030", "2029-01-05", "2030-07-01/2030-09-30"),
        ("third quarter", "2030-01-05", "2030-07-01/2030-09-30"),
    ),
    day_row(
        "en_quarter_part",
        rf"{AT}{PART}(?:the[ ])?(?:(?P<q>first|second|third|fourth|final)[ ]quarter|q(?P<no>[1-4]))(?![a-z\d]){YEAR}?",
        _read_quarter_part,
        ("the end of the third quarter", "2030-01-05", "2030-09-01/2030-09-30"),
        ("late q3", "2030-01-05", "2030-09-01/2030-09-30"),
    ),
    day_row(
        "en_half",
        rf"{AT}(?:the[ ])?(?P<h>first|second|1st|2nd|back|latter)[ ]half[ ]of[ ](?:(?:the|this"
        rf"|(?P<rel>next))[ ]year|(?P<y>20\d\d)(?!\d))",
        _read_half,
        ("first half of 2030", "2029-01-05", "2030-01-01/2030-06-30"),
        ("the second half of next year", "2029-01-05", "2030-07-01/2030-12-31"),
    ),
    day_row(
        "en_season",
        rf"{AT}(?:(?P<rel>this|next|last|past|coming|current)[ ]|(?<=\bin )|(?<=\bby )|(?<=\bin the )|{PART})"
        rf"(?P<s>spring|summer|fall|autumn|winter)(?![a-z-])(?:[ ](?:of[ ])?(?P<y>20\d\d)(?!\d))?",
        _read_season,
        ("this fall", "2030-01-05", "2030-09-01/2030-11-30"),
        ("early spring 2031", "2030-01-05", "2031-03-01/2031-03-31"),
    ),
    day_row(
        "en_season_year",
        rf"{AT}(?P<s>spring|summer|fall|autumn|winter)[ ](?:of[ ])?(?P<y>20\d\d|['’]\d\d)(?!\d)",
        _read_season,
        ("fall 2030", "2029-01-05", "2030-09-01/2030-11-30"),
    ),
    day_row(
        "en_holiday",
        rf"{AT}(?<!happy )(?<!merry )(?P<h>{_HOLIDAY})(?![a-z-])(?![ ](?:wish|greeting|gift|card|tree|party"
        rf"|message))(?:[ ]?,?[ ]?(?P<y>20\d\d)(?!\d))?",
        _read_holiday,
        ("black friday", "2030-01-05", "2030-11-29"),
        ("christmas eve 2030", "2029-01-05", "2030-12-24"),
        ("mother's day", "2030-01-05", "2030-05-12"),
    ),
    day_row(
        "en_july_fourth",
        rf"{AT}(?:4th[ ]of[ ]july|july[ ](?:4th|fourth))(?![a-z\d]){YEAR}?",
        _read_july_fourth,
        ("4th of july", "2030-01-05", "2030-07-04"),
    ),
    day_row(
        "en_holiday_season",
        rf"{AT}(?:the[ ]|this[ ])holidays?[ ]season",
        _read_holiday_season,
        ("this holiday season", "2030-01-05", "2030-11-15/2030-12-31"),
    ),
)
