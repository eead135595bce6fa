"""What config.toml says, checked and whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model.canary import Heartbeat
from monitor.model.messages import Receiver
from monitor.model.objective import Objective
from monitor.model.people import Person
from monitor.model.routes import DIRECT, Route
from monitor.model.routing import Roster


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days texts are kept: of posts with a finding, and of all others."""

    flagged_days: int
    unflagged_days: int


@dataclass(frozen=True, slots=True)
class Web:
    """Where health and the console listen; a loopback address. Links in messages begin with `public_url`."""

    host: str
    port: int
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How we behave towards other people's servers."""

    user_agent: str
    workers: int
    host_distance_s: float  # between two requests to one host
    adapt: bool = True  # intervals to people's hours and to nearness of a lift


@dataclass(frozen=True, slots=True)
class Log:
    """How much is logged, for people (`text`) or for programs (`json`), and where it goes."""

    level: str
    format: str
    to: str = "stderr"


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. Its repr shows no secret; `warnings` are for people, each with file and line."""

    path: Path
    database_url: str = field(repr=False)  # of a server it carries the password
    language: str
    timezone: ZoneInfo
    people: tuple[Person, ...] = field(repr=False)  # a feed's address may carry a key
    receivers: tuple[Receiver, ...]
    rules_dir: Path
    retention: Retention
    web: Web
    fetch: FetchOptions
    log: Log
    evidence_dir: Path | None = None  # where pictures are kept; nowhere without it
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    network: Route = DIRECT  # of whatever has no route of its own
    roster: Roster = field(default_factory=Roster)
    warnings: tuple[str, ...] = ()
    rules_key: str = field(default="", repr=False)  # an age identity; "" where the rules stand open
    sessions_key: str = field(default="", repr=False)  # the same for sessions; that of the rules if there is one
    session_lasts_s: Mapping[str, float] = field(default_factory=dict)  # how long a session lasts there, by platform
    objective: Objective | None = None  # how soon people are to be told; None if nothing is promised
    digest: str = ""  # SHA-256 of the file, for the audit log
