"""A row that is not asked would have found nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.quantities import harmless, prices, specs
from monitor.match.quantities.needs import may_find, needed

ROWS = (*prices.ROWS, *specs.ROWS, *harmless.ROWS)
PIECES = st.sampled_from(
    [
        *(
            "1",
            "2999",
            "三千",
            "元",
            "块",
            "$",
            "€",
            "字头",
            "起",
            "到",
            "-",
            "卖",
            "售价",
            "左右",
            "多",
            "x",
            "k",
            "万",
            " ",
        ),
        *(
            "usd",
            "dollars",
            "bucks",
            "under ",
            "four ",
            "hundred ",
            " and ",
            "starts at ",
            "mah",
            "毫安",
            "像素",
            "主摄",
            "gb",
        ),
        *(
            "英寸",
            "hz",
            "瓦",
            "骁龙",
            "8",
            "gen",
            "续航",
            "公里",
            "月租",
            "营收",
            "亿",
            "%",
            ":",
            "点",
            "第",
            "名",
            "台",
            "了",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=10).map("".join)


@given(TEXTS)
def test_what_is_not_asked_would_have_found_nothing(text: str) -> None:
    assert [row.name for row in ROWS if not may_find(row.needs, text) and row.pattern.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param(r"\d+元", ("元",), id="a letter behind a number"),
        pytest.param(r"\d+(?:mah|毫安)", ("mah", "毫安"), id="one of two words"),
        pytest.param(r"\d+(?:mah)?", (), id="nothing that must come"),
        pytest.param(r"(?:售价|价格)\d", ("价格", "售价"), id="a word before"),
        pytest.param(r"\d+(?=主摄)", ("主摄",), id="what must stand behind"),
        pytest.param(r"\d+(?!主摄)", (), id="what must not stand behind"),
        pytest.param(r"[$€]\d+", ("$", "€"), id="one of two signs"),
        pytest.param(r"(?:a|)\d", (), id="a word or nothing"),
        pytest.param(r".+", (), id="anything"),
    ],
)
def test_a_pattern_tells_what_it_needs(pattern: str, words: tuple[str, ...]) -> None:
    assert needed(pattern) == words
    assert re.compile(pattern).pattern == pattern


def test_most_rows_need_a_word() -> None:
    assert sum(bool(row.needs) for row in ROWS) / len(ROWS) > 0.9
