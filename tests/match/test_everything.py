"""Whatever text comes, with names, prices, dates, specs and rules of every kind: matching answers, and soundly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import CHOSEN, Matcher, PartStory
from monitor.match.choose import choose
from monitor.match.fold import fold
from monitor.match.quantities.dates import find_dates
from monitor.match.quantities.harmless import find_harmless
from monitor.match.quantities.prices import find_prices
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.specs import find_specs
from monitor.model.posts import Origin, Part
from monitor.rules.load import book_of

AT = datetime.fromisoformat("2030-11-20T12:00:00+08:00")
KNOWS = frozenset({"yunque-9"})
RULES = """
[[products]]
key = "yunque-9"
ref = "P-4F7C"
label = "翠鸟"
brand = ["云雀", "Yunque"]
names = ["云雀9", "Yunque 9", "Yunque Fold 9"]
weak_aliases = ["9代"]
codenames = ["青瓷"]
timezone = "Asia/Shanghai"
until = 2030-12-03T19:00:00+08:00

[[products.facts]]
name = "price"
kind = "price"
value = "2999 CNY"

[[products.facts]]
name = "launch"
kind = "date"
value = "2030-12-03"

[[products.facts]]
name = "battery"
kind = "spec"
value = "7500 mAh"

[[products.facts]]
name = "camera"
kind = "spec"
value = "潜望长焦"

[[rules]]
id = "all"
kinds = ["product", "price", "date", "spec", "client", "hint"]
severity = "high"
examples.match = ["云雀9"]

[[rules]]
id = "board"
label = "Talk"
kinds = ["pattern"]
pattern = "收购云杉"
severity = "high"
examples.match = ["收购云杉"]
"""
MATCHER = Matcher(book_of({"all.toml": RULES}))
PIECES = st.sampled_from(
    [
        *(
            "云雀9",
            "云雀",
            "Yunque Fold",
            "yunque 9",
            "青瓷",
            "9代",
            "潜望长焦",
            "收购云杉",
            "工程机",
            "是的",
            "真的有",
        ),
        *(
            "2999",
            "2999元",
            "¥",
            "2字头",
            "两千九",
            "29xx",
            "三千",
            "$449",
            "four forty-nine",
            "起售价",
            "卖",
            "万",
            "k",
        ),
        *("12月3日", "12.3", "1203", "下周四", "明天", "月底", "T-3", "next Tuesday", "Dec 3", "发布", "见", "launch"),
        *("7500mAh", "7500毫安", "5000万像素", "骁龙8", "120W", "6.7英寸", "16+512", "GB"),
        *("月租", "营收", "亿", "%", "12:01", "13800138000", "CA3999", "618", "双11", "//@", "?", "多少钱"),
        *(
            " ",
            ".",
            ",",
            "。",
            "\n",
            "-",
            "到",
            "🐦",
            "\u200b",
            "\u0301",
            "\u20e3",
            "\u202e",
            "\ud83d",
            "１",
            "⑬",
            "a",
            "x",
        ),
    ]
)
NEAR_MISSES = st.lists(PIECES, max_size=14).map("".join)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | NEAR_MISSES


def parts_of(text: str, parent: str = "") -> list[Part]:
    return [Part(Origin.TEXT, text)] + ([Part(Origin.PARENT, parent, by_author=False)] if parent else [])


def story_of(text: str, parent: str = "", *, everything: bool = False) -> tuple[PartStory, ...]:
    return MATCHER.explain(parts_of(text, parent), knows=KNOWS, at=AT, everything=everything).parts


@given(ANY_TEXT, NEAR_MISSES)
def test_no_text_raises_and_every_finding_is_a_place_of_its_part(text: str, parent: str) -> None:
    parts = parts_of(text, parent)
    found = MATCHER.evaluate(parts, knows=KNOWS, at=AT, usual_client="云雀8").findings
    assert all(0 <= f.start < f.end <= len(parts[f.part_no].text) for f in found if f.kind != "client")
    told = Counter((f.part_no, f.start, f.end, f.kind, f.subject) for f in found)
    assert [place for place, times in told.items() if times > 1] == []


@given(ANY_TEXT, NEAR_MISSES)
def test_explaining_and_finding_agree(text: str, parent: str) -> None:
    found = MATCHER.evaluate(parts_of(text, parent), knows=KNOWS, at=AT).findings
    stories = [story for part in story_of(text, parent) for story in part.candidates]
    explained = [story.verdict.finding for story in stories if story.verdict and story.verdict.finding]
    assert all(finding in explained for finding in found)
    assert {(f.part_no, f.start, f.end, f.kind, f.subject) for f in found} == {
        (f.part_no, f.start, f.end, f.kind, f.subject) for f in explained
    }


@given(ANY_TEXT)
def test_what_was_chosen_never_overlaps(text: str) -> None:
    (part,) = story_of(text, everything=True)
    chosen = [
        s.candidate for s in part.candidates if s.fate is CHOSEN and s.candidate.weight and not s.candidate.vetoes
    ]
    places = sorted((candidate.start, candidate.end) for candidate in chosen)
    assert [(left, right) for left, right in pairwise(places) if left[1] > right[0]] == []


@given(ANY_TEXT, st.data())
def test_dropping_a_loser_changes_no_other_fate(text: str, data: st.DataObject) -> None:
    (part,) = story_of(text, everything=True)
    candidates = [story.candidate for story in part.candidates]
    fates = choose(candidates)
    losers = [no for no, fate in enumerate(fates) if fate.code == "lost_to"]
    if not losers:
        return
    dropped = data.draw(st.sampled_from(losers))
    left = [candidate for no, candidate in enumerate(candidates) if no != dropped]
    codes = [fate.code for no, fate in enumerate(fates) if no != dropped]
    assert [fate.code for fate in choose(left)] == codes


@given(ANY_TEXT)
def test_a_reading_is_a_place_of_the_folded_text_and_has_a_value_if_it_has_a_kind(text: str) -> None:
    folded = fold(text).text
    for reading in readings_of(folded):
        assert 0 <= reading.start < reading.end <= len(folded)
        assert bool(reading.value) == (reading.kind is not None)
        assert reading.row


def readings_of(folded: str) -> Sequence[Reading]:
    return (*find_prices(folded), *find_specs(folded), *find_dates(folded, AT.date()), *find_harmless(folded))


@given(ANY_TEXT)
def test_an_invisible_character_changes_no_verdict(text: str) -> None:
    """Zero-width spaces between any two characters are how copied text looks."""
    spread = "\u200b".join(text)
    facts = {(f.kind, f.subject, f.value) for f in MATCHER.evaluate(parts_of(text), knows=KNOWS, at=AT).findings}
    again = {(f.kind, f.subject, f.value) for f in MATCHER.evaluate(parts_of(spread), knows=KNOWS, at=AT).findings}
    assert facts <= again or "\ud83d" in text or "@" in text  # half of an emoji, and a handle, are broken by it


FLOODS = [
    *(
        "1",
        "9",
        "两",
        "千",
        "万",
        "$",
        "¥",
        "1 ",
        "1.",
        "1,",
        "1-",
        "1/",
        "1:",
        "2999元",
        "2999元。",
        "2字头 ",
        "12月3日",
        "明天",
    ),
    *(
        "下周四 ",
        "four ",
        "hundred and ",
        "in 3 days ",
        "three thousand ",
        "7500mAh ",
        "5000万",
        "16+512 ",
        "x",
        "3xx ",
    ),
    *(
        "云雀 卖 ",
        "青瓷 发布 2999 ",
        "云雀9 2999 12.3 ",
        "月租",
        "营收 1 亿 ",
        "0\u0301",
        "\u202e1",
        "🐦",
        "\ud83d",
        "是的",
    ),
    *(
        "june ",
        "june 3 ",
        "the 3rd ",
        "q3 ",
        "from 3 to ",
        "3 到 ",
        "snapdragon 8 ",
        "骁龙8 ",
        "%",
        "@1",
        "//@",
        "发布会 云雀 12月3日",
    ),
]


@pytest.mark.timeout(30)  # quadratic work would take minutes
@pytest.mark.parametrize("piece", FLOODS)
def test_a_long_flood_takes_time_in_proportion(piece: str) -> None:
    text = "云雀9 起售价 2999 元。" + piece * (300_000 // len(piece))
    found = MATCHER.evaluate(parts_of(text, "云雀9多少钱？"), knows=KNOWS, at=AT).findings
    assert {"product", "price"} <= {f.kind for f in found}


@pytest.mark.timeout(60)
def test_ten_thousand_combining_marks_are_one_place() -> None:
    text = "云雀9" + "\u0301" * 10_000 + " 卖 2999 元"
    found = MATCHER.evaluate(parts_of(text), knows=KNOWS, at=AT).findings
    assert [(f.kind, f.end - f.start) for f in found] == [("product", 10_003), ("price", 6)]


def test_a_matcher_without_rules_for_values_still_explains_them() -> None:
    book = book_of({"all.toml": RULES})
    names_only = replace(book, rules=tuple(replace(rule, kinds=frozenset()) for rule in book.rules))
    (part,) = Matcher(names_only).explain(parts_of("云雀9 卖 2999 元"), knows=KNOWS, at=AT).parts
    assert [story.verdict.finding.rule_id for story in part.candidates if story.verdict and story.verdict.finding] == [
        "",
        "",
    ]
