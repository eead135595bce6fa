"""When an account is due again, and how it stands."""

from datetime import timedelta

import pytest

from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.pacing import NextRead, account_state, next_read
from tests.fetch.accounts import NOW

HOUR_S = 3600.0


def trouble(failure: Failure = Failure.SERVER, retry_after_s: float | None = None) -> TransportError:
    return FetchError(failure, "", retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("interval_s", "wish_s", "jitter", "wait_s", "reason"),
    [
        (60.0, None, 0.0, 54.0, "interval"),
        (60.0, None, 0.5, 60.0, "interval"),
        (60.0, 59.0, 0.5, 60.0, "interval"),
        (60.0, 60.0, 0.5, 60.0, "interval"),
        (60.0, 300.0, 0.0, 300.0, "page_wish"),
        (60.0, 300.0, 0.5, 315.0, "page_wish"),
        (60.0, 86400.0, 0.0, 600.0, "page_wish"),
        (7200.0, 86400.0, 0.5, 7200.0, "interval"),
    ],
)
def test_after_a_good_read_the_interval_or_the_longer_wish_of_the_page_counts(
    interval_s: float, wish_s: float | None, jitter: float, wait_s: float, reason: str
) -> None:
    due = next_read(interval_s, 0, None, wish_s, NOW, jitter)
    assert due == NextRead(NOW + timedelta(seconds=wait_s), None, reason)


@pytest.mark.parametrize(
    ("interval_s", "failures", "wait_s"),
    [
        (60.0, 1, 60.0),
        (60.0, 2, 120.0),
        (60.0, 3, 240.0),
        (60.0, 4, 480.0),
        (60.0, 5, 900.0),
        (60.0, 5000, 900.0),
        (7200.0, 1, 7200.0),
        (7200.0, 9, 7200.0),
    ],
)
@pytest.mark.parametrize("failure", [Failure.SERVER, Failure.GONE, Failure.BLOCKED, Failure.TIMEOUT])
def test_failures_double_the_wait_up_to_a_quarter_hour_and_no_failure_ends_the_reading(
    interval_s: float, failures: int, wait_s: float, failure: Failure
) -> None:
    due = next_read(interval_s, failures, trouble(failure), None, NOW, 0.5)
    assert due == NextRead(NOW + timedelta(seconds=wait_s), None, "back_off")


@pytest.mark.parametrize(
    ("failures", "retry_after_s", "pause_s", "wait_s"),
    [
        (1, 0.0, 1.0, 60.0),
        (1, 30.0, 30.0, 60.0),
        (1, 300.0, 60.0, 300.0),
        (2, 300.0, 60.0, 600.0),
        (9, 300.0, 60.0, HOUR_S),
        (1, 99999.0, 60.0, HOUR_S),
    ],
)
def test_retry_after_holds_for_the_account_and_for_a_moment_for_its_host(
    failures: int, retry_after_s: float, pause_s: float, wait_s: float
) -> None:
    due = next_read(60.0, failures, trouble(Failure.RATE_LIMITED, retry_after_s), None, NOW, 0.5)
    assert due == NextRead(NOW + timedelta(seconds=wait_s), NOW + timedelta(seconds=pause_s), "retry_after")


@pytest.mark.parametrize("retry_after_s", [1.0, 59.0, 61.0, 3600.0])
@pytest.mark.parametrize("interval_s", [30.0, 180.0])
def test_an_account_that_is_always_refused_leaves_its_host_to_its_neighbours(
    retry_after_s: float, interval_s: float
) -> None:
    now, paused = NOW, timedelta()
    for failures in range(1, 13):
        due = next_read(interval_s, failures, trouble(Failure.RATE_LIMITED, retry_after_s), None, now, 0.5)
        assert due.host_pause_until is not None
        paused += due.host_pause_until - now
        assert due.due_at > due.host_pause_until
        now = due.due_at
    assert paused * 4 < now - NOW


@pytest.mark.parametrize(
    ("failure", "failures", "silent_s", "interval_s", "state"),
    [
        (Failure.BLOCKED, 1, 0, 60, "blocked"),
        (Failure.RATE_LIMITED, 1, 0, 60, "blocked"),
        (Failure.LOGIN_WALL, 1, 0, 60, "blocked"),
        (Failure.CAPTCHA, 1, 0, 60, "blocked"),
        (Failure.SESSION_EXPIRED, 1, 0, 60, "blocked"),
        (Failure.PRIVATE, 1, 0, 60, "blocked"),
        (Failure.QUOTA, 1, 0, 60, "blocked"),
        (Failure.SUSPECT_EMPTY, 1, 0, 60, "blocked"),
        (Failure.NOT_A_FEED, 1, 0, 60, "blocked"),
        (Failure.REFUSED_ADDRESS, 1, 0, 60, "blocked"),
        (Failure.GONE, 1, 60, 60, "ok"),
        (Failure.GONE, 2, 180, 60, "blocked"),
        (Failure.GONE, 1, 601, 60, "stale"),
        (Failure.MOVED, 1, 0, 60, "blocked"),
        (Failure.SERVER, 1, 60, 60, "ok"),
        (Failure.TIMEOUT, 9, 600, 60, "ok"),
        (Failure.TIMEOUT, 9, 601, 60, "stale"),
        (Failure.NETWORK, 3, 900, 300, "ok"),
        (Failure.NETWORK, 3, 901, 300, "stale"),
        (Failure.TRUNCATED, 1, 601, 60, "stale"),
    ],
)
def test_an_account_is_blocked_at_once_or_stale_in_time(
    failure: Failure, failures: int, silent_s: float, interval_s: float, state: str
) -> None:
    last_success_at = NOW - timedelta(seconds=silent_s)
    assert account_state(trouble(failure), failures, last_success_at, interval_s, NOW) == (state, failure.value)
