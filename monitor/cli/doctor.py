"""`leak-monitor doctor`: is this machine, and what it talks to, fit for the service?"""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.check import unknown_products
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_runtime, open_store
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.errors import LeakMonitorError, TransportError
from monitor.fetch import SOURCES
from monitor.model.posts import ReadState
from monitor.net.client import Client
from monitor.pipeline import Runtime
from monitor.rules.seal import rules_files
from monitor.words import say

LITTLE_ROOM_BYTES = 500 * 2**20
GROUP_OR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fix` says what to do if it is not `ok`."""

    what: str
    ok: bool
    found: str
    fix: str = ""


def doctor(
    config: ConfigOption = DEFAULT_CONFIG,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the machine, the files, the database and every account's address. Exit code 1 if anything is wrong.

    Receivers are not asked, because every message rings somewhere: `leak-monitor receivers test` does that.
    """
    runtime = load_runtime(config)
    findings = [*_machine(runtime.settings), *_files(runtime), *_database(runtime.settings)]
    if not offline:
        findings += _accounts(runtime)
    if as_json:
        for finding in findings:
            show.print_json(asdict(finding))
    else:
        rows = [("ok" if f.ok else "wrong", f.what, f.found, "" if f.ok else f.fix) for f in findings]
        show.print_rows(("", "what", "found", "what to do"), rows, as_json=False, empty="")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _machine(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    yield Finding("user", os.geteuid() != 0, "root" if os.geteuid() == 0 else "not root", "run as a user of its own")
    free = shutil.disk_usage(settings.path.parent).free
    yield Finding("disk", free > LITTLE_ROOM_BYTES, f"{free // 2**20} MB free", "make room: at least 500 MB")


def _files(runtime: Runtime) -> Iterator[Finding]:
    settings = runtime.settings
    for path in (settings.path, settings.rules_dir, *rules_files(settings.rules_dir)):
        mode = path.stat().st_mode
        told = f"mode {stat.S_IMODE(mode):o}"
        yield Finding(_short(path, settings), not mode & GROUP_OR_OTHERS, told, f"chmod go-rwx {path}")
    problems = unknown_products(settings, runtime.book)
    yield Finding("rules", not problems, "; ".join(problems) or f"{len(runtime.book.rules)} rules", "correct it")
    for warning in settings.warnings:
        yield Finding("configuration", ok=False, found=warning, fix="correct it")


def _short(path: Path, settings: Settings) -> str:
    return str(path.relative_to(settings.path.parent)) if path.is_relative_to(settings.path.parent) else str(path)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with open_store(settings):
            yield Finding("database", ok=True, found="opens, and is of this version")
    except LeakMonitorError as error:
        yield Finding("database", ok=False, found=str(error), fix="see the message")


def _accounts(runtime: Runtime) -> Iterator[Finding]:
    clock, language = SystemClock(), runtime.settings.language
    client = Client(elapsed_s=clock.elapsed_s, user_agent=runtime.settings.fetch.user_agent)
    for account in runtime.accounts.values():
        try:
            page = SOURCES[account.source].page(account, ReadState(), client, clock.now())
        except TransportError as error:
            cause = say(language, f"failure_{error.failure}_cause")
            fix = say(language, f"failure_{error.failure}_remedy")
            yield Finding(account.key, ok=False, found=cause, fix=fix)
        else:
            yield Finding(account.key, ok=True, found=f"{len(page.posts)} posts")
    client.close()
