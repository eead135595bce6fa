"""Real proxies on loopback, HTTP and SOCKS5: they note what they were told, and end every way at this machine."""

import base64
import selectors
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from typing import Self

from monitor.model.routes import Proxy

USER, PASSWORD = "probe", "proxy-secret"


@dataclass(frozen=True, slots=True)
class Told:
    """What a proxy was asked for: `how` is CONNECT, the method that it forwards, or the kind of SOCKS address."""

    how: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackProxy:
    """`refusal` answers in place of help: an HTTP status, a SOCKS reply code, or raw bytes after which it hangs."""

    scheme = ""

    def __init__(
        self, *, refusal: int | bytes | None = None, wants_password: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self.refusal = refusal
        self.wants_password = wants_password
        self.told: list[Told] = []
        self.closing = threading.Event()
        self.tls = tls
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def proxy(
        self, scheme: str = "", host: str = "proxy.example", user: str | None = None, password: str | None = None
    ) -> Proxy:
        return Proxy(scheme or self.scheme, host, self.port, user, password)

    def serve(self, client: socket.socket) -> None:
        raise NotImplementedError

    def hang(self, client: socket.socket, said: bytes) -> None:
        """Say that byte by byte, then nothing."""
        for byte in said:
            client.sendall(bytes([byte]))
            if self.closing.wait(0.05):
                return
        self.closing.wait(10)


class HttpProxy(LoopbackProxy):
    """CONNECT, and requests in absolute form, as RFC 9110 and 9112 have them."""

    scheme = "http"

    def serve(self, client: socket.socket) -> None:
        head = _until_blank_line(client)
        if not head:
            return
        (method, target, _), *lines = [line.split(" ", 2) for line in head.decode("latin-1").split("\r\n") if line]
        headers = {line[0].rstrip(":").lower(): " ".join(line[1:]) for line in lines}
        self.told.append(Told(method, target, headers))
        refusal = self.refusal
        if self.wants_password and headers.get("proxy-authorization") != _basic():
            refusal = 407
        if isinstance(refusal, bytes):
            self.hang(client, refusal)
        elif refusal is not None:
            client.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % refusal)
        elif method == "CONNECT":
            with _dial(target.rpartition(":")[2]) as server:
                client.sendall(b"HTTP/1.1 200 Way is open\r\n\r\n")
                _relay(client, server)
        else:
            place, _, path = target.removeprefix("http://").partition("/")
            kept = [f"{name}: {value}" for name, value in headers.items() if not name.startswith("proxy-")]
            with _dial(place.rpartition(":")[2]) as server:
                server.sendall("\r\n".join([f"{method} /{path} HTTP/1.1", *kept, "", ""]).encode("latin-1"))
                _relay(client, server)


class SocksProxy(LoopbackProxy):
    """SOCKS5 as RFC 1928 and 1929 have it."""

    scheme = "socks5h"

    def serve(self, client: socket.socket) -> None:
        if isinstance(self.refusal, bytes):
            self.hang(client, self.refusal)
            return
        count = _exactly(client, 2)[1]
        offered = _exactly(client, count)
        wanted = 2 if self.wants_password else 0
        client.sendall(bytes([5, wanted if wanted in offered else 0xFF]))
        if wanted not in offered:
            return
        if self.wants_password:
            user = _exactly(client, _exactly(client, 2)[1])
            password = _exactly(client, _exactly(client, 1)[0])
            good = (user, password) == (USER.encode(), PASSWORD.encode())
            client.sendall(bytes([1, not good]))
            if not good:
                return
        kind = _exactly(client, 4)[3]
        if kind == 3:
            host = _exactly(client, _exactly(client, 1)[0]).decode()
        else:
            family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, _exactly(client, size))
        port = int.from_bytes(_exactly(client, 2), "big")
        self.told.append(Told("name" if kind == 3 else "address", f"{host}:{port}"))
        client.sendall(bytes([5, self.refusal or 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        if not self.refusal:
            with _dial(str(port)) as server:
                _relay(client, server)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    owner: LoopbackProxy


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        owner = self.server.owner
        try:
            if owner.tls is None:
                owner.serve(self.request)
            else:
                with owner.tls.wrap_socket(self.request, server_side=True) as secure:
                    owner.serve(secure)
        except OSError:
            pass  # one of the two ends went away


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def _dial(port: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(port)), 5)


def _until_blank_line(client: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = client.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Carry bytes both ways until one end has said all."""
    with selectors.DefaultSelector() as ready:
        ready.register(client, selectors.EVENT_READ, server)
        ready.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in ready.select(10):
                source, target = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(65536)
                while isinstance(source, ssl.SSLSocket) and source.pending():
                    data += source.recv(65536)
                if not data:
                    return
                target.sendall(data)
