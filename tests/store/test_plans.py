"""What runs every second must not read whole tables: the number of old rows must not matter."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from monitor.store import Store, accounts, known, outbox, pictures, rescans, revisions, spreading, status
from monitor.story import Reader
from tests.store import sample
from tests.store.sample import NOON

EVERY_SECOND: dict[str, Callable[[Connection], object]] = {
    "accounts": lambda tx: accounts.claim_accounts(tx, NOON, limit=10),
    "revisions": lambda tx: revisions.claim_revisions(tx, NOON, limit=10),
    "digests": lambda tx: outbox.gather_digests(tx, NOON),
    "receivers": lambda tx: outbox.claim_receivers(tx, NOON),
    "delivery": lambda tx: outbox.claim_delivery(tx, "desk", NOON),
    "counts": lambda tx: status.counts(tx, NOON),
    "rescan": lambda tx: rescans.rescan_some(tx, sample.RULES, NOON),
    "pictures": lambda tx: pictures.claim_pictures(tx, NOON, limit=10),
    "alerts of a post": lambda tx: revisions.alerts_before(tx, 1),
    "story of a post": lambda tx: spreading.spread_of(tx, 1, NOON),
    "posts of a page": lambda tx: known.known_posts(tx, Reader(2, "lin", 0), [sample.post("p1"), sample.post("p2")]),
}
GROWING = {"posts", "revisions", "sightings", "payloads", "findings", "alert_events", "deliveries", "attempts", "media"}


@pytest.mark.parametrize("work", EVERY_SECOND.values(), ids=EVERY_SECOND.keys())
def test_no_growing_table_is_read_whole(store: Store, work: Callable[[Connection], object]) -> None:
    sample.people(store)
    sample.receivers(store, sample.receiver())
    sample.alert(store)
    sample.read(store, sample.page(sample.post("p1"), sample.post("p2")), NOON + timedelta(minutes=1))
    asked: list[tuple[str, object]] = []
    event.listen(store._engine, "before_cursor_execute", lambda _c, _u, sql, values, *_: asked.append((sql, values)))
    with store.write() as tx:
        work(tx)
    plannable = [a for a in asked if a[0].startswith(("SELECT", "UPDATE", "DELETE", "WITH"))]
    assert plannable
    with store.read() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("set local enable_seqscan = off"))  # as if the tables were large
        read = [table for sql, values in plannable for table in _read_whole(tx, sql, values)]
    assert [table for table in read if table in GROWING] == []


def _read_whole(tx: Connection, sql: str, values: Any) -> list[str]:
    """Tables of which this statement reads every row, and not only from an index."""
    if tx.dialect.name == "sqlite":
        plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        return [line.split()[1] for line in plan if line.startswith("SCAN") and "COVERING INDEX" not in line]
    plan = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one()
    return [
        node["Relation Name"]
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] in {"Seq Scan", "Index Scan"} and "Index Cond" not in node
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
