"""C11: databases of older versions, and upgrades that die."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Boolean, Connection, MetaData, insert, text

from monitor.store import Store, engine, upgrade
from monitor.store.engine import version_of
from tests.store.invariants import broken_invariants

OLDER = sorted((Path(__file__).parents[1] / "store" / "older").glob("*.json"))
_UPGRADE = "import sys; from monitor.store import upgrade; upgrade(sys.argv[1])"


def make_older(url: str, rows: Path) -> None:
    """A database of that version with those rows."""
    upgrade(url, rows.stem)
    opened = engine._open(url)
    with opened.begin() as tx:
        _fill(tx, json.loads(rows.read_text(encoding="utf-8")))
    opened.dispose()


def die_in_every_upgrade(empty_url: Callable[[], str], rows: Path) -> int:
    """Die after each step of the upgrade and at its end, each in a database of its own; answers how often.

    What is there then is of the old version or of the new, with every row, and the command brings it to the new.
    """
    nth = 0
    while True:
        nth += 1
        url = empty_url()
        make_older(url, rows)
        words = [sys.executable, "-c", _UPGRADE, url]
        ended = subprocess.run(words, env={**os.environ, "LEAK_MONITOR_FAILPOINT": f"C11:{nth}"}, check=False)
        if ended.returncode == 0:
            return nth - 1
        assert ended.returncode == -signal.SIGKILL
        died_at = version_of(url)
        subprocess.run(words, check=True)
        assert died_at in (rows.stem, version_of(url))
        with Store(url) as store, store.read() as tx:
            assert broken_invariants(tx, told=["desk"]) == []


def _fill(tx: Connection, rows: dict[str, list[dict[str, object]]]) -> None:
    tables = MetaData()
    tables.reflect(tx)
    for table in tables.sorted_tables:
        for row in rows.get(table.name, ()):
            tx.execute(insert(table), {key: _value(table.c[key].type, value) for key, value in row.items()})
        if tx.dialect.name == "postgresql" and rows.get(table.name):
            tx.execute(text(f"select setval('{table.name}_id_seq', (select max(id) from {table.name}))"))


def _value(kind: object, value: object) -> object:
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"])
    return bool(value) if isinstance(kind, Boolean) and value is not None else value
