"""What an answer's status and headers mean for a read."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.errors import Failure, FetchError
from monitor.net.client import Answer

SHORTEST_WAIT_S = 1.0
LONGEST_WAIT_S = 3600.0

_RESETS = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
_REMAINING = ("x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining")
_EPOCHS_FROM = 10**9  # seconds; a smaller number is a wait

# 412 is Bilibili's, 414, 418 and 432 are Weibo's, 456 is an edge network's word for "not you".
_BLOCKED = frozenset({403, 412, 414, 418, 432, 451, 456})
_GONE = frozenset({404, 410})


def check_status(answer: Answer, now: datetime, *, with_key: bool = False) -> None:
    """Raise the FetchError that this status stands for, with the server's wish for a pause; 200 and 304 pass.

    `with_key`: a cookie or token of ours went along, which a 401 then refuses.
    """
    status = answer.status
    if status in (200, 304):
        return
    if status == 429:  # noqa: PLR2004 - Too Many Requests, RFC 6585
        failure = Failure.RATE_LIMITED
    elif status == 401:  # noqa: PLR2004 - Unauthorized
        failure = Failure.SESSION_EXPIRED if with_key else Failure.LOGIN_WALL
    elif status == 402:  # noqa: PLR2004 - Payment Required
        failure = Failure.QUOTA
    elif status in _BLOCKED:
        failure = Failure.BLOCKED
    elif status in _GONE:
        failure = Failure.GONE
    else:
        failure = Failure.SERVER if status // 100 == 5 else Failure.HTTP  # noqa: PLR2004 - 5xx
    wait_s = retry_after_s(answer.headers, now)
    if wait_s is None and failure is Failure.RATE_LIMITED:
        wait_s = reset_s(answer.headers, now)
    raise FetchError(failure, f"status {status}", status=status, retry_after_s=wait_s)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that Retry-After asks for, as seconds or as a date, at least 1 and at most 3600; None without it."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value, re.ASCII):
        return _clamp(float(value))
    until = http_date(value)
    return None if until is None else _clamp((until - now) / timedelta(seconds=1))


def http_date(value: str) -> datetime | None:
    """The instant that a header tells; None if it tells none."""
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def reset_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a spent allowance is new, at least 1 and at most 3600; None if the headers do not say.

    X and Bluesky tell an epoch second, Mastodon an ISO instant, Reddit the seconds themselves.
    """
    told = (headers.get(name, "").strip() for name in _RESETS)
    value = next(filter(None, told), "")
    if re.fullmatch(r"\d{1,12}(\.\d+)?", value, re.ASCII):
        number = float(value)
        return _clamp(number - now.timestamp() if number > _EPOCHS_FROM else number)
    try:
        until = datetime.fromisoformat(value)
    except ValueError:
        return None
    return _clamp(((until if until.tzinfo else until.replace(tzinfo=UTC)) - now) / timedelta(seconds=1))


def spent_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait because this good answer was the last of the allowance; None if more may be asked."""
    left = next(filter(None, (headers.get(name, "").strip() for name in _REMAINING)), "")
    return reset_s(headers, now) if re.fullmatch(r"0+(\.0+)?", left) else None


def freshness_s(headers: Mapping[str, str]) -> float | None:
    """Seconds for which Cache-Control calls this answer fresh; None if it does not say."""
    control = headers.get("cache-control", "").lower()
    age = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", control, re.ASCII)
    return None if age is None or "no-cache" in control or "no-store" in control else float(age[1])


def _clamp(wait_s: float) -> float:
    return min(max(wait_s, SHORTEST_WAIT_S), LONGEST_WAIT_S)
