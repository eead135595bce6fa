"""Feeds made to exhaust, to reach out or to break: each is a named error or a page, and soon."""

import json
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError
from monitor.fetch.entries import ParsedFeed
from monitor.fetch.feed import parse_feed
from tests.fetch.accounts import NOW, account, within_feed

RSS = b'<rss version="2.0"><channel>'
reached_out: list[str] = []
sys.addaudithook(
    lambda event, _args: reached_out.append(event) if event in {"socket.connect", "socket.getaddrinfo"} else None
)


def read(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    return parse_feed(body, content_type, account(), NOW)


@pytest.fixture(autouse=True)
def soon_and_alone() -> Iterator[None]:
    """No test here may take long or touch the network."""
    clock = SystemClock()
    began_s = clock.elapsed_s()
    reached_out.clear()
    yield
    assert clock.elapsed_s() - began_s < 12
    assert reached_out == []


def quadratic(length: int, times: int) -> bytes:
    return (
        b'<!DOCTYPE rss [<!ENTITY a "'
        + b"a" * length
        + b'">]>'
        + RSS
        + b"<item><title>before</title></item><item><title>"
        + b"&a;" * times
        + b"</title></item></channel></rss>"
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(quadratic(100_000, 300), id="quadratic entities"),
        pytest.param(RSS + b"<a>" * 300_000, id="nesting"),
        pytest.param(RSS + b"<item><description>" + b"<div>" * 200_000, id="nesting in an entry"),
        pytest.param(
            RSS + b"<item " + b"".join(b'a%d="x" ' % n for n in range(100_000)) + b"/></channel></rss>", id="attributes"
        ),
        pytest.param(b"<rss" * 800_000, id="large and malformed"),
        pytest.param(RSS + b"<" * 50_000, id="malformed without an entry"),
        pytest.param(RSS, id="cut after its head"),
    ],
)
def test_what_exhausts_a_parser_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError) as caught:
        read(body)
    assert caught.value.failure is Failure.TRUNCATED


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", Failure.SUSPECT_EMPTY),
        (b" \r\n\t", Failure.SUSPECT_EMPTY),
        (b"\xef\xbb\xbf", Failure.SUSPECT_EMPTY),
        (b"rate limited", Failure.NOT_A_FEED),
        (b"/etc/passwd", Failure.NOT_A_FEED),
        (b"http://127.0.0.1/", Failure.NOT_A_FEED),
        (b"<?xml version='1.0'?><note><to>x</to></note>", Failure.NOT_A_FEED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Failure.NOT_A_FEED),
        (b'{"ok": -100, "url": "https://login.example/"}', Failure.NOT_A_FEED),
        (b'{"items": {}}', Failure.NOT_A_FEED),
        (b"[]", Failure.NOT_A_FEED),
        (b'{"items": [', Failure.NOT_A_FEED),
        (b"[" * 200_000, Failure.NOT_A_FEED),
        (b'{"items":' * 100_000, Failure.NOT_A_FEED),
        (b"<!-- " * 20_000 + b"<html>", Failure.NOT_A_FEED),
        (b"<!-- a -->" * 6_000 + b"<html>", Failure.NOT_A_FEED),
        (b"\x00" * 1000, Failure.NOT_A_FEED),
        (bytes(range(128, 256)) * 100, Failure.NOT_A_FEED),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, failure: Failure) -> None:
    with pytest.raises(FetchError) as caught:
        read(body)
    assert caught.value.failure is failure


def test_json_by_its_label_alone_is_json() -> None:
    with pytest.raises(FetchError, match="not valid JSON"):
        read(b"<html>", "application/feed+json")


def test_numbers_and_depth_of_one_item_do_not_take_the_others_along() -> None:
    items = '{"id": ' + "9" * 6000 + '}, {"id": 1e999}, {"id": NaN, "content_text": "kept"}, {"id": true, "url": "u"}'
    feed = read(f'{{"items": [{items}]}}'.encode())
    assert [within_feed(post.native_id)[:5] for post in feed.posts] == ["sha25", "1e999", "sha25", "u"]


def test_a_feed_of_many_entries_is_read_whole() -> None:
    items = b"".join(b"<item><guid>%d</guid><title>t</title></item>" % n for n in range(10_000))
    assert len(read(RSS + items + b"</channel></rss>").posts) == 10_000


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "url", "title", "content_html", "content_text", "summary", "date_published", "attachments"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_no_item_of_json_breaks_its_neighbour(item: object) -> None:
    body = json.dumps({"items": [item, {"id": "neighbour"}]}).encode()
    feed = read(body)
    assert within_feed(feed.posts[-1].native_id) == "neighbour"
    assert len(feed.posts) + len(feed.broken) == 2


@given(
    st.lists(
        st.sampled_from(
            [
                b"<item>",
                b"</item>",
                b"<title>",
                b"</title>",
                b"<description>",
                b"<![CDATA[",
                b"]]>",
                b"<!--",
                b"-->",
                b"&amp;",
                b"&#0;",
                b"&#xD800;",
                b"&x;",
                b"<media:description>",
                b"</media:description>",
                b"<guid>1</guid>",
                b"\xff",
                b"\x00",
                b"<content type='xhtml'>",
                b"<div>",
                b"<link href='",
                b"'/>",
                b"<pubDate>1</pubDate>",
                "云".encode(),
            ]
        ),
        max_size=30,
    )
)
def test_no_markup_raises_anything_but_a_fetch_error(pieces: list[bytes]) -> None:
    try:
        feed = read(RSS + b"<item><guid>0</guid></item>" + b"".join(pieces))
    except FetchError:
        return
    assert feed.posts or feed.broken or feed.notes
