"""What is no secret by itself: brands, product lines and specs in words are seen, and count only in company."""

from dataclasses import replace

import pytest

from monitor.match import Matcher
from monitor.match.terms import Role, forms_of, is_worded, lines_of
from monitor.model.rulebook import Fact, Kind, Window
from tests.match.books import NINE, RULE, findings, make_book, product, stories

SPEC = Fact("camera", Kind.SPEC, "潜望长焦", Window())
FOLD = product("yunque-fold-3", "云雀折叠3", "Yunque Fold 3", facts=(SPEC,), windows=dict.fromkeys(Kind, Window()))
OLD_PAD = product("pad-2030", "2030 Yunque Pad", "云雀平板（2030款）")
PAD = product("pad-air", "Yunque Pad 12 Air")
RULES = (replace(RULE, kinds=frozenset(Kind) - {Kind.PATTERN, Kind.HINT}),)
BOOK = make_book((NINE, FOLD, OLD_PAD, PAD), rules=RULES, series=())
COMPANY = Matcher(BOOK)


def roles_in(text: str) -> set[tuple[Role, str]]:
    """The chosen candidates of a text that are no numbers, as pairs (role, their words)."""
    chosen = [s.candidate for s in stories(text, matcher=COMPANY) if s.fate.code == "chosen" and not s.candidate.row]
    return {(candidate.role, text[candidate.start : candidate.end]) for candidate in chosen}


@pytest.mark.parametrize(
    ("text", "role", "found"),
    [
        pytest.param("云雀真好听", Role.BRAND, "云雀", id="brand"),
        pytest.param("I like Yunque a lot", Role.BRAND, "Yunque", id="brand in English"),
        pytest.param("雲雀真好聽", Role.BRAND, "雲雀", id="brand in traditional characters"),
        pytest.param("云雀折叠要来了", Role.LINE, "云雀折叠", id="line"),
        pytest.param("The Yunque Fold is coming", Role.LINE, "Yunque Fold", id="line in English"),
        pytest.param("a Yunque Pad again", Role.LINE, "Yunque Pad", id="line of a name that begins with its year"),
        pytest.param("它有潜望长焦", Role.FACT, "潜望长焦", id="spec in words"),
        pytest.param("它有潜望 长焦", Role.FACT, "潜望 长焦", id="spec in words with a blank"),
    ],
)
def test_company_is_seen(text: str, role: Role, found: str) -> None:
    assert (role, found) in roles_in(text)


@pytest.mark.parametrize(
    "text", ["云雀真好听", "The Yunque Fold is coming", "它有潜望长焦", "潜望长焦和云雀", "云雀折叠真不错"]
)
def test_company_alone_is_no_finding(text: str) -> None:
    assert findings(text, matcher=COMPANY) == ()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        pytest.param("运雀真好听", Role.BRAND, id="a brand by sound"),
        pytest.param("Yunquely", Role.BRAND, id="a longer word"),
        pytest.param("Yunque Folding", Role.LINE, id="a longer word than the line"),
        pytest.param("云雀折叠2真不错", Role.LINE, id="another generation of the line"),
        pytest.param("潜望远镜", Role.FACT, id="another word"),
    ],
)
def test_what_is_no_company(text: str, role: Role) -> None:
    assert role not in {found for found, _ in roles_in(text)}


def test_a_spec_in_words_is_a_secret_beside_its_product() -> None:
    said = {(f.kind, f.subject, f.value) for f in findings("云雀折叠3有潜望长焦", matcher=COMPANY)}
    assert said == {(Kind.PRODUCT, FOLD.key, ""), (Kind.SPEC, FOLD.key, "潜望长焦")}


def test_the_name_is_chosen_before_its_brand_and_its_line() -> None:
    assert roles_in("云雀折叠3") == {(Role.NAME, "云雀折叠3")}


def test_a_line_is_a_name_without_its_generation() -> None:
    lines = lines_of(BOOK)
    assert lines["yunque fold"] == lines["云雀折叠"] == (FOLD.key,)
    assert lines["yunque pad"] == (OLD_PAD.key,)


def test_each_brand_word_is_looked_for_once() -> None:
    brands = [form.key for form in forms_of(BOOK) if form.term.role is Role.BRAND]
    assert sorted(brands) == sorted(set(brands)) == ["yunque", "云雀"]


@pytest.mark.parametrize(
    ("spec", "worded"),
    [("潜望长焦", True), ("miniLED", True), ("卫星通话", True), ("OLED", True), ("5500mAh", False), ("219 g", False)],
)
def test_a_spec_is_words_if_it_has_no_number(spec: str, worded: bool) -> None:  # noqa: FBT001
    assert is_worded(spec) is worded


def test_words_that_are_listed_for_another_product_say_nothing_of_this_one() -> None:
    assert [(f.kind, f.subject) for f in findings("云雀折叠3 有潜望长焦", matcher=COMPANY)] == [
        (Kind.PRODUCT, "yunque-fold-3"),
        (Kind.SPEC, "yunque-fold-3"),
    ]
    assert [(f.kind, f.subject) for f in findings("云雀9 有潜望长焦", matcher=COMPANY)] == [(Kind.PRODUCT, "yunque-9")]
