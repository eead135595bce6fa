"""Accounts that cannot be read: an incident each, or one for many that fail for the same cause on one platform."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from monitor.incident import IncidentKind
from monitor.model.profiles import profile_url
from monitor.store.incidents import GROUP, close_incident, open_incident
from monitor.store.schema import accounts, incidents, people

BLIND: Final = frozenset({"blocked", "stale"})  # states of accounts that we cannot see
MANY: Final = 3  # accounts, from which on one incident speaks for all
NAMED: Final = 20  # in one message
OVERDUE: Final = "overdue"  # the cause when nobody noticed a failure


def note_blind(tx: Connection, key: str, now: datetime) -> None:
    """This account cannot be read: tell of it, or count it to those that cannot be read for the same cause."""
    row = tx.execute(_accounts().where(accounts.c.key == key)).one()
    alike = (accounts.c.platform == row.platform) & (accounts.c.state_reason == row.state_reason)
    together = tx.execute(_accounts().where(alike, accounts.c.state.in_(BLIND))).all()
    _tell(tx, IncidentKind.ACCOUNT_UNREADABLE, [row], together, row.state_reason, now)
    _end_groups(tx, row.platform, now)


def note_sight(tx: Connection, key: str, platform: str, now: datetime, *, was_blind: bool) -> None:
    """This account can be read; with the last of those that could not, their common incident is over."""
    for kind in (IncidentKind.ACCOUNT_UNREADABLE, IncidentKind.ACCOUNT_OVERDUE):
        close_incident(tx, kind, key, now)
    if was_blind:
        _end_groups(tx, platform, now)


def settle_overdue(tx: Connection, unread: Collection[str], now: datetime) -> None:
    """Accounts that nobody has managed to read, whatever kept us from noticing a failure."""
    rows = tx.execute(_accounts().where(accounts.c.state.not_in([*BLIND, "removed"]))).all() if unread else []
    overdue: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.key in unread:
            overdue[row.platform].append(row)
    for together in overdue.values():
        _tell(tx, IncidentKind.ACCOUNT_OVERDUE, together, together, OVERDUE, now)
    for subject, detail in _open_groups(tx):
        if detail["cause"] == OVERDUE and len(overdue[detail["platform"]]) == 0:
            close_incident(tx, GROUP, subject, now)


def settle_groups(tx: Connection, now: datetime) -> None:
    """After a change of the configuration: what nobody can mend any more is no trouble."""
    for platform in {detail["platform"] for _, detail in _open_groups(tx)}:
        _end_groups(tx, platform, now)


def _tell(
    tx: Connection, kind: str, which: Collection[Row[Any]], together: Collection[Row[Any]], cause: str, now: datetime
) -> None:
    """One incident for all of them, if they are many; else one for each of `which`."""
    subject = f"{next(iter(which)).platform} {cause}"
    is_open = any(subject == known for known, _ in _open_groups(tx))
    if len(together) >= MANY or is_open:
        open_incident(tx, GROUP, subject, _group_detail(together, cause), now)
        return
    for row in which:
        detail = {"account": row.key, "person": row.person_key, "cause": cause, "group": subject}
        open_incident(tx, kind, row.key, detail | {"state": row.state, "watch": _named([row])}, now)


def _group_detail(together: Collection[Row[Any]], cause: str) -> dict[str, str]:
    platform = next(iter(together)).platform
    return {"platform": platform, "cause": cause, "count": str(len(together)), "watch": _named(together)}


def _named(rows: Collection[Row[Any]]) -> str:
    """Who is to be watched by hand, and where."""
    pages: dict[str, list[str]] = {}
    for row in rows:
        pages.setdefault(row.name, []).append(profile_url(row.source, row.native_id))
    told = [f"{name} {' '.join(filter(None, urls))}".rstrip() for name, urls in pages.items()]
    return ", ".join(told[:NAMED]) + (" …" if len(told) > NAMED else "")


def _end_groups(tx: Connection, platform: str, now: datetime) -> None:
    """Count those that are left in each common incident of this platform; without any it is over."""
    for subject, detail in _open_groups(tx):
        if detail["platform"] != platform or detail["cause"] == OVERDUE:
            continue
        alike = (accounts.c.platform == platform) & (accounts.c.state_reason == detail["cause"])
        left = tx.execute(_accounts().where(alike, accounts.c.state.in_(BLIND))).all()
        if left:
            open_incident(tx, GROUP, subject, _group_detail(left, detail["cause"]), now)
        else:
            close_incident(tx, GROUP, subject, now)


def _open_groups(tx: Connection) -> list[tuple[str, dict[str, str]]]:
    wanted = (incidents.c.kind == GROUP) & incidents.c.closed_at.is_(None)
    return [
        (row.subject, row.detail) for row in tx.execute(select(incidents.c.subject, incidents.c.detail).where(wanted))
    ]


def _accounts() -> Any:  # noqa: ANN401 - a select of many columns
    c = accounts.c
    columns = (c.key, c.person_key, c.source, c.platform, c.native_id, c.state, c.state_reason, people.c.name)
    return select(*columns).join(people, people.c.key == c.person_key).order_by(c.key)
