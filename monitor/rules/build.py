"""From tables to the nouns of the rule book; each reader knows one table."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from monitor.match.patterns import PatternError, compile_pattern
from monitor.model.rulebook import (
    NEVER,
    ClientSign,
    Event,
    Example,
    Fact,
    Kind,
    Money,
    Product,
    Rule,
    RuleStatus,
    Series,
    Severity,
    Window,
)
from monitor.rules.toml import Table

SECRET_KINDS = (Kind.PRODUCT, Kind.PRICE, Kind.DATE, Kind.SPEC)
FACT_KINDS = (Kind.PRICE, Kind.DATE, Kind.SPEC)
OPEN_ENDED = ("tbd", "never", "announcement")
MAX_NUMBER = 1000  # numbers of a series are written out, one by one

WORD_KEYS = ("names", "aliases", "weak_aliases", "codenames", "not_this")
PRODUCT_KEYS = (
    *("key", "ref", "label", "brand", *WORD_KEYS, "variants", "timezone", "kinds", "from", "until", "facts", "owners"),
)
FACT_KEYS = ("name", "kind", "value", "variant", "market", "from", "until")
EVENT_KEYS = ("key", "label", "starts_at", "timezone")
SERIES_KEYS = ("key", "ref", "label", "brand", "pattern", "released_up_to", "listed_up_to")
RULE_KEYS = (
    *("id", "label", "kinds", "severity", "status", "products", "own_words_only", "listed_only", "examples"),
    *("pattern", "timeout_ms", "clients", "rivals"),
)
EXAMPLE_KEYS = ("text", "at", "knows", "usual_client", "parent")
TIMEOUT_MS, MAX_TIMEOUT_MS = 50, 250

_MONEY = re.compile(r"(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?\s+([A-Z]{3})")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")

Choice = TypeVar("Choice", bound=StrEnum)


# --- products and what they take their windows from ----------------------------------------------------------------


def read_event(table: Table) -> Event:
    """One [[events]]."""
    table.expect(EVENT_KEYS)
    starts_at = _instant(table, "starts_at", table.text("starts_at"))
    return Event(table.text("key"), table.text("label"), starts_at, _zone(table))


def read_product(table: Table, events: Mapping[str, Event]) -> Product:
    """One [[products]] with its facts."""
    table.expect(PRODUCT_KEYS)
    table.text("until")  # what is secret without an end must say so: "tbd" or "never"
    window = _window(table, Window(), events)
    kinds = _choices(table, "kinds", SECRET_KINDS) or frozenset(SECRET_KINDS)
    words = {key: table.texts(key) for key in WORD_KEYS}
    if not words["names"]:
        raise table.wrong("'names' is missing or empty in [[products]]", 'add names = ["..."]', "names")
    return Product(
        key=table.text("key"),
        ref=table.text("ref"),
        label=table.text("label"),
        brand=table.texts("brand"),
        variants=table.texts("variants"),
        timezone=_zone(table),
        windows={kind: window for kind in SECRET_KINDS if kind in kinds},
        facts=tuple(_fact(fact, window, events) for fact in table.tables("facts")),
        owners=table.texts("owners"),
        **words,
    )


def _fact(table: Table, window: Window, events: Mapping[str, Event]) -> Fact:
    table.expect(FACT_KEYS)
    kind = _choice(table, "kind", FACT_KINDS)
    value = table.text("value")
    if kind is Kind.DATE and not all(map(_is_date, value.split("/", 1))):
        fix = "write 2030-06-18, 2030-06 or 2030-06-18/2030-06-20"
        raise table.wrong("the value of a date fact is no date", fix, "value")
    return Fact(
        name=table.text("name"),
        kind=kind,
        value=value,
        window=_window(table, window, events),
        money=_money(table, value) if kind is Kind.PRICE and value != "any" else None,
        variant=table.text("variant", ""),
        market=table.text("market", ""),
    )


def _money(table: Table, value: str) -> Money:
    found = _MONEY.fullmatch(value)
    low, high = (Decimal(found[1]), Decimal(found[2] or found[1])) if found else (Decimal(1), Decimal(0))
    if not found or low > high:
        fix = 'write "199 EUR", "100-199 EUR" (the lower amount first) or "any"'
        raise table.wrong("the value of a price fact is no price", fix, "value")
    return Money(low, high, found[3])


def _is_date(value: str) -> bool:
    try:
        return bool(_MONTH.fullmatch(value)) or bool(date.fromisoformat(value))
    except ValueError:
        return False


def _window(table: Table, default: Window, events: Mapping[str, Event]) -> Window:
    opens_at = default.opens_at
    if (begin := table.value("from")) is not None:
        opens_at = _instant(table, "from", begin)
    lifts_at, lift_is = _lift(table, default, events)
    if lifts_at <= opens_at:
        raise table.wrong("'until' is not after 'from'", "a secret is secret from the one until the other", "until")
    return Window(opens_at, lifts_at, lift_is)


def _lift(table: Table, default: Window, events: Mapping[str, Event]) -> tuple[datetime, str]:
    until = table.value("until")
    if until is None:
        return default.lifts_at, default.lift_is
    if until in OPEN_ENDED:
        return NEVER, str(until)
    if isinstance(until, str) and until.startswith("event:"):
        key = until.removeprefix("event:")
        if key not in events:
            raise table.wrong("'until' names an event that is not there", _nearest(key, events, "[[events]]"), "until")
        return events[key].starts_at, until
    return _instant(table, "until", until), "instant"


def read_series(table: Table) -> Series:
    """One [[series]]."""
    table.expect(SERIES_KEYS)
    pattern, brand = table.text("pattern"), table.texts("brand")
    released, listed = table.number("released_up_to"), table.number("listed_up_to")
    if pattern.count("{n}") != 1:
        raise table.wrong("'pattern' has no place for the number, or several", 'write pattern = "K{n}"', "pattern")
    if not brand:
        raise table.wrong("'brand' is missing in [[series]]", 'add brand = ["..."]', "brand")
    if not released < listed <= MAX_NUMBER:
        fix = f"listed_up_to is above released_up_to and at most {MAX_NUMBER}"
        raise table.wrong("'listed_up_to' is not believable", fix, "listed_up_to")
    return Series(table.text("key"), table.text("ref"), table.text("label"), brand, pattern, released, listed)


# --- rules ---------------------------------------------------------------------------------------------------------


def read_rule(table: Table, subjects: Collection[str], place: str) -> Rule:
    """One [[rules]]; `subjects` are the keys it may name."""
    table.expect(RULE_KEYS)
    kinds = _choices(table, "kinds", tuple(Kind))
    if not kinds:
        raise table.wrong("'kinds' is missing or empty in [[rules]]", 'add kinds = ["product"]', "kinds")
    products = table.texts("products")
    for no, key in enumerate(products, start=1):
        if key not in subjects:
            fix = "name the 'key' of a product or series, or leave the list out for all"
            raise table.wrong(f"no. {no} of 'products' is no product and no series", fix, "products", no - 1)
    match, ignore = _examples(table)
    pattern = _pattern(table, kinds)
    clients = _choices(table, "clients", tuple(ClientSign)) or frozenset({ClientSign.UNRELEASED})
    rivals = _rivals(table, clients)
    own = bool(pattern) or bool(rivals)
    return Rule(
        id=table.text("id"),
        kinds=kinds,
        severity=_choice(table, "severity", tuple(Severity)),
        status=_choice(table, "status", tuple(RuleStatus)) if "status" in table.raw else RuleStatus.STABLE,
        subjects=frozenset(products),
        own_words_only=table.flag("own_words_only"),
        listed_only=table.flag("listed_only"),
        match=match,
        ignore=ignore,
        place=place,
        label=table.text("label") if own else table.text("label", ""),
        pattern=pattern,
        timeout_ms=_timeout_ms(table),
        clients=clients,
        rivals=rivals,
    )


def _pattern(table: Table, kinds: frozenset[Kind]) -> str:
    """The pattern of a rule of that kind, "" of any other."""
    pattern = table.text("pattern") if kinds == {Kind.PATTERN} else table.text("pattern", "")
    if pattern and kinds != {Kind.PATTERN}:
        raise table.wrong("'pattern' belongs to rules of its own", 'write kinds = ["pattern"]', "pattern")
    if Kind.PATTERN in kinds and kinds != {Kind.PATTERN}:
        raise table.wrong("'kinds' mixes pattern with others", "make two rules of it", "kinds")
    if pattern:
        try:
            compile_pattern(pattern)
        except PatternError as error:
            fix = "see docs/reference/rules.md for what a pattern may be"
            raise table.wrong(f"'pattern' cannot be used: {error}", fix, "pattern") from None
    return pattern


def _timeout_ms(table: Table) -> int:
    timeout_ms = table.number("timeout_ms") if "timeout_ms" in table.raw else TIMEOUT_MS
    if not 1 <= timeout_ms <= MAX_TIMEOUT_MS:
        raise table.wrong("'timeout_ms' is out of range", f"write 1 to {MAX_TIMEOUT_MS} (milliseconds)", "timeout_ms")
    return timeout_ms


def _rivals(table: Table, clients: frozenset[ClientSign]) -> tuple[str, ...]:
    rivals = table.texts("rivals")
    if (ClientSign.RIVAL in clients) is not bool(rivals):
        fix = 'a rule with clients = ["rival"] names the brands in rivals = ["..."], and no other does'
        raise table.wrong("'rivals' and 'clients' do not go together", fix, "rivals" if rivals else "clients")
    return rivals


def _examples(rule: Table) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    raw = rule.raw.get("examples", {})
    if not isinstance(raw, Mapping):
        raise rule.wrong("'examples' is no table", "begin it with [rules.examples]", "examples")
    table = Table(raw, rule.file, (*rule.path, "examples"), rule.lines).expect(("match", "ignore"))
    match, ignore = _example_list(table, "match"), _example_list(table, "ignore")
    if not match:
        fix = 'add one: [rules.examples] with match = ["..."]'
        raise rule.wrong("the rule has no example of what it finds", fix, "examples")
    return match, ignore


def _example_list(table: Table, key: str) -> tuple[Example, ...]:
    items = table.raw.get(key, [])
    if not isinstance(items, list):
        raise table.wrong(f"'{key}' is no list", f'write {key} = ["..."]', key)
    return tuple(_example(table, key, no, item) for no, item in enumerate(items))


def _example(table: Table, key: str, no: int, item: object) -> Example:
    if isinstance(item, str):
        return Example(item)
    if not isinstance(item, Mapping):
        raise table.wrong(f"an example of '{key}' is neither text nor table", 'write "..." or {text = "..."}', key, no)
    example = Table(item, table.file, (*table.path, key, no), table.lines).expect(EXAMPLE_KEYS)
    at = example.value("at")
    return Example(
        example.text("text"),
        None if at is None else _instant(example, "at", at),
        frozenset(example.texts("knows")),
        example.text("usual_client", ""),
        example.text("parent", ""),
    )


# --- values --------------------------------------------------------------------------------------------------------


def _instant(table: Table, key: str, value: object) -> datetime:
    fix = f"write {key} = 2030-06-18T19:00:00+08:00"
    if not isinstance(value, str):
        raise table.wrong(f"'{key}' is no instant", fix, key)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise table.wrong(f"'{key}' is no instant", fix, key) from None
    if at.tzinfo is None:
        raise table.wrong(f"'{key}' has no offset from UTC", fix, key)
    return at.astimezone(UTC)


def _zone(table: Table) -> ZoneInfo:
    name = table.text("timezone")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        fix = _nearest(name, available_timezones(), "the IANA time zones")
        raise table.wrong("'timezone' is no time zone", fix, "timezone") from None


def _choice(table: Table, key: str, allowed: tuple[Choice, ...]) -> Choice:
    return _chosen(table, key, table.text(key), allowed)


def _choices(table: Table, key: str, allowed: tuple[Choice, ...]) -> frozenset[Choice]:
    return frozenset(_chosen(table, key, text, allowed) for text in table.texts(key))


def _chosen(table: Table, key: str, text: str, allowed: tuple[Choice, ...]) -> Choice:
    for choice in allowed:
        if choice == text:
            return choice
    raise table.wrong(f"'{key}' has an unknown value", _nearest(text, allowed, ", ".join(allowed)), key)


def _nearest(text: str, known: Collection[str], among: str) -> str:
    close = get_close_matches(text, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"it must be one of {among}"
