"""Storing: posts that are new, posts that are known, messages that wait; all as durable as in the service."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks import made
from benchmarks.timing import cpu_s
from monitor.clock import SystemClock
from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.fetch.identity import content_hash
from monitor.match import Matcher
from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person
from monitor.model.posts import FetchedPost, Origin, Page, Part, PostKind, ReadState
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, deliver_due
from monitor.routing import Route, Urgency
from monitor.rules.load import book_of
from monitor.store import Store, accounts, queueing, receivers, upgrade

BATCH, PAGES = 1_000, 20
WAITING = 1_000  # messages, of a backlog of ten thousand
ZONE = ZoneInfo("Asia/Shanghai")
URL = "http://127.0.0.1:9/feed"
ACCOUNT = Account("lin-feed", "lin", "feed", "notes", URL, URL, 60.0, ZONE)


class _Unpaced(threading.Event):
    """No pause between two messages: what the machine can do, not what receivers are spared."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - not waited for
        return self.is_set()


def stored(work: Path) -> tuple[float, float]:
    """Posts a second, by CPU: new ones, and ones that are known, in pages of a thousand."""
    texts = list(made.posts(BATCH * PAGES, made.names(10)))
    all_posts = [_post(number, text) for number, text in enumerate(texts)]
    pages = [Page(ReadState(), tuple(all_posts[at : at + BATCH])) for at in range(0, len(texts), BATCH)]
    with _database(work / "stored.db") as store:
        new_s = cpu_s(lambda: _save(store, pages), runs=1)
        known_s = cpu_s(lambda: _save(store, pages))
    return len(texts) / new_s, len(texts) / known_s


def drained(work: Path) -> float:
    """Messages a second, by the clock, that leave a backlog when nobody slows them down."""
    clock = SystemClock()
    with _database(work / "drained.db") as store, _answering() as url, ThreadPoolExecutor(2) as pool:
        runtime = _runtime(work, url)
        client = Client(elapsed_s=clock.elapsed_s, user_agent="leak-monitor benchmark")
        world = World(store, client, clock, stopping=_Unpaced())
        with store.write() as tx:
            receivers.sync_receivers(tx, runtime.settings.receivers, clock.now())
            for number in range(WAITING):
                topic = f"test:{(clock.now() + timedelta(seconds=number)).isoformat()}"
                queueing.queue(tx, topic, [Route("desk", Urgency.NOW, clock.now())], clock.now())
        begun_s = time.perf_counter()
        while due := deliver_due(world, runtime, pool):
            wait(due)
        return WAITING / (time.perf_counter() - begun_s)


def _save(store: Store, pages: list[Page]) -> None:
    for page in pages:
        now = datetime.now(UTC)
        with store.write() as tx:
            accounts.make_due(tx, [ACCOUNT.key], now)
            (claimed,) = accounts.claim_accounts(tx, now, limit=1)
        with store.write() as tx:
            accounts.save_page(tx, claimed, ACCOUNT, page, now, now + timedelta(minutes=1))


def _post(number: int, text: str) -> FetchedPost:
    parts = (Part(Origin.TEXT, text),)
    at = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    return FetchedPost("notes", f"post-{number}", PostKind.POST, None, parts, content_hash(parts), at)


@contextmanager
def _database(file: Path) -> Iterator[Store]:
    url = f"sqlite:///{file}"
    upgrade(url)
    with Store(url) as store:
        with store.write() as tx:
            accounts.sync_people(tx, [_person()], datetime.now(UTC))
        yield store


@contextmanager
def _answering() -> Iterator[str]:
    """A receiver that takes everything; its address."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()


def _person() -> Person:
    return Person("lin", "Lin", "GM", ZONE, frozenset(), (ACCOUNT,), "measure")


def _runtime(work: Path, url: str) -> Runtime:
    book = book_of({"made.toml": made.watchlist(10)})
    desk = Receiver("desk", "webhook", url, (b"s" * 32,), Disclosure.FULL, "en", ZONE, allow_private_network=True)
    settings = Settings(
        path=work / "config.toml",
        database_url="",
        language="en",
        timezone=ZONE,
        people=(_person(),),
        receivers=(desk,),
        rules_dir=work,
        retention=Retention(180, 90),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions("leak-monitor benchmark", 1, 0.0),
        log=Log("error", "text"),
    )
    return Runtime(settings, book, Matcher(book))
