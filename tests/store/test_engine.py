import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from monitor.errors import SchemaError, StoreError, StoreInUseError
from monitor.store import Store, claims, database_exists, hold_alone, upgrade
from monitor.store.schema import hosts, metadata, posts
from tests.store import sample
from tests.store.invariants import broken_invariants


def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_table_can_be_said_in_the_words_of_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    said = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    said += [
        str(CreateIndex(index).compile(dialect=dialect))
        for table in metadata.tables.values()
        for index in table.indexes
    ]
    instants = {
        line.split()[-3:][0] for ddl in said for line in ddl.splitlines() if "_at " in line or "_until " in line
    }
    assert not any("DATETIME" in ddl for ddl in said)
    assert instants
    assert sum("TIMESTAMP WITH TIME ZONE" in ddl for ddl in said) >= 18
    assert {ddl.split("WHERE ")[1] for ddl in said if "WHERE " in ddl} == {
        "to_at IS NULL",
        "closed_at IS NULL",
    }


def test_files_are_for_their_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        url = f"sqlite:///{tmp_path / 'state.db'}"
        upgrade(url)
        with Store(url) as store, store.write() as tx, hold_alone(url):
            tx.execute(insert(hosts).values(host="a"))
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(old)
    assert modes == dict.fromkeys(("state.db", "state.db-wal", "state.db-shm", "state.db.lock"), 0o600)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 10000)],
)
def test_commits_are_durable_and_deleted_text_is_overwritten(file_url: str, pragma: str, value: object) -> None:
    with Store(file_url) as store, store.read() as tx:
        assert tx.execute(text(f"pragma {pragma}")).scalar_one() == value


def test_upgrading_twice_changes_nothing(url: str) -> None:
    with Store(url) as store, store.write() as tx:
        tx.execute(insert(hosts).values(host="a"))
    upgrade(url)
    with Store(url) as store, store.read() as tx:
        assert tx.execute(select(hosts.c.host)).scalars().all() == ["a"]


# --- databases that cannot be used ----------------------------------------------------------------------------------


def test_a_missing_database_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    assert not database_exists(url)
    with pytest.raises(SchemaError, match=r"state\.db: no database yet; run `leak-monitor db upgrade`"):
        Store(url)
    assert not database_exists(url)


def test_an_empty_file_is_a_database_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.touch()
    with pytest.raises(SchemaError, match="version none"):
        Store(f"sqlite:///{path}")


def test_a_database_of_another_version_is_refused(url: str) -> None:
    with Store(url) as store, store.write() as tx:
        tx.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"has version 9999, this program needs \d{4}"):
        Store(url)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"this is no database" * 100, "no database of ours", id="another file"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 5000, "", id="a torn file"),
    ],
)
def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=f"^database: .*{told}"):
        Store(f"sqlite:///{path}")


def test_a_missing_directory_is_made_for_us_alone(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'data' / 'state.db'}")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cannot_be_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("a file")
    with pytest.raises(StoreError, match="check that its directory exists"):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'state.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="forgets everything"):
        Store(url)


def test_errors_name_no_value_of_a_row(store: Store) -> None:
    secret = "云雀9"
    with pytest.raises(StoreError) as caught, store.write() as tx:
        tx.execute(insert(hosts), [{"host": secret}, {"host": secret}])
    shown = f"{caught.value} {caught.value.__cause__}"
    assert "unique" in shown.lower()
    assert secret not in shown


# --- transactions ---------------------------------------------------------------------------------------------------


def test_an_error_in_the_middle_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as tx:
        _write_and_fail(tx)
    with store.read() as tx:
        assert tx.execute(select(func.count()).select_from(hosts)).scalar_one() == 0


def _write_and_fail(tx: Connection) -> None:
    tx.execute(insert(hosts).values(host="a"))
    raise ZeroDivisionError


def test_what_a_reader_writes_is_not_kept(store: Store) -> None:
    with store.read() as tx:
        tx.execute(insert(hosts).values(host="a"))
    with store.read() as tx:
        assert tx.execute(select(func.count()).select_from(hosts)).scalar_one() == 0


def test_many_threads_write_at_once_and_none_finds_the_database_locked(url: str) -> None:
    with Store(url) as store, Store(url) as another, ThreadPoolExecutor(4) as pool:

        def work(n: int) -> None:
            for i in range(25):
                with (store, another)[n % 2].write() as tx:
                    count = tx.execute(select(func.count()).select_from(hosts)).scalar_one()
                    tx.execute(insert(hosts).values(host=f"{n}-{i}-{count}"))
                with store.read() as tx:
                    tx.execute(select(func.count()).select_from(hosts)).scalar_one()

        for done in [pool.submit(work, n) for n in range(4)]:
            done.result()
        with store.read() as tx:
            written = tx.execute(select(hosts.c.host)).scalars().all()
    assert sorted(int(host.split("-")[2]) for host in written) == list(range(100))


def test_writers_take_turns_in_the_order_of_asking(store: Store) -> None:
    order: list[int] = []
    threads = []
    with store.write():
        for n in range(5):
            queued = len(store._turns._waiting)
            threads.append(threading.Thread(target=_write, args=(store, order, n)))
            threads[-1].start()
            while len(store._turns._waiting) == queued:
                threads[-1].join(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def _write(store: Store, order: list[int], n: int) -> None:
    with store.write():
        order.append(n)


def test_a_foreign_lock_is_waited_for(file_url: str, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "state.db", isolation_level=None, check_same_thread=False)
    holder.execute("begin immediate")
    release = threading.Timer(0.3, lambda: holder.execute("commit"))
    with Store(file_url) as store:
        release.start()
        with store.write() as tx:
            tx.execute(insert(hosts).values(host="a"))
    release.join()
    holder.close()


# --- alone ----------------------------------------------------------------------------------------------------------


def test_a_second_service_on_the_same_file_is_refused_until_the_first_has_gone(file_url: str) -> None:
    told = pytest.raises(StoreInUseError, match="another leak-monitor service")
    with hold_alone(file_url), told, hold_alone(file_url):
        pass
    with hold_alone(file_url):
        pass


def test_services_on_a_server_database_do_not_exclude_each_other() -> None:
    url = "postgresql://monitor@db.example/monitor"
    with hold_alone(url), hold_alone(url):
        assert database_exists(url)


def test_a_kill_inside_t1_leaves_nothing_of_the_page(url: str) -> None:
    code = """
import sys
from monitor.store import Store
from tests.store import sample
with Store(sys.argv[1]) as store:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), sample.NOON)
"""
    environment = os.environ | {"LEAK_MONITOR_FAILPOINT": "C3"}
    killed = subprocess.run([sys.executable, "-c", code, url], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    with Store(url) as store:
        with store.read() as tx:
            assert tx.execute(select(func.count()).select_from(posts)).scalar_one() == 0
            assert broken_invariants(tx) == []
        with store.write() as tx:
            claims.release_all(tx)
        sample.read(store, sample.page(sample.post("p1")), sample.NOON)
        assert len(sample.pending(store, sample.NOON)) == 1
