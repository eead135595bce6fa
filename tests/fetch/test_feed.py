"""The source `feed` against a real server: conditions, statuses, payload, wishes."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch import SOURCES
from monitor.fetch.feed import parse_feed
from monitor.model.posts import ItemError, Page, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import FeedServer, Reply, fresh_feed, redirect

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
RSS = (FEEDS / "weibo_like.xml").read_bytes()
ATOM = (FEEDS / "atom.xml").read_bytes()
JSON = (FEEDS / "feed.json").read_bytes()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def read(server: FeedServer, state: ReadState | None = None, path: str = "/feed", key: str = "") -> Page:
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    return SOURCES["feed"].page(account(server.url(path), key=key), state or ReadState(), client, NOW)


@pytest.mark.parametrize(
    ("body", "content_type", "count"),
    [(RSS, "text/html", 13), (ATOM, "application/atom+xml", 3), (JSON, "application/feed+json", 7), (JSON, "", 7)],
)
def test_every_format_is_read_and_kept_as_evidence(
    server: FeedServer, body: bytes, content_type: str, count: int
) -> None:
    headers = {"Content-Type": content_type, "ETag": '"1"', "Last-Modified": "then", "Set-Cookie": "secret=1"}
    server.routes["/feed"] = Reply(200, body, headers)
    page = read(server, path="/feed?token=secret", key="secret-key")
    body_hash = hashlib.sha256(body).hexdigest()
    assert len(page.posts) == count
    assert page.state == ReadState('"1"', "then", body_hash)
    (payload,) = page.payloads
    assert (payload.sha256, payload.body, payload.status) == (body_hash, body, 200)
    assert payload.fetched_at == NOW
    assert payload.url == server.url("/feed")
    assert "secret" not in repr(replace(page, posts=()))
    assert server.asked[0].headers["x-api-key"] == "secret-key"


def test_nothing_new_is_told_by_304_or_by_the_same_bytes(server: FeedServer) -> None:
    server.routes["/feed"] = fresh_feed(RSS)
    first = read(server)
    again = read(server, first.state)
    assert again == Page(first.state, unchanged=True)
    assert server.asked[1].headers["if-none-match"] == first.state.etag
    server.routes["/feed"] = Reply(200, RSS, {"ETag": '"other"', "Last-Modified": "later"})
    same_bytes = read(server, first.state)
    assert same_bytes == Page(ReadState('"other"', "later", first.state.body_hash), unchanged=True)
    assert "if-modified-since" not in server.asked[2].headers
    read(server, same_bytes.state)
    assert server.asked[3].headers["if-modified-since"] == "later"
    server.routes["/feed"] = Reply(200, ATOM)
    changed = read(server, same_bytes.state)
    assert (len(changed.posts), changed.state.etag, changed.state.last_modified) == (3, None, None)


@pytest.mark.parametrize(
    ("headers", "body", "wish_s"),
    [
        ({}, ATOM, None),
        ({}, RSS, 300.0),
        ({"Cache-Control": "max-age=120"}, RSS, 300.0),
        ({"Cache-Control": "max-age=900"}, RSS, 900.0),
        ({"Retry-After": "1200", "Cache-Control": "max-age=900"}, RSS, 1200.0),
    ],
)
def test_the_longest_wish_of_the_page_is_passed_on(
    server: FeedServer, headers: dict[str, str], body: bytes, wish_s: float | None
) -> None:
    server.routes["/feed"] = Reply(200, body, headers)
    assert read(server).next_read_after_s == wish_s


def test_a_304_has_wishes_too(server: FeedServer) -> None:
    server.routes["/feed"] = Reply(304, headers={"Cache-Control": "max-age=120"})
    assert read(server, ReadState('"1"', None, "hash")) == Page(
        ReadState('"1"', None, "hash"), unchanged=True, next_read_after_s=120.0
    )


@pytest.mark.parametrize(
    ("reply", "failure", "retry_after_s"),
    [
        (Reply(429, headers={"Retry-After": "120"}), Failure.RATE_LIMITED, 120.0),
        (Reply(503, headers={"Retry-After": "Mon, 23 Nov 2026 12:10:00 GMT"}), Failure.SERVER, 600.0),
        (Reply(432), Failure.BLOCKED, None),
        (Reply(404), Failure.GONE, None),
        (Reply(200, b""), Failure.SUSPECT_EMPTY, None),
        (Reply(200, (FEEDS / "sign_in.html").read_bytes()), Failure.LOGIN_WALL, None),
        (Reply(200, (FEEDS / "page.html").read_bytes()), Failure.NOT_A_FEED, None),
        (Reply(200, (FEEDS / "laughs.xml").read_bytes()), Failure.TRUNCATED, None),
        (redirect("/feed"), Failure.REDIRECT, None),
    ],
)
def test_every_other_answer_is_a_named_failure(
    server: FeedServer, reply: Reply, failure: Failure, retry_after_s: float | None
) -> None:
    server.routes["/feed"] = reply
    with pytest.raises(TransportError) as caught:
        read(server, path="/feed?token=secret")
    assert (caught.value.failure, caught.value.retry_after_s) == (failure, retry_after_s)
    assert isinstance(caught.value, FetchError) == (failure is not Failure.REDIRECT)
    assert "secret" not in str(caught.value)


def test_an_address_that_moved_for_good_is_noted_without_its_query(server: FeedServer) -> None:
    server.routes["/feed"] = redirect("/new?token=secret", 301)
    server.routes["/new"] = fresh_feed(ATOM)
    first = read(server)
    assert first.notes == (f"moved:{server.url('/new')}",)
    assert read(server, first.state).notes == first.notes


def test_an_empty_feed_is_a_page_that_says_so(server: FeedServer) -> None:
    server.routes["/feed"] = Reply(200, (FEEDS / "empty_channel.xml").read_bytes())
    page = read(server)
    assert (page.posts, page.notes, page.unchanged) == ((), ("empty",), False)


@pytest.mark.parametrize(("name", "count", "note"), [("cut.xml", 1, "truncated"), ("malformed.xml", 2, "malformed")])
def test_a_feed_that_broke_on_its_way_is_asked_for_again_in_full(
    server: FeedServer, name: str, count: int, note: str
) -> None:
    server.routes["/feed"] = fresh_feed((FEEDS / name).read_bytes())
    page = read(server)
    assert (len(page.posts), page.state, page.notes) == (count, ReadState(), (note,))
    ends = ItemError(1, "the answer ends in the middle")
    assert page.broken == ((ends,) if note == "truncated" else ())
    assert read(server, page.state) == page
    assert "if-none-match" not in server.asked[1].headers


@pytest.mark.parametrize(("body", "end"), [(RSS, b"</item>"), (ATOM, b"</entry>")], ids=["rss", "atom"])
def test_no_half_entry_of_a_cut_feed_is_told(body: bytes, end: bytes) -> None:
    whole = parse_feed(body, "", account(), NOW).posts
    for cut_at in range(body.index(end, body.index(end) + 1) + len(end), body.rindex(end), 17):
        feed = parse_feed(body[:cut_at], "", account(), NOW)
        ended = body[:cut_at].count(end)
        assert feed.posts in (whole[: ended - 1], whole[:ended])
        assert feed.broken[-1].problem == "the answer ends in the middle"


def test_of_a_secret_address_only_the_host_is_kept(server: FeedServer) -> None:
    headers = {"Link": f'<{server.url("/k-555/rss")}>; rel="self"', "Content-Location": "/k-555/rss"}
    server.routes["/k-555/feed"] = redirect("/k-555/rss?key=k-777", 301)
    server.routes["/k-555/rss"] = Reply(200, ATOM, headers)
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    secret = account(server.url("/k-555/feed"), url_is_secret=True)
    page = SOURCES["feed"].page(secret, ReadState(), client, NOW)
    (payload,) = page.payloads
    assert (payload.url, page.notes) == (server.url("/…"), (f"moved:{server.url('/…')}",))
    assert "k-555" not in repr(replace(page, posts=()))
    server.routes["/k-555/rss"] = Reply(404)
    with pytest.raises(FetchError) as caught:
        SOURCES["feed"].page(secret, ReadState(), client, NOW)
    assert "k-555" not in str(caught.value)


def test_a_wish_beyond_the_calendar_is_no_wish(server: FeedServer) -> None:
    server.routes["/feed"] = Reply(503, headers={"Retry-After": "Fri, 31 Dec 99999999999999 23:59:59 GMT"})
    with pytest.raises(FetchError) as caught:
        read(server)
    assert caught.value.retry_after_s is None
