"""Who is read, and when: accounts are the schedule of fetching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, union_all, update

from monitor.errors import NotFoundError, TransportError
from monitor.model.canary import KEY
from monitor.model.people import Account, Person
from monitor.model.posts import ReadState
from monitor.store import claims
from monitor.store.blindness import BLIND, settle_groups
from monitor.store.claims import LONGEST_WAIT, RELEASED, claim, farthest_read, keep
from monitor.store.engine import insert_into
from monitor.store.gaps import close_gap, open_gap
from monitor.store.incidents import close_incident
from monitor.store.posts import ClaimedAccount, Saved, save_again, save_beside, save_page
from monitor.store.schema import accounts, gaps, incidents, people, sightings

__all__ = [
    "CalmRead",
    "ClaimedAccount",
    "Saved",
    "claim_accounts",
    "hasten",
    "make_due",
    "note_calm",
    "put_back",
    "save_again",
    "save_beside",
    "save_failure",
    "save_page",
    "sync_people",
    "take_account",
    "undo_future",
]


@dataclass(frozen=True, slots=True)
class CalmRead:
    """A read that brought nothing, of an account without any trouble that it would end."""

    claimed: ClaimedAccount
    state: ReadState
    due_at: datetime


NEW, REMOVED = "new", "removed"  # states besides those of fetch.pacing: ok, stale, blocked
SPREAD = 1.2  # by which an interval may be longer for the sake of spreading
TROUBLES = ("account_unreadable", "account_overdue", "entries_unreadable", "gap")


# --- who is configured ----------------------------------------------------------------------------------------------


def sync_people(tx: Connection, configured: Sequence[Person], now: datetime) -> None:
    """Make the rows agree with the configuration: new accounts are due now, missing ones are read no more."""
    _sync_rows_of_people(tx, configured, now)
    wanted = [account for person in configured for account in person.accounts]
    columns = [accounts.c[name] for name in ("key", "state", *_CONFIGURED)]
    rows = {row.key: row for row in tx.execute(select(*columns))}
    places = {(row.source, row.platform, row.native_id) for row in rows.values()}
    strange = [a for a in wanted if a.key not in rows and (a.source, a.platform, a.native_id) not in places]
    if strange:
        tx.execute(
            insert(accounts),
            [{**_configured(a), "state": NEW, "state_at": now, "added_at": now, "due_at": now} for a in strange],
        )
    for account in wanted:
        row = rows.get(account.key)
        as_it_is = row is not None and row.state != REMOVED and _configured(account).items() <= row._asdict().items()
        if not as_it_is and account not in strange:
            _sync_account(tx, account, now)
    _retire(tx, [account.key for account in wanted], now)
    settle_groups(tx, now)


def _sync_rows_of_people(tx: Connection, configured: Sequence[Person], now: datetime) -> None:
    columns = (people.c.key, people.c.name, people.c.title, people.c.timezone, people.c.retired_at)
    rows = {row.key: tuple(row) for row in tx.execute(select(*columns))}
    for person in configured:
        row = {"name": person.name, "title": person.title, "timezone": str(person.timezone), "retired_at": None}
        if rows.get(person.key) != (person.key, *row.values()):
            new = insert_into(tx, people).values(key=person.key, added_at=now, **row)
            tx.execute(new.on_conflict_do_update(index_elements=["key"], set_=row))
    keys = [person.key for person in configured]
    gone = people.c.key.not_in([*keys, KEY]) & people.c.retired_at.is_(None)
    tx.execute(update(people).where(gone).values(retired_at=now))


_PLACE: Final = ("source", "platform", "native_id")
_CONFIGURED: Final = (*_PLACE, "person_key", "official", "interval_s", "after_deletion")


def _configured(account: Account) -> dict[str, Any]:
    """The columns that the configuration decides."""
    return {
        "key": account.key,
        "source": account.source,
        "platform": account.platform,
        "native_id": account.native_id,
        "person_key": account.person_key,
        "official": account.official,
        "interval_s": account.poll_every_s,
        "after_deletion": str(account.after_deletion),
    }


def _sync_account(tx: Connection, account: Account, now: datetime) -> None:
    values = _configured(account)
    known = _known_account(tx, account)
    if known is None:  # its place, or its key, belongs to another that is to move
        tx.execute(insert(accounts).values(**values, state=NEW, state_at=now, added_at=now, due_at=now))
        return
    if known.state == REMOVED:
        values |= {"state": NEW, "state_reason": "", "state_at": now, "due_at": now}
        open_gap(tx, known.id, known.last_success_at or known.added_at, REMOVED, now)
    moved = any(getattr(known, name) != values[name] for name in _PLACE)
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
    return _claimed(tx, claim(tx, accounts, now, lease_s=lease_s, limit=limit, where=accounts.c.state != REMOVED))


def take_account(tx: Connection, key: str, now: datetime, *, lease_s: float = 120) -> ClaimedAccount:
    """Take this account whether or not it is due, from its reader too. NotFoundError if there is none."""
    wanted = (accounts.c.key == key) & (accounts.c.state != REMOVED)
    found = _claimed(tx, claims.take(tx, accounts, now, lease_s=lease_s, where=wanted))
    if not found:
        raise NotFoundError(f"no account {key!r}; `leak-monitor accounts list` shows them")
    return found[0]


def _claimed(tx: Connection, rows: Sequence[Row[Any]]) -> list[ClaimedAccount]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    # What was seen before belongs to another place that the key once had.
    seen = exists().where(sightings.c.account_id == accounts.c.id, sightings.c.last_at >= accounts.c.added_at)
    knowing = select(accounts.c.id).where(accounts.c.id.in_(ids), seen)
    with_posts = set(tx.execute(knowing).scalars())
    troubled = set(tx.execute(_TROUBLED, {"ids": ids}).scalars())
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
            calm=row.state == "ok" and not row.failures and row.id not in troubled,
        )
        for row in rows
    ]


_TROUBLED: Final = union_all(
    select(gaps.c.account_id).where(gaps.c.account_id.in_(bindparam("ids", expanding=True)), gaps.c.to_at.is_(None)),
    select(accounts.c.id)
    .join(incidents, incidents.c.subject == accounts.c.key)
    .where(accounts.c.id.in_(bindparam("ids", expanding=True)), incidents.c.kind.in_(TROUBLES))
    .where(incidents.c.closed_at.is_(None)),
)


def undo_future(tx: Connection, now: datetime) -> None:
    """Accounts that lie due in the future of a clock that was ahead are due now. Reads every account.

    One that was added in that future is watched from now on, or its posts would be older than our watching for hours.
    """
    c = accounts.c
    here = c.state != REMOVED
    ahead = tx.execute(select(c.id).where(c.last_success_at > now + claims.SLACK, here)).scalars().all()
    if ahead:  # or the next read would show none of the posts that were seen last, as if some had been missed
        seen = sightings.c.account_id.in_(ahead) & (sightings.c.last_at > now)
        tx.execute(update(sightings).where(seen).values(last_at=now))
    for written in ("last_success_at", "added_at"):
        claims.undo_future(tx, accounts, written, now, here)
    far = here & (c.due_at > now + LONGEST_WAIT)
    for interval_s in tx.execute(select(c.interval_s).where(far).distinct()).scalars().all():
        too_far = far & (c.interval_s == interval_s) & (c.due_at > now + farthest_read(interval_s))
        tx.execute(update(accounts).where(too_far).values(due_at=now))


def make_due(tx: Connection, keys: Sequence[str], now: datetime) -> None:
    """Have these accounts read at once."""
    wanted = accounts.c.key.in_(keys) & (accounts.c.state != REMOVED)
    tx.execute(update(accounts).where(wanted).values(due_at=now))


def hasten(tx: Connection, intervals_s: Mapping[str, float], now: datetime) -> None:
    """Accounts that are well, by key: those due later than these intervals allow are due now."""
    c = accounts.c
    for every_s in sorted(set(intervals_s.values())):
        keys = [key for key, wanted_s in intervals_s.items() if wanted_s == every_s]
        late = c.due_at > now + SPREAD * timedelta(seconds=every_s)
        tx.execute(update(accounts).where(c.key.in_(keys), c.state == "ok", c.failures == 0, late).values(due_at=now))


def put_back(tx: Connection, released: Sequence[tuple[ClaimedAccount, datetime]]) -> None:
    """Release accounts unread, each until its instant; what has been taken from us since is let be."""
    rows = [{"row": claimed.id, "fence": claimed.claim_no, "due_at": due_at} for claimed, due_at in released]
    if rows:
        tx.execute(_MINE.values(due_at=bindparam("due_at"), **RELEASED), rows)


def note_calm(tx: Connection, reads: Sequence[CalmRead], now: datetime) -> None:
    """Accounts that were well before and have not changed; what has been taken from us since is let be."""
    rows = [
        {
            "row": read.claimed.id,
            "fence": read.claimed.claim_no,
            "etag": read.state.etag,
            "last_modified": read.state.last_modified,
            "body_hash": read.state.body_hash,
            "cursor": read.state.cursor,
            "last_success_at": now,
            "due_at": min(read.due_at, now + farthest_read(read.claimed.interval_s)),
        }
        for read in reads
    ]
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0].keys() - {"row", "fence"}}
    tx.execute(_MINE.values(**values, **RELEASED), rows)


_MINE: Final = update(accounts).where(accounts.c.id == bindparam("row"), accounts.c.claim_no == bindparam("fence"))


def _ask_others_anew(tx: Connection, blind_id: int, now: datetime) -> None:
    """Other accounts of the same person there are read whole, now: what they show counts for more from here on.

    A read of them that is under way is lost, for it was begun before.
    """
    blind, c = accounts.alias("blind"), accounts.c
    same = (blind.c.platform == c.platform) & (blind.c.person_key == c.person_key) & (c.id != blind_id)
    others = exists().where(blind.c.id == blind_id, same) & (c.state != REMOVED)
    anew = {"etag": None, "last_modified": None, "body_hash": None, "due_at": now, "claim_no": c.claim_no + 1}
    tx.execute(update(accounts).where(others).values(**anew, **RELEASED))


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
    if state in BLIND and claimed.state not in BLIND:
        _ask_others_anew(tx, claimed.id, now)
    if state in BLIND:
        open_gap(tx, claimed.id, claimed.last_success_at or claimed.added_at, state_reason, now)
