"""The whole of matching in one object that is built from a rule book."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from monitor.match import cues
from monitor.match.candidates import Candidate
from monitor.match.choose import CHOSEN, choose
from monitor.match.clients import find_client_signs
from monitor.match.explain import CandidateStory, Explanation, PartStory
from monitor.match.facts import days_of
from monitor.match.fold import Folded, fold, plain
from monitor.match.hints import find_hints
from monitor.match.join import by_kind, confirmed, join_value
from monitor.match.judge import VALUES, Verdict, Where, is_own, judge, not_joined
from monitor.match.lexicon import Lexicon
from monitor.match.measure import measured, without_names
from monitor.match.names import candidate_of
from monitor.match.patterns import find_patterns, pattern_rules
from monitor.match.surroundings import Surroundings, brand_pattern
from monitor.match.terms import COMPANY, lines_of
from monitor.match.view import SIDE, Joined, Post, Seen, View
from monitor.model.findings import Evaluation, Finding, Reason
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import ClientSign, Kind, RuleBook

MOST_PLACES: Final = 100  # findings of one fact in one part
NO_DAY: Final = date(2030, 1, 1)  # "today" of texts without an instant, if no launch is listed
NOTHING: Final = Evaluation(())
SHORT: Final = 24  # characters of a post in which somebody who knows may say a value and nothing else
MONTH_AHEAD: Final = timedelta(days=30)
_FORWARDED: Final = re.compile(r"//\s?@")  # what stands behind it in a repost are others' words

_Seen: TypeAlias = tuple[Folded, tuple[Candidate, ...], tuple[Reason, ...]]  # a text, its candidates and their fates


@dataclass(frozen=True, slots=True)
class Said:
    """A post with what judging needs beside it; see `Matcher.evaluate`."""

    parts: tuple[Part, ...]
    knows: frozenset[str] = frozenset()
    at: datetime | None = None
    usual_client: str = ""
    set_aside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One part with all of its candidates and what became of each."""

    view: View
    candidates: tuple[Candidate, ...]
    fates: tuple[Reason, ...]


class Matcher:
    """A rule book made ready to search with. Immutable, so threads share one."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._lexicon = Lexicon(book)
        brands = {key: product.brand for key, product in book.products.items()}
        brands.update((series.key, series.brand) for series in book.series)
        patterns = {brand: brand_pattern(brand) for brand in brands.values()}
        self._brands = {key: patterns[brand] for key, brand in brands.items()}
        self._no_brand = brand_pattern(())
        self._zone = _usual_zone(book)
        self._lines = lines_of(book)
        self._no_day = _no_day(book)
        self._patterns = pattern_rules(book)
        self._pattern_ids = frozenset(ready.rule.id for ready in self._patterns)
        self._wants_values = any(not rule.kinds.isdisjoint(VALUES) for rule in book.rules)
        self._hints = any(Kind.HINT in rule.kinds for rule in book.rules)
        self._rules_search = bool(self._patterns) or any(rule.rivals for rule in book.rules)

    def evaluate(
        self,
        parts: Sequence[Part],
        *,
        knows: frozenset[str],
        at: datetime | None,
        usual_client: str = "",
        set_aside: frozenset[str] = frozenset(),
    ) -> Evaluation:
        """All findings of a post's parts at that instant; without one, every window counts as open.

        `knows` are the keys of the products that the author works on, `usual_client` is what the author mostly posts
        with. The pattern rules `set_aside` by id are not tried; they and those that ran out of time are `skipped`.
        """
        (evaluation,) = self.evaluate_all([Said(tuple(parts), knows, at, usual_client, set_aside)])
        return evaluation

    def evaluate_all(self, posts: Sequence[Said]) -> Iterator[Evaluation]:
        """The same for many posts, one after the other; those in which nothing stands take a tenth of the time."""
        quiet = self._quiet(posts)
        for no, said in enumerate(posts):
            yield NOTHING if no in quiet else self._evaluate(said)

    def _quiet(self, posts: Sequence[Said]) -> set[int]:
        """The posts in which nothing can be found: no name, and no value that could be said of a brand."""
        asked = [no for no, said in enumerate(posts) if not (said.knows or self._rules_search)]
        texts = [(no, part.text) for no in asked for part in posts[no].parts]
        telling, company = self._lexicon.may_hold([text for _, text in texts])
        loud = {texts[at][0] for at in telling}
        if self._wants_values:
            branded = {texts[at][0] for at in company} - loud
            loud |= {no for no in branded if any(_has_cue(plain(part.text)) for part in posts[no].parts)}
        return set(asked) - loud

    def _evaluate(self, said: Said) -> Evaluation:
        post, readings = self._read(said.parts, said.knows, said.at, failing=False)
        late = set(said.set_aside & self._pattern_ids)
        verdicts = self._verdicts(post, readings, said.usual_client, late)
        found = [verdict.finding for _, _, verdict in verdicts if verdict.finding is not None]
        return Evaluation(tuple(_once(found)), tuple(sorted(late)))

    @property
    def has_patterns(self) -> bool:
        """Whether any rule searches with a pattern of its own."""
        return bool(self._patterns)

    @property
    def watches_clients(self) -> bool:
        """Whether any rule asks what an author mostly posts with."""
        return any(ClientSign.GENERIC in rule.clients for rule in self._book.rules)

    def explain(
        self,
        parts: Sequence[Part],
        *,
        knows: frozenset[str],
        at: datetime | None,
        usual_client: str = "",
        everything: bool = False,
    ) -> Explanation:
        """The same evaluation with everything it was decided by, losers and failed checks included.

        `everything` reads numbers also where nothing stands that they could be said of.
        """
        post, readings = self._read(parts, knows, at, failing=True, everything=everything)
        verdicts: dict[int, Verdict] = {}
        added: dict[int, list[CandidateStory]] = {}
        late = set[str]()
        for view, candidate, verdict in self._verdicts(post, readings, usual_client, late):
            verdicts[id(candidate)] = verdict
            if not any(candidate is seen.candidate for seen in view.seen):
                added.setdefault(view.no, []).append(CandidateStory(candidate, CHOSEN, verdict))
        stories = (_story(reading, verdicts, added.get(reading.view.no, [])) for reading in readings)
        return Explanation(tuple(stories), tuple(sorted(late)))

    # --- reading: what stands in each part --------------------------------------------------------------------------

    def _read(
        self,
        parts: Sequence[Part],
        knows: frozenset[str],
        at: datetime | None,
        *,
        failing: bool,
        everything: bool = False,
    ) -> tuple[Post, list[_Reading]]:
        today = at.astimezone(self._zone).date() if at else self._no_day
        named = [self._names(part, knows, failing=failing) for part in parts]
        wanted = failing or self._wants_values
        has_subject = everything or (wanted and _has_subject(named, knows))
        readings = [
            _reading(
                no, part, *(_with_values(*seen, today) if has_subject and part.origin is not Origin.CLIENT else seen)
            )
            for no, (part, seen) in enumerate(zip(parts, named, strict=True))
        ]
        views = tuple(reading.view for reading in readings)
        return Post(views, self._book, knows, at, today, self._lines), readings

    def _names(self, part: Part, knows: frozenset[str], *, failing: bool) -> _Seen:
        folded = fold(part.text)
        around = Surroundings(folded, part.origin)
        hits = self._lexicon.scan(folded)
        brands, no_brand = self._brands, self._no_brand
        candidates = tuple(
            candidate
            for hit in hits
            for candidate in [candidate_of(hit, folded, around, brands.get(hit.form.term.subject, no_brand), knows)]
            if candidate.fails is None or (failing and candidate.role not in COMPANY)
        )
        return folded, candidates, choose(candidates)

    # --- judging: what each of it means -----------------------------------------------------------------------------

    def _verdicts(
        self, post: Post, readings: Sequence[_Reading], usual_client: str, late: set[str]
    ) -> Iterator[tuple[View, Candidate, Verdict]]:
        """Every candidate with its verdict; rules that ran out of time are added to `late`."""
        joined: list[tuple[View, Joined]] = []
        for reading in readings:
            for candidate, answer in _joins(post, reading.view):
                if isinstance(answer, Reason):
                    yield reading.view, candidate, not_joined(answer)
                else:
                    joined.append((reading.view, answer))
            joined.extend((reading.view, answer) for answer in self._beyond_words(post, reading.view, late))
        joined.extend(find_client_signs(post, self._book.rules, usual_client))
        own = [answer for view, answer in joined if _is_own(view, answer)]
        several = {subject: len(kinds - {Kind.PRODUCT}) > 1 for subject, kinds in by_kind(own).items()}
        for view, answer in joined:
            where = Where(view.no, view.part, own=_is_own(view, answer))
            verdict = judge(answer, where, self._book, post.at, several=several.get(answer.subject, False))
            yield view, answer.candidate, verdict

    def _beyond_words(self, post: Post, view: View, late: set[str]) -> Iterator[Joined]:
        """What no word of the watchlist says: a yes to a question, what patterns find, a hint."""
        yield from confirmed(post, view)
        for found in find_patterns(self._patterns, view, late):
            if isinstance(found, str):
                late.add(found)
            else:
                yield found
        if self._hints and is_own(view.part) and view.part.origin is not Origin.CLIENT:
            yield from find_hints(post, view)


def _usual_zone(book: RuleBook) -> ZoneInfo:
    """The zone of most products: in it "tomorrow" and "the 18th" are read."""
    zones = Counter(product.timezone for product in book.products.values())
    return zones.most_common(1)[0][0] if zones else ZoneInfo("UTC")


def _has_subject(named: Sequence[_Seen], knows: frozenset[str]) -> bool:
    """Whether a number in these texts could be said of something; reading numbers is by far the most work."""
    chosen = [c for _, candidates, fates in named for c, fate in zip(candidates, fates, strict=True) if fate is CHOSEN]
    if any(candidate.role not in SIDE for candidate in chosen):
        return True
    if knows and any(len(folded.text) <= SHORT for folded, _, _ in named):
        return True
    return bool(knows or chosen) and any(_has_cue(folded.text) for folded, _, _ in named)


def _has_cue(text: str) -> bool:
    """Whether a folded text has a word beside which a number may be said of something that is not named."""
    return any(cue.search(text) for cue in cues.ANY)


def _no_day(book: RuleBook) -> date:
    """The day that is "today" for a text without an instant: a month before the first listed launch."""
    days = (days_of(f.value)[0] for p in book.products.values() for f in p.facts if f.kind is Kind.DATE)
    first = min(days, default=None)
    return date.fromisoformat(first) - MONTH_AHEAD if first else NO_DAY


def _with_values(folded: Folded, candidates: tuple[Candidate, ...], fates: tuple[Reason, ...], today: date) -> _Seen:
    names = [candidate for candidate, fate in zip(candidates, fates, strict=True) if fate is CHOSEN]
    values = tuple(measured(folded, without_names(folded, names), today))
    first = len(candidates)
    return folded, (*candidates, *values), (*fates, *(_shifted(fate, first) for fate in choose(values)))


def _shifted(fate: Reason, by: int) -> Reason:
    """A fate that names its winner by number, counted behind the names."""
    winner = fate.args.get("winner")
    return fate if winner is None else Reason(fate.code, {"winner": str(int(winner) + by)})


def _reading(
    no: int, part: Part, folded: Folded, candidates: tuple[Candidate, ...], fates: tuple[Reason, ...]
) -> _Reading:
    around = Surroundings(folded, part.origin)
    chosen = [candidate for candidate, fate in zip(candidates, fates, strict=True) if fate is CHOSEN]
    seen = []
    for candidate in _first_places(sorted(chosen, key=lambda c: c.start)):
        begin, end = folded.place(candidate.start, candidate.end)
        seen.append(Seen(candidate, begin, end, around.sentence_of(begin)))
    return _Reading(View(no, part, folded, around, tuple(seen)), candidates, fates)


def _joins(post: Post, view: View) -> Iterator[tuple[Candidate, Joined | Reason]]:
    """Every chosen candidate of a part with what it is said of, or why of nothing."""
    for seen in view.seen:
        candidate = seen.candidate
        if candidate.harmless:
            yield candidate, candidate.reason
        elif seen.is_value:
            yield candidate, join_value(post, view, seen)
        else:
            yield candidate, Joined(candidate, candidate.subject, "join_name")


def _is_own(view: View, joined: Joined) -> bool:
    forwarded = _FORWARDED.search(view.part.text)
    return is_own(view.part) and (forwarded is None or joined.candidate.start < forwarded.start())


def _first_places(chosen: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first places of each fact: a flood of one name is one leak, and nobody reads its thousandth place."""
    places = Counter[tuple[object, ...]]()
    for candidate in chosen:
        fact = (candidate.kind, candidate.subject, candidate.value, candidate.weak, candidate.reason.code)
        places[fact] += 1
        if places[fact] <= MOST_PLACES:
            yield candidate


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once: two questions may be answered by one yes."""
    told = set[tuple[object, ...]]()
    for finding in sorted(found, key=lambda f: (f.part_no, f.start, f.end, f.kind, f.subject)):
        key = (finding.part_no, finding.start, finding.end, finding.kind, finding.subject)
        if key not in told:
            told.add(key)
            yield finding


def _story(reading: _Reading, verdicts: Mapping[int, Verdict], added: Sequence[CandidateStory]) -> PartStory:
    stories = tuple(
        CandidateStory(candidate, fate, verdicts.get(id(candidate)) if fate is CHOSEN else None)
        for candidate, fate in zip(reading.candidates, reading.fates, strict=True)
    )
    view = reading.view
    return PartStory(view.no, view.part.origin, view.folded.text, (*stories, *added))
