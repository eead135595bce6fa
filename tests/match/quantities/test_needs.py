"""A row that is not asked would have found nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.quantities import dates, harmless, prices, specs
from monitor.match.quantities.needs import needs_of
from monitor.match.quantities.rows import DayRow, Row, Table

ROWS = (*prices.ROWS, *specs.ROWS, *harmless.ROWS)
TABLE, DAYS = Table[Row](ROWS), Table[DayRow](dates.ROWS)
EVERY: tuple[Row | DayRow, ...] = (*ROWS, *dates.ROWS)
WORDS = """
    1 2999 三千 元 块 $ € 字头 起 到 - 卖 售价 左右 多 x k 万 _ usd dollars bucks under_ four_ hundred _and_ starts_at_
    mah 毫安 像素 主摄 gb 英寸 hz 瓦 骁龙 8 gen 续航 公里 月租 营收 亿 % : 点 第 名 台 了
    年 月 日 号 周 下周 星期 三 初 旬 底 季度 上半年 明天 后天 国庆 中秋 后 前 内 / . 2030 12 next_ this_ week month
    monday tomorrow in_ days june jun_ the_ th of_ q3 h2 summer weekend christmas quarter 年前 倒计时 暑假
"""
PIECES = st.sampled_from([word.replace("_", " ") for word in WORDS.split()])
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(TEXTS)
def test_what_is_not_asked_would_have_found_nothing(text: str) -> None:
    asked = {row.name for row in TABLE.rows_for(text)} | {row.name for row in DAYS.rows_for(text)}
    assert [row.name for row in EVERY if row.name not in asked and row.pattern.search(text)] == []


DIGITS = frozenset("0123456789")


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        pytest.param(r"\d+元", [{"元"}, DIGITS], id="a letter behind a number"),
        pytest.param(r"[一二]+(?:mah|毫安)", [{"mah", "毫安"}, {"一", "二"}], id="one of two words"),
        pytest.param(r"\d+(?:mah)?", [DIGITS], id="nothing more that must come"),
        pytest.param(r"(?:售价|价格).?", [{"价格", "售价"}], id="a word before"),
        pytest.param(r"\d+(?=主摄)", [{"主摄"}, DIGITS], id="what must stand behind"),
        pytest.param(r".+(?!主摄)", [], id="what must not stand behind"),
        pytest.param(r"[$€]\S+", [{"$", "€"}], id="one of two signs"),
        pytest.param(r"(?:a|)\S", [], id="a word or nothing"),
        pytest.param(r".+", [], id="anything"),
        pytest.param(r"[^a]", [], id="anything but"),
    ],
)
def test_a_pattern_tells_what_it_needs(pattern: str, needs: list[frozenset[str]]) -> None:
    assert list(needs_of(pattern)) == needs


def test_every_row_needs_a_word() -> None:
    assert [row.name for row in EVERY if not needs_of(row.pattern.pattern)] == []


def test_rows_are_asked_in_their_order() -> None:
    rows = [row.name for row in TABLE.rows_for("售价2999元 4字头 三千块 8gb")]
    assert rows == [row.name for row in ROWS if row.name in rows]
