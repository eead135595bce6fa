"""Recorded answers of other people's servers are not part of the project: they are read where a folder is named."""

import os
from collections.abc import Callable, Iterator

import pytest

from monitor.clock import SystemClock
from monitor.net.client import Client
from tests.fetch.feed_server import FeedServer
from tests.fetch.networks import NETWORKS, Country
from tests.fetch.networks.visit import Visit

collect_ignore_glob = [] if os.environ.get("LEAK_MONITOR_CORPUS") else ["test_recorded*.py"]


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Country, Client]]:
    """One server and one client for all: to trust the authorities of the world takes a while."""
    with FeedServer() as server:
        country = Country(server)
        wire, agent = country.wire, "tests/1"
        client = Client(elapsed_s=SystemClock().elapsed_s, user_agent=agent, resolve=wire.resolve, dial=wire.dial)
        yield country, client
        client.close()


@pytest.fixture
def visits(world: tuple[Country, Client]) -> Callable[..., Visit]:
    """Makes a network of that name, which is read again and again."""
    country, client = world
    country.networks.clear()
    country.wire.dialled.clear()
    return lambda name, **keys: Visit(country, client, country.settle(NETWORKS[name], name, **keys))
