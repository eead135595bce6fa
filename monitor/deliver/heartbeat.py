"""The heartbeat: a monitor of the operator's is told that the whole path works; when that stops, it calls somebody."""

from monitor.errors import TransportError
from monitor.model.canary import Heartbeat
from monitor.model.routes import DIRECT, Route
from monitor.net.client import Client, Limits

HEARTBEAT_LIMITS = Limits(total_timeout_s=15.0, max_body_bytes=65536, max_redirects=2)


def beat(client: Client, heartbeat: Heartbeat, route: Route = DIRECT) -> bool:
    """Ask for the address once; whether it answered 2xx. True without an address, for then nobody waits for it."""
    if heartbeat.url is None:
        return True
    try:
        answer = client.get(
            heartbeat.url, limits=HEARTBEAT_LIMITS, allow_private=heartbeat.allow_private_network, route=route
        )
    except TransportError:
        return False
    return 200 <= answer.status < 300  # noqa: PLR2004 - what HTTP calls success
