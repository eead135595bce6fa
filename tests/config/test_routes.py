"""[network], and what accounts and receivers say otherwise: proxies, lists of places, authorities."""

from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from monitor.config import load_config, route_of_options
from monitor.errors import ConfigError
from monitor.kinds import kinds
from monitor.model.routes import DIRECT, PUBLIC, SYSTEM, Places, Proxy, Route
from tests.config.sample import ENVIRON, VALID, load

CORPORATE = Proxy("http", "proxy.example", 3128, "probe", "p@ss-secret")
NETWORK = """\
proxy_env = "CORP_PROXY"
no_proxy = [".Intranet.Example", "10.0.0.0/8", "fd00::1"]
trust = "system"
allow = ["rsshub.intranet.example", "10.20.0.0/16"]
"""
ACCOUNT = '  url = "https://feeds.example/lin.xml"'
PLACES = Places(frozenset({"intranet.example"}), (ip_network("10.0.0.0/8"), ip_network("fd00::1/128")))
ALLOWED = Places(frozenset({"rsshub.intranet.example"}), (ip_network("10.20.0.0/16"),))


def networked(lines: str) -> str:
    """The valid file with that [network]; its first key stands in line 4."""
    return VALID.replace("[web]", f"[network]\n{lines}\n[web]")


def routes(text: str, folder: Path) -> tuple[Route, Route, Route]:
    """Of the file, of its account and of its receiver."""
    settings = load(text, folder)
    return settings.network, settings.people[0].accounts[0].route, settings.receivers[0].route


def test_nothing_said_is_direct_and_trusts_the_public_authorities(tmp_path: Path) -> None:
    assert routes(VALID, tmp_path) == (DIRECT, DIRECT, DIRECT)
    assert Route(None, Places(), PUBLIC, None) == DIRECT


def test_accounts_and_receivers_take_after_the_network(tmp_path: Path) -> None:
    wanted = Route(CORPORATE, PLACES, SYSTEM, ALLOWED)
    assert routes(networked(NETWORK), tmp_path) == (wanted, wanted, wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        pytest.param(
            'proxy = "socks5h://127.0.0.1:1080"',
            Route(Proxy("socks5h", "127.0.0.1", 1080), Places(), SYSTEM, ALLOWED),
            id="a proxy of its own is not bent by no_proxy of the network",
        ),
        pytest.param(
            'proxy = "socks5://[::1]:1080"\nno_proxy = ["feeds.example"]',
            Route(Proxy("socks5", "::1", 1080), Places(frozenset({"feeds.example"})), SYSTEM, ALLOWED),
            id="a proxy and a list of its own",
        ),
        pytest.param('proxy = "none"', Route(None, Places(), SYSTEM, ALLOWED), id="none"),
        pytest.param("no_proxy = []", Route(CORPORATE, Places(), SYSTEM, ALLOWED), id="an empty list of its own"),
        pytest.param('trust = "public"', Route(CORPORATE, PLACES, PUBLIC, ALLOWED), id="public authorities"),
    ],
)
def test_an_entry_says_otherwise(tmp_path: Path, said: str, wanted: Route) -> None:
    text = networked(NETWORK)
    account = text.replace(ACCOUNT, f"{ACCOUNT}\n{said}")
    receiver = f"{text}\n{said}\n"
    assert routes(account, tmp_path)[1:] == (wanted, Route(CORPORATE, PLACES, SYSTEM, ALLOWED))
    assert routes(receiver, tmp_path)[1:] == (Route(CORPORATE, PLACES, SYSTEM, ALLOWED), wanted)


def test_the_environment_alone_names_no_proxy(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(VALID)
    environ = ENVIRON | dict.fromkeys(("http_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://proxy.example:3128")
    assert load_config(path, environ, kinds()).network == DIRECT
    path.write_text(networked('proxy_env = "HTTPS_PROXY"'))
    assert load_config(path, environ, kinds()).network.proxy == Proxy("http", "proxy.example", 3128)


def test_a_proxy_in_a_file_and_authorities_in_another(tmp_path: Path) -> None:
    pem = trustme.CA().cert_pem.bytes().decode().strip()
    (tmp_path / "proxy").write_text(ENVIRON["CORP_PROXY"] + "\n")
    (tmp_path / "proxy").chmod(0o644)
    (tmp_path / "company.pem").write_text(f"# 公司根证书\n{pem}\n# end\n", encoding="utf-8")
    settings = load(networked('proxy_file = "proxy"\ntrust = "company.pem"'), tmp_path)
    assert settings.network == Route(CORPORATE, trust=pem)
    assert [warning for warning in settings.warnings if "can be read by every user" in warning]
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("line", "problem", "fix"),
    [
        ('proxy = "proxy.example:3128"', "proxy is no address of a proxy", "http://proxy.example:3128"),
        ('proxy = "http://proxy.example"', "proxy is no address of a proxy", "with its port"),
        ('proxy = "socks4://proxy.example:1080"', "proxy is no address of a proxy", "socks5h://"),
        ('proxy = "http://proxy.example:3128/path"', "proxy is no address of a proxy", "with its port"),
        ('proxy = "http://proxy.example:99999"', "proxy is no address of a proxy", "with its port"),
        ('proxy = "http://u:pass-secret@proxy.example:3128"', "carries a user name or password", "proxy_env"),
        ('proxy_env = "NO_PORT"', "proxy_env is no address of a proxy", "with its port"),
        ('proxy_env = "SOCKS_CJK"', "has a user name or password that SOCKS cannot carry", "ASCII"),
        ('proxy_env = "UNSET"', "the environment variable UNSET is not set", "set it"),
        ('proxy_env = "http://u:pass-secret@p:1"', "must be the name of an environment variable", "letters"),
        ('proxy_file = "nowhere"', "cannot read nowhere", "mode 600"),
        ('no_proxy = "intranet.example"', "no_proxy must be a list", "[ ]"),
        ('no_proxy = ["*"]', "no_proxy is no host and no network", '"intranet.example"'),
        ('no_proxy = ["http://intranet.example"]', "no_proxy is no host and no network", "without scheme"),
        ('no_proxy = ["intranet.example:80"]', "no_proxy is no host and no network", "port"),
        ('no_proxy = ["127.1"]', "no_proxy is no host and no network", "a network"),
        ('no_proxy = ["内网.example"]', "no_proxy is no host and no network", "a host"),
        ('no_proxy = ["10.20.30.40/16"]', "no_proxy names an address inside a network", '"10.20.0.0/16"'),
        ('allow = ["10.0.0.0/33"]', "allow is no host and no network", "10.20.0.0/16"),
        ('trust = "nowhere.pem"', "cannot read nowhere.pem", "PEM"),
        ('trust = "config.toml"', "trust names a file without certificates", "BEGIN"),
        ('trusts = "system"', "unknown key 'trusts'", "did you mean 'trust'?"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_cure(tmp_path: Path, line: str, problem: str, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(networked(line), tmp_path)
    assert caught.value.line == 4
    assert problem in caught.value.problem
    assert fix in caught.value.fix
    assert "pass-secret" not in str(caught.value)


def test_options_of_a_command_name_a_route_too() -> None:
    assert route_of_options(None, None, {}) == DIRECT
    assert route_of_options("CORP_PROXY", "system", ENVIRON) == Route(CORPORATE, trust=SYSTEM)
    with pytest.raises(ConfigError, match="the command line: proxy_env is no address of a proxy"):
        route_of_options("NO_PORT", None, ENVIRON)


def test_two_proxies_in_one_table_are_one_too_many(tmp_path: Path) -> None:
    text = networked('proxy = "none"\nproxy_env = "CORP_PROXY"')
    with pytest.raises(ConfigError, match="proxy and proxy_env stand here together; keep one of them") as caught:
        load(text, tmp_path)
    assert caught.value.line == 5


def test_the_list_of_private_places_is_the_networks_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown key 'allow'"):
        load(VALID + '\nallow = ["10.0.0.0/8"]\n', tmp_path)
    assert load(networked("allow = []"), tmp_path).network.private == Places()
