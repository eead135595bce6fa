"""What holds in every sound database between two transactions, however the process was killed.

The names are those of docs/explanation/reliability.md.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, text

# Every query must answer no row; its columns say which row is broken.
_EMPTY: Mapping[str, str] = MappingProxyType(
    {
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
        "I8 two open gaps": """
        select account_id from gaps where to_at is null group by account_id having count(*) > 1
    """,
        "I12 a picture that is kept without a digest, or settled but due": """
        select id from media where (state = 'kept' and (sha256 is null or size is null or fetched_at is null))
        or (state = 'wanted') <> (due_at is not null)
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
)


def broken_rows(tx: Connection) -> list[str]:
    """What does not hold, one line for each row, by its number; nothing if the database is sound."""
    broken = [f"{name}: {row[0]}" for name, query in _EMPTY.items() for row in tx.execute(text(query))]
    return broken + _file(tx)


def _file(tx: Connection) -> list[str]:
    """The pages of a SQLite file and its foreign keys; a server looks after its own."""
    if tx.dialect.name != "sqlite":
        return []
    whole = tx.execute(text("pragma integrity_check")).scalars().all()
    foreign = tx.execute(text("pragma foreign_key_check")).all()
    return [f"I9 {line}" for line in whole if line != "ok"] + [f"I9 foreign key of {row[0]}" for row in foreign]
