"""The outer world of the proof: a site with feeds that grow, and a receiver that logs what it got."""

import json
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.deliver.receiver import signed_by_library

SECRET = b"k" * 32
WINDOW = 60  # newest posts that a feed shows: half a minute of them
LEAK, CLEAN = "明天来看云雀9 No.{n}", "今天跑了{n}公里"
DEADLY = "这条帖子会让进程倒下 No.{n}"


@dataclass(frozen=True)
class Published:
    """One post of the site."""

    feed: int
    native_id: str
    at: datetime
    leaks: bool


class Site:
    """Feeds by number; what was published is remembered, so that what was missed can be told."""

    def __init__(self, feeds: int, now: Callable[[], datetime]) -> None:
        self.published: list[Published] = []
        self._now = now
        self._feeds: dict[int, list[dict[str, str]]] = {n: [] for n in range(feeds)}
        self._lock = threading.Lock()
        self.server = _serve(self._answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, chance: random.Random, says: str = "") -> Published:
        """One more post in one of the feeds; a third of them leak, none that is told what to say."""
        with self._lock:
            feed, n = chance.randrange(len(self._feeds)), len(self.published)
            leaks = not says and chance.random() < 1 / 3
            native_id = f"post-{n}"
            text = (says or (LEAK if leaks else CLEAN)).format(n=n)
            at = self._now()
            self._feeds[feed].insert(0, {"id": native_id, "content_text": text, "date_published": at.isoformat()})
            self.published.append(Published(feed, native_id, at, leaks))
            return self.published[-1]

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            items = self._feeds[int(request.path.strip("/"))][:WINDOW]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/feed+json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


class Sink:
    """A receiver that answers badly now and then, and can kill the sender between its request and our answer."""

    def __init__(self, chance: random.Random, now: Callable[[], datetime]) -> None:
        self.receipts: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        self.hidden = 0
        self.forged = 0  # receipts that the library does not verify
        self.good = False  # from now on every answer is 200
        self.before_answer: Callable[[], None] | None = None
        self._chance = chance
        self._now = now
        self._lock = threading.Lock()
        self.server = _serve(self._answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self._lock:
            mood = 1.0 if self.good else self._chance.random()
            if mood < 0.05:
                request.send_error(500)
                return
            if not signed_by_library(SECRET, {k.lower(): v for k, v in request.headers.items()}, body):
                self.forged += 1
            self.receipts[request.headers["webhook-id"]].append((sha256(body).hexdigest(), self._now()))
            shock, self.before_answer = self.before_answer, None
            if shock is not None:
                shock()
            if mood < 0.1 or shock is not None:
                self.hidden += 1
                request.close_connection = True
                request.connection.close()
                return
        request.send_response(204)
        request.end_headers()


def _serve(answer: Callable[[Any], None]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
