"""Copies of the database: whole under load, whole or absent after a crash, put back only where they belong."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select, text

from monitor.errors import SchemaError, StoreError, StoreInUseError
from monitor.model.messages import DeliveryState, ReceiverState
from monitor.store import Store, audit, dump, engine, hold_alone, outbox, receivers, upgrade
from monitor.store.backup import back_up, restore
from monitor.store.invariants import broken_rows
from monitor.store.schema import deliveries, hosts, metadata
from monitor.store.schema import receivers as receiver_rows
from tests.store import sample
from tests.store.sample import NOON, receiver

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of the service, with one alert that waits to be told."""
    path = tmp_path / "live" / "state.db"
    upgrade(url_of(path))
    with Store(url_of(path)) as store:
        sample.people(store)
        sample.receivers(store, receiver())
        sample.alert(store)
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where backups go."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "monday.backup"


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def rows_of(path: Path) -> Rows:
    """All that a database holds."""
    with Store(url_of(path)) as store, store.read() as tx:
        assert broken_rows(tx) == []
        return {t.name: [tuple(row) for row in tx.execute(select(t).order_by(t.c.id))] for t in metadata.sorted_tables}


def put_back(path: Path, copy: Path, *, force: bool = False) -> Path | None:
    def finish(tx: Connection) -> None:
        tx.execute(insert(hosts).values(host="restored"))

    return restore(url_of(path), copy, now=NOON, finish=finish, force=force)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- whole ----------------------------------------------------------------------------------------------------------


def test_what_is_restored_is_what_was_backed_up(file: Path, copy: Path, tmp_path: Path) -> None:
    before = rows_of(file)
    back_up(url_of(file), copy)
    new = tmp_path / "new" / "state.db"
    assert put_back(new, copy) is None
    restored = rows_of(new)
    assert [row[1] for row in restored.pop("hosts")] == ["restored"]
    assert before.pop("hosts") == []
    assert restored == before
    assert names(new.parent) - {"state.db-wal", "state.db-shm"} == {"state.db", "state.db.lock"}


def test_a_backup_under_load_holds_whole_transactions_and_stops_nobody(file: Path, copy: Path) -> None:
    ended = threading.Event()
    written = [0, 0]

    def work(n: int) -> None:
        while not ended.is_set():
            with live.write() as tx:
                for half in ("a", "b"):
                    tx.execute(insert(hosts).values(host=f"{n}:{written[n]}:{half}"))
            written[n] += 1

    with Store(url_of(file)) as live:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        sizes = []
        for force in (False, True, True, True):
            before = sum(written)
            back_up(url_of(file), copy, force=force)
            after = sum(written)
            with closing(sqlite3.connect(copy)) as found:
                hosts_then = [row[0] for row in found.execute("select host from hosts order by id")]
            first, second = hosts_then[::2], hosts_then[1::2]
            assert [host[:-1] for host in first] == [host[:-1] for host in second]
            assert before <= len(first) <= after + 2
            sizes.append(len(first))
        ended.set()
        for thread in threads:
            thread.join()
    assert sizes == sorted(sizes)
    assert names(copy.parent) == {copy.name}


def test_a_backup_is_for_its_owner_alone_and_needs_no_file_beside_it(file: Path, copy: Path) -> None:
    old = os.umask(0)
    try:
        with Store(url_of(file)) as store, store.write() as tx:
            tx.execute(insert(hosts).values(host="not yet committed"))
            back_up(url_of(file), copy)
    finally:
        os.umask(old)
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as found:
        assert found.execute("pragma journal_mode").fetchone() != ("wal",)
        assert found.execute("select count(*) from hosts").fetchone() == (0,)
        assert found.execute("select count(*) from alerts").fetchone() == (1,)
    assert names(copy.parent) == {copy.name}


# --- or absent ------------------------------------------------------------------------------------------------------

_BACK_UP = """
import sys
from pathlib import Path
from monitor.store.backup import back_up
print("ready", flush=True)
back_up(sys.argv[1], Path(sys.argv[2]), force=True)
"""


def backing_up(file: Path, copy: Path, **environment: str) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", _BACK_UP, url_of(file), str(copy)]
    return subprocess.Popen(words, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("point", "appears"), [("C13", False), ("C13:2", False), ("C13:3", True)])
@pytest.mark.parametrize("older", [False, True], ids=["first", "over an older one"])
def test_a_crash_leaves_no_torn_backup(file: Path, copy: Path, *, point: str, appears: bool, older: bool) -> None:
    if older:
        back_up(url_of(file), copy)
    with Store(url_of(file)) as store, store.write() as tx:
        tx.execute(insert(hosts).values(host="since"))
    with backing_up(file, copy, LEAK_MONITOR_FAILPOINT=point) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert copy.exists() is (older or appears)
    if copy.exists():
        with closing(sqlite3.connect(copy)) as found:
            assert found.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert found.execute("select count(*) from hosts").fetchone() == (int(appears),)
    back_up(url_of(file), copy, force=True)
    assert names(copy.parent) == {copy.name}


def test_kills_at_random_leave_no_torn_backup(file: Path, copy: Path) -> None:
    with Store(url_of(file)) as store, store.write() as tx:
        tx.execute(insert(hosts), [{"host": f"{n}-" + "x" * 2000} for n in range(6_000)])
    chance = random.Random(4)
    pause = threading.Event()
    for _ in range(4):
        with backing_up(file, copy) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            pause.wait(chance.uniform(0.0, 0.15))
            process.kill()
        if copy.exists():
            with closing(sqlite3.connect(copy)) as found:
                assert found.execute("pragma integrity_check").fetchall() == [("ok",)]
                assert found.execute("select count(*) from hosts").fetchone() == (6_000,)
    back_up(url_of(file), copy, force=True)
    assert names(copy.parent) == {copy.name}


# --- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("monday.backup", "exists already; name another file, or overwrite it with --force"),
        ("nowhere/monday.backup", "No such file or directory; check that it, or its folder, exists and is ours"),
        ("monday.backup/x", "Not a directory"),
    ],
)
def test_a_backup_that_cannot_be_written_is_told_plainly(file: Path, copy: Path, target: str, told: str) -> None:
    copy.write_text("something else")
    with pytest.raises(StoreError, match=told):
        back_up(url_of(file), copy.parent / target)
    assert copy.read_text() == "something else"
    assert names(copy.parent) == {copy.name}


def test_a_damaged_database_makes_no_backup(file: Path, copy: Path) -> None:
    damage(file)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        back_up(url_of(file), copy)
    assert names(copy.parent) == set()


def damage(file: Path) -> None:
    """A page in the middle is written over."""
    with file.open("r+b") as opened:
        opened.seek(40 * 4096)
        opened.write(b"\xff" * 4096)


def is_text(copy: Path) -> None:
    copy.write_text("no database")


def is_empty(copy: Path) -> None:
    copy.write_bytes(b"")


def is_torn(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-40_000])


def is_a_dump(copy: Path) -> None:
    copy.write_bytes(b"PGDMP" + copy.read_bytes())


def is_newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as opened:
        opened.execute("update alembic_version set version_num = '9999'")
        opened.commit()


def is_of_others(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as opened:
        opened.execute("create table cats (name)")


def is_gone(copy: Path) -> None:
    copy.unlink()


@pytest.mark.parametrize(
    ("harm", "kind", "told"),
    [
        (is_text, StoreError, "is no backup of ours; name a file that `leak-monitor db backup` wrote"),
        (is_empty, StoreError, "is no backup of ours"),
        (is_torn, StoreError, r"damaged|malformed"),
        (damage, StoreError, r"damaged|malformed"),
        (is_a_dump, StoreError, "is a backup of PostgreSQL, but `database.url` names SQLite"),
        (is_newer, SchemaError, "has version 9999, which this program does not know; update it first"),
        (is_of_others, SchemaError, "has version none"),
        (is_gone, StoreError, "No such file"),
    ],
)
def test_what_is_no_whole_backup_of_ours_changes_nothing(
    file: Path, copy: Path, harm: object, kind: type[StoreError], told: str
) -> None:
    back_up(url_of(file), copy)
    assert callable(harm)
    harm(copy)
    before = rows_of(file)
    with pytest.raises(kind, match=told):
        put_back(file, copy, force=True)
    assert rows_of(file) == before
    assert names(file.parent) - {"state.db-wal", "state.db-shm"} == {"state.db", "state.db.lock"} & names(file.parent)


def test_nothing_is_restored_over_a_database_or_under_a_service(file: Path, copy: Path) -> None:
    back_up(url_of(file), copy)
    with pytest.raises(StoreError, match="there is a database; with --force it is kept beside the restored one"):
        put_back(file, copy)
    with hold_alone(url_of(file)), pytest.raises(StoreInUseError, match="another leak-monitor service"):
        put_back(file, copy, force=True)
    assert rows_of(file)["hosts"] == []


# --- put back -------------------------------------------------------------------------------------------------------


@contextmanager
def busy_log(file: Path) -> Iterator[None]:
    """A reader that keeps what is written now from leaving SQLite's log for the file itself."""
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from hosts").fetchall()
        with closing(sqlite3.connect(file)) as writer:
            writer.execute("insert into hosts (host) values ('only in the log')")
            writer.commit()
            yield


@pytest.mark.parametrize("busy", [False, True])
def test_the_database_before_is_kept_whole_and_nothing_of_it_gets_into_the_new_one(
    file: Path, copy: Path, *, busy: bool
) -> None:
    back_up(url_of(file), copy)
    with ExitStack() as stack:
        if busy:
            stack.enter_context(busy_log(file))
        before = rows_of(file)
        kept = put_back(file, copy, force=True)
    assert kept == file.with_name("state.db.before-20310304T120000Z")
    assert [row[1] for row in rows_of(file)["hosts"]] == ["restored"]
    assert rows_of(kept) == before
    assert len(before["hosts"]) == int(busy)


def test_a_damaged_database_gives_way_to_its_backup(file: Path, copy: Path) -> None:
    back_up(url_of(file), copy)
    damage(file)
    assert put_back(file, copy, force=True) is not None
    assert [row[1] for row in rows_of(file)["hosts"]] == ["restored"]


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(copy: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    upgrade_to(url_of(old), "0001")
    with closing(sqlite3.connect(old)) as opened:
        row = (
            "(at, actor, action, object, detail) values ('2031-03-04T12:00:00.000000+00:00', 'zhou', 'view', 'x', '{}')"
        )
        opened.execute(f"insert into audit {row}")
        opened.commit()
    back_up(url_of(old), copy)
    put_back(new, copy)
    with Store(url_of(new)) as store, store.write() as tx:
        assert (audit.seal(tx), audit.verify(tx)) == (1, [])


def upgrade_to(url: str, revision: str) -> None:
    opened = engine._open(url)
    with opened.connect() as tx, engine._writing(tx):
        config = engine._alembic()
        config.attributes["connection"] = tx
        command.upgrade(config, revision)
    opened.dispose()


def test_a_copy_tells_nobody(file: Path) -> None:
    with Store(url_of(file)) as store:
        with store.write() as tx:
            receivers.park_as_copy(tx, [receiver(), receiver("new")], NOON)
        with store.write() as tx:
            assert receivers.claim_receivers(tx, NOON) == []
            assert sample.rows(tx, deliveries, "state", "last_error") == [(DeliveryState.PARKED, "database_is_a_copy")]
        with store.write() as tx:  # as at the start of a service, and for what it finds
            receivers.sync_receivers(tx, [receiver(), receiver("new")], NOON)
            tx.execute(text("update deliveries set state = 'waiting'"))
            assert receivers.claim_receivers(tx, NOON) == []
            tx.execute(text("update deliveries set state = 'parked'"))
        with store.write() as tx:  # only whoever asks for it
            assert outbox.replay(tx, now=NOON, ids=[1]) == 1
            assert [claimed.key for claimed in receivers.claim_receivers(tx, NOON)] == ["desk"]
            assert sample.rows(tx, receiver_rows, "key", "state") == [
                ("desk", ReceiverState.OK),
                ("new", ReceiverState.PARKED),
            ]


# --- PostgreSQL, by its own programs ----------------------------------------------------------------------------------

ADDRESS = "postgresql://monitor:s3cret%40@db.example:5433/watch?sslmode=require"


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        (ADDRESS, "postgresql://monitor@db.example:5433/watch?sslmode=require", "s3cret@"),
        ("postgresql://monitor@/watch?host=/run/pg", "postgresql://monitor@/watch?host=%2Frun%2Fpg", None),
        ("postgresql://db/watch?password=p&sslmode=require", "postgresql://db/watch?sslmode=require", "p"),
    ],
)
def test_the_password_stands_in_no_argument(url: str, address: str, password: str | None) -> None:
    assert dump.address_of(url) == (address, {"PGPASSWORD": password} if password else {})


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for pg_dump and pg_restore, the only one where programs are looked for."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!{shutil.which('sh', path='/bin:/usr/bin')}\n{script}\n")
    (folder / name).chmod(0o700)


def test_a_dump_is_read_again_before_it_counts(programs: Path, copy: Path) -> None:
    program(
        programs,
        "pg_dump",
        'for word; do case $word in --file=*) echo "PGDMP $* $PGPASSWORD" >"${word#--file=}";; esac; done',
    )
    program(programs, "pg_restore", "exit 0")
    back_up(ADDRESS, copy)
    said, _, password = copy.read_text().strip().rpartition(" ")
    assert said.startswith("PGDMP --dbname=postgresql://monitor@db.example:5433/watch?sslmode=require --format=custom")
    assert (password, "s3cret" in said) == ("s3cret@", False)
    program(
        programs,
        "pg_restore",
        "echo 'pg_restore: error: could not read from input file: end of file' >&2\necho 'row' >&2\nexit 1",
    )
    with pytest.raises(StoreError, match=r"^pg_restore failed: error: .*: end of file; nothing was kept$"):
        back_up(ADDRESS, copy, force=True)
    assert copy.read_text().startswith("PGDMP")
    assert names(copy.parent) == {copy.name}


def test_missing_programs_are_named(programs: Path, copy: Path) -> None:
    assert names(programs) == set()
    with pytest.raises(StoreError, match=r"pg_dump is not installed; install .*postgresql-client"):
        back_up(ADDRESS, copy)


def test_a_sqlite_backup_is_not_restored_into_postgresql(file: Path, copy: Path) -> None:
    back_up(url_of(file), copy)
    with pytest.raises(StoreError, match=r"is a backup of SQLite, but `database\.url` names PostgreSQL"):
        restore(ADDRESS, copy, now=NOON, finish=lambda _: None)
