"""The pretend site's feeds are real ones: our own reader reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.clock import SystemClock
from monitor.demo.site import Site
from monitor.errors import Failure, FetchError
from monitor.fetch import SOURCES
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Client

POSTED = datetime(2030, 6, 1, 12, 0, 5, tzinfo=UTC)
FORMATS = {"a": "rss", "b": "atom", "c": "json"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(FORMATS) as site:
        yield site


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="test")
    yield client
    client.close()


def read(site: Site, client: Client, feed: str, state: ReadState | None = None) -> Page:
    account = Account(
        key=feed,
        person_key="p",
        source="feed",
        platform="feed",
        native_id=feed,
        url=site.feed_url(feed),
        poll_every_s=1,
        timezone=ZoneInfo("UTC"),
        allow_private_network=True,
    )
    return SOURCES["feed"].page(account, state or ReadState(), client, POSTED + timedelta(minutes=1))


@pytest.mark.parametrize("feed", FORMATS)
def test_every_format_tells_text_address_and_time(site: Site, client: Client, feed: str) -> None:
    site.publish(feed, "one", "云雀 & larks, 1 < 2", POSTED)
    (post,) = read(site, client, feed).posts
    assert [part.text for part in post.parts if part.text] == ["云雀 & larks, 1 < 2"]
    assert post.url == site.post_url("one")
    assert post.claimed_at == POSTED


@pytest.mark.parametrize("feed", FORMATS)
def test_an_edit_keeps_the_identity_and_changes_the_content(site: Site, client: Client, feed: str) -> None:
    site.publish(feed, "one", "before", POSTED)
    (before,) = read(site, client, feed).posts
    site.publish(feed, "one", "after", POSTED + timedelta(seconds=9))
    (after,) = read(site, client, feed).posts
    assert after.native_id == before.native_id
    assert after.content_hash != before.content_hash
    assert after.claimed_at == POSTED


def test_the_newest_post_comes_first(site: Site, client: Client) -> None:
    for second, post in enumerate(("old", "new")):
        site.publish("b", post, post, POSTED + timedelta(seconds=second))
    assert [post.url for post in read(site, client, "b").posts] == [site.post_url("new"), site.post_url("old")]


def test_nothing_new_is_answered_with_not_modified(site: Site, client: Client) -> None:
    site.publish("a", "one", "text", POSTED)
    first = read(site, client, "a")
    assert first.state.etag
    assert read(site, client, "a", first.state).unchanged


def test_a_locked_feed_is_a_sign_in_page_until_it_is_opened(site: Site, client: Client) -> None:
    site.publish("a", "one", "text", POSTED)
    site.lock("a", locked=True)
    with pytest.raises(FetchError) as refused:
        read(site, client, "a")
    assert refused.value.failure is Failure.LOGIN_WALL
    site.lock("a", locked=False)
    assert len(read(site, client, "a").posts) == 1


def test_other_paths_are_not_there(site: Site) -> None:
    assert site.page("/a.atom")[0] == 404
    assert site.page("/posts/one")[0] == 404
