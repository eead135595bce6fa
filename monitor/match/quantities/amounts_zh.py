"""What prices in Chinese are made of: numbers, currencies, words for about and under; and how each row is read."""

import re
from decimal import Decimal
from typing import Final

from monitor.match.quantities.currencies import CODES, HAN, HAN_BEFORE, SIGNS, any_of
from monitor.match.quantities.money import OVER, UNDER, bounded, like_year, masked, place, said
from monitor.match.quantities.numbers import BEGIN, HAN_DIGIT, HAN_NUMERAL, digits, han_number

HAN_ONE: Final = f"[{HAN_NUMERAL}]"
# A run of numerals is read from its beginning only, so that a flood of them is looked at once.
NUMERALS: Final = rf"(?<![几数{HAN_NUMERAL}]){HAN_ONE}"
DIGITS: Final = rf"{BEGIN}(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,9}})(?:\.\d{{1,6}})?"
NUMBER: Final = (
    rf"(?:{DIGITS}(?:[ ]?[百佰千仟万亿]{{1,3}}[{HAN_NUMERAL}\d]{{0,8}}|[kw](?:\d{{1,3}})?(?![a-z\d]))?"
    rf"|{NUMERALS}{{1,20}}|{NUMERALS}个亿)"
)
_NO_CURRENCY: Final = (  # words that only begin with one
    r"(?<!元(?=[旦宵素器件年老首帅]))(?<!块(?=[头状根链]))(?<!刀(?=[具锋法片]))(?<!圆(?=[形满珠周]))(?<!蚊(?=[子虫香]))"
)
AFTER: Final = rf"(?:(?:{any_of((*HAN, *CODES, 'rmb'))})(?![a-z]){_NO_CURRENCY}|[$¥](?![a-z\d]))"
CURRENCY_OR_NOT: Final = rf"(?:[ ]?(?P<cur>{AFTER}))?"
_SIGNS: Final = [sign for sign in SIGNS if sign.endswith(("$", "¥"))]  # of the others prices_en.py knows more
BEFORE: Final = rf"(?:(?:{any_of(_SIGNS)}|{any_of(HAN_BEFORE)}|(?<![a-z\d/_@#.\-])(?:{any_of(CODES)}|rmb))[ :]?)"
_CHANGE: Final = (
    r"(?:(?P<jiao>[\d零一二三四五六七八九])[角毛毫]|(?<=[块蚊])(?P<rest>零?[一二三四五六七八九](?![百千万十\d个台部斤起分年]))"
    r")?(?:零?(?P<fen>[\d一二三四五六七八九])分(?!期))?"
)
TO: Final = r"[ ]?(?:-{1,2}|~|—{1,2}|–|到|至)[ ]?"
INCLUDED: Final = r"(?:\(含\))?"
ABOUT: Final = "大约|大概|差不多|将近|接近|约|近"
_UNDER: Final = "不到|低于|小于|少于|不会超过|不可能超过|不能超过|不超过|不会高于|不高于|最多|至多|顶多"
_OVER: Final = "至少|起码|最少|不会低于|不低于|不少于|超过|高于|大于|超"
EITHER: Final = rf"{ABOUT}|{_UNDER}|{_OVER}"
BEHIND: Final = "左右|上下|以内|以下|之内|以上"
CUE: Final = (
    "(?:起售价|售价|定价|价格|价位|卖价|开价|到手价?|首发价|首销价|预售价|起步价|零售价|标价|报价|首发|首销|[补贴券减惠]后|[涨杀打做]到|仅需|只要|只需|仅售|只卖|卖|价)"
    r"(?:[是为在到约个才仅也就将会:,=* ]|大概|大约|定在|只要|不过|可能|应该|可以|起步|起){0,4}"
)
_SIDES: Final = {
    **dict.fromkeys((*_UNDER.split("|"), "以内", "以下", "之内"), UNDER),
    **dict.fromkeys((*_OVER.split("|"), "以上"), OVER),
}


def money_with(before: str = "", behind: str = "") -> str:
    """A pattern of an amount with its currency before or behind it, and what stands around."""
    return (
        rf"{before}(?:(?P<pre>{BEFORE})(?P<a>{NUMBER})(?P<amore>[多余来])?(?:[ ]?(?P<acur>{AFTER}))?"
        rf"|(?P<b>{NUMBER})(?P<bmore>[多余来])?[ ]?(?P<cur>{AFTER})){_CHANGE}{behind}"
    )


def number_of(text: str) -> Decimal | None:
    """A number as these patterns find it."""
    return han_number(text.replace(" ", "").replace("个亿", "亿"))


def currency_of(text: str | None) -> str:
    """The code of a currency as it is written."""
    word = (text or "").strip(" :")
    return SIGNS.get(word) or HAN.get(word) or ("CNY" if word in ("rmb", "r") else word.upper())


def _part(found: re.Match[str], name: str) -> str:
    return found.groupdict().get(name) or ""


def _side(found: re.Match[str]) -> int:
    return _SIDES.get(_part(found, "before")) or _SIDES.get(_part(found, "behind")) or 0


def read_amount(found: re.Match[str]) -> str | None:
    """An amount with its currency: 不到4499元, 三千多块."""
    number = number_of(found["a"] or found["b"])
    if number is None or number <= 0:
        return None
    change = _small_change(found, number)
    if found["b"] == "一" and found["cur"] in ("块", "刀") and not change:  # 一块砖, 一刀两断
        return None
    more = place(number) - 1 if found["amore"] or found["bmore"] else 0
    low = number + change
    return bounded(_side(found), low, low + more, _currency_in(found))


def _currency_in(found: re.Match[str]) -> str:
    """What $ and ¥ mean is told by the word behind the amount: $499 CAD."""
    before, behind = found["pre"], found["acur"]
    told_behind = before in ("$", "¥") and behind not in (None, "元", "块")
    return currency_of(behind if told_behind else found["cur"] or before)


def _small_change(found: re.Match[str], number: Decimal) -> Decimal:
    """三块五, 十块三毛, 一元一角一分."""
    rest = found["rest"] if number < 1000 else None  # noqa: PLR2004
    tenths = _digit(found["jiao"]) if found["jiao"] or not rest else _digit(rest[-1]) / Decimal(10 ** (len(rest) - 1))
    return (tenths + _digit(found["fen"]) / 10) / 10


def _digit(text: str | None) -> Decimal:
    return Decimal(0) if not text else Decimal(int(text) if text.isdigit() else HAN_DIGIT[text])


def read_about(found: re.Match[str]) -> str | None:
    """A number without a currency that is said to be about, under or over."""
    number = number_of(found["n"] or found["n2"])
    if number is None or not 100 <= number < 10**6:  # noqa: PLR2004 - about ten is rarely a price
        return None
    return bounded(_side(found), number, number, currency_of(found["cur"]))


def read_cued(found: re.Match[str]) -> str | None:
    """A number that a word calls a price; a small one only if it ends as prices do."""
    number = number_of(found["n"])
    if number is None or (number < 100 and number % 10 != 9) or number < 10:  # noqa: PLR2004
        return None
    return bounded(_side(found), number, number)


def read_some_more(found: re.Match[str]) -> str | None:
    """三千多, 三千档: up to the next of its place."""
    number = number_of(found["n"])
    if number is None or number < 100:  # noqa: PLR2004
        return None
    return said(number, number + place(number) - 1, currency_of(_part(found, "cur")))


def read_little_more(found: re.Match[str]) -> str | None:
    """两千出头: up to a third of its place."""
    number = number_of(found["n"])
    if number is None or number < 100:  # noqa: PLR2004
        return None
    return said(number, number + place(number) * 3 / 10, currency_of(found["cur"]))


def read_range(found: re.Match[str]) -> str | None:
    """4499-4999元, 2到3万."""
    low, high = number_of(found["low"]), number_of(found["n"])
    if low is None or high is None:
        return None
    low *= _inherited(found["low"], found["n"], low, high)
    return said(low, high, currency_of(_part(found, "cur") or _part(found, "pre")))


def _inherited(low_text: str, high_text: str, low: Decimal, high: Decimal) -> Decimal:
    """What the first number of a range takes over from the second: 2到3万, 10~15k; but 8500到3万 is what it says."""
    scale = re.search(r"[百佰千仟万亿kw]$", high_text.strip())
    factor = number_of("1" + scale.group()) if scale and not re.search(r"[万亿kw]$", low_text.strip()) else None
    return factor if factor and low < factor and low * factor <= high else Decimal(1)


def read_range_of_prices(found: re.Match[str]) -> str | None:
    """4499-4999 without any currency: both could be prices, and of one thing."""
    low, high = number_of(found["low"]), number_of(found["n"])
    if low is None or high is None or like_year(low) or not 100 <= low < high <= 3 * low:  # noqa: PLR2004
        return None
    return said(low, high)


def read_two_digits(found: re.Match[str]) -> str | None:
    """三四千, 三五百块."""
    first, second = HAN_DIGIT[found["first"]], HAN_DIGIT[found["second"]]
    scale = number_of("一" + found["scale"])
    if scale is None or first >= second:
        return None
    high = second * scale + (scale - 1 if second == first + 1 else 0)
    return said(first * scale, high, currency_of(found["cur"]))


def read_several(found: re.Match[str]) -> str | None:
    """几十万, 数十亿, 十几: some of the unit."""
    if found["ten"]:
        return said(Decimal(10), Decimal(19), currency_of(found["cur"]))
    unit = number_of(found["unit"]) if found["unit"] else None
    return said(unit, unit * 10 - 1, currency_of(found["cur"])) if unit else None


def read_leading(found: re.Match[str]) -> str | None:
    """4字头, 39字头: all prices that begin so."""
    lead = number_of(found["lead"])
    if lead is None or not 1 <= lead < 100:  # noqa: PLR2004
        return None
    unit = Decimal(1000) if lead < 10 else Decimal(100)  # noqa: PLR2004
    return said(lead * unit, (lead + 1) * unit - 1)


def read_masked(found: re.Match[str]) -> str | None:
    """39xx, 3x99."""
    return masked(found["n"])


def read_places(found: re.Match[str]) -> str | None:
    """五位数."""
    places = HAN_DIGIT[found["n"]]
    return said(Decimal(10) ** (places - 1), Decimal(10) ** places - 1)


def read_digits(found: re.Match[str]) -> str | None:
    """A number in digits alone, spaced or not."""
    number = digits(found["n"])
    if number is None or (like_year(number) and not _part(found, "cur")):
        return None
    return said(number, number, currency_of(_part(found, "cur")))


def read_han(found: re.Match[str]) -> str | None:
    """三千九百九十九 alone; 三九九九 digit by digit, if it is as long as prices are."""
    text = found["n"]
    number = number_of(text)
    if number is None or not 100 <= number < 10**8:  # noqa: PLR2004
        return None
    one_by_one = all(char in HAN_DIGIT for char in text)
    if one_by_one and (len(text) not in (4, 5) or like_year(number)):
        return None
    return said(number, number)
