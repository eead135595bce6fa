"""Each way in which a network shuts us out is told in two intervals, gets louder, and ends with the gap filled."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.errors import Failure
from monitor.lookout import Senses, look_around
from monitor.match import Matcher
from monitor.model.people import Account
from monitor.runtime import Runtime
from monitor.store import accounts
from monitor.store.schema import alerts, gaps, posts
from monitor.words import say
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Asked, Raw, Reply, Script
from tests.fetch.networks import NETWORKS, Network
from tests.fetch.networks.town import NetworkTown
from tests.town import NOON, SECRET, SIGN_IN_PAGE, Town

CAPTCHA_PAGE = Reply(200, b"<html><p>prove it: captcha</p></html>", {"Content-Type": "text/html"})
LEAK = "明天来看云雀9"


@pytest.fixture
def town(tmp_path: Path, file_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        told = [(key, stack.enter_context(ScriptedReceiver())) for key in ("desk", "ops")]
        yield stack.enter_context(Town(tmp_path, told, database_url=file_url))


def empty_feed() -> Reply:
    body = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": []}'
    return Reply(200, body, {"Content-Type": "application/feed+json"})


@pytest.mark.parametrize(
    ("failure", "wall", "has_key"),
    [
        (Failure.LOGIN_WALL, SIGN_IN_PAGE, False),
        (Failure.CAPTCHA, CAPTCHA_PAGE, False),
        (Failure.SESSION_EXPIRED, Reply(401), True),
        (Failure.BLOCKED, Reply(403), False),
        (Failure.RATE_LIMITED, Reply(429, headers={"Retry-After": "60"}), False),
        (Failure.QUOTA, Reply(402), False),
        (Failure.GONE, Reply(410), False),
        (Failure.GONE, Reply(404), False),
        (Failure.SUSPECT_EMPTY, empty_feed(), False),
        (Failure.NOT_A_FEED, Reply(200, b"<html><p>hello</p></html>"), False),
    ],
)
def test_a_wall_is_told_gets_louder_and_ends_with_the_gap_filled(
    town: Town, failure: Failure, wall: Reply, *, has_key: bool
) -> None:
    if has_key:
        use(town, lambda account: replace(account, secret_headers={"Cookie": "SUB=canary-cookie"}))
    town.says("今天跑步")
    passes(town, 0)
    blind_from = town.clock.now()
    town.answer = wall
    passes(town, 61)
    passes(town, 66)  # two intervals, with their jitter
    (opened,) = incidents_told(town, "ops")
    language = town.runtime.settings.language
    text = json.dumps(opened, ensure_ascii=False)
    assert (opened["type"], opened["data"]["detail"]["cause"]) == ("incident.opened", failure.value)
    assert say(language, f"failure_{failure}_cause") in text
    assert say(language, f"failure_{failure}_remedy") in text
    assert "canary" not in text
    for wait in (timedelta(minutes=15), timedelta(minutes=45), timedelta(hours=4), timedelta(hours=4)):
        passes(town, wait.total_seconds())
    assert [told["type"] for told in incidents_told(town, "ops")[1:5]] == ["incident.reminded"] * 4
    assert incidents_told(town, "desk") == []
    town.says(LEAK)
    town.answer = None
    passes(town, 3700)
    passes(town, 1)
    assert incidents_told(town, "ops")[-1]["type"] == "incident.closed"
    with town.store.read() as tx:
        gap = tx.execute(select(gaps.c.from_at, gaps.c.filled_at)).one()
        assert (gap.from_at <= blind_from, gap.filled_at is not None) == (True, True)
        assert len(tx.execute(select(posts.c.id)).all()) == 2
        assert tx.execute(select(alerts.c.found)).scalars().all() == ["later"]


# --- walls of networks that say more than a status --------------------------------------------------------------------


def answers(body: object, status: int = 200, kind: str = "application/json") -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status, text.encode(), {"Content-Type": kind})


def problem(word: str, title: str) -> object:
    return {"type": f"https://api.twitter.com/2/problems/{word}", "title": title, "detail": "no"}


PROTECTED = {"errors": [problem("not-authorized-for-resource", "Authorization Error")]}
NO_PREVIEW = '<html><div class="tgme_page"><div class="tgme_page_extra">1 234 subscribers</div></div></html>'


def moves(network: Network) -> Script:
    """The same posts, each by an account that says where it has gone."""

    def answer(asked: Asked) -> Reply | Raw:
        network.instead = None
        found = network.answer(replace(asked, headers={}))  # with another text it has another tag
        network.instead = answer
        assert isinstance(found, Reply)
        statuses = json.loads(found.body)
        for status in statuses:
            status["account"] = {"id": "9001", "moved": {"id": "9", "acct": "lin@elsewhere.example"}}
        return answers(statuses)

    return answer


@pytest.mark.parametrize(
    ("kind", "failure", "wall"),
    [
        pytest.param("x", Failure.PRIVATE, answers(PROTECTED), id="x, protected"),
        pytest.param("x", Failure.QUOTA, answers(problem("usage-capped", "UsageCapExceeded"), 429), id="x, capped"),
        pytest.param("x", Failure.QUOTA, answers(problem("credits", "CreditsDepleted"), 402), id="x, no credits"),
        pytest.param("telegram", Failure.PRIVATE, answers(NO_PREVIEW, kind="text/html"), id="telegram, no preview"),
        pytest.param("bilibili", Failure.PRIVATE, answers({"code": 53013, "message": "no"}), id="bilibili, hidden"),
        pytest.param("weibo", Failure.SESSION_EXPIRED, answers({"ok": -100, "url": "https://p"}), id="weibo, sign in"),
        pytest.param("mastodon", Failure.MOVED, moves, id="mastodon, moved"),
    ],
)
def test_a_wall_of_a_network_is_told_gets_louder_and_ends_with_the_gap_filled(
    tmp_path: Path, file_url: str, kind: str, failure: Failure, wall: Reply | Callable[[Network], Script]
) -> None:
    with ExitStack() as stack:
        told = [(key, stack.enter_context(ScriptedReceiver())) for key in ("desk", "ops")]
        made = NetworkTown(tmp_path, told, database_url=file_url, kinds={kind: NETWORKS[kind]})
        town = stack.enter_context(made)
        network = town.network()
        network.publish("今天跑步", town.clock.now())
        passes(town, 0)
        passes(town, 120)
        network.instead = wall if isinstance(wall, Reply) else wall(network)
        for _ in range(2):  # two intervals, with their jitter
            passes(town, 1.1 * max(account.poll_every_s for account in town.runtime.accounts.values()))
        (opened,) = incidents_told(town, "ops")
        language = town.runtime.settings.language
        assert (opened["type"], opened["data"]["detail"]["cause"]) == ("incident.opened", failure.value)
        assert say(language, f"failure_{failure}_cause") in opened["data"]["text"]
        assert say(language, f"failure_{failure}_remedy") in opened["data"]["text"]
        for wait in (timedelta(minutes=15), timedelta(minutes=45), timedelta(hours=4)):
            passes(town, wait.total_seconds())
        assert [each["type"] for each in incidents_told(town, "ops")[1:4]] == ["incident.reminded"] * 3
        network.publish(LEAK, town.clock.now())
        network.instead = None
        passes(town, 3700)
        passes(town, 3700)
        assert incidents_told(town, "ops")[-1]["type"] == "incident.closed"
        with town.store.read() as tx:
            assert tx.execute(select(gaps.c.filled_at)).scalars().one() is not None
            assert tx.execute(select(alerts.c.found)).scalars().all() == ["later"]


def passes(town: Town, seconds: float) -> None:
    """Time passes, and the service does all that is due, the look-out too."""
    town.round(seconds=seconds)
    look_around(town.world, town.runtime, SENSES)
    town.round(seconds=0)


SENSES = Senses(free_bytes=lambda: None, offsets_s=list, began_at=NOON)


def use(town: Town, change: Callable[[Account], Account]) -> None:
    settings = town.runtime.settings
    (person,) = settings.people
    person = replace(person, accounts=tuple(change(account) for account in person.accounts))
    town.runtime = Runtime(replace(settings, people=(person,)), town.book, Matcher(town.book))
    with town.store.write() as tx:
        accounts.sync_people(tx, (person,), town.clock.now())


def incidents_told(town: Town, key: str) -> list[dict[str, Any]]:
    told = [got.check_as_of_then(SECRET) for got in dict(town.receivers)[key].received]
    return [message for message in told if message["type"].startswith("incident.") and "detail" in message["data"]]
