"""A database of every older version is brought to this one with its rows, and serves."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from monitor.errors import SchemaError
from monitor.model.messages import DeliveryState, Verdict
from monitor.store import Store, engine, outbox, reviews, upgrade
from monitor.store.schema import metadata, posts
from tests.crash.upgrading import OLDER, make_older
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON

VERSIONS = [script.revision for script in ScriptDirectory.from_config(engine._alembic()).walk_revisions()][::-1]


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_of_every_version_become_those_of_this_one(empty_url: Callable[[], str], version: str) -> None:
    url = empty_url()
    upgrade(url, version)
    if version != VERSIONS[-1]:
        with pytest.raises(SchemaError, match=f"has version {version}"):
            Store(url)
    upgrade(url)
    with Store(url) as store, store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("rows", OLDER, ids=[path.stem for path in OLDER])
def test_rows_of_an_older_version_serve_in_this_one(empty_url: Callable[[], str], rows: Path) -> None:
    url = empty_url()
    make_older(url, rows)
    upgrade(url)
    with Store(url) as store:
        _serves(store)


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
