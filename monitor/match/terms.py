"""The words to look for: every name of the rule book, with its number written out in each way people write it.

Numbers are written out here and not in the text, because 小米13十二月一号 has no number 1312.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise

from monitor.match.fold import IS_TRADITIONAL, is_gap, key_of, plain
from monitor.match.quantities.numbers import han_number
from monitor.match.quantities.specs import find_specs
from monitor.match.sounding import in_initials, in_pinyin, in_sound, partly_in_pinyin
from monitor.model.rulebook import Kind, Product, RuleBook, Series

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
_GENERATION = re.compile(
    r"(?<![\d.])(?:19|20)?\d{1,3}(?![\d.])(?:s(?![a-z]))?|(?<![a-z])(?:ii|iii|iv|vi?|vii|viii|ix|x)$"
)
SHORTEST_LATIN, SHORTEST_HAN = 4, 2  # letters of a line or a spec that is a word of its own
_ENGLISH_WORDS = {word: number for number, word in enumerate(_ENGLISH) if word} | {"one": 1}
_WORD_NUMBER = re.compile(
    rf"(?<=[a-z] )(?:{'|'.join(_ENGLISH_WORDS)})$|(?<=[\u4e00-\u9fff])[一二三四五六七八九十]{{1,3}}(?=[号代]$)"
)
KNOWN_WRITINGS = 50_000  # names of which it is remembered how they are written
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


COMPANY = (Role.BRAND, Role.LINE)


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
    spelling: str = ""  # the disguise that the term itself has been put into: spelling_pinyin

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
    yield from _of_company(book)
    listed = {key_of(text) for product in book.products.values() for _, text in _of_product(product)}
    for product in book.products.values():
        variants = (*map(plain, product.variants), *VARIANTS)
        for role, text in _of_product(product):
            everyday = role is Role.WEAK or (role is Role.CODENAME and not unmistakable(text))
            yield from _forms(Term(product.key, role, variants, needs_context=everyday), text)
            if role is Role.NAME:
                yield from (form for form in _by_sound(product, variants, text) if form.key not in listed)
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


def _by_sound(product: Product, variants: tuple[str, ...], text: str) -> Iterator[Form]:
    """A name spelled out in pinyin or shortened to initials, and a Latin one put into a character of its sound.

    Each of them could be chance, so each needs context; only pinyin with a number is enough by itself.
    """
    for key, written, spelling, needs_context in _sounded(text, product.brand):
        role = Role.WEAK if needs_context else Role.NAME
        term = Term(product.key, role, variants, needs_context=needs_context)
        yield Form(term, key, written, spelling=spelling)


@lru_cache(KNOWN_WRITINGS)
def _sounded(text: str, brand: tuple[str, ...]) -> tuple[tuple[str, str, str, bool], ...]:
    """Key, folded writing, disguise, and whether it needs context."""
    folded = plain(text)
    numbered = _NUMBER.search(folded) is not None
    spelled = [(in_pinyin(folded), "spelling_pinyin", not numbered)]
    if numbered:
        spelled += [(written, "spelling_pinyin", False) for written in partly_in_pinyin(folded, brand)]
        spelled += [(in_initials(folded), "spelling_initials", True), (in_sound(folded), "spelling_sound", True)]
    return tuple((key_of(written), written, how, needs) for written, how, needs in spelled if written)


def _of_company(book: RuleBook) -> Iterator[Form]:
    """What is no secret by itself, but company for a price or a day: brands, product lines, specs that are words."""
    things: tuple[Product | Series, ...] = (*book.products.values(), *book.series)
    brands = {key_of(word): word for thing in things for word in thing.brand}
    for word in brands.values():
        yield _plain_form(Term("", Role.BRAND, (), value=word), word)
    names = {key_of(name) for product in book.products.values() for name in (*product.names, *product.aliases)}
    for line in lines_of(book):
        if key_of(line) not in brands and key_of(line) not in names:
            yield _plain_form(Term("", Role.LINE, (), value=line), line)
    facts = (f for product in book.products.values() for f in product.facts if f.kind is Kind.SPEC)
    worded = {key_of(fact.value): fact.value for fact in facts if is_worded(fact.value)}
    for value in worded.values():
        yield _plain_form(Term("", Role.FACT, (), value=value), value)


def _plain_form(term: Term, text: str) -> Form:
    return Form(term, key_of(text), plain(text), traditional=not IS_TRADITIONAL.isdisjoint(text))


def lines_of(book: RuleBook) -> Mapping[str, tuple[str, ...]]:
    """The products of each line, by its folded name: Yunque Fold of Yunque Fold 3."""
    lines: dict[str, list[str]] = {}
    for product in book.products.values():
        for line in sorted({_GENERATION.sub("", plain(name)).strip(" -") for name in product.names}):
            if len(key_of(line)) >= (SHORTEST_LATIN if line.isascii() else SHORTEST_HAN):
                lines.setdefault(line, []).append(product.key)
    return {line: tuple(keys) for line, keys in lines.items()}


def is_worded(spec: str) -> bool:
    """Whether a listed specification is words, which no grammar reads: 潜望长焦."""
    folded = plain(spec)
    long_enough = len(key_of(spec)) >= (SHORTEST_LATIN - 1 if folded.isascii() else SHORTEST_HAN)
    return long_enough and not any(map(str.isdigit, folded)) and next(find_specs(folded), None) is None


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
    traditional = not IS_TRADITIONAL.isdisjoint(text)
    for key, written, numerals, may_count in _writings(text):
        yield Form(term, key, written, numerals, traditional, may_count)


@lru_cache(KNOWN_WRITINGS)  # a reload changes few names of many
def _writings(text: str) -> tuple[tuple[str, str, frozenset[int], bool], ...]:
    """Key, folded writing, places of numerals, and whether it may count: each way to write a name."""
    folded = plain(text)
    found = {key_of(folded): (folded, NO_PLACES, False)}
    if digits := _in_digits(folded):
        found[key_of(digits)] = (digits, NO_PLACES, False)
    if numbers := tuple(_NUMBER.finditer(folded)):
        for numeral in (_han_numeral, _han_digits, _formal, _roman, _english):
            spelled, places = _written_out(folded, numbers, numeral)
            if places:
                found.setdefault(key_of(spelled), (spelled, places, numeral is _english))
    return tuple((key, *rest) for key, rest in found.items())


def _in_digits(folded: str) -> str:
    """A name that ends in a number in words, with digits: 弹珠1号 of 弹珠一号, marble 1 of marble one; "" of others."""
    found = _WORD_NUMBER.search(folded)
    if found is None:
        return ""
    number = _ENGLISH_WORDS.get(found.group()) or han_number(found.group())
    return f"{folded[: found.start()]}{number}{folded[found.end() :]}"


def _written_out(
    folded: str, numbers: Iterable[re.Match[str]], numeral: Callable[[int, str], str]
) -> tuple[str, frozenset[int]]:
    spelled, done = "", 0
    places = set[int]()
    for found in numbers:
        spelled += folded[done : found.start()]
        done = found.end()
        word = numeral(int(found.group()), spelled)
        if word:
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
    follows = before.endswith(" ") or _LETTERS_MAY_FOLLOW.search(before)
    return _ENGLISH[number] if number < len(_ENGLISH) and follows else ""


def _roman(number: int, before: str) -> str:
    if not 1 < number < 40 or not _LETTERS_MAY_FOLLOW.search(before):  # noqa: PLR2004
        return ""
    word = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        word += letters * count
    return word if len(word) > 1 else ""  # a lone v or x is a letter
