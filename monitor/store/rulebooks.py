"""Every rule book that was in force; the newest is the last good one at a restart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.store.engine import insert_into
from monitor.store.schema import rulebooks


@dataclass(frozen=True, slots=True)
class KeptRuleBook:
    """The canonical text of a rule book, perhaps encrypted, and its hash."""

    hash: str
    body: str


def close_older(tx: Connection, is_closed: Callable[[str], bool], close: Callable[[str], str]) -> None:
    """Encrypt the bodies that were kept open, since there is a key now."""
    for number, body in tx.execute(select(rulebooks.c.id, rulebooks.c.body)).all():
        if not is_closed(body):
            tx.execute(update(rulebooks).where(rulebooks.c.id == number).values(body=close(body)))


def save_rulebook(tx: Connection, digest: str, body: str, now: datetime) -> None:
    """This one is in force now."""
    tx.execute(update(rulebooks).where(rulebooks.c.active, rulebooks.c.hash != digest).values(active=False))
    new = insert_into(tx, rulebooks).values(hash=digest, body=body, loaded_at=now, active=True)
    again = {"active": True, "body": new.excluded.body}
    tx.execute(new.on_conflict_do_update(index_elements=["hash"], set_=again))


def active_rulebook(tx: Connection) -> KeptRuleBook | None:
    """The one that was in force last."""
    row = tx.execute(select(rulebooks.c.hash, rulebooks.c.body).where(rulebooks.c.active)).one_or_none()
    return KeptRuleBook(*row) if row else None


def active_hash(tx: Connection) -> str | None:
    """The hash of the one that was put in force last, by whichever service."""
    return tx.execute(select(rulebooks.c.hash).where(rulebooks.c.active)).scalar_one_or_none()
