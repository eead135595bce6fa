"""Fenced leases: who works on a row, for how long, and how a late worker is kept from writing.

A claim is four columns: `due_at`, `claimed_until`, `claim_no`, `attempts`. Taking a row raises `claim_no`; every later
write names the number it was given, so that a worker whose lease ran out cannot overwrite what its successor wrote.
`attempts` counts claims and is committed with them: work that kills the process leaves its trace.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Table, case, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.errors import ClaimLostError
from monitor.store.schema import accounts, deliveries, media, posts, receivers, revisions

# When the machine's clock was ahead and is right again, rows may lie due in a far future. Whatever is further ahead
# than a row of its table can rightly be counts as due now, and nothing is ever written further ahead than that.
SLACK = timedelta(minutes=2)  # small steps of a clock that is kept right, and the ways of several machines
LONGEST_LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=75)  # an hour, as a host asks for or between two probes, with jitter and a queue
FARTHEST: Mapping[str, timedelta] = MappingProxyType(
    {
        accounts.name: timedelta(days=2),  # the slowest poll; each account has its own bound, see farthest_read
        revisions.name: SLACK,  # the pause between two evaluations of one text
        posts.name: timedelta(hours=8),  # between two looks at a flagged post
        media.name: LONGEST_WAIT,  # an hour between two tries
        receivers.name: LONGEST_WAIT,
        deliveries.name: LONGEST_WAIT,
    }
)
RELEASED: Mapping[str, Any] = MappingProxyType({"claimed_until": None, "attempts": 0})


class Claimed(Protocol):
    """A row that a worker holds."""

    @property
    def id(self) -> int:
        """The row."""
        ...

    @property
    def claim_no(self) -> int:
        """The fence."""
        ...

    @property
    def table(self) -> Table:
        """Where the row is."""
        ...


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """Rows that may be taken now: due, and nobody's."""
    c = table.c
    due = or_(c.due_at <= now, c.due_at > now + FARTHEST[table.name])
    free = or_(c.claimed_until.is_(None), c.claimed_until <= now, c.claimed_until > now + LONGEST_LEASE)
    return due & free


def due(table: Table, at: datetime, now: datetime) -> datetime:
    """The instant, but never further ahead than a row of this table can rightly be due."""
    return min(at, now + FARTHEST[table.name])


def farthest_read(interval_s: float) -> timedelta:
    """How far ahead an account that is read so often can rightly be due."""
    return max(2 * timedelta(seconds=interval_s), LONGEST_WAIT)


def undo_future(tx: Connection, table: Table, written: str, now: datetime, where: ColumnElement[bool]) -> None:
    """What was written at an instant that is yet to come is due now: the clock was ahead, and was set right."""
    future = table.c[written] > now + SLACK
    tx.execute(update(table).where(future, where).values({written: now, "due_at": now}))


def claim(
    tx: Connection,
    table: Table,
    now: datetime,
    *,
    lease_s: float,
    limit: int,
    where: ColumnElement[bool],
    oldest: str = "due_at",
) -> list[Row[Any]]:
    """Take up to `limit` due rows, the oldest first, each for `lease_s` seconds; answers them as they are now."""
    order = (table.c[oldest], table.c.id)
    free = select(table.c.id).where(is_due(table, now), where).order_by(*order).limit(limit)
    # As a common table it is looked up once; as a subquery PostgreSQL may do so again and take more than `limit`.
    ids = free.with_for_update(skip_locked=True).cte("free")
    taking = (
        update(table)
        .where(table.c.id.in_(select(ids.c.id)))
        .values(
            claimed_until=now + timedelta(seconds=lease_s),
            claim_no=table.c.claim_no + 1,
            attempts=table.c.attempts + 1,
        )
        .returning(table)
    )
    return sorted(tx.execute(taking).all(), key=lambda row: (getattr(row, oldest), row.id))


def take(tx: Connection, table: Table, now: datetime, *, lease_s: float, where: ColumnElement[bool]) -> list[Row[Any]]:
    """Take these rows, due or not, from whoever has them: what those write late is dropped."""
    taking = (
        update(table)
        .where(where)
        .values(
            claimed_until=now + timedelta(seconds=lease_s), claim_no=table.c.claim_no + 1, attempts=table.c.attempts + 1
        )
    )
    return list(tx.execute(taking.returning(table)).all())


def keep(tx: Connection, table: Table, claimed: Claimed, /, **values: object) -> None:
    """Write to a row that we hold; ClaimLostError if somebody else has taken it since."""
    mine = (table.c.id == claimed.id) & (table.c.claim_no == claimed.claim_no)
    if tx.execute(update(table).where(mine).values(**values)).rowcount != 1:
        raise ClaimLostError(f"{table.name} {claimed.id}: the lease ran out and another worker has it")


def give_back(tx: Connection, claimed: Iterable[Claimed], due_at: datetime) -> None:
    """Release rows as if they had not been taken, each due at that instant; not those we have no more."""
    for row in claimed:
        c = row.table.c
        mine = (c.id == row.id) & (c.claim_no == row.claim_no) & c.claimed_until.is_not(None)
        uncounted = case((c.attempts > 0, c.attempts - 1), else_=0)
        tx.execute(update(row.table).where(mine).values(claimed_until=None, attempts=uncounted, due_at=due_at))


def release_all(tx: Connection) -> None:
    """End every lease: for the start of a service that is alone on its database, after the death of another."""
    for table in (accounts, posts, revisions, media, receivers, deliveries):
        tx.execute(update(table).where(table.c.claimed_until.is_not(None)).values(claimed_until=None))
