"""One post that several accounts show is one post with one alert; a story of several posts says how far it spread.

A square in the town is a network with an API of its own (Mastodon's), and has a feed and a bridge that tell of it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from monitor.model.people import Account
from monitor.store import stories
from monitor.store.schema import accounts, alerts, posts, revisions, sightings
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Asked, Reply
from tests.fetch.of_table import account_of
from tests.store.invariants import broken_invariants
from tests.town import SECRET, Town

LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"
CUT = 8  # characters that the bridge leaves of a text
FIRST = 110000000000000000
LISTS = {"lin": "9001", "wang": "9002"}


@dataclass
class Square:
    """What is posted there, the newest first: (number, text, instant, more of the API)."""

    town: Town
    posts: list[dict[str, Any]] = field(default_factory=list)
    bridge_adds: str = ""
    stale: list[dict[str, Any]] = field(default_factory=list)  # what feed and bridge show though it is gone
    down: bool = False  # the API answers nothing

    def __post_init__(self) -> None:
        site = self.town.site
        site.routes["/api/v1/accounts/lookup"] = lambda asked: Reply(
            200, json.dumps({"id": LISTS[asked.path.rpartition("=")[2]]}).encode()
        )
        for name, number in LISTS.items():
            site.routes[f"/api/v1/accounts/{number}/statuses"] = self._statuses(name)
        site.routes["/lin.json"] = lambda _: self._feed(len(LEAK) * 99)
        site.routes["/hub/lin"] = lambda _: self._feed(CUT)

    def says(self, text: str, by: str = "lin", **more: Any) -> int:
        number = FIRST + len(self.posts)
        at = more.pop("at", self.town.clock.now())
        self.posts.insert(0, {"number": number, "text": text, "by": by, "at": at.isoformat(), **more})
        for place in (f"/api/v1/statuses/{number}", *(f"/@{name}/{number}" for name in LISTS)):
            self.town.site.routes[place] = lambda _: self._one(number)
        return number

    def native_id(self, number: int) -> str:
        return f"{urlsplit(self.town.site.url('')).netloc}/{number}"

    def by_api(self, name: str = "lin", **changes: Any) -> Account:
        made = account_of("mastodon", {"instance": self.town.site.url(""), "acct": name})
        return replace(made, key=f"{name}-api", person_key=name, **changes)

    def by_feed(self, name: str = "lin", **changes: Any) -> Account:
        url = self.town.site.url("/lin.json")
        made = replace(self.town.runtime.settings.people[0].accounts[0], platform="mastodon", url=url)
        return replace(made, **{"key": f"{name}-feed", "person_key": name, "native_id": f"{name}-feed", **changes})

    def by_bridge(self, **changes: Any) -> Account:
        keys = {"platform": "mastodon", "base": self.town.site.url(""), "route": "/hub/lin"}
        return replace(account_of("rsshub", keys), key="lin-bridge", person_key="lin", **changes)

    def _statuses(self, name: str) -> Any:
        def answer(_: Asked) -> Reply:
            shown = [self._status(each) for each in self.posts if each["by"] == name]
            return Reply(503) if self.down else Reply(200, json.dumps(shown).encode())

        return answer

    def _one(self, number: int) -> Reply:
        found = [each for each in self.posts if each["number"] == number]
        if self.down or not found:
            return Reply(503 if self.down else 404)
        return Reply(200, json.dumps(self._status(found[0])).encode())

    def _status(self, each: dict[str, Any]) -> dict[str, Any]:
        told = {"id": str(each["number"]), "url": self._url(each), "created_at": each["at"], "visibility": "public"}
        shared = next((one for one in self.posts if one["number"] == each.get("shares")), None)
        more = {"reblog": {**self._status(shared), "uri": self._url(shared)}} if shared else {}
        return {**told, "content": f"<p>{each['text']}</p>", "edited_at": each.get("edited_at"), **more}

    def _url(self, each: dict[str, Any]) -> str:
        return self.town.site.url(f"/@{each['by']}/{each['number']}")

    def _feed(self, most: int) -> Reply:
        items = [
            {
                "id": f"tag-{each['number']}",
                "url": self._url(each),
                "content_text": each["text"][:most] + ("…" if most < len(each["text"]) else "") + self.bridge_adds,
                "date_published": each["at"],
            }
            for each in [*self.posts, *self.stale]
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Square", "items": items}
        return Reply(200, json.dumps(feed).encode(), {"Content-Type": "application/feed+json"})


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(Town(tmp_path, [("desk", desk)], database_url=database_url))
        town.round()
        yield town
        with town.store.read() as tx:
            assert broken_invariants(tx, told=["desk"]) == []


@pytest.fixture
def square(town: Town) -> Square:
    return Square(town)


def messages(town: Town) -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET) for got in dict(town.receivers)["desk"].received]


def told(town: Town) -> list[str]:
    return [message["type"] for message in messages(town)]


def rows(town: Town, table: Any, *names: str) -> list[tuple[Any, ...]]:
    with town.store.read() as tx:
        return [tuple(row) for row in tx.execute(select(*(table.c[name] for name in names)).order_by(table.c.id))]


def text_now(town: Town, native_id: str) -> str:
    """The present text of a post."""
    with town.store.read() as tx:
        number = tx.execute(select(posts.c.id).where(posts.c.native_id == native_id)).scalar_one()
        shown = stories.show_post(tx, number)
    assert shown is not None
    return shown.parts[0].text


def begin(town: Town, square: Square, *watched: Account) -> None:
    """These are read from now on, and have had their first read."""
    square.says(CLEAN, at=town.clock.now() - timedelta(days=1))
    for account in watched:
        town.watches(account)
    town.round()


ORDERS = [("api", "feed", "bridge"), ("bridge", "feed", "api"), ("feed", "bridge", "api")]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_post_by_three_sources_is_one_post_and_one_alert(town: Town, square: Square, order: Sequence[str]) -> None:
    begin(town, square)
    number = square.says(LEAK + "的真机" + CLEAN)
    made = {"api": square.by_api(), "feed": square.by_feed(), "bridge": square.by_bridge()}
    for name in order:
        town.watches(replace(made[name], poll_every_s=86400))
    with town.store.write() as tx:  # as if each had been watched for long
        tx.execute(accounts.update().values(added_at=town.clock.now() - timedelta(days=9)))
    town.round()
    assert sum(native_id == square.native_id(number) for (native_id,) in rows(town, posts, "native_id")) == 1
    assert sorted({rank for (rank,) in rows(town, sightings, "rank")}) == [0, 1, 2]
    assert told(town) == ["alert.opened"]
    assert text_now(town, square.native_id(number)) == LEAK + "的真机" + CLEAN


def test_what_a_farther_source_shows_otherwise_is_no_edit(town: Town, square: Square) -> None:
    begin(town, square, square.by_api())
    square.says(LEAK + CLEAN)
    town.round()
    town.watches(square.by_bridge())
    for adds in ("", " · 3 likes by others", f" {LEAK} 和云雀8 3999元"):
        square.bridge_adds = adds
        town.round()
    assert told(town) == ["alert.opened"]
    assert [cause for (cause,) in rows(town, revisions, "cause")] == ["first", "first"]
    assert len(rows(town, sightings, "id")) == 4


def test_a_nearer_source_that_comes_later_takes_over_and_corrects_nothing(town: Town, square: Square) -> None:
    begin(town, square, square.by_bridge(), square.by_api(poll_every_s=300))
    square.bridge_adds = f" {LEAK}"  # the bridge shows what was answered to as the author's own words
    number = square.says(CLEAN + "很高兴")
    town.round()
    assert told(town) == ["alert.opened"]
    town.round(seconds=301)
    town.round()
    mine = [(no, cause) for no, cause in rows(town, revisions, "no", "cause") if cause != "first"]
    assert (1, "better_source") not in mine
    assert mine[-1][1] == "better_source"
    assert text_now(town, square.native_id(number)) == CLEAN + "很高兴"
    assert told(town) == ["alert.opened"], "nobody edited anything"
    square.posts[0]["text"] = CLEAN + "很伤心"
    town.round(seconds=301)
    assert [cause for (cause,) in rows(town, revisions, "cause")][-1] == "edited"
    assert told(town)[1:] == ["alert.corrected"]


def test_a_nearer_source_that_shows_more_tells_it_at_once_and_counts_from_the_post(town: Town, square: Square) -> None:
    begin(town, square, square.by_bridge(), square.by_api(poll_every_s=300))
    posted_at = town.clock.now()
    square.says(CLEAN + "，" + CLEAN + "，" + LEAK)
    town.round()
    assert told(town) == []
    town.round(seconds=301)
    assert told(town) == ["alert.opened"]
    (message,) = messages(town)
    assert (message["data"]["found"], message["data"]["leaked_at"]) == ("live", None)
    cause, effective_at = rows(town, revisions, "cause", "effective_at")[-1]
    assert (cause, effective_at) == ("better_source", posted_at)


def test_an_edit_after_we_saw_the_post_is_an_edit_by_whatever_source_it_comes(town: Town, square: Square) -> None:
    begin(town, square, square.by_feed(), square.by_api(poll_every_s=300))
    square.says(LEAK)
    town.round()
    town.clock.move(seconds=10)
    square.posts[0] |= {"text": CLEAN, "edited_at": town.clock.now().isoformat()}
    town.round(seconds=301)
    assert told(town) == ["alert.opened", "alert.corrected"]


def test_while_the_network_cannot_be_read_the_bridge_is_heard_and_nothing_doubles(town: Town, square: Square) -> None:
    begin(town, square, square.by_api(), square.by_feed())
    number = square.says(CLEAN + "很高兴")
    town.round()
    square.down = True
    for _ in range(8):
        town.round(minutes=10)
    square.posts[0]["text"] = LEAK
    town.round(minutes=10)
    assert told(town) == ["alert.opened"]
    assert text_now(town, square.native_id(number)) == CLEAN + "很高兴", "until the network answers"
    square.down = False
    for _ in range(3):
        town.round(minutes=61)
    assert text_now(town, square.native_id(number)) == LEAK
    assert told(town) == ["alert.opened"]


def test_an_edit_that_the_bridge_showed_before_we_knew_to_be_blind_is_not_lost(town: Town, square: Square) -> None:
    begin(town, square, square.by_api(), square.by_feed())
    square.says(CLEAN + "很高兴")
    town.round()
    square.posts[0]["text"] = LEAK
    square.down = True
    town.round()
    for _ in range(8):
        town.round(minutes=10)
    assert told(town) == ["alert.opened"]


def test_what_is_gone_stays_gone_though_a_bridge_still_lists_it(town: Town, square: Square) -> None:
    begin(town, square, square.by_api(), square.by_bridge())
    square.says(LEAK)
    town.round()
    kept = dict(square.posts[0])
    del square.posts[0]
    square.stale = [kept]
    for seconds in (61, 21, 21, 61, 61, 61):  # asked twice, then listed thrice more
        square.bridge_adds += "!"  # or its list would be none to look at
        town.round(seconds=seconds)
    assert told(town) == ["alert.opened", "alert.gone"]
    assert [gone is not None for (gone,) in rows(town, posts, "gone_at")] == [False, True]


def test_a_second_source_pages_nobody_for_old_posts_and_doubles_none(town: Town, square: Square) -> None:
    begin(town, square, square.by_api())
    square.says(LEAK + "今天的")
    town.round()
    assert told(town) == ["alert.opened"]
    town.clock.move(days=3)
    square.says(LEAK + "很久以前的", at=town.clock.now() - timedelta(days=30))
    square.posts[0]["by"] = "elsewhere"  # only the feed goes back so far
    square.posts[1]["text"] += "，价格3999元起"
    town.watches(square.by_feed())
    for _ in range(2):
        town.round(seconds=20)
    town.round(minutes=5)
    assert told(town).count("alert.opened") == 1
    assert "digest" in told(town)
    found = {found for (found,) in rows(town, alerts, "found")}
    assert found == {"live", "baseline"}
    assert len(rows(town, alerts, "id")) == 2


@pytest.mark.parametrize(("second", "cause"), [("api", "better_source"), ("feed", "other_source")])
def test_what_a_second_source_shows_more_of_old_posts_at_its_first_read_pages_nobody(
    town: Town, square: Square, second: str, cause: str
) -> None:
    begin(town, square, square.by_feed(key="lin-cut", native_id="cut", url=town.site.url("/hub/lin")))
    square.says(CLEAN + "，" + LEAK)
    town.round()
    town.clock.move(days=3)
    town.watches(square.by_api() if second == "api" else square.by_feed())
    town.round()
    town.round(minutes=5)
    assert told(town) == ["digest"]
    assert rows(town, alerts, "found") == [("baseline",)]
    assert rows(town, revisions, "cause")[-1] == (cause,)


def test_a_feed_that_two_people_share_stays_that_of_the_first(town: Town, square: Square) -> None:
    begin(town, square, square.by_feed())
    square.says(LEAK)
    town.round()
    town.watches(square.by_feed("wang", native_id="wang", url=town.site.url("/hub/lin")))
    town.watches(square.by_api("wang"))
    for by in ("wang", "wang"):
        square.posts[0]["by"] = by
        town.round()
    assert [name for (name,) in rows(town, posts, "person_key")] == ["lin", "lin"]
    assert told(town) == ["alert.opened"]
    assert messages(town)[0]["data"]["person"]["name"] == "Lin Xiaozhou"


def test_reposts_and_the_same_words_elsewhere_are_one_story(town: Town, square: Square) -> None:
    begin(town, square, square.by_api(), square.by_api("wang"))
    words = LEAK + "的真机上手"
    number = square.says(words)
    town.round()
    square.says("", by="wang", shares=number)
    town.round()
    town.says(f"{words}！")
    town.round()
    spreads = [message["data"]["spread"] for message in messages(town) if message["type"] == "alert.opened"]
    assert spreads == [
        {"posts": 1, "people": 1, "platforms": ["mastodon"]},
        {"posts": 3, "people": 2, "platforms": ["mastodon", "notes"]},
    ]
    texts = [message["data"]["text"] for message in messages(town)]
    assert ["Also on" in text for text in texts] == [False, False, True]
    assert texts[1] == "A-1 same words on 1 more account: Wang (Mastodon)"
    assert "Also on: Mastodon (3 posts, 2 people)" in texts[2]
    with town.store.read() as tx:
        shown = [stories.show_alert(tx, number) for (number,) in rows(town, alerts, "id")]
    assert {each.spread.posts for each in shown if each} == {3}
