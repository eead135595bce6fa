"""A PostgreSQL server of our own for tests: made in a temporary folder, reached by a socket there, thrown away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import psycopg

from monitor.store import upgrade
from monitor.store.schema import metadata

MISSING = "PostgreSQL is not installed: apt install postgresql"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=200")
_EMPTY = "set session_replication_role = replica;" + "".join(
    f"delete from {name}; select setval('{name}_id_seq', 1, false);" for name in metadata.tables
)


def binaries() -> Path | None:
    """Where initdb and pg_ctl are; None if nowhere."""
    found = shutil.which("pg_ctl")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


def _version(place: Path) -> int:
    return int(place.parent.name) if place.parent.name.isdigit() else 0


class Server:
    """It runs from the making to `stop`. Not `durable`: faster, and torn by a crash of the machine, not of its own."""

    def __init__(self, *, durable: bool = False) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError(MISSING)
        self._binaries = found
        self.folder = Path(tempfile.mkdtemp(prefix="leak-monitor-pg-"))
        self._user = _unprivileged()
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        encoded = ("--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-U", "monitor", "-A", "trust", *encoded, "--no-sync", "--no-instructions")
        settings = ("listen_addresses=''", f"unix_socket_directories='{self.folder}'", *(() if durable else _FAST))
        with (self.folder / "data" / "postgresql.conf").open("a") as written:
            written.write("\n".join(settings) + "\n")
        self._names = count(1)
        self._pg_ctl("start")
        self.execute("create database template")
        upgrade(self.url("template"))
        with psycopg.connect(self.url("template")) as session:
            (self._head,) = session.execute("select version_num from alembic_version").fetchone() or ("",)
        self.execute("create database shared template template")

    def url(self, name: str, user: str = "monitor") -> str:
        """The address of a database of that name, there or not."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def emptied(self) -> str:
        """The address of the one that tests share, as if it were new: making one takes ten times as long."""
        self.execute(f"{_EMPTY} update alembic_version set version_num = '{self._head}'", "shared")
        return self.url("shared")

    def make(self, how: str = "template template") -> str:
        """The address of a new one, with our tables unless told otherwise."""
        name = f"own_{next(self._names)}"
        self.execute(f"create database {name} {how}")
        return self.url(name)

    def execute(self, statements: str, name: str = "postgres") -> None:
        """As the administrator."""
        with psycopg.connect(self.url(name), autocommit=True) as session:
            session.execute(statements.encode())

    def restart_at_once(self) -> None:
        """As after a crash: sessions are cut, nothing is flushed, and it recovers from its log."""
        self._pg_ctl("restart", "-m", "immediate")

    def halt(self) -> None:
        """Cut every session and take no more, until `start`."""
        self._pg_ctl("stop", "-m", "immediate")

    def start(self) -> None:
        """Take sessions again."""
        self._pg_ctl("start")

    def allow(self, line: str) -> None:
        """Put a line on top of pg_hba.conf."""
        rules = self.folder / "data" / "pg_hba.conf"
        rules.write_text(f"{line}\n{rules.read_text()}")
        self._pg_ctl("reload")

    def stop(self) -> None:
        """End it, and remove all of it."""
        self._pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder)

    def _pg_ctl(self, *words: str) -> None:
        self._run("pg_ctl", "-w", "-s", "-l", str(self.folder / "log"), *words)

    def _run(self, program: str, *words: str) -> None:
        user = self._user
        command: Sequence[str] = (str(self._binaries / program), "-D", str(self.folder / "data"), *words)
        with (self.folder / "said").open("ab") as said:
            subprocess.run(
                command,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                cwd=self.folder,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=True,
            )


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: it refuses root. None means ourselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]
