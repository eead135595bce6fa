"""Random keys of our own, made once for a database: they sign what only we can have said."""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from monitor.store.engine import insert_into
from monitor.store.schema import keys

TAKE: Final = "take"
LENGTH: Final = 32


def own_key(tx: Connection, name: str) -> bytes | None:
    """The key of that name; None before it was made."""
    return tx.execute(select(keys.c.value).where(keys.c.name == name)).scalar_one_or_none()


def make_key(tx: Connection, name: str, now: datetime) -> None:
    """Make it if it is not there."""
    new = insert_into(tx, keys).values(name=name, value=secrets.token_bytes(LENGTH), made_at=now)
    tx.execute(new.on_conflict_do_nothing(index_elements=["name"]))
