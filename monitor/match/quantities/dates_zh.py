"""Days and months in Chinese: 2030年6月18日, 下月18号, 9月上旬, 18号, 九月的第二个星期二.

A reader gets what its pattern found and the day of the post, and answers with the days that are meant.
"""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, one
from monitor.match.quantities.dates_zh_parts import (
    ALONE,
    DAY,
    HAN,
    MONTH,
    PART,
    PARTS,
    TO,
    WEEK,
    WEEKDAYS,
    YEAR,
    in_month,
    in_year,
    number_of,
)
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

# What makes of a number behind a month something else than its day.
_COUNTED: Final = (
    r"[ ]?(?:[\d.%万亿千百十家台款个次场天年月部人元块点时折位名条倍届国大周分批张枚只辆所本岁种套轮期级度寸]|[a-z])"
)
# Numbers of houses, lines, players: not days.
_NUMBERED: Final = (
    "楼|线|院|店|门|机|位|球|馆|厅|桥|公路|文|字|电池|油|令|员|选手|台风|染色|坑|井|矿|专|产品|航|作品|种子|码"
    "|称|角|召|卫星|车"
    "|厂|柜|展|候|墙|馆|宿舍|商|方案|服务|工|发动|高"
)

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_day(found: re.Match[str], today: date) -> Days:
    day = number_of(found["d"])
    return in_month(found, today, lambda year, month: one(date(year, month, day)))


def _read_days(found: re.Match[str], today: date) -> Days | None:
    first, last = number_of(found["d"]), number_of(found["to"])
    if first >= last:
        return None
    return in_month(found, today, lambda year, month: (date(year, month, first), date(year, month, last)))


def _read_month(found: re.Match[str], today: date) -> Days:
    return in_month(found, today, calendar.month_of)


def _read_months(found: re.Match[str], today: date) -> Days | None:
    first, last = number_of(found["mo"].rstrip(" 月")), number_of(found["to"])
    if first >= last:
        return None
    return in_year(found, today, calendar.LOOK_BACK_MONTH, lambda year: calendar.months_of(year, first, last))


def _read_months_listed(found: re.Match[str], today: date) -> Days | None:
    """Two months, one after the other; side by side only in Chinese numerals."""
    first, last = number_of(found["mo"].rstrip(" 月")), number_of(found["to"])
    side_by_side = not found["sep"] and (found["to"].isdigit() or found["mo"].endswith("月"))
    return None if side_by_side or last != first + 1 else _read_months(found, today)


def _read_month_part(found: re.Match[str], today: date) -> Days:
    part = PARTS[found["part"].removeprefix("月")]
    return in_month(found, today, lambda year, month: calendar.part_of_month(calendar.month_of(year, month), part))


def _read_this_month_part(found: re.Match[str], today: date) -> Days:
    return calendar.part_of_month(calendar.month_of(today.year, today.month), PARTS[found["part"]])


def _read_nth_week(found: re.Match[str], today: date) -> Days:
    nth = number_of(found["nth"])

    def days_in(year: int, month: int) -> Days:
        if found["wd"]:
            return one(calendar.nth_weekday(year, month, WEEKDAYS[found["wd"]], nth))
        return calendar.nth_week(calendar.month_of(year, month), nth)

    return in_month(found, today, days_in)


def _read_day_alone(found: re.Match[str], today: date) -> Days:
    return one(calendar.day_alone(today, number_of(found["d"])))


def _read_days_alone(found: re.Match[str], today: date) -> Days | None:
    first, last = number_of(found["d"]), number_of(found["to"])
    if first >= last:
        return None
    day = calendar.day_alone(today, first)
    return day, day.replace(day=last)


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "zh_day",
        rf"{YEAR}?{MONTH}份?的?[ ]?(?P<d>{DAY})[ ]?(?:日|号)(?!线|楼|店)",
        _read_day,
        ("定于2030年6月18日发布", "2030-01-05", "2030-06-18"),
        ("二零三零年六月十八号见", "2030-01-05", "2030-06-18"),
        ("30年6月18日", "2030-01-05", "2030-06-18"),
        ("6月18号", "2030-01-05", "2030-06-18"),
        ("明年1月6日", "2030-11-05", "2031-01-06"),
        ("1月6日", "2030-11-05", "2031-01-06"),
        ("下月18号", "2030-12-05", "2031-01-18"),
    ),
    day_row(
        "zh_day_short",
        rf"{YEAR}?(?!八月十五|正月){MONTH}份?[ ]?(?P<d>(?!廿|一){DAY})(?!{_COUNTED}|日|号|[{HAN}]|[-~—–:/](?=\d))",
        _read_day,
        ("6月18发布", "2030-01-05", "2030-06-18"),
        ("六月十八见", "2030-01-05", "2030-06-18"),
        ("2030年6月29", "2030-01-05", "2030-06-29"),
    ),
    day_row(
        "zh_days",
        rf"{YEAR}?{MONTH}份?[ ]?(?P<d>{DAY})(?:日|号)?{TO}(?P<to>{DAY})(?:日|号|(?!{_COUNTED}|月|[{HAN}]))",
        _read_days,
        ("6月18-20日", "2030-01-05", "2030-06-18/2030-06-20"),
        ("9月九号到十五号", "2030-01-05", "2030-09-09/2030-09-15"),
    ),
    day_row(
        "zh_months",
        rf"{YEAR}?(?P<mo>{ALONE}(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月?){TO}"
        r"(?P<to>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|(?![\d一二三四五六七八九十]))",
        _read_months,
        ("6-8月", "2030-01-05", "2030-06-01/2030-08-31"),
        ("2030年2——4月", "2030-01-05", "2030-02-01/2030-04-30"),
    ),
    day_row(
        "zh_months_listed",
        rf"{YEAR}?(?P<mo>{ALONE}(?:[一二三四五六七八九]|1[0-2]|[1-9])月?)(?P<sep>[、,/]?)(?P<to>1[0-2]|[1-9]"
        rf"|[二三四五六七八九])月(?!\d)",
        _read_months_listed,
        ("七八月", "2030-01-05", "2030-07-01/2030-08-31"),
        ("6、7月份", "2030-01-05", "2030-06-01/2030-07-31"),
    ),
    day_row(
        "zh_month_part",
        rf"{YEAR}?{MONTH}份?的?(?P<part>{PART})(?![一二三四五六七八九十])",
        _read_month_part,
        ("9月上旬", "2030-01-05", "2030-09-01/2030-09-10"),
        ("2030年10月底", "2030-01-05", "2030-10-21/2030-10-31"),
        ("十二月月底", "2030-06-05", "2030-12-21/2030-12-31"),
        ("下个月初", "2030-01-05", "2030-02-01/2030-02-10"),
        ("9月中发布", "2030-01-05", "2030-09-11/2030-09-20"),
    ),
    day_row(
        "zh_this_month_part",
        r"(?<![\d一二三四五六七八九十个下上本这当同岁个])月(?P<part>底|末|初|中(?=见|发布|推出|开售))"
        r"(?![一二三四五六七八九十])",
        _read_this_month_part,
        ("月底见", "2030-01-05", "2030-01-21/2030-01-31"),
    ),
    day_row(
        "zh_month",
        rf"{YEAR}?{MONTH}(?:份|(?![ ]?\d{{1,2}}[日号]|[一两三]?次|天(?!气)|饼|光|亮|球|薪|经|供|租|嫂|季票|活|销))",
        _read_month,
        ("9月份", "2030-01-05", "2030-09-01/2030-09-30"),
        ("明年三月", "2030-01-05", "2031-03-01/2031-03-31"),
        ("2030年6月", "2030-01-05", "2030-06-01/2030-06-30"),
        ("1月", "2030-12-05", "2031-01-01/2031-01-31"),
        ("12月", "2030-12-05", "2030-12-01/2030-12-31"),
        ("下个月", "2030-12-05", "2031-01-01/2031-01-31"),
    ),
    day_row(
        "zh_nth_week",
        rf"{YEAR}?{MONTH}份?的?第(?P<nth>[1-5一二三四五])个?{WEEK}(?P<wd>[一二三四五六日天])?",
        _read_nth_week,
        ("九月的第二个星期二", "2030-01-05", "2030-09-10"),
        ("9月第二周", "2030-01-05", "2030-09-09/2030-09-15"),
    ),
    day_row(
        "zh_day_alone",
        rf"(?<!\d,)(?<![\d.:/a-z月第续达共近满每期约{HAN}-])(?<!\d )(?P<d>3[01]|[12]\d|0?[1-9])(?:号(?!{_NUMBERED})"
        rf"|日(?!内|游|均|环"
        rf"|线|报|元|本|语|系|历|文|圆|活|常|程|韩|志|落|出|产|用|夜|子))",
        _read_day_alone,
        ("18号发布", "2030-01-05", "2030-01-18"),
        ("3号", "2030-01-20", "2030-02-03"),
        ("3号", "2030-01-05", "2030-01-03"),
    ),
    day_row(
        "zh_day_alone_han",
        rf"(?<![月第{HAN}])(?<![\u4e00-\u9fff](?<![在于到至从是本就约定为期等我们,晚号]))(?P<d>三十一?"
        rf"|二十[一二三四五六七八九]?|廿[一二三四五六七八九]?"
        rf"|十[一二三四五六七八九])(?:号(?!{_NUMBERED})|(?<=..)日(?!游|谈|内|间|均))",
        _read_day_alone,
        ("就在十八号", "2030-01-05", "2030-01-18"),
    ),
    day_row(
        "zh_day_alone_han_short",
        r"(?<![\u4e00-\u9fff])(?P<d>[一二三四五六七八九])号(?=见|发布|开售|开卖|上市|早|晚|上午|中午|下午)",
        _read_day_alone,
        ("三号发布", "2030-01-20", "2030-02-03"),
        bare=True,
    ),
    day_row(
        "zh_days_alone",
        rf"(?<!\d,)(?<![\d.:/a-z月第{HAN}-])(?P<d>{DAY}){TO}(?P<to>{DAY})(?:号(?!{_NUMBERED})|日(?!内|游|均))",
        _read_days_alone,
        ("18-20号", "2030-01-05", "2030-01-18/2030-01-20"),
    ),
)
PARTIAL: Final = frozenset({"zh_day", "zh_day_short", "zh_month", "zh_month_part", "zh_day_alone", "zh_day_alone_han"})
