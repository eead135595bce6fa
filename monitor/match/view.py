"""What joining looks at: the parts of a post with all that was chosen in them, the author, the instant, the secrets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from monitor.match import cues
from monitor.match.candidates import Candidate
from monitor.match.facts import Match
from monitor.match.fold import Folded
from monitor.match.surroundings import Surroundings
from monitor.match.terms import COMPANY, Role
from monitor.model.posts import Part
from monitor.model.rulebook import NEVER, Kind, Product, RuleBook

WEAK_REACH: Final = timedelta(days=365)  # a value without its product's name is taken for it in the year before only
# What may stand between a name and a bare number that is said of it: signs, and a word that only joins them.
_BESIDE: Final = re.compile(
    r"\W{0,3}(?:in|on|at|for|from|is|the|by|将于|定于|定在|于|在|是|的|要|会|卖|定|只要)?\W{0,2}"
)
SIDE: Final = (*COMPANY, Role.FACT)


@dataclass(frozen=True, slots=True)
class Seen:
    """A chosen candidate where it stands: folded offsets, and the number of its sentence."""

    candidate: Candidate
    begin: int
    end: int
    sentence: int

    @property
    def is_name(self) -> bool:
        """Whether it is a product's name, a secret one or not."""
        return self.candidate.kind is Kind.PRODUCT and self.candidate.role not in SIDE

    @property
    def is_value(self) -> bool:
        """Whether it is something that can be said of a product."""
        return self.candidate.role is Role.FACT or bool(self.candidate.row and not self.candidate.harmless)


@dataclass(frozen=True)
class View:
    """One part of a post with everything chosen in it, in order.

    What is asked again and again is worked out once: a flood of prices must not take the square of its length.
    """

    no: int
    part: Part
    folded: Folded
    around: Surroundings
    seen: tuple[Seen, ...]

    @cached_property
    def names(self) -> tuple[Seen, ...]:
        """The products that are named here."""
        return tuple(seen for seen in self.seen if seen.is_name)

    @cached_property
    def names_by_sentence(self) -> Mapping[int, Sequence[Seen]]:
        """The same, each sentence for itself."""
        return _by_sentence(self.names)

    @cached_property
    def company_by_sentence(self) -> Mapping[int, Sequence[Seen]]:
        """Brands and product lines, once each in a sentence."""
        once = {(s.sentence, s.candidate.role, s.candidate.subject, s.candidate.value): s for s in self.seen}
        return _by_sentence([seen for seen in once.values() if seen.candidate.role in COMPANY])

    @cached_property
    def of_others(self) -> frozenset[int]:
        """The sentences that name a model or an event which nobody listed."""
        free, at = [], 0
        for seen in self.seen:
            if not seen.candidate.bare and seen.candidate.role not in COMPANY:  # the Q2 of a camera is no quarter
                free.append((at, seen.begin))
                at = seen.end
        free.append((at, len(self.folded.text)))
        text = self.folded.text
        return frozenset(
            self.around.sentence_of(found.start())
            for begin, end in free
            for pattern in (cues.MODEL, cues.NAMED_EVENT)
            for found in pattern.finditer(text, begin, end)
            if not self.around.in_link(*self.folded.span(*found.span()))
        )

    @cached_property
    def behind(self) -> Mapping[int, Seen]:
        """By where a value begins: the name it stands directly behind, nothing but signs and other values between."""
        found: dict[int, Seen] = {}
        end, name = 0, None
        for seen in self.seen:
            gap = self.folded.text[end : seen.begin]
            if not _BESIDE.fullmatch(gap):
                name = None
            if seen.is_name:
                name = seen
            elif seen.is_value and name is not None:
                found[seen.begin] = name
            elif not seen.is_value:
                name = None
            end = seen.end
        return found


def _by_sentence(seen: Iterable[Seen]) -> Mapping[int, Sequence[Seen]]:
    sentences: dict[int, list[Seen]] = {}
    for one in seen:
        sentences.setdefault(one.sentence, []).append(one)
    return sentences


@dataclass(frozen=True, slots=True)
class Joined:
    """A candidate and what it is said of. `how` and `match` are codes; a weak join is graded medium at most."""

    candidate: Candidate
    subject: str
    how: str
    match: Match = field(default_factory=lambda: Match("match_none", ""))
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """What joining looks at: all parts, who wrote them, when, and what is secret."""

    views: tuple[View, ...]
    book: RuleBook
    knows: frozenset[str]
    at: datetime | None
    today: date
    lines: Mapping[str, Sequence[str]]  # the products of each product line

    def product(self, subject: str) -> Product | None:
        """The product of that key; None for a series."""
        return self.book.products.get(subject)

    def holds(self, subject: str, kind: Kind) -> bool:
        """Whether the product has a secret of that kind at the post's instant."""
        product = self.product(subject)
        if product is None:
            return True
        if kind not in product.windows:
            return False
        windows = (product.windows[kind], *(fact.window for fact in product.facts if fact.kind is kind))
        return any(self.at is None or window.holds_at(self.at) for window in windows)

    def is_near(self, subject: str, kind: Kind) -> bool:
        """Whether the secret is about to be lifted, so that a value alone may be its."""
        product = self.product(subject)
        window = product.windows.get(kind) if product else None
        if window is None or self.at is None or window.lifts_at == NEVER:
            return True
        return window.lifts_at - self.at <= WEAK_REACH

    def soonest_known(self, kind: Kind) -> str | None:
        """The product with a secret of that kind that the author works on; of several the first to be lifted."""
        known = [key for key in self.knows if self.product(key) and self.holds(key, kind)]
        return min(known, key=lambda key: (self._lift(key), key), default=None)

    def _lift(self, subject: str) -> datetime:
        product = self.product(subject)
        window = product.windows.get(Kind.PRODUCT) if product else None
        return window.lifts_at if window else NEVER
