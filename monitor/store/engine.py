"""The door to the database: opening, transactions, and errors that say what to do."""

import fcntl
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.schema import Table

from monitor.errors import (
    NO_ROOM,
    SchemaError,
    StoreDownError,
    StoreError,
    StoreInUseError,
    StoreLostError,
    own_trouble,
)
from monitor.failpoints import passing
from monitor.store import server

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITES = "leak_monitor_writes"
_ADDRESSES = 'write "sqlite:///" and the path of a file, or "postgresql://user@host/database"'
_RESTART_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)  # five seconds in all
_PRAGMAS = (
    "busy_timeout = 10000",  # ms; other processes (backup, the command line), never our own threads
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit that was answered survives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what retention blanks is overwritten
)
_FIXES = {
    "SQLITE_BUSY": "another program holds the database: close it and try again",
    "SQLITE_LOCKED": "another program holds the database: close it and try again",
    "SQLITE_CORRUPT": "the file is damaged: restore the last backup",
    "SQLITE_NOTADB": "the file is no database of ours: check `database`, or restore the last backup",
    "SQLITE_FULL": NO_ROOM,
    "SQLITE_IOERR": "the disk cannot be read or written: check it; nothing that was stored is lost",
    "SQLITE_READONLY": "the file cannot be written: check its owner and the mount",
    "SQLITE_CANTOPEN": "the file cannot be opened: check that its directory exists and is ours",
}


class Store:
    """One open database; safe to share between threads. StoreError or SchemaError if it cannot be used."""

    def __init__(self, url: str) -> None:
        path = _sqlite_path(url)
        if path and not path.exists():
            raise SchemaError(f"{path}: no database yet; run `leak-monitor db upgrade`")
        self._engine = _open(url)
        # The default of PostgreSQL would show every statement another state.
        self._readers = self._engine if path else self._engine.execution_options(isolation_level="REPEATABLE READ")
        self.folder = path.parent if path else None  # on this machine
        self._turns = _Turns()
        self._may_restart = False
        try:
            with self.read() as tx:
                _check_version(tx)
        except StoreError:
            self.close()
            raise
        self._may_restart = path is None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the rows; whatever is written in it is rolled back."""
        with _told_plainly(), self._connect(self._readers) as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any error. Never open one inside another.

        Writers take turns, those of other processes too. StoreLostError if the server went away in the middle: what
        was done may be done again.
        """
        with self._turns, _told_plainly(), self._connect(self._engine) as tx, _writing(tx):
            yield tx

    @contextmanager
    def taking_over(self) -> Iterator[bool]:
        """Begin to serve: whether no other service is at work, so that every lease is one of the dead.

        As long as the context lasts none can begin. A SQLite file is held alone already, see hold_alone.
        """
        if self.folder:
            yield True
            return
        with _told_plainly(), self._engine.connect() as session, server.alone(session) as alone:
            yield alone
        event.listen(self._engine, "connect", server.show_life)
        self._engine.dispose()

    def _connect(self, engine: Engine) -> Connection:
        """A connection. A server that was there a moment ago may only restart: the first to miss it waits for it."""
        for pause_s in _RESTART_PAUSES_S if self._may_restart else ():
            try:
                return engine.connect()
            except OperationalError:
                Event().wait(pause_s)
        self._may_restart = False
        connection = engine.connect()
        self._may_restart = engine.dialect.name != "sqlite"
        return connection

    def close(self) -> None:
        """Give the files back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Turns:
    """A lock that is given in the order of asking: a plain one lets a busy thread starve the others."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *error: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


def database_exists(url: str) -> bool:
    """Whether there is a file for the tables; a PostgreSQL database is made by its administrator."""
    path = _sqlite_path(url)
    return path is None or path.exists()


def upgrade(url: str, revision: str = "head") -> None:
    """Make the file (mode 0600) and its folder if missing, and bring the tables to this version. Repeatable.

    Of two that do so at once, one waits for the other and finds nothing to do. A database of PostgreSQL must be there.
    """
    path = _sqlite_path(url)
    if path:
        _make_private(path)
    engine = _open(url)
    try:
        with _told_plainly(), engine.connect() as tx, _writing(tx):
            if not path:
                server.check_server(tx)
                tx.execute(text("set local statement_timeout = 0"))
            config = _alembic()
            config.attributes["connection"] = tx
            command.upgrade(config, revision)
        passing("C11")
    finally:
        engine.dispose()


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for a database of a server."""
    return _sqlite_path(url)


def version_of(url: str) -> str | None:
    """The version of the tables; None if there are none yet."""
    engine = _open(url)
    try:
        with _told_plainly(), engine.connect() as tx:
            return MigrationContext.configure(tx).get_current_revision()
    finally:
        engine.dispose()


def versions() -> frozenset[str]:
    """Every version that `upgrade` knows the way from."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions())


@contextmanager
def hold_alone(url: str) -> Iterator[None]:
    """Be the only service on this SQLite file for as long as the context lasts; StoreInUseError for the second."""
    path = _sqlite_path(url)
    if path is None:
        yield
        return
    lock = path.with_name(path.name + ".lock")
    with os.fdopen(_open_private(lock), "w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreInUseError(
                f"{path}: another leak-monitor service uses this database; stop it first, or use PostgreSQL for two"
            ) from error
        yield


def insert_into(tx: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, in the words of the database at hand."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


def _open(url: str) -> Engine:
    # Transactions are short and their number is that of our threads, so the pool needs no bound of its own.
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, hide_parameters=True, max_overflow=-1)
        event.listen(engine, "connect", _prepare)
    else:
        engine = create_engine(
            parsed,
            hide_parameters=True,
            max_overflow=-1,
            pool_pre_ping=True,  # after a restart of the server no connection of the pool is alive
            isolation_level="READ COMMITTED",
            connect_args=dict(server.SESSION),
        )
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no type
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own way cannot say IMMEDIATE
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(tx: Connection) -> None:
    writes = tx.get_execution_options().get(_WRITES, False)
    if tx.dialect.name == "sqlite":
        # A reader that turns writer fails at once with "database is locked", whatever the timeout.
        tx.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        server.take_turn(tx)


def _writing(tx: Connection) -> RootTransaction:
    return tx.execution_options(**{_WRITES: True}).begin()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(f"the address of the database cannot be read; {_ADDRESSES}") from None
    if parsed.drivername not in ("sqlite", "postgresql"):
        raise StoreError(f"{parsed.drivername} is no database of ours; {_ADDRESSES}")
    return parsed


def _sqlite_path(url: str) -> Path | None:
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError(
            "a database in memory forgets everything; name a file: sqlite:////var/lib/leak-monitor/state.db"
        )
    return Path(parsed.database)


def _make_private(path: Path) -> None:
    # SQLite gives the mode of the database to its -wal and -shm files too.
    os.close(_open_private(path))
    path.chmod(0o600)


def _open_private(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check that its directory exists and is ours") from error


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _check_version(tx: Connection) -> None:
    found = MigrationContext.configure(tx).get_current_revision()
    wanted = ScriptDirectory.from_config(_alembic()).get_current_head()
    if found != wanted:
        raise SchemaError(
            f"the database has version {found or 'none'}, this program needs {wanted}; run `leak-monitor db upgrade`"
        )


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn the library's errors into ours: no SQL and no values, also not as their cause, but what to do."""
    try:
        yield
    except StatementError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        fixes = (fix for code, fix in _FIXES.items() if name.startswith(code))
        problem, fix = (str(error.orig), next(fixes, "")) if name else server.describe(error)
        if name.startswith("SQLITE_CANTOPEN"):
            fix = out_of_files() or fix
        told = f"database: {problem}" + (f"; {fix}" if fix else "")
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise StoreLostError(told, fix or "the server went away") from None
        raise (StoreDownError(told, fix) if fix else StoreError(told)) from None
    except SQLAlchemyError as error:
        raise StoreError(f"database: {error}") from None


def out_of_files() -> str:
    """What to do if this process can open no more files; else empty."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        own = own_trouble(error)
        return own.cure if own else ""
    return ""
