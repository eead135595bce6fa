"""Dates and intervals of days in Chinese, English and figures, as of the day of the post.

The rows read the parts; of several readings of the same words the longest is meant. Then neighbours are put
together: a weekday and its date, a time of day, both ends of a range, "before" and "after".
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from monitor.match.quantities import (
    calendar,
    dates_en,
    dates_en_relative,
    dates_en_weeks,
    dates_en_years,
    dates_figures,
    dates_zh,
    dates_zh_holidays,
    dates_zh_relative,
    dates_zh_years,
)
from monitor.match.quantities.calendar import Days, days_of, later, value_of
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import DayRow, Table, read_day_rows

_ZH: Final = (*dates_zh.ROWS, *dates_zh_years.ROWS, *dates_zh_relative.ROWS, *dates_zh_holidays.ROWS)
_EN: Final = (*dates_en.ROWS, *dates_en_years.ROWS, *dates_en_relative.ROWS, *dates_en_weeks.ROWS)
ROWS: Final[tuple[DayRow, ...]] = (*_ZH, *_EN, *dates_figures.ROWS)
_TABLE: Final = Table(ROWS)
_BY_NAME: Final = {row.name: row for row in ROWS}
_PARTIAL: Final = (  # told without a year or month: they mean another day as of another day
    dates_zh.PARTIAL | dates_zh_years.PARTIAL | dates_zh_relative.PARTIAL | dates_en.PARTIAL | dates_figures.PARTIAL
)
_WEEKDAYS: Final = dates_zh_relative.WEEKDAY_ROWS | dates_en_weeks.WEEKDAY_ROWS
_SIDES_INSIDE: Final = dates_zh_relative.SIDES_INSIDE | dates_zh_holidays.SIDES_INSIDE
_AROUND: Final = 24  # characters that a row may look at beside what it reads

_CLOCK_ZH: Final = (
    r"(?:\d{1,2}:\d\d(?::\d\d)?时?|(?:\d{1,2}|[零一二两三四五六七八九十]{1,3})(?:点|时(?!间|候|代))(?:钟|整|半"
    r"|[一三1-3]刻"
    r"|[\d零一二三四五六七八九十]{1,3}分?)?)"
    r"(?:许|左右)?"
)
_PART_ZH: Final = (
    r"(?:凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜间|夜里|深夜|[前后]?半夜|午夜|黎明|早(?!就"
    r"|已|前|日|期)|晚(?!安|会|宴|些|点|辈|年))"
)
_TIME_ZH: Final = rf"(?:{_PART_ZH}[ ]?{_CLOCK_ZH}|{_CLOCK_ZH}|{_PART_ZH})"
_ZONE: Final = r"(?:[ ]?\(?(?:[ecmp][sd]?t|utc|gmt|bst|cest|cet|ist|jst|sgt|local[ ]time|eastern|pacific)\)?(?![a-z]))?"
_CLOCK_EN: Final = (
    r"(?:\d{1,2}(?:[:.]\d\d)?[ ]?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z])|\d{1,2}:\d\d(?::\d\d)?|noon|midnight)" + _ZONE
)
_TIME: Final = re.compile(
    rf"(?:[ ,-]{{0,2}}(?:的|约|大约)?(?P<zh>{_TIME_ZH})(?:[ ]?(?:-|~|到|至)[ ]?{_TIME_ZH})?"
    rf"|,?[ ]?(?:(?:at|@|from|by|around|,|-)[ ]?)?(?P<en>{_CLOCK_EN})(?:[ ]?(?:-|to|–|until)[ ]?{_CLOCK_EN})?"
    rf"|[ ](?:morning|afternoon|evening|night)(?![a-z])(?:[ ]at[ ]{_CLOCK_EN})?)"
)
_RANGE: Final = re.compile(r"起?[ ]?(?:-{1,3}|~|[—–]{1,2}|到|至|to|through|thru|until|till|and)[ ]?(?:the[ ])?")
_LIST: Final = re.compile(r"[ ]?[、,和及与&][ ]?")
_OF_A_YEAR: Final = re.compile(r"年|[上下本这今当]|next|last|this|coming|\d{4}|['’]\d\d")
_BESIDE_WEEKDAY: Final = re.compile(r"[ ,(]{0,3}(?:the[ ])?")
_BETWEEN: Final = re.compile(r"(?<![a-z])between[ ]$")

_BEFORE: Final = re.compile(
    r"(?<![a-z])(?:(?:any|some)?times?[ ])?(?:before|by|until|till|(?:no|not)[ ]later[ ]than|prior[ ]to"
    r"|ahead[ ]of|through|up[ ]to)[ ](?:the[ ])?$"
    r"|(?:截至|截止到?|不晚于|最晚|最迟|赶在)$"
)
_AFTER: Final = re.compile(
    r"(?<![a-z])(?:(?:any|some)?times?[ ])?(?:after|not[ ]before|no[ ]earlier[ ]than)[ ](?:the[ ])?$|(?:不早于|最早)$"
)
_SINCE: Final = re.compile(r"(?<![a-z])since[ ]$")
_SIDE: Final = re.compile(
    r"[ ]?(?:(?P<about>前后|左右)|(?P<before>之前|以前|前"
    r"(?![天台瞻景来往沿端置途期提面所线身任辈夕不几两一二三四五六七八九十\d]))"
    r"|(?P<after>之后|以后|后(?![天台续来面盖摄置期年半悔果几两一二三四五六七八九十\d]))|(?P<since>起?(?:至今"
    r"|到现在|以来)|起(?![来码步价售点初飞床])))"
)


def find_dates(folded_text: str, today: date) -> Iterator[Reading]:
    """Every date of a folded text, without overlaps; `today` is the local day of the post."""
    readings = _longest([*read_day_rows(_TABLE.rows_for(folded_text), folded_text, today)])
    timed = [_with_time(folded_text, reading, end) for reading, _, end in _with_bounds(folded_text, readings)]
    joined = _joined(folded_text, timed, today)
    return (_beside(folded_text, *bounded, today) for bounded in _with_bounds(folded_text, joined))


def _with_bounds(text: str, readings: Sequence[Reading]) -> Iterator[tuple[Reading, int, int]]:
    """Each reading with the end of the one before it and the start of the one behind."""
    begins = (0, *(reading.end for reading in readings))
    ends = (*(reading.start for reading in readings[1:]), len(text))
    return zip(readings, begins, ends, strict=False)


def _longest(readings: Sequence[Reading]) -> list[Reading]:
    """Readings that do not overlap, in order: of two the longer one, of two as long the surer one."""
    starts: list[int] = []
    chosen: list[Reading] = []
    for reading in sorted(readings, key=lambda r: (r.start - r.end, r.bare)):
        at = bisect_left(starts, reading.start)
        free_before = at == 0 or chosen[at - 1].end <= reading.start
        if free_before and (at == len(chosen) or reading.end <= chosen[at].start):
            starts.insert(at, reading.start)
            chosen.insert(at, reading)
    return chosen


def _with_time(text: str, reading: Reading, end: int) -> Reading:
    """With the time of day behind it; a figure that a clock follows is surely a date."""
    time = _TIME.match(text, reading.end, end)
    if time is None or "/" in reading.value:
        return reading
    return replace(reading, end=time.end(), bare=reading.bare and not (time["en"] or time["zh"]))


def _joined(text: str, readings: Sequence[Reading], today: date) -> list[Reading]:
    """Weekdays with their dates, then both ends of each range, as one reading."""
    joined: list[Reading] = []
    for reading in readings:
        one = _one_day(text, joined[-1], reading, today) if joined else None
        if one:
            joined[-1:] = [one]
        else:
            joined.append(reading)
    ranged: list[Reading] = []
    for reading in _listed(text, joined):
        span = _range(text, ranged[-1], reading) if ranged else None
        if span:
            ranged[-1:] = [span]
        else:
            ranged.append(reading)
    return ranged


def _listed(text: str, readings: Sequence[Reading]) -> Iterator[Reading]:
    """In 9月10日、11日 the second day is of the month of the first."""
    last: Reading | None = None
    for reading in readings:
        listed = last is not None and reading.row == "zh_day_alone" and _LIST.fullmatch(text, last.end, reading.start)
        told = _read_again(text, reading, days_of(last.value)[0]) if last and listed else None
        last = replace(reading, value=told) if told else reading
        yield last


def _one_day(text: str, left: Reading, right: Reading, today: date) -> Reading | None:
    """A weekday beside its date: the date of that weekday, if there is one soon."""
    if (left.row in _WEEKDAYS) == (right.row in _WEEKDAYS) or "/" in left.value + right.value:
        return None
    if not _BESIDE_WEEKDAY.fullmatch(text, left.end, right.start):
        return None
    weekday, day = (left, right) if left.row in _WEEKDAYS else (right, left)
    wanted = days_of(weekday.value)[0].weekday()
    value = day.value
    if day.row in _PARTIAL and days_of(value)[0].weekday() != wanted:
        others = (_read_again(text, day, later(today, 28 * step)) for step in range(1, 15))
        value = next((other for other in others if other and days_of(other)[0].weekday() == wanted), value)
    return replace(day, start=left.start, end=right.end, value=value, bare=False)


def _range(text: str, left: Reading, right: Reading) -> Reading | None:
    """Both ends as one interval; the second is told from the first: 2030年9月到11月."""
    gap = _RANGE.fullmatch(text, left.end, right.start)
    if gap is None or ("and" in gap[0] and not _BETWEEN.search(text, max(0, left.start - 9), left.start)):
        return None
    first = days_of(left.value)[0]
    partial = right.row in _PARTIAL and not _OF_A_YEAR.search(text, right.start, right.end)
    told = _read_again(text, right, first) if partial else None
    last = days_of(told or right.value)[1]
    if last < first:
        return None
    return replace(left, end=right.end, value=value_of((first, last)), bare=left.bare and right.bare)


def _read_again(text: str, reading: Reading, today: date) -> str | None:
    """What the same words mean as of another day."""
    begin = max(0, reading.start - _AROUND)
    nearby = text[begin : reading.end + _AROUND]
    again = read_day_rows([_BY_NAME[reading.row]], nearby, today)
    return next((other.value for other in again if other.start <= reading.start - begin < other.end), None)


def _beside(text: str, reading: Reading, begin: int, end: int, today: date) -> Reading:
    """With "before", "after", 前 or 后 beside it: an interval that ends or begins there."""
    first, last = days_of(reading.value)
    begin = max(begin, reading.start - _AROUND)
    for pattern, days in (
        (_BEFORE, _before(today, first, last)),
        (_AFTER, (first, last + calendar.SOON_AFTER)),
        (_SINCE, _since(today, first, last)),
    ):
        word = pattern.search(text, begin, reading.start)
        if word:
            return replace(reading, start=word.start(), value=value_of(days))
    side = None if reading.row in _SIDES_INSIDE else _SIDE.match(text, reading.end, end)
    if side is None:
        return reading
    kinds = {
        "before": _before(today, first, last),
        "after": (first, last + calendar.SOON_AFTER),
        "since": _since(today, first, last),
        "about": (first, last) if first != last else (first - calendar.ABOUT, last + calendar.ABOUT),
    }
    return replace(reading, end=side.end(), value=value_of(kinds[side.lastgroup or ""]))


def _before(today: date, first: date, last: date) -> Days:
    """From today on until the last day; of what is past, the days themselves."""
    return (today, last) if last >= today else (first, last)


def _since(today: date, first: date, last: date) -> Days:
    return (first, today) if first <= today else (first, last)
