"""How often a host is asked, whichever of our accounts are read there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from monitor.store.claims import LONGEST_WAIT
from monitor.store.engine import insert_into
from monitor.store.schema import hosts

LONGEST_QUEUE: Final = timedelta(minutes=15)  # of hundreds of accounts on one host; more is a clock that was wrong


@dataclass(slots=True)
class _Turns:
    """One host: from when it may be asked, and until when others have been told to wait."""

    next_slot_at: datetime
    promised_until: datetime

    @classmethod
    def of(cls, row: Row[Any], now: datetime, distance: timedelta) -> "_Turns":
        free_at = max(now, _sane(row.next_slot_at, now, distance), _sane(row.backoff_until, now, LONGEST_WAIT))
        return cls(free_at, _sane(row.promised_until, free_at, LONGEST_QUEUE))

    def take(self, now: datetime, distance: timedelta) -> datetime:
        if self.next_slot_at <= now:
            self.next_slot_at = now + distance
            return now
        promised = max(self.next_slot_at, self.promised_until)
        self.promised_until = promised + distance
        return promised


def take_slots(tx: Connection, wanted: Sequence[str], now: datetime, distance_s: float) -> list[datetime]:
    """When each of these hosts may be asked: `now` is leave to go ahead, any later instant is when to ask again.

    Nobody else is told the same later instant, so those who wait come back one by one. Where there is no host, nobody
    waits.
    """
    if "" in wanted:
        named_ones = [host for host in wanted if host]
        rest = iter(take_slots(tx, named_ones, now, distance_s) if named_ones else ())
        return [next(rest) if host else now for host in wanted]
    distance = timedelta(seconds=distance_s)
    named = select(hosts).where(hosts.c.host.in_(sorted(set(wanted)))).with_for_update()
    turns = {row.host: _Turns.of(row, now, distance) for row in tx.execute(named)}
    strange = set(wanted) - turns.keys()
    turns |= {host: _Turns(now, now) for host in strange}
    slots = [turns[host].take(now, distance) for host in wanted]
    told = {
        host: {"next_slot_at": its.next_slot_at, "promised_until": its.promised_until} for host, its in turns.items()
    }
    if known := sorted(turns.keys() - strange):
        tx.execute(_RENEW, [{"name": host, **told[host]} for host in known])
    if strange and distance:
        tx.execute(insert(hosts), [{"host": host, **told[host]} for host in sorted(strange)])
    return slots


_RENEW: Final = (
    update(hosts)
    .where(hosts.c.host == bindparam("name"))
    .values(next_slot_at=bindparam("next_slot_at"), promised_until=bindparam("promised_until"))
)


def pause_host(tx: Connection, host: str, until: datetime) -> None:
    """Ask this host nothing before that instant."""
    new = insert_into(tx, hosts).values(host=host, backoff_until=until)
    tx.execute(new.on_conflict_do_update(index_elements=["host"], set_={"backoff_until": until}))


def _sane(at: datetime | None, now: datetime, farthest: timedelta) -> datetime:
    return now if at is None or at > now + farthest else at
