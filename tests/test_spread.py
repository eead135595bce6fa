"""Whoever was told of an alert hears when another watched account tells the same story."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.model.messages import Verdict
from monitor.store import reviews
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import fresh_feed
from tests.samples import rules
from tests.store.invariants import broken_invariants
from tests.town import SECRET, Town

WORDS = "明天下午三点来看云雀9的真机"
LINE = "A-1 same words on "


@dataclass
class Others:
    """More people with a feed each, on networks of their own."""

    town: Town
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def watch(self, name: str, **changes: Any) -> None:
        first = self.town.runtime.settings.people[0].accounts[0]
        url = self.town.site.url(f"/{name}")
        self.said[name] = [self._post(f"{name}-0", "今天跑了十公里", self.town.clock.now() - timedelta(days=1))]
        self.town.site.routes[f"/{name}"] = partial(self._feed, name)
        account = replace(first, key=f"{name}-x", person_key=name, platform="x", native_id=name, url=url)
        self.town.watches(replace(account, **changes))

    def says(self, name: str, text: str = WORDS, **before: float) -> None:
        at = self.town.clock.now() - timedelta(**before)
        self.said[name].insert(0, self._post(f"{name}-{len(self.said[name])}", text, at))

    def _post(self, number: str, text: str, at: Any) -> dict[str, Any]:
        return {"id": number, "content_text": text, "date_published": at.isoformat()}

    def _feed(self, name: str, asked: Any) -> Any:
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": name, "items": self.said[name]}
        return fresh_feed(json.dumps(feed).encode(), "application/feed+json")(asked)


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)], database_url=database_url) as town:
        yield town
        with town.store.read() as tx:
            assert broken_invariants(tx, told=["desk"]) == []


@pytest.fixture
def others(town: Town) -> Others:
    """The first person has told the secret, and the desk knows of it."""
    others = Others(town)
    for name in ("wang", "chen", "zhou", "yunque"):
        others.watch(name, official=name == "yunque")
    town.round()
    town.says(WORDS)
    town.round(minutes=2)
    assert lines(town) == []
    return others


def lines(town: Town) -> list[str]:
    """What the desk was told of the first alert since it was opened."""
    told = [got.check_as_of_then(SECRET) for got in dict(town.receivers)["desk"].received]
    return [message["data"]["text"] for message in told if message["type"] == "alert.spread"]


def test_one_line_at_most_in_five_minutes_and_the_next_one_counts_what_came_since(town: Town, others: Others) -> None:
    others.says("wang")
    town.round()
    assert lines(town) == [LINE + "1 more account: Wang (X)"]
    others.says("chen")
    town.round()
    assert len(lines(town)) == 1
    others.says("zhou")
    town.round(minutes=5)
    assert lines(town)[1:] == [LINE + "2 more accounts: Chen (X), Zhou (X)"]


def test_each_new_post_has_its_own_alert_beside(town: Town, others: Others) -> None:
    others.says("wang")
    town.round(minutes=2)
    with town.store.read() as tx:
        assert [(row.number, row.person_name) for row in reviews.list_alerts(tx)] == [(2, "Wang"), (1, "Lin Xiaozhou")]


def test_an_account_is_told_once(town: Town, others: Others) -> None:
    for _ in range(3):
        others.says("wang", f"{WORDS}！")
        town.round(minutes=6)
    assert len(lines(town)) == 1


@pytest.mark.usefixtures("others")
def test_the_same_account_is_no_other(town: Town) -> None:
    town.says(f"{WORDS}！")
    town.round(minutes=6)
    assert lines(town) == []


def test_other_words_are_another_story(town: Town, others: Others) -> None:
    others.says("wang", "云雀9 后天就能看到了，大家等着")
    town.round(minutes=6)
    assert lines(town) == []


def test_the_company_itself_spreads_nothing(town: Town, others: Others) -> None:
    others.says("yunque")
    town.round(minutes=6)
    others.says("wang")
    town.round(minutes=6)
    assert lines(town) == [LINE + "1 more account: Wang (X)"]


def test_what_stood_there_before_we_watched_is_no_news(town: Town, others: Others) -> None:
    others.watch("he")
    others.says("he", hours=3)
    town.round(minutes=6)
    assert lines(town) == []
    others.says("wang")
    town.round(minutes=6)
    assert lines(town) == [LINE + "1 more account: Wang (X)"]


def test_new_rules_spread_nothing(town: Town, others: Others) -> None:
    others.says("wang")
    town.round(minutes=6)
    town.use_rules(rules("2030-06-19T19:00:00+08:00"))
    town.round(minutes=6)
    assert len(lines(town)) == 1


def test_nobody_hears_more_of_what_is_judged(town: Town, others: Others) -> None:
    with town.store.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=town.clock.now())
    others.says("wang")
    town.round(minutes=6)
    assert lines(town) == []


def test_what_is_taken_is_still_of_interest(town: Town, others: Others) -> None:
    with town.store.write() as tx:
        assert reviews.acknowledge(tx, 1, "zhou", town.clock.now())
    others.says("wang")
    town.round(minutes=6)
    assert lines(town) == [LINE + "1 more account: Wang (X)"]
