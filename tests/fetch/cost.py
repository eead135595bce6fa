"""What reading hostile answers costs, in a process of its own: `python -m tests.fetch.cost`, told one URL a line."""

import json
import resource
import sys
from pathlib import Path

from monitor.clock import SystemClock
from monitor.errors import TransportError
from monitor.fetch import SOURCES
from monitor.model.posts import ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    if STATUS.exists():  # Linux, whose getrusage begins with what the parent had
        (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Read each URL as the service would: for each a line of JSON, how it ended, its seconds, the growth so far."""
    clock = SystemClock()
    client = Client(elapsed_s=clock.elapsed_s, user_agent="tests/1")
    before_mb = 0.0
    for line in sys.stdin:
        began_s = clock.elapsed_s()
        try:
            page = SOURCES["feed"].page(account(line.strip()), ReadState(), client, NOW)
            ended = f"{len(page.posts)} posts"
        except TransportError as error:
            ended = str(error.failure)
        before_mb = before_mb or peak_mb()  # the first URL is a kind one, and warms everything up
        told = {"ended": ended, "seconds": clock.elapsed_s() - began_s, "growth_mb": peak_mb() - before_mb}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
