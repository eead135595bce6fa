"""The post of our own: it goes the whole path, the heartbeat is asked only then, and nothing of it stays."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from monitor.match import Matcher
from monitor.model.canary import KEY, SECRET, Heartbeat, with_canary
from monitor.model.findings import Evaluation
from monitor.model.posts import Part
from monitor.pipeline import Runtime, fetch_due, match_new
from monitor.service import Service
from monitor.store import accounts, outbox, schema, status
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.town import Town

TABLES = (
    *(schema.posts, schema.revisions, schema.findings, schema.alerts, schema.alert_events, schema.sightings),
    *(schema.deliveries, schema.attempts, schema.payloads, schema.gaps, schema.audit, schema.rescans),
)


@dataclass
class Watched:
    """A town whose service posts the canary; the monitor behind the heartbeat is a page of its site."""

    town: Town
    service: Service

    @property
    def beats(self) -> int:
        return [asked.path for asked in self.town.site.asked].count("/beat")

    def kinds(self) -> list[str]:
        with self.town.store.read() as tx:
            return [incident.kind for incident in status.open_incidents(tx)]

    def look(self) -> None:
        self.service._tick("look-out", self.service._look_around)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with ExitStack() as stack:
        ops = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(Town(tmp_path, [("ops", ops)]))
        town.site.routes["/beat"] = Reply(200)
        heartbeat = Heartbeat(300.0, town.site.url("/beat"), allow_private_network=True)
        settings = replace(town.runtime.settings, heartbeat=heartbeat)
        town.runtime = Runtime(settings, town.book, Matcher(with_canary(town.book)), has_canary=True)
        service = Service(town.runtime, town.store, town.clock)
        service._install(town.runtime)
        yield Watched(town, service)


def test_the_heartbeat_is_asked_each_time_that_the_canary_came_through(watched: Watched) -> None:
    watched.town.round()
    assert watched.beats == 1
    watched.town.round()
    assert watched.beats == 1
    for _ in range(3):
        watched.town.round(minutes=6)
        watched.look()
    assert (watched.beats, watched.kinds()) == (4, [])
    assert watched.service.health().problems == ()


def test_of_self_tests_those_that_came_through_are_counted_by_the_hour(watched: Watched) -> None:
    watched.town.round()
    watched.town.round(minutes=6)
    watched.town.round(hours=1)
    with watched.town.store.write() as tx:
        accounts.make_due(tx, [KEY], watched.town.clock.now())
    for future in fetch_due(watched.town.world, watched.town.runtime, watched.town.pool):
        future.result()
    watched.town.clock.move(minutes=3)
    watched.look()
    with watched.town.store.read() as tx:
        counted = tx.execute(select(*schema.selftests.c["hour_at", "passed", "failed"])).all()
    assert [(row.hour_at.hour, row.passed, row.failed) for row in counted] == [(12, 2, 0), (13, 1, 1)]


def test_nothing_of_it_stays_and_no_count_knows_it(watched: Watched) -> None:
    before = {table.name: count(watched.town, table) for table in TABLES}
    watched.town.answer = Reply(304)
    watched.town.round()
    assert watched.beats == 1
    assert {table.name: count(watched.town, table) for table in TABLES} == before
    with watched.town.store.read() as tx:
        counts = status.counts(tx, watched.town.clock.now())
        assert [account.key for account in status.account_list(tx)] == ["lin-notes"]
    assert (counts.accounts, counts.receivers, counts.deliveries) == ({"ok": 1}, {"ok": 1}, {})
    assert dict(watched.town.receivers)["ops"].received == []


def test_while_it_is_on_its_way_it_is_in_no_list_either(watched: Watched) -> None:
    town = watched.town
    for future in fetch_due(town.world, town.runtime, town.pool):
        future.result()
    match_new(town.world, town.runtime)
    with town.store.read() as tx:
        counts = status.counts(tx, town.clock.now())
        assert (counts.revisions, counts.deliveries, counts.alerts) == ({}, {}, {})
        assert outbox.list_deliveries(tx) == []
    assert (count(town, schema.alerts), count(town, schema.findings)) == (0, 0)


@pytest.mark.parametrize("stage", ["fetch", "match", "deliver"])
def test_a_path_that_is_broken_anywhere_is_an_incident_and_no_heartbeat(watched: Watched, stage: str) -> None:
    town = watched.town
    if stage != "fetch":
        for future in fetch_due(town.world, town.runtime, town.pool):
            future.result()
    if stage == "deliver":
        match_new(town.world, town.runtime)
    town.clock.move(minutes=7, seconds=1)
    watched.look()
    assert (watched.kinds(), watched.beats) == (["canary_lost"], 0)
    assert watched.service.health().problems[-1] == f"the canary did not come through (stage: {stage})"
    town.round(minutes=1)
    town.round(minutes=6)
    assert watched.kinds() == []
    assert watched.beats >= 1


def test_a_command_that_does_not_know_it_leaves_it_alone(watched: Watched) -> None:
    town = watched.town
    without = replace(town.runtime, has_canary=False)
    with town.store.write() as tx:
        accounts.sync_people(tx, without.settings.people, town.clock.now())
    for future in fetch_due(town.world, without, town.pool):
        future.result()
    assert count(town, schema.posts) == 0
    town.round()
    assert watched.beats == 1


def test_a_text_of_ours_that_cannot_be_judged_is_no_post_for_people(watched: Watched) -> None:
    town = watched.town
    town.runtime = replace(town.runtime, matcher=FailingMatcher(town.book))
    for _ in range(4):
        town.round(seconds=31)
    assert count(town, schema.revisions) == 1
    assert watched.kinds() == []
    town.clock.move(minutes=6)
    watched.look()
    assert (watched.kinds(), count(town, schema.revisions)) == (["canary_lost"], 0)


class FailingMatcher(Matcher):
    """Fails on every text."""

    def evaluate(self, parts: Sequence[Part], **beside: Any) -> Evaluation:
        raise ValueError(*beside, *parts)


def test_one_that_comes_too_late_proves_nothing(watched: Watched) -> None:
    town = watched.town
    for future in fetch_due(town.world, town.runtime, town.pool):
        future.result()
    town.round(minutes=3)
    assert (watched.beats, count(town, schema.deliveries)) == (0, 0)


def test_a_monitor_that_does_not_answer_is_told_of_after_three_times(watched: Watched) -> None:
    watched.town.site.routes["/beat"] = Reply(503)
    kinds = []
    for _ in range(3):
        watched.town.round(minutes=6)
        kinds.append(watched.kinds())
    assert kinds == [[], [], ["heartbeat_failed"]]
    watched.town.site.routes["/beat"] = Reply(204)
    watched.town.round(minutes=6)
    assert watched.kinds() == []


def test_without_an_address_the_path_is_watched_all_the_same(watched: Watched) -> None:
    town = watched.town
    settings = replace(town.runtime.settings, heartbeat=Heartbeat())
    town.runtime = replace(town.runtime, settings=settings)
    watched.service._install(town.runtime)
    town.round()
    town.clock.move(minutes=8)
    watched.look()
    assert (watched.kinds(), watched.beats) == (["canary_lost"], 0)


def test_whoever_else_writes_its_word_gives_nothing_away(watched: Watched) -> None:
    watched.town.round()
    watched.town.says(f"{SECRET} is a word like any other")
    watched.town.round()
    assert count(watched.town, schema.alerts) == 0


def test_the_rule_book_stays_the_one_of_the_files(watched: Watched) -> None:
    book = watched.town.book
    assert (with_canary(book).hash, KEY in book.products) == (book.hash, False)


def count(town: Town, table: Table) -> int:
    with town.store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table)).scalar_one())
