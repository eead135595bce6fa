"""Days and months in English: June 18, 2030; the 18th; early June; the second Tuesday of June."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, one, week_of
from monitor.match.quantities.dates_en_parts import (
    AT,
    DAY,
    MONTH,
    NTH,
    NUMBER,
    ORDINALS,
    PART,
    TO,
    WEEKDAY,
    YEAR,
    in_year,
    month_no,
    nth_no,
    part_of,
    weekday_no,
)
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_SURE_MONTH: Final = r"(?:january|february|july|september|october|november|december)"  # neither a name nor a verb
# What a number behind "may" or "march" counts; and no day of any month is followed by these.
_COUNTED: Final = (
    r"(?![ ]?(?:%|\$|percent|people|million|billion|thousand|times|years?|days?(?![ ](?:of|after|before))"
    r"|weeks?|months?"
    r"|hours?|minutes?|points?|miles?|mb|gb|others?|more|new|different)(?![a-z]))"
)
_BEFORE_MONTH: Final = (
    r"(?:(?<=\bin )|(?<=\bduring )|(?<=\bby )|(?<=\bsince )|(?<=\buntil )|(?<=\btill )|(?<=\bbefore )"
    r"|(?<=\bafter )|(?<=\bfrom )|(?<=\bfor )"
    r"|(?<=\baround )|(?<=\bcome )|(?<=\bthrough ))"
)

# The 18th floor, the 9th generation: what follows a day is one of these, or no word.
_NO_NOUN: Final = r"(?![ ](?!(?:at|for|and|with|in|from|of|or|to|we|will|it|is|i|you|they)(?![a-z]))[a-z])"

_CLAUSE_ENDS: Final = re.compile(r"[ ]*(?:$|[^\w $€£]|(?:at|for|in|and|with|we)[ ])")

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_day(found: re.Match[str], today: date) -> Days:
    month, day = month_no(found["m"]), nth_no(found["d"])
    return in_year(found, today, calendar.LOOK_BACK_MONTH, lambda year: one(date(year, month, day)))


def _read_day_first(found: re.Match[str], today: date) -> Days | None:
    """5 may, the first october: a date only if something else says so."""
    doubtful = found["m"] in ("may", "mar", "march") and found["d"].isdigit()
    if doubtful and not (found["of"] or found["on"] or found["y"] or _CLAUSE_ENDS.match(found.string, found.end())):
        return None
    if found["d"] in ORDINALS and not found["of"]:
        return None
    return _read_day(found, today)


def _read_days(found: re.Match[str], today: date) -> Days | None:
    month, first, last = month_no(found["m"]), nth_no(found["d"]), nth_no(found["to"])
    if first >= last:
        return None
    return in_year(
        found, today, calendar.LOOK_BACK_MONTH, lambda year: (date(year, month, first), date(year, month, last))
    )


def _read_month(found: re.Match[str], today: date) -> Days:
    month = month_no(found["m"])
    if found.groupdict().get("rel") in ("last", "past", "previous"):
        return calendar.month_of(today.year - (month >= today.month), month)
    return in_year(found, today, calendar.LOOK_BACK_MONTH, lambda year: calendar.month_of(year, month))


def _read_month_of_year(found: re.Match[str], today: date) -> Days:
    year = today.year + {"last": -1, "this": 0, "next": 1}[found["which"]]
    month = month_no(found["m"])
    return one(date(year, month, nth_no(found["d"]))) if found["d"] else calendar.month_of(year, month)


def _read_month_part(found: re.Match[str], today: date) -> Days:
    part = part_of(found["part"])
    month = month_no(found["m"])
    return in_year(
        found,
        today,
        0,
        lambda year: calendar.part_of_month(calendar.month_of(year, month), part),
    )


def _read_nth(found: re.Match[str], today: date) -> Days:
    """The second Tuesday, the last day or the first week of a month."""
    month = month_no(found["m"])
    nth = -1 if found["nth"] == "last" else nth_no(found["nth"])

    def days_in(year: int) -> Days:
        days = calendar.month_of(year, month)
        if found["what"] == "day":
            return one(days[1] if nth < 0 else days[0].replace(day=nth))
        if found["what"] == "week":
            return week_of(calendar.later(days[1], -6)) if nth < 0 else calendar.nth_week(days, nth)
        return one(calendar.nth_weekday(year, month, weekday_no(found["what"]), nth))

    return in_year(found, today, calendar.LOOK_BACK_MONTH, days_in)


def _read_week_of(found: re.Match[str], today: date) -> Days:
    return week_of(_read_day(found, today)[0])


def _read_day_alone(found: re.Match[str], today: date) -> Days:
    return one(calendar.day_alone(today, nth_no(found["d"])))


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "en_day",
        rf"{AT}(?P<m>{MONTH})\.?\]?[ ,-]{{0,2}}(?:the[ ])?(?P<d>{DAY}){_COUNTED}{YEAR}?",
        _read_day,
        ("june 18, 2030", "2029-01-05", "2030-06-18"),
        ("jun. 18th", "2030-01-05", "2030-06-18"),
        ("march first", "2030-01-05", "2030-03-01"),
        ("january 6", "2030-11-05", "2031-01-06"),
    ),
    day_row(
        "en_day_first",
        rf"(?<!\d,)(?<![\d.:/$#a-z'’-])(?P<on>(?:on|by|until|before|after|from|since)[ ])?(?P<it>(?:the[ ])?"
        rf"(?P<d>{NTH}|{NUMBER}(?!\d))[ .-]{{0,2}}(?:day[ ])?(?P<of>of[ ])?(?P<m>{MONTH})(?![a-z\d])\.?{YEAR}?)",
        _read_day_first,
        ("18 june 2030", "2029-01-05", "2030-06-18"),
        ("the 18th of june", "2030-01-05", "2030-06-18"),
        ("18june", "2030-01-05", "2030-06-18"),
        ("on 5 may", "2030-01-05", "2030-05-05"),
    ),
    day_row(
        "en_days",
        rf"{AT}(?P<m>{MONTH})\.?[ ]?(?P<d>{DAY}){TO}(?P<to>{DAY}){_COUNTED}{YEAR}?",
        _read_days,
        ("june 18-20", "2030-01-05", "2030-06-18/2030-06-20"),
        ("june 18th to 20th, 2031", "2030-01-05", "2031-06-18/2031-06-20"),
    ),
    day_row(
        "en_days_first",
        rf"(?<!\d,)(?<![\d.:/$#a-z'’-])(?:the[ ])?(?P<d>{NTH}|{NUMBER}(?!\d)){TO}(?P<to>{NTH}|{NUMBER}(?!\d))[ ]"
        rf"(?:of[ ])?(?P<m>{MONTH})(?![a-z\d]){YEAR}?",
        _read_days,
        ("18-20 june", "2030-01-05", "2030-06-18/2030-06-20"),
        ("from the 18th to the 20th of june", "2030-01-05", "2030-06-18/2030-06-20"),
    ),
    day_row(
        "en_month_year",
        rf"{AT}(?P<m>{MONTH})\.?,?[ -](?:of[ ])?(?P<y>20\d\d|['’]\d\d)(?!\d)",
        _read_month,
        ("june 2030", "2029-01-05", "2030-06-01/2030-06-30"),
        ("may of 2030", "2029-01-05", "2030-05-01/2030-05-31"),
    ),
    day_row(
        "en_month_part",
        rf"{AT}{PART}(?P<m>{MONTH})(?![a-z\d]|[ ]\d{{1,2}}(?!\d)){YEAR}?",
        _read_month_part,
        ("early june", "2030-01-05", "2030-06-01/2030-06-10"),
        ("mid-june", "2030-01-05", "2030-06-11/2030-06-20"),
        ("the end of june 2031", "2030-01-05", "2031-06-21/2031-06-30"),
    ),
    day_row(
        "en_month",
        rf"{AT}(?:{_BEFORE_MONTH}|(?P<rel>this|next|last|past|coming)[ ])(?P<m>{MONTH})(?![a-z\d'’_]|[ ]\d)",
        _read_month,
        ("in may", "2030-01-05", "2030-05-01/2030-05-31"),
        ("next march", "2030-01-05", "2030-03-01/2030-03-31"),
        ("last march", "2030-06-05", "2030-03-01/2030-03-31"),
    ),
    day_row(
        "en_month_of_year",
        rf"{AT}(?P<m>{MONTH})\.?(?:[ ](?:the[ ])?(?P<d>{DAY}))?,?[ ](?:of[ ])?"
        r"(?P<which>this|next|last)[ ]year(?![a-z])",
        _read_month_of_year,
        ("june of next year", "2030-01-05", "2031-06-01/2031-06-30"),
        ("june 18 this year", "2030-12-05", "2030-06-18"),
    ),
    day_row(
        "en_month_name",
        rf"{AT}(?P<m>{_SURE_MONTH})(?![a-z\d'’_]|[ ]\d)",
        _read_month,
        ("september", "2030-01-05", "2030-09-01/2030-09-30"),
    ),
    day_row(
        "en_month_word",
        rf"{AT}(?P<m>jan|feb|march|april|june|august|aug|sept?|oct|nov|dec)(?![a-z\d'’_]|[ ]\d)",
        _read_month,
        ("april", "2030-01-05", "2030-04-01/2030-04-30"),
        bare=True,
    ),
    day_row(
        "en_nth",
        rf"{AT}(?:the[ ])?(?P<nth>last|{NTH})[ ](?P<what>day|week|{WEEKDAY})[ ](?:of|in)[ ](?P<m>{MONTH})"
        rf"(?![a-z\d]){YEAR}?",
        _read_nth,
        ("the second tuesday of september 2030", "2029-01-05", "2030-09-10"),
        ("last day of june", "2030-01-05", "2030-06-30"),
        ("first week of october 2030", "2029-01-05", "2030-10-07/2030-10-13"),
    ),
    day_row(
        "en_week_of",
        rf"{AT}(?:the[ ])?week[ ]of[ ](?P<m>{MONTH})\.?[ ](?:the[ ])?(?P<d>{DAY}){YEAR}?",
        _read_week_of,
        ("the week of september 9", "2030-01-05", "2030-09-09/2030-09-15"),
    ),
    day_row(
        "en_day_alone",
        rf"{AT}(?:on|by|until|before|after|from|since)[ ](?P<it>the[ ](?P<d>{NUMBER}[ ]?(?:st|nd|rd|th)))"
        rf"(?![a-z\d]|[-'’]){_NO_NOUN}",
        _read_day_alone,
        ("we launch on the 18th!", "2030-01-05", "2030-01-18"),
    ),
    day_row(
        "en_nth_alone",
        rf"{AT}(?:the[ ])?(?P<d>{NUMBER}[ ]?(?:st|nd|rd|th))(?![a-z\d]|[-'’]){_NO_NOUN}",
        _read_day_alone,
        ("the 18th", "2030-01-05", "2030-01-18"),
        bare=True,
    ),
)
PARTIAL: Final = frozenset({"en_day", "en_day_first", "en_month", "en_month_name", "en_day_alone", "en_nth_alone"})
