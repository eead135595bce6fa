"""Measuring: CPU seconds on one core, the median of a few runs."""

import os
import time
from collections.abc import Callable
from statistics import median

RUNS = 3


def stay_on_one_core() -> None:
    """Keep this process and its children on one core, where that can be asked: no measure has more of the machine."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def cpu_s(work: Callable[[], object], runs: int = RUNS) -> float:
    """CPU seconds of the work: the median of so many runs."""
    return median(_once(work) for _ in range(runs))


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def quantiles_ms(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """Milliseconds by the clock that a call takes, each done once: the middle one and the 99th of a hundred."""
    taken = []
    for call in calls:
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100]
