"""An alert that nobody takes rings on: who hears what and when, and how it ends. On both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from monitor.config import Web
from monitor.model.messages import AlertState, DeliveryState, Verdict
from monitor.model.routing import Branch, Duty, Escalation, Member, Roster, Shift
from monitor.model.rulebook import Severity
from monitor.runtime import Runtime
from monitor.store import keys, outbox, receivers, reviews, stories
from monitor.store.schema import attempts
from monitor.web.health import Report, health_app
from monitor.web.serve import WebServer
from monitor.web.take import add_taking
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.town import SECRET, SHANGHAI, Town

LEAK = "明天来看云雀9"
RECEIVERS = ("comms", "zhou", "siren", "legal")
ROSTER = Roster(
    branches=(Branch(to=("comms",)),),
    team=(Member("zhou", "周敏", ("zhou",)),),
    duty=Duty(SHANGHAI, (Shift(("zhou",), begins=time(0), ends=time(0)),)),
    escalation=Escalation(
        {Severity.CRITICAL: timedelta(minutes=3), Severity.HIGH: timedelta(minutes=10)},
        again=timedelta(minutes=5),
        urgent=("siren",),
        everybody=("comms", "legal"),
    ),
)


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        found = [(key, stack.enter_context(ScriptedReceiver())) for key in RECEIVERS]
        yield with_roster(stack.enter_context(Town(tmp_path, found, database_url=database_url)))


def with_roster(made: Town) -> Town:
    gathering = tuple(replace(r, gather=timedelta(seconds=60)) for r in made.runtime.settings.receivers)
    settings = replace(
        made.runtime.settings, receivers=gathering, roster=ROSTER, web=Web("127.0.0.1", 0, "https://leaks.example")
    )
    made.runtime = Runtime(settings, made.book, made.runtime.matcher)
    with made.store.write() as tx:
        receivers.sync_receivers(tx, settings.receivers, made.clock.now())
        keys.make_key(tx, keys.TAKE, made.clock.now())
    made.round()
    return made


@dataclass
class Pages:
    """The pages of the service, over HTTP."""

    port: int

    def ask(self, method: str, path: str) -> requests.Response:
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", timeout=20)

    def get(self, path: str) -> requests.Response:
        return self.ask("GET", path)

    def post(self, path: str) -> requests.Response:
        return self.ask("POST", path)


@pytest.fixture
def pages(town: Town) -> Iterator[Pages]:
    app = health_app(lambda: Report(alive=True, problems=(), facts={}))
    add_taking(app, town.world, lambda: town.runtime)
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield Pages(server.port)
    server.stop()


def heard(town: Town, key: str) -> list[str]:
    """What a receiver was told: the type of each message, and its first line."""
    return [f"{m['type']}: {m['data']['text'].splitlines()[0]}" for m in messages(town, key)]


def messages(town: Town, key: str) -> list[dict[str, Any]]:
    return [got.check_as_of_then(SECRET) for got in dict(town.receivers)[key].received]


def test_the_next_are_told_until_somebody_takes_it(town: Town) -> None:
    town.says(LEAK)
    town.round()
    assert [m["type"] for m in messages(town, "comms")] == ["alert.opened"]
    assert "Nobody in 10 min: then 周敏 is told" in messages(town, "comms")[0]["data"]["text"]
    town.round(minutes=9)
    assert heard(town, "zhou") == []
    town.round(minutes=1)
    (first,) = heard(town, "zhou")
    assert first.startswith("alert.called: A-1 not taken for 10 min, telling 周敏; the urgent channel in 5 min")
    assert heard(town, "comms")[1:] == [first]
    assert LEAK in messages(town, "zhou")[0]["data"]["text"]
    assert LEAK not in messages(town, "comms")[1]["data"]["text"]
    town.round(minutes=5)
    assert len(heard(town, "siren")) == 1
    town.round(minutes=5)
    (last,) = heard(town, "legal")
    assert last.startswith("alert.called: A-1 not taken for 20 min, telling everybody")
    town.round(minutes=60)
    assert [len(heard(town, key)) for key in RECEIVERS] == [4, 3, 2, 1]


def test_who_takes_it_ends_the_calls_and_everybody_who_was_told_hears_it(town: Town) -> None:
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        assert reviews.acknowledge(tx, 1, "Chen Li", town.clock.now())
        assert not reviews.acknowledge(tx, 1, "Wang", town.clock.now())
    town.round(minutes=30)
    assert heard(town, "comms")[1].startswith("alert.acknowledged: A-1 taken by Chen Li")
    assert [len(heard(town, key)) for key in RECEIVERS] == [2, 0, 0, 0]


@pytest.mark.parametrize("verdict", [Verdict.FALSE_POSITIVE, Verdict.LEAK])
def test_a_verdict_ends_the_calls(town: Town, verdict: Verdict) -> None:
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        reviews.save_review(tx, 1, verdict, reviewer="Chen", now=town.clock.now())
    town.round(minutes=30)
    assert heard(town, "zhou") == []


def test_a_judged_leak_that_opens_again_calls_everybody_from_the_first(town: Town) -> None:
    town.says(LEAK)
    town.round()
    for _ in range(3):
        town.round(minutes=10)
    assert [len(heard(town, key)) for key in RECEIVERS[1:]] == [3, 2, 1]
    with town.store.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="Chen", now=town.clock.now())
    town.edits("今天跑了十公里")
    town.round()
    assert heard(town, "comms")[-1].startswith("alert.corrected")
    town.round(minutes=10)
    assert "telling 周敏; the urgent channel in 5 min" in heard(town, "zhou")[-1]


def test_a_clock_that_was_ahead_delays_no_call(town: Town) -> None:
    town.round(days=5)
    town.says(LEAK)
    town.round()
    town.clock.move(days=-5)
    town.round(minutes=1)
    assert len(heard(town, "zhou")) == 1


def test_a_burst_is_one_page_and_one_message_more(town: Town) -> None:
    for _ in range(5):
        town.says(LEAK)
    town.round()
    assert [m["type"] for m in messages(town, "comms")] == ["alert.opened"]
    town.round()
    (digest,) = messages(town, "comms")[1:]
    assert (digest["type"], digest["data"]["why"], digest["data"]["count"]) == ("digest", "burst", 4)


def test_beyond_its_share_of_an_hour_a_receiver_hears_the_rest_together(town: Town) -> None:
    few = tuple(replace(r, most_an_hour=2) for r in town.runtime.settings.receivers)
    town.runtime = Runtime(replace(town.runtime.settings, receivers=few), town.book, town.runtime.matcher)
    for _ in range(4):
        town.says(LEAK)
        town.round(seconds=70)
    assert [m["type"] for m in messages(town, "comms")] == ["alert.opened"] * 2
    town.round(minutes=6)
    (digest,) = [m for m in messages(town, "comms") if m["type"] == "digest"]
    assert (digest["data"]["why"], digest["data"]["count"]) == ("crowd", 2)


# --- the link ---------------------------------------------------------------------------------------------------------


def link(town: Town, key: str) -> str:
    url: str = messages(town, key)[0]["data"]["take_link"]
    assert url.startswith("https://leaks.example/take/1/")
    return url.removeprefix("https://leaks.example")


def state(town: Town) -> AlertState:
    with town.store.read() as tx:
        story = stories.show_alert(tx, 1)
    assert story is not None
    return story.alert.state


def test_looking_takes_nothing_and_pressing_ones_own_link_does(town: Town, pages: Pages) -> None:
    town.says(LEAK)
    town.round()
    town.round(minutes=10)
    mine = link(town, "zhou")
    looked = pages.get(mine)
    assert (looked.status_code, state(town)) == (200, AlertState.OPEN)
    assert "HIGH · " in looked.text
    assert LEAK not in looked.text
    assert "script" not in looked.text
    assert looked.headers["content-security-policy"].startswith("default-src 'none'")
    assert "it is yours" in pages.post(mine).text
    assert state(town) is AlertState.ACKNOWLEDGED
    assert "already" in pages.post(mine).text
    town.round()
    assert heard(town, "comms")[-1].startswith("alert.acknowledged: A-1 taken by 周敏")


def test_a_press_on_the_link_of_a_group_is_only_seen(town: Town, pages: Pages) -> None:
    town.says(LEAK)
    town.round()
    for _ in range(3):  # however many of the group press it, and how often
        assert "we do not know who you are" in pages.post(link(town, "comms")).text
    assert state(town) is AlertState.OPEN
    with town.store.read() as tx:
        story = stories.show_alert(tx, 1)
    assert story is not None
    assert [event.kind for event in story.events] == ["opened", "seen"]
    town.round(minutes=10)
    assert len(heard(town, "zhou")) == 1


@pytest.mark.parametrize(
    "bend",
    [
        pytest.param(lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"), id="another signature"),
        pytest.param(lambda url: url.replace("/take/1/", "/take/2/"), id="another alert"),
        pytest.param(lambda url: url.replace("/comms/", "/zhou/"), id="another receiver"),
        pytest.param(lambda url: url.replace("/take/1/", "/take/١/"), id="digits of another script"),
        pytest.param(lambda url: url.replace("/take/1/", f"/take/{'1' * 60}/"), id="a number beyond all bounds"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_we_did_not_write_leads_nowhere(town: Town, pages: Pages, method: str, bend: Any) -> None:
    town.says(LEAK)
    town.round()
    assert pages.ask(method, bend(link(town, "comms"))).status_code == 404
    assert state(town) is AlertState.OPEN


# --- caps -------------------------------------------------------------------------------------------------------------


def test_a_robot_is_never_sent_more_than_it_takes_and_gets_everything(town: Town) -> None:
    robot = replace(town.runtime.receivers["comms"], format="wecom", secrets=(), most_an_hour=1000)
    settings = replace(town.runtime.settings, receivers=(robot,), roster=Roster())
    town.runtime = Runtime(settings, town.book, town.runtime.matcher)
    dict(town.receivers)["comms"].answer_with(Reply(200, body=b'{"errcode":0,"errmsg":"ok"}'))
    for _ in range(30):
        town.says(LEAK)
        town.round(seconds=61)
        with town.store.write() as tx:
            reviews.acknowledge(tx, len(town.posts), "Chen", town.clock.now())
    got = dict(town.receivers)["comms"].received
    before = len(got)
    with town.store.write() as tx:
        assert outbox.replay(tx, now=town.clock.now(), receiver="comms", state=DeliveryState.DELIVERED) == before
    for _ in range(25):
        town.round(seconds=20)
    assert len(got) == 2 * before + 1  # and that the last was taken, which was still to be told
    with town.store.read() as tx:
        left = tx.execute(select(attempts.c.started_at).order_by(attempts.c.started_at)).scalars().all()
    minute = timedelta(seconds=60)
    assert max(sum(at - minute < other <= at for other in left) for at in left) == 18
