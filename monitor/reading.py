"""Stage 1 of the path: an account that is due becomes revisions that are pending, in one transaction (T1)."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from logging import DEBUG, INFO
from typing import Final

from sqlalchemy import Connection

from monitor.errors import OUR_OWN, Failure, FetchError, TransportError
from monitor.failpoints import passing
from monitor.fetch import pacing, rank_of, shortest_s, source_of
from monitor.model.canary import KEY
from monitor.model.people import Account
from monitor.model.posts import Page
from monitor.pace import Pace, next_lift, pace
from monitor.runtime import Runtime, World
from monitor.sessions import read_signed_in
from monitor.store import accounts, blindness, hosts, incidents
from monitor.store.accounts import CalmRead, ClaimedAccount, Saved
from monitor.telemetry import log_event, log_fault, log_trouble
from monitor.workers import give_back, hand_over

ACCOUNTS_A_TICK: Final = 64
STRANGER_WAITS: Final = timedelta(seconds=5)


def fetch_due(world: World, runtime: Runtime, pool: Executor, *, room: int = ACCOUNTS_A_TICK) -> list[Future[None]]:
    """Read accounts that are due and whose hosts may be asked, as many at once as there is room for."""
    give_back(world)
    ready: list[ClaimedAccount] = []
    with world.store.write() as tx:
        while len(ready) < room:
            due = accounts.claim_accounts(tx, world.clock.now(), limit=room - len(ready))
            if not due:
                break
            ready += _whose_turn_it_is(tx, world, runtime, due)
    return [hand_over(world, pool, f"read {claimed.key}", fetch_one, runtime, claimed) for claimed in ready]


def _whose_turn_it_is(
    tx: Connection, world: World, runtime: Runtime, due: Sequence[ClaimedAccount]
) -> list[ClaimedAccount]:
    """Those whose hosts may be asked now; the others are due again when it is their turn."""
    now = world.clock.now()
    # Another process knows the others, or the next sync_people retires them.
    known = [claimed for claimed in due if claimed.key in runtime.read_accounts]
    asked = [runtime.read_accounts[claimed.key].host for claimed in known]
    slots = hosts.take_slots(tx, asked, now, runtime.settings.fetch.host_distance_s)
    turns = dict(zip(known, slots, strict=True))
    waits = [(claimed, turns.get(claimed, now + STRANGER_WAITS)) for claimed in due]
    accounts.put_back(tx, [(claimed, until) for claimed, until in waits if until > now])
    return [claimed for claimed, until in waits if until <= now]


def fetch_one(world: World, runtime: Runtime, claimed: ClaimedAccount) -> None:
    """One read of one account: its new posts and edits are stored, or its trouble is."""
    account = runtime.read_accounts[claimed.key]
    try:
        passing("C1")
        page = _read(world, runtime, account, claimed)
    except TransportError as error:
        _save_trouble(world, account, claimed, error)
    except OUR_OWN:
        raise  # the account is not to blame
    except Exception as error:  # noqa: BLE001 - what strangers send can fail anywhere, and must be seen to fail
        log_fault("read_failed", error, account=account.key)
        _save_trouble(world, account, claimed, FetchError(Failure.FAULT, type(error).__name__))
    else:
        passing("C2")
        _save_page(world, runtime, account, claimed, page)


def _read(world: World, runtime: Runtime, account: Account, claimed: ClaimedAccount) -> Page:
    def ask(signed_in: Account) -> Page:
        return source_of(account).page(signed_in, claimed.read, world.client, world.clock.now())

    page = read_signed_in(world.store, runtime.settings, world.clock, account, ask)
    if claimed.knows_posts and not page.unchanged and not page.posts:
        raise FetchError(Failure.SUSPECT_EMPTY, "an empty list from an account that had posts")
    return page


def _save_page(world: World, runtime: Runtime, account: Account, claimed: ClaimedAccount, page: Page) -> None:
    now = world.clock.now()
    following = pacing.next_read(
        interval_s=pace_of(world, runtime, account).every_s,
        failures=0,
        error=None,
        page_wish_s=page.next_read_after_s,
        now=now,
        jitter=world.draw(),
    )
    if page.unchanged and claimed.calm:
        world.calm_reads.add(CalmRead(claimed, page.state, following.due_at))
        _note_read(world, account, Saved(), page)
        return
    with world.store.write() as tx:
        saved = _store(tx, account, claimed, page, now, following.due_at)
    _note_read(world, account, saved, page)


def take_in(world: World, account: Account, page: Page) -> Saved:
    """Store what was sent to us for an account as a read of it would be. StoreError; NotFoundError without a row."""
    now = world.clock.now()
    with world.store.write() as tx:
        claimed = accounts.take_account(tx, account.key, now)
        saved = _store(tx, account, claimed, page, now, now + timedelta(seconds=account.poll_every_s))
    _note_read(world, account, saved, page)
    return saved


def _store(
    tx: Connection, account: Account, claimed: ClaimedAccount, page: Page, now: datetime, due_at: datetime
) -> Saved:
    saved = accounts.save_page(tx, claimed, account, page, now, due_at, rank=rank_of(account))
    was_blind = claimed.state in blindness.BLIND
    blindness.note_sight(tx, account.key, account.platform, now, was_blind=was_blind)
    if page.broken:
        detail = {"account": account.key, "entries": str(len(page.broken))}
        incidents.open_incident(tx, "entries_unreadable", account.key, detail, now)
    elif not page.unchanged:
        incidents.close_incident(tx, "entries_unreadable", account.key, now)
    return saved


def _note_read(world: World, account: Account, saved: Saved, page: Page) -> None:
    if account.key != KEY:
        world.metrics.fetched(unchanged=page.unchanged, posts=saved.new_posts, edits=saved.new_revisions)
    notes = " ".join(page.notes) or None
    level = DEBUG if page.unchanged else INFO
    log_event(
        "fetched", level=level, account=account.key, new=saved.new_posts, revisions=saved.new_revisions, notes=notes
    )


def _save_trouble(world: World, account: Account, claimed: ClaimedAccount, error: TransportError) -> None:
    now = world.clock.now()
    failures = claimed.failures + 1
    following = pacing.next_read(
        interval_s=account.poll_every_s,
        failures=failures,
        error=error,
        page_wish_s=None,
        now=now,
        jitter=world.draw(),
    )
    last_good_at = claimed.last_success_at or claimed.added_at
    state, reason = pacing.account_state(error, failures, last_good_at, account.poll_every_s, now)
    with world.store.write() as tx:
        accounts.save_failure(tx, claimed, error, state=state, state_reason=reason, now=now, due_at=following.due_at)
        if following.host_pause_until is not None:
            hosts.pause_host(tx, account.host, following.host_pause_until)
        if state in blindness.BLIND:
            blindness.note_blind(tx, account.key, now)
    if account.key != KEY:
        world.metrics.fetch_failed(error.failure)
    log_trouble("fetch_failed", account=account.key, failure=error.failure, status=error.status, failures=failures)


def pace_of(world: World, runtime: Runtime, account: Account) -> Pace:
    """How often this account is read now, and why."""
    if not runtime.settings.fetch.adapt or account.key == KEY:
        return Pace(account.poll_every_s, "interval")
    now = world.clock.now()
    floor_s = max(runtime.host_floors.get(account.host, 0.0), shortest_s(account))
    lift_at = next_lift(runtime.lifts.get(account.person_key, ()), now)
    return pace(account.poll_every_s, floor_s, world.hours.get(account.person_key), lift_at, now)
