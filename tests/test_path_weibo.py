"""The whole path of Weibo's own cases: a leak behind the cut, in a reply, in an edit, after a dead cookie."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.config import Settings
from monitor.model.people import Person
from monitor.store.schema import accounts, gaps
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.fetch.weibo_town import COMMENTS, EXTEND, LIST, SHOW, UID, account, cards, comment, cut, said, status
from tests.town import SECRET, SHANGHAI, Town

LONG = "今天去了工厂" * 24


class WeiboTown(Town):
    """The person's account is one of Weibo."""

    def _settings(self) -> Settings:
        weibo = replace(account(self.site, replies="author", cookie_for="mobile"), poll_every_s=60.0)
        person = Person("lin", "Lin Xiaozhou", "GM", SHANGHAI, frozenset(), (weibo,), "proof")
        return replace(super()._settings(), people=(person,))


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[WeiboTown]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        yield stack.enter_context(WeiboTown(tmp_path, [("desk", desk)], database_url=database_url))


def told(town: Town) -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET) for got in town.receivers[0][1].received]


def at(instant: datetime) -> str:
    """As Weibo writes instants."""
    return instant.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S +0800 %Y")


def shows(town: Town, *statuses: dict[str, Any]) -> None:
    town.site.routes[LIST] = said(cards(*statuses))


def rows(town: Town, *columns: Any) -> list[Any]:
    with town.store.read() as tx:
        return [tuple(row) for row in tx.execute(select(*columns))]


def test_a_leak_behind_the_cut_is_told_when_the_whole_text_is_had(town: WeiboTown) -> None:
    shows(town, status(10, created_at=at(town.clock.now())))
    town.site.routes[EXTEND] = Reply(500)
    town.round()
    new = cut(20, LONG, created_at=at(town.clock.now()))
    shows(town, new, status(10))
    town.round()
    assert told(town) == []
    town.site.routes[EXTEND] = said({"ok": 1, "data": {"longTextContent": f"{LONG}<br />还看了云雀9"}})
    town.round()
    town.round()
    assert [message["type"] for message in told(town)] == ["alert.opened"]
    assert told(town)[0]["data"]["post"]["url"] == f"https://weibo.com/{UID}/Q20"


def test_a_reply_to_a_fan_is_told_once_and_replies_that_go_open_no_gap(town: WeiboTown) -> None:
    post = status(10, created_at=at(town.clock.now()), comments_count=1)
    shows(town, post)
    town.site.routes[COMMENTS] = said({"ok": 1, "data": {"data": []}})
    town.round()
    mine = [comment(200 + n, "回复@青山：是云雀9", UID, created_at=at(town.clock.now())) for n in range(6)]
    asks = comment(101, "新机是什么？", comments=mine, created_at=at(town.clock.now()))
    town.site.routes[COMMENTS] = said({"ok": 1, "data": {"data": [asks]}})
    town.round()
    assert {message["type"] for message in told(town)} == {"alert.opened"}
    assert len(told(town)) == 6
    shows(town, *(status(number, created_at=at(town.clock.now())) for number in (13, 12, 11)), post)
    town.round()
    town.round()
    assert len(told(town)) == 6
    assert rows(town, gaps.c.id) == []


def test_a_dead_cookie_is_named_and_nothing_is_missed(town: WeiboTown) -> None:
    shows(town, status(10, created_at=at(town.clock.now())))
    town.round()
    town.site.routes[LIST] = said({"ok": -100, "url": "https://passport.weibo.com/sso/signin"})
    town.round()
    assert [row[0].partition(":")[0] for row in rows(town, accounts.c.state_detail)] == ["session_expired"]
    shows(town, status(20, "云雀9", created_at=at(town.clock.now())), status(10))
    town.round(minutes=3)
    town.round()
    assert [message["type"] for message in told(town)] == ["digest"]  # it was found late


def test_a_leak_that_is_taken_down_is_told_to_be_gone(town: WeiboTown) -> None:
    shows(town, status(10, created_at=at(town.clock.now())))
    town.round()
    shows(town, status(20, "云雀9", created_at=at(town.clock.now())), status(10))
    town.site.routes[SHOW] = said({"ok": 0, "errno": "20101"})
    town.round()
    shows(town, status(10))
    for _ in range(4):
        town.round()
    assert [message["type"] for message in told(town)] == ["alert.opened", "alert.gone"]
