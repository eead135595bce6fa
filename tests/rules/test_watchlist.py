"""A list in JSON becomes files that load; importing it again changes nothing."""

import json
from typing import Any

import pytest

from monitor.errors import RuleError
from monitor.match import Matcher
from monitor.model.rulebook import NEVER, Kind, RuleBook
from monitor.rules import ImportResult, check_examples, import_watchlist
from monitor.rules.everyday import is_everyday
from monitor.rules.load import book_of

NINE = {
    "id": "yunque-9",
    "brand": "云雀",
    "names": ["云雀9", "Yunque 9"],
    "aliases": ["9代云雀", "9 Pro"],
    "codenames": ["青瓷"],
    "prices": [
        {"amount": 2999, "currency": "CNY", "label": "8+256"},
        {"amount": 449.5, "currency": "EUR", "label": ""},
    ],
    "launch_dates": ["2030-06-18"],
    "timezone": "Asia/Shanghai",
    "embargo_until": "2030-06-18T19:00:00+08:00",
    "embargoed_kinds": ["product", "price"],
    "specs": [{"name": "battery", "value": '7500 "mAh"\x7f'}],
    "embargo_certainty": "exact",
    "not_this_product": ["云雀9号楼"],
    "notes": "for people",
}
BUDS = {
    "id": "yunque-buds",
    "brand": "云雀",
    "names": ["云雀耳机4"],
    "timezone": "Asia/Shanghai",
    "embargo_until": None,
}


def as_json(*products: object) -> bytes:
    return json.dumps({"version": 1, "products": products}, ensure_ascii=False).encode()


def imported(*products: object, existing: RuleBook | None = None) -> tuple[ImportResult, RuleBook]:
    result = import_watchlist(as_json(*products), existing)
    return result, book_of({"rules.toml": RULES_OF_LIST, **result.files})


# Rules are written once; later imports find them there.
RULES_OF_LIST = import_watchlist(as_json(NINE), None).files["rules.toml"]


def test_every_field_has_its_place() -> None:
    result, book = imported(NINE)
    nine = book.products["yunque-9"]
    assert (nine.names, nine.brand, nine.codenames) == (("云雀9", "Yunque 9"), ("云雀",), ("青瓷",))
    assert (nine.aliases, nine.weak_aliases, nine.not_this) == (("9代云雀",), ("9 Pro",), ("云雀9号楼",))
    assert set(nine.windows) == {Kind.PRODUCT, Kind.PRICE}
    assert nine.windows[Kind.PRICE].lifts_at.isoformat() == "2030-06-18T11:00:00+00:00"
    assert [(fact.kind, fact.value, fact.variant) for fact in nine.facts] == [
        (Kind.PRICE, "2999 CNY", "8+256"),
        (Kind.PRICE, "449.5 EUR", ""),
        (Kind.DATE, "2030-06-18", ""),
        (Kind.SPEC, '7500 "mAh"\x7f', ""),
    ]
    assert (result.new, result.changed, result.unchanged) == (1, 0, 0)
    assert result.questions == ("product no. 1: alias no. 2 looks like an everyday word and counts only in context",)


def test_an_open_embargo_is_secret_until_lifted_by_hand() -> None:
    for product in (BUDS, {**BUDS, "embargo_until": "2030-01-01T00:00:00Z", "embargo_certainty": "open"}):
        result, book = imported(product)
        window = book.products["yunque-buds"].windows[Kind.PRODUCT]
        assert (window.lifts_at, window.lift_is) == (NEVER, "tbd")
        assert "no end of the embargo is known" in result.questions[0]


def test_an_uncertain_hour_is_asked_about() -> None:
    result, _ = imported({**NINE, "aliases": [], "embargo_certainty": "day"})
    assert result.questions == ("product no. 1: the hour of the embargo's end is not certain",)


def test_refs_reveal_nothing_and_stay() -> None:
    first, book = imported(NINE, BUDS)
    second, again = imported(NINE, BUDS, existing=book)
    assert again.products == book.products
    assert second.files == {"watchlist.toml": first.files["watchlist.toml"]}
    assert (second.new, second.changed, second.unchanged) == (0, 0, 2)
    refs = {product.ref for product in book.products.values()}
    assert len(refs) == 2
    assert {product.ref for product in imported(NINE, BUDS)[1].products.values()} != refs


def test_what_people_decided_is_kept() -> None:
    result, _ = imported(NINE)
    edited = (
        result.files["watchlist.toml"]
        .replace('aliases = ["9代云雀"]\nweak_aliases = ["9 Pro"]', 'aliases = ["9 Pro"]\nweak_aliases = ["9代云雀"]')
        .replace("timezone =", 'variants = ["星光版"]\nowners = ["lin"]\nfrom = 2030-01-01T00:00:00Z\ntimezone =')
    )
    label = result.files["watchlist.toml"].split("label = ")[1].split("\n")[0]
    book = book_of({**result.files, "watchlist.toml": edited.replace(f"label = {label}", 'label = "翠鸟"')})
    again, after = imported(NINE, existing=book)
    assert after.products == book.products
    assert (again.changed, again.unchanged, again.questions) == (0, 1, ())


def test_new_changed_and_gone_products_are_counted() -> None:
    _, book = imported(NINE, BUDS)
    result, _ = imported({**NINE, "codenames": []}, {**BUDS, "id": "new", "names": ["云雀手表5"]}, existing=book)
    assert (result.new, result.changed, result.unchanged) == (1, 1, 0)
    assert "1 products of the rule book are not in this list" in result.questions[-1]


def test_the_default_rules_prove_themselves_and_are_written_once() -> None:
    result, book = imported(BUDS, NINE)
    assert set(result.files) == {"watchlist.toml", "rules.toml"}
    assert check_examples(book, Matcher(book)) == []


def test_without_a_secret_name_the_examples_are_asked_for() -> None:
    result = import_watchlist(as_json({**NINE, "aliases": [], "embargoed_kinds": ["price"]}), None)
    assert "examples in rules.toml need words of yours" in result.questions[0]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no JSON text"),
        (b'{\n"products": [}', "watchlist:2: the list is no JSON text"),
        (b"\xff\xfe", "no JSON text"),
        (b"[]", "has no products"),
        (b'{"products": []}', "has no products"),
        (b'{"products": 3}', "no array of tables"),
        (b'{"products": [3]}', "no array of tables"),
        (as_json({**NINE, "id": None}), "'id' is missing"),
        (as_json({**NINE, "names": []}), "product no. 1 has no names"),
        (as_json({**NINE, "names": ["HALF"]}).replace(b"HALF", b"\\ud83d"), "no JSON text"),
        (as_json({**NINE, "brand": 3}), "'brand' is no text"),
        (as_json({**NINE, "embargo_until": "2030-06-18T19:00:00"}), "'until' has no offset"),
        (as_json({**NINE, "embargo_until": "June"}), "'until' is no instant"),
        (as_json({**NINE, "prices": [{"amount": "a lot", "currency": "CNY"}]}), "no price"),
        (as_json({**NINE, "codenames": ["x"]}), "too short"),
        (as_json(NINE, NINE), "this 'key' is taken"),
    ],
)
def test_a_list_that_cannot_be_one_says_why(data: bytes, problem: str) -> None:
    with pytest.raises(RuleError, match=problem):
        import_watchlist(data, None)


@pytest.mark.parametrize(
    ("alias", "everyday"),
    [
        ("mini", True),
        ("the One", True),
        ("smart glasses", True),
        ("Buds 4", True),
        ("手表5", True),
        ("折叠屏二代", True),
        ("S7", True),
        ("9 Pro", True),
        ("P50 Pro", True),
        ("如意", True),
        ("Aurora", True),
        ("9代云雀", False),
        ("SkyTags", False),
        ("Mate50", False),
        ("new iSlate", False),
        ("云雀9Pro", False),
        ("LarkOS 14.5", False),
        ("云雀混合现实头显", False),
    ],
)
def test_which_aliases_are_everyday_words(alias: str, everyday: bool) -> None:  # noqa: FBT001
    assert is_everyday(alias) is everyday


def test_a_long_list_goes_on_lines_of_its_own() -> None:
    names: dict[str, Any] = {**BUDS, "names": [f"云雀耳机{no} 特别纪念版" for no in range(4, 12)]}
    result, book = imported(names)
    assert "names = [\n" in result.files["watchlist.toml"]
    assert len(book.products["yunque-buds"].names) == 8
