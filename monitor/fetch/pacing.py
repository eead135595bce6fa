"""When to ask again, and how an account stands. Pure: values in, a decision with its reason out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import Failure, TransportError

_LONGEST_REFUSAL_S = 3600.0  # whatever a host asks for, an account is not left alone for longer
_LONGEST_HOST_PAUSE_S = 60.0  # nor are its neighbours on that host
_LONGEST_BACK_OFF_S = 900.0  # nor by our own caution: a network that is back must be seen again soon
# A feed's ttl or max-age is about copies of it; blogs say an hour, in which a leak would go round the world.
_LONGEST_WISH_S = 600.0
_SHORTEST_PAUSE_S = 1.0
_SPREAD = 0.1  # of the interval, either way: accounts that were added together drift apart
_STALE_INTERVALS = 3
_STALE_AT_LEAST_S = 600.0
_GONE_FAILURES = 2  # a 404 may pass; a 410 means it
_GONE_FOR_GOOD = 410

# A repeat does not mend these by itself, or hides that posts are missed: somebody should know at once.
_AT_ONCE = frozenset(
    {
        Failure.BLOCKED,
        Failure.LOGIN_WALL,
        Failure.CAPTCHA,
        Failure.SESSION_EXPIRED,
        Failure.PRIVATE,
        Failure.QUOTA,
        Failure.MOVED,
        Failure.RATE_LIMITED,
        Failure.SUSPECT_EMPTY,
        Failure.SILENT,
        Failure.NOT_A_FEED,
        Failure.REFUSED_ADDRESS,
    }
)


@dataclass(frozen=True, slots=True)
class NextRead:
    """When the account is due again, until when its host is left alone, and why."""

    due_at: datetime
    host_pause_until: datetime | None
    reason: str  # interval | page_wish | back_off | retry_after


def next_read(
    interval_s: float,
    failures: int,
    error: TransportError | None,
    page_wish_s: float | None,
    now: datetime,
    jitter: float,
) -> NextRead:
    """The schedule; `failures` counts this one, `jitter` is drawn from [0, 1)."""
    spread = 1 + _SPREAD * (2 * jitter - 1)
    if error is not None:
        return _after_failure(interval_s * spread, failures, error, now)
    wish_s = min(page_wish_s or 0.0, _LONGEST_WISH_S)
    if wish_s > interval_s:
        # Only later than the wish, never sooner.
        return NextRead(now + timedelta(seconds=wish_s * (1 + _SPREAD * jitter)), None, "page_wish")
    return NextRead(now + timedelta(seconds=interval_s * spread), None, "interval")


def _after_failure(interval_s: float, failures: int, error: TransportError, now: datetime) -> NextRead:
    if error.retry_after_s is None:
        wait_s = min(interval_s * 2.0 ** min(failures - 1, 30), max(_LONGEST_BACK_OFF_S, interval_s))
        return NextRead(now + timedelta(seconds=wait_s), None, "back_off")
    # The account waits as long as it is told, and longer each time; its neighbours on the host only for a moment,
    # or one that is always refused would silence them all.
    told_s = min(max(error.retry_after_s, _SHORTEST_PAUSE_S), _LONGEST_REFUSAL_S)
    pause_s = min(told_s, _LONGEST_HOST_PAUSE_S)
    wait_s = max(min(told_s * 2.0 ** min(failures - 1, 30), _LONGEST_REFUSAL_S), interval_s, 2 * pause_s)
    return NextRead(now + timedelta(seconds=wait_s), now + timedelta(seconds=pause_s), "retry_after")


def account_state(
    error: TransportError, failures: int, last_success_at: datetime, interval_s: float, now: datetime
) -> tuple[str, str]:
    """How an account stands after a failure (ok, stale or blocked), and the failure as the reason.

    `last_success_at` is the last good read, or the account's beginning. Blocked at once for what repeats do not mend.
    """
    reason = error.failure.value
    is_gone = error.failure is Failure.GONE and (failures >= _GONE_FAILURES or error.status == _GONE_FOR_GOOD)
    if error.failure in _AT_ONCE or is_gone:
        return "blocked", reason
    patience = timedelta(seconds=max(_STALE_INTERVALS * interval_s, _STALE_AT_LEAST_S))
    return ("stale" if now - last_success_at > patience else "ok"), reason
