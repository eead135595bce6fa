"""The calendar of those on duty, as it was when it last was good, so that a restart or an outage goes on with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from monitor.store.engine import insert_into
from monitor.store.schema import calendars


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of it. `read_at`: when it last was good; `problem`: why it was not, the last time."""

    body: bytes | None
    etag: str | None
    began_at: datetime
    read_at: datetime | None
    problem: str

    @property
    def good_at(self) -> datetime:
        """Since when it has not been good, if it is not."""
        return self.read_at or self.began_at


def take_turn(tx: Connection, source: str, now: datetime, every: timedelta) -> bool:
    """Whether it is time to read it; if so, nobody else does before it is time again. Others are forgotten."""
    c = calendars.c
    tx.execute(delete(calendars).where(c.source != source))
    new = insert_into(tx, calendars).values(source=source, began_at=now, problem="")
    tx.execute(new.on_conflict_do_nothing(index_elements=["source"]))
    is_due = or_(c.tried_at.is_(None), c.tried_at <= now - every, c.tried_at > now + every)
    return tx.execute(update(calendars).where(c.source == source, is_due).values(tried_at=now)).rowcount == 1


def kept(tx: Connection, source: str) -> Kept | None:
    """What is known of it; None if it was never tried."""
    c = calendars.c
    row = tx.execute(select(c.body, c.etag, c.began_at, c.read_at, c.problem).where(c.source == source)).one_or_none()
    return None if row is None else Kept(*row)


def note_good(tx: Connection, source: str, now: datetime, *, body: bytes | None, etag: str | None) -> None:
    """It was read: this is what it says, or what it said before if `body` is None."""
    said = {} if body is None else {"body": body, "etag": etag}
    tx.execute(update(calendars).where(calendars.c.source == source).values(read_at=now, problem="", **said))


def note_bad(tx: Connection, source: str, problem: str) -> None:
    """It could not be read, or is no calendar; what it last said stays."""
    tx.execute(update(calendars).where(calendars.c.source == source).values(problem=problem))
