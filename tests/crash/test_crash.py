"""Kills at random and each crash point once, on both databases: every invariant holds."""

from pathlib import Path

import pytest

from tests.conftest import on_postgres
from tests.crash.harness import BACK_S, Harness
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
    for _ in range(6):
        harness.kill_at_random()
    for _ in range(2):
        harness.kill_one_of_two()
    harness.outlive(server.restart_at_once, times=3)
    report = harness.settle()
    server.stop()
    assert report.broken == []
    assert (report.kills, len(report.back_s)) == (11, 3)
    assert max(report.back_s) < BACK_S
    assert report.posts > 50


@pytest.mark.timeout(420)
def test_a_crash_at_each_point_loses_nothing(tmp_path: Path, database_url: str) -> None:
    harness = Harness(tmp_path, 7, database_url)
    for point in ("C1", "C2", "C3", "C4", "C6", "C7", "C9"):
        harness.die_at(point)
    harness.die_unanswered()
    report = harness.settle()
    assert report.broken == []
    assert report.points == ["C1", "C2", "C3", "C4", "C6", "C7", "C9", "C8"]
