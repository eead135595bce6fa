"""Recorded answers of Telegram, Bilibili, YouTube and Reddit, over HTTP: LEAK_MONITOR_CORPUS names their folder."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.model.posts import FetchedPost, MediaKind, PostKind
from tests.fetch.feed_server import FeedServer, Reply
from tests.fetch.of_table import account_of, read

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def recorded(name: str) -> Reply:
    return Reply(200, (FIXTURES / name).read_bytes())


def at(post: FetchedPost, origin: str, *, by_author: bool = True) -> list[int]:
    """How long the texts are that stand there: nobody's words are written here."""
    return [len(part.text) for part in post.parts if (part.origin, part.by_author) == (origin, by_author)]


def media(post: FetchedPost) -> list[MediaKind]:
    return [each.kind for each in post.media]


def test_a_recorded_preview_of_telegram(server: FeedServer) -> None:
    server.routes["/s/tchantest"] = recorded("telegram/s_preview_text.html")
    page = read(account_of("telegram", {"channel": "tchantest", "base": server.url("")}))
    assert [(post.native_id, post.claimed_at, post.kind) for post in page.posts] == [
        ("tchantest/62", datetime.fromisoformat("2023-02-24T08:01:26Z"), PostKind.POST),
        ("tchantest/89", datetime.fromisoformat("2023-02-24T12:13:31Z"), PostKind.REPOST),
        ("tchantest/94", datetime.fromisoformat("2023-02-24T13:47:38Z"), PostKind.POST),
        ("tchantest/16", datetime.fromisoformat("2023-02-24T07:35:28Z"), PostKind.POST),
    ]
    lines, passed_on, link, picture = page.posts
    assert (at(lines, "text"), lines.parts[0].text.count("\n")) == ([29], 4)
    assert (at(passed_on, "quoted", by_author=False), len(passed_on.parts)) == ([2], 1)
    assert (at(link, "text"), at(link, "card"), media(link)) == ([118], [62, 166], [])
    assert (at(picture, "text"), media(picture)) == ([26], [MediaKind.PICTURE])
    assert (page.broken, page.cut) == ((), False)


def test_a_recorded_space_of_bilibili(server: FeedServer) -> None:
    server.routes["/x/web-interface/nav"] = Reply(200, b'{"code": -101, "data": {}}')
    server.routes["/x/polymer/web-dynamic/v1/feed/space"] = recorded("bilibili/space_dynamic_brand.json")
    page = read(account_of("bilibili", {"uid": "1", "base": server.url("")}))
    assert [(post.native_id, post.claimed_at, post.kind) for post in page.posts] == [
        ("916751749918752793", datetime.fromisoformat("2024-04-05T03:05:00Z"), PostKind.POST),
        ("917925942426337285", datetime.fromisoformat("2024-04-08T07:01:28Z"), PostKind.POST),
        ("917092495452536836", datetime.fromisoformat("2024-04-06T01:07:16Z"), PostKind.POST),
        ("916750508666912773", datetime.fromisoformat("2024-04-05T03:00:11Z"), PostKind.POST),
    ]
    pinned, drawn, passed_on, video = page.posts
    assert [(at(post, "text"), at(post, "card")) for post in (pinned, drawn)] == [([238], [4]), ([289], [4])]
    assert [media(post) for post in (pinned, drawn)] == [[MediaKind.PICTURE], [MediaKind.PICTURE] * 7]
    assert (at(passed_on, "text"), at(passed_on, "quoted", by_author=False)) == ([96], [966, 4])
    assert (passed_on.root_id, media(passed_on)) == ("915793667264872453", [MediaKind.PICTURE] * 9)
    assert (at(video, "title"), at(video, "text"), media(video)) == ([26], [119], [MediaKind.COVER])
    assert '"newest":"917925942426337285"' in (page.state.cursor or "")


def test_recorded_feeds_of_youtube_and_reddit(server: FeedServer) -> None:
    server.routes["/videos"] = recorded("youtube/push_notification_doc_sample.xml")
    channel = replace(account_of("youtube", {"channel_id": f"UC{'a' * 22}"}), url=server.url("/videos"))
    (video,) = read(channel).posts
    assert (video.native_id, at(video, "title"), media(video)) == ("VIDEO_ID", [11], [MediaKind.COVER])
    server.routes["/user/somebody.rss"] = recorded("reddit/subreddit.rss.atom")
    (post,) = read(account_of("reddit", {"user": "somebody", "base": server.url("")})).posts
    assert (post.native_id, post.claimed_at) == ("t3_1pz1lp2", datetime.fromisoformat("2025-12-29T23:22:35Z"))
    assert ([at(post, "title"), at(post, "text")], len(post.parts)) == ([[48], [7]], 2)
