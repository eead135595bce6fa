"""Recorded feeds of real servers, over real HTTP: LEAK_MONITOR_CORPUS names the folder that has them in fixtures/."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError
from monitor.fetch import SOURCES
from monitor.model.posts import FetchedPost, Page, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account, within_feed
from tests.fetch.feed_server import FeedServer, Reply, fresh_feed
from tests.fetch.recorded_expectations import ENTRIES, MALFORMED, REFUSED, TEXT_HASH

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures"
FEEDS = (
    "rss/*.xml",
    "mastodon/account_feed.rss",
    "reddit/subreddit.rss.atom",
    "youtube/*.xml",
    "jsonfeed/*.json",
    "feeds_malformed/*.xml",
)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def read(server: FeedServer, state: ReadState) -> Page:
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    return SOURCES["feed"].page(account(server.url("/feed")), state, client, NOW)


def seen(post: FetchedPost) -> tuple[str, datetime | str | None]:
    native_id = within_feed(post.native_id)
    return TEXT_HASH if native_id.startswith(TEXT_HASH) else native_id, post.claimed_at or post.time_note


def wanted(native_id: str, when: str) -> tuple[str, datetime | str]:
    return native_id, datetime.fromisoformat(when) if when.endswith("Z") else when


def test_every_recorded_feed_is_in_a_table() -> None:
    recorded = {path.relative_to(FIXTURES).as_posix() for pattern in FEEDS for path in FIXTURES.glob(pattern)}
    assert recorded <= ENTRIES.keys() | REFUSED.keys()
    assert all((FIXTURES / name).exists() for name in ENTRIES.keys() | REFUSED.keys())


@pytest.mark.parametrize("name", ENTRIES)
def test_a_recorded_feed_is_read_as_by_eye_and_then_is_unchanged(server: FeedServer, name: str) -> None:
    server.routes["/feed"] = Reply(429, headers={"Retry-After": "7"})
    with pytest.raises(FetchError) as caught:
        read(server, ReadState())
    assert (caught.value.failure, caught.value.retry_after_s) == (Failure.RATE_LIMITED, 7.0)

    body = (FIXTURES / name).read_bytes()
    server.routes["/feed"] = fresh_feed(body, "application/json" if name.endswith(".json") else "text/xml")
    page = read(server, ReadState())
    assert [seen(post) for post in page.posts] == [wanted(*entry) for entry in ENTRIES[name]]
    assert page.broken == ()

    assert ("malformed" in page.notes) == (name in MALFORMED)
    same = page if name in MALFORMED else Page(page.state, unchanged=True)
    assert read(server, page.state) == same
    server.routes["/feed"] = Reply(200, body)
    assert replace(read(server, page.state), payloads=same.payloads) == same


@pytest.mark.parametrize("name", REFUSED)
def test_a_recorded_answer_that_is_no_feed_is_a_named_error(server: FeedServer, name: str) -> None:
    server.routes["/feed"] = Reply(200, (FIXTURES / name).read_bytes())
    with pytest.raises(FetchError) as caught:
        read(server, ReadState())
    assert caught.value.failure is REFUSED[name]


@pytest.mark.parametrize(
    ("before", "after", "new", "edited"),
    [
        ("rss/rsshub_twitter_before.xml", "rss/rsshub_twitter_after.xml", 1, 0),
        ("rss/ghost_post_before_edit.xml", "rss/ghost_post_after_edit.xml", 0, 1),
    ],
)
def test_new_posts_and_edits_show_by_id_and_hash(
    server: FeedServer, before: str, after: str, new: int, edited: int
) -> None:
    server.routes["/feed"] = fresh_feed((FIXTURES / before).read_bytes())
    first = read(server, ReadState())
    server.routes["/feed"] = fresh_feed((FIXTURES / after).read_bytes())
    second = read(server, first.state)
    known = {post.native_id: post.content_hash for post in first.posts}
    changed = [post for post in second.posts if known.get(post.native_id) != post.content_hash]
    assert sum(post.native_id not in known for post in changed) == new
    assert sum(post.native_id in known for post in changed) == edited
