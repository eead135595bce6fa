"""Proxies that others made, tinyproxy and microsocks, understand us, and we them."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
import trustme

from monitor.clock import SystemClock
from monitor.errors import Failure, TransportError
from monitor.model.routes import Proxy, Route
from monitor.net.client import Client
from tests.fetch.feed_server import FeedServer, Reply
from tests.net.proxies import PASSWORD, USER


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(words: list[str], port: int) -> Iterator[None]:
    """That program, from when it listens until the test is over."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                Event().wait(0.05)
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    http, socks = free_port(), free_port()
    config = Path(tmp_path_factory.mktemp("tinyproxy")) / "tinyproxy.conf"
    config.write_text(f"Port {http}\nListen 127.0.0.1\nTimeout 20\nAllow 127.0.0.1\nBasicAuth {USER} {PASSWORD}\n")
    by_socks = ["microsocks", "-i", "127.0.0.1", "-p", str(socks), "-u", USER, "-P", PASSWORD]
    with started(["tinyproxy", "-d", "-c", str(config)], http), started(by_socks, socks):
        yield {"http": http, "socks5": socks, "socks5h": socks}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=[False, True], ids=["to http", "to https"])
def server(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[FeedServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if request.param else None
    if tls is not None:
        authority.issue_cert("localhost").configure_cert(tls)
    with FeedServer({"/": Reply(200, b"a feed" * 50_000), "/hook": Reply(204)}, tls) as running:
        yield running


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_proxy_that_others_made_carries_our_requests(
    ports: dict[str, int], server: FeedServer, authority: trustme.CA, scheme: str
) -> None:
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    trust = authority.cert_pem.bytes().decode()
    url = server.url(host="localhost")
    good = Route(Proxy(scheme, "127.0.0.1", ports[scheme], USER, PASSWORD), trust=trust)
    assert client.get(url, allow_private=True, route=good).body == b"a feed" * 50_000
    assert client.post(url + "hook", body=b"{}", headers={}, allow_private=True, route=good).status == 204
    assert not [name for asked in server.asked for name in asked.headers if name.startswith("proxy-auth")]
    stranger = Route(Proxy(scheme, "127.0.0.1", ports[scheme], USER, "wrong-secret"), trust=trust)
    if scheme == "http" and url.startswith("http:"):
        assert client.get(url, allow_private=True, route=stranger).status in {401, 407}
        return
    with pytest.raises(TransportError) as caught:
        client.get(url, allow_private=True, route=stranger)
    assert caught.value.failure is Failure.PROXY
    assert "secret" not in str(caught.value)
