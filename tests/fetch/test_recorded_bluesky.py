"""Recorded answers of Bluesky: what a person reads in them, without the words."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.clock import SystemClock
from monitor.fetch.bluesky.records import post_of
from monitor.fetch.bluesky.source import BlueskySource, BlueskyTable
from monitor.model.posts import FetchedPost, MediaKind, Origin, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import FeedServer, Reply

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures" / "bluesky"
OWN, FAN = "did:plc:iafle667zmubvn2cysivlhaf", "did:plc:e6phaxtifwmz7nysjolzkgvk"
SDK = "did:plc:kvwvcn5iqfooopmyzvb4qzba"

# Below the own DID: id, kind, instant or note, origins of the parts.
READ_BY_EYE = [
    ("3n2vvakqbk222", "post", "2026-11-22T15:05:02.274Z", "text"),
    ("3n2vvakxgzs22", "post", "future_time", "text"),
    (f"repost:{FAN}/3n2vvakt5dk22", "repost", "2026-11-22T15:04:59.502Z", "quoted"),
    ("3n2vvakus3222", "post", "2026-11-22T15:04:59.470Z", "text quoted"),
    ("3n2vvakttsc22", "reply", "2026-11-22T15:04:59.443Z", "text parent"),
    ("3n2vvaksitc22", "post", "2026-11-22T15:04:59.393Z", "alt"),
    ("3n2vvakr4v222", "post", "2026-11-22T15:04:59.347Z", "text card"),
    ("3n2vvakwql222", "post", "2026-11-22T15:04:59.540Z", "text"),
]


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def read(view: Mapping[str, Any], did: str) -> FetchedPost:
    post = post_of({"post": view}, account(), did, NOW)
    assert post is not None
    return post


def test_every_recorded_answer_is_read_here() -> None:
    assert {path.name for path in FIXTURES.glob("*.json")} == {
        "getAuthorFeed_devenv.json",
        "post_record_odd_timestamp.json",
        "thread_record_with_media.json",
    }


def test_a_recorded_feed_is_read_as_by_eye() -> None:
    feed = Reply(200, (FIXTURES / "getAuthorFeed_devenv.json").read_bytes())
    with FeedServer({"/xrpc/app.bsky.feed.getAuthorFeed": feed}) as server:
        table = BlueskyTable(source="bluesky", actor=OWN, service=server.url(""))
        client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
        page = BlueskySource().page(replace(account(server.url("")), options=table), ReadState(), client, NOW)
    assert page.broken == ()
    assert [(post.native_id, post.kind.value) for post in page.posts] == [
        (f"{OWN}/{own}", kind) for own, kind, _, _ in READ_BY_EYE
    ]
    assert [post.claimed_at or post.time_note for post in page.posts] == [
        datetime.fromisoformat(when) if when.endswith("Z") else when for _, _, when, _ in READ_BY_EYE
    ]
    assert [" ".join(part.origin for part in post.parts) for post in page.posts] == [says for *_, says in READ_BY_EYE]
    notes = [post.time_note for post in page.posts]
    assert notes == [None, "future_time", *[None] * 5, "back_dated"]
    assert page.posts[2].root_id == f"{FAN}/3n2vvakt5dk22"
    assert [part.by_author for part in page.posts[4].parts] == [True, False]
    assert [media.kind for post in page.posts for media in post.media] == [MediaKind.PICTURE]
    feed_value = recorded("getAuthorFeed_devenv.json")["feed"]
    assert [post.parts[0].text for post in page.posts[:2]] == [
        item["post"]["record"]["text"] for item in feed_value[:2]
    ]


def test_a_recorded_post_of_a_thread_has_its_picture_and_what_it_quotes() -> None:
    view = recorded("thread_record_with_media.json")["thread"]["post"]
    post = read(view, SDK)
    assert (post.native_id, post.native_rev) == (f"{SDK}/3kaheyt6vpc22", view["cid"])
    assert [(part.origin, part.by_author) for part in post.parts] == [(Origin.QUOTED, False)]
    assert len(post.media) == 1


def test_a_recorded_record_with_an_odd_stamp_is_read_to_the_microsecond() -> None:
    record = recorded("post_record_odd_timestamp.json")
    post = read({"uri": record["uri"], "cid": record["cid"], "record": record["value"]}, SDK)
    assert post.claimed_at == datetime(2024, 2, 22, 19, 58, 13, 903293, tzinfo=UTC)
