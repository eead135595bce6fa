"""A recorded list of Reddit's API, read by paths alone: LEAK_MONITOR_CORPUS names its folder."""

import json
import os
from pathlib import Path

from tests.fetch.feed_server import FeedServer, Reply
from tests.fetch.of_table import account_of, read

FIXTURE = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures" / "reddit" / "user_submitted.json"
FIELDS = {
    "id": "data.name",
    "title": "data.title",
    "text": "data.selftext_html",
    "time": "data.created_utc",
    "edited": "data.edited",
    "url": "data.permalink",
    "author": "data.author",
}


def test_a_recorded_list_of_reddit() -> None:
    body = FIXTURE.read_bytes()
    items = [child["data"] for child in json.loads(body)["data"]["children"]]
    with FeedServer({"/user": Reply(200, body)}) as server:
        keys = {"items": "data.children", "fields": FIELDS, "time_format": "epoch", "html": True, "next": "data.after"}
        page = read(
            account_of(
                "json",
                {
                    **keys,
                    "url": server.url("/user"),
                    "next_param": "after",
                    "network_ids": True,
                    "only_author": items[0]["author"],
                },
            )
        )
        urls = [server.url(item["permalink"]) for item in items]
    assert [post.native_id for post in page.posts] == [item["name"] for item in items]
    assert [post.url for post in page.posts] == urls
    at = [post.claimed_at.timestamp() if post.claimed_at else None for post in page.posts]
    assert at == [item["created_utc"] for item in items]
    for post, item in zip(page.posts, items, strict=True):
        origins = [part.origin.value for part in post.parts]
        assert origins[:1] == ["title"]
        assert ("text" in origins) == bool(item["selftext_html"])
        assert not any("<" in part.text and "SC_OFF" in part.text for part in post.parts)
    assert (page.broken, page.cut) == ((), False)
