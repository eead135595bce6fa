"""What must hold in every database at every instant between two transactions, however the process was killed.

The names are those of docs/explanation/reliability.md. I4, I6 and I7 compare with what the receivers themselves noted.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select, text

from monitor.store.schema import deliveries

# Every query must answer no row; its columns say which row is broken.
_EMPTY = {
    "I1 judged without a rule book": """
        select id from revisions where state in ('done', 'partial') and (rulebook_hash is null or evaluated_at is null)
    """,
    "I3 an alerting finding without an alert": """
        select f.id from findings f join revisions r on r.id = f.revision_id
        where f.disposition = 'alert' and not exists (
            select 1 from alerts a where a.post_id = r.post_id and a.subject = f.subject)
    """,
    "I3 a folded message outside any digest": """
        select d.id from deliveries d left join deliveries g on g.id = d.folded_into
        where d.state = 'folded' and (g.id is null or g.receiver_key <> d.receiver_key or g.topic not like 'digest:%')
    """,
    "I5 two alerts for one post and subject": """
        select min(id) from alerts group by post_id, subject having count(*) > 1
    """,
    "I5 two events of one meaning": """
        select min(id) from alert_events group by alert_id, dedup having count(*) > 1
    """,
    "I5 events that are not numbered 1, 2, 3 to the last": """
        select a.id from alerts a left join alert_events e on e.alert_id = a.id
        group by a.id, a.last_seq
        having count(e.id) <> a.last_seq or min(e.seq) <> 1 or max(e.seq) <> a.last_seq
    """,
    "I5 an alert that disagrees with its newest event": """
        select a.id from alerts a join alert_events e on e.alert_id = a.id and e.seq = a.last_seq
        where e.severity <> a.severity or e.state <> a.state
    """,
    "I5 two messages for one receiver and topic": """
        select min(id) from deliveries group by receiver_key, topic having count(*) > 1
    """,
    "I5 an incident whose events are not numbered 1, 2, 3 to the last": """
        select i.id from incidents i left join incident_events e on e.incident_id = i.id
        group by i.id, i.last_seq
        having count(e.id) <> i.last_seq or min(e.seq) <> 1 or max(e.seq) <> i.last_seq
    """,
    "I5 an incident that is over without having said so": """
        select i.id from incidents i join incident_events e on e.incident_id = i.id and e.seq = i.last_seq
        where (i.closed_at is null) <> (e.kind <> 'closed')
    """,
    "I8 a post without its current text": """
        select p.id from posts p where not exists (
            select 1 from revisions r where r.post_id = p.id and r.no = p.current_rev)
    """,
    "I8 a post that nobody saw": """
        select p.id from posts p where not exists (select 1 from sightings s where s.post_id = p.id)
    """,
    "I8 a cursor that moved without what it read": """
        select s.id from sightings s join accounts a on a.id = s.account_id
        where a.last_success_at is not null and s.last_at > a.last_success_at
    """,
    "I8 two open gaps": """
        select account_id from gaps where to_at is null group by account_id having count(*) > 1
    """,
    "I11 a lease on finished work": """
        select id from deliveries where claimed_until is not null and state <> 'waiting'
        union all select id from revisions where claimed_until is not null and state <> 'pending'
    """,
    "I11 delivered without an attempt that ended": """
        select d.id from deliveries d where d.state = 'delivered' and not exists (
            select 1 from attempts a where a.delivery_id = d.id and a.ended_at is not null)
    """,
}
_PENDING_BOUND = timedelta(minutes=5)
_FINISHED = "I2 work that waits longer than the bound"

Receipts = Mapping[str, Sequence[tuple[str, datetime]]]  # message id -> (sha256 of the body, instant) of each receipt


def broken_invariants(
    tx: Connection, receipts: Receipts | None = None, *, told: Collection[str] = (), now: datetime | None = None
) -> list[str]:
    """What is broken, one line each. `told`: receivers that hear of every alert event. `now`: also check lateness."""
    broken = [f"{name}: {row[0]}" for name, query in _EMPTY.items() for row in tx.execute(text(query))]
    broken += _file(tx)
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


def _file(tx: Connection) -> list[str]:
    if tx.dialect.name != "sqlite":
        return []
    whole = tx.execute(text("pragma integrity_check")).scalars().all()
    foreign = tx.execute(text("pragma foreign_key_check")).all()
    return [f"I9 {line}" for line in whole if line != "ok"] + [f"I9 foreign key of {row[0]}" for row in foreign]


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
