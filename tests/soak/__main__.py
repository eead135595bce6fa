"""The long proof: `python -m tests.soak`: a day with 200 accounts and 50,000 posts; exit code 1 if anything grows."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from monitor.telemetry import set_up_logging
from tests.soak.day import Day
from tests.soak.measure import breaches, slope, table
from tests.soak.outside import Spec

WARM_SHARE = 0.25


def main() -> int:
    """Live the day, then report."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--hours", type=float, default=24.0)
    ask.add_argument("--accounts", type=int, default=200)
    ask.add_argument("--posts", type=int, default=50_000)
    wanted = ask.parse_args()
    spec = Spec(wanted.accounts, wanted.hours * 3600 * wanted.accounts / wanted.posts)
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w", encoding="utf-8") as log:
        set_up_logging("warning", as_json=False, stream=log)
        day = Day(Path(folder), spec, wanted.hours, said=lambda line: sys.stderr.write(f"{line}\n"))
        broken = day.live()
    warm_h = wanted.hours * WARM_SHARE
    broken += breaches(day.samples, warm_h)
    grown = slope([(one.hour, one.memory_mb) for one in day.samples if one.hour >= warm_h])
    sys.stdout.write(
        f"{table(day.samples)}\n{day.received} messages, {day.pages} pages, {day.reloads} reloads,"
        f" {time.monotonic() - begun_s:.0f} s; memory {grown:+.3f} MB an hour after the first {warm_h:g}\n"
    )
    sys.stdout.write("".join(f"BROKEN {line}\n" for line in broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
