"""Apps of chat tools, whose buttons answer: the connections on which presses come, and what each press does.

A connection goes out from here, so no port is opened. Messages leave by the path as all others do, be it up or not.
"""

from collections.abc import Callable, Mapping
from threading import Lock

from monitor.apps.line import Line, LineKey, lines_of
from monitor.runtime import Runtime, World


class Connections:
    """One connection for each app that is configured, however many channels it tells."""

    def __init__(self, world: World, runtime: Callable[[], Runtime]) -> None:
        self._world, self._runtime = world, runtime
        self._lines: dict[LineKey, Line] = {}
        self._changing = Lock()

    def install(self) -> None:
        """Connect the apps of the configuration that is in force, and leave those that are no longer in it."""
        wanted = lines_of(self._runtime())
        with self._changing:
            for key in self._lines.keys() - wanted.keys():
                self._lines.pop(key).stop()
            for key in wanted.keys() - self._lines.keys():
                self._lines[key] = Line(key, self._world, self._runtime)
                self._lines[key].start()

    def down_s(self) -> Mapping[str, float]:
        """The receivers whose buttons do not answer now, and for how many seconds."""
        with self._changing:
            lines = dict(self._lines)
        wanted = lines_of(self._runtime())
        down = {key: line.down_s() for key, line in lines.items()}
        return {name: down[key] for key, names in wanted.items() if down.get(key) for name in names}

    def stop(self) -> None:
        """Leave all of them."""
        with self._changing:
            while self._lines:
                self._lines.popitem()[1].stop()
