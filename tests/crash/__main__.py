"""The long proof: `python -m tests.crash --kills 500 --each 20 --seed 1`; exit code 1 if an invariant broke.

With `--postgresql` on a server of its own; there `--pairs` kills one of two services, `--restarts` the server itself.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from tests.crash.harness import POINTS, Harness
from tests.crash.upgrading import OLDER, die_in_every_upgrade
from tests.postgres import Server


def main() -> int:
    """Kill as often as asked, then report."""
    wanted = _asked()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = None
        if wanted.postgresql:
            server = Server(durable=True)
            stack.callback(server.stop)
        files = count(1)

        def empty() -> str:
            file = f"sqlite:///{directory / f'own-{next(files)}.db'}"
            return server.make("template template0") if server else file

        url = server.make() if server else f"sqlite:///{directory / 'proof.db'}"
        harness = Harness(directory, wanted.seed, url, empty)
        _kill(harness, wanted)
        if server and wanted.restarts:
            harness.outlive(server.restart_at_once, wanted.restarts)
        _upgrade(empty, wanted.each)
        for _ in _counted(wanted.each, "texts that kill"):  # the last: at every change of rules they kill once more
            harness.die_by_post()
        report = harness.settle()
    sys.stdout.write(f"{report}\n")
    return 1 if report.broken else 0


def _kill(harness: Harness, wanted: argparse.Namespace) -> None:
    each = wanted.each
    for _ in _counted(wanted.kills, "kills"):
        harness.kill_at_random()
    for _ in _counted(wanted.pairs, "kills of one of two"):
        harness.kill_one_of_two()
    for n in _counted(each * len(POINTS), "crash points"):
        harness.die_at(POINTS[n % len(POINTS)])
    for _ in _counted(each, "requests without an answer"):
        harness.die_unanswered()
    for n in _counted(each, "reloads"):
        harness.die_in_reload(n % 2 + 1)
    for n in _counted(each, "purges"):
        harness.die_in_purge(n % 2 + 1)
    for n in _counted(each, "backups"):
        harness.die_in_backup(n % 3 + 1)


def _upgrade(empty: Callable[[], str], each: int) -> None:
    done = 0
    while done < each:
        done += sum(die_in_every_upgrade(empty, rows) for rows in OLDER)
    sys.stderr.write(f"{done} upgrades\n")


def _asked() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kills", type=int, default=500)
    ask.add_argument("--each", type=int, default=20, help="times that each crash point is hit")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--postgresql", action="store_true")
    ask.add_argument("--pairs", type=int, default=0, help="times that one of two services is killed (PostgreSQL)")
    ask.add_argument("--restarts", type=int, default=0, help="immediate restarts of the server (PostgreSQL)")
    wanted = ask.parse_args()
    if not wanted.postgresql and (wanted.pairs or wanted.restarts):
        ask.error("--pairs and --restarts need --postgresql")
    return wanted


def _counted(times: int, what: str) -> "range":
    sys.stderr.write(f"{times} {what}\n")
    return range(times)


if __name__ == "__main__":
    sys.exit(main())
