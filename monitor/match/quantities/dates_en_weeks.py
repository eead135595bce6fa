"""This, the last and the next of something in English: next Tuesday, later this month, end of the year."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one, shifted, week_of
from monitor.match.quantities.dates_en_parts import AT, WEEKDAY, nth_no, part_of, part_of_a_year, weekday_no
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_LAST: Final = ("last", "past", "previous")
_WHICH: Final = (
    r"(?P<rel>this(?:[ ]coming)?|current|the[ ]current|next|the[ ]next|(?:the[ ])?following|(?:the[ ]|this[ ])?"
    r"(?:up)?coming|last|past|previous|the[ ]previous)"
)
_PART: Final = (
    r"(?P<part>early|earlier|mid|middle|late|later|(?:the[ ])?(?:beginning|start|middle|end))[ -]?(?:in[ ]|of[ ]"
    r"(?:around[ ])?)?"
)
_BEGINNING: Final = re.compile("begin|start|bo[my]")

# --- readers ---------------------------------------------------------------------------------------------------------


def _shift(relation: str | None) -> int:
    """-1, 0 or 1 for the last, this and the next of something."""
    word = (relation or "this").removeprefix("the ")
    if word in _LAST:
        return -1
    return 0 if word in ("this", "current", "the") else 1


def _read_week(found: re.Match[str], today: date) -> Days:
    weeks = _shift(found["rel"])
    if not found["part"]:
        return week_of(today, weeks)
    if found["part"] == "later":
        return today, week_of(today)[1]
    monday = week_of(today, weeks)[0]
    first, last = {"early": (0, 2), "mid": (1, 3), "late": (4, 6)}[part_of(found["part"])]
    return later(monday, first), later(monday, last)


def _read_rest_of_week(_: re.Match[str], today: date) -> Days:
    return today, week_of(today)[1]


def _read_weekend(found: re.Match[str], today: date) -> Days:
    return calendar.weekend_of(today, _shift(found["rel"]) if found["rel"] else 0)


def _read_weekday(found: re.Match[str], today: date) -> Days:
    """Friday, this Friday: the next one, today included; next Friday: of the next calendar week."""
    weekday = weekday_no(found["wd"])
    if found["after"]:
        return one(later(calendar.coming(later(today, 1), weekday), 7))
    relation = found["rel"] or ""
    if relation in _LAST:
        return one(later(calendar.coming(today, weekday), -7))
    if relation.endswith("next"):
        return one(later(week_of(today, 1)[0], weekday))
    return one(calendar.coming(today, weekday))


def _read_month(found: re.Match[str], today: date) -> Days:
    days = calendar.month_of(*shifted(today, _shift(found["rel"])))
    if found["part"] == "later":
        return today, days[1]
    return calendar.part_of_month(days, part_of(found["part"])) if found["part"] else days


def _read_month_end(found: re.Match[str], today: date) -> Days:
    days = calendar.month_of(today.year, today.month)
    return calendar.part_of_month(days, "early" if _BEGINNING.search(found[0]) else "late")


def _read_day_of_month(found: re.Match[str], today: date) -> Days:
    year, month = shifted(today, _shift(found["rel"]))
    return one(date(year, month, nth_no(found["d"])))


def _read_nth_of_month(found: re.Match[str], today: date) -> Days:
    year, month = shifted(today, _shift(found["rel"]))
    nth = -1 if found["nth"] == "last" else nth_no(found["nth"])
    return one(calendar.nth_weekday(year, month, weekday_no(found["wd"]), nth))


def _read_year(found: re.Match[str], today: date) -> Days:
    year = today.year + _shift(found["rel"])
    if found["part"] == "later":
        return today, date(year, 12, 31)
    part = found["part"]
    return calendar.part_of_year(year, part_of_a_year(part)) if part else calendar.year_of(year)


def _read_year_end(found: re.Match[str], today: date) -> Days:
    return calendar.part_of_year(today.year, "early" if _BEGINNING.search(found[0]) else "end")


def _read_quarter(found: re.Match[str], today: date) -> Days:
    days = calendar.shifted_quarter(today, _shift(found["rel"]))
    if found["part"] == "later":
        return today, days[1]
    return calendar.part_of_quarter(days, part_of(found["part"])) if found["part"] else days


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "en_week",
        rf"{AT}(?:{_PART})?(?:around[ ])?(?:{_WHICH}|(?<=\bof )the)[ ](?:week|wk)(?![a-z'’])",
        _read_week,
        ("next week", "2030-01-05", "2030-01-07/2030-01-13"),
        ("early next week", "2030-01-05", "2030-01-07/2030-01-09"),
        ("later this week", "2030-01-02", "2030-01-02/2030-01-06"),
    ),
    day_row(
        "en_rest_of_week",
        rf"{AT}(?:(?:the[ ])?rest[ ]of[ ]the|all)[ ]week(?![a-z])",
        _read_rest_of_week,
        ("the rest of the week", "2030-01-02", "2030-01-02/2030-01-06"),
    ),
    day_row(
        "en_weekend",
        rf"{AT}(?:{_WHICH}[ ]|(?:over|on|at)[ ]the[ ])weekend(?![a-z])",
        _read_weekend,
        ("this weekend", "2030-01-02", "2030-01-05/2030-01-06"),
    ),
    day_row(
        "en_weekday",
        rf"{AT}(?<!every )(?<!each )(?<!black )(?<!cyber )(?<!good )(?:{_WHICH}[ ])?(?P<wd>monday|tues(?:day)?"
        rf"|wednesday|weds|thurs?(?:day)?|friday|saturday|sunday|(?<=\bon )(?:mon|tue|wed|thu|fri|sat|sun))"
        r"(?![a-z'’]|[ ](?:times|herald|school))(?P<after>[ ]after[ ]next)?",
        _read_weekday,
        ("next tuesday", "2030-01-05", "2030-01-08"),
        ("friday", "2030-01-05", "2030-01-11"),
        ("this friday", "2030-01-02", "2030-01-04"),
        ("last friday", "2030-01-05", "2030-01-04"),
        ("friday after next", "2030-01-05", "2030-01-18"),
    ),
    day_row(
        "en_weekday_short",
        rf"{AT}(?:{_WHICH}[ ])?(?P<wd>mon|tue|wed|thu|fri|sat|sun)(?![a-z'’-])\.?(?P<after>[ ]after[ ]next)?",
        _read_weekday,
        ("sat", "2030-01-05", "2030-01-05"),
        bare=True,
    ),
    day_row(
        "en_weekday_of_week",
        rf"{AT}(?:(?P<wd>{WEEKDAY})[ ](?:of[ ]|from[ ])?{_WHICH}[ ]week)(?![a-z])",
        lambda found, today: one(later(week_of(today, _shift(found["rel"]))[0], weekday_no(found["wd"]))),
        ("wednesday of next week", "2030-01-05", "2030-01-09"),
    ),
    day_row(
        "en_weekday_in_week",
        rf"{AT}{_WHICH}[ ]week(?:['’]s)?[ ](?:on[ ])?(?P<wd>{WEEKDAY})(?![a-z])",
        lambda found, today: one(later(week_of(today, _shift(found["rel"]))[0], weekday_no(found["wd"]))),
        ("next week on wednesday", "2030-01-05", "2030-01-09"),
    ),
    day_row(
        "en_this_month",
        rf"{AT}(?:{_PART})?(?:{_WHICH}|(?<=\bof )the)[ ]month(?![a-z'’])",
        _read_month,
        ("next month", "2030-12-05", "2031-01-01/2031-01-31"),
        ("later this month", "2030-01-05", "2030-01-05/2030-01-31"),
        ("early next month", "2030-01-05", "2030-02-01/2030-02-10"),
    ),
    day_row(
        "en_month_end",
        rf"{AT}(?:(?:the[ ])?(?:end|beginning|start)[ ]of[ ](?:the[ ])?month|month[- ]end|month['’]s[ ]end|eom"
        rf"|bom)(?![a-z])",
        _read_month_end,
        ("end of the month", "2030-01-05", "2030-01-21/2030-01-31"),
    ),
    day_row(
        "en_day_of_month",
        rf"{AT}(?:the[ ])?(?P<d>\d{{1,2}}(?:st|nd|rd|th)?)[ ](?:day[ ])?of[ ](?:{_WHICH}|the)[ ]month(?![a-z])",
        _read_day_of_month,
        ("20th of next month", "2030-01-05", "2030-02-20"),
    ),
    day_row(
        "en_nth_of_month",
        rf"{AT}(?:the[ ])?(?P<nth>first|second|third|fourth|last)[ ](?P<wd>{WEEKDAY})[ ](?:of|in)[ ]"
        rf"(?:{_WHICH}|the)[ ]month(?![a-z])",
        _read_nth_of_month,
        ("the first monday of next month", "2030-01-05", "2030-02-04"),
    ),
    day_row(
        "en_year_part_relative",
        rf"{AT}{_PART}(?:{_WHICH}|the)[ ](?:year|yr)(?![a-z'’])",
        _read_year,
        ("later this year", "2030-03-05", "2030-03-05/2030-12-31"),
        ("early next year", "2030-03-05", "2031-01-01/2031-03-31"),
        ("end of the year", "2030-03-05", "2030-11-01/2030-12-31"),
    ),
    day_row(
        "en_next_year",
        rf"{AT}(?P<rel>next|the[ ]following|coming)[ ](?:year|yr)(?![a-z'’])(?P<part>(?!.)x)?",
        _read_year,
        ("next year", "2030-03-05", "2031-01-01/2031-12-31"),
    ),
    day_row(
        "en_year_word",
        rf"{AT}(?P<rel>this|current|last|past)[ ](?:year|yr)(?![a-z'’])(?P<part>(?!.)x)?",
        _read_year,
        ("this year", "2030-03-05", "2030-01-01/2030-12-31"),
        bare=True,
    ),
    day_row(
        "en_year_end",
        rf"{AT}(?:(?:the[ ])?(?:end|beginning|start)[ ]of[ ](?:the[ ])?year|year[- ]end|year['’]s[ ]end|eoy)(?![a-z])",
        _read_year_end,
        ("by year's end", "2030-03-05", "2030-11-01/2030-12-31"),
        ("end of year", "2030-03-05", "2030-11-01/2030-12-31"),
    ),
    day_row(
        "en_this_quarter",
        rf"{AT}(?:{_PART})?(?:{_WHICH}|(?<=\bof )the)[ ](?:quarter|qtr)(?![a-z])",
        _read_quarter,
        ("next quarter", "2030-11-05", "2031-01-01/2031-03-31"),
    ),
)
WEEKDAY_ROWS: Final = frozenset({"en_weekday", "en_weekday_short"})
