"""The secret values of a post in the reader's way of writing, where the post is in another script.

From what we have read in it, never a translation: `(gloss: 2,000-2,999 CNY, 3 Dec)`.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from monitor.model.findings import Disposition
from monitor.model.messages import Notice
from monitor.model.rulebook import Kind
from monitor.words import say

MOST: Final = 4
CHINESE_FROM: Final = 0.3  # share of Han characters among the letters: a name in Latin letters is many of them
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")


def gloss(notice: Notice, language: str) -> Iterator[str]:
    """One line, or none: if the post is in the reader's script, or says no price, date or figure that is secret."""
    written = script_of(" ".join(part.text for part in notice.parts if part.by_author))
    if written in ("", language):
        return
    secret = [f for f in notice.findings if f.disposition is Disposition.ALERT and f.value]
    near = notice.event_at.year
    told = [_said(language, f.kind, f.value, near) for f in secret if f.kind in (Kind.PRICE, Kind.DATE, Kind.SPEC)]
    if told:
        values = list(dict.fromkeys(told))[:MOST]
        yield say(language, "gloss", values=say(language, "list_comma").join(values))


def script_of(text: str) -> str:
    """The language, of those that we speak, in whose script a text is: zh or en; empty if it has no letters."""
    letters = sum(map(str.isalpha, text))
    if not letters:
        return ""
    return "zh" if len(_HAN.findall(text)) >= CHINESE_FROM * letters else "en"


def _said(language: str, kind: Kind, value: str, near: int) -> str:
    if kind is Kind.PRICE:
        return _price(value)
    return _days(language, value, near) if kind is Kind.DATE else value


def _price(value: str) -> str:
    amounts, _, currency = value.partition(" ")
    try:
        said = "-".join(f"{Decimal(amount):,f}" for amount in amounts.split("-"))
    except InvalidOperation:
        return value
    return f"{said} {currency}".rstrip()


def _days(language: str, value: str, near: int) -> str:
    first, _, last = value.partition("/")
    if not last:
        return _day(language, first, near)
    return say(language, "gloss_span", first=_day(language, first, near), last=_day(language, last, near))


def _day(language: str, value: str, near: int) -> str:
    """A day as people write it, with its year unless that is the present one; a month as it is listed."""
    try:
        day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day is no instant
    except ValueError:
        return value
    return _written(language, day, near)


def _written(language: str, day: date, near: int) -> str:
    code = "gloss_day" if day.year == near else "gloss_day_of_year"
    return say(language, code, day=str(day.day), month=say(language, f"month_{day.month}"), year=str(day.year))
