"""Is a value that was read one of the listed secrets? Prices, dates and specs, exactly or as a band that holds it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from monitor.match.quantities.specs import spec_key
from monitor.model.rulebook import Fact, Kind, Money, Product

ANY = "any"
MASKED = "masked"  # the grammar's row of 39xx
CURRENCIES: Final = {
    "CN": "CNY",
    "US": "USD",
    "EU": "EUR",
    "UK": "GBP",
    "GB": "GBP",
    "JP": "JPY",
    "IN": "INR",
    "HK": "HKD",
    "TW": "TWD",
    "KR": "KRW",
    "SG": "SGD",
    "AU": "AUD",
    "CA": "CAD",
    "CH": "CHF",
    "RU": "RUB",
    "TH": "THB",
    "MY": "MYR",
    "BR": "BRL",
    **dict.fromkeys(("DE", "FR", "IT", "ES", "NL", "AT", "BE", "IE", "PT", "FI"), "EUR"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """How a value stands to the list: `code` is match_exact, match_band or match_none; `value` is what is told."""

    code: str
    value: str
    fact: Fact | None = None


def match_fact(product: Product, kind: Kind, value: str, row: str = "") -> Match:
    """The listed fact that the value states: the same one first, then one inside the said interval, then "any"."""
    facts = [fact for fact in product.facts if fact.kind is kind]
    told = _with_currency(value, facts) if kind is Kind.PRICE else value
    graded = [(grade, fact) for fact in facts if fact.value != ANY and (grade := _grade(kind, told, fact))]
    exact = next((fact for grade, fact in graded if grade == "match_exact"), None)
    if exact is not None:
        return Match("match_exact", told, exact)
    if graded:
        fact = graded[0][1]
        if row == MASKED and len(graded) == 1:  # the hidden digits are those of the one listed price that fits
            return Match("match_exact", fact.value, fact)
        return Match("match_band", told, fact)
    open_fact = next((fact for fact in facts if fact.value == ANY and _is_sold_there(told, fact.market)), None)
    return Match("match_none", told, open_fact)


def _is_sold_there(told: str, market: str) -> bool:
    """Whether a price is in the currency of that market; a price without a currency is of no market in particular."""
    wanted = CURRENCIES.get(market.upper())
    said = money_of(told)
    return wanted is None or (said is not None and said.currency == wanted)


def money_of(value: str) -> Money | None:
    """A price as the grammar writes it, "" for a currency that is not told."""
    amounts, _, currency = value.partition(" ")
    low, _, high = amounts.partition("-")
    try:
        return Money(Decimal(low), Decimal(high or low), currency)
    except ArithmeticError:
        return None


def days_of(value: str) -> tuple[str, str]:
    """First and last day of a listed or read date, as ISO texts that compare: a month is all of its days."""
    first, _, last = value.partition("/")
    last = last or first
    return f"{first}-01" if len(first) == 7 else first, f"{last}-31" if len(last) == 7 else last  # noqa: PLR2004


def _with_currency(value: str, facts: list[Fact]) -> str:
    """A number without a currency is in the one that the product's prices are in, the nearest of several."""
    said = money_of(value)
    listed = [fact.money for fact in facts if fact.money]
    if said is None or said.currency or not listed:
        return value
    nearest = min(listed, key=lambda money: abs(money.low - said.low))
    return f"{value} {nearest.currency}"


def _grade(kind: Kind, value: str, fact: Fact) -> str:
    if kind is Kind.PRICE:
        return _grade_price(money_of(value), fact.money)
    if kind is Kind.DATE:
        (first, last), (begin, end) = days_of(value), days_of(fact.value)
        if (first, last) == (begin, end):
            return "match_exact"
        return "match_band" if first <= end and begin <= last else ""
    return "match_exact" if value == fact.value or spec_key(value) == spec_key(fact.value) else ""


def _grade_price(said: Money | None, listed: Money | None) -> str:
    if said is None or listed is None or said.currency not in ("", listed.currency):
        return ""
    if (said.low, said.high) == (listed.low, listed.high):
        return "match_exact"
    return "match_band" if said.low <= listed.high and listed.low <= said.high else ""
