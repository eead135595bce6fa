"""A day or a week in figures: when a receiver is told of it, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from monitor.model.rulebook import Severity


class Every(StrEnum):
    """How much time a summary is of."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a receiver gets its summary, on its own clock; `weekday` (Monday is 0) counts for weekly ones alone."""

    every: Every
    at: time
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a receiver's zone, from the first to the one before `ends_on`; `before_at` begins the last one."""

    every: Every
    begins_on: date
    ends_on: date
    before_at: datetime
    from_at: datetime
    until_at: datetime

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return self.ends_on - timedelta(days=1)

    def has(self, at: datetime) -> bool:
        """Whether that instant lies in it."""
        return self.from_at <= at < self.until_at


@dataclass(frozen=True, slots=True)
class Pair:
    """A number of this period and of the one before."""

    this: int = 0
    last: int = 0

    def __bool__(self) -> bool:
        return bool(self.this or self.last)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the alerts of a period came to."""

    leaks: Pair
    allowed: Pair  # authorised, or public already
    false: Pair
    unjudged: Pair
    removed: int  # of the leaks of this period: nobody can read them any more


@dataclass(frozen=True, slots=True)
class Wait:
    """How long something took, among all that did it."""

    median: timedelta
    slowest: timedelta


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An alert that waits for a verdict."""

    number: int
    assignee: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """How much is read: posts and replies of the period; `readable` of the accounts can be read now."""

    people: int
    accounts: int
    posts: int
    readable: int


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A time in which accounts of one network could not be read.

    `reread` of them have been read since, back to a post that was known: nothing of them is missing that still stands.
    """

    platform: str
    accounts: int
    from_at: datetime
    to_at: datetime | None  # None while it lasts
    cause: str
    reread: int


@dataclass(frozen=True, slots=True)
class LiftOf:
    """How many secrets of a product are lifted; `undecided` ones stay secret until somebody lifts them."""

    label: str
    count: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Lift:
    """What is public from that instant on; `event` is the label of the launch, "" if it is none."""

    event: str
    at: datetime
    products: tuple[LiftOf, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """The word or rule that was wrong most often, of so many that were judged; `place` is that of the rule."""

    label: str
    place: str
    right: int
    judged: int
    word: str = field(repr=False)  # what it finds, for the fullest disclosure alone; "" if the rule finds many

    @property
    def needs_context(self) -> bool:
        """Whether it is wrong more often than right, so that it should not count by itself."""
        return 2 * self.right < self.judged


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody must ask whether the watching of this person is still needed."""

    person_name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class SelfTests:
    """How many canaries came through, of all that were sent."""

    passed: int = 0
    sent: int = 0


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert of the period in one row; `verdict` is a value of Verdict, "" while nobody has judged."""

    number: int
    severity: Severity
    label: str
    person_name: str
    platform: str
    posted_at: datetime | None
    seen_at: datetime
    taken_at: datetime | None
    gone_at: datetime | None
    verdict: str
    text: str = field(repr=False)  # the author's own words, not for `minimal`; "" once retention took them


@dataclass(frozen=True, slots=True)
class Summary:
    """A period, for one receiver; `waits` by what they are of: seen, taken, gone. `at` is when it was made."""

    topic: str
    at: datetime
    period: Period
    tally: Tally
    waits: Mapping[str, Wait]
    unjudged: tuple[Unjudged, ...]  # those of earlier periods too, the oldest first
    watched: Watched
    blind: tuple[BlindSpot, ...]
    blind_for: timedelta  # of the period, whichever account it was
    self_tests: SelfTests
    lifts: tuple[Lift, ...] = ()
    noise: Noise | None = None
    suppressions: tuple[datetime, ...] = ()  # when those end that end soon
    reviews: tuple[Review, ...] = ()
    on_duty: tuple[str, ...] = ()
    next_on_duty: tuple[str, ...] = ()
    next_at: datetime | None = None  # when the next summary comes
    alerts: tuple[AlertLine, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell but that we looked: no alert, none left, and never blind."""
        return not (self.alerts or self.unjudged or self.blind)
