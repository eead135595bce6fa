"""How soon people are told of a leak and answer it, and whether that is as soon as was promised. Pure.

What counts: alerts that came live and are told at once. Posts that are read at second hand count too: the secret is as
public there, and whoever reads them slowly can read them elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from statistics import median
from typing import Final

from monitor.model.objective import Objective

_ROUNDING: Final = 1e-9  # of shares that are no binary fractions


class Stage(StrEnum):
    """What takes time, in its order."""

    SEEN = "seen"  # published to read
    MATCHED = "matched"  # read to judged
    DELIVERED = "delivered"  # judged to arrived at the first receiver
    TOLD = "told"  # published to arrived: the three together
    TAKEN = "taken"  # read to somebody sees to it
    JUDGED = "judged"  # read to a final verdict
    GONE = "gone"  # published to no longer there


@dataclass(frozen=True, slots=True)
class Times:
    """The instants of one alert; None for what has not happened. `published_at` is None where nobody knows it."""

    published_at: datetime | None
    seen_at: datetime
    matched_at: datetime
    delivered_at: datetime | None = None
    taken_at: datetime | None = None
    judged_at: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How long one stage took in so many alerts, in seconds."""

    count: int
    median_s: float
    p95_s: float
    slowest_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How an objective stands: of `count` alerts, `missed` came later than promised, or not at all."""

    objective: Objective
    count: int
    missed: int

    @property
    def share(self) -> float:
        """The share that came in time; 1 if there was none."""
        return 1 - self.missed / self.count if self.count else 1.0

    @property
    def budget_left(self) -> float:
        """The share of the misses allowed that is left: 1 if none was, 0 if all of them, below 0 if more were."""
        allowed = (1 - self.objective.share) * self.count
        return 1 - self.missed / allowed if self.count else 1.0

    @property
    def is_met(self) -> bool:
        """Whether no more were missed than may be."""
        return self.share >= self.objective.share - _ROUNDING


def lengths_of(times: Times) -> Iterator[tuple[Stage, float]]:
    """How long each stage took that is over, in seconds; never below nought, where a clock was set back."""
    spans = (
        (Stage.SEEN, times.published_at, times.seen_at),
        (Stage.MATCHED, times.seen_at, times.matched_at),
        (Stage.DELIVERED, times.matched_at, times.delivered_at),
        (Stage.TOLD, times.published_at, times.delivered_at),
        (Stage.TAKEN, times.seen_at, times.taken_at),
        (Stage.JUDGED, times.seen_at, times.judged_at),
        (Stage.GONE, times.published_at, times.gone_at),
    )
    for stage, begin, end in spans:
        if begin is not None and end is not None:
            yield stage, max(0.0, (end - begin).total_seconds())


def figures_of(alerts: Iterable[Times]) -> Mapping[Stage, Figures]:
    """Median, 95th percentile (nearest rank) and slowest of every stage that anything went through, in their order."""
    lengths: dict[Stage, list[float]] = {stage: [] for stage in Stage}
    for times in alerts:
        for stage, length_s in lengths_of(times):
            lengths[stage].append(length_s)
    return {stage: _figures(sorted(found)) for stage, found in lengths.items() if found}


def _figures(ordered: list[float]) -> Figures:
    rank = ceil(0.95 * len(ordered) - _ROUNDING)
    return Figures(len(ordered), median(ordered), ordered[rank - 1], ordered[-1])


def standing_of(
    objective: Objective, told: Iterable[tuple[datetime | None, datetime | None]], now: datetime
) -> Standing:
    """How the objective stands; `told` are publication and first arrival of each alert.

    What was published before those days, or at an instant that nobody knows, does not count; nor does, yet, what may
    still come in time.
    """
    count = missed = 0
    for published_at, delivered_at in told:
        if published_at is None or not now - timedelta(days=objective.days) < published_at <= now:
            continue
        took = (delivered_at or now) - published_at
        if delivered_at is None and took <= objective.within:
            continue
        count += 1
        missed += took > objective.within
    return Standing(objective, count, missed)
