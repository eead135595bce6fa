"""A configured directory with a real feed and a real receiver on loopback, and commands run in it."""

import io
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from monitor.cli.app import run_command_line
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Asked, FeedServer, Raw, Reply, fresh_feed
from tests.samples import rules

SECRET = b"k" * 32
WHSEC = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
RULES = rules()
CONFIG = """
timezone = "Asia/Shanghai"
web.port = {port}

[fetch]
host_distance = "0s"

[[people]]
key = "lin"
name = "Lin Xiaozhou"
title = "GM"
purpose = "proof"

  [[people.accounts]]
  source = "feed"
  platform = "notes"
  key = "lin-notes"
  url = "{feed}"
  poll_every = "30s"
  allow_private_network = true

[[receivers]]
key = "desk"
format = "webhook"
url = "{hook}"
secret_file = "desk.secret"
internal = true
allow_private_network = true
ops = true
gather = "0s"
most_an_hour = 1000
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def command(*words: str, stdin: str = "") -> Ended:
    """Run one command in this process, as in a pipe."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run_command_line(words)
    finally:
        sys.stdin = before
    return Ended(code, out.getvalue(), err.getvalue())


@dataclass
class Home:
    """The directory; `posts` is what the feed shows."""

    path: Path
    port: int = 8080
    posts: list[dict[str, Any]] = field(default_factory=list)
    script: Reply | Raw | None = None  # instead of the feed

    def __enter__(self) -> Self:
        self.site = FeedServer({"/feed": self._serve})
        self.desk = ScriptedReceiver()
        self.site.__enter__()
        self.desk.__enter__()
        (self.path / "rules").mkdir()
        self.write("rules/all.toml", RULES)
        self.write("desk.secret", WHSEC)
        self.write("config.toml", CONFIG.format(feed=self.site.url("/feed"), hook=self.desk.url, port=self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.__exit__()
        self.site.__exit__()

    @property
    def config(self) -> str:
        return str(self.path / "config.toml")

    @property
    def database(self) -> Path:
        """The file of its database."""
        return self.path / "data" / "leak-monitor.db"

    def write(self, name: str, text: str) -> None:
        """A file of the directory, for its owner alone."""
        file = self.path / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")

    def says(self, text: str, at: datetime | None = None) -> None:
        """The person publishes; a moment ahead, so that it is newer than our watching."""
        when = at or datetime.now(UTC) + timedelta(seconds=20)
        post = {"id": f"post-{len(self.posts)}", "content_text": text, "date_published": when.isoformat()}
        self.posts.insert(0, post)

    def run(self, *words: str, stdin: str = "") -> Ended:
        """A command with this configuration."""
        return command(*words, "--config", self.config, stdin=stdin)

    def told(self) -> Sequence[str]:
        """The types of what the receiver got, signatures checked."""
        return [got.check(SECRET)["type"] for got in self.desk.received]

    def leaks(self) -> set[str]:
        """The numbers of the alerts that the receiver heard of, each by itself or gathered with others."""
        found = [got.check(SECRET) for got in self.desk.received]
        inside = [alert for message in found for alert in message["data"].get("alerts", ())]
        return {each["data"]["number"] for each in (*found, *inside) if each["type"] == "alert.opened"}

    def _serve(self, asked: Asked) -> Reply | Raw:
        if self.script is not None:
            return self.script
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": self.posts}
        return fresh_feed(json.dumps(feed).encode(), "application/feed+json")(asked)
