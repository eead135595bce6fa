"""What systemd is told over its socket: ready, reloading, stopping, and that our loops move. Silent without one."""

import socket
import threading
from collections.abc import Callable, Mapping

from monitor.telemetry import log_trouble


class Supervisor:
    """The other end of `$NOTIFY_SOCKET`: sd_notify(3)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog_s = int(environ.get("WATCHDOG_USEC") or 0) / 1e6

    def tell(self, *state: str) -> None:
        """Send lines such as READY=1 as one message."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.sendto("\n".join(state).encode(), self._address)
        except OSError as error:
            log_trouble("supervisor_not_told", error=error.strerror)

    def watch(self, is_alive: Callable[[], bool], ended: threading.Event) -> None:
        """Say WATCHDOG=1 twice in each of its periods while we are alive; if it is missing, systemd restarts us."""
        if not (self._address and self._watchdog_s):
            return
        while not ended.wait(self._watchdog_s / 2):
            if is_alive():
                self.tell("WATCHDOG=1")
