"""A calendar of who is on duty: where it is, and what stands in it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where it is: at an address, or in a file. Its repr shows no address, which may be a secret."""

    url: str = ""
    file: str = ""  # its path, if it has no address
    allow_private_network: bool = False

    def __repr__(self) -> str:
        """Without the address."""
        return f"Calendar(file={self.file!r})"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who was asked to an event, as the calendar names them; what it does not say is empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event at one time, recurrences and exceptions worked out. The lower its rank, the sooner it is asked."""

    starts_at: datetime
    ends_at: datetime
    summary: str
    attendees: tuple[Attendee, ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Who of the team is on duty from one instant up to another, in the order in which they are asked."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...]  # keys
