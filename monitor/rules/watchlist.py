"""A watchlist in JSON becomes files of the rules directory.

The list owns watchlist.toml: what it no longer has goes away there. What only people know (ref, label, variants,
owners, from, and which alias is weak) is kept from the rule book.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TypeAlias

from monitor.errors import RuleError
from monitor.model.rulebook import RuleBook
from monitor.rules import write
from monitor.rules.build import SECRET_KINDS
from monitor.rules.everyday import brand_words, is_everyday
from monitor.rules.load import book_of
from monitor.rules.toml import Table

LIST_FILE = "watchlist.toml"
RULES_FILE = "rules.toml"

_HEAD = (
    "Imported. The next import writes this file anew; it keeps ref, label, variants, owners, from, and your choice",
    "between aliases and weak_aliases. This is the watchlist: let nobody but its owners read it.",
)
_RULES_HEAD = (
    "Rules select findings and grade them; the most severe rule that selects wins. Written once by the import,",
    "yours from now on.",
)

Values: TypeAlias = dict[str, write.Value]
Known: TypeAlias = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Files to write, how the products compare with the rule book, and what a person should look at."""

    files: Mapping[str, str]
    new: int
    changed: int
    unchanged: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Imported:
    key: str
    name: str  # one that is sure to be found
    kinds: tuple[str, ...]
    values: Values
    facts: tuple[Values, ...]


def import_watchlist(data: bytes, existing: RuleBook | None) -> ImportResult:
    """Files of the rules directory made of a list in JSON; RuleError if it cannot be one.

    Importing the same list twice changes nothing.
    """
    known = _by_key(existing) if existing else {}
    questions: list[str] = []
    tables = _tables(data)
    brands = brand_words([(table.text("brand"), (*table.texts("names"), *table.texts("aliases"))) for table in tables])
    products = [_imported(table, known, brands[table.text("brand")], questions) for table in tables]
    files = {LIST_FILE: _list_text(products), RULES_FILE: _default_rules(products, questions)}
    listed = _by_key(book_of(files))  # whatever is wrong is told now, not at the next start
    if existing:
        del files[RULES_FILE]
    if gone := len(known.keys() - listed.keys()):
        questions.append(f"{gone} products of the rule book are not in this list: are they secret no more?")
    changed = [raw != known[key] for key, raw in listed.items() if key in known]
    new = len(listed) - len(changed)
    return ImportResult(files, new, changed.count(True), changed.count(False), tuple(questions))


def _by_key(book: RuleBook) -> Known:
    return {raw["key"]: raw for raw in json.loads(book.body)["products"]}


def _tables(data: bytes) -> tuple[Table, ...]:
    try:
        raw = json.loads(data)
        json.dumps(raw, ensure_ascii=False).encode()  # a half surrogate pair could not be written
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise RuleError("watchlist", line, "the list is no JSON text", "save it as JSON in UTF-8") from None
    if not isinstance(raw, Mapping) or not raw.get("products"):
        raise RuleError("watchlist", None, "the list has no products", 'it needs {"products": [...]}')
    return Table(raw, "watchlist").tables("products")


def _imported(table: Table, known: Known, brand: tuple[str, ...], questions: list[str]) -> _Imported:
    key = table.text("id")
    before = Table(known.get(key, {}))
    ref = before.text("ref", "") or _new_ref(known)
    aliases, weak = _sort_aliases(table, before, questions)
    values: Values = {
        "key": key,
        "ref": ref,
        "label": before.text("label", ref),
        "brand": list(dict.fromkeys((table.text("brand"), *brand, *before.texts("brand")))),
        "names": _names(table),
        "aliases": aliases,
        "weak_aliases": weak,
        "codenames": table.texts("codenames"),
        "variants": before.texts("variants"),
        "not_this": table.texts("not_this_product"),
        "timezone": table.text("timezone"),
        "kinds": table.texts("embargoed_kinds"),
        "from": _instant_or_text(before.text("from", "")),
        "until": _until(table, questions),
        "owners": before.texts("owners"),
    }
    kinds = table.texts("embargoed_kinds") or tuple(SECRET_KINDS)
    return _Imported(key, table.texts("names")[0], kinds, values, tuple(_facts(table)))


def _names(table: Table) -> tuple[str, ...]:
    names = table.texts("names")
    if not names:
        raise RuleError("watchlist", None, f"{_name(table)} has no names", 'it needs "names": ["..."]')
    return names


def _new_ref(known: Known) -> str:
    """A word that reveals nothing, so it is drawn and not derived; the next import keeps it."""
    taken = {raw["ref"] for raw in known.values()}
    drawn = (f"P-{secrets.token_hex(3).upper()}" for _ in count())
    return next(ref for ref in drawn if ref not in taken)


def _sort_aliases(table: Table, before: Table, questions: list[str]) -> tuple[list[str], list[str]]:
    strong: list[str] = []
    weak: list[str] = []
    for no, alias in enumerate(table.texts("aliases"), start=1):
        if alias in before.texts("aliases"):
            strong.append(alias)
        elif alias in before.texts("weak_aliases"):
            weak.append(alias)
        elif is_everyday(alias):
            weak.append(alias)
            questions.append(f"{_name(table)}: alias no. {no} looks like an everyday word and counts only in context")
        else:
            strong.append(alias)
    return strong, weak


def _until(table: Table, questions: list[str]) -> write.Value:
    certainty = table.text("embargo_certainty", "exact")
    if table.value("embargo_until") is None or certainty == "open":
        questions.append(f"{_name(table)}: no end of the embargo is known; secret until somebody lifts it")
        return "tbd"
    if certainty != "exact":
        questions.append(f"{_name(table)}: the hour of the embargo's end is not certain")
    return _instant_or_text(table.text("embargo_until"))


def _instant_or_text(value: str) -> write.Value:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value  # the check of the written file tells what is wrong with it


def _facts(table: Table) -> Iterator[Values]:
    for price in table.tables("prices"):
        value = f"{price.raw.get('amount')} {price.text('currency')}"
        yield {"name": "price", "kind": "price", "value": value, "variant": price.text("label", "")}
    for date in table.texts("launch_dates"):
        yield {"name": "launch", "kind": "date", "value": date}
    for spec in table.tables("specs"):
        yield {"name": spec.text("name"), "kind": "spec", "value": spec.text("value")}


def _name(table: Table) -> str:
    return f"product no. {int(table.path[-1]) + 1}"


# --- the files -----------------------------------------------------------------------------------------------------


def _list_text(products: list[_Imported]) -> str:
    tables = [
        write.table(header, values)
        for product in products
        for header, values in [
            ("[[products]]", product.values),
            *(("[[products.facts]]", fact) for fact in product.facts),
        ]
    ]
    return "\n".join([write.comment(_HEAD), *tables])


def _default_rules(products: list[_Imported], questions: list[str]) -> str:
    """A few rules with a name and a price of the list as their examples."""
    names = [table for table in products if "product" in table.kinds]
    if not names:
        questions.append("no product's name is secret, so the examples in rules.toml need words of yours")
    example = [names[0].name if names else "?"]
    rules = [
        ("unreleased-name", ["product"], "high", example),
        ("posting-client", ["client"], "medium", example),
    ]
    if said := next((f"{table.name} {fact['value']}" for table, fact in _priced(products)), None):
        rules.insert(1, ("secret-value", ["price", "date", "spec"], "high", [said]))
    else:
        questions.append("no price is listed, so a rule for prices, dates and specs needs an example of yours")
    tables = [
        text
        for rule_id, kinds, severity, match in rules
        for text in (
            write.table("[[rules]]", {"id": rule_id, "kinds": kinds, "severity": severity}),
            write.table("[rules.examples]", {"match": match}),
        )
    ]
    return "\n".join([write.comment(_RULES_HEAD), *tables])


def _priced(products: list[_Imported]) -> Iterator[tuple[_Imported, Values]]:
    for table in products:
        if "price" in table.kinds:
            yield from ((table, fact) for fact in table.facts if fact["kind"] == "price")
