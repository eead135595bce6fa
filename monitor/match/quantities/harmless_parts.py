"""What harmless numbers are made of: numbers, sums of money, and what may stand between a word and its number."""

import re
from typing import Final

from monitor.match.quantities.numbers import BEGIN, HAN_NUMERAL
from monitor.match.quantities.rows import Row, row

HAN: Final = f"[{HAN_NUMERAL}]"
SCALE: Final = r"(?:[ ]?(?:[多余几来]?[百千万亿]{1,2}[多余]?|[多余几来]|[kw](?![a-z\d])))?"
DIGITS: Final = rf"(?:{BEGIN}(?<![$€£¥])(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,12}})(?:\.\d{{1,4}})?)"
NUMERALS: Final = rf"(?<!{HAN}){HAN}{{1,12}}[多余几来]?(?:万|亿)?"
NUMBER: Final = rf"(?:{DIGITS}{SCALE}|{NUMERALS})"
CURRENCY: Final = (
    r"(?:元(?![旦宵素])|块钱?(?![头根])|美元|美金|人民币|港元|港币|欧元|日元|英镑|rmb|usd|dollars|bucks|yuan|euros?)"
)
MONEY: Final = rf"[$€£¥₹]?[ ]?(?:(?<=[$€£¥])\d[\d,.]{{0,14}}|{NUMBER})(?:[ ]?{CURRENCY})?"
ENGLISH: Final = (
    rf"(?:{BEGIN}(?<![$€£¥])(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,9}})(?:\.\d{{1,3}})?"
    r"(?:[ ]?(?:k|m|bn|b|thousand|million|billion|hundred)(?![a-z]))?)"
)
MANY_DOLLARS: Final = (
    r"(?:us)?[$€£¥₹][ ]?\d[\d,.]{0,14}[ ]?(?:k|m|mn|bn|b|million|billion)(?![a-z])"
    r"|(?<![\d.])\d[\d,.]{0,14}[ ]?(?:million|billion)(?: (?:dollars|euros|pounds|yuan|usd|rmb))?"
)
DOLLARS: Final = (
    r"(?:(?:us)?[$€£¥₹][ ]?\d(?:[\d,]{0,12}\d)?(?:\.\d{1,3})?(?:[ ]?(?:k|m|bn|b|thousand|million|billion)(?![a-z]))?"
    rf"|{ENGLISH}[ ](?:dollars|bucks|euros|pounds|yuan|usd))"
)
# Between a word and its number: no other number, no end of a clause, and nothing that says a price.
GAP: Final = r"[^\d,。!?;、\n\ufffc后价售卖]{0,8}?"
NEAR: Final = r"(?:[了个约近超过仅达为 :]|大概|差不多|高达|最高){0,3}"
FREE_GAP: Final = r"[^\d,。!?;、\n\ufffc]{0,8}?"
WORD: Final = r"(?<![a-z])"
LINK: Final = (
    r"(?:[ :](?:is|are|was|were|of|at|to|for|up|from|by|just|only|over|about|around|hits?|reached|now|nearly)){0,3}"
    r"[ :]{1,2}"
)


def _nothing(_found: re.Match[str]) -> str:
    return ""


def harmless(name: str, pattern: str, *examples: str) -> Row:
    """A row of numbers without a value; each example is a text in which it finds one."""
    return row(name, pattern, _nothing, *((example, "") for example in examples))
