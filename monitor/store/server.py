"""PostgreSQL: how its sessions are set up, in what order they write, and what its errors mean for those who run it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import StatementError

from monitor.errors import StoreError

OLDEST: Final = 15
_OPTIONS = (
    "statement_timeout=60s",
    "lock_timeout=30s",
    "client_connection_check_interval=2s",  # a session whose process was killed ends, whatever it waits for
    "idle_in_transaction_session_timeout=60s",  # a process that was halted does not keep the others from writing
    "TimeZone=UTC",  # elsewhere the first and the last instants that there are cannot be told
)
SESSION: Final[Mapping[str, object]] = MappingProxyType(
    {
        "application_name": "leak-monitor",
        "client_encoding": "utf8",
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,  # ms; a server whose machine is gone is found out
        "options": " ".join(f"-c {option}" for option in _OPTIONS),
    }
)
# One key for all processes. The lock is that of a transaction: nothing is left of it if its holder dies.
TAKE_TURN = "select pg_advisory_xact_lock(7810767)"
# Every session of a service shares another one for as long as it lives.
_LIVES: Final = "select pg_advisory_lock_shared(7810768)"
_NOBODY_LIVES: Final = "select pg_try_advisory_lock(7810768)"
_LET_LIVE: Final = "select pg_advisory_unlock(7810768)"
_PAUSES_S: Final = (0.0, 0.1, 0.2, 0.4, 0.8, 1.5)

# By the beginning of the SQLSTATE, the longest first.
_FIXES: Mapping[str, str] = MappingProxyType(
    {
        "25006": "the server is a standby: name the primary in `database.url`",
        "25P0": "the program was halted in the middle of a transaction; it is done again",
        "42501": "its user may not do this: make it the owner of the database",
        "53100": "the disk of the server is full: make room; nothing that was stored is lost",
        "53300": "the server takes no more connections: raise its `max_connections`",
        "55P03": "another program holds the database: see `pg_stat_activity`, end it and try again",
        "57014": "it took longer than a minute: see what else the server does",
        "57P": "the server was stopped or restarted; what was under way is done again when it is back",
        "XX00": "the database is damaged: restore the last backup",
    }
)
# A connection that fails has no code, only libpq's words.
_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "starting up": "the server is starting; it will be ready in a moment",
        "shutting down": "the server is being stopped",
        "password authentication failed": "check user and password: `database.password_env` or `password_file`",
        "no password supplied": "name its password: `database.password_env` or `password_file`",
        "no pg_hba.conf entry": "let this machine and user in: `pg_hba.conf` of the server",
        "database ": "make it: createdb --encoding=UTF8 --template=template0 NAME",  # "database "x" does not exist"
        "role ": "make the user: createuser NAME",
        "too many": "the server takes no more connections: raise its `max_connections`",
        "could not translate host name": "check the host in `database.url`",
    }
)
_UNREACHABLE = "check that the server runs, and host and port in `database.url`"


def take_turn(tx: Connection) -> None:
    """Wait until no other process writes; the turn ends with the transaction.

    So writers do not meet, as on SQLite, and what is proven for one database holds for the other. A transaction must
    not have a snapshot before its turn: under READ COMMITTED every statement sees what the one before us wrote.
    """
    tx.exec_driver_sql(TAKE_TURN)


def show_life(connection: Any, _record: object = None) -> None:  # noqa: ANN401 - a DBAPI connection has no type
    """Let this session be one of a service, so that `alone` of another is told of us until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVES)
    connection.commit()


@contextmanager
def alone(session: Connection) -> Iterator[bool]:
    """Whether no session of a service is there; none can come as long as the context lasts.

    The sessions of a process that was killed end by themselves, in a moment: they are waited for.
    """
    found = any(_ask(session, _NOBODY_LIVES, pause_s) for pause_s in _PAUSES_S)
    try:
        yield found
    finally:
        if found:
            _ask(session, _LET_LIVE)


def _ask(session: Connection, question: str, pause_s: float = 0.0) -> bool:
    Event().wait(pause_s)
    answer = session.exec_driver_sql(question).scalar_one()
    session.commit()
    return bool(answer)


def check_server(tx: Connection) -> None:
    """StoreError if this server or database cannot keep what we read."""
    version = tx.execute(text("show server_version_num")).scalar_one()  # 150004 for 15.4
    encoding = tx.execute(text("show server_encoding")).scalar_one()
    problem = unfit(int(version) // 10_000, encoding)
    if problem:
        raise StoreError(f"database: {problem}")


def unfit(version: int, encoding: str) -> str:
    """What is wrong with such a server and database, and what to do; empty if nothing."""
    if version < OLDEST:
        return f"PostgreSQL {version} is too old; {OLDEST} or newer is needed"
    if encoding != "UTF8":
        fix = "make one with: createdb --encoding=UTF8 --template=template0 NAME"
        return f"its encoding is {encoding}, which cannot hold every text; {fix}"
    return ""


def describe(error: StatementError) -> tuple[str, str]:
    """The problem, without any value of a row, and what to do about it, if that is known."""
    cause = error.orig
    code = getattr(cause, "sqlstate", None)
    if code:
        # Only the first line of the server: the others quote rows.
        said = getattr(getattr(cause, "diag", None), "message_primary", None) or code
        return said, next((fix for start, fix in _FIXES.items() if code.startswith(start)), "")
    lines = [line.strip() for line in str(cause or error).splitlines() if line.strip()]
    said = lines[0] if lines else type(cause or error).__name__
    if type(cause).__name__ != "OperationalError":
        return said, ""
    return said, next((fix for words, fix in _REFUSALS.items() if words in said), _UNREACHABLE)
