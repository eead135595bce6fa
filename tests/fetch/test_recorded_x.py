"""Recorded answers of X: what a person reads in them, without the words."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.clock import SystemClock
from monitor.fetch.x.source import XSource, XTable
from monitor.fetch.x.tweets import Included, post_of, versions_of
from monitor.model.posts import FetchedPost, MediaKind, Origin, PostKind, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import FeedServer, Reply

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures" / "x"


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def read(name: str) -> list[FetchedPost]:
    value = recorded(name)
    included = Included.of(value)
    versions = [each for tweet in value["data"] for each in versions_of(tweet, included)]
    return [post_of(each, included, account(), NOW) for each in versions]


def test_every_recorded_answer_is_read_here() -> None:
    assert {path.name for path in FIXTURES.glob("*.json")} == {
        "v2_edited.json",
        "v2_media_video.json",
        "v2_retweet.json",
        "v2_users_tweets_http.json",
    }


def test_a_recorded_edit_is_two_versions_of_one_post() -> None:
    newest, first = read("v2_edited.json")
    assert (newest.native_id, newest.native_rev) == ("1576994746135764992", "1576994789110992896")
    assert (first.native_id, first.native_rev) == ("1576994746135764992", "1576994746135764992")
    edited = datetime(2022, 10, 3, 17, 57, 11, tzinfo=UTC)
    assert newest.edited_at is not None
    assert newest.edited_at.replace(microsecond=0) == edited
    assert {str(post.claimed_at)[:19] for post in (newest, first)} == {"2022-10-03 17:57:01"}
    assert [[part.origin for part in post.parts] for post in (newest, first)] == [[Origin.TEXT, Origin.CLIENT]] * 2
    assert "t.co" not in newest.parts[0].text
    assert "photo" not in first.parts[0].text
    assert newest.content_hash != first.content_hash


def test_a_recorded_video_has_its_cover_and_no_link_to_itself() -> None:
    (post,) = read("v2_media_video.json")
    assert [media.kind for media in post.media] == [MediaKind.COVER]
    assert [part.origin for part in post.parts] == [Origin.TEXT]
    assert "http" not in post.parts[0].text
    assert post.claimed_at == datetime(2022, 8, 13, 20, 36, 51, tzinfo=UTC)


def test_a_recorded_retweet_is_anothers_text() -> None:
    (post,) = read("v2_retweet.json")
    assert (post.kind, post.root_id) == (PostKind.REPOST, "1391677057810288641")
    assert [(part.origin, part.by_author) for part in post.parts] == [(Origin.QUOTED, False), (Origin.CLIENT, True)]
    assert post.parts[0].text == recorded("v2_retweet.json")["includes"]["tweets"][0]["text"]


def test_a_recorded_timeline_with_few_fields_is_read_and_dated_by_its_ids() -> None:
    response = recorded("v2_users_tweets_http.json")[0]["response"]
    reply = Reply(response["status"], json.dumps(response["body"]).encode(), response["headers"])
    with FeedServer({"/2/users/783214/tweets": reply}) as server:
        table = XTable(source="x", user_id="783214", base=server.url(""), token_env="T")
        client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
        page = XSource().page(replace(account(server.url("")), options=table), ReadState(), client, NOW)
    assert [post.native_id for post in page.posts] == ["1577730467436138524", "1565318587736285184"]
    assert [str(post.claimed_at)[:16] for post in page.posts] == ["2022-10-05 18:40", "2022-09-01 12:40"]
    assert page.next_read_after_s is None
