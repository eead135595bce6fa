"""The demonstration from outside, as somebody runs it: to its end, and ended early at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor", "demo", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(folder)}
    )


def test_in_a_short_time_every_leak_is_told_once_and_nothing_else(tmp_path: Path) -> None:
    said, errors = (demo := start(tmp_path, "--for", "16", "--lang", "en")).communicate(timeout=60)
    assert demo.returncode == 0, said
    assert errors == ""
    assert "\x1b" not in said
    assert list(tmp_path.iterdir()) == []
    wanted = [
        "planted 9 leaks: 9 alerted, 9 delivered once · 11 harmless: 0 · 1 blind spot",
        "1 waiting, none lost",
        "what waited was delivered, once",
        "cannot read anna-notes",
        "anna-notes can be read again",
        "(edited) 今晚的夜景是用云雀9拍的。",
        "Nothing was left behind.",
    ]
    assert [words for words in wanted if words not in said] == []


@pytest.mark.parametrize("lines", [1, 5, 9, 14])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_at_any_moment_it_leaves_nothing(tmp_path: Path, lines: int, number: signal.Signals) -> None:
    with start(tmp_path, "--lang", "en") as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        for _ in range(lines):
            demo.stdout.readline()
        demo.send_signal(number)
        rest, errors = demo.stdout.read(), demo.stderr.read()
    assert demo.returncode == 128 + number
    assert errors == ""
    assert rest.endswith("Stopped. Nothing was left behind.\n")
    assert list(tmp_path.iterdir()) == []


def test_too_short_a_time_names_what_was_not_seen(tmp_path: Path) -> None:
    said, _ = (demo := start(tmp_path, "--for", "5", "--lang", "zh")).communicate(timeout=60)
    assert demo.returncode == 1
    assert "未通过：“glued”" in said
    assert list(tmp_path.iterdir()) == []
