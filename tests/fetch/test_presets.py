"""The sources `youtube`, `reddit` and `rsshub`: feeds whose address is made of a name."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import ValidationError

from monitor.errors import Failure, FetchError
from monitor.fetch import SOURCES, is_reduced
from monitor.model.people import Account
from monitor.model.posts import Media, MediaKind, Page, PostKind
from tests.fetch.feed_server import FeedServer, Reply, fresh_feed
from tests.fetch.of_table import account_of, read, told

CHANNEL = "UC0123456789abcdefghij-_"
VIDEOS = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom"><id>yt:channel:{CHANNEL[2:]}</id><yt:channelId>{CHANNEL[2:]}</yt:channelId>
<title>Lumo</title><entry><id>yt:video:a1B2c3D4e5F</id><yt:videoId>a1B2c3D4e5F</yt:videoId><title>Lumo X9</title>
<link rel="alternate" href="https://www.youtube.com/watch?v=a1B2c3D4e5F"/><published>2026-11-23T08:00:00+00:00</published>
<updated>2026-11-23T09:00:00+00:00</updated><media:group><media:title>Lumo X9</media:title>
<media:thumbnail url="https://i2.ytimg.com/vi/a1B2c3D4e5F/hqdefault.jpg" width="480" height="360"/>
<media:description>at 3,999</media:description><media:community><media:statistics views="12"/></media:community>
</media:group></entry></feed>""".encode()

TAIL = (
    '&lt;span&gt;&lt;a href="https://www.reddit.com/x"&gt;[link]&lt;/a&gt;&lt;/span&gt; &amp;#32; '
    '&lt;span&gt;&lt;a href="https://www.reddit.com/y"&gt;[comments]&lt;/a&gt;&lt;/span&gt;'
)
BY = 'submitted by &amp;#32; &lt;a href="https://www.reddit.com/user/Lin_Yuan"&gt; /u/Lin_Yuan &lt;/a&gt;'
REDDIT = f"""<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>/user/Lin_Yuan.rss</id>
<title>overview for Lin_Yuan</title>
<entry><category term="phones" label="r/phones"/><content
type="html">&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;&lt;p&gt;yes,
at 3,999&lt;/p&gt; &lt;/div&gt;&lt;!-- SC_ON --&gt;</content><id>t1_abc1234</id>
<link href="https://www.reddit.com/r/phones/comments/xyz/a/abc1234/"/><updated>2026-11-23T09:00:00+00:00</updated>
<title>/u/Lin_Yuan on What will the X9 cost?</title></entry>
<entry><category term="phones" label="r/phones"/><content
type="html">&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;&lt;p&gt;All
of it.&lt;/p&gt;&lt;/div&gt;&lt;!-- SC_ON --&gt; &amp;#32; {BY} &amp;#32; to &amp;#32; &lt;a href="https://www.reddit.com/r/phones/"&gt;
r/phones &lt;/a&gt; &lt;br/&gt; {TAIL}</content><id>t3_xyz</id>
<link href="https://www.reddit.com/r/phones/comments/xyz/a/"/>
<updated>2026-11-23T08:00:00+00:00</updated><published>2026-11-23T08:00:00+00:00</published>
<title>The X9</title></entry>
<entry><content type="html">&lt;table&gt; &lt;tr&gt;&lt;td&gt; &lt;a href="https://www.reddit.com/z"&gt; &lt;img
src="https://preview.redd.it/1.jpg" alt="The back" title="The back" /&gt; &lt;/a&gt; &lt;/td&gt;&lt;td&gt; &amp;#32;
{BY} &lt;br/&gt; {TAIL} &lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</content><id>t3_zzz</id><link href="https://www.reddit.com/z"/>
<updated>2026-11-23T07:00:00+00:00</updated><title>The back</title></entry></feed>""".encode()

HUB = b"""<rss version="2.0"><channel><title>Lumo</title><ttl>5</ttl><item><title>at 3,999</title>
<description>&lt;p&gt;at 3,999&lt;/p&gt;</description><link>https://posts.example/7</link>
<guid>https://posts.example/7</guid><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def channel(server: FeedServer) -> Account:
    """Read here instead of there."""
    there = account_of("youtube", {"channel_id": CHANNEL})
    assert (there.native_id, there.platform) == (CHANNEL, "youtube")
    return replace(there, url=there.url.replace("https://www.youtube.com", server.url("")))


def test_videos_are_known_by_the_id_of_their_addresses(server: FeedServer) -> None:
    server.routes["/feeds/videos.xml"] = fresh_feed(VIDEOS)
    page = read(channel(server))
    (post,) = page.posts
    assert (post.native_id, post.url) == ("a1B2c3D4e5F", "https://www.youtube.com/watch?v=a1B2c3D4e5F")
    assert told(post) == [("title", "Lumo X9", True), ("text", "at 3,999", True)]
    assert post.media == (Media(MediaKind.COVER, "https://i.ytimg.com/vi/a1B2c3D4e5F/hqdefault.jpg"),)
    assert [server.asked[0].path, page.posts[0].edited_at is not None] == [
        f"/feeds/videos.xml?channel_id={CHANNEL}",
        True,
    ]
    assert read(channel(server), page.state) == Page(page.state, unchanged=True)


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(404, headers={"Retry-After": "60"}), Failure.SERVER),
        (Reply(410), Failure.SERVER),
        (Reply(500), Failure.SERVER),
        (Reply(429), Failure.RATE_LIMITED),
        (Reply(200, b"<html></html>"), Failure.NOT_A_FEED),
    ],
)
def test_a_404_of_youtube_is_trouble_of_the_server(server: FeedServer, reply: Reply, failure: Failure) -> None:
    server.routes["/feeds/videos.xml"] = reply
    with pytest.raises(FetchError) as caught:
        read(channel(server))
    assert (caught.value.failure, caught.value.status) == (failure, None if reply.status == 200 else reply.status)
    assert caught.value.retry_after_s == (60.0 if "Retry-After" in reply.headers else None)


def test_submissions_and_comments_are_told_without_the_frame_around_them(server: FeedServer) -> None:
    server.routes["/user/Lin_Yuan.rss"] = Reply(200, REDDIT)
    page = read(account_of("reddit", {"user": "Lin_Yuan", "base": server.url("")}))
    assert [(post.native_id, post.kind, told(post)) for post in page.posts] == [
        (
            "t1_abc1234",
            PostKind.REPLY,
            [("parent", "What will the X9 cost?", False), ("text", "yes, at 3,999", True), ("text", "#r/phones", True)],
        ),
        ("t3_xyz", PostKind.POST, [("title", "The X9", True), ("text", "All of it.", True)]),
        ("t3_zzz", PostKind.POST, [("title", "The back", True)]),
    ]
    assert [post.platform for post in page.posts] == ["reddit"] * 3
    other = REDDIT.replace(b"What will the X9 cost?", b"Which one?")
    server.routes["/user/Lin_Yuan.rss"] = Reply(200, other)
    again = read(account_of("reddit", {"user": "Lin_Yuan", "base": server.url("")}))
    assert [post.content_hash for post in again.posts] == [post.content_hash for post in page.posts]


def hub(server: FeedServer) -> Account:
    return account_of("rsshub", {"base": server.url(""), "route": "/lumo/user/42?limit=9", "platform": "lumo"})


def test_a_route_is_read_as_a_feed_of_the_network_behind_it(server: FeedServer) -> None:
    server.routes["/lumo/user/42"] = fresh_feed(HUB)
    page = read(hub(server))
    (post,) = page.posts
    assert (post.platform, post.native_id, told(post)) == (
        "lumo",
        "https://posts.example/7",
        [("text", "at 3,999", True)],
    )
    assert (page.next_read_after_s, server.asked[0].path) == (300.0, "/lumo/user/42?limit=9")


@pytest.mark.parametrize(
    ("status", "failure", "reason"),
    [
        (404, Failure.GONE, "no such route"),
        (403, Failure.BLOCKED, "access key"),
        (503, Failure.SERVER, "could not read the network"),
        (429, Failure.RATE_LIMITED, "status 429"),
    ],
)
def test_a_refusal_says_what_it_means_of_an_rsshub(
    server: FeedServer, status: int, failure: Failure, reason: str
) -> None:
    server.routes["/lumo/user/42"] = Reply(status, b"<html>looks like something went wrong</html>")
    with pytest.raises(FetchError, match=reason) as caught:
        read(hub(server))
    assert (caught.value.failure, caught.value.status) == (failure, status)


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("youtube", {"channel_id": "@lumo"}),
        ("youtube", {"channel_id": CHANNEL[:-1]}),
        ("reddit", {"user": "u/Lin"}),
        ("reddit", {"user": "Lin Yuan"}),
        ("rsshub", {"base": "https://hub.example", "route": "/lumo/user/42"}),  # of which network?
        ("rsshub", {"base": "https://hub.example", "route": "lumo/user/42", "platform": "lumo"}),
        ("rsshub", {"base": "https://hub.example", "route": "//else.example/", "platform": "lumo"}),
        ("rsshub", {"base": "https://hub.example", "route": "/lumo?key=k-555", "platform": "lumo"}),
        ("rsshub", {"base": "https://hub.example/below", "route": "/lumo", "platform": "lumo"}),
    ],
)
def test_names_that_make_no_address_are_refused(source: str, keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        account_of(source, keys)


def test_sources_that_show_less_than_their_network_say_so() -> None:
    assert [source for source in SOURCES if is_reduced(source)] == ["reddit", "rsshub", "inbound"]
    assert not is_reduced("removed since")
