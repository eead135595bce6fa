"""What people are told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from monitor.model.findings import Finding, Reason
from monitor.model.posts import Args, Evidence, Part, PostKind
from monitor.model.routes import DIRECT, Route
from monitor.model.rulebook import Kind, Severity
from monitor.model.summaries import Schedule, Summary


class AlertState(StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REVIEWED = "reviewed"


class EventKind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    ADDED = "added"
    RAISED = "raised"
    GONE = "gone"
    CORRECTED = "corrected"
    PUBLIC_SINCE = "public_since"
    ACKNOWLEDGED = "acknowledged"
    REVIEWED = "reviewed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    CALLED = "called"  # nobody took it in time: the next are told
    SEEN = "seen"  # somebody whom we do not know pressed a button
    SPREAD = "spread"  # another watched account tells the same story


class IncidentEvent(StrEnum):
    """What happened to an incident."""

    OPENED = "opened"
    REMINDED = "reminded"  # it lasts, and nobody has taken it
    ESCALATED = "escalated"  # a launch is near: the receivers of alerts are told too
    TAKEN = "taken"
    CLOSED = "closed"


class Found(StrEnum):
    """When the post was seen: as it came, at the first read of an account, or late."""

    LIVE = "live"
    BASELINE = "baseline"
    LATER = "later"


class Verdict(StrEnum):
    """What a person made of an alert."""

    LEAK = "leak"
    AUTHORISED = "authorised"
    PUBLIC = "public"
    FALSE_POSITIVE = "false_positive"
    UNSURE = "unsure"


class Disclosure(StrEnum):
    """How much a receiver is told: docs/reference/webhook.md."""

    MINIMAL = "minimal"
    POST = "post"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A configured endpoint; `secrets` sign, the newest first, and never show in repr."""

    key: str
    format: str
    url: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    show: Disclosure
    language: str
    timezone: ZoneInfo
    min_severity: Severity = Severity.LOW
    gather: timedelta = timedelta(seconds=60)  # more about one product within that time is one message
    most_an_hour: int = 30  # messages about new leaks; more are gathered
    alerts: bool = True  # is told of alerts
    ops: bool = False  # is told of incidents
    allow_private_network: bool = False
    route: Route = DIRECT
    summary: Schedule | None = None  # when it gets a period in figures
    options: object = field(default=None, repr=False, compare=False)  # the keys of its format, read by that alone

    @property
    def reads(self) -> str:
        """How a body must be made for it: one that was made for another format or disclosure is not sent to it."""
        return f"{self.format}:{self.show}"


class DeliveryState(StrEnum):
    """Where one message to one receiver stands."""

    WAITING = "waiting"
    HELD = "held"  # waits to be gathered into a digest
    FOLDED = "folded"  # is told inside a digest
    DELIVERED = "delivered"
    PARKED = "parked"  # kept until the receiver is usable again
    DEAD = "dead"  # given up; kept, replayable


class ReceiverState(StrEnum):
    """Where a receiver stands."""

    OK = "ok"
    FAILING = "failing"  # one probe at a time
    PARKED = "parked"  # 410: it wants no more
    REMOVED = "removed"  # no longer configured


@dataclass(frozen=True, slots=True)
class NextStep:
    """What an attempt means for its delivery and its receiver; `outcome` is a code for the attempt row."""

    delivery: DeliveryState
    delivery_due_at: datetime | None
    receiver: ReceiverState
    receiver_due_at: datetime
    status: int | None
    outcome: str
    refused: bool = False  # the receiver took the request but not this body
    told: tuple[str, ...] = ()  # the addresses that have it, where one receiver has several and not all took it
    card: str = ""  # what a chat tool calls the card that now shows it


@dataclass(frozen=True, slots=True)
class Request:
    """What a format made of a message, once for all attempts; only deliver.send posts it."""

    body: bytes
    content_type: str
    told: tuple[str, ...] = ()  # the addresses that took it at an earlier attempt
    card: str = ""  # the card of the same alert that is there already, as the chat tool calls it
    card_step: int = 0  # the number of the event that it shows


@dataclass(frozen=True, slots=True)
class Sealed:
    """One attempt as it leaves: the request, with what is new each time, such as its signature."""

    url: str = field(repr=False)
    body: bytes
    headers: Args = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt by mail: the whole MIME message, and its envelope."""

    host: str
    port: int
    security: str  # starttls | tls | none
    sender: str
    to: tuple[str, ...]
    body: bytes = field(repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """One attempt that a library makes by itself, past our guard and our proxies."""

    url: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """One attempt at an app of a chat tool: the card, then what happened as a line of the card's thread."""

    card: Sealed | None = None  # makes the card or changes it; None if it shows something newer already
    line: Sealed | None = None
    anew: Sealed | None = None  # instead of both, where the card is there no more


Sending: TypeAlias = Sealed | Letter | Handed | Posted


@dataclass(frozen=True, slots=True)
class Cap:
    """How many messages a receiver of a kind takes in how many seconds."""

    count: int
    within_s: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How far one story has spread among those who are watched: posts, people, and the networks of them.

    `elsewhere` are the networks of the other posts.
    """

    posts: int
    people: int
    platforms: tuple[str, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextCall:
    """Who is told next if nobody takes an alert, and when: a person by `name`, the urgent channel, or everybody."""

    kind: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert event with all that any receiver may be told of it."""

    topic: str
    alert_number: int
    seq: int
    event: EventKind
    event_at: datetime
    severity: Severity
    found: Found
    state: AlertState
    kinds: tuple[Kind, ...]
    product_ref: str
    product_label: str
    person_name: str
    person_title: str
    platform: str
    post_kind: PostKind
    post_url: str | None
    post_revision: int
    published_at: datetime | None
    first_seen_at: datetime
    gone_at: datetime | None
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    reason: Reason
    lifts_at: datetime | None
    spread: Spread  # at the event
    leaked_at: datetime | None = None  # if an edit brought the secret: since when it stands there
    leak_seen_at: datetime | None = None  # and when we saw that
    pictures: tuple[Evidence, ...] = ()
    source: str = ""  # how the account is read
    reduced: bool = False  # at second hand, or less than the network shows: look at the post itself
    contacts: tuple[str, ...] = ()  # who can get the post removed: names, nothing to dial
    step: int = 0  # of those who are told next
    escalate_at: datetime | None = None  # when, if nobody takes it
    next_call: NextCall | None = None
    take_url: str | None = None  # where this receiver says that somebody is on it
    view_url: str | None = None  # the alert in the console
    person_key: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """Several events in one message: baseline, found late, medium or low."""

    topic: str
    why: str
    at: datetime
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class IncidentNotice:
    """One event of our own trouble; `detail` holds no secret. `number` is what people take it by."""

    topic: str
    number: int
    kind: str
    subject: str
    seq: int
    event: IncidentEvent
    event_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    detail: Args


@dataclass(frozen=True, slots=True)
class EventMoved:
    """A launch has another hour; `closed` and `opened` are None while what we have is still being judged by it."""

    topic: str
    at: datetime
    label: str
    was_at: datetime
    starts_at: datetime
    closed: int | None  # alerts that are public by it
    opened: int | None  # alerts on what was let pass before


@dataclass(frozen=True, slots=True)
class TestNotice:
    """A message that proves a receiver works."""

    topic: str
    at: datetime


Message: TypeAlias = Notice | Digest | IncidentNotice | Summary | EventMoved | TestNotice
