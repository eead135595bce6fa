"""The client behind proxies: which way a request takes, what the guard still sees, and who learns which secret."""

import base64
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from monitor.clock import SystemClock
from monitor.errors import Failure, TransportError
from monitor.model.routes import SYSTEM, Places, Proxy, Route
from monitor.net.client import Client, Limits
from tests.fetch.feed_server import FeedServer, Reply, redirect
from tests.net.internet import Internet
from tests.net.proxies import PASSWORD, USER, HttpProxy, LoopbackProxy, SocksProxy, Told

FEEDS = "1.1.1.1"
SHORT = Limits(connect_timeout_s=1.0, total_timeout_s=1.0)
KINDS = ("http", "https", "socks5", "socks5h")
RESOLVING = ("http", "https", "socks5h")


@pytest.fixture
def internet() -> Internet:
    names = {"feeds.example": [FEEDS], "inside.example": ["10.0.0.8"], "proxy.example": ["127.0.0.1"]}
    return Internet({**names, "rsshub.intranet.example": ["10.20.0.9"]})


@pytest.fixture
def client(internet: Internet) -> Iterator[Client]:
    made = Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1", resolve=internet.resolve, dial=internet.dial)
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({"/": Reply(200, b"a feed")}) as running:
        yield running


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def pem(authority: trustme.CA) -> str:
    return authority.cert_pem.bytes().decode()


def tls_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def running(kind: str, authority: trustme.CA, *, wants_password: bool = False) -> LoopbackProxy:
    if kind.startswith("socks"):
        return SocksProxy(wants_password=wants_password)
    tls = tls_for(authority, "proxy.example") if kind == "https" else None
    return HttpProxy(wants_password=wants_password, tls=tls)


# --- which way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secure", [False, True], ids=["to http", "to https"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_comes_by_every_kind_of_proxy(
    internet: Internet, client: Client, authority: trustme.CA, pem: str, kind: str, *, secure: bool
) -> None:
    tls = tls_for(authority, "feeds.example") if secure else None
    with running(kind, authority, wants_password=True) as by, FeedServer({"/a": Reply(200, b"a feed")}, tls) as server:
        route = Route(by.proxy(kind, user=USER, password=PASSWORD), trust=pem)
        answer = client.get(server.url("/a?q=1", host="feeds.example"), route=route)
        assert (answer.body, answer.url) == (b"a feed", server.url("/a?q=1", host="feeds.example"))
        host = FEEDS if kind == "socks5" else "feeds.example"
        how = {"socks5": "address", "socks5h": "name"}.get(kind, "CONNECT" if secure else "GET")
        forwarded = how == "GET"
        target = server.url("/a?q=1", host="feeds.example") if forwarded else f"{host}:{server.port}"
        assert [(told.how, told.target) for told in by.told] == [(how, target)]
        assert ("feeds.example" in internet.looked_up) is (kind == "socks5")
        assert FEEDS not in internet.dialled
        assert server.asked[0].path == "/a?q=1"
        assert server.asked[0].headers["host"] == f"feeds.example:{server.port}"
        assert not [name for name in server.asked[0].headers if name.startswith("proxy")]


def test_a_password_of_any_language_is_sent_as_utf8(client: Client, server: FeedServer) -> None:
    with HttpProxy() as by:
        route = Route(by.proxy(user="云", password="密码:1"))
        assert client.get(server.url(host="feeds.example"), route=route).body == b"a feed"
        scheme, _, told = by.told[0].headers["proxy-authorization"].partition(" ")
        assert (scheme, base64.b64decode(told).decode()) == ("Basic", "云:密码:1")


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_sent_by_a_proxy(client: Client, authority: trustme.CA, pem: str, kind: str) -> None:
    tls = tls_for(authority, "feeds.example")
    with running(kind, authority) as by, FeedServer({"/": Reply(204)}, tls) as server:
        route = Route(by.proxy(kind), trust=pem)
        assert client.post(server.url(host="feeds.example"), body=b"{}", headers={}, route=route).status == 204
        assert [asked.body for asked in server.asked] == [b"{}"]
        assert len(by.told) == 1


def test_hosts_of_no_proxy_are_reached_directly_and_checked_as_ever(
    internet: Internet, client: Client, server: FeedServer
) -> None:
    with HttpProxy() as by:
        route = Route(by.proxy(), no_proxy=Places(frozenset({"example"}), (ip_network("10.0.0.0/8"),)))
        assert client.get(server.url(host="feeds.example"), route=route).body == b"a feed"
        for host in ("inside.example", "10.0.0.8"):
            with pytest.raises(TransportError, match="a private address"):
                client.get(server.url(host=host), route=route)
        assert by.told == []
        assert internet.dialled == [FEEDS]


# --- what the guard sees ------------------------------------------------------------------------------------------

HIDDEN_HOSTS = (
    "127.0.0.1 10.0.0.1 169.254.169.254 192.168.1.1 100.64.0.1 [::1] [::ffff:10.0.0.1] [fd00:ec2::254] "
    "[fe80::1%25eth0] 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 010.8.8.8 0 127.0.0.1. 1.2.3 8.8.8.8.8 256.1.1.1 "
    "１２７.0.0.1 ①②⑦.0.0.1 127。0。0。1 127.0.0.%31 "
    "localhost LOCALHOST a.localhost localhost. printer printer.local metadata.google.internal nas.home.arpa"
)


@pytest.mark.parametrize("host", HIDDEN_HOSTS.split())
@pytest.mark.parametrize("kind", RESOLVING)
def test_a_proxy_that_looks_names_up_is_not_asked_for_what_is_plainly_private(
    client: Client, authority: trustme.CA, pem: str, kind: str, host: str
) -> None:
    with running(kind, authority) as by:
        with pytest.raises(TransportError) as caught:
            client.get(f"http://{host}/?secret", route=Route(by.proxy(kind), trust=pem))
        assert caught.value.failure is Failure.REFUSED_ADDRESS
        assert "secret" not in str(caught.value)
        assert by.told == []


@pytest.mark.parametrize("host", [*HIDDEN_HOSTS.split()[:16], "inside.example", "localhost"])
def test_a_socks5_proxy_is_told_checked_addresses_alone(internet: Internet, client: Client, host: str) -> None:
    spelled = {"127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "localhost"}
    internet.names.update({name: ["127.0.0.1"] for name in spelled})
    with SocksProxy() as by:
        with pytest.raises(TransportError) as caught:
            client.get(f"http://{host}/", route=Route(by.proxy("socks5")))
        assert caught.value.failure is Failure.REFUSED_ADDRESS
        assert by.told == []


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:4700::1]", "a.example", "xn--fiq228c.example", "x_y.example", "9.a"]
)
def test_what_may_be_public_is_left_to_the_proxy(client: Client, server: FeedServer, host: str) -> None:
    with HttpProxy() as by:
        assert client.get(server.url(host=host), route=Route(by.proxy())).body == b"a feed"
        assert by.told[0].target == server.url(host=host)


def test_a_name_by_socks5_is_looked_up_once_and_its_checked_address_told(
    internet: Internet, client: Client, server: FeedServer
) -> None:
    answers = iter([[FEEDS], ["127.0.0.1"]])
    internet.names["rebinds.example"] = lambda: next(answers)
    with SocksProxy() as by:
        assert client.get(server.url(host="rebinds.example"), route=Route(by.proxy("socks5"))).body == b"a feed"
        assert by.told == [Told("address", f"{FEEDS}:{server.port}")]


@pytest.mark.parametrize("proxy_host", ["proxy.example", "127.0.0.1"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_proxy_itself_may_be_private(
    client: Client, server: FeedServer, authority: trustme.CA, pem: str, kind: str, proxy_host: str
) -> None:
    with running(kind, authority) as by:
        if kind == "https":
            by.tls = tls_for(authority, proxy_host)
        route = Route(by.proxy(kind, host=proxy_host), trust=pem)
        assert client.get(server.url(host="feeds.example"), route=route).body == b"a feed"


LISTED = Places(
    frozenset({"rsshub.intranet.example", "nas.local"}), (ip_network("10.20.0.0/16"), ip_network("fd00::/8"))
)


@pytest.mark.parametrize(
    ("host", "by_name"),
    [
        pytest.param("rsshub.intranet.example", True, id="a listed host"),
        pytest.param("a.rsshub.intranet.example", True, id="a host below a listed one"),
        pytest.param("nas.local", True, id="a listed host by its own kind of name"),
        pytest.param("10.20.3.4", True, id="an address of a listed network"),
        pytest.param("[fd00::1]", True, id="an IPv6 address of a listed network"),
        pytest.param("inside.example", False, id="an address of no listed network"),
        pytest.param("10.21.0.1", False, id="an address beside the listed network"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("localhost", False, id="loopback by name"),
        pytest.param("169.254.169.254", False, id="a cloud's own service"),
        pytest.param("0x0a140001", False, id="a listed address in an unusual spelling"),
    ],
)
@pytest.mark.parametrize("proxied", [False, True], ids=["directly", "by proxy"])
def test_the_list_of_private_places_bounds_even_what_may_reach_private_networks(
    internet: Internet, client: Client, server: FeedServer, host: str, *, by_name: bool, proxied: bool
) -> None:
    internet.names |= {"localhost": ["127.0.0.1"], "nas.local": ["192.168.0.2"], "0x0a140001": ["10.20.0.1"]}
    internet.names |= {"a.rsshub.intranet.example": ["172.16.0.1"], "[fd00::1]": ["fd00::1"]}
    reached = by_name or (host == "0x0a140001" and not proxied)  # directly, the address that it means is looked at
    with HttpProxy() as by:
        # By proxy, inside.example is a name like any other: only the proxy learns that it is private.
        reached = reached or (proxied and host == "inside.example")
        route = Route(by.proxy() if proxied else None, private=LISTED)
        if not reached:
            with pytest.raises(TransportError, match="allow does not list") as caught:
                client.get(server.url(host=host), allow_private=True, route=route)
            assert caught.value.failure is Failure.REFUSED_ADDRESS
        else:
            assert client.get(server.url(host=host), allow_private=True, route=route).body == b"a feed"
        assert bool(server.asked) is reached


@pytest.mark.parametrize("host", ["rsshub.intranet.example", "10.20.0.9"])
def test_the_list_alone_opens_nothing(client: Client, host: str) -> None:
    with pytest.raises(TransportError, match=r"private address$"):
        client.get(f"http://{host}/", route=Route(private=LISTED))


def test_without_a_list_an_entry_that_may_reaches_every_private_address(client: Client, server: FeedServer) -> None:
    assert client.get(server.url(host="inside.example"), allow_private=True).body == b"a feed"


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "0", "127.1", "localhost", "router"])
@pytest.mark.parametrize("kind", RESOLVING)
def test_a_redirect_by_proxy_to_a_private_place_is_not_followed(
    client: Client, server: FeedServer, authority: trustme.CA, pem: str, kind: str, host: str
) -> None:
    server.routes["/moved"] = redirect(server.url(host=host))
    with running(kind, authority) as by:
        with pytest.raises(TransportError) as caught:
            client.get(server.url("/moved", host="feeds.example"), route=Route(by.proxy(kind), trust=pem))
        assert caught.value.failure is Failure.REFUSED_ADDRESS
        assert (len(by.told), server.connects) == (1, 1)


def test_a_redirect_takes_its_own_way_and_carries_no_secret(internet: Internet, client: Client) -> None:
    with HttpProxy(wants_password=True) as by, FeedServer() as first, FeedServer({"/": Reply(200, b"there")}) as second:
        first.routes["/"] = redirect(second.url(host="direct.example"))
        internet.names["direct.example"] = ["9.9.9.9"]
        proxy = by.proxy(user=USER, password=PASSWORD)
        route = Route(proxy, no_proxy=Places(frozenset({"direct.example"})))
        secrets = {"Authorization": "Bearer secret"}
        answer = client.get(first.url(host="feeds.example"), secret_headers=secrets, route=route)
        assert answer.body == b"there"
        assert [told.target for told in by.told] == [first.url(host="feeds.example")]
        assert internet.dialled[-1] == "9.9.9.9"
        assert first.asked[0].headers["authorization"] == "Bearer secret"
        assert not {"authorization", "proxy-authorization"} & second.asked[0].headers.keys()


def test_a_redirect_into_no_proxy_meets_the_whole_guard(client: Client, server: FeedServer) -> None:
    server.routes["/moved"] = redirect(server.url(host="inside.example"))
    with HttpProxy() as by:
        route = Route(by.proxy(), no_proxy=Places(frozenset({"inside.example"})))
        with pytest.raises(TransportError, match=r"inside\.example is a private address"):
            client.get(server.url("/moved", host="feeds.example"), route=route)


# --- what goes wrong ----------------------------------------------------------------------------------------------

REFUSALS: list[tuple[Callable[[], LoopbackProxy], Failure]] = [
    (lambda: HttpProxy(refusal=403), Failure.PROXY),
    (lambda: HttpProxy(refusal=502), Failure.PROXY),
    (lambda: HttpProxy(wants_password=True), Failure.PROXY),
    (lambda: HttpProxy(refusal=b"no HTTP at all\r\n\r\n"), Failure.NETWORK),
    (lambda: HttpProxy(refusal=b"HTTP/1.1 200 Way is open\r\n" + b"X-A: b\r\n" * 99), Failure.TIMEOUT),
    (lambda: HttpProxy(refusal=b""), Failure.TIMEOUT),
    (lambda: SocksProxy(refusal=1), Failure.PROXY),
    (lambda: SocksProxy(refusal=2), Failure.PROXY),
    (lambda: SocksProxy(refusal=4), Failure.NETWORK),
    (lambda: SocksProxy(refusal=5), Failure.NETWORK),
    (lambda: SocksProxy(wants_password=True), Failure.PROXY),
    (lambda: SocksProxy(refusal=b"HTTP/1.1 400 Bad\r\n"), Failure.PROXY),
    (lambda: SocksProxy(refusal=b""), Failure.TIMEOUT),
]


@pytest.mark.parametrize(("make", "failure"), REFUSALS)
def test_a_proxy_that_does_not_help_is_named_soon_and_nothing_secret_is_told(
    client: Client, make: Callable[[], LoopbackProxy], failure: Failure
) -> None:
    clock = SystemClock()
    with make() as by:
        route = Route(by.proxy(user=USER, password="another-secret"))
        began_s = clock.elapsed_s()
        with pytest.raises(TransportError) as caught:
            client.get("https://feeds.example/?token=secret", limits=SHORT, route=route)
        assert clock.elapsed_s() - began_s < 3 * SHORT.total_timeout_s
        assert caught.value.failure is failure
        assert "secret" not in f"{caught.value} {caught.value!r} {route!r}"
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("scheme", KINDS)
@pytest.mark.parametrize("host", ["proxy.example", "nowhere.invalid"])
def test_a_proxy_that_is_away_is_named(client: Client, internet: Internet, scheme: str, host: str) -> None:
    def unknown() -> list[str]:
        raise OSError

    internet.names["nowhere.invalid"] = unknown
    with HttpProxy() as gone:
        pass
    with pytest.raises(TransportError) as caught:
        client.get("http://feeds.example/", limits=SHORT, route=Route(gone.proxy(scheme, host=host)))
    assert caught.value.failure is Failure.PROXY
    assert host in str(caught.value)


def test_the_next_address_of_a_proxy_is_tried(internet: Internet, client: Client, server: FeedServer) -> None:
    internet.names["proxy.example"] = ["127.255.255.1", "127.0.0.1"]
    with SocksProxy() as by:
        assert client.get(server.url(host="feeds.example"), route=Route(by.proxy())).body == b"a feed"


def test_a_forwarded_refusal_is_an_answer(client: Client, server: FeedServer) -> None:
    with HttpProxy(wants_password=True) as by:
        assert client.get(server.url(host="feeds.example"), route=Route(by.proxy())).status == 407


# --- whom we trust ------------------------------------------------------------------------------------------------


def test_the_authorities_of_this_machine_are_trusted_when_that_is_wished(
    client: Client, authority: trustme.CA, pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", file)  # where OpenSSL looks for those of the machine
    with FeedServer({"/": Reply(200, b"safe")}, tls_for(authority, "feeds.example")) as server:
        url = server.url(host="feeds.example")
        assert client.get(url, route=Route(trust=SYSTEM)).body == b"safe"
        assert client.get(url, route=Route(trust=pem)).body == b"safe"
        with pytest.raises(TransportError, match="no TLS connection that can be trusted"):
            client.get(url)


@pytest.mark.parametrize("name", ["proxy.example", "other.example"])
def test_a_proxy_over_tls_shows_a_certificate_that_is_trusted(
    client: Client, server: FeedServer, authority: trustme.CA, pem: str, name: str
) -> None:
    with HttpProxy(tls=tls_for(authority, name)) as by:
        for trust in (pem, "public"):
            route = Route(by.proxy("https"), trust=trust)
            if trust == pem and name == "proxy.example":
                assert client.get(server.url(host="feeds.example"), route=route).body == b"a feed"
            else:
                for url in (server.url(host="feeds.example"), "https://feeds.example/"):
                    with pytest.raises(TransportError) as caught:
                        client.get(url, route=route)
                    assert caught.value.failure is Failure.PROXY


# --- the values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("intranet.example", True),
        ("Intranet.Example.", True),
        ("a.b.intranet.example", True),
        ("notintranet.example", False),
        ("intranet.example.evil.example", False),
        ("example", False),
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("fd00::1", True),
        ("::1", False),
        ("", False),
    ],
)
def test_a_place_is_a_host_with_what_is_below_it_or_a_network(host: str, *, meant: bool) -> None:
    places = Places(frozenset({"intranet.example"}), (ip_network("10.0.0.0/8"), ip_network("fd00::/8")))
    assert places.has(host) is meant


def test_a_proxy_tells_its_place_and_no_secret() -> None:
    proxy = Proxy("http", "::1", 3128, "user-secret", "word-secret")
    assert proxy.place == "[::1]:3128"
    assert "secret" not in repr(Route(proxy, trust="secret"))
