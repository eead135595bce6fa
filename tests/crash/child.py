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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.match import Matcher
from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person
from monitor.pipeline import Runtime
from monitor.rules import load_rules
from monitor.service import Service
from monitor.store import Store, hold_alone
from monitor.telemetry import set_up_logging
from tests.crash.edges import SECRET
from tests.crash.plan import Plan


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
    book = load_rules(directory / "rules")
    with hold_alone(plan.database_url):
        store = Store(plan.database_url)
        runtime = Runtime(_settings(directory, plan), book, Matcher(book))
        service = Service(runtime, store, FastClock(plan.origin_s, plan.speed), tick_s=0.1)
        service.start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        supervisor = os.getppid()
        while not ended.wait(1.0) and os.getppid() == supervisor:
            pass  # a supervisor that went away in the middle leaves no service behind
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
            poll_every_s=10.0,
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
        retention=Retention(flagged_days=180, unflagged_days=90),
        web=Web("127.0.0.1", 0),
        fetch=FetchOptions("leak-monitor proof", 8, 0.0),
        log=Log("info", "text"),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
