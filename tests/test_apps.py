"""Buttons in Slack answer: the real library over a real websocket, through the real path. On both databases."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from monitor.apps import Connections
from monitor.apps.press import Press
from monitor.apps.slack_app import press_of
from monitor.deliver.slack_app import SlackAppTable
from monitor.lookout import Senses, look_around, told_on_health
from monitor.model.messages import AlertState, Receiver, Verdict
from monitor.model.routing import Member, Roster
from monitor.runtime import Runtime
from monitor.service import Service
from monitor.store import receivers, status, stories
from monitor.store.stories import AlertStory
from tests.apps_sockets import WAIT_S, SocketServer, pressed
from tests.deliver.receiver import ScriptedReceiver
from tests.deliver.slack import BOT_TOKEN, CHANNEL, Workspace
from tests.test_calling import LEAK
from tests.test_path_slack import app
from tests.town import Town

ROSTER = Roster(team=(Member("zhou", "周敏", ids={"slack_app": "U0ZHOU"}),))


def answering(at: ScriptedReceiver, app_token: str) -> Receiver:
    made = app(at)
    keys = {"key": "comms", "token_env": "BOT", "app_token_env": "APP", "channel": CHANNEL}
    table = SlackAppTable.model_validate({"format": "slack_app", **keys, "url": made.url})
    return replace(made, secrets=(BOT_TOKEN.encode(), app_token.encode()), options=table)


@dataclass
class Office:
    """The town, its workspace, and the connection between them."""

    town: Town
    at: ScriptedReceiver
    space: Workspace
    socket: SocketServer
    apps: Connections

    def __init__(self, town: Town, at: ScriptedReceiver, space: Workspace, socket: SocketServer) -> None:
        self.town, self.at, self.space, self.socket = town, at, space, socket
        space.app_token, space.socket_url = "xapp-1-hush", socket.url
        self.apps = Connections(town.world, lambda: self.town.runtime)
        self.use(space.app_token)

    def use(self, app_token: str, *, roster: Roster = ROSTER) -> None:
        """A configuration with that token is in force."""
        person = replace(self.town.runtime.settings.people[0], contacts=("李助理 +86 10 5555 0100",))
        told = (answering(self.at, app_token),)
        settings = replace(self.town.runtime.settings, receivers=told, roster=roster, people=(person,))
        self.town.runtime = Runtime(settings, self.town.book, self.town.runtime.matcher)
        with self.town.store.write() as tx:
            receivers.sync_receivers(tx, told, self.town.clock.now())
        self.apps.install()

    def story(self) -> AlertStory:
        with self.town.store.read() as tx:
            found = stories.show_alert(tx, 1)
        assert found is not None
        return found

    def told(self) -> str:
        """What the presser is told, and nobody else."""
        body = self.space.whispers.get(timeout=WAIT_S)
        assert body["channel"] == CHANNEL
        return f"{body['user']}: {body['blocks'][0]['text']['text']}"


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    space = Workspace()
    with ExitStack() as stack:
        at = stack.enter_context(ScriptedReceiver(judge=space))
        socket = stack.enter_context(SocketServer())
        town = stack.enter_context(Town(tmp_path, [], database_url=database_url))
        made = Office(town, at, space, socket)
        stack.callback(made.apps.stop)
        town.round()
        yield made


def leak(office: Office) -> None:
    office.town.says(LEAK)
    office.town.round()


def actions(office: Office) -> list[str]:
    blocks = office.space.cards[0].body["blocks"]
    return [e["action_id"] for block in blocks for e in block.get("elements", ()) if "action_id" in e]


def test_a_press_takes_and_judges_and_the_card_shows_it(office: Office) -> None:
    call = office.socket.connected()
    leak(office)
    assert actions(office) == ["take", "call", "verdict"]
    office.socket.press(call, pressed("take", "1"))
    assert office.told() == "U0ZHOU: Noted: it is yours. Everybody who was told hears so."
    assert office.story().alert.state is AlertState.ACKNOWLEDGED
    office.town.round()
    assert "taken by 周敏" in office.space.cards[0].shown
    assert actions(office) == ["call", "verdict"]
    office.socket.press(call, pressed("take", "1"))
    assert office.told() == "U0ZHOU: Somebody has taken it already."
    office.socket.press(call, pressed("call", "1"))
    assert office.told() == "U0ZHOU: Contact: 李助理 +86 10 5555 0100"
    office.socket.press(call, pressed("verdict", "1:leak"))
    assert office.told() == "U0ZHOU: Noted: leak."
    office.town.round()
    assert office.story().alert.verdict is Verdict.LEAK
    assert actions(office) == ["verdict"]
    office.socket.press(call, pressed("verdict", "1:leak"))
    assert office.told() == "U0ZHOU: It is judged already."
    assert (len(office.space.cards), office.space.cards[0].edits) == (1, 2)


@pytest.mark.parametrize("what", ["take", "verdict", "call"])
def test_a_press_by_somebody_unknown_is_only_seen(office: Office, what: str) -> None:
    call = office.socket.connected()
    leak(office)
    office.socket.press(call, pressed(what, "1:leak" if what == "verdict" else "1", user="U0WHO"))
    told = office.told()
    assert told.startswith("U0WHO: Noted that somebody here has seen it.")
    assert "U0WHO" in told
    assert "李助理" not in told
    story = office.story()
    assert (story.alert.state, story.alert.verdict) == (AlertState.OPEN, None)


def test_nobody_is_two_people_at_once(office: Office) -> None:
    call = office.socket.connected()
    leak(office)
    two = Roster(team=(*ROSTER.team, Member("chen", "陈立", ids={"slack_app": "U0ZHOU"})))
    office.use("xapp-1-hush", roster=two)
    office.socket.press(call, pressed("take", "1"))
    assert "we do not know who you are" in office.told().lower()
    assert office.story().alert.state is AlertState.OPEN


def test_an_alert_that_is_not_there_is_said_to_be_none(office: Office) -> None:
    call = office.socket.connected()
    office.socket.press(call, pressed("take", "99"))
    assert office.told().startswith("U0ZHOU: This link leads nowhere")


def test_what_cannot_be_noted_now_is_said_so(office: Office) -> None:
    call = office.socket.connected()
    leak(office)
    rename(office, "alerts", "alerts_away")
    office.socket.press(call, pressed("take", "1"))
    assert office.told() == "U0ZHOU: We cannot note it now. Please press again in a minute."
    rename(office, "alerts_away", "alerts")
    office.socket.press(call, pressed("take", "1"))
    assert office.told().startswith("U0ZHOU: Noted: it is yours.")


def rename(office: Office, before: str, after: str) -> None:
    with office.town.store.write() as tx:
        tx.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")


def test_a_connection_that_breaks_is_made_again(office: Office) -> None:
    office.socket.connected().close()
    call = office.socket.connected()
    leak(office)
    office.socket.press(call, pressed("take", "1"))
    assert office.told().startswith("U0ZHOU: Noted")


def test_slack_renews_a_connection_when_it_likes(office: Office) -> None:
    office.socket.connected().send('{"type": "disconnect", "reason": "refresh_requested"}')
    call = office.socket.connected()
    leak(office)
    office.socket.press(call, pressed("take", "1"))
    assert office.told().startswith("U0ZHOU: Noted")


def test_another_token_is_another_connection(office: Office) -> None:
    first = office.socket.connected()
    office.space.app_token = "xapp-2-hush"
    office.use("xapp-2-hush")
    call = office.socket.connected()
    assert first.close_code is not None or first is not call
    leak(office)
    office.socket.press(call, pressed("take", "1"))
    assert office.told().startswith("U0ZHOU: Noted")


def test_a_reload_that_changes_nothing_of_it_keeps_the_connection(office: Office) -> None:
    call = office.socket.connected()
    office.use("xapp-1-hush")
    office.socket.press(call, pressed("take", "99"))
    assert office.socket.calls.empty()


def test_an_app_that_cannot_connect_is_an_incident_and_its_receivers_are_told_all_the_same(office: Office) -> None:
    office.socket.connected()
    office.space.app_token = "xapp-2-hush"
    office.use("xapp-3-hush")
    senses = Senses(lambda: None, list, office.town.clock.now(), office.apps.down_s)
    look_around(office.town.world, office.town.runtime, senses)
    assert open_incidents(office) == []
    office.town.clock.move(seconds=121)
    look_around(office.town.world, office.town.runtime, senses)
    assert open_incidents(office) == ["the app of comms is not connected: its buttons do not answer"]
    leak(office)
    assert len(office.space.cards) == 1
    office.use("xapp-2-hush")
    office.socket.press(office.socket.connected(), pressed("take", "1"))
    office.told()
    look_around(office.town.world, office.town.runtime, senses)
    assert open_incidents(office) == []


def test_the_service_connects_what_is_installed_and_leaves_it_when_it_stops(office: Office) -> None:
    office.socket.connected()
    office.apps.stop()
    service = Service(office.town.runtime, office.town.store, office.town.clock)
    service._install(office.town.runtime)
    call = office.socket.connected()
    leak(office)
    office.socket.press(call, pressed("take", "1"))
    assert office.told().startswith("U0ZHOU: Noted")
    assert service._senses.apps_down_s() == {}
    service._apps.stop()
    assert service._senses.apps_down_s() == {}
    service.world.client.close()


def open_incidents(office: Office) -> list[str]:
    with office.town.store.read() as tx:
        return told_on_health(status.open_incidents(tx))


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (pressed("take", "17"), Press(17, "take", "U0ZHOU")),
        (pressed("call", "17"), Press(17, "call", "U0ZHOU")),
        (pressed("verdict", "17:leak"), Press(17, "verdict", "U0ZHOU", Verdict.LEAK)),
        (pressed("verdict", "17:perhaps"), None),
        (pressed("verdict", "17"), None),
        (pressed("take", ""), None),
        (pressed("xYz9", ""), None),  # a button that opens a page
        ({**pressed("take", "17"), "actions": []}, None),
        ({**pressed("take", "17"), "user": None}, None),
        ({"type": "view_submission", "user": {"id": "U0ZHOU"}}, None),
        ({}, None),
    ],
)
def test_what_is_pressed_is_read_or_left(payload: dict[str, Any], wanted: Press | None) -> None:
    found = press_of(payload)
    assert found == (None if wanted is None else (CHANNEL, wanted))
