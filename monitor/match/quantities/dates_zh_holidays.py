"""Holidays in Chinese, and dates of the lunar calendar: 国庆前, 双十一当天, 正月初五."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one, with_year
from monitor.match.quantities.dates_zh_parts import ALONE, DAY, HAN, YEAR, in_year, number_of, year_told
from monitor.match.quantities.holidays import HOLIDAYS_ZH, holiday, lunar
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_HOLIDAY_LENGTHS: Final = {"春节": 8, "国庆": 7, "十一": 7, "五一": 5}  # days off; three else
_SHOPPING_DAYS: Final = {"618": (6, 18), "11": (11, 11), "十一": (11, 11), "12": (12, 12), "十二": (12, 12)}
_HOLIDAY: Final = "|".join(names for names, _ in HOLIDAYS_ZH)
_OFF: Final = "期间|小长假|长假|假期|黄金周|放假"
_SIDE: Final = "前后|前夕|之前|以前|前(?!天|夕)|之后|以后|过后|后(?!天|台)"
_GREETING: Final = (
    "(?!快乐|愉快|安康|联欢|档|晚会|红包|礼|月饼|粽|大促|促销|特惠|钜惠|树|老人|帽|购物|活动|限定|套装|版|特辑"
    "|主题|祝福|祝|将至|的|路|街|广场|大道|村|镇)"
)

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_holiday(found: re.Match[str], today: date) -> Days:
    """The day; with 假期 the days off, with 前, 后 or 前后 the weeks there."""
    name = {"十一": "国庆"}.get(found["h"], found["h"])
    day = holiday(name, today, year_told(found, today))
    last = later(day, _HOLIDAY_LENGTHS.get(name[:2], 3) - 1) if found["off"] else day
    return _around(day, last, found["side"])


def _around(day: date, last: date, side: str | None) -> Days:
    if not side:
        return day, last
    if side == "前后":
        return later(day, -calendar.ABOUT.days), later(last, calendar.ABOUT.days)
    if "前" in side:
        return day - calendar.AROUND_HOLIDAY, later(day, -1)
    return later(last, 1), last + calendar.AROUND_HOLIDAY


def _read_shopping_day(found: re.Match[str], today: date) -> Days:
    month, day = _SHOPPING_DAYS[found["h"].removeprefix("双")]
    days = with_year(today, calendar.LOOK_BACK_HOLIDAY, lambda year: one(date(year, month, day)))
    return _around(*days, found["side"])


def _read_lunar(found: re.Match[str], today: date) -> Days:
    name = found["lm"].removesuffix("月")
    month = {"正": 1, "冬": 11, "腊": 12}.get(name) or number_of(name)
    text = (found["ld"] or "").removeprefix("初")
    first, last = (number_of(text),) * 2 if text else (1, 29)
    return in_year(
        found,
        today,
        calendar.LOOK_BACK_HOLIDAY,
        lambda year: (lunar(year, month, first), lunar(year, month, last)),
    )


def _read_new_year_day(found: re.Match[str], today: date) -> Days:
    day = number_of(found["d"])
    return in_year(found, today, calendar.LOOK_BACK_HOLIDAY, lambda year: one(lunar(year, 1, day)))


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "zh_holiday",
        rf"{YEAR}?(?P<h>{_HOLIDAY}|(?<![点{HAN}])十一(?={_OFF}|{_SIDE}|见|发布|开售|上市))(?:当天|当日|那天"
        rf"|(?P<off>{_OFF}))?"
        rf"(?P<side>{_SIDE})?{_GREETING}",
        _read_holiday,
        ("国庆前", "2030-01-05", "2030-09-17/2030-09-30"),
        ("中秋前后", "2030-01-05", "2030-09-05/2030-09-19"),
        ("春节后", "2030-01-05", "2030-02-04/2030-02-17"),
        ("圣诞节", "2030-01-05", "2029-12-25"),
        ("十一假期", "2030-01-05", "2030-10-01/2030-10-07"),
    ),
    day_row(
        "zh_shopping_day",
        rf"(?<![\d.])(?P<h>618|双[ ]?(?:1[12]|十[一二]))(?:号|日|当天|当日|那天|零点|(?=见|发布|开售|首发|上市"
        rf"|开卖)|(?P<side>{_SIDE}))",
        _read_shopping_day,
        ("618当天", "2030-01-05", "2030-06-18"),
        ("双十一前", "2030-01-05", "2030-10-28/2030-11-10"),
        ("双11见", "2030-01-05", "2030-11-11"),
    ),
    day_row(
        "zh_lunar",
        rf"(?:{YEAR})?(?:[农阴]历的?)?(?:(?P<lm>正月|冬月|腊月|(?:(?<=[农阴]历)|(?<=历的))(?:十[一二]?"
        rf"|[二三四五六七八九]|1[0-2]|[1-9])月"
        rf"|{ALONE}(?:十[一二]?|[二三四五六七八九])月(?=初|廿))(?P<ld>初[一二三四五六七八九十]|{DAY})?)日?"
        rf"(?![款批次部台万])",
        _read_lunar,
        ("正月初五", "2030-01-05", "2030-02-07"),
        ("农历三月十五", "2030-01-05", "2030-04-17"),
    ),
    day_row(
        "zh_new_year_days",
        rf"{YEAR}?大年初(?P<d>[一二三四五六七八九十])",
        _read_new_year_day,
        ("大年初五", "2030-01-05", "2030-02-07"),
    ),
)
SIDES_INSIDE: Final = frozenset({"zh_holiday", "zh_shopping_day"})
