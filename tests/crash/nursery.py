"""Where services are born: what they import is imported once, and each is forked off, as whole as a start from nothing.

`python -m tests.crash.nursery` forks a process for every line of JSON that it reads, tells its number, and tells how
each ended. It ends when nobody writes to it any more, and takes its children along.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tests.crash import child

ROOT = Path(__file__).resolve().parents[2]
LOOK_S = 0.02


class Born:
    """A service, like a subprocess.Popen of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ready = False  # it said that it ticks
        self.returncode: int | None = None
        self.told = threading.Condition()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; subprocess.TimeoutExpired if it does not."""
        with self.told:
            if not self.told.wait_for(lambda: self.returncode is not None, timeout):
                raise subprocess.TimeoutExpired(f"service {self.pid}", timeout or 0)
        return int(self.returncode or 0)

    def wait_until_ready(self) -> bool:
        """Whether it came to its first tick."""
        with self.told:
            self.told.wait_for(lambda: self.ready or self.returncode is not None)
        return self.ready

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The mother of services, used from several threads."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._born: dict[int, Born] = {}
        self._one_at_a_time = threading.Lock()
        self._newest: Born | None = None
        self._came = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def bear(self, directory: Path, environment: Mapping[str, str], log: Path) -> Born:
        """A service on that directory, with more in its environment, which writes to that log."""
        wish = {"directory": str(directory), "environment": dict(environment), "log": str(log)}
        with self._one_at_a_time:
            self._came.clear()
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            assert self._came.wait(60)
            assert self._newest is not None
            return self._newest

    def close(self) -> None:
        """No more are born, and those that live are killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        self._listener.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, pid, *rest = line.split()
            if word == "born":
                self._newest = self._born[int(pid)] = Born(int(pid))
                self._came.set()
                continue
            born = self._born[int(pid)]
            with born.told:
                if word == "ready":
                    born.ready = True
                else:
                    born.returncode = int(rest[0])
                    del self._born[int(pid)]
                born.told.notify_all()
        self._process.stdout.close()


def main() -> None:
    """Bear until nobody asks any more."""
    living: set[int] = set()
    waiting: dict[int, int] = {}  # the ends of pipes by which children say that they are ready, by descriptor
    while True:
        heard, _, _ = select.select([sys.stdin.fileno(), *waiting], [], [], LOOK_S)
        for end in heard:
            if end != sys.stdin.fileno():
                _say("ready" if os.read(end, 64) else "", waiting.pop(end))
                os.close(end)
        _bury(living)
        if sys.stdin.fileno() in heard:
            line = _line()
            if not line:
                break
            pid, end = _bear(json.loads(line))
            living.add(pid)
            waiting[end] = pid
            _say("born", pid)
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _line() -> str:
    """One line, and not a byte more: what is left in a buffer would not wake select."""
    found = bytearray()
    while not found.endswith(b"\n"):
        piece = os.read(sys.stdin.fileno(), 1)
        if not piece:
            return ""
        found += piece
    return found.decode()


def _bear(wish: dict[str, Any]) -> tuple[int, int]:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, read_end
    os.close(read_end)
    os.environ.update(wish["environment"])
    log = os.open(wish["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for theirs, ours in ((nothing, 0), (write_end, 1), (log, 2)):
        os.dup2(theirs, ours)
    code = 1
    try:
        child.main(Path(wish["directory"]))
        code = 0
    finally:
        with suppress(BaseException):
            sys.stderr.flush()
        os._exit(code)


def _bury(living: set[int]) -> None:
    for pid in list(living):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            living.discard(pid)
            _say("ended", pid, str(os.waitstatus_to_exitcode(status)))


def _say(word: str, pid: int, *more: str) -> None:
    if word:
        sys.stdout.write(" ".join((word, str(pid), *more)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
