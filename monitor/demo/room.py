"""A room that is gone afterwards: a temporary folder in which the real service runs, and the wish to leave it."""

import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn, Self

from monitor.clock import Clock
from monitor.errors import LeakMonitorError
from monitor.pipeline import Runtime
from monitor.service import Service
from monitor.store import Store, upgrade

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_DRAIN_S: Final = 2.0
_TICK_S: Final = 0.1
_REMOVALS: Final = 30
_REMOVAL_PAUSE_S: Final = 0.1


class Wish:
    """The wish to end, as told by Ctrl-C or a signal while entered.

    A signal only leaves a mark that is looked at between steps: thrown into the middle of one, it could keep the room
    from being cleared.
    """

    def __init__(self) -> None:
        self._signal: int | None = None
        self._never = threading.Event()

    @property
    def came(self) -> bool:
        """Whether somebody wants us to end."""
        return self._signal is not None

    @property
    def exit_code(self) -> int:
        """What a shell is told of a program that a signal ended."""
        return 128 + (self._signal or 0)

    def nap(self, seconds: float) -> None:
        """Wait so long."""
        self._never.wait(seconds)

    def __enter__(self) -> Self:
        heard = [s for s in _SIGNALS if signal.getsignal(s) is not signal.SIG_IGN]
        self._before = {s: signal.signal(s, self._note) for s in heard}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number


class Room:
    """A folder that is removed with all that is in it, and the service that ran there."""

    def __init__(self) -> None:
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="leak-monitor-"))
        except OSError as error:
            problem = error.strerror or "no temporary folder"
            raise LeakMonitorError(
                f"cannot make a temporary folder: {problem}; name another place with TMPDIR"
            ) from error
        self.drained = True

    @property
    def database_url(self) -> str:
        """Where the service keeps what it reads."""
        return f"sqlite:///{self.folder / 'monitor.sqlite'}"

    @property
    def rules_dir(self) -> Path:
        """Where the rules are written."""
        return self.folder / "rules"

    @contextmanager
    def service(self, runtime: Runtime, clock: Clock) -> Iterator[Store]:
        """The real service, running; answers its database for looking on."""
        upgrade(self.database_url)
        store = Store(self.database_url)
        service = Service(runtime, store, clock, tick_s=_TICK_S)
        try:
            service.start()
            yield store
        finally:
            self.drained = service.stop(_DRAIN_S)
            store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # A worker that is just ending may still write a file into the folder that we are removing.
        for _attempt in range(_REMOVALS):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            threading.Event().wait(_REMOVAL_PAUSE_S)


@contextmanager
def without_logs() -> Iterator[None]:
    """The screen belongs to the demo: what the service logs is dropped, by its last worker too."""
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [logging.NullHandler()]
    try:
        yield
    finally:
        root.handlers[:] = before or root.handlers


def leave_at_once(exit_code: int) -> NoReturn:
    """End the process though a worker still waits for a slow network: its folder is gone, it can change nothing."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
