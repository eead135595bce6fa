"""Copies of the whole database: made while the service runs, put back while none does. Each is whole or not there."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from glob import escape
from pathlib import Path

from sqlalchemy import Connection

from monitor.errors import SchemaError, StoreError, own_trouble
from monitor.failpoints import passing
from monitor.store import dump
from monitor.store.engine import Store, file_of, hold_alone, upgrade, version_of, versions
from monitor.store.flush import flush

_BESIDE = ("", "-wal", "-shm", "-journal")  # a SQLite database, and what it may have beside it
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC")
_SQLITE = b"SQLite format 3\x00"


def back_up(url: str, file: Path, *, force: bool = False) -> None:
    """Write all that the database holds at one instant to one private file; StoreError if that cannot be done.

    The service may go on writing meanwhile. The file appears under its name only when it is whole, checked and flushed.
    """
    if file.exists() and not force:
        raise StoreError(f"{file}: exists already; name another file, or overwrite it with --force")
    database = file_of(url)
    with _whole(file) as fresh:
        passing("C13")
        if database is None:
            dump.save(url, fresh)
        else:
            _copy(database, fresh)
            _check(fresh)
        passing("C13")
    passing("C13")


def restore(
    url: str, file: Path, *, now: datetime, finish: Callable[[Connection], None], force: bool = False
) -> Path | None:
    """Put a backup in the place of the database, of this version of the tables, once `finish` has written to it.

    Answers where the database that was there is kept now. StoreError if the backup is not whole or not of ours, if a
    service runs, or if there is a database and no `force`; then all stays as it was.
    """
    database = file_of(url)
    _check_kind(file, "SQLite" if database else "PostgreSQL")
    if database is None:
        dump.load(url, file)
        _finish(url, finish)
        return None
    with hold_alone(url):
        if database.exists() and not force:
            raise StoreError(f"{database}: there is a database; with --force it is kept beside the restored one")
        with _whole(database) as fresh:
            _copy(file, fresh)
            _check(fresh)
            _finish(f"sqlite:///{fresh}", finish)
            return _keep(database, now) if database.exists() else None


def _finish(url: str, finish: Callable[[Connection], None]) -> None:
    found = version_of(url)
    if found not in versions():
        raise SchemaError(
            f"the backup has version {found or 'none'}, which this program does not know; update it first"
        )
    upgrade(url)
    with Store(url) as store, store.write() as tx:
        finish(tx)


def _check_kind(file: Path, wanted: str) -> None:
    with _told(file), file.open("rb") as opened:
        begins = opened.read(len(_SQLITE))
    found = "SQLite" if begins == _SQLITE else "PostgreSQL" if dump.is_dump(begins) else ""
    if not found:
        raise StoreError(f"{file}: is no backup of ours; name a file that `leak-monitor db backup` wrote")
    if found != wanted:
        raise StoreError(f"{file}: is a backup of {found}, but `database.url` names {wanted}")


# --- SQLite files ---------------------------------------------------------------------------------------------------


def _copy(source: Path, target: Path) -> None:
    """All pages at one instant, into one file that needs none beside it."""
    with (
        _told(source, target),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target, isolation_level=None)) as written,
    ):
        read.backup(written)  # in one step: in several, it would begin again whenever the service writes
        written.execute("pragma journal_mode = delete")


def _check(file: Path) -> None:
    with _told(file), closing(sqlite3.connect(file)) as copy:
        damage = [row[0] for row in copy.execute("pragma integrity_check") if row[0] != "ok"]
        damage += [f"foreign key of {row[0]}" for row in copy.execute("pragma foreign_key_check")]
    if damage:
        raise StoreError(f"the copy is damaged ({damage[0]}), and was not kept; `leak-monitor db check` says more")


def _keep(database: Path, now: datetime) -> Path:
    """Another name for the database that is there. What it has in its log stays with it, never beside the new one."""
    kept = database.with_name(f"{database.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=1.0)) as old:
        old.execute("pragma wal_checkpoint(truncate)")
    with _told(kept):
        os.link(database, kept)
        for end in _BESIDE[1:]:
            with suppress(FileNotFoundError):
                Path(f"{database}{end}").rename(f"{kept}{end}")
    return kept


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A private file to write to, which takes that name at the end; on any error nothing is left of it."""
    with _told(file):
        for left in file.parent.glob(f".{escape(file.name)}.*.partial*"):
            left.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
        os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
        with _told(file):
            flush(fresh)
            fresh.replace(file)
            flush(file.parent)
    finally:
        for end in _BESIDE:
            Path(f"{fresh}{end}").unlink(missing_ok=True)


@contextmanager
def _told(file: Path, written: Path | None = None) -> Iterator[None]:
    """Turn errors about this file into ours; those about room are about what is `written`, if that is another."""
    try:
        yield
    except OSError as error:
        own = own_trouble(error)
        fix = own.cure if own else "check that it, or its folder, exists and is ours"
        raise StoreError(f"{file}: {error.strerror}; {fix}") from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(_NO_ROOM):
            where = (written or file).parent
            raise StoreError(f"{where}: there is no room for the copy; make some, nothing was kept") from error
        raise StoreError(f"{file}: {error}; check the file and the room on its disk") from error
