"""Answers of chat tools: they say inside the body how it went, whatever the status. Pure."""

import json
from collections.abc import Mapping
from typing import Final

from monitor.deliver.judge import Judgement, Meaning, judge_status

UNKNOWN: Final = Judgement(Meaning.BACK_OFF, "http")  # it did not say that it took the message


def judge_code(status: int, body: bytes, key: str, codes: Mapping[int, Judgement]) -> Judgement:
    """What the number under that key of a JSON answer means; by the status where it is no success.

    A success without a number that we know is none: nobody has said that the message was taken.
    """
    by_status = judge_status(status)
    if by_status.meaning is not Meaning.DELIVERED:
        return by_status
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return UNKNOWN
    code = said.get(key) if isinstance(said, dict) else None
    return codes.get(code, UNKNOWN) if isinstance(code, int) and not isinstance(code, bool) else UNKNOWN
