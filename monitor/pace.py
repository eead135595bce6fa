"""How often an account is looked at: shorter intervals when it matters, longer ones while its person is silent. Pure.

`poll_every` is what people wrote. In the 72 hours before a secret of the person is lifted it is a minute; in the hours
in which the person mostly posts it is half, in those in which the person never does twice as long. No host and no
source is asked faster than it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.incident import NEAR
from monitor.model.people import Person
from monitor.model.rulebook import BEGINNING, NEVER, RuleBook, Window

HOURS: Final = 24
NEAR_S: Final = 60.0
SHORTEST_S: Final = 60.0  # of what we shorten by ourselves
LONGEST_QUIET_S: Final = 600.0  # people who never post at night leak at night too
POSTS_TO_JUDGE: Final = 50  # fewer tell nothing about somebody's hours
BUSY, QUIET = 2.0, 0.2  # shares of the average hour
HOST_SHARE: Final = 0.8  # of what a host stands that is used up by being early


@dataclass(frozen=True, slots=True)
class Hours:
    """How many posts of a person fell into each hour of the day (UTC), within so many days."""

    posts: tuple[int, ...]
    days: int

    @property
    def posts_a_day(self) -> float:
        """On average."""
        return sum(self.posts) / self.days

    def share_at(self, now: datetime) -> float | None:
        """This hour and its neighbours against the average hour; None if too little is known."""
        total = sum(self.posts)
        if total < POSTS_TO_JUDGE:
            return None
        around = sum(self.posts[(now.hour + step) % HOURS] for step in (-1, 0, 1)) / 3
        return around * HOURS / total


@dataclass(frozen=True, slots=True)
class Pace:
    """The interval in force, and why: interval | event_near | busy_hour | quiet_hour."""

    every_s: float
    reason: str


def pace(base_s: float, floor_s: float, hours: Hours | None, lift_at: datetime | None, now: datetime) -> Pace:
    """The interval of an account whose own is `base_s`.

    `floor_s` bounds what is shortened: what its host and its source stand. `lift_at` is when a secret of its person is
    lifted next.
    """
    shortest_s = min(base_s, max(SHORTEST_S, floor_s))
    if lift_at is not None and now <= lift_at <= now + NEAR and base_s > NEAR_S:
        return Pace(shortest_s, "event_near")
    share = hours.share_at(now) if hours else None
    if share is not None and share >= BUSY:
        return Pace(max(base_s / 2, shortest_s), "busy_hour")
    if share is not None and share <= QUIET and base_s < LONGEST_QUIET_S:
        return Pace(min(2 * base_s, LONGEST_QUIET_S), "quiet_hour")
    return Pace(base_s, "interval")


def host_floors(hosts: Iterable[str], distance_s: float) -> dict[str, float]:
    """The interval at which all accounts of a host could be read without a queue; one name for each account."""
    counts: dict[str, int] = {}
    for host in hosts:
        counts[host] = counts.get(host, 0) + 1
    return {host: distance_s * count / HOST_SHARE for host, count in counts.items()}


def lifts_of(person: Person, book: RuleBook) -> tuple[datetime, ...]:
    """When secrets of this person's products are lifted, in order. Who speaks for the company works on all of them."""
    speaks = any(account.official for account in person.accounts)
    known = [product for key, product in book.products.items() if speaks or key in person.knows]
    windows: list[Window] = [window for product in known for window in product.windows.values()]
    windows += [fact.window for product in known for fact in product.facts]
    return tuple(sorted({window.lifts_at for window in windows if BEGINNING < window.lifts_at < NEVER}))


def next_lift(lifts: Sequence[datetime], now: datetime) -> datetime | None:
    """The soonest of these instants that is still ahead."""
    return next((at for at in lifts if at >= now), None)


def near_people(lifts: Mapping[str, Sequence[datetime]], now: datetime) -> list[str]:
    """Those with a lift in the next 72 hours, by key."""
    return [key for key, ats in lifts.items() if (at := next_lift(ats, now)) and at <= now + NEAR]
