"""The HTTP client: bounded in time, bytes and hops; every failure is a TransportError that tells no secret."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3

from monitor.errors import Failure, TransportError, own_trouble
from monitor.model.messages import Letter
from monitor.model.routes import DIRECT, Route
from monitor.net.adapter import GuardedAdapter, tls_trusting
from monitor.net.guard import check_url
from monitor.net.line import Dialler, Line, Resolver, line_in_use, look_up
from monitor.net.smtp import Reply, deliver

_FOLLOWED = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CHUNK_BYTES = 65536
_HEADER_ALLOWANCE_BYTES = 2**20  # on the wire, beside the body
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one exchange may cost, redirects included; the body is counted after decompression."""

    connect_timeout_s: float = 5.0
    total_timeout_s: float = 30.0
    max_body_bytes: int = 5 * 2**20
    max_redirects: int = 5


FETCH_LIMITS = Limits()
DELIVERY_LIMITS = Limits(total_timeout_s=15.0, max_body_bytes=65536, max_redirects=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, whatever its status; header names are in lower case, `url` is the last hop's."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str | None = None  # where an unbroken chain of 301 and 308 from the first URL leads


class Client:
    """Asks public servers, or private ones where that is allowed. Safe to share between threads."""

    def __init__(
        self,
        *,
        elapsed_s: Callable[[], float],
        user_agent: str,
        resolve: Resolver = look_up,
        dial: Dialler = socket.create_connection,
        saw_date: Callable[[str, str], object] | None = None,
    ) -> None:
        """`saw_date` hears of each host and its Date header."""
        self._elapsed_s = elapsed_s
        self._resolve = resolve
        self._dial = dial
        self._saw_date = saw_date
        self._adapters: dict[str, GuardedAdapter] = {}  # by whom they trust
        self._making = Lock()
        self._headers = {
            "User-Agent": user_agent,
            "Accept-Encoding": urllib3.util.make_headers(accept_encoding=True)["accept-encoding"],
            "Connection": "close",
        }

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        secret_headers: Mapping[str, str] = _NO_HEADERS,
        limits: Limits = FETCH_LIMITS,
        allow_private: bool = False,
        route: Route = DIRECT,
    ) -> Answer:
        """Follow redirects to the answer; `secret_headers` go to the first URL's origin only.

        Raises TransportError: REDIRECT for loops, too many hops and https to http; REFUSED_ADDRESS, TIMEOUT,
        TOO_LARGE, NETWORK, PROXY.
        """
        line = self._line(limits, route, allow_private=allow_private)
        home = _origin(check_url(url))
        seen = {url}
        moved_to: str | None = None
        permanent = True
        while True:
            own = secret_headers if _origin(check_url(url)) == home else _NO_HEADERS
            request = requests.Request("GET", url, headers={**self._headers, **headers, **own})
            answer, target = self._exchange(request, line, limits)
            if target is None:
                return Answer(answer.status, answer.headers, answer.body, answer.url, moved_to)
            _check_redirect(url, target, seen, limits)
            permanent = permanent and answer.status in _PERMANENT
            moved_to = target if permanent else moved_to
            url = target
            seen.add(url)

    def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        limits: Limits = DELIVERY_LIMITS,
        allow_private: bool = False,
        route: Route = DIRECT,
    ) -> Answer:
        """Send once; a redirect is not followed, it is the answer. Raises TransportError as `get` does."""
        check_url(url)
        request = requests.Request("POST", url, data=body, headers={**self._headers, **headers})
        return self._exchange(request, self._line(limits, route, allow_private=allow_private), limits)[0]

    def mail(
        self,
        letter: Letter,
        *,
        limits: Limits = DELIVERY_LIMITS,
        allow_private: bool = False,
        route: Route = DIRECT,
    ) -> Reply:
        """Send a letter once; raises TransportError as `get` does, and for a proxy that carries no mail."""
        line = self._line(limits, route, allow_private=allow_private)
        with _named_failures(letter.host):
            return deliver(letter, line.towards(letter.host), self._adapter(route.trust).tls)

    def close(self) -> None:
        """Give back what the pools of hosts hold."""
        with self._making:
            for adapter in self._adapters.values():
                adapter.close()

    def _adapter(self, trust: str) -> GuardedAdapter:
        with self._making:  # authorities take a while to load: once is enough for all threads
            if trust not in self._adapters:
                self._adapters[trust] = GuardedAdapter(tls_trusting(trust))
            return self._adapters[trust]

    def _line(self, limits: Limits, route: Route, *, allow_private: bool) -> Line:
        return Line(
            self._resolve,
            self._dial,
            allow_private,
            limits.connect_timeout_s,
            limits.max_body_bytes + _HEADER_ALLOWANCE_BYTES,
            self._elapsed_s,
            self._elapsed_s() + limits.total_timeout_s,
            route,
        )

    def _exchange(self, request: requests.Request, line: Line, limits: Limits) -> tuple[Answer, str | None]:
        """One hop: the answer, and where it redirects to if that is to be followed (then without a body)."""
        host = check_url(request.url).hostname
        with _named_failures(host or ""):
            prepared = request.prepare()
            # The host as it will be asked for: prepared, it is ASCII.
            with _in_use(line.towards(urlsplit(str(prepared.url)).hostname or "")):
                timeout = (limits.connect_timeout_s, line.left_s())
                response = self._adapter(line.route.trust).send(prepared, stream=True, timeout=timeout)
                with response:
                    follow = request.method == "GET" and response.status_code in _FOLLOWED
                    location = response.headers.get("location") if follow else None
                    body = b"" if location else _read(response.raw, limits.max_body_bytes)
        headers = {name.lower(): value for name, value in response.headers.items()}
        if self._saw_date is not None:
            self._saw_date(host or "", headers.get("date", ""))
        answer = Answer(response.status_code, headers, body, response.url)
        return answer, _target(request.url, location) if location else None


@contextmanager
def _in_use(line: Line) -> Iterator[None]:
    token = line_in_use.set(line)
    try:
        yield
    finally:
        line_in_use.reset(token)


def _read(raw: urllib3.HTTPResponse, max_bytes: int) -> bytes:
    """The decompressed body, never more of it than the cap and one chunk in memory."""
    body = bytearray()
    # read1 answers after one read of the socket and decompresses no more than a chunk; read and stream do not.
    while chunk := raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise TransportError(Failure.TOO_LARGE, f"more than {max_bytes} bytes")
    return bytes(body)


def _check_redirect(source: str, target: str, seen: set[str], limits: Limits) -> None:
    host = check_url(target).hostname
    if source.startswith("https:") and not target.startswith("https:"):
        raise TransportError(Failure.REDIRECT, f"a redirect from https to http at {host}")
    if target in seen:
        raise TransportError(Failure.REDIRECT, f"a redirect loop at {host}")
    if len(seen) > limits.max_redirects:
        raise TransportError(Failure.REDIRECT, f"more than {limits.max_redirects} redirects, the last to {host}")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or {"http": 80, "https": 443}[parts.scheme]


def _target(source: str, location: str) -> str:
    """Where a redirect leads. Header bytes arrive as Latin-1; servers mean UTF-8."""
    try:
        return urljoin(source, location.encode("latin-1", "replace").decode("utf-8", "replace"))
    except ValueError:
        host = urlsplit(source).hostname
        raise TransportError(Failure.REDIRECT, f"a redirect that cannot be read at {host}") from None


# What the libraries raise, the first row that fits; ours, whose texts never quote a URL or a header.
_FAILURES: tuple[tuple[tuple[type[Exception], ...], Failure, str], ...] = (
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), Failure.TIMEOUT, "{} did not answer in time"),
    ((requests.exceptions.ProxyError,), Failure.PROXY, "the proxy for {} cannot be used"),
    (
        (requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError),
        Failure.NETWORK,
        "{} offers no TLS connection that can be trusted",
    ),
    (
        (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError),
        Failure.REFUSED_ADDRESS,
        "{} cannot be a host",
    ),
    ((ValueError,), Failure.NETWORK, "the request to {} cannot be written"),  # a header that cannot be encoded
    ((urllib3.exceptions.DecodeError,), Failure.NETWORK, "the answer of {} cannot be decompressed"),
    (
        (requests.RequestException, urllib3.exceptions.HTTPError, OSError),
        Failure.NETWORK,
        "the connection to {} broke",
    ),
)
_RAISED = tuple(kind for kinds, _, _ in _FAILURES for kind in kinds)


@contextmanager
def _named_failures(host: str) -> Iterator[None]:
    """Turn every failure of the libraries into ours; `from None`, for their texts quote URLs and headers."""
    try:
        yield
    except _RAISED as error:
        if isinstance(error, OSError) and (own := own_trouble(error)):
            raise own from None
        failure, told = next((failure, told) for kinds, failure, told in _FAILURES if isinstance(error, kinds))
        raise TransportError(failure, told.format(host)) from None
