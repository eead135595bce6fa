"""The path of a post, as timelines: what is published, what the receivers get, and when."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from monitor.match import Matcher
from monitor.model.findings import Evaluation
from monitor.model.messages import DeliveryState, Disclosure
from monitor.model.posts import Part
from monitor.pipeline import deliver_due
from monitor.runtime import Runtime
from monitor.store import outbox
from monitor.store.schema import accounts, gaps, posts, revisions
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.store.invariants import broken_invariants
from tests.town import RULES, SECRET, SIGN_IN_PAGE, Town

LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"
MakeTown = Callable[..., Town]


@pytest.fixture
def make_town(tmp_path: Path, database_url: str) -> Iterator[MakeTown]:
    with ExitStack() as stack:

        def make(*keys: str) -> Town:
            found = [(key, stack.enter_context(ScriptedReceiver())) for key in keys or ("desk",)]
            return stack.enter_context(Town(tmp_path, found, database_url=database_url))

        yield make


def told(town: Town, key: str = "desk") -> list[str]:
    """The types of the messages that this receiver got, each signature checked."""
    return [message["type"] for message in messages(town, key)]


def messages(town: Town, key: str = "desk") -> list[dict[str, Any]]:
    receiver = dict(town.receivers)[key]
    return [got.check_as_of_then(SECRET) for got in receiver.received]


def broken(town: Town) -> list[str]:
    with town.store.read() as tx:
        return broken_invariants(tx, told=[k for k, _ in town.receivers if not k.startswith("ops")])


def count(town: Town, table: Any) -> int:
    with town.store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize(("source", "reduced"), [("feed", False), ("rsshub", True)])
def test_what_was_read_at_second_hand_is_told_as_such(make_town: MakeTown, source: str, *, reduced: bool) -> None:
    town = make_town()
    town.round()
    town.says(LEAK)
    with town.store.write() as tx:
        tx.execute(update(accounts).values(source=source))
    town.round()
    (message,) = messages(town)
    assert message["data"]["reduced"] == reduced
    assert ("Reduced evidence" in message["data"]["text"]) == reduced


def test_a_leak_is_told_once_and_a_harmless_post_not_at_all(make_town: MakeTown) -> None:
    town = make_town()
    town.round()
    town.says(LEAK)
    town.says(CLEAN)
    town.round()
    town.round()
    assert told(town) == ["alert.opened"]
    assert (count(town, posts), count(town, revisions)) == (2, 2)
    assert broken(town) == []


def test_a_second_round_asks_conditionally_and_stores_nothing(make_town: MakeTown) -> None:
    town = make_town()
    town.says(CLEAN)
    town.round()
    town.round()
    assert "if-none-match" in town.site.asked[-1].headers
    assert count(town, revisions) == 1


def test_an_edit_into_a_leak_and_out_of_it_again(make_town: MakeTown) -> None:
    town = make_town()
    town.round()
    town.says(CLEAN)
    town.round()
    for text in (LEAK, CLEAN, LEAK):
        town.edits(text)
        town.round()
    assert told(town) == ["alert.opened", "alert.corrected", "alert.added"]
    assert [m["data"]["seq"] for m in messages(town)] == [1, 2, 3]
    assert count(town, revisions) == 2
    assert broken(town) == []


def test_what_was_posted_before_we_watched_is_one_digest_and_pages_nobody(make_town: MakeTown) -> None:
    town = make_town()
    for _ in range(3):
        town.says(LEAK, date_published=(town.clock.now() - timedelta(days=9)).isoformat())
    town.round()
    assert told(town) == []
    town.round()
    assert told(town) == ["digest"]
    assert len(messages(town)[0]["data"]["alerts"]) == 3
    assert broken(town) == []


def test_after_the_lift_the_same_words_are_no_leak(make_town: MakeTown) -> None:
    town = make_town()
    town.round()
    town.says(LEAK, date_published="2030-06-18T10:59:59Z")
    town.clock.at = datetime.fromisoformat("2030-06-18T11:00:00Z")
    town.says(LEAK)
    town.round()
    assert told(town) == ["alert.opened"]


def test_blindness_is_announced_ends_and_what_was_missed_is_found_late(make_town: MakeTown) -> None:
    town = make_town("desk", "ops")
    town.says(CLEAN)
    town.round()
    town.answer = SIGN_IN_PAGE
    town.round()
    assert told(town, "ops") == ["incident.opened"]
    town.says(LEAK)
    town.round(minutes=10)
    town.answer = None
    town.round(minutes=70)
    assert told(town, "ops") == ["incident.opened", "incident.closed"]
    town.round(minutes=2)
    assert told(town) == ["digest"]
    assert "found late" in messages(town)[0]["data"]["text"]
    with town.store.read() as tx:
        (gap,) = tx.execute(select(gaps)).all()
    assert (gap.to_at is not None, gap.filled_at is not None) == (True, True)


def test_an_account_that_suddenly_shows_nothing_is_suspected(make_town: MakeTown) -> None:
    town = make_town("desk", "ops")
    town.says(CLEAN)
    town.round()
    town.posts.clear()
    town.round()
    assert told(town, "ops") == ["incident.opened"]


def test_a_receiver_that_is_down_gets_everything_later_and_delays_nobody(make_town: MakeTown) -> None:
    town = make_town("desk", "legal")
    desk = dict(town.receivers)["desk"]
    desk.answer_with(Reply(503))
    town.round()
    for _ in range(3):
        town.says(LEAK)
        town.round()
    assert told(town, "legal") == ["alert.opened"] * 3
    desk.answer_with(Reply(204))
    desk.received.clear()
    town.round(minutes=20)
    assert sorted(set(desk.message_ids)) == sorted(desk.message_ids)
    assert told(town) == ["alert.opened"] * 3
    assert broken(town) == []


def test_every_attempt_carries_the_same_id_and_body(make_town: MakeTown) -> None:
    town = make_town()
    desk = dict(town.receivers)["desk"]
    desk.answer_with(Reply(500))
    town.round()
    town.says(LEAK)
    for _ in range(4):
        town.round(minutes=30)
    assert len(desk.received) == 4
    assert len(set(desk.message_ids)) == len({got.body for got in desk.received}) == 1
    assert len({got.headers["webhook-timestamp"] for got in desk.received}) == 4


@pytest.mark.parametrize(
    ("change", "type_of", "tells_the_post"),
    [
        pytest.param({"show": Disclosure.MINIMAL}, "application/json", False, id="told less"),
        pytest.param({"format": "wecom", "secrets": ()}, "application/json", True, id="another format"),
    ],
)
def test_a_body_that_was_made_for_another_reader_is_made_anew(
    make_town: MakeTown, change: dict[str, Any], type_of: str, *, tells_the_post: bool
) -> None:
    town = make_town()
    desk = dict(town.receivers)["desk"]
    desk.answer_with(Reply(500))
    town.round()
    town.says(LEAK)
    town.round()
    (receiver,) = town.runtime.settings.receivers
    settings = replace(town.runtime.settings, receivers=(replace(receiver, **change),))
    town.runtime = Runtime(settings, town.book, town.runtime.matcher)
    desk.received.clear()
    desk.answer_with(Reply(200, body=b'{"errcode":0}'))
    town.round(minutes=30)
    (got,) = desk.received
    assert got.headers["content-type"] == type_of
    assert ("云雀9" in got.body.decode().replace("\u200b", "")) == tells_the_post


class PoisonedMatcher(Matcher):
    """Cannot stand one text."""

    def evaluate(self, parts: Sequence[Part], **beside: Any) -> Evaluation:
        if any("poison" in part.text for part in parts):
            raise ValueError
        return super().evaluate(parts, **beside)


def test_a_poisonous_post_is_set_aside_and_its_neighbours_go_on(make_town: MakeTown) -> None:
    town = make_town("desk", "ops")
    town.runtime = type(town.runtime)(town.runtime.settings, town.book, PoisonedMatcher(town.book))
    town.round()
    town.says("poison")
    town.says(LEAK)
    for _ in range(4):
        town.round()
    assert told(town) == ["alert.opened"]
    assert [m["data"]["kind"] for m in messages(town, "ops")] == ["quarantine"]


RUNS_AWAY = """
[[rules]]
id = "runs-away"
label = "Long words"
kinds = ["pattern"]
severity = "high"
pattern = '(?:x|xx)+$'
timeout_ms = 5
examples.match = ["xxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]
"""


def test_a_rule_that_runs_away_is_set_aside_by_name_and_what_it_missed_is_judged_when_it_is_mended(
    make_town: MakeTown,
) -> None:
    town = make_town("desk", "ops")
    town.use_rules(RULES + RUNS_AWAY)
    town.round()
    for n in range(5):
        town.says(f"{LEAK} {n} " + "x" * 60 + " y")
        town.round()
    assert told(town) == ["alert.opened"] * 5
    assert [(m["data"]["kind"], m["data"]["subject"]) for m in messages(town, "ops")] == [
        ("partial", "all.toml:18"),
        ("rule_set_aside", "all.toml:18"),
    ]
    town.use_rules(RULES + RUNS_AWAY.replace("(?:x|xx)+$", "x{60}"))
    town.round()
    town.round()
    (digest,) = messages(town)[5:]
    assert [told["data"]["product"]["label"] for told in digest["data"]["alerts"]] == ["Long words"] * 5
    assert [m["type"] for m in messages(town, "ops")] == ["incident.opened"] * 2 + ["incident.closed"] * 2
    assert broken(town) == []


def test_a_message_that_names_no_secret_product_key_or_rule(make_town: MakeTown) -> None:
    town = make_town()
    town.round()
    town.says(LEAK)
    town.round()
    (got,) = dict(town.receivers)["desk"].received
    assert b"yunque-9" not in got.body
    assert b"unreleased-name" not in got.body


def test_a_receiver_that_a_reload_is_just_adding_waits_for_no_lease(make_town: MakeTown) -> None:
    town = make_town()
    town.round()
    after = town.runtime
    town.says(LEAK)
    town.round()
    with town.store.write() as tx:
        outbox.replay(tx, now=town.clock.now(), receiver="desk", state=DeliveryState.DELIVERED)
    before = len(told(town))
    town.runtime = Runtime(replace(after.settings, receivers=()), town.book, after.matcher)
    wait(deliver_due(town.world, town.runtime, town.pool))
    town.runtime = after
    town.clock.move(seconds=2)
    wait(deliver_due(town.world, town.runtime, town.pool))
    assert len(told(town)) == before + 1
