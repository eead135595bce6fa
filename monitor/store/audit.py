"""The log of who did and saw what: a line in the same transaction as the deed, sealed into a chain soon after.

The database itself refuses to change or delete a line (migration 0003); chain.py finds out if that was got round.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, insert, select, text, true, update

from monitor.store.chain import BEFORE_FIRST, Broken, Head, Line, find_harm, hash_of
from monitor.store.engine import Store
from monitor.store.schema import audit

SERVICE: Final = "service"  # the actor of what nobody asked for
_SEALER = 0x6C65616B  # the advisory lock of whoever seals on PostgreSQL; SQLite has one writer anyway
_AT_ONCE = 1000  # lines that are sealed in one transaction, and read at a time


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log, as people see it; `no` is None until it is sealed."""

    no: int | None
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]


def note(tx: Connection, actor: str, action: str, subject: str, detail: Mapping[str, object], now: datetime) -> None:
    """One line of the log; `detail` holds ids, never texts."""
    tx.execute(insert(audit).values(at=now, actor=actor, action=action, object=subject, detail=dict(detail)))


def seal(tx: Connection) -> int:
    """Chain what was noted since the last time, oldest first, at most a thousand lines; answers how many.

    One process seals at a time: a second one waits until the first has committed, and goes on from there.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _SEALER})
    last = head(tx)
    no, prev = last.no, last.hash
    for row in tx.execute(_lines().where(audit.c.no.is_(None)).order_by(audit.c.id).limit(_AT_ONCE)).all():
        no += 1
        digest = hash_of(Line(*row), no=no, prev=prev)
        tx.execute(update(audit).where(audit.c.id == row.id).values(no=no, prev=prev, hash=digest))
        prev = digest
    return no - last.no


def seal_all(store: Store) -> int:
    """Chain all that was noted, in as many transactions as it takes; answers how many lines."""
    count, batch = 0, 1
    while batch:
        with store.write() as tx:
            batch = seal(tx)
        count += batch
    return count


def head(tx: Connection) -> Head:
    """The end of the chain; place 0 if nothing was sealed yet."""
    newest = select(audit.c.no, audit.c.hash).where(audit.c.no.is_not(None)).order_by(audit.c.no.desc()).limit(1)
    row = tx.execute(newest).one_or_none()
    return Head(row.no, row.hash or "") if row else Head(0, BEFORE_FIRST)


def verify(tx: Connection, heads: Sequence[Head] = ()) -> list[Broken]:
    """What was done to sealed lines behind our back; nothing if the log says what it said."""
    return find_harm(_newest_first(tx), heads)


def list_log(
    tx: Connection,
    *,
    actor: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[LogRow]:
    """Lines of the log, the newest first."""
    c = audit.c
    wanted = (
        c.actor == actor if actor is not None else true(),
        c.action == action if action is not None else true(),
        c.at >= since if since is not None else true(),
    )
    columns = (c.no, c.at, c.actor, c.action, c.object, c.detail)
    return [LogRow(*row) for row in tx.execute(select(*columns).where(*wanted).order_by(c.id.desc()).limit(limit))]


def _newest_first(tx: Connection) -> Iterator[Line]:
    sealed = _lines().where(audit.c.no.is_not(None)).order_by(audit.c.no.desc(), audit.c.id)
    for row in tx.execute(sealed.execution_options(yield_per=_AT_ONCE)):
        yield Line(*row)


def _lines() -> Select[int, datetime, str, str, str, Mapping[str, object], int, str | None, str | None]:
    c = audit.c
    return select(c.id, c.at, c.actor, c.action, c.object, c.detail, c.no, c.prev, c.hash)
