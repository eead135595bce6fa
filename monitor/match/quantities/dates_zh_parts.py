"""What Chinese dates are made of: numbers, years, months, weekdays, and what they mean."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, shifted, with_year

HAN: Final = "零一二三四五六七八九十百千万两廿卅"
DIGIT: Final = "零一二三四五六七八九"
ALONE: Final = rf"(?<![\d{HAN}])(?<!\d[.,])"
YEAR_WORDS: Final = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "这一年": 0,
    "今年度": 0,
    "明年": 1,
    "次年": 1,
    "翌年": 1,
    "来年": 1,
    "下年": 1,
    "下一年": 1,
    "后年": 2,
    "大后年": 3,
}
_YEAR_WORD: Final = "(?<![先以之])(?:" + "|".join(sorted(YEAR_WORDS, key=len, reverse=True)) + ")"
_YEAR_NO: Final = (
    rf"{ALONE}(?:(?:19|20)\d\d|\d\d|[{DIGIT}]{{4}}|[{DIGIT}]{{2}})[ ]?年|{ALONE}20\d\d(?=[上下]半年"
    rf"|第?[一二三四]季度|[春夏秋冬]季?)"
)
YEAR: Final = rf"(?:(?:(?P<y>{_YEAR_NO})|(?P<yw>{_YEAR_WORD}))(?:的|[ ]|农历)?)"
MONTH_NO: Final = rf"{ALONE}(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])[ ]?月"
MONTH_WORD: Final = "(?:[上下]{1,3}一?个?|本|这个?|当|同|今个)月"
MONTH: Final = rf"(?:(?P<mo>{MONTH_NO})|(?P<mw>{MONTH_WORD}))"
DAY: Final = (
    r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|廿[一二三四五六七八九]?|十[一二三四五六七八九]?"
    r"|[一二三四五六七八九])"
)
TO: Final = r"[ ]?(?:-{1,2}|~|[—–]{1,2}|到|至)[ ]?"
PART: Final = "上旬|中旬|下旬|月?初|月?底|月?末|中(?=[,.。!?;:、)的发推开上亮见]|$)"
PARTS: Final = {"上旬": "early", "初": "early", "中旬": "mid", "中": "mid", "下旬": "late", "底": "late", "末": "late"}
WEEK: Final = "(?:周|星期|礼拜)"
WEEKDAYS: Final = {**{char: no for no, char in enumerate("一二三四五六日")}, "天": 6}
COUNT: Final = (
    rf"(?<![\d{HAN}几数.])(?:\d{{1,3}}|[一二两三四五六七八九]?十[一二三四五六七八九]?"
    rf"|[一二两俩三仨四五六七八九]|半)(?![{DIGIT}])"
)
UNIT: Final = "天|日|周|个?星期|个?礼拜|个多?半?月|年|个?季度|个?小时"


def number_of(text: str) -> int:
    """A number below a thousand: 18, 十八, 廿八, 二零三零."""
    text = text.replace("廿", "二十").replace("卅", "三十").translate(str.maketrans("两俩仨", "二二三"))
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (DIGIT.index(tens) if tens else 1) + (DIGIT.index(ones) if ones else 0)
    return int("".join(str(DIGIT.index(char)) for char in text))


def year_told(found: re.Match[str], today: date) -> int | None:
    """The year that is named, if one is."""
    parts = found.groupdict()
    if parts.get("yw"):
        return today.year + YEAR_WORDS[parts["yw"]]
    if parts.get("y"):
        text = parts["y"].rstrip(" 年")
        digits = text if text.isdigit() else "".join(str(DIGIT.index(char)) for char in text)
        return calendar.full_year(digits, today)
    return None


def in_year(found: re.Match[str], today: date, look_back: int, days_in: Callable[[int], Days]) -> Days:
    """Days of the year that is told, or of the next one that they come."""
    year = year_told(found, today)
    return with_year(today, look_back, days_in) if year is None else days_in(year)


def in_this_year(found: re.Match[str], today: date, look_back: int, days_in: Callable[[int], Days]) -> Days:
    """The same, but never of the year before: 下半年 said in January is to come."""
    year = year_told(found, today)
    return with_year(today, look_back, days_in, this_year=True) if year is None else days_in(year)


def in_month(found: re.Match[str], today: date, days_in: Callable[[int, int], Days]) -> Days:
    """Days of the month that is told: by its number, or as 下月."""
    word = found["mw"]
    if word:
        return days_in(*shifted(today, word.count("下") - word.count("上")))
    month = number_of(found["mo"].rstrip(" 月"))
    return in_year(found, today, calendar.LOOK_BACK_MONTH, lambda year: days_in(year, month))
