"""`leak-monitor audit`: who did and saw what, and whether that log is still what it was."""

import json
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, open_store, readable_settings
from monitor.cli.instants import parse_instant
from monitor.clock import SystemClock
from monitor.errors import NotFoundError
from monitor.store import audit
from monitor.store.chain import Broken, Harm, Head, parse_heads

app = typer.Typer(help="Who did and saw what, and whether that log is still what it was.", no_args_is_help=True)

MEANINGS = {
    Harm.CHANGED: "does not say what was sealed",
    Harm.MISSING: "gone from the middle of the log",
    Harm.REORDERED: "stands in the place of another line",
    Harm.INSERTED: "was never sealed into this log",
    Harm.CUT: "gone from the end, though a head that was kept covers it",
}


@app.command("list")
def list_lines(
    actor: Annotated[str | None, typer.Option(help="Only what this person did; `service` for the program.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this, for example view, review or reload.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this instant on (ISO 8601 with offset).")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.")] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List who did and saw what, the newest first: ids, never texts. A line without a number is not sealed yet."""
    from_at = None if since is None else parse_instant(since, "--since")
    with open_store(readable_settings(config)) as store, store.read() as tx:
        rows = audit.list_log(tx, actor=actor, action=action, since=from_at, limit=limit)
    show.print_rows(
        ("number", "at", "actor", "action", "object", "detail"),
        [
            (r.no, r.at, r.actor, r.action, r.subject, r.detail if as_json else _as_text(r.detail) if r.detail else "")
            for r in rows
        ],
        as_json=as_json,
        empty="nothing was noted",
    )


@app.command("head")
def show_head(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Seal what was noted, and print number and hash of the last line: keep them where nobody of this machine writes.

    They give nothing away, and cover every line before them.
    """
    with open_store(readable_settings(config)) as store:
        audit.seal_all(store)
        with store.read() as tx:
            head = audit.head(tx)
    row = (head.no, head.hash, SystemClock().now())
    show.print_rows(("number", "hash", "at"), [row], as_json=as_json, empty="")


@app.command("verify")
def verify(
    head: Annotated[Path | None, typer.Option("--head", help="A file with heads that were kept elsewhere.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say which lines were changed, taken out, moved or put in since they were sealed. Exit code 1 if any was.

    What was not sealed yet is sealed afterwards.
    """
    heads = _heads(head) if head is not None else []
    with open_store(readable_settings(config)) as store:
        with store.read() as tx:
            harm, last = audit.verify(tx, heads), audit.head(tx)
        sealed = audit.seal_all(store)
    if as_json:
        show.print_json({"ok": not harm, "lines": last.no + sealed, "harm": [_plain(broken) for broken in harm]})
    else:
        for broken in harm:
            show.out().print(describe(broken), style="red", markup=False)
        if not harm:
            against = f", as it did when {len(heads)} heads were kept" if heads else ""
            show.out().print(f"the log of {last.no + sealed} lines says what it said{against}", markup=False)
    if harm:
        raise typer.Exit(1)


def describe(broken: Broken) -> str:
    """One break of the chain as a line for people."""
    which = f"line {broken.no}" if broken.no == broken.last else f"lines {broken.no} to {broken.last}"
    row = "" if broken.id is None else f" (row {broken.id})"
    place = "" if broken.belongs_at is None else f", its own is {broken.belongs_at}"
    return f"{which}{row}: {broken.harm}: {MEANINGS[broken.harm]}{place}"


def _as_text(detail: object) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)


def _plain(broken: Broken) -> dict[str, object]:
    said: dict[str, object] = {"harm": broken.harm, "first": broken.no, "last": broken.last}
    return said | {"row": broken.id, "belongs_at": broken.belongs_at}


def _heads(file: Path) -> list[Head]:
    heads = parse_heads(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else []
    if not heads:
        raise NotFoundError(f"{file}: no head in it; give a file with what `leak-monitor audit head` printed")
    return heads
