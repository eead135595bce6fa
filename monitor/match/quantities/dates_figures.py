"""Dates in figures: 2030-06-18, 6/18/2030, 20300618, 2030Q3, and those that could be anything: 12.1, 0810, 2030."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one
from monitor.match.quantities.rows import DayRow

_YEAR: Final = r"(?P<y>(?:19|20)\d\d)"
_MONTH: Final = r"(?P<m>1[0-2]|0?[1-9])"
_DAY: Final = r"(?P<d>3[01]|[12]\d|0?[1-9])"
_ALONE: Final = r"(?<![\d$€£¥_])(?<![\d a-z][.,:/+*=-])"
_ENDS: Final = r"(?![\d_])(?!['’.,:/-]\d)"
# 12.1 of these is no day; neither is 3/4 of anything.
_VERSION: Final = re.compile(
    r"(?:os|ui|version|ver\.?|v|android|windows|build|firmware|kernel|usb|wi-?fi|bluetooth|版本|系统|固件|蓝牙)[ ]?$"
)
_UNIT: Final = (
    r"(?![ ]?(?:[%°\"″$€£¥×]|[元块寸英亿万倍折分度米吨斤克毫厘公升级瓦小个点秒台条只成角毛刀页章版代比胜负平强]"
    r"|(?:inch(?:es)?|in|gb?|kg|mm|cm|m|km|mah|w|k|x|ghz|mhz|mp|lbs?|oz|million|billion|percent|pts?|points?"
    r"|stars?|hours?|days?|weeks?|months?|years?|avg|average)(?![a-z])))"
    r"(?![a-z])"
)
_NO_DAYS: Final = {"1/2", "1/3", "2/3", "1/4", "3/4", "24/7", "9/11"}
_YEARS_AHEAD: Final = 6  # a figure for a year, alone


def _read_day(found: re.Match[str], today: date) -> Days:
    return one(date(calendar.full_year(found["y"], today), int(found["m"]), int(found["d"])))


def _read_day_year(found: re.Match[str], today: date) -> Days:
    """Month first as in America, unless only the other order makes a date, or dots say that it is European."""
    month, day = int(found["a"]), int(found["b"])
    if month > 12 or (found["sep"] == "." and day <= 12):  # noqa: PLR2004
        month, day = day, month
    return one(date(calendar.full_year(found["y"], today), month, day))


def _read_month(found: re.Match[str], _: date) -> Days:
    return calendar.month_of(int(found["y"]), int(found["m"]))


def _read_month_day(found: re.Match[str], today: date) -> Days | None:
    month, day = int(found["a"]), int(found["b"])
    if found[0] in _NO_DAYS or _VERSION.search(found.string, max(0, found.start() - 10), found.start()):
        return None
    if month > 12:  # noqa: PLR2004
        if found["sep"] == ".":
            return None
        month, day = day, month
    return one(calendar.month_day(today, month, day))


def _read_month_days(found: re.Match[str], today: date) -> Days | None:
    first = _read_month_day(found, today)
    if first is None:
        return None
    last = calendar.with_year(first[0], 0, lambda year: one(date(year, int(found["c"]), int(found["e"]))))
    return first[0], last[1]


def _read_year(found: re.Match[str], today: date) -> Days | None:
    year = int(found["y"])
    return calendar.year_of(year) if -10 <= year - today.year <= _YEARS_AHEAD else None  # noqa: PLR2004


def _told(found: re.Match[str]) -> tuple[int, str | None]:
    """The number of a quarter or half and its year, in either order."""
    parts = found.groupdict()
    return int(parts.get("q") or parts["r"]), parts.get("y") or parts.get("z")


def _read_quarter(found: re.Match[str], today: date) -> Days:
    quarter, year = _told(found)
    if year is None:
        return calendar.with_year(
            today, calendar.LOOK_BACK_QUARTER, lambda any_year: calendar.quarter_of(any_year, quarter), this_year=True
        )
    return calendar.quarter_of(calendar.full_year(year.strip("'’"), today), quarter)


def _read_half(found: re.Match[str], today: date) -> Days:
    half, year = _told(found)
    if year is None:
        return calendar.with_year(
            today, calendar.LOOK_BACK_HALF, lambda any_year: calendar.half_of(any_year, half), this_year=True
        )
    return calendar.half_of(calendar.full_year(year.strip("'’"), today), half)


def _read_countdown(found: re.Match[str], today: date) -> Days:
    return one(later(today, int(found["n"])))


_ANY_YEAR: Final = r"(?:(?:19|20)\d\d|['’]\d\d|(?<=fy)\d\d|(?<=[1-4]q)\d\d)"

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "figures_ymd",
        rf"{_ALONE}{_YEAR}[ ]?(?:[-/.]|年)[ ]?{_MONTH}[ ]?[-/.][ ]?{_DAY}(?:(?=[0-2]\d:[0-5]\d)|(?![\d_])(?!\.\d))",
        _read_day,
        ("2030-06-18", "2029-01-05", "2030-06-18"),
        ("2030/6/18", "2029-01-05", "2030-06-18"),
        ("2030.6.18", "2029-01-05", "2030-06-18"),
    ),
    day_row(
        "figures_compact",
        r"(?<!\d,)(?<![\d.:/_-])(?P<y>(?:19|20)\d\d)(?P<s>[ ]?)(?P<m>1[0-2]|0[1-9])(?P=s)(?P<d>3[01]|[12]\d|0[1-9])"
        r"(?![\d_])(?![.,/-]\d)",
        _read_day,
        ("20300618", "2029-01-05", "2030-06-18"),
        ("2030 06 18", "2029-01-05", "2030-06-18"),
    ),
    day_row(
        "figures_day_year",
        rf"{_ALONE}(?P<a>3[01]|[12]\d|0?[1-9])[ ]?(?P<sep>[-/.])[ ]?(?P<b>3[01]|[12]\d|0?[1-9])[ ]?"
        rf"(?P=sep)[ ]?(?P<y>(?:19|20)\d\d){_ENDS}",
        _read_day_year,
        ("6/18/2030", "2029-01-05", "2030-06-18"),
        ("18.6.2030", "2029-01-05", "2030-06-18"),
        ("18/06/2030", "2029-01-05", "2030-06-18"),
    ),
    day_row(
        "figures_short_year",
        rf"{_ALONE}(?P<a>3[01]|[12]\d|0?[1-9])(?P<sep>[-/])(?P<b>3[01]|[12]\d|0?[1-9])(?P=sep)"
        rf"(?P<y>\d\d){_ENDS}{_UNIT}",
        _read_day_year,
        ("6/18/30", "2029-01-05", "2030-06-18"),
    ),
    day_row(
        "figures_month",
        rf"{_ALONE}{_YEAR}[-/]{_MONTH}(?![\d_])(?![.:/]\d)(?!-\d{{1,2}}(?!\d))",
        _read_month,
        ("2030-06", "2029-01-05", "2030-06-01/2030-06-30"),
    ),
    day_row(
        "figures_month_year",
        rf"{_ALONE}{_MONTH}/{_YEAR}{_ENDS}",
        _read_month,
        ("6/2030", "2029-01-05", "2030-06-01/2030-06-30"),
    ),
    day_row(
        "figures_month_dotted",
        rf"{_ALONE}{_YEAR}\.{_MONTH}(?![\d_])(?![.,:/]\d){_UNIT}",
        _read_month,
        ("2030.6", "2029-01-05", "2030-06-01/2030-06-30"),
        bare=True,
    ),
    day_row(
        "figures_month_day_named",
        rf"{_ALONE}(?P<a>1[0-2]|0?[1-9])(?P<sep>[-/.·•])(?P<b>3[01]|[12]\d|0?[1-9])[日号](?![线楼店])",
        _read_month_day,
        ("11/3号", "2030-06-05", "2030-11-03"),
        ("6.18日", "2030-06-05", "2030-06-18"),
    ),
    day_row(
        "figures_month_day",
        rf"{_ALONE}(?P<a>3[01]|[12]\d|0?[1-9])(?P<sep>[/.·]|-(?=\d\d)|(?<=\d\d)-)(?P<b>3[01]|[12]\d"
        rf"|0?[1-9]){_ENDS}{_UNIT}",
        _read_month_day,
        ("12.1", "2030-06-05", "2030-12-01"),
        ("10/18", "2030-06-05", "2030-10-18"),
        ("12-1", "2030-06-05", "2030-12-01"),
        ("18/10", "2030-06-05", "2030-10-18"),
        bare=True,
    ),
    day_row(
        "figures_month_days",
        rf"{_ALONE}(?P<a>1[0-2]|0?[1-9])(?P<sep>[/.])(?P<b>3[01]|[12]\d|0?[1-9])(?:日|号)?[ ]?(?:[-~–]"
        rf"|[—]{{1,2}}|到|至)[ ]?"
        rf"(?P<c>1[0-2]|0?[1-9])(?P=sep)(?P<e>3[01]|[12]\d|0?[1-9]){_ENDS}{_UNIT}",
        _read_month_days,
        ("8.8-8.18", "2030-06-05", "2030-08-08/2030-08-18"),
        bare=True,
    ),
    day_row(
        "figures_month_day_spaced",
        rf"(?<![\d$€£¥.,:/+*-])(?<!\d )(?P<a>3[01]|[12]\d|0?[1-9])[ ](?P<sep>/)[ ](?P<b>3[01]|[12]\d"
        rf"|0?[1-9]){_ENDS}{_UNIT}(?![ ]?/)",
        _read_month_day,
        ("10 / 18", "2030-06-05", "2030-10-18"),
        bare=True,
    ),
    day_row(
        "figures_mmdd",
        r"(?<![\da-z$€£¥.,:/#_+*-])(?P<a>0[1-9]|1[0-2])(?P<sep>)(?P<b>3[01]|[12]\d|0[1-9])" + _ENDS + _UNIT,
        _read_month_day,
        ("0810", "2030-06-05", "2030-08-10"),
        bare=True,
    ),
    day_row(
        "figures_year",
        rf"(?<![\da-z$€£¥.,:/#_+*-]){_YEAR}(?![\d_年a-z]){_UNIT}(?!['’.,:/-]\d)(?!x\d)",
        _read_year,
        ("2030", "2029-06-05", "2030-01-01/2030-12-31"),
        bare=True,
    ),
    day_row(
        "figures_quarter_year",
        rf"(?<![\da-z.-])(?:q(?P<q>[1-4])[ ]?(?:of[ ]|/|,[ ])?(?:fy[ ]?)?(?P<y>{_ANY_YEAR})|(?P<z>(?:19"
        rf"|20)?\d\d)年?[ -]?q(?P<r>[1-4]))(?![\da-z%])",
        _read_quarter,
        ("q3 2030", "2029-06-05", "2030-07-01/2030-09-30"),
        ("2030q3", "2029-06-05", "2030-07-01/2030-09-30"),
        ("30q4", "2029-06-05", "2030-10-01/2030-12-31"),
    ),
    day_row(
        "figures_quarter_first",
        rf"(?<![\da-z.-])(?P<q>[1-4])q[ ]?(?:of[ ])?(?P<y>{_ANY_YEAR})(?![\da-z%])",
        _read_quarter,
        ("3q30", "2029-06-05", "2030-07-01/2030-09-30"),
    ),
    day_row(
        "figures_quarter",
        r"(?:(?<=\bin )|(?<=\bby )|(?<=\bfor )|(?<=\bthis )|(?<=\bduring )|(?<=\blate )|(?<=\bearly ))q"
        r"(?P<q>[1-4])(?![\da-z])",
        _read_quarter,
        ("in q3", "2030-06-05", "2030-07-01/2030-09-30"),
    ),
    day_row(
        "figures_quarter_zh",
        r"(?<![\da-z])q(?P<q>[1-4])季度?",
        _read_quarter,
        ("q3季度", "2030-06-05", "2030-07-01/2030-09-30"),
    ),
    day_row(
        "figures_quarter_alone",
        r"(?<![\da-z])q(?P<q>[1-4])(?![\da-z.])",
        _read_quarter,
        ("q3", "2030-06-05", "2030-07-01/2030-09-30"),
        bare=True,
    ),
    day_row(
        "figures_half_year",
        rf"(?<![\da-z.-])(?:h(?P<q>[12])[ ]?(?:of[ ]|/)?(?:fy[ ]?)?(?P<y>{_ANY_YEAR})|(?P<z>(?:19"
        rf"|20)?\d\d)年?[ -]?h(?P<r>[12]))(?![\da-z%])",
        _read_half,
        ("h2 2030", "2029-06-05", "2030-07-01/2030-12-31"),
        ("2030h1", "2029-06-05", "2030-01-01/2030-06-30"),
    ),
    day_row(
        "figures_half_first",
        r"(?<![\da-z.-])(?P<q>[12])h[ ]?(?:of[ ])?(?P<y>(?:19|20)\d\d|['’]?[2-4]\d)(?![\da-z%])",
        _read_half,
        ("2h 2030", "2029-06-05", "2030-07-01/2030-12-31"),
    ),
    day_row(
        "figures_half_alone",
        r"(?<![\da-z])h(?P<q>[12])(?![\da-z.])",
        _read_half,
        ("in h2", "2030-01-05", "2030-07-01/2030-12-31"),
        bare=True,
    ),
    day_row(
        "figures_countdown",
        r"(?<![a-z\d])t[ -]?minus[ ](?P<n>\d{1,2})(?![\d.])(?:[ ]days?)?(?![ ](?:hours?|minutes?|seconds?|weeks?))",
        _read_countdown,
        ("t minus 3", "2030-01-05", "2030-01-08"),
        ("t-minus 3 days", "2030-01-05", "2030-01-08"),
    ),
    day_row(
        "figures_countdown_short",
        r"(?<![a-z\d-])[td]-(?P<n>\d{1,2})(?:[ ]?days?|天)?(?![\da-z.-])",
        _read_countdown,
        ("d-3", "2030-01-05", "2030-01-08"),
        bare=True,
    ),
)
PARTIAL: Final = frozenset({"figures_month_day", "figures_month_day_named", "figures_month_day_spaced", "figures_mmdd"})
