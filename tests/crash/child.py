"""The process that is killed: the real service on a clock that runs faster, with accounts read every half second.

Started as `python -m tests.crash.child DIRECTORY`; the directory's plan.json says the rest. Prints `ready` when it
has started to tick.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.housekeeping import keep_house
from monitor.match import Matcher
from monitor.model.findings import Evaluation
from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person
from monitor.model.posts import Part
from monitor.pipeline import Runtime
from monitor.rules import load_rules
from monitor.service import Service
from monitor.store import Store, hold_alone
from monitor.telemetry import set_up_logging
from tests.crash.edges import DEADLY, SECRET
from tests.crash.plan import Plan


class MortalMatcher(Matcher):
    """A matcher that a certain text kills, with the process."""

    def evaluate(self, parts: Sequence[Part], **known: Any) -> Evaluation:
        if any(part.text.startswith(DEADLY.partition(" ")[0]) for part in parts):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().evaluate(parts, **known)


class Rules:
    """The rules directory as the service watches it; the configuration stays."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen = self._settled = self._mark()

    def load(self) -> Runtime:
        self._seen = self._mark()
        book = load_rules(self._settings.rules_dir)
        return Runtime(self._settings, book, MortalMatcher(book))

    def changed(self) -> bool:
        return self._mark() != self._settled

    def settle(self) -> None:
        self._settled = self._seen

    def _mark(self) -> int:
        return (self._settings.rules_dir / "all.toml").stat().st_mtime_ns


@dataclass(frozen=True)
class FastClock:
    """Runs `speed` times as fast as the machine's clock, from the same start in every process."""

    origin_s: float
    speed: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.origin_s, UTC) + timedelta(seconds=self.elapsed_s())

    def elapsed_s(self) -> float:
        return (time.time() - self.origin_s) * self.speed


def main(directory: Path) -> None:
    """Run until SIGTERM, or until somebody kills us."""
    plan = Plan(**json.loads((directory / "plan.json").read_text()))
    set_up_logging("info", as_json=False)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    files = Rules(_settings(directory, plan))
    runtime = files.load()
    with hold_alone(plan.database_url):
        store = Store(plan.database_url)
        service = Service(runtime, store, FastClock(plan.origin_s, plan.speed), tick_s=0.1, files=files)
        service.start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        supervisor = os.getppid()
        purges = bool(os.environ.get("LEAK_MONITOR_PROOF_PURGES"))
        # A supervisor that went away in the middle leaves no service behind.
        while not ended.wait(0.2 if purges else 1.0) and os.getppid() == supervisor:
            if purges:
                keep_house(service.world, runtime, 0.0)
        service.stop(10.0)
        store.close()


def _settings(directory: Path, plan: Plan) -> Settings:
    utc = ZoneInfo("UTC")
    accounts = tuple(
        Account(
            key=f"feed-{n}",
            person_key="lin",
            source="feed",
            platform=f"site{n}",
            native_id=f"{plan.site_url}/{n}",
            url=f"{plan.site_url}/{n}",
            poll_every_s=20.0,
            timezone=utc,
            allow_private_network=True,
        )
        for n in range(plan.feeds)
    )
    desk = Receiver(
        key="desk",
        format="webhook",
        url=plan.receiver_url,
        secrets=(SECRET,),
        show=Disclosure.FULL,
        language="en",
        timezone=utc,
        ops=True,
        gather=timedelta(),
        most_an_hour=1000,
        allow_private_network=True,
    )
    return Settings(
        path=directory / "config.toml",
        database_url=plan.database_url,
        language="en",
        timezone=utc,
        people=(Person("lin", "Lin", "GM", utc, frozenset({"yunque-9"}), accounts, "proof"),),
        receivers=(desk,),
        rules_dir=directory / "rules",
        retention=Retention(flagged_days=180, unflagged_days=0),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions("leak-monitor proof", 8, 0.0),
        log=Log("info", "text"),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
