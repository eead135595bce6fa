"""Reading: a cycle of a thousand local feeds beside `feedparser.parse(url)` for each, and ten thousand at rest."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import feedparser
from sqlalchemy import update

from benchmarks import made
from benchmarks.timing import cpu_s
from monitor.clock import SystemClock
from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.match import Matcher
from monitor.model.people import Account, Person
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, fetch_due
from monitor.rules.load import book_of
from monitor.service import Service
from monitor.store import Store, accounts, upgrade
from monitor.store.schema import accounts as rows

FEEDS = 1_000
RESTING = 10_000
WORKERS = 16
SETTLES_S = 3.0
RESTS_S = 30.0
ZONE = ZoneInfo("Asia/Shanghai")
NOWHERE = "http://127.0.0.1:9"


def cycle(work: Path) -> tuple[float, float, float]:
    """CPU seconds of one cycle with five feeds in a hundred changed: ours and feedparser's; and ours by the clock."""
    with _serving(FEEDS) as at:
        theirs_s = cpu_s(lambda: [feedparser.parse(f"{at}/{number}") for number in range(FEEDS)], runs=1)
        with _watching(work, at) as read_all:
            read_all()
            begun_s = time.perf_counter()
            read_all()
            taken_s = time.perf_counter() - begun_s
            return cpu_s(read_all), theirs_s, taken_s


def resting(work: Path) -> float:
    """The share of a core, in hundredths, that the service takes while none of its accounts is due."""
    clock = SystemClock()
    runtime = _runtime(work, NOWHERE, RESTING)
    with _database(work, runtime) as store:
        with store.write() as tx:
            now = clock.now()
            read = {"state": "ok", "last_success_at": now, "due_at": now + timedelta(hours=1)}
            tx.execute(update(rows).values(**read))
        service = Service(runtime, store, clock)
        service.start()
        time.sleep(SETTLES_S)
        begun_s = time.process_time()
        time.sleep(RESTS_S)
        busy_s = time.process_time() - begun_s
        service.stop()
    return 100 * busy_s / RESTS_S


@contextmanager
def _serving(count: int) -> Iterator[str]:
    """So many feeds; their address without the number."""
    command = [sys.executable, "-m", "benchmarks.feeds", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


@contextmanager
def _watching(work: Path, at: str) -> Iterator[Callable[[], None]]:
    """What reads all of them once."""
    clock = SystemClock()
    runtime = _runtime(work, at, FEEDS)
    client = Client(elapsed_s=clock.elapsed_s, user_agent="leak-monitor benchmark")
    with _database(work, runtime) as store, ThreadPoolExecutor(WORKERS) as pool:
        world = World(store, client, clock)

        def read_all() -> None:
            urlopen(Request(f"{at}/next", method="POST")).close()
            with store.write() as tx:
                accounts.make_due(tx, list(runtime.accounts), clock.now())
            while reads := fetch_due(world, runtime, pool, room=WORKERS):
                for read in reads:
                    read.result()

        yield read_all


@contextmanager
def _database(work: Path, runtime: Runtime) -> Iterator[Store]:
    url = f"sqlite:///{work / f'{len(runtime.accounts)}.db'}"
    upgrade(url)
    with Store(url) as store:
        with store.write() as tx:
            accounts.sync_people(tx, runtime.settings.people, SystemClock().now())
        yield store


def _runtime(work: Path, at: str, count: int) -> Runtime:
    book = book_of({"made.toml": made.watchlist(10)})
    settings = Settings(
        path=work / "config.toml",
        database_url="",
        language="en",
        timezone=ZONE,
        people=tuple(_person(number, f"{at}/{number}") for number in range(count)),
        receivers=(),
        rules_dir=work,
        retention=Retention(180, 90),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions("leak-monitor benchmark", WORKERS, 0.0),
        log=Log("error", "text"),
    )
    return Runtime(settings, book, Matcher(book))


def _person(number: int, url: str) -> Person:
    key = f"p{number}"
    account = Account(f"a{number}", key, "feed", "notes", url, url, 3600.0, ZONE, allow_private_network=True)
    return Person(key, f"Person {number}", "GM", ZONE, frozenset(), (account,), "measure")
