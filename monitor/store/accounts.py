"""Who is read, and when: accounts are the schedule of fetching."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from monitor.errors import TransportError
from monitor.model.canary import KEY
from monitor.model.people import Account, Person
from monitor.model.posts import ReadState
from monitor.store.blindness import BLIND, settle_groups
from monitor.store.claims import LONGEST_WAIT, RELEASED, claim, farthest_read, keep, undo_future
from monitor.store.engine import insert_into
from monitor.store.gaps import close_gap, open_gap
from monitor.store.incidents import close_incident
from monitor.store.posts import ClaimedAccount, Saved, save_page
from monitor.store.schema import accounts, hosts, people, sightings

__all__ = [
    "ClaimedAccount",
    "Saved",
    "claim_accounts",
    "make_due",
    "pause_host",
    "put_back",
    "save_failure",
    "save_page",
    "sync_people",
    "take_host_slot",
]

NEW, REMOVED = "new", "removed"  # states besides those of fetch.pacing: ok, stale, blocked
TROUBLES = ("account_unreadable", "account_overdue", "entries_unreadable", "gap")
LONGEST_QUEUE = timedelta(minutes=15)  # of hundreds of accounts on one host; more is a clock that was wrong


# --- who is configured ----------------------------------------------------------------------------------------------


def sync_people(tx: Connection, configured: Sequence[Person], now: datetime) -> None:
    """Make the rows agree with the configuration: new accounts are due now, missing ones are read no more."""
    for person in configured:
        row = {"name": person.name, "title": person.title, "timezone": str(person.timezone), "retired_at": None}
        new = insert_into(tx, people).values(key=person.key, added_at=now, **row)
        tx.execute(new.on_conflict_do_update(index_elements=["key"], set_=row))
        for account in person.accounts:
            _sync_account(tx, account, now)
    keys = [person.key for person in configured]
    gone = people.c.key.not_in([*keys, KEY]) & people.c.retired_at.is_(None)
    tx.execute(update(people).where(gone).values(retired_at=now))
    _retire(tx, [account.key for person in configured for account in person.accounts], now)
    settle_groups(tx, now)


def _sync_account(tx: Connection, account: Account, now: datetime) -> None:
    place = {"source": account.source, "platform": account.platform, "native_id": account.native_id}
    values = {
        "key": account.key,
        "person_key": account.person_key,
        "official": account.official,
        "interval_s": account.poll_every_s,
        **place,
    }
    known = _known_account(tx, account)
    if known is None:
        tx.execute(insert(accounts).values(**values, state=NEW, state_at=now, added_at=now, due_at=now))
        return
    if known.state == REMOVED:
        values |= {"state": NEW, "state_reason": "", "state_at": now, "due_at": now}
        open_gap(tx, known.id, known.last_success_at or known.added_at, REMOVED, now)
    moved = any(getattr(known, name) != value for name, value in place.items())
    if moved:
        # Another place under an old key: nothing remembered of the old one holds, its past is a first read, and a
        # read of the old one that is under way loses its claim.
        forgotten = dict.fromkeys(("cursor", "etag", "last_modified", "body_hash", "last_success_at"))
        values |= forgotten | {"state": NEW, "state_at": now, "added_at": now, "due_at": now, "failures": 0}
        values |= {"claim_no": known.claim_no + 1, **RELEASED}
        close_gap(tx, known.id, now, filled=False)
    if moved or known.key != account.key:
        _end_incidents(tx, known.key, now)
    tx.execute(update(accounts).where(accounts.c.id == known.id).values(**values))


def _known_account(tx: Connection, account: Account) -> Row[Any] | None:
    """The row of this very place, even if it had another key; else the row of this key."""
    c = accounts.c
    place = (c.source == account.source) & (c.platform == account.platform) & (c.native_id == account.native_id)
    here = tx.execute(select(accounts).where(place)).one_or_none()
    named = tx.execute(select(accounts).where(c.key == account.key)).one_or_none()
    if here is None or named is None or here.id == named.id:
        return here or named
    # The key moved from one place to another: the old one gives it up, and is found by its place if it comes back.
    tx.execute(update(accounts).where(c.id == named.id).values(key=f"{named.key}#{named.id}"))
    return here


def _retire(tx: Connection, kept: Sequence[str], now: datetime) -> None:
    gone = accounts.c.key.not_in([*kept, KEY]) & (accounts.c.state != REMOVED)  # commands do not know the canary
    retired = tx.execute(
        update(accounts)
        .where(gone)
        .values(
            state=REMOVED,
            state_reason="no longer configured",
            state_detail="",
            state_at=now,
            due_at=None,
            claimed_until=None,
            claim_no=accounts.c.claim_no + 1,  # a read that is under way loses its claim
        )
        .returning(accounts.c.id, accounts.c.key)
    ).all()
    for row in retired:
        close_gap(tx, row.id, now, filled=False)
        _end_incidents(tx, row.key, now)


def _end_incidents(tx: Connection, key: str, now: datetime) -> None:
    """What nobody can mend any more is no trouble."""
    for kind in TROUBLES:
        close_incident(tx, kind, key, now)


# --- who is due -----------------------------------------------------------------------------------------------------


def claim_accounts(tx: Connection, now: datetime, *, limit: int, lease_s: float = 120) -> list[ClaimedAccount]:
    """Take accounts that are due, the longest waiting first."""
    _undo_future(tx, now)
    rows = claim(tx, accounts, now, lease_s=lease_s, limit=limit, where=accounts.c.state != REMOVED)
    ids = [row.id for row in rows]
    # What was seen before belongs to another place that the key once had.
    seen = exists().where(sightings.c.account_id == accounts.c.id, sightings.c.last_at >= accounts.c.added_at)
    knowing = select(accounts.c.id).where(accounts.c.id.in_(ids), seen)
    with_posts = set(tx.execute(knowing).scalars())
    return [
        ClaimedAccount(
            id=row.id,
            key=row.key,
            claim_no=row.claim_no,
            read=ReadState(row.etag, row.last_modified, row.body_hash, row.cursor),
            failures=row.failures,
            state=row.state,
            added_at=row.added_at,
            last_success_at=row.last_success_at,
            knows_posts=row.last_success_at is not None and row.id in with_posts,
            interval_s=row.interval_s,
        )
        for row in rows
    ]


def _undo_future(tx: Connection, now: datetime) -> None:
    """Accounts that lie due in the future of a clock that was ahead are due now."""
    c = accounts.c
    here = c.state != REMOVED
    undo_future(tx, accounts, "last_success_at", now, here)
    far = here & (c.due_at > now + LONGEST_WAIT)
    for interval_s in tx.execute(select(c.interval_s).where(far).distinct()).scalars().all():
        too_far = far & (c.interval_s == interval_s) & (c.due_at > now + farthest_read(interval_s))
        tx.execute(update(accounts).where(too_far).values(due_at=now))


def make_due(tx: Connection, keys: Sequence[str], now: datetime) -> None:
    """Have these accounts read at once."""
    wanted = accounts.c.key.in_(keys) & (accounts.c.state != REMOVED)
    tx.execute(update(accounts).where(wanted).values(due_at=now))


def put_back(tx: Connection, claimed: ClaimedAccount, due_at: datetime) -> None:
    """Release an account unread, because its host is busy."""
    keep(tx, accounts, claimed, due_at=due_at, **RELEASED)


def save_failure(
    tx: Connection,
    claimed: ClaimedAccount,
    error: TransportError,
    *,
    state: str,
    state_reason: str,
    now: datetime,
    due_at: datetime,
) -> None:
    """One read failed; if that leaves us blind, a gap opens where we last saw the account. ClaimLostError."""
    keep(
        tx,
        accounts,
        claimed,
        state=state,
        state_reason=state_reason,
        state_detail=str(error),
        state_at=accounts.c.state_at if state == claimed.state else now,
        failures=claimed.failures + 1,
        due_at=min(due_at, now + farthest_read(claimed.interval_s)),
        **RELEASED,
    )
    if state in BLIND:
        open_gap(tx, claimed.id, claimed.last_success_at or claimed.added_at, state_reason, now)


# --- how often a host is asked --------------------------------------------------------------------------------------


def take_host_slot(tx: Connection, host: str, now: datetime, distance_s: float) -> datetime:
    """When this host may be asked: `now` is leave to go ahead, any later instant is when to come back and ask again.

    Nobody else is told the same later instant, so those who wait come back one by one.
    """
    tx.execute(insert_into(tx, hosts).values(host=host).on_conflict_do_nothing(index_elements=["host"]))
    row = tx.execute(select(hosts).where(hosts.c.host == host).with_for_update()).one()
    distance = timedelta(seconds=distance_s)
    free_at = max(
        now,
        _sane(row.next_slot_at, now, distance),
        _sane(row.backoff_until, now, LONGEST_WAIT),
    )
    if free_at <= now:
        tx.execute(update(hosts).where(hosts.c.id == row.id).values(next_slot_at=now + distance))
        return now
    promised = max(free_at, _sane(row.promised_until, free_at, LONGEST_QUEUE))
    tx.execute(update(hosts).where(hosts.c.id == row.id).values(promised_until=promised + distance))
    return promised


def pause_host(tx: Connection, host: str, until: datetime) -> None:
    """Ask this host nothing before that instant."""
    new = insert_into(tx, hosts).values(host=host, backoff_until=until)
    tx.execute(new.on_conflict_do_update(index_elements=["host"], set_={"backoff_until": until}))


def _sane(at: datetime | None, now: datetime, farthest: timedelta) -> datetime:
    return now if at is None or at > now + farthest else at
