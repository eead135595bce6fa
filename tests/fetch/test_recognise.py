"""What people copy from a browser, and what is asked before it is a table."""

from collections.abc import Iterator

import pytest

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError
from monitor.fetch import SOURCES
from monitor.fetch.lookup import complete
from monitor.fetch.recognise import Ask, Candidate, recognise
from monitor.model.routes import DIRECT
from monitor.net.client import Client
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import FeedServer, Reply

UC = "UCabcdefghijklmnopqrstuv"
DID = "did:plc:abc123"


@pytest.mark.parametrize(
    ("text", "source", "keys", "ask"),
    [
        ("https://weibo.com/u/7100000001", "weibo", {"uid": "7100000001"}, None),
        ("https://www.weibo.com/7100000001?refer_flag=1001030103_", "weibo", {"uid": "7100000001"}, None),
        ("https://weibo.com/7100000001/Q2abcDEF1", "weibo", {"uid": "7100000001"}, None),
        ("m.weibo.cn/u/7100000001", "weibo", {"uid": "7100000001"}, None),
        ("https://m.weibo.cn/profile/7100000001", "weibo", {"uid": "7100000001"}, None),
        ("https://x.com/lin_xz", "x", {"username": "lin_xz"}, None),
        ("https://mobile.twitter.com/lin_xz/status/1234567890", "x", {"username": "lin_xz"}, None),
        ("https://bsky.app/profile/lin.bsky.social", "bluesky", {"actor": "lin.bsky.social"}, Ask.DID),
        ("https://bsky.app/profile/lin.example/post/3kabc", "bluesky", {"actor": "lin.example"}, Ask.DID),
        (f"https://bsky.app/profile/{DID}", "bluesky", {"actor": DID}, None),
        ("@lin.bsky.social", "bluesky", {"actor": "lin.bsky.social"}, Ask.DID),
        (DID, "bluesky", {"actor": DID}, None),
        ("@lin@social.example", "mastodon", {"instance": "https://social.example", "acct": "lin"}, None),
        ("https://social.example/@lin", "mastodon", {"instance": "https://social.example", "acct": "lin"}, None),
        ("https://social.example/@lin/1124", "mastodon", {"instance": "https://social.example", "acct": "lin"}, None),
        (
            "https://social.example/@lin@other.example",
            "mastodon",
            {"instance": "https://social.example", "acct": "lin@other.example"},
            None,
        ),
        ("https://t.me/yunque_news", "telegram", {"channel": "yunque_news"}, None),
        ("https://t.me/s/yunque_news/42", "telegram", {"channel": "yunque_news"}, None),
        ("https://space.bilibili.com/12345/dynamic", "bilibili", {"uid": "12345"}, None),
        ("https://m.bilibili.com/space/12345", "bilibili", {"uid": "12345"}, None),
        (f"https://www.youtube.com/channel/{UC}/videos", "youtube", {"channel_id": UC}, None),
        ("https://www.youtube.com/@lin/videos", "youtube", {}, Ask.CHANNEL),
        ("https://old.reddit.com/user/lin_xz/comments/", "reddit", {"user": "lin_xz"}, None),
        ("u/lin_xz", "reddit", {"user": "lin_xz"}, None),
        ("https://blog.yunque.example/feed.xml", "feed", {"url": "https://blog.yunque.example/feed.xml"}, Ask.FEED),
        ("blog.yunque.example/lin?page=2", "feed", {"url": "https://blog.yunque.example/lin?page=2"}, Ask.FEED),
        ("https://x.com/home", "feed", {"url": "https://x.com/home"}, Ask.FEED),
        ("https://medium.com/@lin", "feed", {"url": "https://medium.com/@lin"}, Ask.FEED),
    ],
)
def test_an_address_is_recognised(text: str, source: str, keys: dict[str, str], ask: Ask | None) -> None:
    found = recognise(f" {text}\n")[0]
    assert (found.source, found.keys, found.ask) == (source, keys, ask)


def test_every_source_that_has_profiles_is_recognised_by_a_row() -> None:
    made = {
        recognise(text)[0].source for text in ("u/lin_xz", DID, "@a@b.example", "t.me/abcd", "x.com/a", "a.example")
    }
    made |= {recognise(text)[0].source for text in ("weibo.com/u/71000", "space.bilibili.com/1", "youtube.com/@a")}
    of_no_network = {"json", "page", "inbound"}  # whose keys nobody can guess from an address
    assert SOURCES.keys() - made == {"rsshub", *of_no_network}  # its routes are no addresses of people


@pytest.mark.parametrize(
    "text", ["", "lin", "@lin", "https://", "ftp://a.example/x", "https://u:p@a.example/", "a b.c"]
)
def test_what_is_no_address_is_nothing(text: str) -> None:
    assert recognise(text) == []


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def whole(server: FeedServer, ask: Ask, reply: Reply, **keys: str) -> dict[str, str]:
    server.routes["/page"] = server.routes["/xrpc/com.atproto.identity.resolveHandle"] = reply
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    service = {"service": server.url("")}
    candidate = Candidate("any", {**keys, **(service if ask is Ask.DID else {})}, ask, server.url("/page"))
    made = complete(candidate, client, DIRECT, NOW, allow_private=True)
    assert made.ask is None
    return {name: value for name, value in made.keys.items() if name != "service"}


HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("ask", "body", "key", "value"),
    [
        pytest.param(Ask.DID, f'{{"did": "{DID}"}}', "actor", DID, id="handle"),
        pytest.param(Ask.CHANNEL, f'<html>"externalId":"{UC}"', "channel_id", UC, id="channel in the data"),
        pytest.param(
            Ask.CHANNEL,
            f'<link rel="canonical" href="https://www.youtube.com/channel/{UC}">',
            "channel_id",
            UC,
            id="link",
        ),
        pytest.param(Ask.FEED, "<?xml version='1.0'?><rss/>", "url", "/page", id="a feed"),
        pytest.param(
            Ask.FEED,
            "<!doctype html><link rel=alternate hreflang=en href=/en><link rel='alternate' type='application/rss+xml'"
            " href='/feed.xml'>",
            "url",
            "/feed.xml",
            id="a page that names a feed",
        ),
    ],
)
def test_what_an_address_does_not_say_is_asked_for(
    server: FeedServer, ask: Ask, body: str, key: str, value: str
) -> None:
    wanted = server.url(value) if value.startswith("/") else value
    assert whole(server, ask, Reply(200, body.encode(), HTML), actor="lin.example")[key] == wanted


@pytest.mark.parametrize(
    ("ask", "reply", "failure"),
    [
        pytest.param(Ask.DID, Reply(400, b"{}"), Failure.HTTP, id="no such handle"),
        pytest.param(Ask.DID, Reply(200, b'{"did": 7}'), Failure.GONE, id="no DID"),
        pytest.param(Ask.DID, Reply(200, b"<html>"), Failure.GONE, id="no JSON"),
        pytest.param(Ask.CHANNEL, Reply(404), Failure.GONE, id="no such channel"),
        pytest.param(Ask.CHANNEL, Reply(200, b"<html>", HTML), Failure.NOT_A_FEED, id="a page without one"),
        pytest.param(Ask.FEED, Reply(200, b"<html>hello", HTML), Failure.NOT_A_FEED, id="a page without a feed"),
        pytest.param(Ask.FEED, Reply(200, b"<html><title>Log in</title>", HTML), Failure.LOGIN_WALL, id="a wall"),
    ],
)
def test_an_answer_that_says_nothing_is_told(server: FeedServer, ask: Ask, reply: Reply, failure: Failure) -> None:
    with pytest.raises(FetchError) as told:
        whole(server, ask, reply, actor="lin.example")
    assert told.value.failure is failure
