"""The only clock: every other module is told `now`."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits; tests move their own by hand."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def elapsed_s(self) -> float:
        """Seconds of a steady clock that no adjustment moves; only differences mean something."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()
