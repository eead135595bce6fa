"""The day: the real service on a real database, its ticks called by hand, with a clock that is moved by hand."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

from sqlalchemy import func, select

from monitor.cli.files import Watched, open_store
from monitor.collecting import COLLECTED_AT_ONCE, collect_due
from monitor.following import FOLLOWED_AT_ONCE, follow_due
from monitor.housekeeping import keep_house
from monitor.service import Service
from monitor.store import audit
from monitor.store.schema import alerts, posts
from monitor.web.health import health_app
from monitor.web.metrics import add_metrics
from monitor.web.serve import WebServer
from tests.cli.home import WHSEC
from tests.fakes import HandClock
from tests.samples import rules
from tests.soak.measure import Sample, sample
from tests.soak.outside import BEGIN, Spec
from tests.store.invariants import broken_invariants

ROOT = Path(__file__).resolve().parents[2]
STEP_S: Final = 60.0
SAMPLE_S: Final = 900.0
PAGES_S: Final = 60.0
RELOAD_S: Final = 3600.0
NEW_RULES: Final = (3, 9)  # the hours whose reload also brings other rules, so that all is judged again

PERSON = """
[[people]]
key = "p{n}"
name = "Person {n}"
title = "GM of {hour}"
purpose = "soak"

  [[people.accounts]]
  source = "feed"
  platform = "notes"
  key = "a{n}"
  url = "{at}/feed/{n}"
  poll_every = "10m"
  allow_private_network = true
"""
RECEIVER = """
[[receivers]]
key = "{key}"
format = "webhook"
url = "{at}/hook/{key}"
secret_file = "desk.secret"
internal = true
allow_private_network = true
ops = true
"""


@dataclass
class Day:
    """So many accounts for so many hours; `over` says what it came to."""

    folder: Path
    spec: Spec
    hours: float
    said: Callable[[str], object] = print
    samples: list[Sample] = field(default_factory=list)
    received: int = 0
    pages: int = 0
    reloads: int = 0

    def live(self) -> list[str]:
        """All of it; what is broken at the end."""
        with ExitStack() as stack:
            self.at = stack.enter_context(_outside(self.spec))
            self._write(0)
            self.clock = HandClock(BEGIN)
            files = Watched(self.folder / "config.toml")
            settings, _ = files.settings()
            self.store = stack.enter_context(open_store(settings))
            runtime, _ = files.first(settings, self.store)
            self.service = Service(runtime, self.store, self.clock, files=files)
            files.settle()
            self.service._install(runtime, "start")
            stack.callback(self._end)
            pages = health_app(self.service.health)
            add_metrics(pages, self.service.world.metrics, self.store, self.clock, self.service.health)
            web = WebServer(pages, "127.0.0.1", 0)
            web.start()
            stack.callback(web.stop)
            self.web = f"http://127.0.0.1:{web.port}"
            for step in range(1, round(self.hours * 3600 / STEP_S) + 1):
                self._step(step * STEP_S)
            return self._judge()

    def _step(self, now_s: float) -> None:
        """A minute passes; then every loop comes round."""
        service = self.service
        self.clock.move(seconds=STEP_S)
        self._ask(f"{self.at}/now/{self.clock.now().isoformat()}")
        if now_s % RELOAD_S == 0:
            self._write(int(now_s // RELOAD_S))
        for name, work, every_s in (
            ("reload", service._look_for_changes, STEP_S),
            ("fetch", service._fetch, STEP_S),
            ("follow", partial(service._work_beside, "follow", follow_due, FOLLOWED_AT_ONCE), STEP_S),
            ("pictures", partial(service._work_beside, "pictures", collect_due, COLLECTED_AT_ONCE), STEP_S),
            ("match", service._match, STEP_S),
            ("deliver", service._deliver, STEP_S),
            ("look-out", service._look_around, STEP_S),
            ("seal", lambda: audit.seal_all(self.store), STEP_S),
            ("housekeeping", lambda: keep_house(service.world, service.runtime, 0.0), RELOAD_S),
        ):
            if now_s % every_s == 0:
                service._tick(name, work)
                wait(service._fetching.union(service._sending, *service._beside.values()))
        if now_s % PAGES_S == 0:
            for page in ("/healthz", "/livez", "/metrics"):
                self.pages += self._ask(f"{self.web}{page}") != b""
        if now_s % SAMPLE_S == 0:
            self._sample(now_s / 3600)

    def _sample(self, hour: float) -> None:
        with self.store.read() as tx:
            counts = [tx.execute(select(func.count()).select_from(rows)).scalar_one() for rows in (posts, alerts)]
        self.samples.append(sample(hour, self.folder / "state.db", *counts))
        self.said(f"{self.samples[-1]} {self.service.health().problems}")

    def _end(self) -> None:
        """What `Service.stop` does, but for the scheduler, which never ran."""
        self.service.world.stopping.set()
        for pool in (self.service._fetchers, self.service._senders):
            pool.shutdown()
        self.service.world.client.close()

    def _judge(self) -> list[str]:
        """What is wrong at the end of the day beside what grew."""
        self.received = int(self._ask(f"{self.at}/received"))
        with self.store.read() as tx:
            return broken_invariants(tx, told=["desk", "ops"])

    def _write(self, hour: int) -> None:
        """The files of that hour: each time somebody's title is another, now and then the rules are."""
        people = "".join(PERSON.format(n=n, at=self.at, hour=hour) for n in range(self.spec.accounts))
        hooks = "".join(RECEIVER.format(key=key, at=self.at) for key in ("desk", "ops"))
        head = 'timezone = "Asia/Shanghai"\ndatabase.url = "sqlite:///state.db"\n[fetch]\nhost_distance = "0s"\n'
        (self.folder / "rules").mkdir(exist_ok=True)
        secret = self.folder / "desk.secret"
        secret.touch(mode=0o600)
        secret.write_text(WHSEC, encoding="ascii")
        if hour == 0 or hour in NEW_RULES:
            (self.folder / "rules" / "all.toml").write_text(rules(f"2030-07-{hour + 1:02}T00:00:00Z"), encoding="utf-8")
        (self.folder / "config.toml").write_text(head + people + hooks, encoding="utf-8")
        self.reloads += hour > 0

    @staticmethod
    def _ask(url: str) -> bytes:
        try:
            with urlopen(url, timeout=30) as answer:
                return bytes(answer.read())
        except HTTPError as error:  # /healthz while something is wrong
            with error:
                return bytes(error.read())


@contextmanager
def _outside(spec: Spec) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.soak.outside", json.dumps(asdict(spec))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as outside:
        assert outside.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(outside.stdout.readline())}"
        finally:
            outside.kill()
