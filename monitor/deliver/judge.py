"""What the answer of a receiver means. Pure.

The table is docs/reference/webhook.md; its base is the Standard Webhooks specification.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

REFUSES_BODY: Final = frozenset({400, 413, 415, 422})
REFUSES_US: Final = frozenset({401, 403, 404})
MAY_ASK_TO_WAIT: Final = frozenset({429, 502, 503, 504})
GONE: Final = 410
CARD_GONE: Final = "card_gone"  # a card that was to be changed is there no more
SHORTEST_WISH_S: Final = 1.0
LONGEST_WISH_S: Final = 3600.0


class Meaning(StrEnum):
    """What an attempt proves."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # the receiver works, but will not take this body
    BACK_OFF = "back_off"  # the receiver does not work now
    PARK = "park"  # the receiver wants no more


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer means; `code` names the row of the table.

    `wait_s` is how long a receiver that says no more than "too fast" is known to go on saying so; `card` is what a chat
    tool calls the card that it has just made.
    """

    meaning: Meaning
    code: str
    wait_s: float | None = None
    card: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; without `status` when no answer came. `retry_after_s` is the receiver's wish."""

    meaning: Meaning
    code: str
    status: int | None = None
    retry_after_s: float | None = None
    told: tuple[str, ...] = ()  # who took it, where some did not
    card: str = ""  # what the chat tool calls the card that now shows it


def judge_status(status: int) -> Judgement:
    """What a status means when the body has no say: every status has a row, an unknown one backs off."""
    named = _judge_named(status)
    if named is not None:
        return named
    if 200 <= status < 300:  # noqa: PLR2004 - classes of RFC 9110, section 15
        return Judgement(Meaning.DELIVERED, "delivered")
    if 300 <= status < 400:  # noqa: PLR2004
        return Judgement(Meaning.BACK_OFF, "redirect")
    return Judgement(Meaning.BACK_OFF, "server" if 500 <= status < 600 else "http")  # noqa: PLR2004


def _judge_named(status: int) -> Judgement | None:
    if status in REFUSES_BODY:
        return Judgement(Meaning.REFUSED, "refused")
    if status == GONE:
        return Judgement(Meaning.PARK, "gone")
    if status in REFUSES_US:  # operators mend tokens and paths during an outage, so try on
        return Judgement(Meaning.BACK_OFF, "denied")
    if status in MAY_ASK_TO_WAIT:
        return Judgement(Meaning.BACK_OFF, "throttled")
    return None


def wish_s(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the receiver asks us to wait, from one second to one hour; None if it does not ask, or not readably.

    Both forms of Retry-After, RFC 9110 section 10.2.3; `headers` have lower-case names.
    """
    said = headers.get("retry-after", "").strip()
    if status not in MAY_ASK_TO_WAIT or not said:
        return None
    wanted_s = float(said) if _is_whole_number(said) else _seconds_until(said, now)
    return None if wanted_s is None else min(max(wanted_s, SHORTEST_WISH_S), LONGEST_WISH_S)


def _is_whole_number(said: str) -> bool:
    return said.isascii() and said.isdigit()


def _seconds_until(said: str, now: datetime) -> float | None:
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
