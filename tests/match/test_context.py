"""Everyday words mean a product only in context; numbers of a series need no list."""

import pytest

from monitor.match import Matcher
from monitor.match.terms import unmistakable
from monitor.model.findings import Reason
from monitor.model.rulebook import Severity
from tests.match.books import NINE, SERIES, fates, findings, make_book, names_in, product, stories

KNOWS = frozenset({"yunque-9"})


@pytest.mark.parametrize(
    ("text", "context"),
    [
        pytest.param("云雀的青瓷真香", "brand", id="brand in the same sentence"),
        pytest.param("青瓷真香。云雀加油", "brand", id="brand in the same text"),
        pytest.param("Yunque people call it Celadon", "brand", id="English brand"),
        pytest.param("青瓷开始小批量了", "launch_word", id="small series"),
        pytest.param("青瓷的包都出了", "launch_word", id="firmware is out"),
        pytest.param("青瓷和 celadon 的真机", "launch_word", id="real device"),
        pytest.param("青瓷下周官宣", "launch_word", id="official announcement"),
        pytest.param("celadon firmware is final", "launch_word", id="firmware in English"),
        pytest.param("We are launching Celadon on Monday", "launch_word", id="launching"),
        pytest.param("celadon量产", "launch_word", id="glued to a launch word"),
        pytest.param("YQ2901 的屏幕", "unmistakable", id="code with digits"),
        pytest.param("飞天计划延期", "unmistakable", id="three Han characters and more"),
    ],
)
def test_a_code_name_counts_in_context(text: str, context: str) -> None:
    reason = findings(text)[0].reason
    assert reason.code == "codename_in_context"
    assert reason.args["context"] == f"context_{context}"


@pytest.mark.parametrize(
    "text",
    [
        "博物馆里的青瓷真美",
        "The celadon vase is lovely",
        "青瓷真美。真机到了",
        "青瓷真美\n新品发布",
        "红包和书包里有青瓷",
        "leadership of the celadon guild",
        "myunque celadon",
        "be a celadon",
    ],
)
def test_without_context_it_is_an_everyday_word(text: str) -> None:
    assert names_in(text) == []
    assert ("yunque-9", "no_context") in fates(text)


@pytest.mark.parametrize(
    "text",
    [
        "看完青瓷，然后去新品发布会",
        "博物馆的青瓷展下周亮相",
        "茶馆的青瓷上新啦",
        "The celadon catalogue ships with the vase",
        "青瓷量产",
    ],
)
def test_a_launch_word_alone_makes_an_everyday_word_medium_at_most(text: str) -> None:
    (finding,) = findings(text)
    assert (finding.reason.args["context"], finding.severity) == ("context_launch_word", Severity.MEDIUM)


@pytest.mark.parametrize(
    ("text", "context", "severity"),
    [
        pytest.param("青瓷的发布会彩排刚结束", "author_at_launch", Severity.HIGH, id="launch word in the sentence"),
        pytest.param("青瓷真美。发布会见", "author_knows", Severity.MEDIUM, id="launch word in the next sentence"),
        pytest.param("云雀青瓷的发布会", "brand", Severity.HIGH, id="brand as well"),
        pytest.param("YQ2901 的屏幕", "unmistakable", Severity.HIGH, id="no everyday word"),
    ],
)
def test_an_author_who_knows_and_a_launch_word_together_are_full_context(
    text: str, context: str, severity: Severity
) -> None:
    (finding,) = findings(text, knows=KNOWS)
    assert (finding.reason.args["context"], finding.severity) == (f"context_{context}", severity)


def test_a_weak_alias_stays_medium_whoever_says_it() -> None:
    assert [f.severity for f in findings("9 Pro 量产", knows=KNOWS)] == [Severity.MEDIUM]


def test_an_author_who_works_on_the_product_is_context_but_lowers_the_severity() -> None:
    (finding,) = findings("青瓷真美", knows=KNOWS)
    assert (finding.reason.args["context"], finding.severity) == ("context_author_knows", Severity.MEDIUM)
    assert findings("青瓷真美", knows=frozenset({"sky-tag"})) == ()


@pytest.mark.parametrize(
    ("text", "severity"),
    [("云雀青瓷量产", Severity.HIGH), ("9 Pro 量产", Severity.MEDIUM), ("云雀9量产", Severity.HIGH)],
)
def test_a_weak_alias_is_medium_at_most(text: str, severity: Severity) -> None:
    assert [f.severity for f in findings(text)] == [severity]


def test_a_weak_alias_says_why_it_counted() -> None:
    reason = findings("９ Pro 跑分")[0].reason
    assert (reason.code, dict(reason.args)) == (
        "weak_name_in_context",
        {"context": "context_launch_word", "how": "spelling_styled"},
    )


def test_two_words_are_not_one_everyday_word() -> None:
    matcher = Matcher(make_book([product("bean", "Yunque Mini", codenames=("bean",))]))
    assert names_in("This will be an exciting launch", matcher=matcher) == []
    assert ("bean", "words_apart") in fates("This will be an exciting launch", matcher=matcher)
    assert names_in("the b e a n launch", matcher=matcher) == [("b e a n", "bean")]
    assert names_in("K 85 跑分") == [("K 85", "yunque-k")]


@pytest.mark.parametrize(
    ("word", "sure"),
    [("青瓷", False), ("celadon", False), ("big bird", False), ("YQ2901", True), ("飞天计划", True), ("飞天X", False)],
)
def test_which_code_names_can_be_no_everyday_word(word: str, sure: bool) -> None:  # noqa: FBT001
    assert unmistakable(word) is sure


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("云雀K90", ["云雀K90"], id="beyond the released ones"),
        pytest.param("云雀 K81 Pro 来了", ["云雀 K81 Pro"], id="the first unreleased one, with a variant"),
        pytest.param("云雀K九十", ["云雀K九十"], id="numerals"),
        pytest.param("云雀K120", ["云雀K120"], id="the last believable one"),
        pytest.param("云雀K80", [], id="the last released one"),
        pytest.param("云雀K7", [], id="long released"),
        pytest.param("云雀K121", [], id="beyond belief"),
        pytest.param("云雀K900", [], id="longer number"),
        pytest.param("K90 跑分", ["K90"], id="without the brand beside a launch word"),
        pytest.param("云雀新机 K90", ["K90"], id="brand further away"),
        pytest.param("高速K90公里处拥堵", [], id="a kilometre stone"),
        pytest.param("K90", [], id="bare"),
        pytest.param("MK90 跑分", [], id="longer word"),
    ],
)
def test_numbers_of_a_series(text: str, found: list[str]) -> None:
    assert [name for name, _ in names_in(text)] == found


def test_a_series_finding_names_the_number_and_never_tells_it_in_the_reason() -> None:
    (finding,) = findings("云雀K90")
    assert (finding.subject, finding.value, finding.reason.code) == (SERIES.key, "90", "unreleased_number")
    assert "90" not in str(finding.reason)


def test_a_listed_product_wins_over_its_series() -> None:
    assert names_in("云雀K60") == [("云雀K60", "yunque-k60")]


def test_a_released_number_explains_itself() -> None:
    (story,) = [story for story in stories("云雀K80") if story.fate.code == "chosen"]
    assert story.verdict is not None
    assert story.verdict.why_not == Reason("released_number")


def test_a_brand_without_words_is_never_context() -> None:
    matcher = Matcher(make_book([product("x", "Skylark X", brand=(), codenames=("vase",))]))
    assert names_in("a vase", matcher=matcher) == []
    assert NINE.brand
