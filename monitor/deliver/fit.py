"""Cards within the limits of a tool: what is cut ends with an ellipsis, and title, buttons and foot stay. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from monitor.deliver.card import Card


def cut_to(text: str, most: int) -> str:
    """A text of at most so many characters, as UTF-16 counts them: emojis are two there, and tools count so."""
    if _length(text) <= most:
        return text
    kept = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept.rstrip()}…"


def shortened(card: Card, most_bytes: int) -> Card:
    """The card with at most so many bytes of lines in UTF-8; the rest of them is left out."""
    return replace(card, lines=tuple(_first(card.lines, most_bytes)))


def _first(lines: Iterable[str], most_bytes: int) -> Iterable[str]:
    left = most_bytes
    for line in lines:
        raw = line.encode()
        if len(raw) > left:
            yield raw[:left].decode(errors="ignore").rstrip() + "…"
            return
        left -= len(raw) + 1
        yield line


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
