"""Programs that others made: where they are, and running for the length of a test."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event


def program(name: str) -> str | None:
    """Where it is: as LEAK_MONITOR_REAL_NAME says, else on the PATH; None if nowhere."""
    told = os.environ.get(f"LEAK_MONITOR_REAL_{name.upper().replace('-', '_')}", "")
    return shutil.which(told or name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    words: Sequence[str],
    port: int,
    *,
    log: Path,
    within_s: float = 60,
    folder: Path | None = None,
    beside: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """That program, from when it listens on the port until the end; what it says goes to `log`."""
    environment = {**os.environ, **(beside or {})}
    with (
        log.open("ab") as written,
        subprocess.Popen(words, stdout=written, stderr=written, cwd=folder, env=environment) as process,
    ):
        try:
            _until_it_listens(process, port, log, within_s)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path, within_s: float) -> None:
    for _ in range(int(within_s / 0.05)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        Event().wait(0.05)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}: {log.read_text(errors='replace')[-2000:]}")


def until(happens: Callable[[], bool], what: str, within_s: float = 90) -> None:
    """Wait for what a server does in its own time. Raises TimeoutError."""
    for _ in range(int(within_s / 0.25)):
        if happens():
            return
        Event().wait(0.25)
    raise TimeoutError(what)
