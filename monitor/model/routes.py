"""How a place on the network is reached: by which proxy, trusting whom."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

PUBLIC: Final = "public"
SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, as its operator named it; neither user nor password shows in repr."""

    scheme: str  # http | https | socks5 | socks5h
    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS5 rather than HTTP."""
        return self.scheme.startswith("socks")

    @property
    def resolves(self) -> bool:
        """Whether it looks names up itself; only of plain socks5 do we see the address."""
        return self.scheme != "socks5"

    @property
    def place(self) -> str:
        """Its host and port, which may be told."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Places:
    """Hosts and networks that a list names; a host stands for itself and every name below it."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def has(self, *hosts: str) -> bool:
        """Whether any of these names and addresses is meant."""
        return any(self._has(host.lower().rstrip(".")) for host in hosts)

    def _has(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            labels = host.split(".")
            return any(".".join(labels[first:]) in self.hosts for first in range(len(labels)))
        return any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Route:
    """How one account or receiver is reached; without anything said: directly, trusting the public authorities."""

    proxy: Proxy | None = None
    no_proxy: Places = Places()
    trust: str = field(default=PUBLIC, repr=False)  # PUBLIC, SYSTEM, or certificates in PEM
    private: Places | None = None  # bounds what an entry may reach that may reach private addresses; None: all of them

    def proxy_for(self, host: str) -> Proxy | None:
        """The proxy by which this host is reached; None if directly."""
        return None if self.no_proxy.has(host) else self.proxy


DIRECT: Final = Route()
