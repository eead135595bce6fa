"""`./run bench`: every figure beside its goal and beside what people would use instead, in one run on one core."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import cycle, made, ours, peers, stored, storing
from benchmarks.timing import stay_on_one_core

ROOT = Path(__file__).parent.parent
VENV = ROOT / ".venv-bench"
HEAVY = ("dateparser==1.5.0", "opencc==1.4.2", "presidio-analyzer==2.2.366", "pyahocorasick==2.3.1", "regex")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; `reached` is None if a peer is not there."""

    what: str
    goal: float
    reached: float | None
    unit: str
    at_most: bool = False

    @property
    def verdict(self) -> str:
        """`ok`, `missed`, or that nothing was measured."""
        if self.reached is None:
            return "not there: ./run bench --peers"
        good = self.reached <= self.goal if self.at_most else self.reached >= self.goal
        return "ok" if good else "missed"


def figures(work: Path) -> Iterator[Figure]:
    """Every figure but the long one, each as soon as it is known."""
    posts = ours.texts()
    given = work / "given.json"
    given.write_text(json.dumps({"names": made.names(ours.TERMS), "posts": posts}), encoding="utf-8")
    peer = cache(lambda name: _peer(name, given))
    names = ours.names_rate(posts)
    yield Figure("10,000 names", 150_000, names, "posts/s")
    yield _beside("regex alternation", 500, names, peer)
    yield _beside("presidio deny list", 300, names, peer)
    yield _beside("NFKC + OpenCC + pyahocorasick", 4, names, peer)
    everything = ours.everything_rate(posts)
    yield Figure("everything on, one author of ten knows", 80_000, everything, "posts/s")
    yield _beside("dateparser.search", 150, everything, peer)
    yield Figure("the same, every author knows", 0, ours.everything_rate(posts[::10], knowing=1), "posts/s")
    yield Figure("ten times the names, time", 2.5, ours.ten_times(posts), "x", at_most=True)
    middle, slow, full = ours.alone_ms(posts)
    yield Figure("one post alone", 0.2, middle, "ms", at_most=True)
    yield Figure("one post alone, the slowest of a hundred", 0.2, slow, "ms", at_most=True)
    yield Figure("one post alone, full of values", 0.2, full, "ms", at_most=True)


def _beside(name: str, goal: float, rate: float, peer: Callable[[str], float | None]) -> Figure:
    theirs = peer(name)
    return Figure(f"  beside {name}", goal, rate / theirs if theirs else None, "x")


def long_figures(work: Path) -> Iterator[Figure]:
    """The scan of a million posts."""
    seconds, mib = stored.scan(work)
    yield Figure("scan of 1,000,000 posts", 20, seconds, "CPU s", at_most=True)
    yield Figure("scan of 1,000,000 posts, memory", 300, mib, "MiB", at_most=True)


def reading_figures(work: Path) -> Iterator[Figure]:
    """A cycle of a thousand feeds, and ten thousand at rest."""
    ours_s, theirs_s, taken_s = cycle.cycle(work)
    yield Figure("cycle of 1,000 feeds, 5 % changed", 0, ours_s, "CPU s")
    yield Figure("  beside feedparser.parse(url)", 12, theirs_s / ours_s, "x")
    yield Figure("  by the clock", 0.75, taken_s, "s", at_most=True)
    yield Figure("10,000 accounts at rest", 1.0, cycle.resting(work), "% of a core", at_most=True)


def storing_figures(work: Path) -> Iterator[Figure]:
    """Posts that are stored, and a backlog that is told."""
    new, known = storing.stored(work)
    yield Figure("new posts stored, pages of 1,000", 20_000, new, "posts/s")
    yield Figure("known posts seen again", 60_000, known, "posts/s")
    yield Figure("messages of a backlog", 10, storing.drained(work), "a second")


def _peer(name: str, given: Path) -> float | None:
    """Posts a second of a peer in whichever environment has it; None if none has."""
    for python in (VENV / "bin" / "python", Path(sys.executable)):
        if python.exists():
            command = [str(python), "-I", str(Path(peers.__file__)), name, str(given)]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            if answer.returncode == 0:
                return float(json.loads(answer.stdout)["posts_a_second"])
    return None


def install_peers() -> None:
    """Put the heavy peers into an environment of their own, which git does not see."""
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    (VENV / ".gitignore").write_text("*\n", encoding="utf-8")
    install = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *HEAVY], check=True)


def main() -> int:
    """0 if every goal that was measured is reached, 1 if not."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="first install the heavy peers into .venv-bench")
    parser.add_argument("--scan", action="store_true", help="only the scan of a million posts, which takes minutes")
    parser.add_argument("--reading", action="store_true", help="only the reading of feeds")
    parser.add_argument("--storing", action="store_true", help="only the storing of posts and messages")
    asked = parser.parse_args()
    if asked.peers:
        install_peers()
    stay_on_one_core()
    sections = ((asked.scan, long_figures), (asked.reading, reading_figures), (asked.storing, storing_figures))
    section = next((one for wanted, one in sections if wanted), figures)
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        for figure in section(Path(work)):
            sign = "<=" if figure.at_most else ">="
            reached = "-" if figure.reached is None else f"{figure.reached:,.2f}"
            print(
                f"{figure.what:44} {reached:>14} {figure.unit:8} {sign} {figure.goal:<10,} {figure.verdict}", flush=True
            )
            missed += figure.verdict == "missed"
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
