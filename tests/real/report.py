"""What a run against a real server tells: one line for each thing that holds or does not."""

import sys
import time


class Report:
    """Prints as it goes; `end` answers with the exit code."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._held, self._failed = 0, 0

    def holds(self, what: str, held: object, seen: object = "") -> None:
        """One expectation; `seen` is shown if it does not hold."""
        self._held, self._failed = self._held + bool(held), self._failed + (not held)
        self._print("ok  " if held else "FAIL", what, "" if held else f": {seen}")

    def says(self, what: str, value: object) -> None:
        """Something to know that is no expectation."""
        self._print("    ", what, f": {value}" if value != "" else "")

    def end(self) -> int:
        """How many held; 1 if one did not."""
        self._print("", f"{self._held} held, {self._failed} did not", "")
        return 1 if self._failed else 0

    def _print(self, mark: str, what: str, more: str) -> None:
        sys.stdout.write(f"{time.monotonic() - self._began_s:7.1f} s {mark} {what}{more}\n")
        sys.stdout.flush()
