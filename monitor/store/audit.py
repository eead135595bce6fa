"""What people did, in the same transaction as the deed; sealing them into a chain is done later."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert

from monitor.store.schema import audit


def note(tx: Connection, actor: str, action: str, subject: str, detail: Mapping[str, object], now: datetime) -> None:
    """One line of the log; `detail` holds ids, never texts."""
    tx.execute(insert(audit).values(at=now, actor=actor, action=action, object=subject, detail=dict(detail)))
