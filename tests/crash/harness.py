"""The supervisor: starts the service, kills it, starts it again, and at the end asks what was lost."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from monitor.rules import load_rules
from monitor.store import Store, rulebooks, upgrade
from monitor.store.backup import restore
from monitor.store.schema import accounts, alerts, deliveries, gaps, posts, revisions
from tests.crash.child import FastClock
from tests.crash.edges import DEADLY, Published, Sink, Site
from tests.crash.nursery import Born, Nursery
from tests.crash.plan import Plan
from tests.samples import rules
from tests.store.invariants import broken_invariants

SPEED = 20.0  # the service's clock
FEEDS = 4
PUBLISH_EVERY_S = 0.15  # a third leak; a receiver takes ten messages a second while the service lives
START_S, SETTLE_S, DIE_S = 30.0, 120.0, 60.0
BACK_S = 15.0
ROOT = Path(__file__).resolve().parents[2]
LAUNCHES = ("2030-06-18T19:00:00+08:00", "2030-06-19T19:00:00+08:00")
MOST_DEATHS = 6
POINTS = ("C1", "C2", "C3", "C4", "C6", "C7", "C9")  # those that are reached by any work
BACK_UP = """
import sys
from pathlib import Path
from monitor.store.backup import back_up
back_up(sys.argv[1], Path(sys.argv[2]), force=True)
"""


@dataclass
class Report:
    """What a run did, and what it broke (nothing, one hopes)."""

    kills: int = 0
    points: list[str] = field(default_factory=list)
    posts: int = 0
    in_gaps: int = 0  # posts that fell out of a feed while we were dead, as a gap record says
    receipts: int = 0
    repeated: int = 0
    restored: int = 0  # backups that were put back and proven
    back_s: list[float] = field(default_factory=list)  # from a restart of the server until the service works again
    broken: list[str] = field(default_factory=list)


class Harness:
    """One database, one site, one receiver, many short lives of the service. `spare` names databases to restore to."""

    def __init__(self, directory: Path, seed: int, database_url: str, spare: Callable[[], str] | None = None) -> None:
        # A service that may not be alone waits for the leases of the dead: there the clock runs faster still.
        speed = SPEED if database_url.startswith("sqlite") else 2 * SPEED
        self.chance = random.Random(seed)
        self._spare = spare or (lambda: f"sqlite:///{directory / 'restored.db'}")
        self._launches = LAUNCHES
        origin_s = time.time()
        self.directory = directory
        self.clock = FastClock(origin_s, speed)
        self.site = Site(FEEDS, self.clock.now)
        self.sink = Sink(random.Random(seed + 1), self.clock.now)
        self.plan = Plan(origin_s, speed, database_url, self.site.url, self.sink.url, FEEDS)
        (directory / "plan.json").write_text(json.dumps(asdict(self.plan)))
        (directory / "rules").mkdir()
        (directory / "rules" / "all.toml").write_text(rules(LAUNCHES[1]))
        upgrade(self.plan.database_url)
        self.report = Report()
        self.nursery = Nursery()
        self._quiet = threading.Event()
        self._kill(self._start())  # the accounts are known, so that a post is news or in a gap
        self.report.kills = 0
        threading.Thread(target=self._publish, daemon=True).start()

    def kill_at_random(self) -> None:
        """Start, let it work between 0.1 and 2 s, kill."""
        process = self._start()
        time.sleep(self.chance.uniform(0.1, 2.0))
        self._kill(process)

    def die_at(self, point: str) -> None:
        """Start with a crash point armed and wait until it dies there by itself."""
        self._wait_for_death(self._start(LEAK_MONITOR_FAILPOINT=point), point)
        self._count(point)

    def die_by_post(self) -> None:
        """C5: a text that kills whoever judges it; it must be put away, and its neighbours judged."""
        native_id = self.site.publish(self.chance, DEADLY).native_id
        with Store(self.plan.database_url) as store:
            for _ in range(MOST_DEATHS + 1):
                process = self._start()
                deadline_s = time.time() + DIE_S
                while process.poll() is None and time.time() < deadline_s and not _is_put_away(store, native_id):
                    time.sleep(0.1)
                if put_away := _is_put_away(store, native_id):
                    break
                process.wait()
                self._count(None)
            self._kill(process)
        if not put_away:
            self.report.broken.append("C5: the text that kills was never put away")
        self.report.points.append("C5")

    def die_in_reload(self, nth: int) -> None:
        """C10: change the rules while the service works; it dies before (1) or after (2) they count."""
        before = load_rules(self.directory / "rules").hash
        process = self._start(LEAK_MONITOR_FAILPOINT=f"C10:{nth + 2}")  # a start passes twice
        self._launches, lift = self._launches[::-1], self._launches[0]
        write_whole(self.directory / "rules" / "all.toml", rules(lift))
        self._wait_for_death(process, f"C10:{nth}")
        self._count("C10")
        with Store(self.plan.database_url) as store, store.read() as tx:
            found = rulebooks.active_hash(tx)
        expected = before if nth == 1 else load_rules(self.directory / "rules").hash
        if found != expected:
            self.report.broken.append(f"C10:{nth}: other rules are in force than should be")

    def die_in_purge(self, nth: int) -> None:
        """C12: texts that are no part of an alert are blanked while the service works; it dies inside (1) or after."""
        process = self._start(LEAK_MONITOR_FAILPOINT=f"C12:{nth}", LEAK_MONITOR_PROOF_PURGES="1")
        self._wait_for_death(process, f"C12:{nth}")
        self._count("C12")

    def die_unanswered(self) -> None:
        """C8: the receiver has the whole request and kills the sender before it answers."""
        process = self._start()
        died = threading.Event()

        def shock() -> None:
            process.kill()
            process.wait()
            died.set()

        self.sink.before_answer = shock
        if not died.wait(DIE_S):
            self.report.broken.append("C8 was never reached")
            process.kill()
        process.wait()
        self._count("C8")

    def die_in_backup(self, nth: int) -> None:
        """C13: copy the database while the service works, die there; what has the copy's name is whole and sound."""
        copy, url = self.directory / "proof.backup", self.plan.database_url
        words = [sys.executable, "-c", BACK_UP, url, str(copy)]
        process = self._start()
        died = subprocess.run(words, cwd=ROOT, env={**os.environ, "LEAK_MONITOR_FAILPOINT": f"C13:{nth}"}, check=False)
        if died.returncode != -signal.SIGKILL:
            self.report.broken.append(f"C13:{nth}: ended with {died.returncode}")
        self._kill(process)
        self.report.points.append("C13")
        if copy.exists():
            restored = self._spare()
            restore(restored, copy, now=self.clock.now(), finish=lambda _: None, force=True)
            with Store(restored) as store, store.read() as tx:
                self.report.broken += [f"C13:{nth}: {line}" for line in broken_invariants(tx, told=["desk"])]
            self.report.restored += 1

    def outlive(self, restart: Callable[[], None], times: int) -> None:
        """Let the service work while its database server is restarted; it must be back at work soon each time."""
        process = self._start()
        with Store(self.plan.database_url) as store:
            for _ in range(times):
                time.sleep(self.chance.uniform(0.5, 2.0))
                restart()
                began_s = time.time()
                before = self._progress(store)
                while any(now <= then for now, then in zip(self._progress(store), before, strict=True)):
                    if time.time() - began_s > BACK_S:
                        self.report.broken.append(f"not back at work {BACK_S} s after a restart of the server")
                        break
                    time.sleep(0.05)
                self.report.back_s.append(round(time.time() - began_s, 2))
        if process.poll() is not None:
            self.report.broken.append(f"the service ended with {process.returncode}")
        self._kill(process)

    def work_side_by_side(self, seconds: float) -> None:
        """Two services on one database, neither of which dies; the receiver answers well, so nothing comes twice."""
        self.sink.good = True
        processes = [self._start(), self._start()]
        time.sleep(seconds)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()
        self.sink.good = False

    def kill_one_of_two(self) -> None:
        """Another service lives on while one is killed at random."""
        other = self._start()
        self.kill_at_random()
        self._kill(other)

    def settle(self) -> Report:
        """Publish no more, let everything be delivered, and check every invariant."""
        self._quiet.set()
        self.sink.good = True
        process = self._start()
        store = Store(self.plan.database_url)
        least, since_s = sys.maxsize, time.time()
        while time.time() - since_s < SETTLE_S and (left := self._left(store)):
            if left < least:  # a long backlog may take its time as long as it shrinks
                least, since_s = left, time.time()
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        process.wait(START_S)
        self._check(store)
        store.close()
        self.nursery.close()
        for edge in (self.site, self.sink):
            edge.server.shutdown()
            edge.server.server_close()
        return self.report

    # --- inside -------------------------------------------------------------------------------------------------

    def _publish(self) -> None:
        while not self._quiet.wait(PUBLISH_EVERY_S):
            self.site.publish(self.chance)

    def _start(self, **environment: str) -> Born:
        process = self.nursery.bear(self.directory, environment, self.directory / "service.log")
        if not process.wait_until_ready() and not environment:  # a crash point may be reached before the first tick
            self.report.broken.append("the service did not start")
        return process

    def _wait_for_death(self, process: Born, point: str) -> None:
        try:
            process.wait(DIE_S)
        except subprocess.TimeoutExpired:
            self.report.broken.append(f"{point} was never reached")
            process.kill()
        process.wait()
        if process.returncode != -signal.SIGKILL:
            self.report.broken.append(f"{point}: ended with {process.returncode}")

    def _kill(self, process: Born) -> None:
        process.kill()
        process.wait()
        self._count(None)

    def _count(self, point: str | None) -> None:
        self.report.kills += 1
        if point:
            self.report.points.append(point)

    def _progress(self, store: Store) -> tuple[int, int]:
        """How many reads and how many attempts were begun until now: both grow as long as the service works."""
        with store.read() as tx:
            reads = tx.execute(select(func.sum(accounts.c.claim_no))).scalar_one()
            return int(reads), tx.execute(select(func.count()).select_from(revisions)).scalar_one()

    def _left(self, store: Store) -> int:
        """How much is still to be read, judged and told."""
        waits = select(func.count()).select_from(deliveries).where(deliveries.c.state.in_(["waiting", "held"]))
        pending = select(func.count()).select_from(revisions).where(revisions.c.state == "pending")
        with store.read() as tx:
            stored = _stored(tx)
            busy = tx.execute(waits).scalar_one() + tx.execute(pending).scalar_one()
            blind = _gaps(tx)
        unread = [
            post
            for post in self.site.published
            if post.native_id not in stored and not _in_gap(post, blind, self.plan.speed)
        ]
        return int(busy) + len(unread)

    def _check(self, store: Store) -> None:
        with store.read() as tx:
            self.report.broken += broken_invariants(tx, self.sink.receipts, told=["desk"], now=self.clock.now())
            stored, alerted, blind = _stored(tx), _alerted(tx), _gaps(tx)
        for post in self.site.published:
            if post.native_id in stored:
                if post.leaks != (post.native_id in alerted):
                    self.report.broken.append(f"{post}: alerted {post.native_id in alerted}")
            elif _in_gap(post, blind, self.plan.speed):
                self.report.in_gaps += 1
            else:
                self.report.broken.append(f"I8 {post} was never stored, and no gap says so")
        if self.sink.forged:
            self.report.broken.append(f"{self.sink.forged} signatures are wrong")
        most = 1 + self.report.kills + self.sink.hidden
        for message_id, got in self.sink.receipts.items():
            if len(got) > most:
                self.report.broken.append(f"I7 {message_id} came {len(got)} times")
        self.report.posts = len(self.site.published)
        self.report.receipts = sum(map(len, self.sink.receipts.values()))
        self.report.repeated = self.report.receipts - len(self.sink.receipts)


def write_whole(file: Path, text: str) -> None:
    """A file that is changed in one step, as editors do."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _is_put_away(store: Store, native_id: str) -> bool:
    joined = select(revisions.c.state).join(posts, posts.c.id == revisions.c.post_id)
    with store.read() as tx:
        return "quarantined" in tx.execute(joined.where(posts.c.native_id.endswith(native_id))).scalars().all()


def _stored(tx: Connection) -> set[str]:
    return {native_id.rpartition("#")[2] for native_id in tx.execute(select(posts.c.native_id)).scalars()}


def _alerted(tx: Connection) -> set[str]:
    joined = alerts.join(posts, posts.c.id == alerts.c.post_id)
    rows = tx.execute(select(posts.c.native_id).select_from(joined))
    return {native_id.rpartition("#")[2] for native_id in rows.scalars()}


def _gaps(tx: Connection) -> list[tuple[str, datetime, datetime]]:
    joined = gaps.join(accounts, accounts.c.id == gaps.c.account_id)
    rows = tx.execute(select(accounts.c.platform, gaps.c.from_at, gaps.c.to_at).select_from(joined))
    return [(platform, from_at, to_at) for platform, from_at, to_at in rows if to_at is not None]


def _in_gap(post: Published, blind: list[tuple[str, datetime, datetime]], speed: float) -> bool:
    # A second of grace: a post is published a moment before the page is made that would have shown it.
    grace = timedelta(seconds=speed)
    return any(
        platform == f"site{post.feed}" and from_at - grace <= post.at <= to_at for platform, from_at, to_at in blind
    )
