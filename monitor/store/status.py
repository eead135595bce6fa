"""How we stand: numbers for `status`, health and metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, Connection, Table, false, func, select
from sqlalchemy.sql.elements import ColumnElement

from monitor.model.canary import KEY
from monitor.model.messages import AlertState, DeliveryState, ReceiverState
from monitor.store.accounts import REMOVED
from monitor.store.claims import SLACK
from monitor.store.schema import accounts, alerts, deliveries, incidents, posts, receivers, revisions

PATIENCE_INTERVALS: Final = 3
PATIENCE_AT_LEAST: Final = timedelta(minutes=10)
NOTHING: Final = false()


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by state, and since when the oldest of them should have been worked on."""

    accounts: Mapping[str, int]
    revisions: Mapping[str, int]
    alerts: Mapping[str, int]
    deliveries: Mapping[str, int]
    receivers: Mapping[str, int]
    open_incidents: int
    oldest_pending_at: datetime | None  # when the text that waits longest became due
    oldest_waiting_at: datetime | None  # the same of messages to receivers that work
    oldest_due_account_at: datetime | None  # the same of accounts; ahead of now if all were read in time
    last_success_at: datetime | None  # of any account
    unread: tuple[str, ...]  # accounts without a good read for too long, whatever their state says


@dataclass(frozen=True, slots=True)
class Standing:
    """How single accounts, receivers and kinds of work stand, as graphs show them."""

    last_reads: Mapping[str, datetime | None]  # by account
    receivers: Mapping[str, str]  # state by receiver
    deliveries: Mapping[tuple[str, str], int]  # by receiver and state
    open_alerts: Mapping[str, int]  # by severity
    open_incidents: Mapping[str, int]  # by kind


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """How reading one account goes."""

    key: str
    person_key: str
    state: str
    reason: str
    detail: str
    failures: int
    last_success_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One trouble that is not over."""

    number: int
    kind: str
    subject: str
    opened_at: datetime
    detail: Mapping[str, str]


def counts(tx: Connection, now: datetime) -> Counts:
    """The numbers as they are now."""
    pending = select(func.min(revisions.c.due_at)).where(revisions.c.state == "pending")
    # A receiver that fails is a problem of its own, and its messages wait for it.
    working = receivers.c.state == ReceiverState.OK
    waiting = (
        select(func.min(deliveries.c.due_at))
        .join(receivers, receivers.c.key == deliveries.c.receiver_key)
        .where(deliveries.c.state == DeliveryState.WAITING, working)
    )
    configured = (accounts.c.state != REMOVED) & (accounts.c.key != KEY)
    ours = select(posts.c.id).where(posts.c.platform == KEY)
    still_open = select(func.count()).select_from(incidents).where(incidents.c.closed_at.is_(None))
    return Counts(
        accounts=_by_state(tx, accounts, accounts.c.key == KEY),
        revisions=_by_state(tx, revisions, revisions.c.post_id.in_(ours)),
        alerts=_by_state(tx, alerts),
        deliveries=_by_state(tx, deliveries, deliveries.c.receiver_key == KEY),
        receivers=_by_state(tx, receivers, receivers.c.key == KEY),
        open_incidents=tx.execute(still_open).scalar_one(),
        oldest_pending_at=tx.execute(pending).scalar_one(),
        oldest_waiting_at=tx.execute(waiting).scalar_one(),
        oldest_due_account_at=tx.execute(select(func.min(accounts.c.due_at)).where(configured)).scalar_one(),
        last_success_at=tx.execute(
            select(func.max(accounts.c.last_success_at)).where(accounts.c.key != KEY)
        ).scalar_one(),
        unread=_unread(tx, now),
    )


def _unread(tx: Connection, now: datetime) -> tuple[str, ...]:
    c = accounts.c
    read_at = func.coalesce(c.last_success_at, c.added_at)
    perhaps = (read_at < now - PATIENCE_AT_LEAST) | (read_at > now + SLACK)
    wanted = select(c.key, c.interval_s, read_at).where(c.state != REMOVED, c.key != KEY, perhaps)
    rows = tx.execute(wanted.order_by(c.key)).all()
    return tuple(key for key, interval_s, at in rows if not _is_fresh(at, interval_s, now))


def _is_fresh(read_at: datetime, interval_s: float, now: datetime) -> bool:
    """Not too long ago; nor in the future, where a clock that was ahead has put it."""
    patience = max(PATIENCE_INTERVALS * timedelta(seconds=interval_s), PATIENCE_AT_LEAST)
    return -SLACK <= now - read_at <= patience


def _by_state(tx: Connection, table: Table, canary: ColumnElement[bool] = NOTHING) -> dict[str, int]:
    """How many rows are in each state, but for those of the canary."""
    counted = select(table.c.state, func.count()).group_by(table.c.state).order_by(table.c.state)
    theirs = {} if canary is NOTHING else dict[str, int](map(tuple, tx.execute(counted.where(canary))))
    left = ((state, number - theirs.get(state, 0)) for state, number in tx.execute(counted))
    return {state: number for state, number in left if number}


def standing(tx: Connection) -> Standing:
    """The same in detail, as it is now."""
    a, r, d = accounts.c, receivers.c, deliveries.c
    reads = tx.execute(select(a.key, a.last_success_at).where(a.state != REMOVED, a.key != KEY).order_by(a.key))
    states = tx.execute(select(r.key, r.state).where(r.state != ReceiverState.REMOVED, r.key != KEY).order_by(r.key))
    told = select(d.receiver_key, d.state, func.count()).where(d.receiver_key != KEY)
    by_receiver = told.group_by(d.receiver_key, d.state)
    return Standing(
        last_reads={key: at for key, at in reads},  # noqa: C416 - a row is no pair to the type checker
        receivers={key: state for key, state in states},  # noqa: C416
        deliveries={(key, state): number for key, state, number in tx.execute(by_receiver)},
        open_alerts=_open_by(tx, alerts.c.severity, alerts.c.state != AlertState.REVIEWED),
        open_incidents=_open_by(tx, incidents.c.kind, incidents.c.closed_at.is_(None)),
    )


def _open_by(tx: Connection, column: Column[str], is_open: ColumnElement[bool]) -> dict[str, int]:
    rows = tx.execute(select(column, func.count()).where(is_open).group_by(column).order_by(column))
    return {name: number for name, number in rows}  # noqa: C416


def account_list(tx: Connection) -> list[AccountStatus]:
    """Every configured account, by key."""
    c = accounts.c
    columns = (c.key, c.person_key, c.state, c.state_reason, c.state_detail, c.failures, c.last_success_at, c.due_at)
    rows = tx.execute(select(*columns).where(c.state != REMOVED, c.key != KEY).order_by(c.key))
    return [AccountStatus(*row) for row in rows]


def open_incidents(tx: Connection) -> list[OpenIncident]:
    """What troubles us now, the oldest first."""
    c = incidents.c
    rows = tx.execute(
        select(c.id, c.kind, c.subject, c.opened_at, c.detail).where(c.closed_at.is_(None)).order_by(c.id)
    )
    return [OpenIncident(*row) for row in rows]
