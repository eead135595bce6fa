"""Times in which posts of an account may have been missed."""

from datetime import datetime

from sqlalchemy import Connection, update

from monitor.store.engine import insert_into
from monitor.store.schema import gaps


def open_gap(tx: Connection, account_id: int, from_at: datetime, cause: str, now: datetime) -> None:
    """From that instant on we are blind, until a read succeeds; nothing if a gap is open already."""
    row = {"account_id": account_id, "from_at": from_at, "cause": cause, "opened_at": now}
    new = insert_into(tx, gaps).values(**row)
    tx.execute(new.on_conflict_do_nothing(index_elements=["account_id"], index_where=gaps.c.to_at.is_(None)))


def close_gap(tx: Connection, account_id: int, now: datetime, *, filled: bool) -> bool:
    """We see again; `filled` if the page reaches back to a post we knew. Answers whether a gap was open."""
    mine = (gaps.c.account_id == account_id) & gaps.c.to_at.is_(None)
    return tx.execute(update(gaps).where(mine).values(to_at=now, filled_at=now if filled else None)).rowcount > 0
