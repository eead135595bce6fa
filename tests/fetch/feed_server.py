"""A real HTTP server on loopback whose answers are scripted, the unkind ones too."""

import hashlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from socket import socket
from typing import Self, TypeAlias


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """An ordinary answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def wire(self) -> Iterable[bytes]:
        head = {"Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        yield "\r\n".join(lines).encode("latin-1")
        yield self.body


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, with a pause before each piece."""

    pieces: Iterable[bytes]
    pause_s: float = 0.0

    def wire(self) -> Iterable[bytes]:
        return self.pieces


Script: TypeAlias = Reply | Raw | Callable[[Asked], Reply | Raw]


def redirect(target: str, status: int = 302) -> Reply:
    return Reply(status, headers={"Location": target})


def fresh_feed(body: bytes, content_type: str = "application/xml") -> Callable[[Asked], Reply]:
    """A feed with an ETag, answered with 304 to whoever has it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Content-Type": content_type}

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        return Reply(200, body, headers)

    return answer


class FeedServer:
    """Serves `routes` by path and keeps what it was asked; a path without a route is answered by `otherwise`."""

    def __init__(self, routes: Mapping[str, Script] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.routes = dict(routes or {})
        self.otherwise: Script = Reply(404)
        self.asked: list[Asked] = []
        self.connects = 0
        self.closing = threading.Event()
        self._scheme = "https" if tls else "http"
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._server.tls = tls
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    request_queue_size = 64
    owner: FeedServer
    tls: ssl.SSLContext | None


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        owner = self.server.owner
        owner.connects += 1
        try:
            if self.server.tls is None:
                self._answer(owner, self.request)
            else:
                with self.server.tls.wrap_socket(self.request, server_side=True) as secure:
                    self._answer(owner, secure)
        except OSError:
            pass  # the client went away, as it should when it has had enough

    def _answer(self, owner: FeedServer, connection: socket) -> None:
        with connection.makefile("rb") as stream:
            method, path, _ = stream.readline().decode("latin-1").split(" ", 2)
            headers = {}
            while line := stream.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            asked = Asked(method, path, headers, stream.read(int(headers.get("content-length", 0))))
        owner.asked.append(asked)
        script = owner.routes.get(path.partition("?")[0], owner.otherwise)
        reply = script(asked) if callable(script) else script
        for piece in reply.wire():
            if isinstance(reply, Raw) and reply.pause_s and owner.closing.wait(reply.pause_s):
                return
            connection.sendall(piece)
