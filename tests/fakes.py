"""The fake clock. Network and receiver are real servers on loopback: fetch/feed_server.py, deliver/receiver.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event


class Hurried(Event):
    """The wish to stop, of a process on a clock that is moved by hand: it waits for nothing in between."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - seconds of a clock that stands still
        return self.is_set()


@dataclass
class HandClock:
    """Stands still until moved."""

    at: datetime
    steady_s: float = 0.0

    def now(self) -> datetime:
        return self.at

    def elapsed_s(self) -> float:
        return self.steady_s

    def move(self, **delta: float) -> datetime:
        """Move both clocks on, for example `move(minutes=5)`."""
        step = timedelta(**delta)
        self.at += step
        self.steady_s += step.total_seconds()
        return self.at
