"""Sessions of platforms: cookies and tokens that people renew, under a name that accounts share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

OLD_FROM: Final = 0.8  # of the usual lifetime


class SessionKind(StrEnum):
    """What a session is, and so in which header it goes along."""

    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - the word, not one


class Place(StrEnum):
    """Which of the two sessions of a name this is."""

    FIRST = "first"  # in use
    RESERVE = "reserve"  # takes its place when it is refused


class SessionState(StrEnum):
    """What the platform made of it at the last read that tells."""

    OK = "ok"
    REFUSED = "refused"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept; `closed` is the secret, encrypted, and another text after every renewal."""

    name: str
    place: Place
    kind: SessionKind
    closed: str = field(repr=False)
    state: SessionState
    put_at: datetime
    last_good_at: datetime | None = None


def signed_in(headers: Mapping[str, str], kind: SessionKind, secret: str) -> dict[str, str]:
    """The headers with this session in the place of any other of its kind."""
    name = "Cookie" if kind is SessionKind.COOKIE else "Authorization"
    value = secret if kind is SessionKind.COOKIE else f"Bearer {secret}"
    return {other: told for other, told in headers.items() if other.lower() != name.lower()} | {name: value}


def is_old(put_at: datetime, lasts: timedelta | None, now: datetime) -> bool:
    """Whether a session that usually lasts so long is near its end; never if nobody knows how long."""
    return lasts is not None and now - put_at >= OLD_FROM * lasts
