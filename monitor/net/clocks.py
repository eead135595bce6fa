"""What time the hosts have that answer us: each names it in the header `Date`."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Final

FRESH_S: Final = 900.0  # an answer tells of the present clock for so long


class HostClocks:
    """How far ours is from those of the hosts, the newest answer of each. Safe to share between threads."""

    def __init__(self, now: Callable[[], datetime], elapsed_s: Callable[[], float]) -> None:
        self._now = now
        self._elapsed_s = elapsed_s
        self._lock = Lock()
        self._heard: dict[str, tuple[float, float]] = {}

    def note(self, host: str, date: str) -> None:
        """A host answered with this header; one that cannot be read says nothing."""
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        ahead_s = (self._now() - theirs.replace(tzinfo=theirs.tzinfo or UTC)).total_seconds() - 0.5  # cut to seconds
        with self._lock:
            self._heard[host] = (self._elapsed_s(), ahead_s)

    def offsets_s(self) -> list[float]:
        """By how much we are ahead of each host that answered lately."""
        oldest_s = self._elapsed_s() - FRESH_S
        with self._lock:
            self._heard = {host: heard for host, heard in self._heard.items() if heard[0] >= oldest_s}
            return [ahead_s for _, ahead_s in self._heard.values()]
