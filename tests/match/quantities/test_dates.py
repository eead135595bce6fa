"""Dates are read as a person means them, in Chinese and English; numbers that only look like dates are not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.fold import fold
from monitor.match.quantities import dates
from monitor.match.quantities.calendar import days_of
from monitor.match.quantities.dates import ROWS, find_dates
from monitor.match.quantities.holidays import lunar
from monitor.match.quantities.rows import DayRow, read_day_rows

THURSDAY = date(2030, 1, 10)
JUNE = date(2030, 6, 20)
DECEMBER = date(2030, 12, 5)


def read(text: str, today: date = THURSDAY) -> list[tuple[str, str]]:
    folded = fold(text).text
    return [(folded[r.start : r.end], r.value) for r in find_dates(folded, today)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_reads_its_examples(row: DayRow) -> None:
    assert row.examples
    for text, today, value in row.examples:
        assert [r.value for r in read_day_rows([row], text, date.fromisoformat(today))] == [value], text
        assert row in dates._TABLE.rows_for(text), text


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {row.name for row in ROWS} >= dates._PARTIAL | dates._WEEKDAYS | dates._SIDES_INSIDE


CHINESE = [
    ("云雀 X9 定于2030年6月18日发布", "2030年6月18日", "2030-06-18"),
    ("２０３０年６月１８日", "2030年6月18日", "2030-06-18"),
    ("二〇三〇年六月十八日", "二零三零年六月十八日", "2030-06-18"),
    ("2030 年 6 月 18 日", "2030 年 6 月 18 日", "2030-06-18"),
    ("30年6月发布", "30年6月", "2030-06-01/2030-06-30"),
    ("6月18號見", "6月18号", "2030-06-18"),
    ("定档6月18", "6月18", "2030-06-18"),
    ("六月十八见", "六月十八", "2030-06-18"),
    ("18号见", "18号", "2030-01-18"),
    ("8号已经说了", "8号", "2030-01-08"),
    ("1号见", "1号", "2030-02-01"),
    ("就在十八号", "十八号", "2030-01-18"),
    ("31号开卖", "31号", "2030-01-31"),
    ("下月18号", "下月18号", "2030-02-18"),
    ("9月上旬", "9月上旬", "2030-09-01/2030-09-10"),
    ("9月中旬", "9月中旬", "2030-09-11/2030-09-20"),
    ("九月底", "九月底", "2030-09-21/2030-09-30"),
    ("本月底", "本月底", "2030-01-21/2030-01-31"),
    ("月底见", "月底", "2030-01-21/2030-01-31"),
    ("下个月初", "下个月初", "2030-02-01/2030-02-10"),
    ("6-8月", "6-8月", "2030-06-01/2030-08-31"),
    ("七八月份", "七八月", "2030-07-01/2030-08-31"),
    ("九月的第二个星期二", "九月的第二个星期二", "2030-09-10"),
    ("明年三月", "明年三月", "2031-03-01/2031-03-31"),
    ("后年发布", "后年", "2032-01-01/2032-12-31"),
    ("年底见", "年底", "2030-11-01/2030-12-31"),
    ("明年年初", "明年年初", "2031-01-01/2031-02-28"),
    ("三季度", "三季度", "2030-07-01/2030-09-30"),
    ("明年第一季度", "明年第一季度", "2031-01-01/2031-03-31"),
    ("下半年", "下半年", "2030-07-01/2030-12-31"),
    ("今年前三季度", "今年前三季度", "2030-01-01/2030-09-30"),
    ("今秋上市", "今秋", "2030-09-01/2030-11-30"),
    ("秋天发布", "秋天", "2030-09-01/2030-11-30"),
    ("明天发布", "明天", "2030-01-11"),
    ("大后天", "大后天", "2030-01-13"),
    ("前天", "前天", "2030-01-08"),
    ("今晚8点", "今晚8点", "2030-01-10"),
    ("明早见", "明早", "2030-01-11"),
    ("3天后", "3天后", "2030-01-13"),
    ("三天之后", "三天之后", "2030-01-13"),
    ("两三天后", "两三天后", "2030-01-12/2030-01-13"),
    ("还有8天", "还有8天", "2030-01-18"),
    ("倒计时3天", "倒计时3天", "2030-01-13"),
    ("两周后", "两周后", "2030-01-21/2030-01-27"),
    ("三个月后", "三个月后", "2030-04-01/2030-04-30"),
    ("半个月后", "半个月后", "2030-01-20/2030-01-30"),
    ("三天内", "三天内", "2030-01-10/2030-01-13"),
    ("48小时内", "48小时内", "2030-01-10/2030-01-12"),
    ("年内发布", "年内", "2030-01-10/2030-12-31"),
    ("年后发布", "年后", "2030-02-04/2030-03-05"),
    ("过几天", "过几天", "2030-01-10/2030-01-19"),
    ("下周四", "下周四", "2030-01-17"),
    ("下下周一", "下下周一", "2030-01-21"),
    ("这周五", "这周五", "2030-01-11"),
    ("本周一", "本周一", "2030-01-07"),
    ("周四", "周四", "2030-01-10"),
    ("礼拜三", "礼拜三", "2030-01-16"),
    ("星期天", "星期天", "2030-01-13"),
    ("周末见", "周末", "2030-01-12/2030-01-13"),
    ("下周", "下周", "2030-01-14/2030-01-20"),
    ("国庆前", "国庆前", "2030-09-17/2030-09-30"),
    ("中秋前后", "中秋前后", "2030-09-05/2030-09-19"),
    ("春节后", "春节后", "2030-02-04/2030-02-17"),
    ("大年初一", "大年初一", "2030-02-03"),
    ("除夕", "除夕", "2030-02-02"),
    ("明年端午", "明年端午", "2031-06-24"),
    ("五一假期", "五一假期", "2030-05-01/2030-05-05"),
    ("十一长假", "十一长假", "2030-10-01/2030-10-07"),
    ("双十一当天", "双十一当天", "2030-11-11"),
    ("618见", "618", "2030-06-18"),
    ("腊月二十三", "腊月二十三", "2030-01-26"),
    ("农历七月十四", "农历七月十四", "2030-08-12"),
    ("6月18日-20日", "6月18日-20日", "2030-06-18/2030-06-20"),
    ("6月18-20日", "6月18-20日", "2030-06-18/2030-06-20"),
    ("6月18日至7月1日", "6月18日至7月1日", "2030-06-18/2030-07-01"),
    ("从11月到2月", "11月到2月", "2030-11-01/2031-02-28"),
    ("16号到20号", "16号到20号", "2030-01-16/2030-01-20"),
    ("6月18日前", "6月18日前", "2030-01-10/2030-06-18"),
    ("6月18日之后", "6月18日之后", "2030-06-18/2030-07-18"),
    ("6月18日前后", "6月18日前后", "2030-06-11/2030-06-25"),
    ("最晚6月18日", "最晚6月18日", "2030-01-10/2030-06-18"),
    ("6月18日19:30直播", "6月18日19:30", "2030-06-18"),
    ("下周四晚八点半", "下周四晚八点半", "2030-01-17"),
    ("6月18日(周二)", "6月18日(周二", "2030-06-18"),
    ("12.1号", "12.1号", "2030-12-01"),
    ("\ufffc\ufffc12月1日", "12月1日", "2030-12-01"),
]
ENGLISH = [
    ("The Yunque X9 launches June 18, 2030, we hear", "june 18, 2030", "2030-06-18"),
    ("18 June 2030", "18 june 2030", "2030-06-18"),
    ("the 18th of June", "the 18th of june", "2030-06-18"),
    ("Jun. 18", "jun. 18", "2030-06-18"),
    ("March third", "march third", "2030-03-03"),
    ("on 5 May", "5 may", "2030-05-05"),
    ("X9 arrives 23 May", "23 may", "2030-05-23"),
    ("June 2030", "june 2030", "2030-06-01/2030-06-30"),
    ("June of next year", "june of next year", "2031-06-01/2031-06-30"),
    ("in may", "may", "2030-05-01/2030-05-31"),
    ("early June", "early june", "2030-06-01/2030-06-10"),
    ("mid-June", "mid-june", "2030-06-11/2030-06-20"),
    ("at the end of June", "the end of june", "2030-06-21/2030-06-30"),
    ("the second Tuesday of September", "the second tuesday of september", "2030-09-10"),
    ("on the 18th!", "the 18th", "2030-01-18"),
    ("Tuesday, June 18", "tuesday, june 18", "2030-06-18"),
    ("Thu 8 Aug", "thu 8 aug", "2030-08-08"),
    ("Fri, July 18", "fri, july 18", "2031-07-18"),
    ("June 18-20", "june 18-20", "2030-06-18/2030-06-20"),
    ("from June 3 to July 5", "june 3 to july 5", "2030-06-03/2030-07-05"),
    ("between June 3 and June 5", "june 3 and june 5", "2030-06-03/2030-06-05"),
    ("June 18 at 7pm PT", "june 18 at 7pm pt", "2030-06-18"),
    ("by Friday", "by friday", "2030-01-10/2030-01-11"),
    ("before June 3", "before june 3", "2030-01-10/2030-06-03"),
    ("after June 3", "after june 3", "2030-06-03/2030-07-03"),
    ("in 2031", "2031", "2031-01-01/2031-12-31"),
    ("first half of 2030", "first half of 2030", "2030-01-01/2030-06-30"),
    ("the third quarter", "the third quarter", "2030-07-01/2030-09-30"),
    ("late Q3", "late q3", "2030-09-01/2030-09-30"),
    ("Q3 2030", "q3 2030", "2030-07-01/2030-09-30"),
    ("this fall", "this fall", "2030-09-01/2030-11-30"),
    ("spring 2031", "spring 2031", "2031-03-01/2031-05-31"),
    ("today", "today", "2030-01-10"),
    ("tmr", "tmr", "2030-01-11"),
    ("the day after tomorrow", "the day after tomorrow", "2030-01-12"),
    ("tonight at 8", "tonight", "2030-01-10"),
    ("in 3 days", "in 3 days", "2030-01-13"),
    ("3 days from now", "3 days from now", "2030-01-13"),
    ("only 3 days to go", "only 3 days to go", "2030-01-13"),
    ("T minus 3", "t minus 3", "2030-01-13"),
    ("in two weeks", "in two weeks", "2030-01-21/2030-01-27"),
    ("a week from today", "a week from today", "2030-01-17"),
    ("within 3 days", "within 3 days", "2030-01-10/2030-01-13"),
    ("3 days ago", "3 days ago", "2030-01-07"),
    ("next Tuesday", "next tuesday", "2030-01-15"),
    ("this Friday", "this friday", "2030-01-11"),
    ("last Friday", "last friday", "2030-01-04"),
    ("on Monday", "monday", "2030-01-14"),
    ("early next week", "early next week", "2030-01-14/2030-01-16"),
    ("this weekend", "this weekend", "2030-01-12/2030-01-13"),
    ("next month", "next month", "2030-02-01/2030-02-28"),
    ("later this month", "later this month", "2030-01-10/2030-01-31"),
    ("next year", "next year", "2031-01-01/2031-12-31"),
    ("end of the year", "end of the year", "2030-11-01/2030-12-31"),
    ("next quarter", "next quarter", "2030-04-01/2030-06-30"),
    ("Christmas Eve", "christmas eve", "2029-12-24"),
    ("Black Friday", "black friday", "2030-11-29"),
    ("Thanksgiving 2031", "thanksgiving 2031", "2031-11-27"),
    ("Easter", "easter", "2030-04-21"),
    ("MLK Day", "mlk day", "2030-01-21"),
    ("Lunar New Year", "lunar new year", "2030-02-03"),
]
FIGURES = [
    ("2030-06-18", "2030-06-18", "2030-06-18"),
    ("2030/6/18", "2030/6/18", "2030-06-18"),
    ("2030.6.18", "2030.6.18", "2030-06-18"),
    ("20300618", "20300618", "2030-06-18"),
    ("2030-06-18T10:00:00Z", "2030-06-18", "2030-06-18"),
    ("6/18/2030", "6/18/2030", "2030-06-18"),
    ("18/6/2030", "18/6/2030", "2030-06-18"),
    ("18.6.2030", "18.6.2030", "2030-06-18"),
    ("6/18/30", "6/18/30", "2030-06-18"),
    ("2030-06", "2030-06", "2030-06-01/2030-06-30"),
    ("6/2030", "6/2030", "2030-06-01/2030-06-30"),
    ("12.1晚8点", "12.1晚8点", "2030-12-01"),
]


@pytest.mark.parametrize(("text", "said", "value"), [*CHINESE, *ENGLISH, *FIGURES])
def test_dates_are_read_as_of_the_day_of_the_post(text: str, said: str, value: str) -> None:
    assert read(text) == [(said, value)]
    assert not any(r.bare for r in find_dates(fold(text).text, THURSDAY))


@pytest.mark.parametrize(
    ("text", "today", "value"),
    [
        pytest.param("1月6日", DECEMBER, "2031-01-06", id="January said in December is ahead"),
        pytest.param("12月", DECEMBER, "2030-12-01/2030-12-31", id="this month"),
        pytest.param("12月", THURSDAY, "2029-12-01/2029-12-31", id="last month, across the year"),
        pytest.param("10月", THURSDAY, "2030-10-01/2030-10-31", id="October said in January is ahead"),
        pytest.param("5月20日", JUNE, "2030-05-20", id="a month ago"),
        pytest.param("1月20日", JUNE, "2031-01-20", id="five months ago is next year's"),
        pytest.param("2月29日", JUNE, "2032-02-29", id="waits for its year"),
        pytest.param("31号", date(2030, 4, 20), "2030-05-31", id="April has no such day"),
        pytest.param("18号", JUNE, "2030-06-18", id="the day before yesterday"),
        pytest.param("3号", JUNE, "2030-07-03", id="next month's"),
        pytest.param("一季度", DECEMBER, "2031-01-01/2031-03-31", id="next year's quarter"),
        pytest.param("二季度", date(2030, 7, 9), "2030-04-01/2030-06-30", id="the quarter just over"),
        pytest.param("上半年", DECEMBER, "2030-01-01/2030-06-30", id="this year's half"),
        pytest.param("国庆", date(2030, 10, 5), "2030-10-01", id="a holiday of these days"),
        pytest.param("春节", DECEMBER, "2031-01-23", id="next Spring Festival"),
        pytest.param("next monday", date(2030, 1, 7), "2030-01-14", id="said on a Monday"),
        pytest.param("friday", date(2030, 1, 11), "2030-01-11", id="today included"),
        pytest.param("next month", DECEMBER, "2031-01-01/2031-01-31", id="next month of another year"),
        pytest.param("next quarter", DECEMBER, "2031-01-01/2031-03-31", id="next quarter of another year"),
        pytest.param("85年5月", THURSDAY, "1985-05-01/1985-05-31", id="two digits of the last century"),
    ],
)
def test_what_is_told_without_a_year_is_ahead_or_a_little_back(text: str, today: date, value: str) -> None:
    assert [said for _, said in read(text, today)] == [value]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9月10日、11日", [("9月10日", "2030-09-10"), ("11日", "2030-09-11")]),
        ("预售1月12日,发布1月18日", [("1月12日", "2030-01-12"), ("1月18日", "2030-01-18")]),
        ("June 18 in Berlin, June 20 in Paris", [("june 18", "2030-06-18"), ("june 20", "2030-06-20")]),
        ("2029年11月到今年3月", [("2029年11月到今年3月", "2029-11-01/2030-03-31")]),
        ("周六去,周日回", [("周六", "2030-01-12"), ("周日", "2030-01-13")]),
    ],
)
def test_several_dates_stay_apart_unless_they_are_one(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.1", "2030-12-01"),
        ("8.10", "2030-08-10"),
        ("0810", "2030-08-10"),
        ("10/18", "2030-10-18"),
        ("12-1", "2030-12-01"),
        ("8.8-8.18", "2030-08-08/2030-08-18"),
        ("2030.6", "2030-06-01/2030-06-30"),
        ("2030", "2030-01-01/2030-12-31"),
        ("the 15th", "2030-01-15"),
        ("15th", "2030-01-15"),
        ("march", "2030-03-01/2030-03-31"),
        ("sat", "2030-01-12"),
        ("Q3", "2030-07-01/2030-09-30"),
        ("H2", "2030-07-01/2030-12-31"),
        ("D-3", "2030-01-13"),
        ("今年", "2030-01-01/2030-12-31"),
        ("三号发布", "2030-01-03"),
        ("30年", "2030-01-01/2030-12-31"),
        ("last 3 days", "2030-01-07/2030-01-10"),
    ],
)
def test_what_could_be_anything_is_bare(text: str, value: str) -> None:
    assert [(r.value, r.bare) for r in find_dates(fold(text).text, THURSDAY)] == [(value, True)]


@pytest.mark.parametrize(
    "text",
    [
        *("LarkOS 12.1", "v8.10", "版本 8.10", "固件12.1", "1.2.3", "192.168.1.1", "12.12.12"),
        *("$12.1", "12.1元", "¥8.10", "6.1亿", "8.10 inch", "6.1寸", "12.1%", "1.10 average", "2.5 months"),
        *("24/7 support", "9/11", "1/2", "3-2", "16:9", "3:2", "99.9", "13.5", "12.32"),
        *("13800138000", "1080p", "3999", "4499元", "0x0810", "#0810", "no.0810", "1301", "0230"),
        *("2024-2025", "2030/31", "120300618", "2030年代"),
        *("8点", "8点半开始", "19:30", "at 7pm", "noon"),
        *("五月天空", "少年", "青年", "天天", "一天", "40天", "三个月", "一周一次", "半天", "每天"),
        *("1号楼", "8号线", "18号店", "12号选手", "7号电池", "神舟十三号", "嫦娥五号", "第18号台风"),
        *("3日游", "连续3日", "18日均"),
        *("周年庆", "周五福利", "每周五", "每月18号", "一周", "下周边"),
        *("后天性", "以后天天开心", "然后晚上"),
        *("618大促", "双十一", "五一路口", "中秋快乐", "圣诞树", "十一个", "三十一"),
        *("年中大促", "年终奖", "五年中", "2030年轻人", "年轻人", "半年报", "春天真美"),
        *(
            "we may be late",
            "it may",
            "he marched",
            "augment",
            "decent",
            "sunny",
            "monkey",
            "satin",
            "weekly",
            "someday",
        ),
        *("yesterdayish", "todayish", "june_smith", "mayor", "marching", "augur", "octet", "fallen", "springs"),
        *(
            "the 15th floor",
            "9th generation",
            "first class",
            "a second look",
            "every friday",
            "fridays",
            "days",
            "happy easter",
        ),
        *("the best in 37 years", "in one day", "5 may think", "may 10 people"),
        *("now", "soon", "coming soon", "马上", "即将", "不久", "最近", "@june", "c'mon"),
        *("6月31日", "2月30号", "13月1日", "2030-13-01", "2030-02-30", "0/5", "6.31", "", " ", "\n"),
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert read(text) == []


def test_the_lunar_table_is_whole() -> None:
    for year in range(2010, 2035):
        assert lunar(year, 12, 1) < lunar(year + 1, 1, 1) <= lunar(year, 12, 1) + timedelta(days=30)
    with pytest.raises(OverflowError):
        lunar(2036, 1, 1)


def test_a_lunar_holiday_beyond_the_table_is_not_read() -> None:
    assert read("2040年中秋", THURSDAY) == [("2040年", "2040-01-01/2040-12-31")]


_CHARACTERS = st.sampled_from(
    "0123456789年月日号天周上下初底旬第季度十三两半农历-/.: ,到前后junmay daysfriweknxtiq大除夕"
)


@given(st.text(_CHARACTERS, max_size=40), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_nothing_raises_and_readings_are_days_in_order(text: str, today: date) -> None:
    folded = fold(text).text
    end = 0
    for reading in find_dates(folded, today):
        assert end <= reading.start < reading.end <= len(folded)
        first, last = days_of(reading.value)
        assert first <= last
        end = reading.end


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        *((unit, 1_000_000) for unit in ("1", "三", "一二三四五六七八九十")),
        *(
            (unit, 60_000)
            for unit in ("6月18日-", "6月18日到", "1/", "12.", "年", "下", "in 3 ", "june ", "june 3 ", "q3 ", "10:00 ")
        ),
    ],
)
def test_long_texts_are_read_in_linear_time(unit: str, length: int) -> None:
    text = unit * (length // len(unit))
    assert all(0 <= r.start < r.end <= len(text) for r in find_dates(text, THURSDAY))
