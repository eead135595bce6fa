"""Flagged posts that are looked at again, until they are gone, judged harmless, or old."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select, update

from monitor.model.messages import AlertState, Verdict
from monitor.store import claims
from monitor.store.claims import RELEASED
from monitor.store.schema import accounts, alerts, posts, revisions

MAY_STAND = (Verdict.AUTHORISED, Verdict.PUBLIC, Verdict.FALSE_POSITIVE)
SUSPECTED = "suspected"  # one answer said that it is gone


@dataclass(frozen=True, slots=True)
class FollowedPost:
    """A flagged post that a worker may ask for now; `suspected` if the last answer was that it is gone."""

    table: ClassVar[Table] = posts
    id: int
    claim_no: int
    native_id: str
    url: str | None
    account_id: int
    account_key: str
    revision_id: int
    suspected: bool
    flagged_at: datetime


def follow(tx: Connection, post_id: int, due_at: datetime) -> None:
    """Look at this post again from then on; sooner if it was to be later."""
    c = posts.c
    later = c.due_at.is_(None) | (c.due_at > due_at)
    tx.execute(update(posts).where(c.id == post_id, c.gone_at.is_(None), later).values(due_at=due_at))


def look_for_missing(
    tx: Connection, account_id: int, shown: Collection[int], oldest_at: datetime | None, now: datetime
) -> None:
    """Flagged posts of this account that a page should show and does not are asked for at once."""
    if oldest_at is None:
        return
    c = posts.c
    mine = (c.author_account_id == account_id) & (c.due_at > now) & (c.claimed_at > oldest_at)
    tx.execute(update(posts).where(mine, c.id.not_in(shown), c.gone_at.is_(None)).values(due_at=now))


def claim_follows(tx: Connection, now: datetime, *, limit: int, lease_s: float = 120) -> list[FollowedPost]:
    """Take flagged posts that are due, the longest waiting first. Those whose alerts may all stand are let go."""
    taken = claims.claim(tx, posts, now, lease_s=lease_s, limit=limit, where=_can_be_asked())
    if not taken:
        return []
    flagged = (
        select(alerts.c.post_id, func.min(alerts.c.opened_at).label("at")).where(_matters()).group_by(alerts.c.post_id)
    )
    since = {row.post_id: row.at for row in tx.execute(flagged.where(alerts.c.post_id.in_([row.id for row in taken])))}
    for row in taken:
        if row.id not in since:
            tx.execute(update(posts).where(posts.c.id == row.id).values(due_at=None, **RELEASED))
    kept = [row for row in taken if row.id in since]
    current = (revisions.c.post_id == posts.c.id) & (revisions.c.no == posts.c.current_rev)
    keys = select(posts.c.id, accounts.c.key, revisions.c.id.label("revision_id")).join(
        accounts, accounts.c.id == posts.c.author_account_id
    )
    found = {row.id: row for row in tx.execute(keys.join(revisions, current).where(posts.c.id.in_(since)))}
    return [
        FollowedPost(
            id=row.id,
            claim_no=row.claim_no,
            native_id=row.native_id,
            url=row.url,
            account_id=row.author_account_id,
            account_key=found[row.id].key,
            revision_id=found[row.id].revision_id,
            suspected=row.gone_why == SUSPECTED,
            flagged_at=since[row.id],
        )
        for row in kept
    ]


def look_later(tx: Connection, post: FollowedPost, due_at: datetime | None, *, suspected: bool = False) -> None:
    """It was looked at; the next look, None for never again. ClaimLostError."""
    values = {"due_at": due_at, "gone_why": SUSPECTED if suspected else None}
    claims.keep(tx, posts, post, **values, **RELEASED)


def save_gone(tx: Connection, post: FollowedPost, why: str, now: datetime) -> None:
    """It is gone. ClaimLostError."""
    claims.keep(tx, posts, post, gone_at=now, gone_why=why, due_at=None, **RELEASED)


def came_back(tx: Connection, post_ids: Collection[int], now: datetime) -> None:
    """Posts that a list shows are there, whatever was thought before; flagged ones are followed again."""
    c = posts.c
    back = c.id.in_(post_ids) & c.gone_at.is_not(None)
    tx.execute(update(posts).where(back).values(gone_at=None, gone_why=None, due_at=now))


def _matters() -> ColumnElement[bool]:
    """Alerts that are open, or were judged to be a leak or unsure."""
    return (alerts.c.state != AlertState.REVIEWED) | alerts.c.verdict.not_in(MAY_STAND)


def _can_be_asked() -> ColumnElement[bool]:
    there = exists().where(accounts.c.id == posts.c.author_account_id, accounts.c.state != "removed")
    return posts.c.gone_at.is_(None) & there
