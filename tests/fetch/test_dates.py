"""Times as sources write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.dates import Told, read_time
from tests.fetch.accounts import NOW

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "zone", "at", "note"),
    [
        ("Thu, 17 Jun 2021 08:00:11 GMT", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 08:00:11 UT", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 +0800", "Europe/Paris", "2021-06-17 08:00:11", None),
        ("17 Jun 2021 16:00 +08:00", "Europe/Paris", "2021-06-17 08:00:00", None),
        ("Thursday, 17-Jun-21 08:00:11 UTC", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("Thu, 17 June 2021 08:00:11 Z", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 CST", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 CST", "Asia/Taipei", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 CST", "America/Chicago", "2021-06-17 22:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 PDT", "Asia/Shanghai", "2021-06-17 23:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11 +0800 (China Standard Time)", "UTC", "2021-06-17 08:00:11", None),
        ("Thu, 17 Jun 2021 16:00:11", "Asia/Shanghai", "2021-06-17 08:00:11", "assumed_zone"),
        ("Thu Jun 17 16:00:11 +0800 2021", "UTC", "2021-06-17 08:00:11", None),
        ("Thu Jun 17 16:00:11 2021", "Asia/Shanghai", "2021-06-17 08:00:11", "assumed_zone"),
        ("2021-06-17T08:00:11Z", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("2021-06-17T16:00:11+08:00", "UTC", "2021-06-17 08:00:11", None),
        ("2021-06-17T16:00:11+0800", "UTC", "2021-06-17 08:00:11", None),
        ("2021-06-16T22:30:11-09:30", "UTC", "2021-06-17 08:00:11", None),
        ("2021-06-17t08:00:11z", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("2021-06-17T08:00:11.552394234+00:00", "UTC", "2021-06-17 08:00:11.552394", None),
        ("2021-06-17T08:00:11.5Z", "UTC", "2021-06-17 08:00:11.500000", None),
        ("2021-06-17T16:00:11", "Asia/Shanghai", "2021-06-17 08:00:11", "assumed_zone"),
        ("2021-06-17 16:00:11", "Asia/Shanghai", "2021-06-17 08:00:11", "assumed_zone"),
        ("2021-06-17 16:00:11", "America/New_York", "2021-06-17 20:00:11", "assumed_zone"),
        ("2021/6/7 9:05", "Asia/Shanghai", "2021-06-07 01:05:00", "assumed_zone"),
        ("2021.06.17 16:00", "Asia/Shanghai", "2021-06-17 08:00:00", "assumed_zone"),
        ("2021年06月17日 16:00", "Asia/Shanghai", "2021-06-17 08:00:00", "assumed_zone"),
        ("2021年6月17日16时05分", "Asia/Shanghai", "2021-06-17 08:05:00", "assumed_zone"),
        ("2021年6月17日", "Asia/Shanghai", "2021-06-16 16:00:00", "date_only"),
        ("2021-06-17", "Asia/Shanghai", "2021-06-16 16:00:00", "date_only"),
        ("17 Jun 2021", "UTC", "2021-06-17 00:00:00", "date_only"),
        ("1623916811", "Asia/Shanghai", "2021-06-17 08:00:11", None),
        ("1623916811.25", "Asia/Shanghai", "2021-06-17 08:00:11.250000", None),
        ("1623916811250", "Asia/Shanghai", "2021-06-17 08:00:11.250000", None),
        ("1623916811250000", "Asia/Shanghai", "2021-06-17 08:00:11.250000", None),
        ("1623916811250000000", "Asia/Shanghai", "2021-06-17 08:00:11.250000", None),
        ("Sat, 31 Dec 2016 23:59:60 GMT", "UTC", "2016-12-31 23:59:59", None),
        ("2026-11-23T12:05:00Z", "UTC", "2026-11-23 12:05:00", None),
        ("2006-01-01T00:00:00Z", "UTC", "2006-01-01 00:00:00", None),
        ("  2021-06-17T08:00:11Z\n", "UTC", "2021-06-17 08:00:11", None),
        ("刚刚", "UTC", "2026-11-23 12:00:00", "relative_time"),
        ("30秒前", "UTC", "2026-11-23 11:59:30", "relative_time"),
        ("5分钟前", "Asia/Shanghai", "2026-11-23 11:55:00", "relative_time"),
        ("13小时前", "Asia/Shanghai", "2026-11-22 23:00:00", "relative_time"),
        ("今天 12:30", "Asia/Shanghai", "2026-11-23 04:30:00", "assumed_zone"),
        ("昨天 10:00", "Asia/Shanghai", "2026-11-22 02:00:00", "assumed_zone"),
        ("昨天10:00:05", "Asia/Shanghai", "2026-11-22 02:00:05", "assumed_zone"),
        ("前天", "Asia/Shanghai", "2026-11-20 16:00:00", "date_only"),
        ("06-12", "Asia/Shanghai", "2026-06-11 16:00:00", "date_only"),
        ("12-06", "Asia/Shanghai", "2025-12-05 16:00:00", "date_only"),
        ("12-06 08:05", "Asia/Shanghai", "2025-12-06 00:05:00", "assumed_zone"),
        ("6月12日 08:05", "Asia/Shanghai", "2026-06-12 00:05:00", "assumed_zone"),
        ("02-29", "Asia/Shanghai", "2024-02-28 16:00:00", "date_only"),
    ],
)
def test_times_are_read_as_their_source_means_them(text: str, zone: str, at: str, note: str | None) -> None:
    assert read_time(text, ZoneInfo(zone), NOW) == Told(datetime.fromisoformat(at).replace(tzinfo=UTC), note)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (None, "no_time"),
        ("", "no_time"),
        (" \n", "no_time"),
        ("2026-11-23T12:05:01Z", "future_time"),
        ("2126-11-23T12:00:00Z", "future_time"),
        ("2005-12-31T23:59:59Z", "before_2006"),
        ("1970-01-01T00:00:00Z", "before_2006"),
        ("0001-01-01T00:00:00+14:00", "unreadable_time"),
        ("0000-00-00", "unreadable_time"),
        ("2021-02-30T10:00:00Z", "unreadable_time"),
        ("2021-06-17T25:00:00Z", "unreadable_time"),
        ("2021-06-17T10:00:00+99:00", "unreadable_time"),
        ("Thu, 17 Foo 2021 08:00:11 GMT", "unreadable_time"),
        ("Thu, 17 Jun 2021 08:00:11 XYZ", "unreadable_time"),
        ("昨天 25:00", "unreadable_time"),
        ("13-32", "unreadable_time"),
        ("今天 23:59", "future_time"),
        ("大前天", "unreadable_time"),
        ("yesterday", "unreadable_time"),
        ("20210617", "unreadable_time"),
        ("16239168112", "unreadable_time"),
        ("9" * 5000, "unreadable_time"),
        ("NaN", "unreadable_time"),
        ("２０２１-06-17", "unreadable_time"),
    ],
)
def test_times_that_are_missing_unreadable_or_implausible_have_a_note(text: str | None, note: str) -> None:
    assert read_time(text, CHINA, NOW) == Told(None, note)


@given(st.text(alphabet="0123456789-:/. TZ+年月日刚前今昨天分钟小时JunCSTGM,", max_size=40) | st.text(max_size=200))
def test_no_text_is_too_much(text: str) -> None:
    told = read_time(text, CHINA, NOW)
    assert told.at is None or datetime(2006, 1, 1, tzinfo=UTC) <= told.at
    assert told.at is not None or told.note is not None
