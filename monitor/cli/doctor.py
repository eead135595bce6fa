"""`leak-monitor doctor`: is this machine, and what it talks to, fit for the service?"""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.check import unknown_products
from monitor.cli.duties import strangers_of, try_calendar
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_runtime, open_store
from monitor.cli.page import read_once, refusal_of
from monitor.cli.world import open_client
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.errors import LeakMonitorError, TransportError
from monitor.pipeline import Runtime
from monitor.rota import calendar_of
from monitor.rules.seal import rules_files
from monitor.sessions import sign_in

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
    of_database = list(_database(runtime.settings))
    findings = [*_machine(runtime.settings), *_files(runtime), *of_database]
    if not offline:
        findings += _accounts(runtime, has_database=all(finding.ok for finding in of_database))
    findings += _calendar(runtime, offline=offline)
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


def _calendar(runtime: Runtime, *, offline: bool) -> Iterator[Finding]:
    calendar, now = calendar_of(runtime), SystemClock().now()
    if calendar is None or (offline and not calendar.file):
        return
    with open_client(runtime.settings) as client:
        known, problem = try_calendar(runtime, client, now)
    table = known.settings.roster.duty
    found = problem or f"{len(table.entries) if table else 0} entries within a month"
    yield Finding("calendar", not problem, found, "look at [duty], and at the tool that exports it")
    for line in strangers_of(known):
        yield Finding("calendar", ok=False, found=line, fix="correct it")


def _accounts(runtime: Runtime, *, has_database: bool) -> Iterator[Finding]:
    settings = runtime.settings
    with open_store(settings) if has_database else nullcontext() as store, open_client(settings) as client:
        for account in runtime.accounts.values():
            try:
                signed_in = sign_in(store, settings, account) if store else account
                page = read_once(signed_in, client, SystemClock())
            except TransportError as error:
                refused = refusal_of(error, settings.language)
                yield Finding(account.key, ok=False, found=refused.cause, fix=refused.remedy)
            else:
                yield Finding(account.key, ok=True, found=f"{len(page.posts)} posts")
