"""Where lines of the log go: standard error, a syslog on a socket, a syslog in the network. All sockets are real."""

import errno
import io
import json
import logging
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import LeakMonitorError
from monitor.telemetry import log_event, log_fault, log_lines_lost, log_trouble, set_up_logging


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Other tests find logging as it was."""
    ours, root = logging.getLogger("monitor"), logging.getLogger()
    before = list(root.handlers), root.level, ours.level
    yield
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def ear(family: socket.AddressFamily, address: str | tuple[str, int]) -> socket.socket:
    """A socket that a syslog daemon listens on."""
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.bind(address)
    made.settimeout(20)
    return made


def test_a_local_syslog_gets_priority_name_and_pid_as_every_daemon_reads_them(tmp_path: Path) -> None:
    with ear(socket.AF_UNIX, str(tmp_path / "log")) as daemon:
        set_up_logging("info", as_json=False, to=f"syslog://{tmp_path / 'log'}")
        log_event("fetched", account="lin-weibo", new=2)
        log_trouble("fetch_failed", account="lin-weibo")
        said = [daemon.recv(4096).decode().rstrip("\0") for _ in range(2)]
    assert said == [
        f'<30>leak-monitor[{os.getpid()}]: fetched account="lin-weibo" new=2',  # daemon.info
        f'<28>leak-monitor[{os.getpid()}]: fetch_failed account="lin-weibo"',  # daemon.warning
    ]


def test_a_syslog_in_the_network_gets_rfc_5424() -> None:
    with ear(socket.AF_INET, ("127.0.0.1", 0)) as daemon:
        set_up_logging("info", as_json=True, to=f"syslog://127.0.0.1:{daemon.getsockname()[1]}")
        log_event("alert", severity="high", post=7)
        said = daemon.recv(4096).decode()
    header = r"<30>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ leak-monitor \d+ - - "
    found = re.match(header, said)
    assert found, said
    line = json.loads(said[found.end() :])
    assert (line["event"], line["severity"], line["post"]) == ("alert", "high", 7)


def test_a_line_that_no_syslog_takes_goes_to_standard_error(tmp_path: Path) -> None:
    stream = io.StringIO()
    set_up_logging("info", as_json=False, to=f"syslog://{tmp_path / 'nobody'}", stream=stream)
    log_event("started", version="1")
    assert stream.getvalue().endswith('info    started version="1"\n')
    with ear(socket.AF_UNIX, str(tmp_path / "nobody")) as daemon:
        log_event("fetched")
        assert b"fetched" in daemon.recv(4096)
    assert "fetched" not in stream.getvalue()


def test_a_syslog_whose_name_nobody_knows_is_told_with_its_cure() -> None:
    with pytest.raises(LeakMonitorError, match=r"\[log\] to: the host log\.invalid is not known.*; write a name"):
        set_up_logging("info", as_json=False, to="syslog://log.invalid:514")


def test_of_a_library_only_the_template_is_told() -> None:
    stream = io.StringIO()
    set_up_logging("debug", as_json=False, stream=stream)
    logging.getLogger("urllib3.connectionpool").warning("Retrying %s", "https://host/?token=a-secret")
    assert "Retrying %s" in stream.getvalue()
    assert "a-secret" not in stream.getvalue()


class FullDisk(io.StringIO):
    """Takes nothing while it is full."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_lines_that_cannot_be_written_are_counted_and_no_error_is_written_in_their_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = FullDisk()
    set_up_logging("info", as_json=False, stream=stream)
    try:
        int("云雀9 in a post")
    except ValueError as error:
        log_fault("read_failed", error)
    log_event("fetched")
    assert log_lines_lost() == "the log cannot be written: 2 lines may be missing"
    stream.full = False
    log_event("fetched", new=1)
    assert [line.split(maxsplit=1)[1] for line in stream.getvalue().splitlines()] == [
        "warning log_interrupted lines=2",
        "info    fetched new=1",
    ]
    assert log_lines_lost() == ""
    assert "云雀9" not in "".join(capsys.readouterr())
