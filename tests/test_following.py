"""Flagged posts are looked at again: taken down, edited, back, or let go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.alert import next_look
from monitor.model.messages import Verdict
from monitor.store import reviews
from monitor.store.schema import alerts, posts
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Raw, Reply
from tests.town import SECRET, Town

LEAK = "明天来看云雀9"
THERE, GONE = Reply(200, b"<p>a post</p>"), Reply(404)


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ScriptedReceiver() as desk, Town(tmp_path, [("desk", desk)], database_url=database_url) as town:
        town.round()
        yield town


def leaks(town: Town) -> None:
    """A post that is flagged, and can be seen at its address."""
    town.site.routes["/p/1"] = THERE
    town.says(LEAK, url=town.site.url("/p/1"))
    town.round()


def told(town: Town) -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET) for got in dict(town.receivers)["desk"].received]


def types(town: Town) -> list[str]:
    return [message["type"] for message in told(town)]


def asked(town: Town) -> int:
    return sum(request.path == "/p/1" for request in town.site.asked)


def standing(town: Town) -> tuple[object, ...]:
    """Whether the first post is gone, why, and when it is looked at again."""
    with town.store.read() as tx:
        first = select(posts.c.gone_at, posts.c.gone_why, posts.c.due_at).order_by(posts.c.id).limit(1)
        return tuple(tx.execute(first).one())


@pytest.mark.parametrize(
    ("flagged_for", "wait"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=14, seconds=59), timedelta(minutes=1)),
        (timedelta(minutes=15), timedelta(minutes=3)),
        (timedelta(hours=2), timedelta(minutes=30)),
        (timedelta(days=1), timedelta(hours=6)),
        (timedelta(days=14), None),
    ],
)
def test_how_long_a_flagged_post_is_left_alone(flagged_for: timedelta, wait: timedelta | None) -> None:
    assert next_look(flagged_for) == wait


def test_a_post_that_is_taken_down_is_told_once_two_answers_say_so(town: Town) -> None:
    leaks(town)
    town.round()
    assert asked(town) == 1
    town.site.routes["/p/1"] = GONE
    town.round()
    assert types(town) == ["alert.opened"], "one answer may be a hiccup"
    town.round(seconds=21)
    assert types(town) == ["alert.opened", "alert.gone"]
    gone = told(town)[1]["data"]
    assert (gone["severity"], gone["gone_at"] is not None) == ("critical", True)
    before = asked(town)
    for _ in range(3):
        town.round(hours=1)
    assert (asked(town), types(town)) == (before, ["alert.opened", "alert.gone"])


def test_a_post_that_has_another_address_now_is_looked_for_there(town: Town) -> None:
    leaks(town)
    town.site.routes["/p/1"], town.site.routes["/p/another"] = GONE, THERE
    town.posts[0] = town.posts[0] | {"url": town.site.url("/p/another")}
    town.round()
    town.posts.clear()  # it left the feed, as old posts do
    town.says("今天跑了十公里", id="another")
    for _ in range(4):
        town.round(minutes=10)
    assert types(town) == ["alert.opened"]
    assert standing(town)[0] is None
    town.site.routes["/p/another"] = GONE
    for _ in range(4):
        town.round(minutes=10)
    assert types(town) == ["alert.opened", "alert.gone"]


def test_an_answer_that_says_nothing_is_no_deletion(town: Town) -> None:
    leaks(town)
    for reply in (GONE, THERE, Reply(503), Reply(403), Raw([b"no HTTP"]), GONE, THERE):
        town.site.routes["/p/1"] = reply
        town.round(minutes=6)
    assert types(town) == ["alert.opened"]
    assert standing(town)[:2] == (None, None)


@pytest.mark.parametrize(
    ("verdict", "goes_on"), [(Verdict.LEAK, True), (Verdict.FALSE_POSITIVE, False), (Verdict.AUTHORISED, False)]
)
def test_a_post_that_may_stand_is_asked_for_no_more(town: Town, verdict: Verdict, *, goes_on: bool) -> None:
    leaks(town)
    with town.store.write() as tx:
        number = tx.execute(select(alerts.c.id)).scalar_one()
        reviews.save_review(tx, number, verdict, reviewer="zhou", now=town.clock.now(), reason="other")
    town.site.routes["/p/1"] = GONE
    for _ in range(3):
        town.round()
    assert (asked(town) > 0, "alert.gone" in types(town)) == (goes_on, goes_on)


def test_a_post_that_left_the_list_is_asked_for_at_once(town: Town) -> None:
    leaks(town)
    town.clock.move(hours=3)
    town.round()
    for number in range(4):
        town.says(f"今天跑了{number}公里")
    town.round(minutes=29)
    before = asked(town)
    del town.posts[4]
    town.says("今天下雨")
    town.site.routes["/p/1"] = GONE
    town.round(seconds=61)
    assert asked(town) == before + 1


def test_a_post_that_a_list_shows_again_is_there(town: Town) -> None:
    leaks(town)
    hidden = town.posts.pop()
    town.says("今天下雨")
    town.site.routes["/p/1"] = GONE
    town.round()
    town.round()
    assert standing(town)[0] is not None
    town.site.routes["/p/1"] = THERE
    town.posts.append(hidden)
    town.round()
    assert standing(town)[:2] == (None, None)


def test_a_post_that_its_page_and_a_list_dispute_is_told_gone_once_a_day(town: Town) -> None:
    leaks(town)
    town.site.routes["/p/1"] = GONE  # and the list, which has something new each time, still shows it

    def goes_on(times: int) -> None:
        for _ in range(times):
            town.says("今天下雨")
            town.round(minutes=4)

    goes_on(20)
    assert types(town) == ["alert.opened", "alert.gone"]
    town.round(hours=24)
    goes_on(20)
    assert types(town) == ["alert.opened", "alert.gone", "alert.gone"]
