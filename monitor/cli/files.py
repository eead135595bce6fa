"""What commands open: configuration, rules, database; and what they fall back on when a file is broken."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from monitor.config import Settings, load_config
from monitor.errors import ConfigError, InputError, RuleError
from monitor.match import Matcher
from monitor.model.rulebook import RuleBook
from monitor.pipeline import Runtime
from monitor.rules import check_examples, load_rules, parse_rulebook
from monitor.store import Store, database_exists, rulebooks, upgrade
from monitor.telemetry import log_trouble
from monitor.words import LANGUAGES


def _language(wanted: str | None) -> str | None:
    if wanted not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{wanted!r} is not one of {', '.join(LANGUAGES)}")
    return wanted


ConfigOption: TypeAlias = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="LEAK_MONITOR_CONFIG", help="The configuration file.", show_default=True),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
LangOption: TypeAlias = Annotated[str | None, typer.Option("--lang", help="zh or en.", callback=_language)]
DEFAULT_CONFIG = Path("config.toml")


def load_settings(path: Path) -> Settings:
    """The configuration; ConfigError says where it is wrong, or that there is none yet."""
    if not path.exists():
        raise ConfigError(
            str(path), None, "no such file", "make one with `leak-monitor init`, or name it with --config"
        )
    return load_config(path, os.environ)


def load_runtime(path: Path) -> Runtime:
    """Configuration and rules as the files are now, with every rule's examples proven; InputError if any is wrong."""
    settings = load_settings(path)
    return runtime_of(settings, load_rules(settings.rules_dir))


def runtime_of(settings: Settings, book: RuleBook) -> Runtime:
    """A Runtime whose rules pass their own examples; RuleError names the first that does not."""
    matcher = Matcher(book)
    for problem in check_examples(book, matcher):
        place, _, said = problem.partition(": ")
        raise RuleError(place, None, said, "mend the rule or its example")
    return Runtime(settings, book, matcher)


def open_store(settings: Settings) -> Store:
    """The database, made at first use; SchemaError if it belongs to another version."""
    if not database_exists(settings.database_url):
        upgrade(settings.database_url)
    return Store(settings.database_url)


# --- the last good files ----------------------------------------------------------------------------------------


def keep_last_good(path: Path) -> None:
    """Keep a copy of a configuration that loaded, beside it, for a start with a broken one. It holds no secrets."""
    try:
        copy = _last_good(path)
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
    except OSError:
        log_trouble("last_good_not_kept", config=path.name)


def settings_or_last_good(path: Path) -> tuple[Settings, InputError | None]:
    """The configuration, or the last one that loaded together with what is wrong with the present one."""
    try:
        return load_settings(path), None
    except ConfigError as error:
        if not _last_good(path).exists():
            raise
        return load_config(_last_good(path), os.environ), error


def runtime_or_last_good(settings: Settings, store: Store) -> tuple[Runtime, InputError | None]:
    """The rules of the files, or those that were last in force together with what is wrong with the present ones."""
    try:
        return runtime_of(settings, load_rules(settings.rules_dir)), None
    except RuleError as error:
        with store.read() as tx:
            kept = rulebooks.active_rulebook(tx)
        if kept is None:
            raise
        book = parse_rulebook(kept.body)
        return Runtime(settings, book, Matcher(book)), error


def watch_files(path: Path, runtime: Runtime) -> Callable[[Runtime], bool]:
    """A question to ask again and again: are the files other than at the last time?"""
    seen = [_signature(path, runtime.settings.rules_dir)]

    def changed(present: Runtime) -> bool:
        now = _signature(path, present.settings.rules_dir)
        different = now != seen[0]
        seen[0] = now
        return different

    return changed


def _signature(path: Path, rules_dir: Path) -> tuple[tuple[str, int, int], ...]:
    marks = []
    for file in (path, *sorted(rules_dir.glob("*.toml"))):
        try:
            stat = file.stat()
        except OSError:
            continue
        marks.append((file.name, stat.st_mtime_ns, stat.st_size))
    return tuple(marks)


def _last_good(path: Path) -> Path:
    return path.with_name(f".{path.name}.last-good")
