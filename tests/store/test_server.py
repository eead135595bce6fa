"""What is PostgreSQL's own: its errors told plainly, its restarts, its turns of writing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import Connection, func, insert, select, text

from monitor.errors import SchemaError, StoreError, StoreLostError
from monitor.store import Store, upgrade
from monitor.store.schema import hosts
from monitor.store.server import TAKE_TURN, unfit
from tests.conftest import on_postgres
from tests.postgres import Server

pytestmark = on_postgres


@pytest.fixture
def url(postgres: Server) -> str:
    """Here on PostgreSQL alone."""
    return postgres.emptied()


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be restarted."""
    server = Server(durable=True)
    yield server
    server.stop()


def told(url: str, use: Callable[[str], object] = Store) -> str:
    with pytest.raises(StoreError) as caught:
        use(url)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    return str(caught.value)


# --- databases that cannot be used ----------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_named_with_what_to_look_at() -> None:
    message = told("postgresql://monitor:hunter2@127.0.0.1:1/leaks")
    assert "127.0.0.1" in message
    assert "check that the server runs" in message
    assert "hunter2" not in message


def test_a_host_that_nobody_knows_is_told() -> None:
    assert "check" in told("postgresql://monitor@no-such-host.invalid/leaks")


def test_a_database_or_a_user_that_is_missing_is_told_with_what_makes_it(postgres: Server) -> None:
    assert "createdb --encoding=UTF8" in told(postgres.url("nowhere"))
    assert "createuser" in told(postgres.url("shared", user="nobody"))


def test_a_wrong_password_is_told_and_not_quoted(own: Server) -> None:
    own.execute("create role guarded login password 'right'")
    own.allow("local all guarded scram-sha-256")
    message = told(own.url("template", user="guarded:hunter2"))
    assert "database.password_env" in message
    assert "hunter2" not in message
    assert "name its password" in told(own.url("template", user="guarded"))


def test_tables_that_are_missing_are_told_with_the_command_that_makes_them(postgres: Server) -> None:
    with pytest.raises(SchemaError, match=r"has version none, this program needs .*; run `leak-monitor db upgrade`"):
        Store(postgres.make("template template0"))


def test_a_user_without_rights_is_told(postgres: Server) -> None:
    postgres.execute("create role guest login")
    assert "make it the owner" in told(postgres.url("template", user="guest"), upgrade)


def test_a_database_of_another_encoding_is_refused_before_it_has_tables(postgres: Server) -> None:
    url = postgres.make("template template0 encoding 'SQL_ASCII' locale 'C'")
    assert "encoding is SQL_ASCII, which cannot hold every text; make one with: createdb" in told(url, upgrade)


@pytest.mark.parametrize(
    ("version", "encoding", "said"),
    [(14, "UTF8", "14 is too old"), (15, "LATIN1", "encoding is LATIN1"), (15, "UTF8", ""), (18, "UTF8", "")],
)
def test_what_is_fit(version: int, encoding: str, said: str) -> None:
    assert said in unfit(version, encoding)
    assert bool(said) == bool(unfit(version, encoding))


@pytest.mark.parametrize(
    "url",
    ["postgres://h/db", "postgresql+psycopg2://h/db", "mysql://h/db", "leaks.db"],
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    assert 'write "sqlite:///" and the path of a file, or "postgresql://' in told(url)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        pytest.param("insert into hosts (host) values ('云雀9'), ('云雀9')", "duplicate key", id="a value twice"),
        pytest.param("set local statement_timeout = 50\nselect pg_sleep(5)", "longer than a minute", id="too slow"),
        pytest.param("set transaction read only\ninsert into hosts (host) values ('a')", "standby", id="a standby"),
        pytest.param("do 'begin raise sqlstate ''55P03''; end'", "another program holds", id="a lock"),
        pytest.param("select pg_terminate_backend(pg_backend_pid())", "stopped or restarted", id="cut off"),
    ],
)
def test_an_error_of_a_statement_says_what_to_do_and_no_value(store: Store, statement: str, said: str) -> None:
    with pytest.raises(StoreError) as caught, store.write() as tx:
        _say(tx, statement)
    assert said in str(caught.value)
    assert "云雀9" not in str(caught.value)


def _say(tx: Connection, statements: str) -> None:
    for statement in statements.split("\n"):
        tx.execute(text(statement))


# --- turns ----------------------------------------------------------------------------------------------------------


def test_a_writer_waits_for_that_of_another_process_but_not_for_ever(url: str, postgres: Server) -> None:
    with Store(url) as store, Store(url) as another, ThreadPoolExecutor(1) as pool:
        with store.write() as tx:
            tx.execute(insert(hosts).values(host="a"))
            waiting = pool.submit(_count_in_a_turn, another)
            with another.read() as seen:  # readers wait for nobody
                assert seen.execute(select(func.count()).select_from(hosts)).scalar_one() == 0
            with pytest.raises(psycopg.errors.LockNotAvailable):
                postgres.execute(f"set lock_timeout = 50; {TAKE_TURN}", "shared")
            assert not waiting.done()
        assert waiting.result() == 1


def _count_in_a_turn(store: Store) -> int:
    with store.write() as tx:
        return tx.execute(select(func.count()).select_from(hosts)).scalar_one()


def test_a_reader_sees_one_state_however_long_it_looks(url: str) -> None:
    with Store(url) as store, store.read() as tx:
        before = tx.execute(select(func.count()).select_from(hosts)).scalar_one()
        with store.write() as writing:
            writing.execute(insert(hosts).values(host="a"))
        assert tx.execute(select(func.count()).select_from(hosts)).scalar_one() == before


def test_two_upgrades_at_once_make_the_tables_once(postgres: Server) -> None:
    url = postgres.make("template template0")
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(upgrade, url) for _ in range(3)]:
            done.result()
    with Store(url) as store, store.read() as tx:
        assert tx.execute(text("select count(*) from alembic_version")).scalar_one() == 1


# --- a server that goes away ----------------------------------------------------------------------------------------


def test_a_restart_costs_the_transaction_that_was_under_way_and_no_other(own: Server) -> None:
    with Store(own.make()) as store:
        with pytest.raises(StoreLostError), store.write() as tx:
            _write_across_a_restart(tx, own)
        own.restart_at_once()
        with store.write() as tx:
            tx.execute(insert(hosts).values(host="kept"))
        with store.read() as tx:
            assert tx.execute(select(hosts.c.host)).scalars().all() == ["kept"]


def _write_across_a_restart(tx: Connection, server: Server) -> None:
    tx.execute(insert(hosts).values(host="lost"))
    server.restart_at_once()
    tx.execute(insert(hosts).values(host="lost too"))


def test_a_short_stop_is_waited_for_and_a_long_one_only_once(own: Server) -> None:
    with Store(own.make()) as store:
        own.halt()
        start = threading.Timer(0.5, own.start)
        start.start()
        with store.write() as tx:
            tx.execute(insert(hosts).values(host="a"))
        start.join()
        own.halt()
        for _ in range(20):  # the first waits five seconds, the others not at all
            with pytest.raises(StoreError, match="check that the server runs"), store.read():
                pass
        own.start()
        with store.read() as tx:
            assert tx.execute(select(hosts.c.host)).scalars().all() == ["a"]
