"""Which URLs and addresses may be reached, and the form of a URL that may be told."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from monitor.errors import Failure, TransportError

# The interpreter's own is_private and is_global differ from version to version and miss a quarter of these, so the
# table is ours: IANA's special-purpose registries, and the addresses at which clouds answer their guests.
_NOT_PUBLIC = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's shared address"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud's own service"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::1/128", "a loopback address"),
        ("::/96", "an embedded IPv4 address"),
        ("64:ff9b::/96", "an embedded IPv4 address"),
        ("64:ff9b:1::/48", "an embedded IPv4 address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "an embedded IPv4 address"),
        ("3fff::/20", "a documentation address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA has given out of IPv6
_NOT_PUBLIC_NAMES = frozenset({"arpa", "internal", "local", "localdomain", "localhost", "onion"})
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def check_address(address: str | IPv4Address | IPv6Address) -> str | None:
    """Why this address is not one of the public internet; None if it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    for network, why in _NOT_PUBLIC:
        if ip in network:
            return why
    return "a reserved address" if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST else None


def check_name(host: str) -> str | None:
    """Why a host that a proxy will look up is not one of the public internet; None if its spelling tells nothing.

    Proxies read 127.1, 0x7f000001 and 0177.0.0.1 each in their own way, so an address must be written plainly.
    """
    name = host.lower().removesuffix(".")
    try:
        return check_address(ip_address(name))
    except ValueError:
        last = name.rpartition(".")[2]
    if not _NAME.fullmatch(name) or _NUMBER.fullmatch(last):
        return "an address or name in an unusual spelling"
    return "a name of private networks" if last in (name, *_NOT_PUBLIC_NAMES) else None


def check_url(url: str) -> SplitResult:
    r"""The parts of a URL that we are willing to ask.

    Raises TransportError(REFUSED_ADDRESS) for other schemes, for credentials, and for the characters that parsers
    disagree about: `http://127.0.0.1\@example.com/` names two hosts.
    """
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise _refused("a space, a control character or a backslash in a URL")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _refused("a URL that cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise _refused("only http and https are asked")
    if not host:
        raise _refused("a URL without a host")
    if "@" in parts.netloc:
        raise _refused("credentials in a URL; use secret headers")
    return parts


def safe_url(url: str, *, path_is_secret: bool = False) -> str:
    """The only form of a URL that logs, errors and stored rows may carry: no query, fragment or credentials."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = "/…" if path_is_secret else parts.path
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}" if parts.netloc else ""


def _refused(detail: str) -> TransportError:
    return TransportError(Failure.REFUSED_ADDRESS, detail)
