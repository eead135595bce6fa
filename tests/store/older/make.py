"""Writes the rows of a small life as they are in the present version: `python -m tests.store.older.make`.

Run it before a migration is added, so that databases of this version are upgraded in tests for ever.
"""

import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from monitor.store import Store, incidents, rulebooks, upgrade
from monitor.store.schema import metadata
from tests.store import sample
from tests.store.sample import NOON

FOLDER = Path(__file__).parent


def main() -> None:
    """One file, named after the version."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/state.db"
        upgrade(url)
        with Store(url) as store:
            live(store)
            with store.read() as tx:
                version = tx.execute(text("select version_num from alembic_version")).scalar_one()
                rows = {name: _rows(tx, name) for name in (table.name for table in metadata.sorted_tables)}
    written = json.dumps(rows, ensure_ascii=False, indent=1)
    (FOLDER / f"{version}.json").write_text(written + "\n", encoding="utf-8")


def live(store: Store) -> None:
    """An account, a harmless post, a leak that was sent, one that waits, and an open incident."""
    sample.people(store)
    sample.receivers(store, sample.receiver(ops=True))
    with store.write() as tx:
        rulebooks.save_rulebook(tx, sample.RULES, "the rules", NOON)
        incidents.open_incident(tx, "gap", "lin-blog", {"account": "lin-blog"}, NOON)
    sample.alert(store, NOON)
    for _ in ("the incident", "the alert"):
        sample.send(store, "desk", sample.step(), NOON)
    sample.alert(store, NOON.replace(minute=5), "p2")


def _rows(tx: Any, name: str) -> list[dict[str, object]]:
    found = tx.execute(select(text("*")).select_from(text(name)).order_by(text("id"))).mappings()
    return [{key: _plain(value) for key, value in row.items()} for row in found]


def _plain(value: object) -> object:
    """What JSON cannot say: bytes as hexadecimal digits."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return value.isoformat() if isinstance(value, datetime) else value


if __name__ == "__main__":
    main()
