"""Holidays of both countries and the lunar calendar, as days."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from monitor.match.quantities.calendar import LOOK_BACK_HOLIDAY, later, nth_weekday, one, with_year

# Year: its first day, the lengths of its months ("1" is 30 days, "0" is 29), and the month that a leap month follows.
_LUNAR: Final = {
    2010: ("02-14", "101010010101", 0),
    2011: ("02-03", "101101001010", 0),
    2012: ("01-23", "1011010101010", 4),
    2013: ("02-10", "101011010101", 0),
    2014: ("01-31", "0101010110101", 9),
    2015: ("02-19", "010010111010", 0),
    2016: ("02-08", "101001011011", 0),
    2017: ("01-28", "0101001010111", 6),
    2018: ("02-16", "010100101011", 0),
    2019: ("02-05", "101010010011", 0),
    2020: ("01-25", "0111010010101", 4),
    2021: ("02-12", "011010101010", 0),
    2022: ("02-01", "101011010101", 0),
    2023: ("01-22", "0100110110101", 2),
    2024: ("02-10", "010010110110", 0),
    2025: ("01-29", "1010010101110", 6),
    2026: ("02-17", "101001001110", 0),
    2027: ("02-06", "110100100110", 0),
    2028: ("01-26", "1110100100110", 5),
    2029: ("02-13", "110101010011", 0),
    2030: ("02-03", "010110101010", 0),
    2031: ("01-23", "0110101101010", 3),
    2032: ("02-11", "100101101101", 0),
    2033: ("01-31", "0100101011101", 11),
    2034: ("02-19", "010010101101", 0),
    2035: ("02-08", "101001001101", 0),
}


def lunar(year: int, month: int, day: int) -> date:
    """The day of a lunar date; the leap month, which nobody means without saying so, is passed over."""
    if year not in _LUNAR:
        raise OverflowError("beyond the table")
    first, lengths, leap = _LUNAR[year]
    before = month if leap and month > leap else month - 1
    return later(date.fromisoformat(f"{year}-{first}"), sum(29 + int(mark) for mark in lengths[:before]) + day - 1)


def _qingming(year: int) -> date:
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def _easter(year: int) -> date:
    """Of the western churches: Gauss's rule as corrected for the Gregorian calendar."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _new_year(year: int) -> date:
    return lunar(year, 1, 1)


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _moon(month: int, day: int) -> Callable[[int], date]:
    return lambda year: lunar(year, month, day)


def _nth(month: int, weekday: int, nth: int, after: int = 0) -> Callable[[int], date]:
    return lambda year: later(nth_weekday(year, month, weekday, nth), after)


# Patterns of folded text, whole names; of two that begin alike the longer one stands first.
HOLIDAYS_ZH: Final[tuple[tuple[str, Callable[[int], date]], ...]] = (
    ("元旦节?", _solar(1, 1)),
    ("春节|农历新年|大年初一|正月初一", _new_year),
    ("除夕夜?|大年三十|年三十", lambda year: later(_new_year(year), -1)),
    ("元宵节?|正月十五", _moon(1, 15)),
    ("情人节|214情人节", _solar(2, 14)),
    ("妇女节|女神节|三八节|女生节", _solar(3, 8)),
    ("愚人节", _solar(4, 1)),
    ("清明节?", _qingming),
    ("五一(?:劳动)?节?|劳动节", _solar(5, 1)),
    ("青年节|五四青年节", _solar(5, 4)),
    ("母亲节", _nth(5, 6, 2)),
    ("六一(?:儿童)?节?|儿童节", _solar(6, 1)),
    ("父亲节", _nth(6, 6, 3)),
    ("端午节?", _moon(5, 5)),
    ("七夕(?:情人)?节?", _moon(7, 7)),
    ("教师节", _solar(9, 10)),
    ("中秋节?|八月十五", _moon(8, 15)),
    ("重阳节?", _moon(9, 9)),
    ("国庆节?|十一国庆节?", _solar(10, 1)),
    ("万圣节", _solar(10, 31)),
    ("光棍节", _solar(11, 11)),
    ("感恩节", _nth(11, 3, 4)),
    ("黑五|黑色星期五", _nth(11, 3, 4, after=1)),
    ("网络星期一", _nth(11, 3, 4, after=4)),
    ("平安夜|圣诞前夜", _solar(12, 24)),
    ("圣诞节?", _solar(12, 25)),
    ("跨年夜?", _solar(12, 31)),
    ("腊八节?", lambda year: lunar(year - 1, 12, 8)),
)

HOLIDAYS_EN: Final[tuple[tuple[str, Callable[[int], date]], ...]] = (
    (r"(?:chinese|lunar)[ ]new[ ]year|spring[ ]festival", _new_year),
    (r"new[ ]year['’]?s?[ ]eve", _solar(12, 31)),
    (r"new[ ]year['’]?s(?:[ ]day)?", _solar(1, 1)),
    (r"(?:martin[ ]luther[ ]king|mlk)(?:[ ]jr\.?)?(?:['’]?s?)?[ ]day", _nth(1, 0, 3)),
    (r"valentine['’]?s?(?:[ ]day)?", _solar(2, 14)),
    (r"presidents?['’]?s?[ ]day", _nth(2, 0, 3)),
    (r"(?:st\.?|saint)[ ]patrick['’]?s[ ]day", _solar(3, 17)),
    (r"april[ ]fools?['’]?s?(?:[ ]day)?", _solar(4, 1)),
    (r"good[ ]friday", lambda year: later(_easter(year), -2)),
    (r"easter[ ]monday", lambda year: later(_easter(year), 1)),
    (r"easter(?:[ ]sunday)?", _easter),
    (r"earth[ ]day", _solar(4, 22)),
    (r"mother['’]?s['’]?[ ]day", _nth(5, 6, 2)),
    (r"memorial[ ]day", _nth(5, 0, -1)),
    (r"dragon[ ]boat[ ]festival", _moon(5, 5)),
    (r"father['’]?s['’]?[ ]day", _nth(6, 6, 3)),
    (r"juneteenth", _solar(6, 19)),
    (r"independence[ ]day|fourth[ ]of[ ]july", _solar(7, 4)),
    (r"qixi(?:[ ]festival)?", _moon(7, 7)),
    (r"labou?r[ ]day", _nth(9, 0, 1)),
    (r"mid-autumn(?:[ ]festival)?", _moon(8, 15)),
    (r"columbus[ ]day", _nth(10, 0, 2)),
    (r"halloween", _solar(10, 31)),
    (r"singles['’]?[ ]day|single['’]s[ ]day", _solar(11, 11)),
    (r"veterans?['’]?[ ]day", _solar(11, 11)),
    (r"thanksgiving(?:[ ]day)?", _nth(11, 3, 4)),
    (r"black[ ]friday", _nth(11, 3, 4, after=1)),
    (r"cyber[ ]monday", _nth(11, 3, 4, after=4)),
    (r"(?:christmas|xmas)[ ]eve", _solar(12, 24)),
    (r"boxing[ ]day", _solar(12, 26)),
    (r"(?:christmas|xmas)(?:[ ]day)?", _solar(12, 25)),
)

_PATTERNS: Final = tuple((re.compile(names), day_in) for names, day_in in (*HOLIDAYS_ZH, *HOLIDAYS_EN))


def holiday(name: str, today: date, year: int | None = None) -> date:
    """The day of a holiday by its folded name, in that year or the next one that comes."""
    day_in = next((day_in for pattern, day_in in _PATTERNS if pattern.fullmatch(name)), None)
    if day_in is None:
        raise ValueError("no such holiday")
    if year is not None:
        return day_in(year)
    return with_year(today, LOOK_BACK_HOLIDAY, lambda any_year: one(day_in(any_year)))[0]
