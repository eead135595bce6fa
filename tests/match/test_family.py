"""A letter or a word after the number is another model of the same unreleased generation."""

from dataclasses import replace

import pytest

from monitor.match import Matcher
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind, Severity, Window
from tests.match.books import NINE, SERIES, fates, findings, make_book, names_in, product


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("云雀9S", "云雀9S"),
        ("云雀9S也来了", "云雀9S"),
        ("云雀９Ｓ", "云雀９Ｓ"),
        ("Yunque 9e", "Yunque 9e"),
        ("Yunque 9T", "Yunque 9T"),
        ("Yunque 9R.", "Yunque 9R"),
        ("Yunque 9X", "Yunque 9X"),
        ("云雀9a的屏幕", "云雀9a"),
        ("云雀9SE", "云雀9SE"),
        ("yunque 9se", "yunque 9se"),
        ("云雀9GT Pro", "云雀9GT"),
        ("Yunque 9 Neo", "Yunque 9 Neo"),
        ("Yunque 9Neo", "Yunque 9Neo"),
        ("Yunque 9-Fold", "Yunque 9-Fold"),
        ("云雀9 Flip", "云雀9 Flip"),
        ("云雀（9S）", "云雀（9S）"),
    ],
)
def test_a_sibling_is_found_at_medium_with_its_own_reason(text: str, found: str) -> None:
    (finding,) = findings(text)
    assert (text[finding.start : finding.end], finding.subject) == (found, NINE.key)
    assert (finding.reason.code, finding.severity) == ("family_member", Severity.MEDIUM)


@pytest.mark.parametrize(
    "text", ["云雀9 Lite", "云雀9Lite", "Yunque 9s", "yunque 9 fold the box", "el yunque 9 se vende"]
)
def test_a_variant_a_plural_and_a_small_word_are_the_product_itself(text: str) -> None:
    (finding,) = findings(text)
    assert (finding.reason.code, finding.severity) == ("unreleased_name", Severity.HIGH)


@pytest.mark.parametrize(
    "text",
    [
        "云雀9g",
        "云雀9G",
        "云雀9K",
        "Yunque 9k photos",
        "Yunque 9m away",
        "Yunque 9W charger",
        "Yunque 9x faster",
        "Yunque 9h of battery",
        "云雀9S店",
        "Yunque 9e4",
        "Yunque 9seven",
        "云雀9am",
    ],
)
def test_units_and_longer_words_are_no_siblings(text: str) -> None:
    assert names_in(text) == []


def test_a_sibling_that_is_listed_itself_is_that_product() -> None:
    matcher = Matcher(make_book([NINE, product("yunque-9s", "云雀9S")]))
    (finding,) = findings("云雀9S", matcher=matcher)
    assert (finding.subject, finding.reason.code, finding.severity) == ("yunque-9s", "unreleased_name", Severity.HIGH)


def test_a_sibling_that_is_listed_as_a_variant_is_the_product_itself() -> None:
    matcher = Matcher(make_book([replace(NINE, variants=("S",))]))
    assert findings("云雀9S", matcher=matcher)[0].reason == Reason("unreleased_name")


@pytest.mark.parametrize("owner", ["yunque-9", "sky-tag"])
def test_a_sibling_that_is_not_this_is_nothing(owner: str) -> None:
    bare = replace(NINE, not_this=())
    products = [bare, product("sky-tag", "SkyTag")]
    listed = [replace(p, not_this=("云雀9S",)) if p.key == owner else p for p in products]
    matcher = Matcher(make_book(listed))
    assert names_in("云雀9S", matcher=matcher) == []
    assert ("yunque-9", "not_this") in fates("云雀9S", matcher=matcher)


def test_siblings_of_what_is_no_secret_are_none() -> None:
    public = replace(NINE, windows={Kind.PRICE: Window()})
    assert findings("云雀9S", matcher=Matcher(make_book([public]))) == ()


@pytest.mark.parametrize(("text", "found"), [("云雀K90S", ["云雀K90S"]), ("云雀K80S", []), ("云雀K8S", [])])
def test_a_series_has_siblings_beyond_its_released_numbers_only(text: str, found: list[str]) -> None:
    assert SERIES.released_up_to == 80
    assert [name for name, _ in names_in(text)] == found


@pytest.mark.parametrize(("text", "severity"), [("YQ2901C", Severity.MEDIUM), ("YQ2901", Severity.HIGH)])
def test_a_code_with_a_letter_more_is_a_sibling_too(text: str, severity: Severity) -> None:
    assert [f.severity for f in findings(text)] == [severity]
