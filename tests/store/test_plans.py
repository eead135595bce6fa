"""What runs every second must not read whole tables: the number of old rows must not matter."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from monitor.store import Store, accounts, outbox, rescans, revisions, status
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
    "alerts of a post": lambda tx: revisions.alerts_before(tx, 1),
}
GROWING = {"posts", "revisions", "sightings", "payloads", "findings", "alert_events", "deliveries", "attempts"}


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
    plans: list[str] = []
    with store.read() as tx:
        for sql, values in [a for a in asked if a[0].startswith(("SELECT", "UPDATE", "DELETE"))]:
            plans += [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]  # type: ignore[arg-type]
    scans = [line for line in plans if line.startswith("SCAN") and "COVERING INDEX" not in line]
    assert plans
    assert [line for line in scans if line.split()[1] in GROWING] == []
