"""From the tables of config.toml to routes: by which proxy, and trusting whom."""

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path as FilePath

from monitor.config.fields import RouteTable
from monitor.config.lines import Path
from monitor.config.shape import NetworkTable
from monitor.config.source import Source
from monitor.config.values import Refused, check_proxy
from monitor.model.routes import DIRECT, PUBLIC, SYSTEM, Places, Proxy, Route

NO_PROXY = "none"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def make_network(table: NetworkTable, source: Source) -> Route:
    """The route of everything that has none of its own."""
    route = make_route(table, ("network",), source, DIRECT)
    return replace(route, private=None if table.allow is None else _places(table.allow))


def make_route(table: RouteTable, at: Path, source: Source, network: Route) -> Route:
    """The route of an entry: that of [network], but for what the entry itself says.

    An entry with a proxy of its own goes by it whatever no_proxy of [network] lists.
    """
    proxy, no_proxy = network.proxy, network.no_proxy
    if names_proxy(table):
        proxy, no_proxy = _proxy(table, at, source), Places()
    if table.no_proxy is not None:
        no_proxy = _places(table.no_proxy)
    trust = _trust(table.trust, (*at, "trust"), source) if table.trust else network.trust
    return Route(proxy, no_proxy, trust, network.private)


def route_of_options(proxy_env: str | None, trust: str | None, environ: Mapping[str, str]) -> Route:
    """The route that options of a command name, where there is no config.toml; ConfigError if they are wrong."""
    table = RouteTable(proxy_env=proxy_env, trust=trust)
    return make_route(table, (), Source(FilePath("the command line"), "", environ), DIRECT)


def names_proxy(table: RouteTable) -> bool:
    """Whether a proxy, or that there is none, stands in this very table."""
    return bool(table.proxy or table.proxy_env or table.proxy_file)


def _proxy(table: RouteTable, at: Path, source: Source) -> Proxy | None:
    named = [key for key in ("proxy", "proxy_env", "proxy_file") if getattr(table, key)]
    if len(named) > 1:
        raise source.error((*at, named[1]), f"{' and '.join(named)} stand here together", "keep one of them")
    where = (*at, named[0])
    if table.proxy == NO_PROXY:
        return None
    if table.proxy_env:
        return source.accept(check_proxy, source.variable(where, table.proxy_env), where)
    if table.proxy_file:
        return source.accept(check_proxy, source.secret_file(where, table.proxy_file), where)
    proxy = source.accept(check_proxy, table.proxy or "", where)
    if proxy.user is not None or proxy.password is not None:
        fix = "put the whole address into the environment or a file, and name that with proxy_env or proxy_file"
        raise source.error(where, "proxy carries a user name or password", fix)
    return proxy


def _places(names: Sequence[str]) -> Places:
    networks = [name for name in names if "/" in name]  # check_place writes an address as a network of one
    hosts = frozenset(names) - frozenset(networks)
    return Places(hosts, tuple(ip_network(name) for name in networks))


def _trust(said: str, at: Path, source: Source) -> str:
    """PUBLIC, SYSTEM, or the certificates of that file: what is trusted is what the file held at the reading."""
    if said in (PUBLIC, SYSTEM):
        return said
    return source.accept(_check_pem, source.file(at, said, "name a PEM file of certificates"), at)


def _check_pem(text: str) -> str:
    """The certificates alone: bundles carry remarks in any language, and OpenSSL takes ASCII."""
    certificates = "\n".join(_CERTIFICATE.findall(text))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates)
    except (ssl.SSLError, ValueError):
        raise Refused(
            "names a file without certificates that can be read",
            "it must hold certificates of authorities in PEM, each from BEGIN to END CERTIFICATE",
        ) from None
    return certificates
