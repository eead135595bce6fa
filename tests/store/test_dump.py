"""A PostgreSQL database is copied by its own programs, and comes back equal, whole, and only where nothing is."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select

from monitor.errors import StoreError
from monitor.store import Store, audit
from monitor.store.backup import back_up, restore
from monitor.store.invariants import broken_rows
from monitor.store.schema import audit as audit_rows
from monitor.store.schema import hosts, metadata
from tests.conftest import on_postgres
from tests.postgres import Server
from tests.store import sample
from tests.store.sample import NOON, receiver

Rows = dict[str, list[tuple[object, ...]]]
NO_TABLES = "template template0"


def rows_of(url: str) -> Rows:
    with Store(url) as store, store.read() as tx:
        assert broken_rows(tx) == []
        tables = metadata.sorted_tables
        return {table.name: [tuple(row) for row in tx.execute(select(table).order_by(table.c.id))] for table in tables}


def finish(tx: Connection) -> None:
    """What a restore does last; it leaves a trace here."""
    tx.execute(insert(hosts).values(host="restored"))


@pytest.fixture
def lived_in(postgres: Server) -> str:
    """A database with a leak that was told and a line in the log."""
    url = postgres.make()
    with Store(url) as store:
        sample.people(store)
        sample.receivers(store, receiver())
        sample.alert(store)
        with store.write() as tx:
            audit.note(tx, "zhou", "view", "post:1", {}, NOON)
        with store.write() as tx:
            audit.seal(tx)
    return url


@on_postgres
def test_what_is_restored_is_what_was_backed_up_and_its_log_goes_on(
    postgres: Server, lived_in: str, tmp_path: Path
) -> None:
    before, copy = rows_of(lived_in), tmp_path / "monday.backup"
    back_up(lived_in, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    new = postgres.make(NO_TABLES)
    assert restore(new, copy, now=NOON, finish=finish) is None
    after = rows_of(new)
    assert [row[1] for row in after.pop("hosts")] == ["restored"]
    before.pop("hosts")
    assert after == before
    with Store(new) as store:
        with store.write() as tx:
            audit.note(tx, "zhou", "view", "post:1", {}, NOON)
            assert audit.seal(tx) == 1
            assert audit.verify(tx) == []
        with pytest.raises(StoreError, match="append-only"), store.write() as tx:
            tx.execute(delete(audit_rows))


@on_postgres
def test_a_backup_is_put_only_where_nothing_is_and_a_torn_one_nowhere(
    postgres: Server, lived_in: str, tmp_path: Path
) -> None:
    copy, torn = tmp_path / "monday.backup", tmp_path / "torn"
    back_up(lived_in, copy)
    with pytest.raises(StoreError, match="not empty"):
        restore(lived_in, copy, now=NOON, finish=finish)
    torn.write_bytes(copy.read_bytes()[:-3000])
    new = postgres.make(NO_TABLES)
    with pytest.raises(StoreError, match="pg_restore failed"):
        restore(new, torn, now=NOON, finish=finish)
    restore(new, copy, now=NOON, finish=finish)
    assert rows_of(new)["alerts"] == rows_of(lived_in)["alerts"]


def test_a_server_that_is_not_there_is_told_plainly_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        back_up("postgresql://monitor@/nowhere?host=/nowhere", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
