"""The long proof: `python -m tests.crash --kills 500 --each 20 --seed 1`; exit code 1 if an invariant broke."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.crash.harness import Harness

POINTS = ("C1", "C2", "C3", "C4", "C6", "C7", "C9")


def main() -> int:
    """Kill as often as asked, then report."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kills", type=int, default=500)
    ask.add_argument("--each", type=int, default=20, help="times that each crash point is hit")
    ask.add_argument("--seed", type=int, default=1)
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        harness = Harness(Path(directory), wanted.seed)
        for done in range(wanted.kills):
            harness.kill_at_random()
            sys.stderr.write(f"\r{done + 1}/{wanted.kills} kills")
        for point in POINTS * wanted.each:
            harness.die_at(point)
        for _ in range(wanted.each):
            harness.die_unanswered()
        for done in range(wanted.each):
            harness.die_in_backup(done % 3 + 1)
        report = harness.settle()
    sys.stderr.write("\n")
    sys.stdout.write(f"{report}\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
