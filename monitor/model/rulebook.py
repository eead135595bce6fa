"""What is secret, from when until when, and the rules that select and grade."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)  # "since always", for windows
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # "not until somebody says so", for windows


class Kind(StrEnum):
    """What sort of secret a finding or a fact is about."""

    PRODUCT = "product"
    PRICE = "price"
    DATE = "date"
    SPEC = "spec"
    CLIENT = "client"
    HINT = "hint"
    PATTERN = "pattern"


class Severity(StrEnum):
    """How bad; the meaning of each is fixed in docs/reference/severities.md."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, or an interval of amounts, in one currency."""

    low: Decimal
    high: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Window:
    """Secret from `opens_at` (inclusive) to `lifts_at` (exclusive); `lift_is` says what sets its end."""

    opens_at: datetime = BEGINNING
    lifts_at: datetime = NEVER
    lift_is: str = "never"  # instant | event:KEY | tbd | never | announcement

    def holds_at(self, at: datetime) -> bool:
        """Whether the secret is a secret at that instant."""
        return self.opens_at <= at < self.lifts_at


@dataclass(frozen=True, slots=True)
class Fact:
    """One secret value of a product."""

    name: str
    kind: Kind
    value: str
    window: Window
    money: Money | None = None
    variant: str = ""
    market: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A thing with secrets. `key` is secret too; `ref` and `label` are what may be said aloud."""

    key: str
    ref: str
    label: str
    brand: tuple[str, ...]
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    codenames: tuple[str, ...]
    variants: tuple[str, ...]
    not_this: tuple[str, ...]
    timezone: ZoneInfo
    windows: Mapping[Kind, Window]  # a kind that is not here is no secret of this product
    facts: tuple[Fact, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Numbered models of one line: those beyond `released_up_to` are secret though nobody listed them."""

    key: str
    ref: str
    label: str
    brand: tuple[str, ...]
    pattern: str  # with one {n} where the generation number stands
    released_up_to: int
    listed_up_to: int  # the highest number that is believable


@dataclass(frozen=True, slots=True)
class Event:
    """A launch that people move; products and facts take their lift from it."""

    key: str
    label: str
    starts_at: datetime
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Example:
    """A text with which a rule proves itself; without `at` every window counts as open."""

    text: str
    at: datetime | None = None
    author_knows: frozenset[str] = frozenset()
    usual_client: str = ""
    parent: str = ""  # the post that it answers


@dataclass(frozen=True, slots=True)
class Moved:
    """An event that starts at another instant than before."""

    event: Event
    was_at: datetime


def moved_events(before: Mapping[str, Event], after: Mapping[str, Event]) -> tuple[Moved, ...]:
    """The events that were there and start at another instant now; those that are new or gone are none."""
    both = ((before[key], event) for key, event in after.items() if key in before)
    return tuple(Moved(event, old.starts_at) for old, event in both if old.starts_at != event.starts_at)


class ClientSign(StrEnum):
    """What a posting client may give away."""

    UNRELEASED = "unreleased"  # it is the name of a secret product
    GENERIC = "generic"  # the author's usual device has gone from it
    RIVAL = "rival"  # a device of a rival


class RuleStatus(StrEnum):
    """Whether a rule alerts or only records."""

    STABLE = "stable"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Rule:
    """Selects joined findings and grades them; it scans nothing itself."""

    id: str
    kinds: frozenset[Kind]
    severity: Severity
    status: RuleStatus
    subjects: frozenset[str]  # product keys; empty for all
    own_words_only: bool
    listed_only: bool  # of prices, dates and specs: only those that the watchlist has
    match: tuple[Example, ...]
    ignore: tuple[Example, ...]
    place: str  # file:line, for messages
    label: str = ""  # may be said aloud: what findings that belong to no product are called
    pattern: str = ""  # a regular expression over folded text
    timeout_ms: int = 50  # of one search with the pattern in one text
    clients: frozenset[ClientSign] = frozenset({ClientSign.UNRELEASED})
    rivals: tuple[str, ...] = ()  # brand words

    @property
    def own_subject(self) -> str:
        """The subject of its findings that belong to no product."""
        return f"rule:{self.id}"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything that the rules directory says, whole and checked. `hash` is of the canonical `body`.

    It is the watchlist: its repr shows the hash alone.
    """

    hash: str
    body: str = field(repr=False)
    products: Mapping[str, Product] = field(repr=False)
    series: tuple[Series, ...] = field(repr=False)
    events: Mapping[str, Event] = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)

    def lifted_by(self, event_key: str) -> frozenset[str]:
        """The keys of the products that take a lift from that event, for themselves or for one of their facts."""
        lift = f"event:{event_key}"
        return frozenset(
            product.key
            for product in self.products.values()
            if any(window.lift_is == lift for window in (*product.windows.values(), *(f.window for f in product.facts)))
        )
