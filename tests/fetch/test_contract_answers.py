"""The contract of every source against answers that are none: refusals, walls, bombs, bytes; see test_contract."""

import gzip
from collections.abc import Callable
from itertools import chain, count, repeat
from typing import TypeAlias

import pytest

from monitor.errors import Failure, FetchError
from monitor.model.posts import Origin
from monitor.net.client import Client
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Raw, Reply, redirect
from tests.fetch.networks import NETWORKS, Can, those
from tests.fetch.networks.visit import Visit, ago, said_at
from tests.town import SIGN_IN_PAGE

EVERY = list(NETWORKS)
Visits: TypeAlias = Callable[..., Visit]


# --- 12, 13: refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", those(Can.CONDITION))
def test_nothing_new_costs_nothing(visits: Visits, name: str) -> None:
    visit = visits(name)
    visit.network.publish("text", ago(minutes=5))
    visit.read()
    assert (visit.read().unchanged, visit.read().posts) == (True, ())
    visit.network.publish("more", ago(minutes=1))
    assert len(visit.read().posts) == 2


WISHES = [
    ({"Retry-After": "120"}, 120.0),
    ({"Retry-After": "Mon, 23 Nov 2026 12:02:00 GMT"}, 120.0),
    ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 120)}, 120.0),
    ({"X-RateLimit-Reset": "2026-11-23T12:02:00Z"}, 120.0),
    ({"x-ratelimit-reset": "120"}, 120.0),
    ({}, None),
]


@pytest.mark.parametrize(("headers", "wait_s"), WISHES)
@pytest.mark.parametrize("name", EVERY)
def test_a_wish_for_a_pause_is_heard(visits: Visits, name: str, headers: dict[str, str], wait_s: float | None) -> None:
    visit = visits(name)
    visit.network.instead = Reply(429, b"slow down", headers)
    error = visit.refused()
    assert (error.failure, error.status, error.retry_after_s) == (Failure.RATE_LIMITED, 429, wait_s)


REFUSALS = [
    *((status, {Failure.BLOCKED}) for status in (403, 412, 418, 432)),
    (401, {Failure.LOGIN_WALL, Failure.SESSION_EXPIRED}),
    (402, {Failure.QUOTA}),
    (404, {Failure.GONE, Failure.SERVER}),  # YouTube's come and go
    *((status, {Failure.SERVER}) for status in (500, 503)),
]


@pytest.mark.parametrize(("status", "failures"), REFUSALS)
@pytest.mark.parametrize("name", EVERY)
def test_a_refusal_is_named_and_never_a_good_read(
    visits: Visits, name: str, status: int, failures: set[Failure]
) -> None:
    visit = visits(name)
    visit.network.publish("text", ago(minutes=5))
    visit.read()
    visit.network.instead = Reply(status, b"no")
    error = visit.refused()
    assert error.failure in failures
    assert error.status == status


CAPTCHA = Reply(200, b"<html><title>x</title><div id=captcha></div></html>", {"Content-Type": "text/html"})
WALLS = {Failure.LOGIN_WALL, Failure.SESSION_EXPIRED}


@pytest.mark.parametrize(("page", "failures"), [(SIGN_IN_PAGE, WALLS), (CAPTCHA, {Failure.CAPTCHA})])
@pytest.mark.parametrize("name", EVERY)
def test_a_wall_is_no_good_read(visits: Visits, name: str, page: Reply, failures: set[Failure]) -> None:
    visit = visits(name)
    visit.network.instead = page
    assert visit.refused().failure in failures


WORDS = {
    "weibo": b'{"ok": -100, "url": "https://passport.weibo.com/sso/signin"}',
    "bilibili": b'{"code": -101, "message": "not signed in"}',
}


@pytest.mark.parametrize("name", those(Can.WALL_IN_JSON))
def test_a_wall_may_be_a_word_in_json(visits: Visits, name: str) -> None:
    visit = visits(name)
    visit.network.instead = Reply(200, WORDS[name])
    assert visit.refused().failure in WALLS


# --- 14 to 17: bytes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "label"),
    [("gb18030", "utf-8"), ("utf-8", "gb2312"), ("gb18030", "gb2312"), ("gbk", "gbk"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("name", those(Can.XML))
def test_a_wrong_label_spoils_no_text(visits: Visits, name: str, charset: str, label: str) -> None:
    visit = visits(name)
    visit.network.publish("明天来看云雀9，售价三千九百九十九元起", ago(minutes=5))
    visit.network.charset, visit.network.label = charset, label
    assert said_at(visit.only(), Origin.TEXT) == [("明天来看云雀9，售价三千九百九十九元起", True)]


HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = Reply(200, gzip.compress(bytes(20_000_000)), {"Content-Encoding": "gzip"})
HOSTILE: dict[str, tuple[Callable[[], Reply | Raw], Failure]] = {
    "gzip bomb": (lambda: BOMB, Failure.TOO_LARGE),
    "endless body": (lambda: Raw(chain([HEAD + b"\r\n"], repeat(b"x" * 65536, 200))), Failure.TOO_LARGE),
    "cut body": (lambda: Raw([HEAD + b"Content-Length: 900\r\n\r\n{"]), Failure.NETWORK),
    "no answer": (lambda: Raw([]), Failure.NETWORK),
    "no HTTP": (lambda: Raw([b"this is no HTTP\r\n\r\n"]), Failure.NETWORK),
    "wrong encoding": (lambda: Reply(200, b"no gzip", {"Content-Encoding": "gzip"}), Failure.NETWORK),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", EVERY)
def test_hostile_answers_end_and_are_named(visits: Visits, name: str, what: str) -> None:
    script, failure = HOSTILE[what]
    visit = visits(name)
    visit.network.instead = lambda _: script()
    assert visit.refused().failure is failure


@pytest.mark.parametrize("name", EVERY)
def test_slow_answers_end(visits: Visits, name: str) -> None:
    visit = visits(name)
    visit.network.instead = Raw([HEAD + b"\r\n", *[b"x"] * 20], pause_s=0.05)
    wire = visit.country.wire
    visit.client = Client(elapsed_s=count(0, 7).__next__, user_agent="x", resolve=wire.resolve, dial=wire.dial)
    assert visit.refused().failure is Failure.TIMEOUT


@pytest.mark.parametrize(
    ("target", "failures"),
    [
        ("http://127.0.0.1/", {Failure.REFUSED_ADDRESS}),
        ("http://10.0.0.1/", {Failure.REFUSED_ADDRESS}),
        ("http://[::1]/", {Failure.REFUSED_ADDRESS}),
        ("http://inside.test/", {Failure.REFUSED_ADDRESS}),
        ("file:///etc/passwd", {Failure.REFUSED_ADDRESS, Failure.REDIRECT}),
        ("", {Failure.REDIRECT}),
    ],
)
@pytest.mark.parametrize("name", EVERY)
def test_nothing_leads_inside(visits: Visits, name: str, target: str, failures: set[Failure]) -> None:
    visit = visits(name)
    visit.country.wire.names["inside.test"] = ["127.0.0.1"]
    visit.network.instead = lambda asked: redirect(target or asked.path)
    error = visit.refused()
    assert error.failure in failures | ({Failure.LOGIN_WALL, Failure.SESSION_EXPIRED} if name == "weibo" else set())
    assert set(visit.country.wire.dialled) <= {"93.184.216.34"}


MALFORMED = [b"", b"{", b"[" * 9000, b"\x00" * 100, b"<rss>", b"null", b"7", b"[]", b"{}", b'"text"', b"\xff\xfe\x00"]
BAD = {Failure.NOT_A_FEED, Failure.TRUNCATED, Failure.SUSPECT_EMPTY}


@pytest.mark.parametrize("body", MALFORMED)
@pytest.mark.parametrize("name", EVERY)
def test_malformed_answers_are_named(visits: Visits, name: str, body: bytes) -> None:
    visit = visits(name)
    visit.network.publish("text", ago(minutes=5))
    visit.read()
    visit.network.instead = Reply(200, body)
    if (name, body) == ("mastodon", b"[]"):  # what an account without statuses has
        page = visit.read()
        assert (page.posts, page.unchanged) == ((), False)
    else:
        error = visit.refused()
        assert isinstance(error, FetchError)
        assert error.failure in BAD
