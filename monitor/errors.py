"""Every error of ours, as one tree; callers branch on the type and its attributes, never on the message.

LeakMonitorError
    InputError            a file of the operator is wrong: place, problem, fix
        ConfigError       config.toml
        RuleError         a file of the rules directory
    TransportError        an HTTP exchange failed (net)
        FetchError        one account could not be read this time
    ResourceError         this machine gives us no more files, memory or room
    StoreError            the database cannot be used
        StoreDownError    not because of what was asked: the disk is full, the server away, the file locked
            StoreLostError    the server went away in the middle of a transaction
        StoreInUseError   another process holds this SQLite file
        SchemaError       the tables are of another version
    ClaimLostError        somebody else has this row now: drop the result
    RenderError           one delivery cannot be put into words
    NotFoundError         what was asked for does not exist
"""

import errno
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class LeakMonitorError(Exception):
    """The root: a problem that the program knows how to name."""


class InputError(LeakMonitorError):
    """A file that people edit is wrong; says where, what, and how to mend it. Never quotes a secret value."""

    def __init__(self, place: str, line: int | None, problem: str, fix: str = "") -> None:
        self.place = place
        self.line = line
        self.problem = problem
        self.fix = fix
        where = f"{place}:{line}" if line else place
        super().__init__(f"{where}: {problem}" + (f"; {fix}" if fix else ""))


class ConfigError(InputError):
    """The configuration file is wrong."""


class RuleError(InputError):
    """A rules file is wrong."""


class Failure(StrEnum):
    """Why an exchange or a read failed; also the account's state reason."""

    BLOCKED = "blocked"  # refused without a reason: 403 and the like
    LOGIN_WALL = "login_wall"  # asked to sign in
    CAPTCHA = "captcha"  # asked to prove that we are no robot
    SESSION_EXPIRED = "session_expired"  # our cookie or token is refused
    PRIVATE = "private"  # shown to some only: protected, followers only
    QUOTA = "quota"  # the reads that are paid for are used up
    RATE_LIMITED = "rate_limited"  # 429, or any answer with Retry-After
    GONE = "gone"  # 404 or 410
    MOVED = "moved"  # the person posts at another address now
    SUSPECT_EMPTY = "suspect_empty"  # a page without the posts it had
    SILENT = "silent"  # nothing was pushed for longer than is allowed
    NOT_A_FEED = "not_a_feed"  # an answer in another format
    TRUNCATED = "truncated"  # the parser gave up in the middle
    TOO_LARGE = "too_large"  # more bytes than we take
    TIMEOUT = "timeout"  # connect, read or the total deadline
    REFUSED_ADDRESS = "refused_address"  # the guard: not a public address or scheme
    REDIRECT = "redirect"  # too many, a loop, or to an unsafe place
    SERVER = "server"  # 5xx
    HTTP = "http"  # any other status
    NETWORK = "network"  # DNS, TLS, reset
    PROXY = "proxy"  # the proxy cannot be reached, or does not let us through
    FAULT = "fault"  # an answer that our own code could not stand


class TransportError(LeakMonitorError):
    """An HTTP exchange failed; `detail` names no token, cookie, query or post text."""

    def __init__(
        self, failure: Failure, detail: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        self.failure = failure
        self.detail = detail
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(f"{failure}: {detail}")


class FetchError(TransportError):
    """An answer came, but it is no good read of the account."""


class ResourceError(LeakMonitorError):
    """This machine does not let us work; `cure` says what to do. No fault of what was worked on."""

    def __init__(self, cure: str) -> None:
        self.cure = cure
        super().__init__(cure)


NO_ROOM: Final = "the disk is full: make room; nothing that was stored is lost"
NO_FILES: Final = "no more files can be opened: raise the limit of the process (LimitNOFILE, ulimit -n)"
_CURES: Mapping[int, str] = MappingProxyType(
    {
        errno.EMFILE: NO_FILES,
        errno.ENFILE: "no more files can be opened on this machine: raise its limit (fs.file-max)",
        errno.ENOMEM: "the machine has no memory left: see what takes it",
        errno.ENOSPC: NO_ROOM,
        errno.EDQUOT: "the quota on the disk is used up: raise it or make room; nothing that was stored is lost",
        errno.EFBIG: "a file may not grow further: raise the limit of the process (LimitFSIZE, ulimit -f)",
    }
)


def own_trouble(error: OSError) -> ResourceError | None:
    """The same as a ResourceError, if it is about this machine and not about the file or the host."""
    cure = _CURES.get(error.errno or 0)
    return ResourceError(cure) if cure else None


class StoreError(LeakMonitorError):
    """The database cannot be used; the message says what to do."""


class StoreDownError(StoreError):
    """The database takes nothing now, whatever it is asked for; `cure` says what to do."""

    def __init__(self, message: str, cure: str) -> None:
        self.cure = cure
        super().__init__(message)


class StoreLostError(StoreDownError):
    """The database server went away in the middle of a transaction: whether it was committed is not known."""


class StoreInUseError(StoreError):
    """A second service process on one SQLite file."""


class SchemaError(StoreError):
    """The database was made by another version of the program."""


class ClaimLostError(LeakMonitorError):
    """The lease ran out and another worker has the row: whatever we computed must not be written."""


OUR_OWN: Final = (ResourceError, StoreDownError)  # over by themselves, or mended by who runs us: done again then


class RenderError(LeakMonitorError):
    """One delivery cannot be rendered; it alone is parked."""


class NotFoundError(LeakMonitorError):
    """An account, alert, receiver or post that was named is not there; the message says how to list them."""
