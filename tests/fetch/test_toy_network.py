"""A network more is a module, a line and a row: a toy one is configured, read and told like all others."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest

from monitor.config import Settings, load_config
from monitor.config.fields import Address, Key, Line
from monitor.config.shape import AccountTable, Home
from monitor.errors import ConfigError
from monitor.fetch import SOURCES
from monitor.fetch.asking import Asking
from monitor.fetch.entries import read_each
from monitor.fetch.shaping import Draft, dicts
from monitor.kinds import kinds
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, Page, ReadState
from monitor.net.client import Client
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.test_docs import untold_of_source
from tests.town import SECRET, Town

# --- the module --------------------------------------------------------------------------------------------------


class ToyTable(AccountTable):
    """A room of the toy network."""

    source: Literal["toy"]
    platform: Key = "toy"
    base: Address
    room: Line

    def home(self) -> Home:
        """The room."""
        return Home(self.room, f"{self.base}/rooms/{self.room}")


class ToySource:
    """Reads a room."""

    table = ToyTable

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: all that is said there."""
        asking = Asking(client, account, now)
        value, _ = asking.get_json(account.url)

        def post(said: dict[str, str]) -> FetchedPost:
            draft = Draft(account, said["id"], f"{account.url}/{said['id']}")
            draft.say(Origin.TEXT, said["text"])
            return draft.finish(said["at"], now)

        posts, broken = read_each(map(dict, dicts(value)), post)
        return Page(state, posts=posts, payloads=tuple(asking.payloads), broken=broken)


# --- the row -------------------------------------------------------------------------------------------------------

SECTION = """
## `toy`

**Needs.** A room. **Shows.** Texts. **Cannot show.** Anything else. **Limits.** None. **Cost.** None. **Terms.** None.

| key | |
|---|---|
| `base` | where it stands |
| `room` | the room |
"""

# -------------------------------------------------------------------------------------------------------------------

CONFIG = """
[[people]]
key = "lin"
name = "Lin Xiaozhou"
title = "GM"
purpose = "proof"

  [[people.accounts]]
  source = "toy"
  base = "BASE"
  room = "7"
  poll_every = "1m"
  allow_private_network = true
"""


class ToyTown(Town):
    """The person is configured in config.toml, and talks in a room of the toy network."""

    def _settings(self) -> Settings:
        config = self.folder / "config.toml"
        config.write_text(CONFIG.replace("BASE", self.site.url("")), encoding="utf-8")
        return replace(super()._settings(), people=load_config(config, {}, kinds()).people)


@pytest.fixture
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "toy", ToySource())


def said_in_the_room(town: Town, *texts: str) -> Reply:
    at = town.clock.now().isoformat()
    return Reply(200, json.dumps([{"id": text[-1], "text": text, "at": at} for text in texts]).encode())


@pytest.mark.usefixtures("_registered")
def test_a_toy_network_is_configured_read_and_told(tmp_path: Path, database_url: str) -> None:
    with ScriptedReceiver() as desk, ToyTown(tmp_path, [("desk", desk)], database_url=database_url) as town:
        town.site.routes["/rooms/7"] = said_in_the_room(town, "今天跑了十公里 1")
        town.round()
        town.site.routes["/rooms/7"] = said_in_the_room(town, "今天跑了十公里 1", "明天来看云雀9，房间 2")
        town.round()
        town.round()
        (got,) = desk.received
    message = got.check_as_of_then(SECRET)
    assert (message["type"], message["data"]["platform"]) == ("alert.opened", "toy")
    assert message["data"]["post"]["url"].endswith("/rooms/7/2")


@pytest.mark.usefixtures("_registered")
def test_the_pages_must_tell_of_it() -> None:
    assert untold_of_source("toy", "# Sources\n") == ["## `toy`"]
    assert untold_of_source("toy", SECTION.replace("| `room` |", "").replace("**Cost.**", "")) == [
        "| `room` |",
        "**Cost.**",
    ]
    assert untold_of_source("toy", SECTION) == []


def test_without_its_line_it_is_unknown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.replace("BASE", "https://toy.example"), encoding="utf-8")
    with pytest.raises(ConfigError, match="source"):
        load_config(config, {}, kinds())
