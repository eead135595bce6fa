"""What a hostile answer may cost us, measured in a process of its own: seconds, bytes off the wire, memory."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import chain, repeat
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.errors import TransportError
from monitor.fetch import SOURCES
from monitor.model.posts import ReadState
from monitor.net.client import FETCH_LIMITS, Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import FeedServer, Raw, Reply, Script

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

brotli: Any = import_module("brotli")  # it has no types

ROOT = Path(__file__).parents[2]
LIMIT_S, LIMIT_MB, LIMIT_BYTES = 30, 150, 10 * 2**20
LATE_S = 10  # an account is read every 30 s at most
HEAD = b"HTTP/1.1 200 OK\r\n"
RSS = b'<rss version="2.0"><channel>'
END = b"</description></item></channel></rss>"
KIND = RSS + b"<item><guid>1</guid><title>kind</title></item></channel></rss>"
ROOM = FETCH_LIMITS.max_body_bytes - 1000
ZEROS = bytes(10_000_000)
WIDE = {int(zstd.CompressionParameter.window_log): 27}


def packed(encoding: str, body: bytes) -> Reply:
    return Reply(200, body, {"Content-Encoding": encoding})


def endless(first: bytes, then: bytes, times: int = 10_000) -> Raw:
    return Raw(chain([first], repeat(then, times)))


def one_post(text: bytes) -> Reply:
    return Reply(200, RSS + b"<item><guid>1</guid><description>" + text * (ROOM // len(text)) + END)


def feed_of(item: bytes) -> Reply:
    return Reply(200, RSS + item * (ROOM // len(item)) + b"</channel></rss>")


ROWS: dict[str, tuple[Callable[[], Reply | Raw], str]] = {
    "gzip, 200 MB": (lambda: packed("gzip", gzip.compress(ZEROS) * 20), "too_large"),
    "gzip in gzip, 1 GB": (lambda: packed("gzip, gzip", gzip.compress(gzip.compress(ZEROS) * 100)), "too_large"),
    "brotli, 200 MB": (lambda: packed("br", brotli.compress(ZEROS * 20, quality=1)), "too_large"),
    "zstd, 1 GB": (lambda: packed("zstd", zstd.compress(ZEROS) * 100), "too_large"),
    "zstd with a window of 128 MB": (lambda: packed("zstd", zstd.compress(ZEROS * 20, options=WIDE)), "too_large"),
    "a body of 100 MB": (lambda: endless(HEAD + b"Content-Length: 104857600\r\n\r\n", b"x" * 65536, 1600), "too_large"),
    "endless chunks": (
        lambda: endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
        "too_large",
    ),
    "endless headers": (lambda: endless(HEAD, b"X-A: b\r\n" * 500), "network"),
    "an endless header": (lambda: endless(HEAD + b"X-A: ", b"b" * 65536), "network"),
    "bytes of no encoding": (lambda: Reply(200, Random(9).randbytes(ROOM)), "truncated"),
    "nesting": (lambda: Reply(200, RSS + b"<a>" * (ROOM // 3 - 20)), "truncated"),
    "entities that multiply": (
        lambda: Reply(200, b'<!DOCTYPE rss [<!ENTITY a "' + b"a" * 100_000 + b'">]>' + RSS + b"&a;" * 1000),
        "truncated",
    ),
    "nesting in a post": (lambda: one_post(b"&lt;div&gt;"), "1 posts"),
    "a post as long as an answer": (lambda: one_post(b"word "), "1 posts"),
    "the same in Chinese with emoji": (lambda: one_post("云雀😀".encode()), "1 posts"),
    "as many posts as fit": (lambda: feed_of(b"<item><guid>g</guid></item>"), "too_large"),
    "malformed and large": (lambda: Reply(200, b"<rss" * (ROOM // 4)), "truncated"),
    "as many posts of JSON as fit": (lambda: json_of(b'{"id":"g"},'), "too_large"),
    "nested JSON": (lambda: Reply(200, b'{"items":' + b"[" * (ROOM - 20)), "not_a_feed"),
}


def json_of(item: bytes) -> Reply:
    return Reply(200, b'{"items":[' + item * (ROOM // len(item)) + b"{}]}", {"Content-Type": "application/feed+json"})


class Reader:
    """The child process, which reads one URL after another."""

    def __init__(self) -> None:
        words = [sys.executable, "-P", "-m", "tests.fetch.cost"]
        environ = {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)

    def read(self, url: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(url + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


@pytest.fixture(scope="module")
def site() -> Iterator[FeedServer]:
    with FeedServer({"/kind": Reply(200, KIND)}) as running:
        yield running


@pytest.fixture
def reader(site: FeedServer) -> Iterator[Reader]:
    child = Reader()
    with child.process:
        assert child.read(site.url("/kind"))["ended"] == "1 posts"
        yield child
        assert child.process.stdin is not None
        child.process.stdin.close()


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_answer_ends_soon_and_takes_little(site: FeedServer, reader: Reader, name: str) -> None:
    make, ended = ROWS[name]
    site.routes["/hostile"] = make()
    told = reader.read(site.url("/hostile"))
    assert told["ended"] == ended
    assert told["seconds"] < LIMIT_S
    assert told["growth_mb"] < LIMIT_MB


def test_no_more_than_ten_megabytes_are_read() -> None:
    assert FETCH_LIMITS.max_body_bytes <= LIMIT_BYTES
    assert FETCH_LIMITS.total_timeout_s <= LIMIT_S


def test_those_who_hang_drip_and_exhaust_keep_no_neighbour_waiting() -> None:
    clock = SystemClock()
    client = Client(elapsed_s=clock.elapsed_s, user_agent="tests/1")

    def read(url: str) -> int:
        return len(SOURCES["feed"].page(account(url), ReadState(), client, NOW).posts)

    hostile: dict[str, Script] = {
        "/hang": lambda _asked: Raw([b""], pause_s=60),
        "/drip": lambda _asked: Raw(chain([HEAD + b"\r\n"], repeat(b"x")), pause_s=0.2),
        "/bomb": packed("gzip", gzip.compress(ZEROS) * 20),
        "/long": one_post(b"word "),
    }
    with ThreadPoolExecutor(16) as pool, FeedServer({"/kind": Reply(200, KIND), **hostile}) as site:
        ends = [pool.submit(read, site.url(path)) for path in [*hostile] * 4]
        for _ in range(20):
            began_s = clock.elapsed_s()
            assert read(site.url("/kind")) == 1
            assert clock.elapsed_s() - began_s < LATE_S
        assert [end for end in ends if not end.done()], "nobody hung or dripped meanwhile"
    assert all(end.exception() is None or isinstance(end.exception(), TransportError) for end in ends)
