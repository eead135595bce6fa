"""A real webhook receiver on the loopback address that answers as scripted and keeps what it got."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any, Self

from standardwebhooks import Webhook

NO_LINGER = pack("ii", 1, 0)  # closing a socket so sends RST, not FIN


class Way(StrEnum):
    """How an answer leaves, or does not."""

    WHOLE = "whole"
    HANG = "hang"  # takes the request, says nothing
    RESET = "reset"  # takes the request, breaks the connection
    CUT = "cut"  # promises more body than it sends
    ENDLESS = "endless"  # never ends its body
    DRIP = "drip"  # keeps sending, a byte at a time
    GARBAGE = "garbage"  # no HTTP


@dataclass(frozen=True)
class Reply:
    """One scripted answer."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    way: Way = Way.WHOLE


@dataclass(frozen=True)
class Received:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    def check(self, secret: bytes) -> Any:
        """The payload, if the signature is good; raises WebhookVerificationError if it is not."""
        return Webhook(secret).verify(self.body, self.headers)

    def check_as_of_then(self, secret: bytes) -> Any:
        """The same for a sender on a clock of its own: the signature is what the library makes for that instant."""
        assert signed_by_library(secret, self.headers, self.body), "the signature is wrong"
        return json.loads(self.body)


def signed_by_library(secret: bytes, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is the one that the library makes of this id, instant and body."""
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    wanted = Webhook(secret).sign(headers["webhook-id"], sent_at, body.decode())
    return wanted in headers["webhook-signature"].split(" ")


@dataclass
class ScriptedReceiver:
    """Answers one request after another as scripted, the last reply for ever; use as a context manager.

    With `judge` it answers what that makes of each request, as the robot of a chat tool does.
    """

    script: Iterable[Reply] = (Reply(),)
    tls: ssl.SSLContext | None = None
    judge: Callable[[Received], Reply] | None = None
    received: list[Received] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._replies = list(self.script)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = _Server(self)
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        # http.server looks whether to stop only this often
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def message_ids(self) -> list[str]:
        """The id of every request, in the order of arrival."""
        with self._lock:
            return [got.headers.get("webhook-id", "") for got in self.received]

    def answer_with(self, *script: Reply) -> None:
        """From now on answer so."""
        with self._lock:
            self._replies = list(script)

    def take(self, got: Received) -> Reply:
        """Write a request down; the reply it gets."""
        with self._lock:
            self.received.append(got)
            if self.judge is not None:
                return self.judge(got)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: ScriptedReceiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.close_connection = True
        reply = self.server.receiver.take(Received(self.path, headers, body))
        with suppress(OSError):  # the client may be gone
            self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        if reply.way is Way.HANG:
            self.server.receiver.over.wait()
        elif reply.way is Way.RESET:
            self.connection.setsockopt(SOL_SOCKET, SO_LINGER, NO_LINGER)
            socket.close(self.connection.detach())
        elif reply.way is Way.GARBAGE:
            self.wfile.write(b"\x00\xff this is no HTTP \r\n\r\n")
        else:
            self._head(reply)
            self._body(reply)

    def _head(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.way in (Way.WHOLE, Way.CUT):
            self.send_header("Content-Length", str(len(reply.body) + (100 if reply.way is Way.CUT else 0)))
        self.send_header("Connection", "close")
        self.end_headers()

    def _body(self, reply: Reply) -> None:
        over = self.server.receiver.over
        self.wfile.write(reply.body)
        while reply.way is Way.ENDLESS and not over.is_set():
            self.wfile.write(b"x" * 4096)
        while reply.way is Way.DRIP and not over.wait(0.02):
            self.wfile.write(b"x")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server calls
        """Say nothing."""
