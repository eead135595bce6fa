"""The web server in a thread of the service."""

import socket
import threading

import uvicorn
from fastapi import FastAPI

from monitor.errors import LeakMonitorError


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
    listener = socket.socket(family, socket.SOCK_STREAM)
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
