"""The stages' world for a command that does their work itself, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.cli.files import open_store
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.net.client import Client
from monitor.pipeline import Runtime, World


@contextmanager
def open_world(runtime: Runtime) -> Iterator[World]:
    """Database and client, closed at the end. Claims keep this apart from a service on the same database."""
    with open_store(runtime.settings) as store, open_client(runtime.settings) as client:
        yield World(store=store, client=client, clock=SystemClock())


@contextmanager
def open_client(settings: Settings) -> Iterator[Client]:
    """The way out, closed at the end."""
    client = Client(elapsed_s=SystemClock().elapsed_s, user_agent=settings.fetch.user_agent)
    try:
        yield client
    finally:
        client.close()
