"""The web server in a thread of the service."""

import os
import socket
import threading
from contextlib import suppress
from errno import EMFILE, ENFILE
from threading import Event
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from monitor.errors import LeakMonitorError

PAUSE_S: Final = 0.1


class _Listener(socket.socket):
    """Keeps some descriptors in hand, so that a process which may open no more files can still be asked how it is."""

    SPARE: Final = 4

    def __init__(self, family: int) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._spare: list[int] = []
        self._refill()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next who asks; if there is no descriptor for it, one of those in hand is given up for it.

        If none is left it is nobody's turn yet: asyncio, told why, would try again thousands of times.
        """
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in (EMFILE, ENFILE):
                raise
            return self._accept_for_spare()
        finally:
            self._refill()

    def _accept_for_spare(self) -> tuple[socket.socket, Any]:
        # The kernel wants a descriptor even to say that nobody asks, and asyncio goes on until it says so.
        with suppress(IndexError):
            os.close(self._spare.pop())
        try:
            return super().accept()
        except OSError as error:
            if error.errno in (EMFILE, ENFILE):
                Event().wait(PAUSE_S)
                raise BlockingIOError from None
            raise

    def close(self) -> None:
        """End listening, and let go what is in hand."""
        while self._spare:
            os.close(self._spare.pop())
        super().close()

    def _refill(self) -> None:
        with suppress(OSError):
            while len(self._spare) < self.SPARE:
                self._spare.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))


class WebServer:
    """Serves one application until stopped; signals stay with the service. LeakMonitorError if the port is taken."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._socket = _bound(host, port)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="web", daemon=True
        )

    @property
    def port(self) -> int:
        """The port in use; of interest when 0 was asked for."""
        port: int = self._socket.getsockname()[1]
        return port

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End it, at most that long."""
        self._server.should_exit = True
        self._thread.join(timeout_s)
        self._socket.close()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = _Listener(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        problem = error.strerror or "cannot listen"
        raise LeakMonitorError(
            f"{host}:{port}: {problem}; set another port under [web] or stop the other program"
        ) from error
    return listener
