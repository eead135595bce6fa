"""Crash points for proof: `LEAK_MONITOR_FAILPOINT=C7` (or `C7:3`, the third time) kills the process right there.

The points C1 to C14 stand in docs/explanation/reliability.md. Without the variable this costs one look-up.
"""

import os
import signal

_VARIABLE = "LEAK_MONITOR_FAILPOINT"
_passes: dict[str, int] = {}


def passing(point: str) -> None:
    """Die by SIGKILL if the environment asks for a crash at this point."""
    wanted = os.environ.get(_VARIABLE)
    if not wanted:
        return
    name, _, nth = wanted.partition(":")
    if name != point:
        return
    _passes[point] = _passes.get(point, 0) + 1
    if _passes[point] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
