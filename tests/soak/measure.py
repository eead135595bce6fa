"""What is looked at every quarter of a simulated hour, and what must not grow. Pure, but for `sample`."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from threading import active_count
from typing import Final

MOST_SLOPE_MB: Final = 1.0  # of memory, in a simulated hour
MOST_WAL_MB: Final = 64.0
SPARE_FILES: Final = 4  # a read or a page that is under way while we look
SPARE_THREADS: Final = 2
MEGABYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at one instant of the simulated day."""

    hour: float
    memory_mb: float
    files: int
    threads: int
    wal_mb: float
    posts: int
    alerts: int


def sample(hour: float, database: Path, posts: int, alerts: int) -> Sample:
    """This process, now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    wal = database.with_name(database.name + "-wal")
    return Sample(
        hour=hour,
        memory_mb=pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE,
        files=sum(1 for _ in Path("/proc/self/fd").iterdir()) - 1,
        threads=active_count(),
        wal_mb=wal.stat().st_size / MEGABYTE if wal.exists() else 0.0,
        posts=posts,
        alerts=alerts,
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much y grows with x: the median over all pairs (Theil and Sen), which a few outliers do not move."""
    return median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x1 != x2)


def breaches(samples: Sequence[Sample], warm_h: float, most_slope_mb: float = MOST_SLOPE_MB) -> list[str]:
    """What grew that must not, one line each; `warm_h` is the hour from which on nothing may grow any more."""
    settled = [one for one in samples if one.hour >= warm_h]
    broken = []
    grown = slope([(one.hour, one.memory_mb) for one in settled])
    if grown >= most_slope_mb:
        broken.append(f"memory grows by {grown:.2f} MB an hour")
    for name, spare in (("files", SPARE_FILES), ("threads", SPARE_THREADS)):
        counts = [getattr(one, name) for one in settled]
        if max(counts) - min(counts) > spare:
            broken.append(f"{name} go from {min(counts)} to {max(counts)}")
    most = max(one.wal_mb for one in samples)
    if most >= MOST_WAL_MB:
        broken.append(f"the log of the database grows to {most:.0f} MB")
    return broken


def table(samples: Sequence[Sample]) -> str:
    """The samples, a line each."""
    lines = [f"{'hour':>6} {'memory MB':>10} {'files':>6} {'threads':>8} {'WAL MB':>7} {'posts':>7} {'alerts':>7}"]
    lines += [
        f"{one.hour:6.2f} {one.memory_mb:10.1f} {one.files:6d} {one.threads:8d}"
        f" {one.wal_mb:7.1f} {one.posts:7d} {one.alerts:7d}"
        for one in samples
    ]
    return "\n".join(lines)
