"""requests' adapter over guarded connections, directly or by an HTTP proxy.

The connections are urllib3's own, with two steps replaced: how a socket is opened, and how an answer is read.
"""

import io
import socket
import ssl
from http.client import HTTPResponse
from typing import Any

import truststore
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import make_headers
from urllib3.util.ssl_ import create_urllib3_context

from monitor.errors import Failure, TransportError
from monitor.model.routes import PUBLIC, SYSTEM, Proxy
from monitor.net.line import BoundedReader, line_in_use


def tls_trusting(trust: str) -> ssl.SSLContext:
    """A context that believes the public authorities, those of this machine, or those of a PEM text."""
    if trust == SYSTEM:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls = create_urllib3_context()
    if trust == PUBLIC:
        tls.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    else:
        tls.load_verify_locations(cadata=trust)
    return tls


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on unread
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(BoundedReader(sock, self.fp.detach(), line_in_use.get()))


class _GuardedConnection(HTTPConnection):
    response_class = _BoundedResponse

    def _new_conn(self) -> socket.socket:
        return line_in_use.get().connect(self._dns_host, self.port)

    def _tunnel(self) -> None:
        """CONNECT, whose refusal http.client tells as an OSError like any other."""
        try:
            super()._tunnel()
        except TimeoutError:
            raise
        except OSError:
            raise TransportError(Failure.PROXY, f"the proxy {self.host} does not let us through") from None


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


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _GuardedPool, "https": _GuardedTlsPool}


class GuardedAdapter(HTTPAdapter):
    """Used without a Session, so that nothing is remembered; the Line in use says by which proxy a request goes."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.tls = tls
        self._by_proxy: dict[Proxy, ProxyManager] = {}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *_args: object, **_kwargs: object) -> None:
        """One pool for each host; requests calls this while it is made."""
        self.poolmanager = PoolManager(ssl_context=self.tls, cert_reqs="CERT_REQUIRED")
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_args: object, **_kwargs: object
    ) -> HTTPConnectionPool:
        """The pool of the host, or of the HTTP proxy by which it is reached; SOCKS is the socket's own affair."""
        proxy = _http_proxy()
        manager = self.poolmanager if proxy is None else self._manager(proxy)
        return manager.connection_from_url(str(request.url))

    def cert_verify(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: the TLS context verifies already; requests would load the authorities anew for each request."""

    def request_url(self, request: PreparedRequest, _proxies: object) -> str:
        """The path and query; the whole URL where a proxy is to forward the request."""
        return str(request.url).partition("#")[0] if _is_forwarded(request) else request.path_url

    def add_headers(self, request: PreparedRequest, **_kwargs: object) -> None:
        """Tell the proxy our password where it reads the request itself; in a tunnel, CONNECT tells it."""
        proxy = _http_proxy()
        if proxy is not None and _is_forwarded(request):
            request.headers.update(_password(proxy))

    def close(self) -> None:
        """Give back what the pools hold."""
        super().close()
        for manager in tuple(self._by_proxy.values()):
            manager.clear()

    def _manager(self, proxy: Proxy) -> ProxyManager:
        """Two threads may make one each for a new proxy; either serves."""
        if proxy not in self._by_proxy:
            made = ProxyManager(
                f"{proxy.scheme}://{proxy.place}",
                proxy_headers=_password(proxy),
                proxy_ssl_context=self.tls,
                ssl_context=self.tls,
                cert_reqs="CERT_REQUIRED",
            )
            made.pool_classes_by_scheme = _POOLS
            self._by_proxy[proxy] = made
        return self._by_proxy[proxy]


def _http_proxy() -> Proxy | None:
    proxy = line_in_use.get().proxy
    return None if proxy is None or proxy.is_socks else proxy


def _is_forwarded(request: PreparedRequest) -> bool:
    return _http_proxy() is not None and str(request.url).startswith("http:")


def _password(proxy: Proxy) -> dict[str, str]:
    """The header by which a proxy knows us, in UTF-8 as curl sends it: make_headers encodes Latin-1."""
    if not proxy.user:
        return {}
    return make_headers(proxy_basic_auth=f"{proxy.user}:{proxy.password or ''}".encode().decode("latin-1"))
