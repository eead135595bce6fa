"""Copies of a PostgreSQL database by its own programs, pg_dump and pg_restore."""

import os
import subprocess
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError

_BEGINS = b"PGDMP"
_OURS = ("--no-owner", "--no-privileges")  # whoever restores owns what is restored


def is_dump(begins: bytes) -> bool:
    """Whether a file that begins so was written by `save`."""
    return begins.startswith(_BEGINS)


def save(url: str, file: Path) -> None:
    """Write everything at one instant to that file, and read it again to its end; StoreError if either fails."""
    address, environment = address_of(url)
    _run("pg_dump", f"--dbname={address}", "--format=custom", *_OURS, f"--file={file}", environment=environment)
    _run("pg_restore", "--file=/dev/null", str(file), environment=environment)


def load(url: str, file: Path) -> None:
    """Make everything anew in an empty database, in one transaction; StoreError if it is not empty or if it fails."""
    engine = create_engine(url, hide_parameters=True)
    try:
        found = inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        raise StoreError(f"database: {type(error).__name__}; check `database.url` and that the server runs") from error
    finally:
        engine.dispose()
    if found:
        raise StoreError(
            "the database is not empty; make one with `createdb --encoding=UTF8 --template=template0 NAME`, "
            "name it in `database.url` and restore there: the present one stays as it is"
        )
    address, environment = address_of(url)
    words = ("--single-transaction", "--exit-on-error", *_OURS, str(file))
    _run("pg_restore", f"--dbname={address}", *words, environment=environment)


def address_of(url: str) -> tuple[str, dict[str, str]]:
    """The address for libpq without its password, which other users of the machine could see, and what holds that."""
    parsed = make_url(url)
    password = parsed.password or parsed.query.get("password")
    plain = parsed.set(drivername="postgresql").difference_update_query(["password"])
    address = plain._replace(password=None).render_as_string(hide_password=False)
    return address, {"PGPASSWORD": str(password)} if password else {}


def _run(program: str, *words: str, environment: dict[str, str]) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - our own words, no shell
            [program, *words],
            env={**os.environ, "LC_ALL": "C", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise StoreError(
            f"{program} is not installed; install the client programs of the server's version (postgresql-client)"
        ) from error
    if ended.returncode:
        # Only the line of the error: those after it quote statements and rows.
        lines = [line for line in ended.stderr.splitlines() if "error" in line] or [f"it ended with {ended.returncode}"]
        said = lines[0]
        raise StoreError(f"{program} failed: {said.removeprefix(f'{program}: ')}; nothing was kept")
