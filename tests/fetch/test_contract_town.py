"""The contract where it is about what is kept and told: every network, read, stored, judged and told by real stages."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from monitor.config import Settings
from monitor.pipeline import fetch_due, match_new
from monitor.store.schema import sightings
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.fetch.networks import NETWORKS, Can, those
from tests.fetch.networks.town import NetworkTown
from tests.store.invariants import broken_invariants

EVERY = list(NETWORKS)
LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"
MakeTown = Callable[..., NetworkTown]


@pytest.fixture
def make_town(tmp_path: Path, file_url: str) -> Iterator[MakeTown]:
    with ExitStack() as stack:

        def make(*names: str, kind: type[NetworkTown] = NetworkTown, url: str = file_url, **keys: Any) -> NetworkTown:
            desk = ("desk", stack.enter_context(ScriptedReceiver()))
            kinds = {name: NETWORKS[name] for name in names}
            town = kind(tmp_path, [desk], database_url=url, kinds=kinds, keys=dict.fromkeys(names, keys))
            return stack.enter_context(town)

        yield make


def at(town: NetworkTown, **ago: float) -> datetime:
    return town.clock.now() - timedelta(**ago)


def seen_before(town: NetworkTown, name: str = "") -> None:
    """A post that was there at the first read."""
    town.network(name).publish(CLEAN, at(town, minutes=1))
    town.round()


def openings(town: NetworkTown) -> list[dict[str, Any]]:
    """Every alert that was opened, told alone or in a digest, in the order of telling."""
    found = []
    for message in town.told():
        inside = message["data"]["alerts"] if message["type"] == "digest" else [message]
        found += [each["data"] for each in inside if each["type"] == "alert.opened"]
    return found


def broken(town: NetworkTown) -> list[str]:
    with town.store.read() as tx:
        return broken_invariants(tx, told=["desk"])


# --- 2: after a downtime ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_after_a_day_of_silence_nothing_is_missed_without_a_word(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    size = town.network().page_size
    made = [
        town.network().publish(f"{LEAK} {n}" if n % 9 == 0 else f"{CLEAN} {n}", town.clock.now() + timedelta(minutes=n))
        for n in range(1, size + size // 2)
    ]
    town.round(hours=24)
    town.round()
    town.round()
    stored = set(town.stored())
    missing = [post for post in made if town.network().native_id(post) not in stored]
    assert bool(missing) is (Can.PAGE not in town.network().can)
    gaps = town.gaps()
    assert all(any(gap.from_at <= post.made_at <= gap.to_at for gap in gaps) for post in missing)
    assert bool(gaps) is bool(missing)
    leaks = [post for post in made if LEAK in post.text and post not in missing]
    assert len(openings(town)) == len(leaks)
    assert broken(town) == []


@pytest.mark.parametrize("name", those(Can.PAGE))
def test_a_limit_that_is_reached_is_a_gap(make_town: MakeTown, name: str) -> None:
    town = make_town(name, pages=1 if name in ("x", "bluesky") else 2)
    seen_before(town)
    size = town.network().page_size
    made = [
        town.network().publish(f"{CLEAN} {n}", town.clock.now() + timedelta(minutes=n)) for n in range(1, 2 * size + 2)
    ]
    town.round(hours=24)
    stored = set(town.stored())
    missing = [post for post in made if town.network().native_id(post) not in stored]
    (gap,) = town.gaps()
    assert missing
    assert all(gap.from_at <= post.made_at <= gap.to_at for post in missing)
    assert town.network().native_id(made[-1]) in stored


@pytest.mark.parametrize("name", EVERY)
def test_what_came_together_is_told_in_the_order_in_which_it_was_said(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    for n in range(4):
        town.network().publish(f"{LEAK} {n}", town.clock.now() + timedelta(seconds=10 * n))
    town.round()
    said = [told["published_at"] for told in openings(town)]
    assert len(said) == 4
    assert said == sorted(said)


# --- 3: one post by two sources -----------------------------------------------------------------------------------


class TwiceTown(NetworkTown):
    """The same place is read by two accounts."""

    def _settings(self) -> Settings:
        settings = super()._settings()
        (person,) = settings.people
        (one,) = person.accounts
        twin = replace(one, key="twin", native_id=f"{one.native_id}-twin")
        return replace(settings, people=(replace(person, accounts=(one, twin)),))


# A feed that counts its posts 1, 2, 3 says of no other feed's that they are the same.
ONE_IDENTITY = [name for name in EVERY if name != "jsonfeed"]


@pytest.mark.parametrize("name", ONE_IDENTITY)
def test_one_post_by_two_sources_is_one_post_and_one_alert(make_town: MakeTown, name: str) -> None:
    town = make_town(name, kind=TwiceTown)
    seen_before(town)
    leak = town.network().publish(LEAK, at(town))
    town.round()
    town.round()
    assert town.stored().count(town.network().native_id(leak)) == 1
    assert len(town.rows(sightings.c.post_id, sightings.c.post_id)) == 4
    assert town.types() == ["alert.opened"]


# --- 4, 5: edits and deletions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", those(Can.EDIT))
def test_an_edit_into_a_leak_and_out_of_it_is_told(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    post = town.network().publish(CLEAN, at(town))
    town.round()
    post = town.network().edit(post, LEAK, at(town))
    town.round()
    town.network().edit(post, CLEAN + "！", at(town))
    town.round()
    assert town.types() == ["alert.opened", "alert.corrected"]
    assert town.stored().count(town.network().native_id(post)) == 1
    assert len(town.stored()) == 2


@pytest.mark.parametrize("name", those(Can.EDIT, Can.ASK))
def test_an_edit_of_a_flagged_post_below_the_first_page_is_told(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    leak = town.network().publish(LEAK, at(town))
    town.round()
    for n in range(town.network().page_size + 1):
        town.network().publish(f"{CLEAN} {n}", town.clock.now() + timedelta(seconds=n / 9))
    town.round()
    town.network().edit(leak, CLEAN, at(town))
    for _ in range(3):
        town.round()
    assert town.types() == ["alert.opened", "alert.corrected"]
    assert town.gaps() == []


@pytest.mark.parametrize("name", EVERY)
def test_a_leak_that_is_taken_down_is_told_and_leaves_no_gap(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    for n in range(5):
        town.network().publish(f"{CLEAN} {n}", town.clock.now() + timedelta(seconds=n))
    town.round()
    leak = town.network().publish(LEAK, at(town))
    town.round()
    town.network().delete(leak)
    town.network().publish(CLEAN, at(town))
    for _ in range(5):
        town.round()
    assert town.types() == ["alert.opened", "alert.gone"]
    assert town.gaps() == []
    assert broken(town) == []


# --- 13, 17: odd answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", those(Can.EMPTY))
def test_an_empty_list_where_posts_were_is_suspected(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    town.network().posts.clear()
    town.round()
    assert town.detail().startswith("suspect_empty")


UNSTORABLE = [pytest.param(f"{LEAK}\x00 {CLEAN}", id="NUL"), pytest.param(f"{LEAK} \ud800", id="lone surrogate")]


@pytest.mark.parametrize("text", UNSTORABLE)
@pytest.mark.parametrize("name", those(Can.JSON))
def test_what_databases_cannot_hold_is_kept_and_told(make_town: MakeTown, name: str, text: str) -> None:
    town = make_town(name)
    seen_before(town)
    town.network().publish(text, at(town))
    town.network().publish(LEAK, at(town))
    town.round()
    assert town.types() == ["alert.opened"] * 2
    assert len(town.stored()) == 3


# --- 19, 20: first reads and clocks -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_the_first_read_pages_nobody(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    for days in (9, 5, 2):
        town.network().publish(LEAK, at(town, days=days))
    town.round()
    assert town.types() == []
    town.round()
    assert town.types() == ["digest"]
    assert [told["found"] for told in openings(town)] == ["baseline"] * 3
    town.network().publish(LEAK, at(town))
    town.round()
    assert town.types() == ["digest", "alert.opened"]


@pytest.mark.parametrize("hours", [-5, 5])
@pytest.mark.parametrize("name", EVERY)
def test_a_clock_of_ours_that_was_wrong_by_hours_loses_and_doubles_nothing(
    make_town: MakeTown, name: str, hours: int
) -> None:
    town = make_town(name)
    true_now = town.clock.at
    town.clock.at = true_now + timedelta(hours=hours)
    town.settle_again()
    town.network().publish(CLEAN, true_now - timedelta(minutes=9))
    town.round()
    while_wrong = town.network().publish(f"{LEAK} 1", true_now + timedelta(minutes=1))
    town.round()
    town.clock.at = true_now + timedelta(minutes=3)
    town.round()
    town.network().publish(f"{LEAK} 2", town.clock.now())
    town.round()
    town.round()
    town.round()
    assert town.network().native_id(while_wrong) in town.stored()
    assert len(openings(town)) == 2
    assert openings(town)[-1]["found"] == "live"
    assert town.types()[-1] == "alert.opened"
    assert broken(town) == []


# --- 21: neighbours, and reads that end in the middle -----------------------------------------------------------------


def test_one_that_fails_delays_no_other(make_town: MakeTown) -> None:
    town = make_town(*EVERY)
    for name in EVERY:
        town.network(name).publish(CLEAN, at(town, minutes=1))
    town.round()
    for number, failing in enumerate(EVERY):
        told = len(openings(town))
        town.network(failing).instead = Reply(503)
        for name in EVERY:
            town.network(name).publish(f"{LEAK} {number}", at(town))
        town.round()
        assert len(openings(town)) >= told + len(EVERY) - 1 - (number > 0)
        town.network(failing).instead = None
    for _ in range(4):
        town.round(minutes=4)
    assert len(openings(town)) == len(EVERY) ** 2
    assert broken(town) == []


@pytest.mark.parametrize("hanging", EVERY)
def test_one_that_hangs_delays_no_other(make_town: MakeTown, hanging: str) -> None:
    town = make_town(*EVERY)
    for name in EVERY:
        town.network(name).publish(CLEAN, at(town, minutes=1))
    town.round()
    for name in EVERY:
        town.network(name).publish(LEAK, at(town))
    over = Event()

    def hangs(_: Any) -> Reply:
        over.wait(60)
        return Reply(503)

    town.network(hanging).instead = hangs
    town.clock.move(seconds=61)
    waiting = set(fetch_due(town.world, town.runtime, town.pool))
    assert len(waiting) == len(EVERY)
    while len(waiting) > 1:
        _, waiting = wait(waiting, timeout=30, return_when=FIRST_COMPLETED)
    while match_new(town.world, town.runtime):
        pass
    assert len(town.stored()) == 2 * len(EVERY) - 1
    over.set()
    wait(waiting)


@pytest.mark.parametrize("name", those(Can.PAGE))
def test_a_read_that_ends_in_the_middle_loses_and_doubles_nothing(make_town: MakeTown, name: str) -> None:
    town = make_town(name)
    seen_before(town)
    size = town.network().page_size
    made = [
        town.network().publish(f"{LEAK if n % 9 == 0 else CLEAN} {n}", town.clock.now() + timedelta(minutes=n))
        for n in range(1, size + 9)
    ]
    town.network().behind = Reply(503)
    town.round(hours=24)
    town.network().behind = None
    for _ in range(5):
        town.round()
    stored = set(town.stored())
    missing = [post for post in made if town.network().native_id(post) not in stored]
    gaps = town.gaps()
    assert all(any(gap.from_at <= post.made_at <= gap.to_at for gap in gaps) for post in missing)
    assert (missing == []) is (name != "weibo")  # which never shows visitors more than its first page
    assert len(openings(town)) == sum(LEAK in post.text for post in made if post not in missing)
    assert broken(town) == []
