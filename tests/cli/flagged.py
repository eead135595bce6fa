"""A leak that goes the whole way in a home, by commands and stages."""

from pathlib import Path
from typing import Any

from monitor.clock import SystemClock
from monitor.config import load_config
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, deliver_to, match_new
from monitor.rules import load_rules
from monitor.store import Store, queueing, receivers
from tests.cli.home import Home

LEAK = "明天来看云雀9"


def leak(home: Home, text: str = LEAK, **post: Any) -> None:
    """The person publishes it; it is read, judged and told."""
    home.says(text)
    home.posts[0] |= post
    assert home.run("accounts", "fetch").code == 0
    settings = load_config(Path(home.config), {}, kinds())
    book = load_rules(settings.rules_dir)
    clock = SystemClock()
    with Store(settings.database_url) as store:
        client = Client(elapsed_s=clock.elapsed_s, user_agent="tests")
        world, runtime = World(store, client, clock), Runtime(settings, book, Matcher(book))
        with store.write() as tx:
            receivers.sync_receivers(tx, settings.receivers, clock.now())
        match_new(world, runtime)
        with store.write() as tx:
            queueing.gather_digests(tx, clock.now())
            claimed = receivers.claim_receivers(tx, clock.now())
        for receiver in claimed:
            deliver_to(world, runtime, receiver)
