"""The words to look for: every name of the rule book, with its number written out in each way people write it.

Numbers are written out here and not in the text, because 小米13十二月一号 has no number 1312.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from monitor.match.fold import IS_TRADITIONAL, is_gap, key_of, plain
from monitor.model.rulebook import Product, RuleBook, Series

VARIANTS = ("pro", "max", "ultra", "plus", "mini", "lite", "至尊版", "青春版", "标准版", "典藏版")

_NUMBER = re.compile(r"(?<![\d.])\d{1,4}(?![\d.])")
_LETTERS_MAY_FOLLOW = re.compile(r"(?:[^\W\d_a-z]|[a-z]{4}[ ]?)$")  # Han, or a word too long to swallow the numeral
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_HAN_DIGITS = "零一二三四五六七八九"
_FORMAL = str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾")
# From two on: "the Yunque one" is the one of Yunque.
_ENGLISH = (
    *("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NO_PLACES: frozenset[int] = frozenset()


class Role(StrEnum):
    """How much a term says by itself."""

    NAME = "name"  # names and aliases: enough
    WEAK = "weak"  # a weak alias: needs context
    CODENAME = "codename"  # needs context unless it is unmistakable
    NOT_THIS = "not_this"
    NUMBER = "number"  # a number of a series beyond the released ones
    WEAK_NUMBER = "weak_number"  # the same without its brand
    RELEASED = "released"  # a number of a series that is out
    BRAND = "brand"  # a word of the brand; no secret, but values and everyday words are said of it
    LINE = "line"  # a product's name without its generation; no secret either
    FACT = "fact"  # a listed spec in words; a secret only where it is said of its product


@dataclass(frozen=True, slots=True)
class Term:
    """One word of one subject; `variants` are the words that may follow it."""

    subject: str
    role: Role
    variants: tuple[str, ...]
    value: str = ""
    needs_context: bool = False  # an everyday word


@dataclass(frozen=True)
class Form:
    """One way to write a term: what the automaton looks for, and what verifying needs of it."""

    term: Term
    key: str
    written: str  # folded, with its own gaps
    numerals: frozenset[int] = NO_PLACES  # places of the key where a number is written out
    traditional: bool = False  # the term itself is written so
    may_count: bool = False  # its number is an English word, as running text counts: Yunque nine

    @cached_property
    def letters(self) -> str:
        """The folded characters of the key, before look-alikes became ASCII."""
        return "".join(char for char in self.written if not is_gap(char))

    @cached_property
    def joints(self) -> tuple[str, ...]:
        """The gaps that the term itself has: item i stands between key characters i and i + 1."""
        at = [i for i, char in enumerate(self.written) if not is_gap(char)]
        return tuple(self.written[left + 1 : right] for left, right in pairwise(at))


def unmistakable(codename: str) -> bool:
    """Whether a code name can be no everyday word: it has a digit, or three Han characters and nothing else."""
    word = key_of(codename)
    return any(c.isdigit() for c in word) or (len(word) >= 3 and all(c >= "㐀" for c in word))  # noqa: PLR2004


def forms_of(book: RuleBook) -> Iterator[Form]:
    """Every form of every term of the rule book."""
    for product in book.products.values():
        variants = (*map(plain, product.variants), *VARIANTS)
        for role, text in _of_product(product):
            everyday = role is Role.WEAK or (role is Role.CODENAME and not unmistakable(text))
            yield from _forms(Term(product.key, role, variants, needs_context=everyday), text)
    for series in book.series:
        yield from _of_series(series)


def _of_product(product: Product) -> Iterator[tuple[Role, str]]:
    for text in (*product.names, *product.aliases):
        yield Role.NAME, text
    for text in product.weak_aliases:
        yield Role.WEAK, text
    for text in product.codenames:
        yield Role.CODENAME, text
    for text in product.not_this:
        yield Role.NOT_THIS, text


def _of_series(series: Series) -> Iterator[Form]:
    for number in range(1, series.listed_up_to + 1):
        model = series.pattern.replace("{n}", str(number))
        out = number <= series.released_up_to
        full = Term(series.key, Role.RELEASED if out else Role.NUMBER, VARIANTS, value=str(number))
        for brand in series.brand:
            yield from _forms(full, f"{brand} {model}")
        if not out and series.pattern != "{n}":
            bare = Term(series.key, Role.WEAK_NUMBER, VARIANTS, str(number), needs_context=True)
            yield from _forms(bare, model)


def _forms(term: Term, text: str) -> Iterator[Form]:
    folded = plain(text)
    traditional = not IS_TRADITIONAL.isdisjoint(text)
    written = {key_of(folded): Form(term, key_of(folded), folded, traditional=traditional)}
    if _NUMBER.search(folded):
        for numeral in (_han_numeral, _han_digits, _formal, _roman, _english):
            spelled, places = _written_out(folded, numeral)
            if places:
                form = Form(term, key_of(spelled), spelled, places, traditional, may_count=numeral is _english)
                written.setdefault(form.key, form)
    yield from written.values()


def _written_out(folded: str, numeral: Callable[[int, str], str]) -> tuple[str, frozenset[int]]:
    spelled, done = "", 0
    places = set[int]()
    for found in _NUMBER.finditer(folded):
        spelled += folded[done : found.start()]
        done = found.end()
        word = numeral(int(found.group()), spelled)
        begin = len(key_of(spelled))
        places.update(range(begin, begin + len(word)))
        spelled += word or found.group()
    return spelled + folded[done:], frozenset(places)


# Each writes a number out after the words before it, or answers "" where that would be no number to anybody.


def _han_numeral(number: int, _before: str) -> str:
    if not 0 < number < 100:  # noqa: PLR2004
        return ""
    tens, ones = divmod(number, 10)
    word = ("" if tens < 2 else _HAN_DIGITS[tens]) + ("十" if tens else "")  # noqa: PLR2004
    return word + (_HAN_DIGITS[ones] if ones else "")


def _han_digits(number: int, _before: str) -> str:
    return "".join(_HAN_DIGITS[int(digit)] for digit in str(number)) if number > 9 else ""  # noqa: PLR2004


def _formal(number: int, before: str) -> str:
    return _han_numeral(number, before).translate(_FORMAL)


def _english(number: int, before: str) -> str:
    return _ENGLISH[number] if number < len(_ENGLISH) and _LETTERS_MAY_FOLLOW.search(before) else ""


def _roman(number: int, before: str) -> str:
    if not 1 < number < 40 or not _LETTERS_MAY_FOLLOW.search(before):  # noqa: PLR2004
        return ""
    word = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        word += letters * count
    return word if len(word) > 1 else ""  # a lone v or x is a letter
