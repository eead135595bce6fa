"""What is under way, and when it last moved: so that what stands still is known by its name."""

from collections.abc import Hashable
from threading import Lock


class Moves:
    """Instants of the steady clock by name. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at_s: dict[Hashable, tuple[str, float]] = {}

    def moved(self, name: str, elapsed_s: float, *, turn: int = 0) -> None:
        """It began or went on now; `turn` tells works of one name apart."""
        with self._lock:
            self._at_s[name, turn] = (name, elapsed_s)

    def done(self, name: str, *, turn: int = 0) -> None:
        """It is over."""
        with self._lock:
            self._at_s.pop((name, turn), None)

    def still(self, elapsed_s: float, patience_s: float) -> dict[str, float]:
        """What has not moved for longer than that, with the seconds, the longest first."""
        with self._lock:
            waits_s = [(elapsed_s - at_s, name) for name, at_s in self._at_s.values()]
        return {name: wait_s for wait_s, name in sorted(waits_s, reverse=True) if wait_s > patience_s}
