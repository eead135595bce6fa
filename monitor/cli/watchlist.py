"""`leak-monitor watchlist`: the list goes in, and can be looked at."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.actor import log_view
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_settings, open_store
from monitor.errors import RuleError
from monitor.model.rulebook import NEVER, Window
from monitor.rules import load_rules
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
    existing = load_rules(to) if any(to.glob("*.toml")) else None
    try:
        result = import_watchlist(file.read_bytes(), existing)
    except RuleError as error:
        raise RuleError(str(file), error.line, error.problem, error.fix) from error
    if not dry_run:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in result.files.items():
            write_whole(to / name, text)
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
        book = load_rules(rules)
    else:
        settings = load_settings(config)
        book = load_rules(settings.rules_dir)
        if not labels:
            with open_store(settings) as store:
                log_view(store, "watchlist", {"rules": book.hash})
    columns = ["ref", "label", *([] if labels else ["product", "names"]), "secret", "facts", "lifts"]
    rows = []
    for product in book.products.values():
        secret = () if labels else (product.key, ", ".join(product.names))
        kinds = ", ".join(product.windows)
        lifts = ", ".join(dict.fromkeys(map(_lift, product.windows.values())))
        rows.append((product.ref, product.label, *secret, kinds, len(product.facts), lifts))
    show.print_rows(columns, rows, as_json=as_json, empty="no products")


def write_whole(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone, so that no reader ever sees half of it."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _lift(window: Window) -> str:
    return window.lift_is if window.lifts_at == NEVER else show.short_time(window.lifts_at)
