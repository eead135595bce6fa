"""What is promised: how soon people are told of a leak."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Objective:
    """This share of the alerts of the last days reaches somebody within that time of the publication of the post."""

    within: timedelta
    share: float  # above 0, below 1
    days: int
