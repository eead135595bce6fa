"""One account of ten hangs, drips or sends bombs; by how much are the others late? In real time.

`python -m tests.neighbours --accounts 200 --interval 60 --minutes 5` measures it with the limits of the service; the
suite runs a tenth of everything.
"""

import argparse
import sys
import tempfile
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from monitor.clock import SystemClock
from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.match import Matcher
from monitor.model.people import Account, Person
from monitor.net.client import FETCH_LIMITS, Answer, Client, Limits
from monitor.pipeline import Runtime, World, fetch_due
from monitor.rules import load_rules
from monitor.store import Store, accounts, upgrade
from tests.fetch.feed_server import Asked, FeedServer, Raw, Reply, Script
from tests.samples import rules

FEED = b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "content_text": "hello"}]}'
BOMB = zlib.compress(bytes(64 * 2**20), 9)
ONE_IN = 10
BREATH_S = 0.05
JITTER = 1.1


@dataclass(frozen=True)
class Report:
    """How late the good accounts were read, in seconds, and what became of the bad ones."""

    reads: int
    p50_s: float
    p99_s: float
    worst_s: float
    bad_reads: int


class BoundedClient(Client):
    """A client with limits of its own, so that a tenth of everything can be measured."""

    limits: Limits

    def get(self, url: str, **how: Any) -> Answer:
        return super().get(url, **{"limits": self.limits, **how})


def measure(folder: Path, *, number: int, interval_s: float, run_s: float, limits: Limits, workers: int) -> Report:
    """Read so many accounts for so long."""
    clock = SystemClock()
    asked: dict[str, list[float]] = defaultdict(list)
    release, over = threading.Event(), threading.Event()

    def answer(kind: str, request: Asked) -> Reply | Raw:
        asked[request.path].append(clock.elapsed_s())
        return _KINDS[kind](release)

    routes: Mapping[str, Script] = {f"/{n}": partial(answer, _kind(n)) for n in range(number)}
    url = f"sqlite:///{folder / 'neighbours.db'}"
    upgrade(url)
    with FeedServer(routes) as site, Store(url) as store, ThreadPoolExecutor(workers) as pool:
        client = BoundedClient(elapsed_s=clock.elapsed_s, user_agent="tests")
        client.limits = limits
        runtime = _runtime(folder, [site.url(f"/{n}") for n in range(number)], interval_s, workers)
        world = World(store, client, clock)
        with store.write() as tx:
            accounts.sync_people(tx, runtime.settings.people, clock.now())
        ends_s = time.monotonic() + run_s
        running: set[Future[None]] = set()
        while time.monotonic() < ends_s:
            running = {future for future in running if not future.done()}
            running.update(fetch_due(world, runtime, pool, room=workers - len(running)))
            if running:
                wait_for(running, timeout=BREATH_S)
            over.wait(BREATH_S)
        release.set()
        client.close()
    return _report({path: times for path, times in asked.items() if _kind(int(path[1:])) == "good"}, asked, interval_s)


def _kind(n: int) -> str:
    return ("hang", "drip", "bomb")[n // ONE_IN % 3] if n % ONE_IN == 0 else "good"


def _hang(release: threading.Event) -> Raw:
    def nothing() -> Any:
        release.wait()
        yield b""

    return Raw(nothing())


_KINDS: Mapping[str, Callable[[threading.Event], Reply | Raw]] = {
    "good": lambda _: Reply(200, FEED, {"Content-Type": "application/feed+json"}),
    "hang": _hang,
    "drip": lambda _: Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", *[b"x"] * 9999], pause_s=0.2),
    "bomb": lambda _: Reply(200, BOMB, {"Content-Encoding": "deflate"}),
}


def _report(good: Mapping[str, list[float]], all_of: Mapping[str, list[float]], interval_s: float) -> Report:
    late = [max(0.0, b - a - JITTER * interval_s) for times in good.values() for a, b in pairwise(times)]
    cuts = quantiles(late, n=100)
    reads = sum(map(len, good.values()))
    return Report(reads, cuts[49], cuts[98], max(late), sum(map(len, all_of.values())) - reads)


def _runtime(folder: Path, urls: list[str], interval_s: float, workers: int) -> Runtime:
    directory = folder / "rules"
    directory.mkdir()
    (directory / "all.toml").write_text(rules(), encoding="utf-8")
    book, zone = load_rules(directory), ZoneInfo("UTC")
    people = tuple(
        Person(
            f"p{n}",
            f"Person {n}",
            "GM",
            zone,
            frozenset(),
            (Account(f"a{n}", f"p{n}", "feed", "web", url, url, interval_s, zone, allow_private_network=True),),
            "proof",
        )
        for n, url in enumerate(urls)
    )
    settings = Settings(
        path=folder / "config.toml",
        database_url="",
        language="en",
        timezone=zone,
        people=people,
        receivers=(),
        rules_dir=directory,
        retention=Retention(180, 90),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions("tests", workers, 0.0, adapt=False),
        log=Log("error", "text"),
    )
    return Runtime(settings, book, Matcher(book))


def main() -> int:
    """The long proof; 1 if one good read of a hundred was an interval late."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--accounts", type=int, default=200)
    ask.add_argument("--interval", type=float, default=60.0, help="seconds")
    ask.add_argument("--minutes", type=float, default=5.0)
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measure(
            Path(folder),
            number=wanted.accounts,
            interval_s=wanted.interval,
            run_s=60 * wanted.minutes,
            limits=FETCH_LIMITS,
            workers=16,
        )
    sys.stdout.write(f"{report}\n")
    return int(report.p99_s >= wanted.interval)


if __name__ == "__main__":
    sys.exit(main())
