"""What config.toml says, checked and whole."""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model.messages import Receiver
from monitor.model.people import Person


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days texts are kept: of posts with a finding, and of all others."""

    flagged_days: int
    unflagged_days: int


@dataclass(frozen=True, slots=True)
class Web:
    """Where health and the console listen; a loopback address."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How we behave towards other people's servers."""

    user_agent: str
    workers: int
    host_distance_s: float  # between two requests to one host


@dataclass(frozen=True, slots=True)
class Log:
    """How much is logged, for people (`text`) or for programs (`json`)."""

    level: str
    format: str


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
    warnings: tuple[str, ...] = ()
