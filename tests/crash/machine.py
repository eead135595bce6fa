"""Anything, in any order, against a plain model: posts, edits, blindness, refusals, deaths, wrong clocks, new rules.

`python -m tests.crash.machine --examples 2000 --steps 50` is the long proof; CI runs a few.
"""

import argparse
import sqlite3
import sys
import tempfile
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from shutil import copyfile
from threading import Lock
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from monitor.errors import StoreError
from monitor.store import claims, upgrade
from monitor.store.schema import alerts, deliveries, posts, revisions
from tests.deliver.receiver import Reply, ScriptedReceiver, Way
from tests.fetch.feed_server import Reply as Page
from tests.store.invariants import broken_invariants
from tests.town import RULES, SIGN_IN_PAGE, Town

LEAK = "云雀9"
TEXTS = st.sampled_from(["今天跑了十公里", "明天来看云雀9", "云雀9 的照片", "周末愉快", "又见云雀9"])
OTHER_RULES = RULES.replace("Kingfisher", "Heron")
REPLIES = {
    "takes all": Reply(),
    "is down": Reply(503),
    "asks for time": Reply(429, (("Retry-After", "600"),)),
    "takes it, but does not say so": Reply(way=Way.RESET),
    "is moved": Reply(301, (("Location", "https://elsewhere.example/"),)),
}
PAGES = {"is whole": None, "wants a login": SIGN_IN_PAGE, "fails": Page(500), "is empty": Page(200, b"")}
STEPS = {"seconds": 61, "minutes": 6, "hours": 2}


def _key(native_id: str) -> str:
    """The feed's own id: ours has the feed before it."""
    return native_id.rpartition("#")[2]


class Killed(BaseException):
    """What SIGKILL is to a process, for one that is only pretended."""


class Death:
    """Kills whatever comes to the n-th statement from now, and all that come after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.left = 0
        self.dead = False

    def __call__(self, _cursor: Any, _statement: str, *_rest: object) -> None:
        with self._lock:
            if self.left:
                self.left -= 1
                self.dead = not self.left
            if self.dead:
                raise Killed


class Machine(RuleBasedStateMachine):
    """The town, and what a reader of its posts knows without it."""

    template = ""  # an empty database, made once

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.numbers = count(1)
        self.set_back = False
        self.published: dict[str, list[str]] = {}  # id -> its texts that may have been read
        self.shown: dict[str, str] = {}  # id -> the text that stands there now

    @initialize()
    def begin(self) -> None:
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        copyfile(self.template, folder / "town.db")
        self.desk = self.stack.enter_context(ScriptedReceiver())
        self.town = self.stack.enter_context(Town(folder, [("desk", self.desk)]))
        self.death = Death()
        self._listen()
        self.town.round()

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "town"):
                self._end()

    # --- what happens -------------------------------------------------------------------------------------------

    @rule(text=TEXTS)
    def someone_posts(self, text: str) -> None:
        key = f"post-{next(self.numbers)}"
        self.town.says(text, id=key)
        self.published[key], self.shown[key] = [text], text

    @precondition(lambda self: self.shown)
    @rule(text=TEXTS)
    def the_newest_post_is_edited(self, text: str) -> None:
        key = self.town.posts[0]["id"]
        self.town.edits(text)
        self.published[key].append(text)
        self.shown[key] = text

    @rule(step=st.sampled_from(sorted(STEPS)))
    def time_passes(self, step: str) -> None:
        self._round(**{step: STEPS[step]})

    @rule(page=st.sampled_from(sorted(PAGES)))
    def the_feed(self, page: str) -> None:
        self.town.answer = PAGES[page]

    @rule(reply=st.sampled_from(sorted(REPLIES)))
    def the_receiver(self, reply: str) -> None:
        self.desk.answer_with(REPLIES[reply])

    @rule(statement=st.integers(1, 60), step=st.sampled_from(sorted(STEPS)))
    def the_process_dies(self, statement: int, step: str) -> None:
        self.death.left = statement
        self._round(**{step: STEPS[step]})
        self._start_again()

    @rule(statement=st.integers(1, 60))
    def the_database_fails(self, statement: int) -> None:
        def fail(_cursor: Any, _statement: str, *_rest: object) -> None:
            nonlocal statement
            statement -= 1
            if not statement:
                raise sqlite3.OperationalError("disk I/O error")

        event.listen(self.town.store._engine, "do_execute", fail)
        self._round(seconds=61)
        event.remove(self.town.store._engine, "do_execute", fail)

    @rule(hours=st.sampled_from([-26, -2, -1, 1, 3]))
    def the_clock_jumps(self, hours: int) -> None:
        self.set_back = self.set_back or hours < 0
        self.town.clock.move(hours=hours)
        self.town.clock.steady_s -= hours * 3600

    @rule(other=st.booleans())
    def the_rules_change(self, *, other: bool) -> None:
        self.town.use_rules(OTHER_RULES if other else RULES)

    # --- what must hold -----------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "town"):
            with self.town.store.read() as tx:
                broken = broken_invariants(tx, told=["desk"])
            # Where a clock was set back, what was seen is later than the present.
            broken = [line for line in broken if not (self.set_back and line.startswith("I8 a cursor"))]
            assert not broken, broken

    def _end(self) -> None:
        """Everything is mended; after the longest waits nothing may be missing."""
        self.town.answer = None
        self.desk.answer_with(Reply())
        for step in ({"seconds": 61}, {"minutes": 6}, {"minutes": 80}, {"minutes": 80}, {"minutes": 6}, {"minutes": 6}):
            self._round(**step)
        self.nothing_is_broken()
        with self.town.store.read() as tx:
            current = select(posts.c.native_id, revisions.c.parts).join(
                revisions, (revisions.c.post_id == posts.c.id) & (revisions.c.no == posts.c.current_rev)
            )
            stored = {_key(row.native_id): row.parts[0]["text"] for row in tx.execute(current)}
            told = select(posts.c.native_id).join(alerts, alerts.c.post_id == posts.c.id)
            flagged = list(map(_key, tx.execute(told).scalars()))
            states = set(tx.execute(select(deliveries.c.state)).scalars())
            ids = set(tx.execute(select(deliveries.c.message_id)).scalars())
        assert stored == self.shown
        assert len(flagged) == len(set(flagged)), flagged
        must = {key for key, text in self.shown.items() if LEAK in text}
        may = {key for key, texts in self.published.items() if any(LEAK in text for text in texts)}
        assert must <= set(flagged) <= may, (must, flagged, may)
        assert states <= {"delivered", "folded"}, states
        assert {got.headers["webhook-id"] for got in self.desk.received} <= ids

    # --- inside ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.listen(self.town.store._engine, name, self.death)

    def _round(self, **step: float) -> None:
        with suppress(StoreError, Killed):  # the next tick tries again; a dead process is started again
            self.town.round(**step)

    def _start_again(self) -> None:
        """What a new process does with what the dead one left."""
        self.death.left, self.death.dead = 0, False
        self.town.store.close()
        self.town.open_store()
        self._listen()
        with self.town.store.write() as tx:
            claims.release_all(tx)


def prove(examples: int, steps: int) -> None:
    """Run so many stories of so many steps; AssertionError shows the shortest that breaks."""
    with tempfile.TemporaryDirectory() as folder:
        Machine.template = f"{folder}/empty.db"
        upgrade(f"sqlite:///{Machine.template}")
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )


def main() -> int:
    """The long proof."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--examples", type=int, default=2000)
    ask.add_argument("--steps", type=int, default=50)
    wanted = ask.parse_args()
    prove(wanted.examples, wanted.steps)
    sys.stdout.write(f"{wanted.examples} stories of up to {wanted.steps} steps: nothing broke\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
