"""The stages' world for a command that does their work itself, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.cli.files import open_store
from monitor.clock import SystemClock
from monitor.net.client import Client
from monitor.pipeline import Runtime, World


@contextmanager
def open_world(runtime: Runtime) -> Iterator[World]:
    """Database and client, closed at the end. Claims keep this apart from a service on the same database."""
    clock = SystemClock()
    client = Client(elapsed_s=clock.elapsed_s, user_agent=runtime.settings.fetch.user_agent)
    with open_store(runtime.settings) as store:
        try:
            yield World(store=store, client=client, clock=clock)
        finally:
            client.close()
