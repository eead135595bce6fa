"""A database of every older version is brought to this one with its rows, and serves."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Connection, MetaData, insert, select, text

from monitor.errors import SchemaError
from monitor.model.messages import DeliveryState, Verdict
from monitor.store import Store, engine, outbox, reviews, upgrade
from monitor.store.schema import metadata, posts
from tests.conftest import on_postgres
from tests.postgres import Server
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON

OLDER = sorted((Path(__file__).parent / "older").glob("*.json"))
VERSIONS = [script.revision for script in ScriptDirectory.from_config(engine._alembic()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_postgres)])
def no_tables(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.make("template template0")


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_of_every_version_become_those_of_this_one(no_tables: str, version: str) -> None:
    upgrade(no_tables, version)
    if version != VERSIONS[-1]:
        with pytest.raises(SchemaError, match=f"has version {version}"):
            Store(no_tables)
    upgrade(no_tables)
    with Store(no_tables) as store, store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("rows", OLDER, ids=[path.stem for path in OLDER])
def test_rows_of_an_older_version_serve_in_this_one(no_tables: str, rows: Path) -> None:
    upgrade(no_tables, rows.stem)
    opened = engine._open(no_tables)
    with opened.begin() as tx:
        _fill(tx, json.loads(rows.read_text(encoding="utf-8")))
    opened.dispose()
    upgrade(no_tables)
    with Store(no_tables) as store:
        _serves(store)


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


def _serves(store: Store) -> None:
    """What is known stays known, what waits is sent, and new things find their place."""
    with store.read() as tx:
        assert broken_invariants(tx, told=["desk"]) == []
        waits, sent = outbox.list_deliveries(tx, topic="alert:")
        assert (waits.state, sent.state) == (DeliveryState.WAITING, DeliveryState.DELIVERED)
        (known,) = sample.rows(tx, posts, "native_id")[:1]
        assert known == ("p1",)
    at = NOON + timedelta(minutes=10)
    assert sample.send(store, "desk", sample.step(at=at), at) is not None
    again = sample.page(sample.post("p1", "云雀9 下周见 p1", at=NOON), sample.post("p3", "云雀9"))
    saved = sample.read(store, again, at)
    assert (saved.new_posts, saved.known) == (1, 1)
    (revision,) = sample.pending(store, at)
    (topic,) = sample.judge(store, revision, [sample.finding()], at)
    assert topic == "alert:3:1"
    with store.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=at)
    with store.read() as tx:
        assert len(tx.execute(select(posts)).all()) == 3
        assert broken_invariants(tx, told=["desk"]) == []
