"""`leak-monitor scan` over a million posts in a file: what the whole process takes, start and reading included."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import made
from benchmarks.ours import TERMS

MILLION = 1_000_000
KIB_A_MIB = 1024


def scan(work: Path, count: int = MILLION) -> tuple[float, float]:
    """CPU seconds and MiB at most of one scan."""
    rules = work / "rules"
    rules.mkdir()
    (rules / "made.toml").write_text(made.watchlist(TERMS), encoding="utf-8")
    stored = work / "posts.jsonl"
    with stored.open("w", encoding="utf-8") as out:
        for number, text in enumerate(made.posts(count, made.names(TERMS))):
            post = {"id": f"post-{number}", "text": text, "published_at": "2030-05-15T12:00:00+08:00"}
            out.write(json.dumps(post, ensure_ascii=False) + "\n")
    command = [sys.executable, "-P", "-m", "monitor", "scan", "--rules", str(rules), str(stored)]
    with (work / "answers.jsonl").open("wb") as answers:
        return _taken(lambda: subprocess.Popen(command, stdout=answers))


def _taken(start: Callable[[], "subprocess.Popen[bytes]"]) -> tuple[float, float]:
    process = start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the scan failed; what it said stands above")
    per_mib = KIB_A_MIB if sys.platform != "darwin" else KIB_A_MIB * KIB_A_MIB
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_mib
