"""Dates in Chinese that are told from the day of the post: 明天, 三天后, 还有8天, 下周四, 周末."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one, shifted, week_of
from monitor.match.quantities.dates_zh_parts import COUNT, HAN, UNIT, WEEK, WEEKDAYS, number_of
from monitor.match.quantities.holidays import holiday
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------

_DAY_WORDS: Final = {
    "大前": -3,
    "前": -2,
    "昨": -1,
    "寻": -1,
    "今": 0,
    "本": 0,
    "当": 0,
    "明": 1,
    "听": 1,
    "次": 1,
    "后": 2,
    "大后": 3,
    "大大后": 4,
}
_LATER: Final = "(?:之后|以后|过后|后(?![天台面续]))"

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_day_word(found: re.Match[str], today: date) -> Days:
    return one(later(today, _DAY_WORDS[found["w"]]))


def _amount(found: re.Match[str]) -> tuple[float, str]:
    """How many of which unit: 三天, 半年, 两个半月."""
    half = bool(found["half"]) or "半" in found["u"]
    return (0.5 if found["n"] == "半" else float(number_of(found["n"]))) + half / 2, found["u"].lstrip("个多半")


def _moved(today: date, found: re.Match[str], sign: int) -> Days:
    """The day, week, month or year that is so many of them away; a half counts too."""
    number, unit = _amount(found)
    if unit in ("天", "日"):
        return one(later(today, sign * int(number)))
    if unit == "小时":
        return one(later(today, sign * int(number) // 24))
    if unit in ("周", "星期", "礼拜"):
        return week_of(later(today, sign * int(7 * number)))
    if unit == "年" and number == int(number):
        return calendar.year_of(today.year + sign * int(number))
    months = number * {"月": 1, "季度": 3, "年": 12}[unit]
    if months == int(months):
        return calendar.month_of(*shifted(today, sign * int(months)))
    day = later(today, sign * int(30.5 * months))
    return later(day, -5), later(day, 5)


def _reach(today: date, found: re.Match[str], sign: int, count: float = 0) -> date:
    """The day to which a number of days, weeks, months or years reaches."""
    told, unit = _amount(found)
    number = count or told
    months = number * {"月": 1, "季度": 3, "年": 12}.get(unit, 0)
    if months and months == int(months):
        return calendar.months_later(today, sign * int(months))
    days = {"工作日": 1.4, "小时": 1 / 24, "周": 7, "星期": 7, "礼拜": 7, "月": 30.5, "季度": 91.5, "年": 365}
    return later(today, sign * round(number * days.get(unit, 1)))


def _read_after(found: re.Match[str], today: date) -> Days:
    return _moved(today, found, 1)


def _read_ago(found: re.Match[str], today: date) -> Days:
    return _moved(today, found, -1)


def _read_within(found: re.Match[str], today: date) -> Days:
    return today, _reach(today, found, 1)


def _read_since(found: re.Match[str], today: date) -> Days:
    return _reach(today, found, -1), today


def _read_about(found: re.Match[str], today: date) -> Days | None:
    """两三天后: between the two."""
    low, high = number_of(found["n"]), number_of(found["to"])
    if high != low + 1:
        return None
    last = _reach(today, found, 1, high)
    return (today if found["within"] else _reach(today, found, 1, low)), last


def _read_around_new_year(found: re.Match[str], today: date) -> Days:
    """年前, 年后: before or after the Spring Festival."""
    day = holiday("春节", today)
    if found["side"] == "后":
        return later(day, 1), day + calendar.SOON_AFTER
    return today, later(day if day > today else holiday("春节", today, today.year + 1), -1)


def _read_few_days(found: re.Match[str], today: date) -> Days:
    return (later(today, 1), later(today, 9)) if found["after"] else (today, later(today, 9))


def _read_within_this(found: re.Match[str], today: date) -> Days:
    return today, (calendar.year_of(today.year) if "年" in found[0] else calendar.month_of(today.year, today.month))[1]


def _read_week(found: re.Match[str], today: date) -> Days:
    weeks = found["w"].count("下") - found["w"].count("上")
    if found["wd"] == "末":
        return calendar.weekend_of(today, weeks)
    days = week_of(today, weeks)
    return one(later(days[0], WEEKDAYS[found["wd"]])) if found["wd"] else days


def _read_weekday(found: re.Match[str], today: date) -> Days:
    return one(calendar.coming(today, WEEKDAYS[found["wd"]]))


def _read_weekend(_: re.Match[str], today: date) -> Days:
    return calendar.weekend_of(today)


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "zh_day_word",
        r"(?<![以之先随提午])(?P<w>大大后|大后|大前|后|前|昨|今|明|寻|听)(?:天|日(?!报|本))"
        r"(?!头条|方舟|之子|之星|重现|份|气|空|生的|性|免)",
        _read_day_word,
        ("明天发布", "2030-01-05", "2030-01-06"),
        ("大后天", "2030-01-05", "2030-01-08"),
        ("昨日", "2030-01-05", "2030-01-04"),
    ),
    day_row(
        "zh_day_of_text",
        r"(?<![正恰应充担相])(?P<w>本|当|次)日(?!本|报|期|子)",
        _read_day_word,
        ("次日", "2030-01-05", "2030-01-06"),
        bare=True,
    ),
    day_row(
        "zh_night_word",
        r"(?P<w>今|明|昨|(?<![然之以])后)(?:早(?!日|点|已)|晚(?!安|会|餐|饭|报|间新闻|些)|晨|夜(?!话)|午|儿个?|天晚上)",
        _read_day_word,
        ("今晚8点", "2030-01-05", "2030-01-05"),
        ("明早", "2030-01-05", "2030-01-06"),
    ),
    day_row(
        "zh_after",
        rf"(?P<n>{COUNT})(?P<u>{UNIT})(?P<half>半)?{_LATER}",
        _read_after,
        ("3天后", "2030-01-05", "2030-01-08"),
        ("三天之后", "2030-01-05", "2030-01-08"),
        ("两周后", "2030-01-05", "2030-01-14/2030-01-20"),
        ("三个月后", "2030-01-05", "2030-04-01/2030-04-30"),
        ("半个月后", "2030-01-05", "2030-01-15/2030-01-25"),
        ("半年后", "2030-01-05", "2030-07-01/2030-07-31"),
    ),
    day_row(
        "zh_left",
        rf"(?:还有|还剩下?|仅剩|只剩|剩下|倒计时:?|再过|再等)[ ]?(?:最后)?[ ]?(?P<n>{COUNT})[ ]?(?P<u>{UNIT})"
        rf"(?P<half>半)?(?!的?[假班])",
        _read_after,
        ("还有8天", "2030-01-05", "2030-01-13"),
        ("倒计时3天", "2030-01-05", "2030-01-08"),
    ),
    day_row(
        "zh_countdown",
        rf"(?P<n>{COUNT})[ ]?(?P<u>天)(?P<half>半)?倒计时",
        _read_after,
        ("3天倒计时", "2030-01-05", "2030-01-08"),
    ),
    day_row(
        "zh_ago",
        rf"(?P<n>{COUNT})(?P<u>天|周|个?星期|个?礼拜|个多?半?月|年|(?<=[一二两三四五六七八九十])日)"
        rf"(?P<half>半)?(?:之前|以前|前(?![台后提面]))",
        _read_ago,
        ("3天前", "2030-01-05", "2030-01-02"),
        ("两年前", "2030-01-05", "2028-01-01/2028-12-31"),
    ),
    day_row(
        "zh_within",
        rf"(?P<n>{COUNT})(?P<u>{UNIT}|个?工作日)(?P<half>半)?(?:之|以)?内(?!存|容|部|置|在)",
        _read_within,
        ("三天内", "2030-01-05", "2030-01-05/2030-01-08"),
    ),
    day_row(
        "zh_next",
        rf"(?:未来|接下来的?|今后|(?<![以之])下(?=[两二三四五])|(?<![然之以今最随先])后"
        rf"(?=[两二三四五][天周]))的?(?P<n>{COUNT})(?P<u>{UNIT})"
        rf"(?P<half>半)?(?:之?内)?",
        _read_within,
        ("未来7天", "2030-01-05", "2030-01-05/2030-01-12"),
    ),
    day_row(
        "zh_last",
        rf"(?:近|最近|过去的?|前|(?<![以之])上(?=[两二三四五][天周个]))(?P<n>{COUNT})(?P<u>天|周|个?星期"
        rf"|个?礼拜|个?多?半?月|年)(?P<half>半)?(?!前)",
        _read_since,
        ("近三个月", "2030-04-05", "2030-01-05/2030-04-05"),
        bare=True,
    ),
    day_row(
        "zh_since",
        rf"(?P<n>{COUNT})(?P<u>天|周|个?星期|个?礼拜|个?多?半?月|年)(?P<half>半)?多?(?:以来|来)(?!自)",
        _read_since,
        ("三个月以来", "2030-04-05", "2030-01-05/2030-04-05"),
        bare=True,
    ),
    day_row(
        "zh_about",
        rf"(?<![\d{HAN}])(?P<n>[一两二三四五六七八])(?P<to>[两二三四五六七八九])(?P<u>天|周|个?星期|个?礼拜"
        rf"|个月|年)(?P<half>半)?"
        r"(?:之后|以后|后(?![天台面续])|(?P<within>之内|以内|内))",
        _read_about,
        ("两三天后", "2030-01-05", "2030-01-07/2030-01-08"),
        ("一两周内", "2030-01-05", "2030-01-05/2030-01-19"),
    ),
    day_row(
        "zh_around_new_year",
        rf"(?<![\d{HAN}几多数半去今明前后整千来])年(?P<side>[前后])(?=就?会?就?(?:发布|见|上市|开售|推出|上线"
        rf"|亮相|再|官宣)|[,。!]|$)",
        _read_around_new_year,
        ("年前发布", "2030-01-05", "2030-01-05/2030-02-02"),
        ("年后见", "2030-01-05", "2030-02-04/2030-03-05"),
    ),
    day_row(
        "zh_few_days",
        r"(?:过[几两些]天|(?:几|数)[天日](?P<after>之?后)|(?:几|数)[天日]之?内|未来几天)",
        _read_few_days,
        ("过几天", "2030-01-05", "2030-01-05/2030-01-14"),
        ("几天后", "2030-01-05", "2030-01-06/2030-01-14"),
    ),
    day_row(
        "zh_within_this",
        r"(?<![\d一-龥])[年月]内(?!存|容|部)|[今本]年内|本月内",
        _read_within_this,
        ("年内发布", "2030-01-05", "2030-01-05/2030-12-31"),
        ("本月内", "2030-01-05", "2030-01-05/2030-01-31"),
    ),
    day_row(
        "zh_week",
        rf"(?P<w>(?<![以早晚线])(?:[上下]{{1,3}}一?个?|本|这一?个?|今个?)){WEEK}(?:之?内)?(?:{WEEK}?"
        rf"(?P<wd>[一二三四五六天末]|日"
        rf"(?!本)))?(?!年|边|围|期)",
        _read_week,
        ("下周四", "2030-01-05", "2030-01-10"),
        ("下下周一", "2030-01-05", "2030-01-14"),
        ("本周五", "2030-01-01", "2030-01-04"),
        ("下周", "2030-01-05", "2030-01-07/2030-01-13"),
        ("这周末", "2030-01-01", "2030-01-05/2030-01-06"),
    ),
    day_row(
        "zh_weekday",
        rf"(?<![上下本这个一二三四五六七八九十几每两\d今逢]){WEEK}(?P<wd>[一二三四五六天]|日(?!本))(?!年|边|围"
        rf"|期|次|圈|场|更|遍|部|定|福|[一二三四五六日、至到]"
        rf"(?:[一二三四五六日]))",
        _read_weekday,
        ("周四见", "2030-01-05", "2030-01-10"),
        ("星期天", "2030-01-05", "2030-01-06"),
        ("礼拜三", "2030-01-05", "2030-01-09"),
    ),
    day_row(
        "zh_weekend",
        r"(?<![上下本这每一两个])周末",
        _read_weekend,
        ("周末见", "2030-01-01", "2030-01-05/2030-01-06"),
    ),
)
PARTIAL: Final = frozenset({"zh_weekday"})
WEEKDAY_ROWS: Final = frozenset({"zh_weekday", "zh_week"})
SIDES_INSIDE: Final = frozenset({"zh_ago", "zh_within", "zh_next", "zh_few_days", "zh_since", "zh_last"})
