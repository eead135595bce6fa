"""The audit log in a real database: sealing, what the database refuses, and what is found if that was got round."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.errors import StoreError
from monitor.store import Store, audit
from monitor.store.chain import BEFORE_FIRST, Broken, Harm, Head
from monitor.store.schema import audit as table
from tests.conftest import on_postgres
from tests.postgres import Server
from tests.store import sample
from tests.store.sample import NOON


def write_lines(store: Store, count: int, actor: str = "zhou") -> None:
    with store.write() as tx:
        for n in range(count):
            audit.note(tx, actor, "view", f"post:{n}", {"n": n}, NOON + timedelta(minutes=n))


def seal(store: Store) -> int:
    with store.write() as tx:
        return audit.seal(tx)


def harm(store: Store, *heads: Head) -> list[Broken]:
    with store.read() as tx:
        return audit.verify(tx, heads)


def head(store: Store) -> Head:
    with store.read() as tx:
        return audit.head(tx)


def test_lines_are_sealed_in_their_order_once(store: Store) -> None:
    assert (seal(store), head(store)) == (0, Head(0, BEFORE_FIRST))
    write_lines(store, 3)
    assert (seal(store), seal(store)) == (3, 0)
    first = head(store)
    write_lines(store, 2)
    assert harm(store, first) == []
    assert seal(store) == 2
    with store.read() as tx:
        rows = sample.rows(tx, table, "no", "prev", "hash")
    assert [no for no, _, _ in rows] == [1, 2, 3, 4, 5]
    assert [prev for _, prev, _ in rows] == [BEFORE_FIRST, *(digest for _, _, digest in rows[:-1])]
    assert harm(store, first, head(store)) == []


def test_a_long_backlog_is_sealed_in_several_turns(store: Store) -> None:
    write_lines(store, 1001)
    assert [seal(store) for _ in range(3)] == [1000, 1, 0]
    assert harm(store) == []


def test_two_sealers_and_writers_at_once_make_one_chain(url: str) -> None:
    with Store(url) as one, Store(url) as two:

        def work(store: Store, actor: str) -> None:
            for _ in range(20):
                write_lines(store, 1, actor)
                seal(store)

        threads = [threading.Thread(target=work, args=pair) for pair in ((one, "a"), (one, "b"), (two, "c"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (head(one).no, harm(two)) == (60, [])


# --- what the database refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set actor = 'nobody' where id = 2",
        "update audit set at = '2031-01-01T00:00:00.000000+00:00' where id = 5",
        "update audit set detail = '{}'",
        "update audit set no = null, prev = null, hash = null where id = 2",
        "update audit set hash = 'x' where id = 2",
        "update audit set id = 99 where id = 5",
        "delete from audit where id = 2",
        "delete from audit where id = 5",
        "insert into audit select 9, at, actor, action, object, detail, prev, hash, 9 from audit where id = 2",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(store: Store, statement: str) -> None:
    write_lines(store, 4)
    seal(store)
    write_lines(store, 1)
    with pytest.raises(StoreError, match="append-only"), store.write() as tx:
        tx.execute(text(statement))


REPLACED = {
    "sqlite": "replace into audit select id, at, 'x', action, object, detail, null, null, null from audit where id = 5",
    "postgresql": "truncate audit",
}


def test_the_database_refuses_to_delete_a_line_by_the_back_door(store: Store) -> None:
    write_lines(store, 5)
    with pytest.raises(StoreError, match="append-only"), store.write() as tx:
        tx.execute(text(REPLACED[tx.dialect.name]))


# --- what is found when that was got round --------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_postgres)])
def harmed(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database that nobody uses afterwards: what guards its log is taken away."""
    if request.param == "sqlite":
        url = str(request.getfixturevalue("file_url"))
    else:
        server: Server = request.getfixturevalue("postgres")
        url = server.make()
    with Store(url) as store:
        yield store


OTHER = "'" + "1" * 64 + "'"


@pytest.mark.parametrize(
    ("mutation", "found"),
    [
        *(
            (f"update audit set {column} = {value} where no = 3", Broken(Harm.CHANGED, 3, 3, 3))
            for column, value in (
                ("at", "'2031-03-04T12:02:00.000001+00:00'"),
                ("actor", "'nobody'"),
                ("action", "'review'"),
                ("object", "object || '0'"),
                ("detail", "'{}'"),
                ("prev", OTHER),
                ("hash", OTHER),
                ("hash", "null"),
            )
        ),
        ("update audit set id = 30 where no = 3", Broken(Harm.CHANGED, 3, 3, 30)),
        ("delete from audit where no = 3", Broken(Harm.MISSING, 3, 3)),
        ("delete from audit where no in (1, 2)", Broken(Harm.MISSING, 1, 2)),
        ("delete from audit where no > 3", Broken(Harm.CUT, 4, 6)),
        ("delete from audit", Broken(Harm.CUT, 1, 6)),
        ("update audit set no = null, prev = null, hash = null where no = 3", Broken(Harm.MISSING, 3, 3)),
        (
            "insert into audit select 9, at, 'nobody', action, object, detail, prev, hash, no from audit where no = 3",
            Broken(Harm.INSERTED, 3, 3, 9),
        ),
        ("update audit set no = 0 where no = 1", Broken(Harm.INSERTED, 0, 0, 1)),
    ],
)
def test_a_line_that_was_tampered_with_is_named(harmed: Store, mutation: str, found: Broken) -> None:
    write_lines(harmed, 6)
    seal(harmed)
    kept = head(harmed)
    got_round(harmed, mutation)
    assert found in harm(harmed, kept)
    seal(harmed)
    assert found.no in {broken.no for broken in harm(harmed, kept)}


def test_two_lines_that_changed_places_are_named(harmed: Store) -> None:
    write_lines(harmed, 6)
    seal(harmed)
    got_round(harmed, "update audit set no = -no where no in (2, 5)", "update audit set no = 7 + no where no < 0")
    assert harm(harmed) == [Broken(Harm.REORDERED, 2, 2, 5, 5), Broken(Harm.REORDERED, 5, 5, 2, 2)]


def got_round(store: Store, *statements: str) -> None:
    """What somebody does who may change the database itself."""
    with store.write() as tx:
        guards = [f"drop trigger {name}" for name in ("audit_born_unsealed", "audit_sealed_once", "audit_kept")]
        if tx.dialect.name == "postgresql":
            guards = ["alter table audit disable trigger user"]
        for statement in (*guards, "drop index uq_audit_no", *statements):
            tx.execute(text(statement))


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_log_is_listed_the_newest_first_and_filtered(store: Store) -> None:
    write_lines(store, 3)
    seal(store)
    with store.write() as tx:
        audit.note(tx, "lin", "review", "alert:1", {"verdict": "leak"}, NOON)

    def listed(**wanted: object) -> list[tuple[int | None, str]]:
        with store.read() as tx:
            return [(row.no, row.subject) for row in audit.list_log(tx, **wanted)]  # type: ignore[arg-type]

    assert listed() == [(None, "alert:1"), (3, "post:2"), (2, "post:1"), (1, "post:0")]
    assert listed(actor="zhou", limit=1) == [(3, "post:2")]
    assert listed(action="review") == [(None, "alert:1")]
    assert listed(since=NOON + timedelta(minutes=1)) == [(3, "post:2"), (2, "post:1")]
