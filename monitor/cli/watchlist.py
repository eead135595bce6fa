"""`leak-monitor watchlist`: the list goes in, and can be looked at."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.actor import log_view
from monitor.cli.files import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    key_in_environment,
    key_of,
    load_settings,
    open_store,
    rules_in,
    rules_of,
)
from monitor.config import Settings
from monitor.errors import ConfigError, NotFoundError, RuleError
from monitor.match import Matcher
from monitor.model.rulebook import NEVER, Window
from monitor.rules import RulesKey, check_examples, load_rules
from monitor.rules.load import book_of, rules_text
from monitor.rules.seal import ENDING, NAME_A_KEY, make_key, plain_name, rules_files
from monitor.rules.watchlist import import_watchlist

app = typer.Typer(help="The list goes in, and can be looked at.", no_args_is_help=True)


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="A watchlist in JSON.")],
    to: Annotated[Path, typer.Option("--to", help="The rules directory; made if missing.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a watchlist as rules files, keeping what only people know; say what is new and what needs a person."""
    if not file.is_file():
        raise RuleError(str(file), None, "no such file", "name a watchlist in JSON")
    key = key_in_environment()
    existing = load_rules(to, key) if rules_files(to) else None
    try:
        result = import_watchlist(file.read_bytes(), existing)
    except RuleError as error:
        raise RuleError(str(file), error.line, error.problem, error.fix) from error
    if not dry_run:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in result.files.items():
            write_rules(to / name, text, key)
    if as_json:
        show.print_json(
            {
                "new": result.new,
                "changed": result.changed,
                "unchanged": result.unchanged,
                "questions": result.questions,
                "files": sorted(result.files),
                "written": not dry_run,
            }
        )
        return
    done = "would be written" if dry_run else "written"
    show.out().print(f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged", markup=False)
    for name in sorted(result.files):
        show.out().print(f"{to / name} {done}", markup=False)
    for question in result.questions:
        show.err().print(f"please look: {question}", style="yellow", markup=False)


@app.command("show")
def show_list(
    rules: Annotated[Path | None, typer.Option(help="Show this rules directory.")] = None,
    labels: Annotated[bool, typer.Option("--labels", help="Only what may be said aloud.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List products, what of each is secret, and when that lifts. Without --labels it shows the secrets themselves.

    That leaves a line in the audit log, but for a directory given with --rules, which belongs to no database.
    """
    if rules is not None:
        book = rules_in(rules)
    else:
        settings = load_settings(config)
        book = rules_of(settings)
        if not labels:
            _note_view(settings, {"rules": book.hash})
    columns = ["ref", "label", *([] if labels else ["product", "names"]), "secret", "facts", "lifts"]
    rows = []
    for product in book.products.values():
        secret = () if labels else (product.key, ", ".join(product.names))
        kinds = ", ".join(product.windows)
        lifts = ", ".join(dict.fromkeys(map(_lift, product.windows.values())))
        rows.append((product.ref, product.label, *secret, kinds, len(product.facts), lifts))
    show.print_rows(columns, rows, as_json=as_json, empty="no products")


@app.command("key")
def make(to: Annotated[Path, typer.Argument(help="The new file with the key; mode 600.")]) -> None:
    """Make a key that the rules can be encrypted with, and print its public part. Who has lost it has lost the list."""
    secret, public = make_key()
    if to.exists():
        raise ConfigError(str(to), None, "the file is there already", "name another; a key is never overwritten")
    write_whole(to, f"# public key: {public}\n{secret}\n")
    show.out().print(public, markup=False)


@app.command("lock")
def lock(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Encrypt every rules file with the configured key, and remove the open ones. A service that runs goes on."""
    settings = load_settings(config)
    key = _key_of(settings)
    rules_of(settings)  # whole and right, before any file is touched
    for path in rules_files(settings.rules_dir):
        if path.suffix != ENDING:
            write_whole(path.with_name(path.name + ENDING), key.close(rules_text(path, None)))
            _wipe(path)
            show.out().print(f"{path.name}{ENDING}", markup=False)


@app.command("unlock")
def unlock(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Write every encrypted rules file open, readable by its owner alone. That leaves a line in the audit log."""
    settings = load_settings(config)
    key = _key_of(settings)
    _note_view(settings, {"by": "unlock"})
    for path in rules_files(settings.rules_dir):
        if path.suffix == ENDING:
            write_whole(path.with_name(plain_name(path)), rules_text(path, key))
            path.unlink()
            show.out().print(plain_name(path), markup=False)


@app.command("edit")
def edit(
    file: Annotated[str, typer.Argument(help="A file of the rules directory, with or without .age.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Open a rules file in $VISUAL or $EDITOR and take it only if all rules are right; an encrypted one stays so."""
    settings = load_settings(config)
    there = {plain_name(path): path for path in rules_files(settings.rules_dir)}
    path = there.get(file.removesuffix(ENDING))
    if path is None:
        raise NotFoundError(f"{file}: no such rules file; there are {', '.join(there) or 'none'}")
    key = key_of(settings)
    _note_view(settings, {"by": "edit"})
    before = rules_text(path, key)
    text = before
    while True:
        text = _edited(text, plain_name(path))
        if text == before:
            show.out().print("nothing was changed", markup=False)
            return
        others = {name: rules_text(other, key) for name, other in there.items() if other != path}
        try:
            book = book_of({**others, plain_name(path): text})
            problems = check_examples(book, Matcher(book))
        except RuleError as error:
            problems = [str(error)]
        if not problems:
            break
        for problem in problems:
            show.err().print(problem, style="red", markup=False)
        if not typer.confirm("Edit again? Otherwise nothing is changed.", default=True, err=True):
            raise typer.Exit(1)
    write_rules(path.with_name(plain_name(path)), text, key)
    show.out().print(f"{path.name} was changed", markup=False)


def _note_view(settings: Settings, detail: Mapping[str, object]) -> None:
    with open_store(settings) as store:
        log_view(store, "watchlist", detail)


def _key_of(settings: Settings) -> RulesKey:
    key = key_of(settings)
    if key is None:
        raise ConfigError(str(settings.path), None, "there is no key for the rules", NAME_A_KEY)
    return key


def _edited(text: str, name: str) -> str:
    """What an editor made of the text, in a folder of our own that is gone afterwards; in memory where that can be."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a random name and mode 0700 is made in it
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with TemporaryDirectory(prefix="rules-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        path = Path(folder) / name
        write_whole(path, text)
        try:
            ended = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 - the user's own
        except OSError as error:
            fix = "set EDITOR to a program that is there"
            raise ConfigError("EDITOR", None, f"{editor}: {error.strerror}", fix) from None
        if ended.returncode != 0:
            raise ConfigError("EDITOR", None, f"the editor ended with {ended.returncode}", "nothing was changed")
        return path.read_text(encoding="utf-8")


def write_rules(path: Path, text: str, key: RulesKey | None) -> None:
    """Write a rules file where it is known by that name: encrypted if it was, or if all others of the folder are."""
    closed = path.with_name(path.name + ENDING)
    if key is not None and (closed.exists() or (not path.exists() and any(path.parent.glob(f"*{ENDING}")))):
        write_whole(closed, key.close(text))
    else:
        write_whole(path, text)


def _wipe(path: Path) -> None:
    """Remove an open file, overwritten first; a disk that keeps old blocks may still have them."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def write_whole(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone, so that no reader ever sees half of it."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _lift(window: Window) -> str:
    return window.lift_is if window.lifts_at == NEVER else show.short_time(window.lifts_at)
