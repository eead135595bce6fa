"""Answers of chat tools: they say inside the body how it went, whatever the status. Pure."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from monitor.deliver.judge import Judgement, Meaning, judge_status

UNKNOWN: Final = Judgement(Meaning.BACK_OFF, "http")  # it did not say that it took the message

Hints: TypeAlias = Mapping[tuple[int, str], Judgement]
_NONE: Final[Hints] = MappingProxyType({})


def judge_code(
    status: int, body: bytes, key: str, codes: Mapping[int, Judgement], *, older: str = "", hints: Hints = _NONE
) -> Judgement:
    """What the number under that key of a JSON answer means; by the status where there is none that we know.

    A success without a number that we know is none: nobody has said that the message was taken. Nor is the number of
    a success under a status that is none. `older` is the key of answers of old; `hints` tells the meanings of one
    number apart, by words of the answer in small letters.
    """
    said = read_object(body)
    code = said.get(key, said.get(older))
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    by_status = judge_status(status)
    if number is None or number not in codes:
        return UNKNOWN if by_status.meaning is Meaning.DELIVERED else by_status
    judged = codes[number]
    if judged.meaning is Meaning.DELIVERED:
        return judged if by_status.meaning is Meaning.DELIVERED else by_status
    words = " ".join(value for value in said.values() if isinstance(value, str)).lower()
    return next((hint for (of, word), hint in hints.items() if of == number and word in words), judged)


def read_object(body: bytes) -> dict[str, object]:
    """The object of a JSON answer; an empty one if it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
