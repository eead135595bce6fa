"""Thirty kills at random and each crash point once: every invariant holds."""

from pathlib import Path

import pytest

from tests.crash.harness import Harness


@pytest.mark.timeout(420)
def test_thirty_random_kills_lose_nothing(tmp_path: Path) -> None:
    harness = Harness(tmp_path, seed=20301)
    for _ in range(30):
        harness.kill_at_random()
    report = harness.settle()
    assert report.broken == []
    assert report.posts > 200
    assert report.receipts > 40


@pytest.mark.timeout(300)
def test_a_crash_at_each_point_loses_nothing(tmp_path: Path) -> None:
    harness = Harness(tmp_path, seed=7)
    for point in ("C1", "C2", "C3", "C4", "C6", "C7", "C9"):
        harness.die_at(point)
    harness.die_unanswered()
    report = harness.settle()
    assert report.broken == []
    assert report.points == ["C1", "C2", "C3", "C4", "C6", "C7", "C9", "C8"]
