"""What systemd hears, over a real datagram socket."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.cli.supervisor import Supervisor
from tests.cli.home import Home
from tests.cli.running import PATIENCE_S, Running, free_port


@contextmanager
def systemd(address: str) -> Iterator[socket.socket]:
    """The socket on which a supervisor listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + address[1:] if address.startswith("@") else address)
        ear.settimeout(PATIENCE_S)
        yield ear


def hear(ear: socket.socket, wanted: str) -> str:
    """The next message that begins so; watchdog beats before it are passed over."""
    while True:
        said = ear.recv(4096).decode()
        if said.startswith(wanted):
            return said
        assert said == "WATCHDOG=1"


def test_a_service_says_ready_alive_reloading_and_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    (tmp_path / "home").mkdir()
    environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"}
    with (
        systemd(address) as ear,
        Home(tmp_path / "home", port=free_port()) as home,
        Running(home, environ) as service,
    ):
        assert hear(ear, "READY=1") == "READY=1"
        assert hear(ear, "WATCHDOG=1") == "WATCHDOG=1"
        service.process.send_signal(signal.SIGHUP)
        words, usec = hear(ear, "RELOADING=1").split("\n")[1].split("=")
        assert words == "MONOTONIC_USEC"
        assert int(usec) > 0
        assert hear(ear, "READY=1") == "READY=1"
        assert service.stop() == 0
        assert hear(ear, "STOPPING=1") == "STOPPING=1"


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_watchdog_hears_nothing_while_the_loops_stand_still(kind: str, tmp_path: Path) -> None:
    address = str(tmp_path / "notify") if kind == "path" else f"@leak-monitor-test-{os.getpid()}"
    ended, answers = threading.Event(), [True, False, False, True]

    def is_alive() -> bool:
        answer = answers.pop(0)
        if not answers:
            ended.set()
        return answer

    with systemd(address) as ear:
        supervisor = Supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "2000"})
        supervisor.watch(is_alive, ended)
        supervisor.tell("STOPPING=1")
        assert [ear.recv(64), ear.recv(64), ear.recv(64)] == [b"WATCHDOG=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, id="no supervisor"),
        pytest.param({"NOTIFY_SOCKET": "/nowhere/at/all"}, id="a socket that is gone, and no watchdog"),
    ],
)
def test_without_a_supervisor_nothing_is_said_and_nothing_breaks(environ: dict[str, str]) -> None:
    supervisor = Supervisor(environ)
    supervisor.tell("READY=1")
    supervisor.watch(lambda: pytest.fail("nobody asked for a watchdog"), threading.Event())
