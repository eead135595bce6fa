"""The short form of the long life, and that what grows would be seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.day import Day
from tests.soak.measure import Sample, breaches, slope
from tests.soak.outside import Spec

YOUNG_MB = 60.0  # an hour: the first one fills what is remembered
CALM = [Sample(n / 4, 150.0 + n % 3, 14, 20, 4.0, n, 0) for n in range(97)]


@pytest.mark.timeout(300)
def test_an_hour_with_reloads_failures_and_polling_leaves_nothing_open(tmp_path: Path) -> None:
    said: list[str] = []
    day = Day(tmp_path, Spec(accounts=20, post_every_s=360.0), hours=1.0, said=said.append)
    assert day.live() == []
    assert breaches(day.samples, 0.5, YOUNG_MB) == []
    assert (len(day.samples), day.reloads, day.pages) == (4, 1, 180)
    assert day.samples[-1].posts > 150
    assert day.received > 0


@pytest.mark.parametrize(
    ("grown", "told"),
    [
        pytest.param(CALM, [], id="calm"),
        pytest.param(
            [replace(one, memory_mb=one.memory_mb + 1.2 * one.hour) for one in CALM],
            ["memory grows by 1.20 MB an hour"],
            id="memory",
        ),
        pytest.param(
            [replace(one, memory_mb=one.memory_mb + 40 * (one.hour < 6)) for one in CALM], [], id="memory at first only"
        ),
        pytest.param(
            [replace(one, files=14 + int(one.hour)) for one in CALM], ["files go from 20 to 38"], id="descriptors"
        ),
        pytest.param(
            [replace(one, threads=20 + int(one.hour)) for one in CALM], ["threads go from 26 to 44"], id="threads"
        ),
        pytest.param(
            [*CALM[:-1], replace(CALM[-1], wal_mb=64.0)], ["the log of the database grows to 64 MB"], id="log"
        ),
    ],
)
def test_what_grows_is_told(grown: list[Sample], told: list[str]) -> None:
    assert breaches(grown, warm_h=6.0) == told


def test_a_few_outliers_move_no_slope() -> None:
    points = [(float(n), 2.0 * n) for n in range(50)]
    points[7], points[30] = (7.0, 500.0), (30.0, -500.0)
    assert slope(points) == pytest.approx(2.0, abs=0.05)
