"""Prices as values, however they were written: one amount or an interval, and a little more or less than it.

"Not yet four thousand" means a little less than that, "over four thousand" a little more: a fifth, here.
"""

from decimal import Decimal
from typing import Final

from monitor.match.quantities.rows import amount

LITTLE: Final = Decimal("0.2")
UNDER: Final = -1
OVER: Final = 1
_YEARS: Final = range(1900, 2100)

# What makes a number something other than a price, right behind it.
_COUNTED_ZH: Final = (
    r"[ ]?(?:[台部张辆件个人年月日号点天时秒%倍折寸米名次款城层份斤岁届股瓦毫英公字页集期章条场步度平克吨升支枚颗箱瓶"
    r"杯单赞票百千万亿多余几例帧赫粒艘架栋]|分(?!期)|只(?![要需能有])|家(?![用庭])|位(?![于置])|种(?!草)|粉(?![色白蓝])|小时|像素)"
)
_COUNTED_EN: Final = (
    r"[ \-]?(?:%|percent|am|pm|a\.m|p\.m|o.clock|years?|months?|weeks?|days?|hours?|minutes?|mins?|seconds?|secs?"
    r"|units?|people|users?|customers?|stores?|countries|cities|employees|times|million|billion|k?m|km|mi|miles?|feet|ft|inch(?:es)?"
    r"|mah|[gtmk]b|mp|megapixels?|[gm]?hz|watts?|w|kg|g|lbs?|nits?|fps|points?|votes?|likes?|views?|followers?|reviews?"
    r"|models?|colou?rs?|pages?|st|nd|rd|th|x|degrees?|cents?|pence|of (?:them|us|you|the))(?![a-z])"
)
ENDS: Final = rf"(?![a-z\d]|[.:/]\d|,\d{{3}}(?!\d)|{_COUNTED_ZH}|{_COUNTED_EN})"


def said(low: Decimal, high: Decimal, currency: str = "") -> str | None:
    """An interval, or one amount, as in `Reading`; None if it is nothing that anybody asks."""
    if not 0 < low <= high:
        return None
    span = amount(low) if low == high else f"{amount(low)}-{amount(high)}"
    return f"{span} {currency}".rstrip()


def bounded(side: int, low: Decimal, high: Decimal, currency: str = "") -> str | None:
    """The same for what is UNDER or OVER an amount, or neither (0)."""
    if side == UNDER:
        low *= 1 - LITTLE
    if side == OVER:
        high *= 1 + LITTLE
    return said(low, high, currency)


def place(number: Decimal) -> Decimal:
    """The place of its last digit that is not zero: 1000 of 3000, 100 of 4500."""
    unit = Decimal(1)
    while number and number % (unit * 10) == 0:
        unit *= 10
    return unit


def masked(text: str, currency: str = "") -> str | None:
    """All that a number with hidden digits may be: 39xx, 3x99."""
    low = "".join(char if char.isdigit() else "0" for char in text)
    high = "".join(char if char.isdigit() else "9" for char in text)
    return said(Decimal(low), Decimal(high), currency)


def like_year(number: Decimal) -> bool:
    """Whether a plain number is rather a year: 2030; 1999 ends as prices do."""
    return number in _YEARS and number % 100 != 99  # noqa: PLR2004
