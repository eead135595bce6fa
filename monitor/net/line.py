"""One exchange's socket: the guard where it connects, a deadline and a cap where it reads.

The connections are urllib3's own, with two steps replaced: how a socket is opened, and how an answer is read. What
belongs to one request (its Line) reaches them through a context variable, because pools outlive requests.
"""

import io
import socket
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from ssl import SSLContext
from typing import Any, TypeAlias

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from monitor.errors import Failure, TransportError
from monitor.net.guard import check_address

Resolver: TypeAlias = Callable[[str], Sequence[str]]  # a host's addresses
Dialler: TypeAlias = Callable[[tuple[str, int], float], socket.socket]  # address and port, seconds


def look_up(host: str) -> Sequence[str]:
    """The addresses of a name, or of an address in any spelling, as the system's resolver gives them."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True)
class Line:
    """Where one request may connect, until when, and how many bytes it may take off the wire."""

    resolve: Resolver
    dial: Dialler
    allow_private: bool
    connect_timeout_s: float
    max_wire_bytes: int
    elapsed_s: Callable[[], float]
    ends_s: float  # on the clock of elapsed_s

    def left_s(self) -> float:
        """Seconds until the deadline; raises TransportError(TIMEOUT) when none are left."""
        left_s = self.ends_s - self.elapsed_s()
        if left_s <= 0:
            raise TransportError(Failure.TIMEOUT, "the whole exchange took too long")
        return left_s

    def connect(self, host: str, port: int) -> socket.socket:
        """A socket to a checked address of this host.

        Every address is checked before the first is tried, and the checked address itself is connected to: a name
        that answers differently the next time (rebinding) gains nothing. TransportError is no OSError, so urllib3
        neither retries nor hides it.
        """
        failure = Failure.NETWORK
        for address in self._checked_addresses(host):
            try:
                opened = self.dial((address, port), min(self.connect_timeout_s, self.left_s()))
            except OSError as error:
                failure = Failure.TIMEOUT if isinstance(error, TimeoutError) else Failure.NETWORK
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return opened
        raise TransportError(failure, f"{host} cannot be connected to")

    def _checked_addresses(self, host: str) -> Sequence[str]:
        try:
            addresses = self.resolve(host)
        except (OSError, UnicodeError):
            raise TransportError(Failure.NETWORK, f"{host} does not resolve") from None
        for address in () if self.allow_private else addresses:
            if why := check_address(address):
                raise TransportError(Failure.REFUSED_ADDRESS, f"{host} is {why}")
        return addresses


line_in_use: ContextVar[Line] = ContextVar("line_in_use")


class _BoundedReader(io.RawIOBase):
    """Reads a socket until the deadline and the cap: urllib3's timeout is for one read, and a drip never ends."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, line: Line) -> None:
        self._sock = sock
        self._raw = raw
        self._line = line
        self._read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the base class has no better name for it
        self._sock.settimeout(self._line.left_s())
        count: int | None = self._raw.readinto(buffer)
        self._read_bytes += count or 0
        if self._read_bytes > self._line.max_wire_bytes:
            raise TransportError(Failure.TOO_LARGE, f"more than {self._line.max_wire_bytes} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on unread
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(sock, self.fp.detach(), line_in_use.get()))


class _GuardedConnection(HTTPConnection):
    response_class = _BoundedResponse

    def _new_conn(self) -> socket.socket:
        return line_in_use.get().connect(self._dns_host, self.port)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    """Only the socket differs: SNI, the certificate check and the Host header keep the name."""


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection

    def _put_conn(self, conn: Any) -> None:  # noqa: ANN401 - its type is not exported
        """Close instead of keeping.

        Polls are minutes apart, so that a kept connection would often be closed by the server in mid-request; and one
        that was allowed to a private address must never serve a request that is not.
        """
        if conn is not None:
            conn.close()


class _GuardedTlsPool(_GuardedPool, HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over guarded connections; used without a Session, so that nothing is remembered."""

    def __init__(self, tls: SSLContext) -> None:
        self._tls = tls
        super().__init__(max_retries=0)

    def init_poolmanager(self, *_args: object, **_kwargs: object) -> None:
        """One pool for each host; requests calls this while it is made."""
        self.poolmanager = PoolManager(ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}

    def cert_verify(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: the TLS context verifies already; requests would load the authorities anew for each request."""

    def request_url(self, request: PreparedRequest, _proxies: object) -> str:
        """The path and query; there are no proxies."""
        return request.path_url
