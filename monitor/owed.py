"""Work that this machine did not let us do: its rows are given back, so that they are due again in a moment."""

from collections.abc import Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

SHOWN_S: Final = 45.0  # longer than the pause after which it is tried again
T = TypeVar("T")


class Owed(Generic[T]):
    """Rows that are still to be given back, and what kept us from working on them. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: list[T] = []
        self._cures: dict[str, float] = {}

    def add(self, row: T, cure: str, elapsed_s: float) -> None:
        """This row could not be worked on now, and how that is cured."""
        with self._lock:
            self._rows.append(row)
            self._cures[cure] = elapsed_s

    def take(self) -> Sequence[T]:
        """All of the rows; whoever takes them gives them back, or adds them again."""
        with self._lock:
            rows, self._rows = self._rows, []
        return rows

    def keep(self, rows: Sequence[T]) -> None:
        """They could not be given back either."""
        with self._lock:
            self._rows[:0] = rows

    def cures(self, elapsed_s: float) -> list[str]:
        """What keeps us from working: as long as it lasts it is met again and again."""
        with self._lock:
            self._cures = {cure: at_s for cure, at_s in self._cures.items() if elapsed_s - at_s < SHOWN_S}
            return sorted(self._cures)
