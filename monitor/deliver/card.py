"""A message as every chat tool shows it: a title that suffices on a lock screen, lines, buttons, a foot.

Formats draw it each in their own way; what it says is decided in text.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.words import say


class Tone(StrEnum):
    """How a card looks: as bad as what it tells, calm for what became of it, dark where we are blind."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    CALM = "calm"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Link:
    """A button."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A message in one language. Every text is plain and of one line; an empty line divides paragraphs.

    `addresses` are those at the ends of lines that we put there ourselves: they may be opened, no other may.
    """

    language: str
    tone: Tone
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    foot: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()

    def paragraphs(self) -> list[tuple[str, ...]]:
        """The lines between the empty ones."""
        found: list[list[str]] = [[]]
        for line in self.lines:
            if line:
                found[-1].append(line)
            else:
                found.append([])
        return [tuple(lines) for lines in found if lines]


def plain(card: Card) -> str:
    """The card without any markup, its buttons as addresses."""
    links = [say(card.language, "labelled", label=link.label, url=link.url) for link in card.links]
    return "\n".join((card.title, *card.lines, *links, *card.foot))
