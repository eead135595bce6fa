"""The real service as a process of its own, and waiting for what it does."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.cli.home import Home

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; AssertionError if it never does."""
    ends_s = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < ends_s, f"never came: {what}"
        pause.wait(0.05)


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    """`leak-monitor run` in that home, with more in its environment; stopped at the end."""

    home: Home
    environ: Mapping[str, str] = field(default_factory=dict)
    module: str = "monitor"  # what is run as leak-monitor
    log_to: Path | None = None  # instead of a file of the home

    def __enter__(self) -> Self:
        self.log = self.log_to.open("w") if self.log_to else (self.home.path / "service.log").open("a+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, "run", "--config", self.home.config],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environ},
            stdout=self.log,
            stderr=self.log,
        )
        until(lambda: self.asked("/livez")[0] == 200 or self.process.poll() is not None, "the service answers")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.log.close()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def said(self) -> str:
        """Everything it logged."""
        return (self.home.path / "service.log").read_text()

    def asked(self, page: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one of its pages; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.home.port}{page}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def page(self, name: str) -> str:
        """The text of one of its pages."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.home.port}{name}", timeout=5) as answer:
            return str(answer.read().decode())

    def problems(self) -> list[str]:
        """What /healthz names."""
        return [str(problem) for problem in self.asked("/healthz")[1].get("problems", ["no answer"])]
