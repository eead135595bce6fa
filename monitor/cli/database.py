"""`leak-monitor db`: the database, its copies, and whether it is sound."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from monitor.cli import show
from monitor.cli.actor import actor
from monitor.cli.audit import describe
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_settings
from monitor.clock import SystemClock
from monitor.errors import StoreError
from monitor.model.canary import CANARY_RECEIVER
from monitor.store import Store, audit, backup, blobs, database_exists, hold_alone, pictures, upgrade
from monitor.store.engine import version_of
from monitor.store.invariants import broken_rows
from monitor.store.receivers import park_as_copy

app = typer.Typer(help="The database, its copies, and whether it is sound.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_database(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Make the database, or bring it to this version. Stop the service first; running it twice does no harm."""
    url = load_settings(config).database_url
    with hold_alone(url):
        before = version_of(url) if database_exists(url) else None
        upgrade(url)
        after = version_of(url)
        with Store(url) as store:
            if before != after:
                _note(store, "upgrade", {"from": before, "to": after})
    show.out().print("the database is of this version", markup=False)


@app.command("backup")
def back_up(
    file: Annotated[Path, typer.Argument(help="The copy to write; readable by you alone.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite that file, once the new copy is whole.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write a whole, checked copy of the database to one file, while the service runs."""
    settings = load_settings(config)
    url = settings.database_url
    if not database_exists(url):
        raise StoreError(f"{config}: there is no database at `database.url` yet; there is nothing to back up")
    try:
        with Store(url) as store:
            _note(store, "backup", {"file": file.name})
    except StoreError as error:  # of another version, or on a full disk: a copy is worth more than a line about it
        show.err().print(f"the log has no line of this: {error}", style="yellow", markup=False)
    backup.back_up(url, file, force=force)
    show.out().print(f"{file}: {file.stat().st_size / 1e6:.1f} MB, whole and checked", markup=False)
    its_list = "" if settings.rules_key else ", and the watchlist in its rule books"
    show.err().print(f"it holds the texts of posts{its_list}: keep it encrypted", style="yellow", markup=False)
    folder = settings.evidence_dir
    if folder is not None and folder.exists():
        show.err().print(f"pictures are not in it: copy {folder} too, after this", style="yellow", markup=False)


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="What `db backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Keep the database that is there under another name.")] = False,
    as_copy: Annotated[
        bool, typer.Option("--as-copy", help="Park all receivers: it tells nobody of anything.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a backup in the place of the database, and bring it to this version. The service must not run.

    A PostgreSQL database must be empty: make a new one and name it in the configuration.
    """
    settings, now = load_settings(config), SystemClock().now()

    def finish(tx: Connection) -> None:
        if as_copy:
            park_as_copy(tx, (*settings.receivers, CANARY_RECEIVER), now)
        audit.note(tx, actor(), "restore", "database", {"file": file.name, "as_copy": as_copy}, now)

    kept = backup.restore(settings.database_url, file, now=now, finish=finish, force=force)
    show.out().print("the database is restored" + (", all receivers parked" if as_copy else ""), markup=False)
    if kept is not None:
        show.out().print(f"the one before is kept as {kept}; remove it when you are sure", markup=False)


@app.command("check")
def check(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say what does not hold: pages, references, promises, the audit log, pictures. Exit code 1 if anything."""
    settings = load_settings(config)
    with Store(settings.database_url) as store, store.read() as tx:
        problems = broken_rows(tx) + [f"I10 the audit log: {describe(harm)}" for harm in audit.verify(tx)]
        files = pictures.needed_files(tx)
    harms = [(number, blobs.harm(settings.evidence_dir, sha256)) for sha256, number in files.items()]
    problems += [f"I12 picture {number}: {harm}" for number, harm in sorted(harms) if harm]
    if as_json:
        show.print_json({"ok": not problems, "problems": problems})
    elif problems:
        for problem in problems:
            show.out().print(problem, style="red", markup=False)
        show.err().print("keep a copy of the files as they are, and restore the last backup", markup=False)
    else:
        show.out().print("the database is sound", markup=False)
    if problems:
        raise typer.Exit(1)


def _note(store: Store, action: str, detail: Mapping[str, object]) -> None:
    with store.write() as tx:
        audit.note(tx, actor(), action, "database", detail, SystemClock().now())
