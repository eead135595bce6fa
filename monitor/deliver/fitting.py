"""What a tool takes whole: the lines of a card give way, what leads on does not; a text ends with an ellipsis. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from monitor.deliver.card import Card

LONGEST: Final = 100  # characters of a title or a line of the foot, if nothing else can give way
TAIL: Final = 20  # of these, how many from its end, where the number may stand


def fitted(card: Card, fits: Callable[[Card], bool]) -> Card:
    """The card with as much of its lines as fits, cut behind a whole character and ended by "…".

    Title, buttons and foot stay. Only where even they are too much, a text of them loses its middle, and then the last
    button goes: a shortened address would lead nowhere.
    """
    if fits(card):
        return card
    whole = "\n".join(card.lines)
    low, high = 0, len(whole)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_cut(card, whole, middle)):
            low = middle
        else:
            high = middle - 1
    rest = _cut(card, whole, low)
    if not fits(rest):
        rest = replace(rest, title=_shortened(card.title), foot=tuple(map(_shortened, card.foot)))
    while rest.links and not fits(rest):
        rest = replace(rest, links=rest.links[:-1])
    return rest


def _cut(card: Card, whole: str, count: int) -> Card:
    kept = whole[:count].rstrip()
    return replace(card, lines=tuple(f"{kept}…".split("\n")) if kept else ())


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - TAIL - 1]}…{text[-TAIL:]}"


def cut_to(text: str, most: int) -> str:
    """A text of at most so many characters, as UTF-16 counts them: emojis are two there, and tools count so."""
    if _utf16_length(text) <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept.rstrip()}…"


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
