"""Years and their parts in Chinese: 2030年, 明年初, 三季度, 下半年, 今秋."""

import re
from datetime import date
from typing import Final

from monitor.match.quantities import calendar
from monitor.match.quantities.calendar import Days, day_row, later, one, with_year
from monitor.match.quantities.dates_zh_parts import (
    COUNT,
    DIGIT,
    HAN,
    MONTH,
    PARTS,
    YEAR,
    in_month,
    in_this_year,
    in_year,
    number_of,
    year_told,
)
from monitor.match.quantities.rows import DayRow

# --- what the rows are made of ---------------------------------------------------------------------------------------


_SEASONS: Final = {"春": "spring", "夏": "summer", "秋": "fall", "冬": "winter"}

# --- readers ---------------------------------------------------------------------------------------------------------


def _read_month(found: re.Match[str], today: date) -> Days:
    return in_month(found, today, calendar.month_of)


def _read_first_units(found: re.Match[str], today: date) -> Days | None:
    """The first or last so many days, months or quarters of a month or year that is named."""
    if found["mo"] or found["mw"]:
        days = _read_month(found, today)
    else:
        year = year_told(found, today)
        if year is None:
            return None
        days = calendar.year_of(year)
    number, unit = number_of(found["n"]), found["u"].removeprefix("个")
    first = found["side"] in "前头"
    if unit == "天":
        return (days[0], later(days[0], number - 1)) if first else (later(days[1], 1 - number), days[1])
    months = number * (3 if unit == "季度" else 1)
    if found["mo"] or found["mw"] or months > 12:  # noqa: PLR2004
        return None
    return calendar.months_of(days[0].year, 1, months) if first else calendar.months_of(days[0].year, 13 - months, 12)


def _read_nth_of_year(found: re.Match[str], today: date) -> Days | None:
    year = year_told(found, today)
    if year is None:
        return None
    days, nth = calendar.year_of(year), number_of(found["nth"])
    return one(later(days[0], nth - 1)) if found["u"] == "天" else calendar.nth_week(days, nth)


def _read_year(found: re.Match[str], today: date) -> Days | None:
    year = year_told(found, today)
    return calendar.year_of(year) if year else None


def _read_short_year(found: re.Match[str], today: date) -> Days | None:
    year = calendar.full_year(found["no"], today)
    return calendar.year_of(year) if abs(year - today.year) <= 5 else None  # noqa: PLR2004 - further off it counts years


def _read_year_part(found: re.Match[str], today: date) -> Days:
    part = {"初": "begin", "伊始": "begin", "中": "mid"}.get(found["part"], "end")
    year = year_told(found, today) or today.year
    return calendar.part_of_year(year, part)


def _read_quarter(found: re.Match[str], today: date) -> Days:
    quarter = 1 if found["q"] == "首" else number_of(found["q"])
    days = in_this_year(found, today, calendar.LOOK_BACK_QUARTER, lambda year: calendar.quarter_of(year, quarter))
    return calendar.part_of_quarter(days, PARTS[found["part"]]) if found["part"] else days


def _read_this_quarter(found: re.Match[str], today: date) -> Days:
    days = calendar.shifted_quarter(today, found["q"].count("下") - found["q"].count("上"))
    return calendar.part_of_quarter(days, PARTS[found["part"]]) if found["part"] else days


def _read_half(found: re.Match[str], today: date) -> Days:
    half = 1 if found["h"] == "上" else 2
    return in_this_year(found, today, calendar.LOOK_BACK_HALF, lambda year: calendar.half_of(year, half))


def _read_season(found: re.Match[str], today: date) -> Days:
    season = _SEASONS[found["s"]]
    year = today.year + 1 if found["short"] == "明" else year_told(found, today) or today.year
    return calendar.season_of(year, season)


def _read_season_alone(found: re.Match[str], today: date) -> Days:
    return with_year(today, 0, lambda year: calendar.season_of(year, _SEASONS[found["s"]]))


def _read_holidays_of_pupils(found: re.Match[str], today: date) -> Days:
    return in_year(found, today, calendar.LOOK_BACK_QUARTER, lambda year: calendar.months_of(year, 7, 8))


# --- rows ------------------------------------------------------------------------------------------------------------

ROWS: Final[tuple[DayRow, ...]] = (
    day_row(
        "zh_first_units",
        rf"{YEAR}?(?:{MONTH})?份?的?(?P<side>前|头|最?后)(?P<n>{COUNT})(?P<u>个?季度|个?月|天)",
        _read_first_units,
        ("今年前三季度", "2030-01-05", "2030-01-01/2030-09-30"),
        ("6月最后五天", "2030-01-05", "2030-06-26/2030-06-30"),
    ),
    day_row(
        "zh_nth_of_year",
        rf"{YEAR}的?第(?P<nth>{COUNT})(?P<u>天|周|个?星期|个?礼拜)(?![一二三四五六日])",
        _read_nth_of_year,
        ("2030年第二周", "2029-01-05", "2030-01-14/2030-01-20"),
        ("明年第一天", "2029-01-05", "2030-01-01"),
    ),
    day_row(
        "zh_year",
        rf"(?P<y>(?<![\d{HAN}.])(?:(?:19|20)\d\d|[一二][{DIGIT}]{{3}})[ ]?年)(?!代|间|期|级|款|产|薪|轻|货|龄"
        rf"|会|[前后]的)",
        _read_year,
        ("2030年发布", "2029-01-05", "2030-01-01/2030-12-31"),
        ("二零三零年", "2029-01-05", "2030-01-01/2030-12-31"),
    ),
    day_row(
        "zh_short_year",
        r"(?<![\d一-龥.,:/年-])(?P<no>\d\d)年(?!代|间|期|级|款|产|薪|轻|货|龄|会|前|后|来|以|之|了|的|多|历|老"
        r"|如|\d|[一-龥]?月)",
        _read_short_year,
        ("30年见", "2029-01-05", "2030-01-01/2030-12-31"),
        bare=True,
    ),
    day_row(
        "zh_next_year",
        r"(?P<yw>(?<!今)明年|来年|下一年|(?<![之以随先])后年)",
        _read_year,
        ("明年见", "2030-01-05", "2031-01-01/2031-12-31"),
        ("后年", "2030-01-05", "2032-01-01/2032-12-31"),
    ),
    day_row(
        "zh_year_word",
        r"(?P<yw>今年|去年|前年|上年|下年|上一年|这一年|本年|次年)",
        _read_year,
        ("今年", "2030-01-05", "2030-01-01/2030-12-31"),
        bare=True,
    ),
    day_row(
        "zh_year_part",
        rf"(?:{YEAR}年?|(?<![\d{HAN}几数多少])年)(?<=年)(?P<part>底|末|尾|终(?!奖|总结|盘点"
        rf"|大|回馈|考核)|初"
        rf"(?![一二三四五六七八九十])|伊始"
        r"|中(?!国|央|方|期|心|文|医|学|间|年|大促|奖|超|秋|午|小|东|华|层|高|低|位|等|式|西|美|欧|关村|不|的"
        r"|可|最|第|又|曾|来)[旬]?)",
        _read_year_part,
        ("年底发布", "2030-01-05", "2030-11-01/2030-12-31"),
        ("明年初", "2030-01-05", "2031-01-01/2031-02-28"),
        ("明年年中", "2030-01-05", "2031-05-01/2031-08-31"),
        ("30年底", "2029-01-05", "2030-11-01/2030-12-31"),
    ),
    day_row(
        "zh_quarter",
        rf"{YEAR}?第?(?P<q>(?<![\d{HAN}])[1-4一二三四]|首)季度(?P<part>初|末|底)?(?!后)",
        _read_quarter,
        ("三季度", "2030-01-05", "2030-07-01/2030-09-30"),
        ("2030年第三季度", "2030-01-05", "2030-07-01/2030-09-30"),
        ("明年一季度末", "2030-01-05", "2031-03-01/2031-03-31"),
    ),
    day_row(
        "zh_quarter_figure",
        rf"{YEAR}q(?P<q>[1-4])(?:季度)?(?P<part>初|末|底)?(?![\da-z])",
        _read_quarter,
        ("明年q1", "2030-01-05", "2031-01-01/2031-03-31"),
    ),
    day_row(
        "zh_this_quarter",
        r"(?P<q>(?:[上下]{1,3}一?个?|本|这个?|当)季度)(?P<part>初|末|底)?",
        _read_this_quarter,
        ("下个季度", "2030-11-05", "2031-01-01/2031-03-31"),
        ("本季度末", "2030-01-05", "2030-03-01/2030-03-31"),
    ),
    day_row(
        "zh_half_year",
        rf"{YEAR}?(?P<h>[上下])半年",
        _read_half,
        ("下半年", "2030-01-05", "2030-07-01/2030-12-31"),
        ("明年上半年", "2030-07-05", "2031-01-01/2031-06-30"),
    ),
    day_row(
        "zh_season",
        rf"(?:{YEAR}|(?P<short>(?<![现至如从当])[今明]))(?P<s>[春夏秋冬])(?:天|季|(?!节|晚|奥|令营|虫|香|装|招|分|至))",
        _read_season,
        ("明年春天", "2030-01-05", "2031-03-01/2031-05-31"),
        ("今秋", "2030-01-05", "2030-09-01/2030-11-30"),
    ),
    day_row(
        "zh_season_alone",
        r"(?<![今明去前后来青立早阳新赏惊望怀思叫])(?P<it>(?P<s>[春夏秋冬])(?:天|季|末|初))(?=就?会?(?:见|发布"
        r"|上市|推出|开售|亮相|登场|来袭|首发|开卖))",
        _read_season_alone,
        ("秋天发布", "2030-01-05", "2030-09-01/2030-11-30"),
        ("夏季上市", "2030-01-05", "2030-06-01/2030-08-31"),
    ),
    day_row(
        "zh_summer_holidays",
        rf"{YEAR}?(?:暑假|暑期)(?!工|档|班|促|特惠|作业)",
        _read_holidays_of_pupils,
        ("今年暑假", "2030-01-05", "2030-07-01/2030-08-31"),
    ),
)
PARTIAL: Final = frozenset({"zh_quarter"})
