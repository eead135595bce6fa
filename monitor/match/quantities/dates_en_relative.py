"""Dates in English that are counted from the day of the post: tomorrow, in three days, a week from Friday."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one, shifted, week_of
from monitor.match.quantities.dates_en_parts import AT, WEEKDAY, weekday_no
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_WORDS: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen"),
)
_VAGUE: Final = {"few": (2, 5), "several": (3, 7)}
_COUNT: Final = (
    r"(?P<n>(?<!\d,)(?<![\d.])\d{1,3}|an?(?:[ ](?:couple(?:[ ]of)?|few))?|couple(?:[ ]of)?|few|several|"
    rf"{'|'.join(_WORDS)})"
)
_UNIT: Final = r"(?P<u>hour|hr|day|night|week|wk|month|quarter|year|yr)s?(?![a-z])"
_SUPERLATIVE: Final = re.compile(r"\b(?:first|worst|best|most|least|record|[a-z]{3,8}est)\b[^.!?\n]{0,30}$")
_FAR_YEARS: Final = 10
_DAY_WORDS: Final = {"today": 0, "tonight": 0, "tonite": 0, "yesterday": -1}

# --- readers ---------------------------------------------------------------------------------------------------------


def _counts(text: str) -> tuple[int, int]:
    """The least and the most that a count means."""
    for word, bounds in _VAGUE.items():
        if word in text:
            return bounds
    if "couple" in text:
        return 2, 2
    if text in ("a", "an"):
        return 1, 1
    number = int(text) if text.isdigit() else _WORDS.index(text) + 1
    return number, number


def _moved(today: date, count: str, unit: str, sign: int) -> Days:
    """So many days, or the calendar week, month or year that is so many of them away."""
    low, high = sorted(sign * number for number in _counts(count))
    if unit in ("day", "night"):
        return later(today, low), later(today, high)
    if unit in ("hour", "hr"):
        return one(later(today, low // 24))
    if unit in ("week", "wk"):
        return week_of(today, low)[0], week_of(today, high)[1]
    if unit in ("year", "yr"):
        return calendar.months_of(today.year + low, 1, 12 * (high - low + 1))
    months = 3 if unit == "quarter" else 1
    return calendar.month_of(*shifted(today, months * low))[0], calendar.month_of(*shifted(today, months * high))[1]


def _exact(day: date, count: str, unit: str, sign: int) -> Days:
    """The same counted to the day, as "a week from today" is."""
    low, high = sorted(sign * number for number in _counts(count))
    if unit in ("week", "wk"):
        return later(day, 7 * low), later(day, 7 * high)
    if unit in ("month", "quarter", "year", "yr"):
        months = {"month": 1, "quarter": 3}.get(unit, 12)
        return calendar.months_later(day, months * low), calendar.months_later(day, months * high)
    return _moved(day, count, unit, sign)


def _read_day_word(found: re.Match[str], today: date) -> Days:
    word = found["w"]
    if word.startswith("this "):
        return one(today)
    moved = _DAY_WORDS.get(word, 1)
    if found["after"]:
        moved += 1 if moved > 0 else 0
    return one(later(today, moved))


def _read_before_yesterday(_: re.Match[str], today: date) -> Days:
    return one(later(today, -2))


def _read_in(found: re.Match[str], today: date) -> Days:
    return _moved(today, found["n"], found["u"], 1)


def _read_in_some(found: re.Match[str], today: date) -> Days | None:
    """In two weeks; not "the best in two weeks", nor what happens in one day or in thirty years."""
    before = found.string[max(0, found.start() - 40) : found.start()]
    count = _counts(found["n"])[0]
    if _SUPERLATIVE.search(before) or (found["u"] in ("day", "night") and count == 1):
        return None
    return None if found["u"] in ("year", "yr") and count > _FAR_YEARS else _read_in(found, today)


def _read_within(found: re.Match[str], today: date) -> Days:
    return today, _exact(today, found["n"], found["u"], 1)[1]


def _read_since(found: re.Match[str], today: date) -> Days:
    return _exact(today, found["n"], found["u"], -1)[0], today


def _read_ago(found: re.Match[str], today: date) -> Days:
    return _exact(today, found["n"], found["u"], -1)


def _read_from(found: re.Match[str], today: date) -> Days:
    """From now, or from another day."""
    if found["wd"]:
        start = calendar.coming(today, weekday_no(found["wd"]))
    else:
        start = later(today, 1) if (found["day"] or "").startswith("tom") else today
    return _exact(start, found["n"], found["u"], 1)


def _read_weekdays_from(found: re.Match[str], today: date) -> Days:
    low, _ = _counts(found["n"])
    day = calendar.coming(later(today, 1), weekday_no(found["wd"]))
    return one(later(day, 7 * (low - 1)) if found["from"] else later(day, -7 * low))


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "en_day_word",
        rf"{AT}(?P<after>the[ ]day[ ]after[ ]|day[ ]after[ ])?(?P<w>today|tonight|tonite|tomorrows?|tmrw|tmr"
        rf"|tmw|2moro|yesterday|this[ ](?:morning|afternoon|evening))(?![a-z])",
        _read_day_word,
        ("today", "2030-01-05", "2030-01-05"),
        ("tmr", "2030-01-05", "2030-01-06"),
        ("the day after tomorrow", "2030-01-05", "2030-01-07"),
    ),
    day_row(
        "en_before_yesterday",
        rf"{AT}(?:the[ ])?day[ ]before[ ]yesterday",
        _read_before_yesterday,
        ("the day before yesterday", "2030-01-05", "2030-01-03"),
    ),
    day_row(
        "en_in",
        rf"{AT}in[ ](?:just[ ]|only[ ]|about[ ]|exactly[ ]|another[ ])?{_COUNT}[ -]{_UNIT}(?!['’]|[ ](?:of|or"
        rf"|since|when|we|i|he|she|they|and))",
        _read_in_some,
        ("in 3 days", "2030-01-05", "2030-01-08"),
        ("in two weeks", "2030-01-05", "2030-01-14/2030-01-20"),
        ("in a few days", "2030-01-05", "2030-01-07/2030-01-10"),
        ("in three months", "2030-01-05", "2030-04-01/2030-04-30"),
    ),
    day_row(
        "en_in_time",
        rf"{AT}(?:in[ ])?(?:just[ ])?{_COUNT}[ ]{_UNIT}['’]?[ ]time",
        _read_in,
        ("in two weeks' time", "2030-01-05", "2030-01-14/2030-01-20"),
    ),
    day_row(
        "en_within",
        rf"{AT}(?:within|in[ ]less[ ]than|(?:(?:with)?in|over|for|during)[ ]the[ ](?:next|coming))[ ]"
        rf"(?:the[ ]next[ ])?{_COUNT}[ ]{_UNIT}",
        _read_within,
        ("within 3 days", "2030-01-05", "2030-01-05/2030-01-08"),
        ("over the next two weeks", "2030-01-05", "2030-01-05/2030-01-19"),
    ),
    day_row(
        "en_next_units",
        rf"{AT}(?:(?:next|(?:up)?coming)[ ]{_COUNT}|(?P<m>\d{{1,2}}|two|three)[ ]upcoming)[ ]{_UNIT}",
        lambda found, today: (today, _exact(today, found["n"] or found["m"], found["u"], 1)[1]),
        ("next 3 days", "2030-01-05", "2030-01-05/2030-01-08"),
    ),
    day_row(
        "en_last_units",
        rf"{AT}(?:last|past|previous)[ ]{_COUNT}[ ]{_UNIT}",
        _read_since,
        ("last 3 days", "2030-01-05", "2030-01-02/2030-01-05"),
        bare=True,
    ),
    day_row(
        "en_ago",
        rf"{AT}{_COUNT}[ ]{_UNIT}[ ](?:ago|back)(?![a-z])",
        _read_ago,
        ("3 days ago", "2030-01-05", "2030-01-02"),
        ("a week ago", "2030-01-05", "2029-12-29"),
    ),
    day_row(
        "en_from",
        rf"{AT}{_COUNT}[ ]{_UNIT}[ ](?:hence(?![a-z])|from[ ](?:now|(?P<day>today|tomorrow)|(?P<wd>{WEEKDAY}))"
        rf"(?![a-z]))",
        _read_from,
        ("3 days from now", "2030-01-05", "2030-01-08"),
        ("a week from friday", "2030-01-05", "2030-01-18"),
    ),
    day_row(
        "en_weekdays_from",
        rf"{AT}{_COUNT}[ ](?P<wd>{WEEKDAY})s?[ ](?:(?P<from>from[ ]now)|ago|back)(?![a-z])",
        _read_weekdays_from,
        ("two sundays from now", "2030-01-05", "2030-01-13"),
    ),
    day_row(
        "en_left",
        rf"{AT}(?:(?:only|just)[ ])?{_COUNT}[ ](?P<u>day|week|month)s?[ ](?:(?:more[ ])?to[ ]go|left|away|out"
        rf"|until|till)(?![a-z])",
        _read_in,
        ("only 3 days left", "2030-01-05", "2030-01-08"),
        ("10 days to go", "2030-01-05", "2030-01-15"),
    ),
    day_row(
        "en_countdown",
        rf"{AT}countdown[ ]?:?[ ](?:\w{{1,10}}[ ])?{_COUNT}[ ](?P<u>day|week)s?(?![a-z])",
        _read_in,
        ("countdown: 3 days", "2030-01-05", "2030-01-08"),
    ),
)
