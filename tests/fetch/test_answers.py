"""Statuses and headers of answers."""

import pytest

from monitor.errors import Failure, FetchError
from monitor.fetch.answers import check_status, freshness_s, retry_after_s
from monitor.net.client import Answer
from tests.fetch.accounts import NOW


def answer(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, b"", "https://feeds.example/?secret")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        *((status, Failure.BLOCKED) for status in (403, 412, 414, 418, 432, 451, 456)),
        (401, Failure.LOGIN_WALL),
        (402, Failure.QUOTA),
        (429, Failure.RATE_LIMITED),
        (404, Failure.GONE),
        (410, Failure.GONE),
        *((status, Failure.SERVER) for status in (500, 502, 503, 504, 520, 599)),
        *((status, Failure.HTTP) for status in (100, 201, 204, 206, 300, 302, 400, 405, 406, 499, 600, 999)),
    ],
)
def test_statuses_are_named(status: int, failure: Failure) -> None:
    with pytest.raises(FetchError) as caught:
        check_status(answer(status), NOW)
    assert (caught.value.failure, caught.value.status, caught.value.retry_after_s) == (failure, status, None)


def test_a_key_that_is_refused_is_told_from_a_wall() -> None:
    with pytest.raises(FetchError) as caught:
        check_status(answer(401), NOW, with_key=True)
    assert caught.value.failure is Failure.SESSION_EXPIRED


@pytest.mark.parametrize("status", [200, 304])
def test_a_good_status_passes(status: int) -> None:
    check_status(answer(status, retry_after="9"), NOW)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("0", 1.0),
        ("86400", 3600.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 20:02:00 +0800", 120.0),
        ("Mon, 23 Nov 2026 12:02:00 -0000", 120.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 1.0),
        ("Tue, 24 Nov 2026 12:00:00 GMT", 3600.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("Mon, 99 Nov 2026 12:02:00 GMT", None),
        ("Fri, 31 Dec 99999999999999 23:59:59 GMT", None),
        ("Fri, 31 Dec 10000 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Mon, 23 Nov 2026 12:02:00 +999999", None),
        ("١٢٠", None),
        ("²", None),
    ],
)
def test_both_forms_of_retry_after_are_read_and_bounded(value: str, wait_s: float | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == wait_s
    with pytest.raises(FetchError) as caught:
        check_status(answer(503, retry_after=value), NOW)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("value", "fresh_s"),
    [
        ("max-age=300", 300.0),
        ("public, max-age=300", 300.0),
        ('public,MAX-AGE = "300"', 300.0),
        ("s-maxage=900", None),
        ("x-max-age=900", None),
        ("no-cache, max-age=300", None),
        ("no-store", None),
        ("max-age=-1", None),
        ("max-age=٣٠٠", None),
        ("max-age=" + "9" * 5000, 999999999.0),
        ("", None),
    ],
)
def test_freshness_is_what_cache_control_says(value: str, fresh_s: float | None) -> None:
    assert freshness_s({"cache-control": value}) == fresh_s
