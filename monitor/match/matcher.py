"""The whole of matching in one object that is built from a rule book."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from monitor.match.candidates import Candidate
from monitor.match.choose import CHOSEN, choose
from monitor.match.explain import CandidateStory, Explanation, PartStory
from monitor.match.fold import Folded, fold
from monitor.match.join import judge
from monitor.match.lexicon import Lexicon
from monitor.match.names import candidate_of
from monitor.match.surroundings import Surroundings, brand_pattern
from monitor.model.findings import Evaluation, Finding
from monitor.model.posts import Part
from monitor.model.rulebook import RuleBook

MOST_PLACES = 100  # findings of one fact in one part


class Matcher:
    """A rule book made ready to search with. Immutable, so threads share one."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._lexicon = Lexicon(book)
        brands = {key: product.brand for key, product in book.products.items()}
        brands.update((series.key, series.brand) for series in book.series)
        self._brands = {key: brand_pattern(brand) for key, brand in brands.items()}

    def evaluate(self, parts: Sequence[Part], *, knows: frozenset[str], at: datetime | None) -> Evaluation:
        """All findings of a post's parts at that instant; without one, every window counts as open.

        `knows` are the keys of the products that the author works on.
        """
        return Evaluation(tuple(f for no, part in enumerate(parts) for f in self._findings(no, part, knows, at)))

    def explain(self, parts: Sequence[Part], *, knows: frozenset[str], at: datetime | None) -> Explanation:
        """The same evaluation with everything it was decided by, losers and failed checks included."""
        return Explanation(tuple(self._story(no, part, knows, at) for no, part in enumerate(parts)))

    def _findings(self, no: int, part: Part, knows: frozenset[str], at: datetime | None) -> list[Finding]:
        if not self._lexicon.may_hold(part.text):
            return []
        candidates = [c for c in self._candidates(fold(part.text), knows) if c.fails is None]
        fates = choose(candidates)
        chosen = sorted((c for c, fate in zip(candidates, fates, strict=True) if fate is CHOSEN), key=lambda c: c.start)
        verdicts = (judge(c, no, part, self._book, at) for c in _first_places(chosen))
        return [verdict.finding for verdict in verdicts if verdict.finding is not None]

    def _story(self, no: int, part: Part, knows: frozenset[str], at: datetime | None) -> PartStory:
        folded = fold(part.text)
        candidates = tuple(self._candidates(folded, knows))
        stories = tuple(
            CandidateStory(c, fate, judge(c, no, part, self._book, at) if fate is CHOSEN else None)
            for c, fate in zip(candidates, choose(candidates), strict=True)
        )
        return PartStory(no, part.origin, folded.text, stories)

    def _candidates(self, folded: Folded, knows: frozenset[str]) -> Iterator[Candidate]:
        around = Surroundings(folded)
        for hit in self._lexicon.scan(folded):
            yield candidate_of(hit, folded, around, self._brands[hit.form.term.subject], knows)


def _first_places(chosen: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first places of each fact: a flood of one name is one leak, and nobody reads its thousandth place."""
    places = Counter[tuple[object, ...]]()
    for candidate in chosen:
        fact = (candidate.subject, candidate.value, candidate.weak, candidate.reason.code)
        places[fact] += 1
        if places[fact] <= MOST_PLACES:
            yield candidate
