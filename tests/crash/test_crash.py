"""Kills at random and each crash point once, on both databases: every invariant holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import on_postgres
from tests.crash.harness import BACK_S, POINTS, Harness
from tests.crash.upgrading import OLDER, die_in_every_upgrade
from tests.postgres import Server


@pytest.mark.timeout(420)
def test_twenty_random_kills_lose_nothing(tmp_path: Path, file_url: str) -> None:
    harness = Harness(tmp_path, 20301, file_url)
    for _ in range(20):
        harness.kill_at_random()
    report = harness.settle()
    assert report.broken == []
    assert report.posts > 150
    assert report.receipts > 30


@pytest.mark.timeout(420)
@on_postgres
def test_kills_restarts_and_two_services_on_postgresql_lose_nothing(tmp_path: Path) -> None:
    server = Server(durable=True)
    harness = Harness(tmp_path, 20302, server.make())
    harness.work_side_by_side(5.0)
    assert harness.sink.receipts
    assert all(len(got) == 1 for got in harness.sink.receipts.values())
    for _ in range(8):
        harness.kill_at_random()
    for _ in range(2):
        harness.kill_one_of_two()
    harness.outlive(server.restart_at_once, times=3)
    report = harness.settle()
    server.stop()
    assert report.broken == []
    assert (report.kills, len(report.back_s)) == (13, 3)
    assert max(report.back_s) < BACK_S
    assert report.posts > 50


@pytest.mark.timeout(420)
def test_a_crash_at_each_point_of_the_path_loses_nothing(tmp_path: Path, database_url: str) -> None:
    harness = Harness(tmp_path, 7, database_url)
    for point in POINTS:
        harness.die_at(point)
    harness.die_unanswered()
    report = harness.settle()
    assert report.broken == []
    assert report.points == [*POINTS, "C8"]


@pytest.mark.timeout(420)
def test_a_crash_beside_the_path_loses_nothing(tmp_path: Path, database_url: str, empty_url: Callable[[], str]) -> None:
    harness = Harness(tmp_path, 13, database_url, empty_url)
    for nth in (1, 2):
        harness.die_in_reload(nth)
        harness.die_in_purge(nth)
    for nth in (1, 2, 3):
        harness.die_in_backup(nth)
    harness.die_by_post()
    report = harness.settle()
    assert report.broken == []
    assert report.points == ["C10", "C12", "C10", "C12", "C13", "C13", "C13", "C5"]
    assert report.restored > 0


@pytest.mark.parametrize("rows", OLDER, ids=[path.stem for path in OLDER])
def test_an_upgrade_that_dies_leaves_the_old_tables_or_the_new(empty_url: Callable[[], str], rows: Path) -> None:
    assert die_in_every_upgrade(empty_url, rows) >= 1
