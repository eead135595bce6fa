from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.words.phrases import duration, listing, moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR = datetime(2030, 11, 28, 15, 41, tzinfo=UTC)  # 23:41 in Shanghai


@pytest.mark.parametrize(
    ("length_s", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (0.9, "0 秒", "0 s"),
        (-30, "0 秒", "0 s"),
        (48, "48 秒", "48 s"),
        (60, "1 分", "1 min"),
        (130, "2 分 10 秒", "2 min 10 s"),
        (3600, "1 小时", "1 h"),
        (3725, "1 小时 2 分", "1 h 2 min"),
        (3605, "1 小时", "1 h"),
        (86_400 * 4 + 3600 * 19 + 59, "4 天 19 小时", "4 d 19 h"),
        (86_400 * 400, "400 天", "400 d"),
    ],
)
def test_a_duration_has_its_two_largest_units(length_s: float, zh: str, en: str) -> None:
    length = timedelta(seconds=length_s)
    assert (duration("zh", length), duration("en", length)) == (zh, en)


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        pytest.param(datetime(2030, 11, 28, 15, 40, tzinfo=UTC), "23:40", "23:40", id="same day"),
        pytest.param(
            datetime(2030, 11, 28, 16, 5, tzinfo=UTC), "11 月 29 日 00:05", "29 Nov 00:05", id="past midnight"
        ),
        pytest.param(datetime(2030, 12, 3, 11, tzinfo=UTC), "12 月 3 日 19:00", "3 Dec 19:00", id="same year"),
        pytest.param(datetime(2031, 1, 2, tzinfo=UTC), "2031-01-02 08:00", "2031-01-02 08:00", id="another year"),
        pytest.param(
            datetime(2030, 12, 31, 16, tzinfo=UTC), "2031-01-01 00:00", "2031-01-01 00:00", id="another year there"
        ),
    ],
)
def test_an_instant_is_told_on_the_readers_clock(at: datetime, zh: str, en: str) -> None:
    assert (moment("zh", at, SHANGHAI, NEAR), moment("en", at, SHANGHAI, NEAR)) == (zh, en)


@pytest.mark.parametrize(
    ("items", "zh", "en"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a、b", "a and b"),
        (["a", "b", "c"], "a、b、c", "a, b and c"),
    ],
)
def test_several_things_are_one_phrase(items: list[str], zh: str, en: str) -> None:
    assert (listing("zh", items), listing("en", items)) == (zh, en)
