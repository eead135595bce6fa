"""One exchange's socket: the guard where it connects, a deadline and a cap where it reads.

What belongs to one request (its Line) reaches the connections of urllib3 through a context variable, because pools
outlive requests.
"""

import io
import socket
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import python_socks
from python_socks.sync import Proxy as Socks

from monitor.errors import Failure, TransportError, own_trouble
from monitor.model.routes import DIRECT, Proxy, Route
from monitor.net.guard import check_address, check_name

Resolver: TypeAlias = Callable[[str], Sequence[str]]  # a host's addresses
Dialler: TypeAlias = Callable[[tuple[str, int], float], socket.socket]  # address and port, seconds

_SOCKS_TARGET_IS_AWAY: Final = frozenset({3, 4, 5, 6})  # RFC 1928, section 6: the proxy tried, and nobody answered


def look_up(host: str) -> Sequence[str]:
    """The addresses of a name, or of an address in any spelling, as the system's resolver gives them."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def check_sockets() -> None:
    """Raise ResourceError if this process can have no more sockets: then no host is to blame for what failed."""
    try:
        socket.socket().close()
    except OSError as error:
        if own := own_trouble(error):
            raise own from None


@dataclass(frozen=True, slots=True)
class Line:
    """Where one request may connect, until when, and how many bytes it may take off the wire.

    Which addresses are checked depends on who looks the name up. Directly and by socks5 we do, and every address is
    checked. An HTTP proxy and socks5h do it themselves: only what the name itself tells is checked. The proxy's own
    address is what the operator wrote, and may be a private one.
    """

    resolve: Resolver
    dial: Dialler
    allow_private: bool
    connect_timeout_s: float
    max_wire_bytes: int
    elapsed_s: Callable[[], float]
    ends_s: float  # on the clock of elapsed_s
    route: Route = DIRECT
    proxy: Proxy | None = None  # of the present hop

    def towards(self, host: str) -> "Line":
        """The line of a hop to that host, by the proxy that it has; raises TransportError(REFUSED_ADDRESS)."""
        proxy = self.route.proxy_for(host)
        if proxy is not None and proxy.resolves:
            self._check(host, host, check_name(host))
        return replace(self, proxy=proxy)

    def left_s(self) -> float:
        """Seconds until the deadline; raises TransportError(TIMEOUT) when none are left."""
        left_s = self.ends_s - self.elapsed_s()
        if left_s <= 0:
            raise TransportError(Failure.TIMEOUT, "the whole exchange took too long")
        return left_s

    def connect(self, host: str, port: int) -> socket.socket:
        """A socket to a checked address of this host, or by the proxy; to an HTTP proxy itself, if there is one.

        Every address is checked before the first is tried, and the checked address itself is connected to: a name
        that answers differently the next time (rebinding) gains nothing. TransportError is no OSError, so urllib3
        neither retries nor hides it.
        """
        proxy = self.proxy
        if proxy is None:
            return self._first(self._checked_addresses(host), port, self._dialled, Failure.NETWORK, host)
        proxies = self._addresses(proxy.host, Failure.PROXY)
        if not proxy.is_socks:
            return self._first(proxies, proxy.port, self._dialled, Failure.PROXY, f"the proxy {proxy.host}")
        targets = [host] if proxy.resolves else self._checked_addresses(host)

        def by_socks(target: str, port: int) -> socket.socket:
            return self._by_socks(proxy, proxies, target, port)

        return self._first(targets, port, by_socks, Failure.NETWORK, host)

    def _first(
        self,
        addresses: Sequence[str],
        port: int,
        reach: Callable[[str, int], socket.socket],
        failure: Failure,
        what: str,
    ) -> socket.socket:
        """A socket to the first address that answers."""
        for address in addresses:
            try:
                opened = reach(address, port)
            except TimeoutError:
                failure = Failure.TIMEOUT if failure is Failure.NETWORK else failure
            except OSError as error:
                if own := own_trouble(error):
                    raise own from None
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return opened
        check_sockets()
        raise TransportError(failure, f"{what} cannot be connected to")

    def _timeout_s(self) -> float:
        return min(self.connect_timeout_s, self.left_s())

    def _dialled(self, address: str, port: int) -> socket.socket:
        return self.dial((address, port), self._timeout_s())

    def _by_socks(self, proxy: Proxy, proxies: Sequence[str], target: str, port: int) -> socket.socket:
        """A socket by the first address of the proxy that answers; OSError if the target does not."""
        for address in proxies:
            way = Socks(python_socks.ProxyType.SOCKS5, address, proxy.port, proxy.user, proxy.password, rdns=True)
            try:
                return way.connect(target, port, timeout=self._timeout_s())
            except python_socks.ProxyConnectionError:
                check_sockets()
            except (python_socks.ProxyError, ConnectionError) as error:
                if isinstance(error, python_socks.ProxyError) and error.error_code in _SOCKS_TARGET_IS_AWAY:
                    raise ConnectionError from None
                raise TransportError(Failure.PROXY, f"the proxy {proxy.host} does not let us through") from None
        raise TransportError(Failure.PROXY, f"the proxy {proxy.host} cannot be connected to")

    def _checked_addresses(self, host: str) -> Sequence[str]:
        addresses = self._addresses(host, Failure.NETWORK)
        for address in addresses:
            self._check(host, address, check_address(address))
        return addresses

    def _addresses(self, host: str, failure: Failure) -> Sequence[str]:
        try:
            return self.resolve(host)
        except (OSError, UnicodeError):
            check_sockets()
            raise TransportError(failure, f"{host} does not resolve") from None

    def _check(self, host: str, address: str, why_not_public: str | None) -> None:
        """Refuse what is not public, unless this request may reach it."""
        if why_not_public is None:
            return
        if not self.allow_private:
            raise TransportError(Failure.REFUSED_ADDRESS, f"{host} is {why_not_public}")
        if self.route.private is not None and not self.route.private.has(host, address):
            raise TransportError(
                Failure.REFUSED_ADDRESS, f"{host} is {why_not_public} that [network] allow does not list"
            )


line_in_use: ContextVar[Line] = ContextVar("line_in_use")


class BoundedReader(io.RawIOBase):
    """Reads a socket until the deadline and the cap: urllib3's timeout is for one read, and a drip never ends."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, line: Line) -> None:
        self._sock = sock
        self._raw = raw
        self._line = line
        self._read_bytes = 0

    def readable(self) -> bool:
        """Yes; BufferedReader asks."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the base class has no better name for it
        """Read once; raises TransportError: TIMEOUT at the deadline, TOO_LARGE beyond the cap."""
        self._sock.settimeout(self._line.left_s())
        count: int | None = self._raw.readinto(buffer)
        self._read_bytes += count or 0
        if self._read_bytes > self._line.max_wire_bytes:
            raise TransportError(Failure.TOO_LARGE, f"more than {self._line.max_wire_bytes} bytes")
        return count

    def close(self) -> None:
        """Let the socket's stream go."""
        self._raw.close()
        super().close()
