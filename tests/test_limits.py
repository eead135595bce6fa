"""Disks that fill up and limits that are reached: nothing that was stored is lost, health says so, and it passes.

The service is a process of its own, whose limits are lowered and raised from outside while posts keep coming.
"""

import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.store import Store, upgrade
from tests.cli.home import Home
from tests.cli.running import ROOT, Running, free_port, until
from tests.store.invariants import broken_invariants

pytestmark = pytest.mark.timeout(300)
HEALS_S = 60.0
BOUNDLESS = 2**32 - 2  # pages
MOST = 40  # posts: a feed of megabytes would be refused
LEAK = "明天来看云雀9"
LONG = "湖边的风很大。" * 400  # of several pages, so that a database cannot take it without growing


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


def later() -> datetime:
    """An instant that is newer than our watching, however slowly the service starts."""
    return datetime.now(UTC) + timedelta(minutes=10)


@dataclass
class Bounded:
    """The service, and a limit that can be put on it and taken off."""

    home: Home
    service: Running

    @property
    def pid(self) -> int:
        return self.service.process.pid

    def limit(self, which: int, soft: int) -> None:
        """A soft limit, from outside; below nought the highest that there can be."""
        _, hard = resource.prlimit(self.pid, which)
        resource.prlimit(self.pid, which, (hard if soft < 0 else soft, hard))

    def lowest_free(self) -> int:
        """The first descriptor that the service could open now."""
        held = {int(entry.name) for entry in Path(f"/proc/{self.pid}/fd").iterdir()}
        return next(n for n in range(3, len(held) + 4) if n not in held)

    def stored(self) -> set[str]:
        """The posts that another reader of the database sees."""
        with closing(sqlite3.connect(f"file:{self.home.database}?mode=ro", uri=True)) as reader:
            return {row[0] for row in reader.execute("select native_id from posts where platform = 'notes'")}

    def opened(self) -> int:
        """How many leaks the receiver has been told of."""
        return len(self.home.leaks())


def files_may_not_grow(bounded: Bounded) -> None:
    bounded.limit(resource.RLIMIT_FSIZE, 4096)


def files_may_grow(bounded: Bounded) -> None:
    bounded.limit(resource.RLIMIT_FSIZE, -1)


def the_disk_is_full(bounded: Bounded) -> None:
    (bounded.home.path / "ceiling").write_text("1")


def the_disk_has_room(bounded: Bounded) -> None:
    (bounded.home.path / "ceiling").write_text(str(BOUNDLESS))


def no_more_files(bounded: Bounded) -> None:
    # What is open for a moment only would leave a place behind.
    bounded.limit(resource.RLIMIT_NOFILE, min(bounded.lowest_free() for _ in range(2000)))


def files_again(bounded: Bounded) -> None:
    bounded.limit(resource.RLIMIT_NOFILE, -1)


Turn = Callable[[Bounded], None]
LIMITS = [
    pytest.param(files_may_not_grow, files_may_grow, "the disk cannot be read or written", id="size of files"),
    pytest.param(the_disk_is_full, the_disk_has_room, "the disk is full: make room", id="full disk"),
    pytest.param(no_more_files, files_again, "no more files can be opened: raise the limit", id="number of files"),
]


@pytest.mark.parametrize(("impose", "lift", "named"), LIMITS)
def test_a_limit_loses_nothing_is_on_health_and_passes_without_a_restart(
    home: Home, impose: Turn, lift: Turn, named: str
) -> None:
    home.write("ceiling", str(BOUNDLESS))
    home.says(LEAK, later())
    module = "tests.cli.ceiling" if impose is the_disk_is_full else "monitor"
    with Running(home, {"CEILING": str(home.path / "ceiling")}, module) as service:
        bounded = Bounded(home, service)
        until(lambda: home.told() == ["alert.opened"], "the first leak")
        until(lambda: service.problems() == [], "a healthy start")
        impose(bounded)
        acknowledged, told = bounded.stored(), bounded.opened()

        def is_named() -> bool:
            if len(home.posts) < MOST:
                home.says(f"{LEAK} {len(home.posts)} {LONG}", later())
            status, report = service.asked("/healthz")
            if status == 200 and impose is no_more_files:
                impose(bounded)  # a connection that was not needed any more left room
            return status == 503 and any(named in problem for problem in report["problems"])

        until(is_named, named)
        assert bounded.stored() >= acknowledged
        lift(bounded)
        since_s = time.monotonic()
        home.says(f"{LEAK} at last", later())
        until(lambda: service.problems() == [], "health")
        until(lambda: bounded.opened() == len(home.posts), "every leak")
        assert time.monotonic() - since_s < HEALS_S
        assert len(bounded.stored()) == len(home.posts)
        assert service.stop() == 0
    assert told == 1
    assert broken(home) == []
    assert "Traceback" not in service.said()


def broken(home: Home) -> list[str]:
    """What does not hold in the database, also beside what the receiver got."""
    receipts = defaultdict(list)
    for got in home.desk.received:
        receipts[got.headers["webhook-id"]].append((sha256(got.body).hexdigest(), datetime.now(UTC)))
    with Store(f"sqlite:///{home.database}") as store, store.read() as tx:
        return broken_invariants(tx, receipts, told=["desk"])


def test_a_log_on_a_full_disk_is_on_health_and_holds_up_nothing(home: Home) -> None:
    home.says(LEAK, later())
    with Running(home, log_to=Path("/dev/full")) as service:
        until(lambda: home.told() == ["alert.opened"], "the alert")
        until(lambda: any("the log cannot be written" in problem for problem in service.problems()), "health")
        assert service.stop() == 0


def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing(home: Home) -> None:
    upgrade(f"sqlite:///{home.database}")
    words = [sys.executable, "-m", "monitor", "db", "backup", str(home.path / "copy"), "--config", home.config]
    before = sorted(home.path.iterdir())

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, resource.RLIM_INFINITY))

    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=bound)
    assert ended.returncode == 4
    assert f"{home.path}: there is no room for the copy; make some, nothing was kept" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert sorted(home.path.iterdir()) == before
