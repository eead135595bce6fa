"""A directory that is right becomes a rule book, whole, and comes back equal from its one text."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from monitor.errors import RuleError
from monitor.model.rulebook import BEGINNING, NEVER, Kind, Money, RuleStatus, Severity, Window
from monitor.rules import load_rules, parse_rulebook
from monitor.rules.load import book_of
from tests.rules.sample import EVENTS, FILES, PRODUCTS, RULES

LAUNCH = datetime(2030, 12, 3, 11, tzinfo=UTC)
BOOK = book_of(FILES)


def test_products_have_their_windows_and_facts() -> None:
    nine = BOOK.products["yunque-9"]
    follows = Window(BEGINNING, LAUNCH, "event:winter-launch")
    assert nine.windows == dict.fromkeys((Kind.PRODUCT, Kind.PRICE, Kind.DATE, Kind.SPEC), follows)
    price, launch = nine.facts
    assert (price.money, price.window) == (Money(Decimal(2999), Decimal(2999), "CNY"), follows)
    assert (launch.value, launch.window) == ("2030-12-03", Window(BEGINNING, NEVER, "tbd"))
    assert (nine.names, nine.codenames) == (("云雀9", "Yunque 9"), ("青瓷", "celadon"))


def test_a_window_of_instants_and_chosen_kinds() -> None:
    buds = BOOK.products["yunque-buds"]
    window = Window(datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 3, 18, 6, 30, tzinfo=UTC), "instant")
    assert buds.windows == {Kind.PRODUCT: window, Kind.PRICE: window}
    assert (buds.owners, str(buds.timezone)) == (("lin-xiaozhou",), "Asia/Shanghai")


def test_rules_know_their_place_and_examples() -> None:
    first, second = BOOK.rules
    assert (first.id, first.severity, first.place) == ("unreleased-name", Severity.HIGH, "rules.toml:1")
    assert [example.text for example in first.match] == ["云雀9", "青瓷真美"]
    assert (first.match[1].at, first.match[1].author_knows) == (
        datetime(2030, 12, 1, tzinfo=UTC),
        frozenset({"yunque-9"}),
    )
    assert (second.status, second.own_words_only, second.place) == (RuleStatus.TEST, True, "rules.toml:13")
    assert second.kinds == frozenset({Kind.PRODUCT, Kind.CLIENT})
    assert second.subjects == frozenset({"yunque-buds", "yunque-k"})


def test_series_and_events() -> None:
    (series,) = BOOK.series
    assert (series.pattern, series.released_up_to, series.listed_up_to) == ("K{n}", 80, 120)
    assert BOOK.events["winter-launch"].starts_at == LAUNCH


@pytest.mark.parametrize(
    ("value", "low", "high", "currency"),
    [
        ("2999 CNY", "2999", "2999", "CNY"),
        ("2000-2999 CNY", "2000", "2999", "CNY"),
        ("449.90 EUR", "449.90", "449.90", "EUR"),
    ],
)
def test_prices(value: str, low: str, high: str, currency: str) -> None:
    book = book_of({**FILES, "products.toml": PRODUCTS.replace("2999 CNY", value)})
    assert book.products["yunque-9"].facts[0].money == Money(Decimal(low), Decimal(high), currency)


def test_any_price_is_a_fact_without_amount() -> None:
    fact = book_of({**FILES, "products.toml": PRODUCTS.replace("2999 CNY", "any")}).products["yunque-9"].facts[0]
    assert (fact.value, fact.money) == ("any", None)


@pytest.mark.parametrize("until", ["tbd", "never", "announcement"])
def test_open_ends(until: str) -> None:
    book = book_of({**FILES, "products.toml": PRODUCTS.replace("event:winter-launch", until)})
    assert book.products["yunque-9"].windows[Kind.PRODUCT] == Window(BEGINNING, NEVER, until)


def test_the_body_makes_the_equal_rule_book() -> None:
    again = parse_rulebook(BOOK.body)
    assert again == BOOK
    assert parse_rulebook(again.body).hash == BOOK.hash


def test_comments_blanks_and_the_order_of_products_mean_nothing() -> None:
    head, nine, buds = PRODUCTS.split("[[products]]")
    buds, series = buds.split("[[series]]")
    moved = f"[[products]]{buds}# said twice\n\n[[products]]{nine}\n[[series]]{series}{head}"
    assert book_of({**FILES, "products.toml": moved}).hash == BOOK.hash


def test_how_the_tables_are_spread_over_files_means_nothing_but_for_rules() -> None:
    assert book_of({"all.toml": EVENTS + PRODUCTS, "rules.toml": RULES}).hash == BOOK.hash


def test_another_value_is_another_hash() -> None:
    assert book_of({**FILES, "products.toml": PRODUCTS.replace("2999", "3099")}).hash != BOOK.hash


def test_a_directory_is_read_with_bom_and_windows_line_ends(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    assert load_rules(tmp_path) == BOOK


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "{", '{"products": 3, "places": []}', '{"places": [1]}'])
def test_a_damaged_body_is_a_rule_error(body: str) -> None:
    with pytest.raises(RuleError):
        parse_rulebook(body)
