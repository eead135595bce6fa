"""Where the client connects: the address that was checked, at every hop, and nowhere else."""

import ssl
import sys
from collections.abc import Iterator

import pytest
import trustme

from monitor.clock import SystemClock
from monitor.errors import Failure, TransportError
from monitor.model.routes import Route
from monitor.net.client import Client, Limits
from tests.fetch.feed_server import FeedServer, Reply, redirect
from tests.net.internet import Internet

FEEDS = "1.1.1.1"
SHORT = Limits(connect_timeout_s=2.0, total_timeout_s=2.0)

connects: list[object] = []
sys.addaudithook(lambda event, args: connects.append(args[1]) if event == "socket.connect" else None)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({"/": Reply(200, b"a feed")}) as running:
        yield running


@pytest.fixture
def internet() -> Internet:
    return Internet({"feeds.example": [FEEDS], "other.example": ["9.9.9.9"], "inside.example": ["10.0.0.8"]})


def client(internet: Internet) -> Client:
    elapsed_s = SystemClock().elapsed_s
    return Client(elapsed_s=elapsed_s, user_agent="tests/1", resolve=internet.resolve, dial=internet.dial)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/",
        "http://127.1:{}/",
        "http://2130706433:{}/",
        "http://0x7f000001:{}/",
        "http://0177.0.0.1:{}/",
        "http://0:{}/",
        "http://localhost:{}/",
        "http://[::1]:{}/",
        "http://[::ffff:127.0.0.1]:{}/",
        "http://１２７.0.0.1:{}/",
        "http://①②⑦.0.0.1:{}/",
        "https://127.0.0.1:{}/",
        r"http://127.0.0.1\@example.com:{}/",
    ],
)
def test_no_spelling_of_loopback_is_connected_to(server: FeedServer, url: str) -> None:
    asking = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    before = len(connects)
    with pytest.raises(TransportError) as caught:
        asking.get(url.format(server.port))
    assert caught.value.failure is Failure.REFUSED_ADDRESS
    assert (connects[before:], server.connects) == ([], 0)


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], [FEEDS, "127.0.0.1"], ["2606:4700::1", "::ffff:10.0.0.1"], ["169.254.169.254", FEEDS]]
)
def test_a_name_with_one_private_address_is_not_connected_to(internet: Internet, addresses: list[str]) -> None:
    internet.names["feeds.example"] = addresses
    with pytest.raises(TransportError, match=r"^refused_address: feeds\.example is "):
        client(internet).get("http://feeds.example/")
    assert internet.dialled == []


def test_a_name_is_looked_up_once_and_connected_where_it_was_checked(internet: Internet, server: FeedServer) -> None:
    answers = iter([[FEEDS], ["127.0.0.1"]])
    internet.names["rebinds.example"] = lambda: next(answers)
    asking = client(internet)
    assert asking.get(server.url(host="rebinds.example")).body == b"a feed"
    assert (internet.looked_up, internet.dialled) == (["rebinds.example"], [FEEDS])
    with pytest.raises(TransportError) as caught:
        asking.get(server.url(host="rebinds.example"))
    assert caught.value.failure is Failure.REFUSED_ADDRESS
    assert internet.dialled == [FEEDS]


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.example", "169.254.169.254", "[::1]", "0"])
def test_a_redirect_to_a_private_address_is_not_connected_to(internet: Internet, server: FeedServer, host: str) -> None:
    server.routes["/moved"] = redirect(server.url(host=host))
    internet.names["::1"] = ["::1"]
    internet.names["0"] = ["0.0.0.0"]
    with pytest.raises(TransportError) as caught:
        client(internet).get(server.url("/moved", host="feeds.example"))
    assert caught.value.failure is Failure.REFUSED_ADDRESS
    assert (internet.dialled, server.connects) == ([FEEDS], 1)


def test_a_private_network_is_asked_only_where_that_is_allowed(internet: Internet, server: FeedServer) -> None:
    asking = client(internet)
    url = server.url(host="inside.example")
    assert asking.get(url, allow_private=True).body == b"a feed"
    with pytest.raises(TransportError, match="private"):
        asking.get(url)
    assert internet.dialled == ["10.0.0.8"]


@pytest.mark.parametrize(
    "target", ["ftp://feeds.example/", "file:///etc/passwd", r"http://feeds.example\@inside.example/"]
)
def test_allowing_private_addresses_allows_nothing_else(internet: Internet, server: FeedServer, target: str) -> None:
    server.routes["/moved"] = redirect(target)
    with pytest.raises(TransportError) as caught:
        client(internet).get(server.url("/moved", host="inside.example"), allow_private=True)
    assert caught.value.failure is Failure.REFUSED_ADDRESS
    assert internet.dialled == ["10.0.0.8"]


def test_the_next_address_is_tried_when_one_does_not_answer(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    del monkeypatch
    asking = Client(
        elapsed_s=SystemClock().elapsed_s, user_agent="tests/1", resolve=lambda _host: ["127.255.255.1", "127.0.0.1"]
    )
    server.routes["/"] = Reply(200, b"found")
    assert asking.get(server.url(host="two.example"), allow_private=True).body == b"found"


def test_a_name_that_does_not_resolve_and_a_closed_port_are_named() -> None:
    asking = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")
    with FeedServer() as gone:
        pass
    for url, told in [
        ("http://nothing.invalid/?secret", "nothing.invalid does not resolve"),
        ("http://" + "a" * 64 + ".example/?secret", "network|refused_address"),
        (gone.url("/?secret"), "127.0.0.1 cannot be connected to"),
    ]:
        with pytest.raises(TransportError, match=told) as caught:
            asking.get(url, allow_private=True)
        assert "secret" not in str(caught.value)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def tls_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> Route:
    return Route(trust=authority.cert_pem.bytes().decode())


def test_tls_checks_the_name_while_the_checked_address_is_dialled(internet: Internet, authority: trustme.CA) -> None:
    told: list[str | None] = []
    tls = tls_for(authority, "feeds.example")
    tls.sni_callback = lambda _socket, name, _context: told.append(name)
    with FeedServer({"/": Reply(200, b"safe")}, tls) as server:
        answer = client(internet).get(server.url(host="feeds.example"), route=trusting(authority))
        assert (answer.body, told, internet.dialled) == (b"safe", ["feeds.example"], [FEEDS])
        assert server.asked[0].headers["host"] == f"feeds.example:{server.port}"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_another_name_or_authority_is_refused(
    internet: Internet, authority: trustme.CA, *, trusted: bool
) -> None:
    issuer = authority if trusted else trustme.CA()
    name = "other.example" if trusted else "feeds.example"
    with FeedServer({"/": Reply()}, tls_for(issuer, name)) as server:
        with pytest.raises(TransportError, match=r"^network: feeds\.example offers no TLS connection"):
            client(internet).get(server.url("/?secret", host="feeds.example"), route=trusting(authority))
        assert server.asked == []


def test_https_is_never_left_for_http(internet: Internet, authority: trustme.CA) -> None:
    with FeedServer({"/": Reply()}) as plain:
        routes = {"/": redirect(plain.url(host="feeds.example"))}
        with FeedServer(routes, tls_for(authority, "feeds.example")) as secure:
            with pytest.raises(TransportError, match=r"^redirect: a redirect from https to http") as caught:
                client(internet).get(secure.url(host="feeds.example"), route=trusting(authority))
            assert caught.value.failure is Failure.REDIRECT
        assert plain.connects == 0


def test_a_plain_server_behind_https_is_named(internet: Internet, server: FeedServer) -> None:
    with pytest.raises(TransportError) as caught:
        client(internet).get(f"https://feeds.example:{server.port}/", limits=SHORT)
    assert caught.value.failure in {Failure.NETWORK, Failure.TIMEOUT}
