"""Prices in English: $499, 499 bucks, four forty-nine, half a grand, mid-four hundreds, under $500, $400 to $500."""

import re
from decimal import Decimal
from typing import Final

from monitor.match.quantities.currencies import CODES, PEOPLES, SIGNS, WORDS, any_of
from monitor.match.quantities.money import ENDS, OVER, UNDER, bounded, like_year, masked, said
from monitor.match.quantities.numbers import BEGIN, ENGLISH_NUMBER, digits, english_number
from monitor.match.quantities.rows import row

SCALES: Final = {
    **dict.fromkeys(("k", "thousand", "grand"), 10**3),
    **dict.fromkeys(("m", "mn", "mil", "million"), 10**6),
    **dict.fromkeys(("b", "bn", "billion"), 10**9),
    **dict.fromkeys(("lakh", "lakhs"), 10**5),
    **dict.fromkeys(("crore", "crores"), 10**7),
}

_DIGITS = rf"{BEGIN}(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,9}})(?:\.\d{{1,6}})?"
_EUROPEAN = rf"{BEGIN}(?:\d{{1,3}}(?:\.\d{{3}})+|\d{{1,4}}),\d{{2}}(?![\d,])"
_SCALED = re.compile(rf"[ \-]?({any_of(SCALES)})$")
_NO_NUMBER_WORDS: Final = ("grand", "lakh", "lakhs", "crore", "crores")
_CENTURIES: Final = range(1700, 2100)
_SCALE = rf"(?:[ \-]?(?:{any_of(SCALES)})(?![a-z]))"
_WORDS = (
    rf"(?<![a-z])(?:an? (?:hundred|thousand|couple (?:of )?hundred)|{ENGLISH_NUMBER}(?: point (?:[a-z]+|\d+))?)"
    r"(?![a-z])"
)
_NUMBER = rf"(?:{_EUROPEAN}|{_DIGITS}(?: point \d{{1,2}})?{_SCALE}?|{_WORDS}{_SCALE}?)"
_SIGN_WORDS: Final = any_of((*CODES, "rmb", "rs.", "rs", "rm", "ringgit", "ringgits"))
_SIGN = rf"(?:(?:{any_of(SIGNS)}|(?<![a-z\d/_@#.\-])(?:{_SIGN_WORDS}))[ :]{{0,2}})"
_PEOPLE = rf"(?:(?:{any_of(PEOPLES)})[ ]?)"
_UNIT = rf"(?:[ \-]?{_PEOPLE}?(?:{any_of(WORDS)}|{any_of(CODES)}|us\$|[$€£¥₹₩₽฿₴])(?![a-z\d]))"
_ABOUT = "about|around|roughly|approximately|approx\\.?|exactly|almost|nearly|some"
_UNDER = "under|below|less than|lower than|no more than|not more than|at most|up to|within|sub"
_OVER = "over|above|more than|at least|no less than|not less than|upwards of|north of"
_STRONG_CUE = (
    r"(?<![a-z])(?:starts?|starting|price[ds]?|pricing|sells?|selling|sold|retails?|retailing"
    r"|(?:goes|going)(?= for)|costs?|launch(?:es|ing)?|listed|msrp|rrp|yours|available|pay|paying|asking)"
    r"(?: (?:is|will|be|would|price|just|only|it|them|you|set|out|at|from|for|to|of|as|low)){0,4}[ :]{1,2}"
)
_WEAK_CUE = r"(?<![a-z])(?:at|for|only|just)(?: (?:just|only))?[ ]"
_SIDE = rf"(?:(?P<before>{_ABOUT}|{_UNDER}|{_OVER})[ ])?"


def _money() -> str:
    """A pattern of an amount with its currency before or behind it, cents too."""
    word = r"[ ]?(?:cents?|c|pence|p|sens?|kopiykas)(?![a-z])"
    said_after = rf"(?:,?(?: and)? (?:(?P<ccents>\d{{1,2}}|[a-z]+(?:-[a-z]+)?){word}))"
    plain_after = rf"(?:,?(?: and)? (?P<dcents>\d{{1,2}}){ENDS}(?![%)\]]))"
    before = rf"(?P<pre>{_SIGN})(?P<a>{_NUMBER})(?:[ ]?(?P<behind>{any_of(CODES)})(?![a-z\d]))?"
    behind = rf"(?P<b>{_NUMBER}|(?<![a-z])an?(?= [a-z]))(?P<cur>{_UNIT})"
    return rf"(?:(?:{before}){said_after.replace('ccents', 'scents')}?|(?:{behind})(?:{said_after}|{plain_after})?)"


def _number(text: str) -> Decimal | None:
    """A number with its scale: 1.2k, four hundred, 1 point 1, 1.299,00."""
    words = text.strip()
    if re.fullmatch(_EUROPEAN, words):
        return digits(words.replace(".", "").replace(",", "."))
    factor = 1
    scale = _SCALED.search(words)
    if scale and (words[:1].isdigit() or scale[1] in _NO_NUMBER_WORDS):
        factor, words = SCALES[scale[1]], words[: scale.start()]
    whole, _, part = words.partition(" point ")
    number = digits(whole) if whole[:1].isdigit() else english_number(_counted(whole))
    tail = (digits(part) if part.isdigit() else english_number(part)) if part else None
    if number is None:
        return None
    return (number + (Decimal(f"0.{tail}") if tail is not None else 0)) * factor


def _counted(words: str) -> str:
    """A hundred is one hundred, a couple hundred two."""
    return re.sub(r"^an?(?: |$)", "one ", words).replace("one couple of", "two").replace("one couple", "two").strip()


def _currency(text: str | None) -> str:
    word = (text or "").strip(" :-")
    for people, code in PEOPLES.items():
        if word.startswith(people) and not word.startswith("us$"):
            return code
    if word in SIGNS or word in WORDS:
        return SIGNS.get(word) or WORDS[word]
    return {"rs.": "INR", "rmb": "CNY"}.get(word) or (word.upper() if word in CODES else "")


def _currency_in(found: re.Match[str], *names: str) -> str:
    """The first currency that any of these groups tells."""
    return next((code for name in names if (code := _currency(found[name]))), "")


def _side(before: str | None) -> int:
    words = before or ""
    return UNDER if re.fullmatch(_UNDER, words) else OVER if re.fullmatch(_OVER, words) else 0


# --- readers ---------------------------------------------------------------------------------------------------------


def _read_amount(found: re.Match[str]) -> str | None:
    number = _number(found["a"] or found["b"])
    cents = found["scents"] or found["ccents"] or found["dcents"]
    small = (digits(cents) if cents.isdigit() else english_number(cents)) if cents else Decimal(0)
    if number is None or small is None:
        return None
    number += small / 100
    return bounded(_side(found["before"]), number, number, _currency_in(found, "behind", "cur", "pre"))


def _read_groups(found: re.Match[str]) -> str | None:
    """€4.950, 4 950 €: a point or a blank between thousands, as on the continent."""
    number = digits(re.sub("[. ]", "", found["n"]).replace(",", "."))
    return said(number, number, "EUR") if number is not None and (found["pre"] or found["cur"]) else None


def _read_range(found: re.Match[str]) -> str | None:
    low, high = _number(found["low"]), _number(found["high"])
    if low is None or high is None:
        return None
    scale = _SCALED.search(found["high"].strip())
    if scale and low < 1000 and low * SCALES[scale[1]] <= high:  # noqa: PLR2004 - 1 to 2 million
        low *= SCALES[scale[1]]
    return said(low, high, _currency_in(found, "cur", "pre", "lowcur"))


def _read_range_of_money(found: re.Match[str]) -> str | None:
    return _read_range(found) if _currency_in(found, "cur", "pre") else None


def _read_range_alone(found: re.Match[str]) -> str | None:
    """Between 400 and 500, in words too: four and five hundred."""
    low, high = _number(found["low"]), _number(found["high"])
    if low is None or high is None:
        return None
    if low < 10 and high % 100 == 0:  # noqa: PLR2004
        low *= 100 if high < 1000 else 1000  # noqa: PLR2004
    return said(low, high) if 100 <= low < high <= 3 * low and not like_year(low) else None  # noqa: PLR2004


def _read_cued(found: re.Match[str]) -> str | None:
    number = _number(found["n"])
    if number is None or number < 10 or like_year(number):  # noqa: PLR2004
        return None
    return bounded(_side(found["before"]), number, number)


def _read_hundred_or_more(found: re.Match[str]) -> str | None:
    number = _number(found["n"])
    if number is None or not 100 <= number < 10**6 or like_year(number):  # noqa: PLR2004
        return None
    return bounded(_side(found.groupdict().get("before")), number, number)


def _read_hundreds(found: re.Match[str]) -> str | None:
    """low, mid and high 400s: a third of them each. The 1900s and 2010s are times."""
    number = _number(found["n"])
    if number is not None and found["hundreds"] and number < 100:  # noqa: PLR2004
        number *= 100
    currency = _currency_in(found, "cur", "pre")
    if number is None or number % 100 or not 100 <= number < 10**5:  # noqa: PLR2004
        return None
    if number in _CENTURIES and not currency:
        return None
    third = Decimal(1000 if number % 1000 == 0 else 100) / 3
    begin, end = {"low": (0, 1), "mid": (1, 2), "high": (2, 3)}.get(found["part"] or "", (0, 3))
    low = number + (third * begin).to_integral_value()
    return said(low, number + (third * end).to_integral_value() - 1, currency)


def _read_grand(found: re.Match[str]) -> str | None:
    count = Decimal("0.5") if found["n"] == "half a" else _number(found["n"])
    if count is None:
        return None
    number = (count + (Decimal("0.5") if found["half"] else 0)) * 1000
    return said(number, number)


def _read_buck(found: re.Match[str]) -> str | None:
    cents = english_number(found["n"])
    return said(1 + cents / 100, 1 + cents / 100, "USD") if cents is not None and cents < 100 else None  # noqa: PLR2004


def _read_ish(found: re.Match[str]) -> str | None:
    number = _number(found["n"] if found["n"][:1].isdigit() else found["n"].replace("-", " "))
    return said(number, number, _currency(found["pre"])) if number is not None and number >= 10 else None  # noqa: PLR2004


def _read_masked(found: re.Match[str]) -> str | None:
    return masked(found["n"], _currency(found["pre"]))


ROWS: Final = (
    row(
        "euros_in_groups",
        r"(?P<pre>€[ ]?)?(?<![\d.,])(?P<n>\d{1,3}(?:(?:\.\d{3})+|(?: \d{3})+)(?:,\d{2})?)(?!\d|[.,]\d)"
        r"(?P<cur>[ ]?(?:€|euros?|eur)(?![a-z]))?",
        _read_groups,
        ("€4.950", "4950 EUR"),
        ("4 950 €", "4950 EUR"),
        ("1.299,00 euros", "1299 EUR"),
    ),
    row(
        "amount_en",
        rf"(?:(?<![a-z])(?P<before>{_ABOUT}|{_UNDER}|{_OVER})[ \-])?{_money()}",
        _read_amount,
        ("only $499", "499 USD"),
        ("US$ 1,299.99", "1299.99 USD"),
        ("499 bucks", "499 USD"),
        ("four hundred and forty-nine dollars", "449 USD"),
        ("€1.299,00", "1299 EUR"),
        ("499,99 €", "499.99 EUR"),
        ("$499 cad", "499 CAD"),
        ("sub-$500", "400-500 USD"),
        ("$1.2k", "1200 USD"),
        ("20 dollars 43 cents", "20.43 USD"),
        ("rs. 74,999", "74999 INR"),
        ("1,099 yuan", "1099 CNY"),
        ("under $500", "400-500 USD"),
        ("at least 499 euros", "499-598.8 EUR"),
        ("a dollar", "1 USD"),
        ("3 kuwaiti dinars", "3 KWD"),
        ("5 lakh rupees", "500000 INR"),
    ),
    row(
        "range_en",
        rf"(?:(?<![a-z])(?:{_ABOUT}|between|from)[ ])?(?P<pre>{_SIGN})?(?P<low>{_NUMBER})(?P<lowcur>{_UNIT})?"
        rf"(?:[ ]?(?:-|–|~)[ ]?| to | and )(?:{_SIGN})?(?P<high>{_NUMBER})(?P<cur>{_UNIT})?",
        _read_range_of_money,
        ("between $400 and $500", "400-500 USD"),
        ("400-500 dollars", "400-500 USD"),
        ("from 10 to 20 euros", "10-20 EUR"),
        ("$1-2 million", "1000000-2000000 USD"),
    ),
    row(
        "range_alone_en",
        rf"(?<![a-z])(?:between|from)[ ](?P<low>{_NUMBER})(?: to | and | ?- ?)(?P<high>{_NUMBER}){ENDS}",
        _read_range_alone,
        ("between 400 and 500", "400-500"),
        ("between four and five hundred", "400-500"),
        bare=True,
    ),
    row(
        "cue_en",
        rf"{_STRONG_CUE}(?P<it>{_SIDE}(?P<n>{_NUMBER})){ENDS}",
        _read_cued,
        ("starts at 499", "499"),
        ("starts at four forty-nine", "449"),
        ("priced at 1,099", "1099"),
        ("price: 499", "499"),
    ),
    row(
        "cue_en_weak",
        rf"{_WEAK_CUE}(?P<it>{_SIDE}(?P<n>{_NUMBER})){ENDS}"
        r"(?![\-–+)]| (?:in|of|other|more|new|different|[a-z]{4,}s)(?![a-z]))",
        _read_hundred_or_more,
        ("yours at 499", "499"),
        ("for just four forty-nine", "449"),
    ),
    row(
        "bounds_en",
        rf"(?<![a-z])(?P<before>{_UNDER}|{_OVER}|{_ABOUT})[ \-](?P<n>{_NUMBER}){ENDS}",
        _read_hundred_or_more,
        ("under 500", "400-500"),
        ("sub-500", "400-500"),
        ("around 449", "449"),
        ("over five hundred", "500-600"),
        bare=True,
    ),
    row(
        "hundreds",
        rf"(?<![a-z])(?:(?P<part>low|mid|high)[ \-]|in the |the )(?P<pre>{_SIGN})?(?P<n>{_NUMBER})(?:[ \-]?"
        rf"(?P<hundreds>hundreds)|s)(?P<cur>{_UNIT})?(?![a-z])",
        _read_hundreds,
        ("mid-four hundreds", "433-466"),
        ("in the low 400s", "400-432"),
        ("mid-$400s", "433-466 USD"),
        ("in the 400s", "400-499"),
    ),
    row(
        "grand",
        rf"(?<![a-z])(?P<n>half a|a|one|{_WORDS}|{_DIGITS})(?P<half> and a half)?[ ]grand(?![a-z])",
        _read_grand,
        ("half a grand", "500"),
        ("two and a half grand", "2500"),
        ("2 grand", "2000"),
    ),
    row(
        "buck",
        rf"(?<![a-z])(?:an?|one) buck (?P<n>{_WORDS})",
        _read_buck,
        ("a buck fifty", "1.5 USD"),
    ),
    row(
        "ish",
        rf"(?<![a-z])(?P<pre>{_SIGN})?(?P<n>{_DIGITS}|{_WORDS})[ \-]?ish(?![a-z])",
        _read_ish,
        ("five hundred-ish", "500"),
        ("$450ish", "450 USD"),
    ),
    row(
        "masked",
        rf"(?P<pre>{_SIGN})(?P<n>[1-9]\d{{0,2}}(?:x{{2,3}}|\*{{2,3}}))(?![a-z\d*])",
        _read_masked,
        ("$4xx", "400-499 USD"),
    ),
    row(
        "bare_words",
        rf"(?<![a-z\-])(?P<n>{ENGLISH_NUMBER})(?![a-z\-]| (?:{any_of(SCALES)})){ENDS}",
        _read_hundred_or_more,
        ("four forty-nine", "449"),
        ("four hundred and forty nine", "449"),
        bare=True,
    ),
)
