"""The long proof: `python -m tests.week --days 7 --seed 1`; exit code 1 if a promise was broken.

With `--postgresql` on a server of its own. Then `--reloads 200` under load, and `--queued 10000` for a webhook that was
down and as many for a robot with a cap; 0 leaves a part out.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from monitor.clock import SystemClock
from monitor.telemetry import set_up_logging
from tests.postgres import Server
from tests.week.backlog import drain
from tests.week.life import Life
from tests.week.proof import Proof
from tests.week.reloads import reload_often
from tests.week.town import WeekTown

Place = Callable[[], tuple[Path, str]]


def live(place: Place, days: float, seed: int, busy: float) -> list[str]:
    """Live so long; what was broken."""
    folder, url = place()
    with WeekTown(folder, database_url=url, seed=seed) as town:
        life = Life(town, seed, days * 24, busy)
        life.go_on()
        proof = Proof(life)
        faults = proof.faults()
        arrived = sum(map(len, proof.receipts.values()))
    for what, times in sorted(life.done.items()):
        _say(f"{times:6} {what}")
    _say(f"{len(proof.alerts):6} alerts, {len(proof.events)} events, {len(proof.rows)} deliveries, {arrived} arrivals")
    return faults


def reload(place: Place, times: int, seed: int) -> list[str]:
    """Reload so often; what was broken."""
    folder, url = place()
    faults, reloads = reload_often(folder, times, seed, url)
    _say(f"{times:6} reloads, {reloads.spoken} leaks, {len(reloads.served)} receivers came and went")
    return faults


def queue(place: Place, number: int) -> Iterator[str]:
    """So many wait for each; what was broken."""
    for format_ in ("webhook", "dingtalk"):
        folder, url = place()
        drained = drain(folder, format_, number, url)
        _say(f"{number:6} for {format_}: {drained}")
        yield from drained.faults(format_)


def main(words: Sequence[str] | None = None) -> int:
    """Do what was asked for, then report."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--days", type=float, default=7.0)
    ask.add_argument("--busy", type=float, default=1.0, help="how many times as much happens")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--reloads", type=int, default=0)
    ask.add_argument("--queued", type=int, default=0)
    ask.add_argument("--postgresql", action="store_true")
    wanted = ask.parse_args(words)
    clock, faults, numbers = SystemClock(), [], count(1)
    began_s = clock.elapsed_s()
    with ExitStack() as stack:
        within = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log = stack.enter_context((within / "log").open("w", encoding="utf-8"))
        set_up_logging("error", as_json=False, stream=log)
        server = Server() if wanted.postgresql else None
        if server:
            stack.callback(server.stop)

        def place() -> tuple[Path, str]:
            folder = within / str(next(numbers))
            folder.mkdir()
            return folder, server.make() if server else ""

        if wanted.days:
            faults += live(place, wanted.days, wanted.seed, wanted.busy)
        if wanted.reloads:
            faults += reload(place, wanted.reloads, wanted.seed)
        if wanted.queued:
            faults += queue(place, wanted.queued)
    sys.stdout.write("".join(f"BROKEN {fault}\n" for fault in faults))
    _say(f"{clock.elapsed_s() - began_s:6.0f} seconds")
    return 1 if faults else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
