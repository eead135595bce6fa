"""What the stages are given: what people configured, as one frozen value, and the world in which they work."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from monitor.clock import Clock
from monitor.config import Settings
from monitor.match import Matcher
from monitor.metrics import Metrics
from monitor.model.canary import canary_person
from monitor.model.messages import Receiver
from monitor.model.people import Account, Person
from monitor.model.rulebook import RuleBook
from monitor.moves import Moves
from monitor.net.client import Client
from monitor.owed import Owed
from monitor.pace import Hours, host_floors, lifts_of
from monitor.store import Store, accounts
from monitor.store.accounts import CalmRead
from monitor.store.claims import Claimed
from monitor.together import Together
from monitor.workdays import is_workday


@dataclass(frozen=True)
class Runtime:
    """What people configured, whole: swapped by one assignment, taken once per claim."""

    settings: Settings
    book: RuleBook
    matcher: Matcher = field(repr=False)
    has_canary: bool = False  # the matcher knows it, so it is posted and looked for

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by key."""
        return {a.key: a for p in self.settings.people for a in p.accounts}

    @cached_property
    def watched(self) -> tuple[Person, ...]:
        """Everybody who is read: the people of the configuration, and the canary."""
        return (*self.settings.people, *([canary_person(self.settings.heartbeat)] if self.has_canary else ()))

    @cached_property
    def read_accounts(self) -> Mapping[str, Account]:
        """Every account that is read, that of the canary too, by key."""
        return {a.key: a for p in self.watched for a in p.accounts}

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Every person by key."""
        return {p.key: p for p in self.settings.people}

    @cached_property
    def lifts(self) -> Mapping[str, tuple[datetime, ...]]:
        """When secrets of a person's products are lifted, by person; of those who have any."""
        lifts = {person.key: lifts_of(person, self.book) for person in self.settings.people}
        return {key: ats for key, ats in lifts.items() if ats}

    @cached_property
    def host_floors(self) -> Mapping[str, float]:
        """Below which interval a host's accounts would queue, in seconds."""
        hosts = [account.host for account in self.accounts.values()]
        return host_floors(hosts, self.settings.fetch.host_distance_s)

    @cached_property
    def receivers(self) -> Mapping[str, Receiver]:
        """Every receiver by key."""
        return {r.key: r for r in self.settings.receivers}

    def is_workday(self, day: date) -> bool:
        """Whether people work on that day, where those on duty are."""
        table = self.settings.roster.duty
        return is_workday(day, in_china=table is not None and table.in_china)

    def said_aloud(self, subject: str) -> tuple[str, str]:
        """The opaque ref and the label of a product or series, which may leave this machine."""
        for thing in (self.book.products.get(subject), *(s for s in self.book.series if s.key == subject)):
            if thing is not None:
                return thing.ref, thing.label
        rule = next((rule for rule in self.book.rules if rule.own_subject == subject), None)
        return (f"R-{sha256(rule.id.encode()).hexdigest()[:4].upper()}", rule.label) if rule else ("", "")


@dataclass(frozen=True, slots=True)
class World:
    """What the stages work on: the database, the network, the clock, chance, and the wish to stop."""

    store: Store
    client: Client
    clock: Clock
    metrics: Metrics = field(default_factory=Metrics)
    draw: Callable[[], float] = random.random
    stopping: threading.Event = field(default_factory=threading.Event)
    moves: Moves = field(default_factory=Moves)  # the work that others do for us
    hours: dict[str, Hours] = field(default_factory=dict)  # in which people post, by person; renewed by the look-out
    owed: Owed[Claimed] = field(default_factory=Owed)
    calm_reads: Together[CalmRead] = field(init=False)

    def __post_init__(self) -> None:
        """Reads that brought nothing are noted together."""

        def note(reads: Sequence[CalmRead]) -> None:
            with self.store.write() as tx:
                accounts.note_calm(tx, reads, self.clock.now())

        object.__setattr__(self, "calm_reads", Together(note))
