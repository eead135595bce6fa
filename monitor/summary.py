"""A day or a week in figures: which one is due, and what it says. Pure.

Counts are of alerts that were opened in the period, by what people made of them since. It is never a ranking of people.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from types import MappingProxyType
from typing import Final
from unicodedata import normalize
from zoneinfo import ZoneInfo

from monitor.model.messages import AlertState, Found, Receiver, Verdict
from monitor.model.people import Person
from monitor.model.rulebook import BEGINNING, NEVER, Product, RuleBook, Severity, Window
from monitor.model.summaries import (
    AlertLine,
    BlindSpot,
    Every,
    Lift,
    LiftOf,
    Noise,
    Pair,
    Period,
    Review,
    Schedule,
    SelfTests,
    Summary,
    Tally,
    Unjudged,
    Wait,
    Watched,
)

DAYS: Final = MappingProxyType({Every.DAILY: 1, Every.WEEKLY: 7})
LIFTS_AHEAD: Final = timedelta(days=14)
REVIEWS_AHEAD: Final = timedelta(days=14)
SUPPRESSIONS_AHEAD: Final = timedelta(days=7)
FALSE_TO_NAME: Final = 2  # false alarms of one word, before it is called noisy: one may happen to any
ALLOWED: Final = frozenset({Verdict.AUTHORISED, Verdict.PUBLIC})
REMOVED: Final = "removed"  # the cause of a gap that is nobody's blindness: the account was not to be read


# --- when -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """The day at which the period ends whose summary is to be queued now, if any, and why."""

    ends_on: date | None
    reason: str


def period_of(every: Every, ends_on: date, zone: ZoneInfo) -> Period:
    """The days before that day. A day has 23 or 25 hours where clocks are changed."""
    days = timedelta(days=DAYS[every])
    begins_on = ends_on - days
    before, begin, end = (_instant(day, time(), zone) for day in (begins_on - days, begins_on, ends_on))
    return Period(every, begins_on, ends_on, before, begin, end)


def due(
    schedule: Schedule, zone: ZoneInfo, now: datetime, *, queued: Collection[date], watched_since: datetime | None
) -> Due:
    """Which summary is due: of those that were missed the newest alone, and never one of days that were told already.

    `queued` are the ends of those that this receiver has had. The first comes as soon as a whole period, or the end of
    one, was watched.
    """
    ends_on = _newest_end(schedule, zone, now)
    today = now.astimezone(zone).date()
    if any(ends_on <= known <= today for known in queued):  # later ones come of a clock that was ahead
        return Due(None, "told")
    if watched_since is None or watched_since >= period_of(schedule.every, ends_on, zone).until_at:
        return Due(None, "not_watched")
    return Due(ends_on, "due")


def next_at(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime:
    """When the next summary comes after this instant."""
    ends_on = _newest_end(schedule, zone, now) + timedelta(days=DAYS[schedule.every])
    return _instant(ends_on, schedule.at, zone)


def _newest_end(schedule: Schedule, zone: ZoneInfo, now: datetime) -> date:
    """The newest day on which a summary was to come by now."""
    today = now.astimezone(zone).date()
    back = (today.weekday() - schedule.weekday) % 7 if schedule.every is Every.WEEKLY else 0
    day = today - timedelta(days=back)
    return day if _instant(day, schedule.at, zone) <= now else day - timedelta(days=DAYS[schedule.every])


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


# --- what is known ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What a rule found as the post has it; "" for what is no name, and where the text is not kept."""

    rule_id: str
    text: str = field(repr=False)

    @property
    def key(self) -> str:
        """The same for every way to write it: wide or narrow, apart or together, large or small."""
        return "".join(normalize("NFKC", self.text).split()).casefold()


@dataclass(frozen=True, slots=True)
class Case:
    """An alert as its rows tell: `posted_at` is None where nobody said it, `words` are those that opened it."""

    number: int
    severity: Severity
    label: str
    person_name: str
    platform: str
    how: Found
    state: AlertState
    verdict: Verdict | None
    assignee: str | None
    opened_at: datetime
    posted_at: datetime | None
    seen_at: datetime
    taken_at: datetime | None
    gone_at: datetime | None  # the post, or all that was secret in it
    words: tuple[Word, ...] = ()
    text: str = field(default="", repr=False)

    @property
    def judged(self) -> Verdict | None:
        """The verdict that stands: one that something new has overtaken does not, but a leak stays one."""
        return self.verdict if self.state is AlertState.REVIEWED or self.verdict is Verdict.LEAK else None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which one account could not be read; `filled` if all that still stands of it was read since."""

    account_id: int
    platform: str
    from_at: datetime
    to_at: datetime | None
    cause: str
    filled: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database tells of a period and of the one before."""

    this: tuple[Case, ...]
    last: tuple[Case, ...]
    older: tuple[Unjudged, ...]  # opened before both, and still not judged
    watched: Watched
    gaps: tuple[Gap, ...]
    suppressions: tuple[datetime, ...]
    self_tests: SelfTests


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a summary is, and what configuration and rules know of the days ahead. `subjects`: None for all."""

    zone: ZoneInfo
    at: datetime
    next_at: datetime | None = None
    lifts: tuple[Lift, ...] = field(default=(), repr=False)
    reviews: tuple[Review, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict, repr=False)  # where each rule stands, by its id
    subjects: frozenset[str] | None = field(default=None, repr=False)


def asked(
    receiver: Receiver, book: RuleBook, people: Iterable[Person], now: datetime, subjects: frozenset[str] | None = None
) -> Asked:
    """What a summary for this receiver is made with; of these subjects (product keys) alone if any are named."""
    plan = receiver.summary
    return Asked(
        zone=receiver.timezone,
        at=now,
        next_at=next_at(plan, receiver.timezone, now) if plan else None,
        lifts=lifts_ahead(book, now, subjects),
        reviews=reviews_ahead(people, now),
        places={rule.id: rule.place for rule in book.rules},
        subjects=subjects,
    )


# --- what it says -----------------------------------------------------------------------------------------------


def summarise(topic: str, period: Period, figures: Figures, asked: Asked) -> Summary:
    """All of it for one receiver."""
    blind = blind_spots(figures.gaps, period)
    return Summary(
        topic=topic,
        at=asked.at,
        period=period,
        tally=tally(figures.this, figures.last),
        waits=waits(figures.this),
        unjudged=(*figures.older, *_unjudged((*figures.last, *figures.this))),
        watched=figures.watched,
        blind=blind,
        blind_for=blind_for(blind, period, asked.at),
        self_tests=figures.self_tests,
        lifts=asked.lifts,
        noise=noisiest(figures.this, asked.places),
        suppressions=tuple(sorted(figures.suppressions)),
        reviews=asked.reviews,
        next_at=asked.next_at,
        alerts=tuple(map(_line, figures.this)),
    )


def tally(this: Sequence[Case], last: Sequence[Case]) -> Tally:
    """How many alerts came to what."""

    def pair(verdicts: Collection[Verdict | None]) -> Pair:
        return Pair(*(sum(case.judged in verdicts for case in cases) for cases in (this, last)))

    return Tally(
        leaks=pair({Verdict.LEAK}),
        allowed=pair(ALLOWED),
        false=pair({Verdict.FALSE_POSITIVE}),
        unjudged=pair({None}),
        removed=sum(case.judged is Verdict.LEAK and case.gone_at is not None for case in this),
    )


def waits(cases: Iterable[Case]) -> dict[str, Wait]:
    """How long it took, of alerts that came live: seen after the posting, taken after that, gone after the posting.

    What may stand is not waited for: of a post that is no leak it does not count how long it stood.
    """
    taken: dict[str, list[timedelta]] = defaultdict(list)
    for case in cases:
        if case.how is not Found.LIVE:
            continue
        if case.posted_at is not None:
            taken["seen"].append(case.seen_at - case.posted_at)
        if case.taken_at is not None:
            taken["taken"].append(case.taken_at - case.seen_at)
        if case.gone_at is not None and case.judged in (None, Verdict.LEAK):
            taken["gone"].append(case.gone_at - (case.posted_at or case.seen_at))
    return {name: _wait(taken[name]) for name in ("seen", "taken", "gone") if taken[name]}


def _wait(lengths: Sequence[timedelta]) -> Wait:
    seconds = [length.total_seconds() for length in lengths]
    return Wait(timedelta(seconds=median(seconds)), max(lengths))


def blind_spots(gaps: Iterable[Gap], period: Period) -> tuple[BlindSpot, ...]:
    """The times of the period in which something could not be read, in order.

    Accounts of one network that could not be read for one cause at one time are one spot.
    """
    alike: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in sorted(gaps, key=lambda gap: gap.from_at):
        if gap.cause != REMOVED and gap.from_at < period.until_at and _end(gap.to_at) > period.from_at:
            alike[gap.platform, gap.cause].append(gap)
    spots = [_spot(together) for those in alike.values() for together in _touching(those)]
    return tuple(sorted(spots, key=lambda spot: (spot.from_at, spot.platform, spot.cause)))


def _touching(gaps: Sequence[Gap]) -> list[list[Gap]]:
    """Those that overlap, together; they come in the order of their beginnings."""
    groups: list[list[Gap]] = []
    for gap in gaps:
        if groups and gap.from_at <= max(_end(known.to_at) for known in groups[-1]):
            groups[-1].append(gap)
        else:
            groups.append([gap])
    return groups


def _spot(gaps: Sequence[Gap]) -> BlindSpot:
    filled: dict[int, bool] = {}
    for gap in gaps:
        filled[gap.account_id] = filled.get(gap.account_id, True) and gap.filled
    ends_at = max(_end(gap.to_at) for gap in gaps)
    return BlindSpot(
        platform=gaps[0].platform,
        accounts=len(filled),
        from_at=gaps[0].from_at,
        to_at=None if ends_at == NEVER else ends_at,
        cause=gaps[0].cause,
        reread=sum(filled.values()),
    )


def _end(to_at: datetime | None) -> datetime:
    return to_at or NEVER


def blind_for(spots: Iterable[BlindSpot], period: Period, now: datetime) -> timedelta:
    """How much of the period was a blind spot of anybody; what lasts counts up to now."""
    total, seen_until = timedelta(), period.from_at
    for spot in spots:
        begins_at = max(spot.from_at, seen_until)
        ends_at = min(spot.to_at or now, period.until_at)
        if ends_at > begins_at:
            total += ends_at - begins_at
            seen_until = ends_at
    return total


def noisiest(cases: Iterable[Case], places: Mapping[str, str]) -> Noise | None:
    """The word, or the rule that finds no single one, with the most false alarms; None if none has several."""
    right: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    written: dict[str, str] = {}
    for case in cases:
        if case.judged is None:
            continue
        for word in case.words:
            written.setdefault(word.key, " ".join(word.text.split()))
        for key, rule_id in {(word.key, word.rule_id) for word in case.words}:
            right[key, rule_id, case.label].append(case.judged is not Verdict.FALSE_POSITIVE)
    false = {about: len(them) - sum(them) for about, them in right.items()}
    about = min((each for each in false if false[each] >= FALSE_TO_NAME), key=lambda a: (-false[a], *a), default=None)
    if about is None:
        return None
    key, rule_id, label = about
    return Noise(label, places.get(rule_id, ""), sum(right[about]), len(right[about]), written[key])


def _unjudged(cases: Iterable[Case]) -> list[Unjudged]:
    waiting = [case for case in cases if case.judged is None]
    return [Unjudged(case.number, case.assignee, case.opened_at) for case in waiting]


def _line(case: Case) -> AlertLine:
    return AlertLine(
        number=case.number,
        severity=case.severity,
        label=case.label,
        person_name=case.person_name,
        platform=case.platform,
        posted_at=case.posted_at,
        seen_at=case.seen_at,
        taken_at=case.taken_at,
        gone_at=case.gone_at,
        verdict=str(case.judged or ""),
        text=case.text,
    )


# --- what lies ahead --------------------------------------------------------------------------------------------


def lifts_ahead(book: RuleBook, now: datetime, subjects: frozenset[str] | None = None) -> tuple[Lift, ...]:
    """What is lifted within the next fortnight, the soonest first: by launch and instant, how much of which product."""
    found: dict[tuple[datetime, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    undecided: dict[str, int] = defaultdict(int)
    for key, product in book.products.items():
        if subjects is not None and key not in subjects:
            continue
        for window in _secrets(product):
            undecided[key] += window.lift_is == "tbd"
            if BEGINNING < window.lifts_at < NEVER and now <= window.lifts_at <= now + LIFTS_AHEAD:
                found[window.lifts_at, _event_of(window, book)][key] += 1
    return tuple(
        Lift(event, at, tuple(LiftOf(book.products[key].label, count, undecided[key]) for key, count in those.items()))
        for (at, event), those in sorted(found.items())
    )


def _secrets(product: Product) -> list[Window]:
    """A window for each secret of a product: every listed fact, and every kind of which no fact is listed."""
    listed = {fact.kind for fact in product.facts}
    return [fact.window for fact in product.facts] + [w for kind, w in product.windows.items() if kind not in listed]


def _event_of(window: Window, book: RuleBook) -> str:
    kind, _, key = window.lift_is.partition(":")
    event = book.events.get(key) if kind == "event" else None
    return event.label if event else ""


def reviews_ahead(people: Iterable[Person], now: datetime) -> tuple[Review, ...]:
    """Whose watching must be reviewed within a fortnight, or should have been by now; the soonest first."""
    wanted = [Review(p.name, p.review_at) for p in people if p.review_at and p.review_at <= now + REVIEWS_AHEAD]
    return tuple(sorted(wanted, key=lambda review: (review.due_at, review.person_name)))
