"""The client against real servers on loopback: limits, redirects, and what does not follow them."""

import gzip
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import chain, count, repeat
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.errors import Failure, TransportError
from monitor.net.client import DELIVERY_LIMITS, Client, Limits
from tests.fetch.feed_server import Asked, FeedServer, Raw, Reply, Script, redirect

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

brotli: Any = import_module("brotli")  # it has no types

SHORT = Limits(connect_timeout_s=1.0, total_timeout_s=1.0, max_body_bytes=100_000)
TEXT = "云雀 X9".encode() * 100
BOMB = bytes(5_000_000)
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(elapsed_s=SystemClock().elapsed_s, user_agent="leak-monitor tests")
    yield made
    made.close()


def deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": deflated,
    "br": lambda data: brotli.compress(data, quality=1),
    "zstd": zstd.compress,
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("encoding", PACKED)
def test_every_offered_compression_is_undone(server: FeedServer, client: Client, encoding: str) -> None:
    server.routes["/"] = Reply(200, PACKED[encoding](TEXT), {"Content-Encoding": encoding})
    assert client.get(server.url(), limits=SHORT, allow_private=True).body == TEXT
    assert set(encoding.split(", ")) <= set(server.asked[0].headers["accept-encoding"].split(","))


@pytest.mark.parametrize("encoding", PACKED)
def test_a_bomb_is_stopped_at_the_cap(server: FeedServer, client: Client, encoding: str) -> None:
    server.routes["/"] = Reply(200, PACKED[encoding](BOMB), {"Content-Encoding": encoding})
    with pytest.raises(TransportError) as caught:
        client.get(server.url(), limits=SHORT, allow_private=True)
    assert caught.value.failure is Failure.TOO_LARGE


def endless(first: bytes, then: bytes) -> Raw:
    return Raw(chain([first], repeat(then)))


def drip(first: bytes, then: bytes) -> Raw:
    return Raw(chain([first], repeat(then)), pause_s=0.05)


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        pytest.param(endless(HEAD + b"\r\n", b"x" * 65536), Failure.TOO_LARGE, id="endless body"),
        pytest.param(
            endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
            Failure.TOO_LARGE,
            id="endless chunks",
        ),
        pytest.param(
            endless(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 500),
            Failure.TOO_LARGE,
            id="endless members that hold nothing",
        ),
        pytest.param(endless(HEAD, b"X-A: b\r\n" * 50), Failure.NETWORK, id="endless headers"),
        pytest.param(endless(HEAD + b"X-A: ", b"b" * 65536), Failure.NETWORK, id="endless header line"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Failure.TOO_LARGE, id="endless continues"),
        pytest.param(drip(HEAD + b"\r\n", b"x"), Failure.TIMEOUT, id="dripping body"),
        pytest.param(drip(HEAD, b"X"), Failure.TIMEOUT, id="dripping headers"),
        pytest.param(drip(b"", b"H"), Failure.TIMEOUT, id="dripping status"),
        pytest.param(
            drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), Failure.TIMEOUT, id="dripping chunks"
        ),
        pytest.param(
            drip(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")), Failure.TIMEOUT, id="dripping gzip"
        ),
        pytest.param(Raw([b""], pause_s=30), Failure.TIMEOUT, id="no answer"),
        pytest.param(Raw([]), Failure.NETWORK, id="closed at once"),
        pytest.param(Raw([b"no HTTP at all\r\n\r\n"]), Failure.NETWORK, id="not HTTP"),
        pytest.param(Raw([HEAD + b"Content-Length: 9\r\n\r\nhalf"]), Failure.NETWORK, id="cut body"),
        pytest.param(Raw([HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"]), Failure.NETWORK, id="cut chunk"),
        pytest.param(
            Reply(200, b"not gzip", {"Content-Encoding": "gzip"}), Failure.NETWORK, id="wrong content encoding"
        ),
    ],
)
def test_unkind_answers_end_soon_and_are_named(
    server: FeedServer, client: Client, script: Script, failure: Failure
) -> None:
    server.routes["/"] = script
    clock = SystemClock()
    began_s = clock.elapsed_s()
    with pytest.raises(TransportError) as caught:
        client.get(server.url("/?token=secret"), limits=SHORT, allow_private=True)
    assert caught.value.failure is failure
    assert clock.elapsed_s() - began_s < 3 * SHORT.total_timeout_s
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_bytes_beyond_the_content_length_are_left(server: FeedServer, client: Client) -> None:
    server.routes["/"] = Raw([HEAD + b"Content-Length: 4\r\n\r\nhalf and more"])
    assert client.get(server.url(), allow_private=True).body == b"half"


@pytest.mark.parametrize("status", [200, 204, 300, 304, 401, 404, 429, 500, 503])
def test_every_status_is_an_answer(server: FeedServer, client: Client, status: int) -> None:
    server.routes["/"] = Reply(status, headers={"X-Kept": "yes", "Location": "/elsewhere"})
    answer = client.get(server.url(), allow_private=True)
    assert (answer.status, answer.headers["x-kept"], answer.moved_to) == (status, "yes", None)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((302,), None), ((301,), 1), ((308, 301), 2), ((301, 302, 301), 1), ((307, 301), None), ((303,), None)],
)
def test_only_an_unbroken_chain_of_permanent_redirects_moves_an_address(
    server: FeedServer, client: Client, statuses: tuple[int, ...], moved: int | None
) -> None:
    for hop, status in enumerate(statuses):
        server.routes[f"/{hop}"] = redirect(f"/{hop + 1}?q={hop + 1}", status)
    server.routes[f"/{len(statuses)}"] = Reply(200, b"here")
    answer = client.get(server.url("/0"), allow_private=True)
    assert answer.body == b"here"
    assert answer.url == server.url(f"/{len(statuses)}?q={len(statuses)}")
    assert answer.moved_to == (server.url(f"/{moved}?q={moved}") if moved else None)


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ({"/": "/"}, "loop"),
        ({"/": "/a", "/a": "/b", "/b": "/a"}, "loop"),
        ({"/": "/1", "/1": "/2", "/2": "/3", "/3": "/4", "/4": "/5", "/5": "/6"}, "more than 5 redirects"),
    ],
)
def test_loops_and_long_chains_of_redirects_are_named(
    server: FeedServer, client: Client, routes: dict[str, str], told: str
) -> None:
    server.routes.update({path: redirect(target) for path, target in routes.items()})
    with pytest.raises(TransportError, match=told) as caught:
        client.get(server.url(), allow_private=True)
    assert caught.value.failure is Failure.REDIRECT
    assert len(server.asked) <= 6


def test_all_hops_together_have_one_deadline(server: FeedServer, client: Client) -> None:
    def slow(asked: Asked) -> Raw:
        target = f"Location: {asked.path}x\r\n\r\n".encode()
        return Raw([b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + target], pause_s=0.4)

    server.routes.update({"/" + "x" * hops: slow for hops in range(6)})
    with pytest.raises(TransportError) as caught:
        client.get(server.url(), limits=SHORT, allow_private=True)
    assert caught.value.failure is Failure.TIMEOUT


def test_nothing_is_connected_after_the_deadline(server: FeedServer) -> None:
    late = Client(elapsed_s=count(0, 100).__next__, user_agent="tests/1")
    with pytest.raises(TransportError) as caught:
        late.get(server.url(), allow_private=True)
    assert caught.value.failure is Failure.TIMEOUT
    assert server.connects == 0


def test_secret_headers_and_cookies_stay_with_the_origin(server: FeedServer, client: Client) -> None:
    with FeedServer() as other:
        other.routes["/"] = Reply(302, headers={"Location": "/again", "Set-Cookie": "mine=3"})
        other.routes["/again"] = redirect(server.url("/back"))
        server.routes["/"] = Reply(302, headers={"Location": "/same", "Set-Cookie": "tracker=1; Path=/"})
        server.routes["/same"] = redirect(other.url())
        server.routes["/back"] = Reply(200, b"done", {"Set-Cookie": "tracker=2"})
        secrets = {"X-Api-Key": "secret", "Cookie": "SUB=secret", "Authorization": "Bearer secret"}
        answer = client.get(server.url(), headers={"If-None-Match": '"1"'}, secret_headers=secrets, allow_private=True)
        assert answer.body == b"done"
        for asked in server.asked:
            assert {asked.headers[name.lower()] for name in secrets} == set(secrets.values())
        assert [asked.path for asked in other.asked] == ["/", "/again"]
        for asked in other.asked:
            assert asked.headers["if-none-match"] == '"1"'
            assert not {name.lower() for name in secrets} & asked.headers.keys()
            assert "secret" not in repr(asked)
    client.get(server.url("/back"), allow_private=True)
    assert "cookie" not in server.asked[-1].headers


def test_the_environment_changes_nothing(server: FeedServer, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.routes["/"] = Reply(200, b"direct")
    assert client.get(server.url(), allow_private=True).body == b"direct"
    assert server.asked[0].headers["user-agent"] == "leak-monitor tests"


@pytest.mark.parametrize("target", ["//[secret", "http://[::1/secret", "//a]/secret"])
def test_a_redirect_that_cannot_be_read_is_refused_without_its_target(
    server: FeedServer, client: Client, target: str
) -> None:
    server.routes["/"] = redirect(target)
    with pytest.raises(TransportError) as caught:
        client.get(server.url(), allow_private=True)
    assert caught.value.failure is Failure.REDIRECT
    assert "secret" not in str(caught.value)


def test_a_post_sends_its_body_once_and_follows_nothing(server: FeedServer, client: Client) -> None:
    server.routes["/hook"] = redirect(server.url("/elsewhere"), 307)
    headers = {"Content-Type": "application/json", "webhook-id": "msg_1"}
    answer = client.post(server.url("/hook"), body=b"{}", headers=headers, allow_private=True)
    assert (answer.status, answer.moved_to) == (307, None)
    assert [(asked.method, asked.path, asked.body) for asked in server.asked] == [("POST", "/hook", b"{}")]
    assert server.asked[0].headers["webhook-id"] == "msg_1"


def test_a_post_reads_no_more_of_the_answer_than_its_limit(server: FeedServer, client: Client) -> None:
    server.routes["/hook"] = Reply(200, b"x" * (DELIVERY_LIMITS.max_body_bytes + 1))
    with pytest.raises(TransportError) as caught:
        client.post(server.url("/hook"), body=b"", headers={}, allow_private=True)
    assert caught.value.failure is Failure.TOO_LARGE


@pytest.mark.parametrize("value", ["secret\r\nX-Injected: 1", "secret\n", "密钥secret"])
def test_a_header_that_cannot_be_sent_is_refused_without_its_value(
    server: FeedServer, client: Client, value: str
) -> None:
    server.routes["/"] = Reply()
    with pytest.raises(TransportError) as caught:
        client.get(server.url(), secret_headers={"X-Key": value}, allow_private=True)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert server.asked == []


def test_threads_share_a_client(server: FeedServer, client: Client) -> None:
    def echo(asked: Asked) -> Reply:
        return Reply(200, asked.path.encode())

    server.routes.update({f"/{number}": echo for number in range(16)})
    bodies: dict[int, bytes] = {}

    def ask(number: int) -> None:
        bodies[number] = client.get(server.url(f"/{number}"), allow_private=True).body

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == {number: f"/{number}".encode() for number in range(16)}
