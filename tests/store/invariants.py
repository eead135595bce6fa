"""What must hold in every database at every instant between two transactions, however the process was killed.

The names are those of docs/explanation/reliability.md. I4, I6 and I7 compare with what the receivers themselves noted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select, text

from monitor.store import audit
from monitor.store.invariants import broken_rows
from monitor.store.schema import deliveries

# Not among those for operators: a clock that was set back breaks it too.
_CURSOR = """
    select 'I8 a cursor that moved without what it read: ' || s.id
    from sightings s join accounts a on a.id = s.account_id
    where a.last_success_at is not null and s.last_at > a.last_success_at
"""
_PENDING_BOUND = timedelta(minutes=5)
_FINISHED = "I2 work that waits longer than the bound"

Receipts = Mapping[str, Sequence[tuple[str, datetime]]]  # message id -> (sha256 of the body, instant) of each receipt


def broken_invariants(
    tx: Connection, receipts: Receipts | None = None, *, told: Collection[str] = (), now: datetime | None = None
) -> list[str]:
    """What is broken, one line each. `told`: receivers that hear of every alert event. `now`: also check lateness."""
    broken = broken_rows(tx) + list(tx.execute(text(_CURSOR)).scalars())
    broken += [f"I10 the audit log: {harm}" for harm in audit.verify(tx)]
    for key in told:
        missing = """
            select e.alert_id || ':' || e.seq from alert_events e where e.kind not in ('acknowledged', 'reviewed')
            and not exists (select 1 from deliveries d
                where d.receiver_key = :key and d.topic = 'alert:' || e.alert_id || ':' || e.seq)
        """
        broken += [f"I3 {key} is not told of event {row[0]}" for row in tx.execute(text(missing), {"key": key})]
    if receipts is not None:
        broken += _receipts(tx, receipts)
    return broken + (_late(tx, now) if now else [])


def _receipts(tx: Connection, receipts: Receipts) -> list[str]:
    broken = []
    known = {row.message_id: row for row in tx.execute(select(deliveries))}
    counted = tx.execute(text("select delivery_id, count(*) from attempts group by delivery_id"))
    tries = {row[0]: row[1] for row in counted}
    for message_id, row in known.items():
        got = receipts.get(message_id, ())
        if row.state == "delivered" and not got:
            broken.append(f"I4 {message_id} is delivered, but never arrived")
        bodies = {digest for digest, _ in got}
        if len(bodies) > 1:
            broken.append(f"I6 {message_id} arrived with {len(bodies)} bodies")
        if got and (row.body is None or bodies != {sha256(row.body).hexdigest()}):
            broken.append(f"I6 {message_id} is kept with another body than was sent")
        if len(got) > tries.get(row.id, 0):
            broken.append(f"I7 {message_id} arrived {len(got)} times in {tries.get(row.id, 0)} attempts")
    return broken + [f"I7 {message_id} arrived, but nobody sent it" for message_id in receipts.keys() - known.keys()]


def _late(tx: Connection, now: datetime) -> list[str]:
    bound = (now - _PENDING_BOUND).isoformat(timespec="microseconds")
    query = """
        select 'revision ' || id from revisions where state = 'pending' and due_at < :bound
        union all select 'delivery ' || d.id from deliveries d join receivers r on r.key = d.receiver_key
        where d.state = 'waiting' and d.due_at < :bound and r.state = 'ok'
    """
    return [f"{_FINISHED}: {row[0]}" for row in tx.execute(text(query), {"bound": bound})]
