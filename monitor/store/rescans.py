"""What the rules of today say of the texts of yesterday: after a change of rules, judged texts are judged again."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.store.revisions import DONE, PARTIAL, PENDING, QUARANTINED, judge_again, judge_posts_again
from monitor.store.schema import posts, rescans, revisions, rulebooks

REASON: Final = "rules"
OPEN, CLOSED = "open", "closed"
POSTS_A_TURN: Final = 5000  # looked at, so that no turn holds the database for long


def begin_rescan(tx: Connection, rulebook_hash: str, now: datetime) -> None:
    """These rules are in force now: see every text with them. Nothing if they were before, or are the very first."""
    c = rescans.c
    newest = select(c.rulebook_hash).where(c.reason == REASON).order_by(c.id.desc()).limit(1)
    others = select(func.count()).where(rulebooks.c.hash != rulebook_hash)
    if tx.execute(newest).scalar_one_or_none() == rulebook_hash or not tx.execute(others).scalar_one():
        return  # a restart; and texts that kill the process must not be tried again at every one
    tx.execute(update(rescans).where(c.reason == REASON, c.state == OPEN).values(state=CLOSED))
    tx.execute(delete(rescans).where(c.reason == REASON, c.rulebook_hash == rulebook_hash))
    tx.execute(insert(rescans).values(reason=REASON, rulebook_hash=rulebook_hash, cursor=0, state=OPEN))
    for state in (PARTIAL, QUARANTINED):
        judge_again(tx, state, now)  # the new rules may be able to read them


def rescan_some(tx: Connection, rulebook_hash: str, now: datetime, *, limit: int = 100) -> int:
    """Queue some texts that these rules have not judged, unless others wait; answers how many, none at the end.

    Only current texts, and none that retention took. One turn may find none though more are to come.
    """
    c = rescans.c
    mine = (c.reason == REASON) & (c.rulebook_hash == rulebook_hash) & (c.state == OPEN)
    row = tx.execute(select(c.id, c.cursor).where(mine)).one_or_none()
    if row is None or tx.execute(select(revisions.c.id).where(revisions.c.state == PENDING).limit(1)).first():
        return 0
    end = row.cursor + POSTS_A_TURN
    ids = _seen_with_others(tx, rulebook_hash, row.cursor, end, limit)
    last = tx.execute(select(func.coalesce(func.max(posts.c.id), 0))).scalar_one()
    cursor = ids[-1] if len(ids) == limit else end
    state = CLOSED if cursor >= last else OPEN
    tx.execute(update(rescans).where(c.id == row.id).values(cursor=cursor, state=state))
    return judge_posts_again(tx, ids, now)


def _seen_with_others(tx: Connection, rulebook_hash: str, after: int, end: int, limit: int) -> list[int]:
    """Posts whose current text was judged by other rules."""
    current = (revisions.c.post_id == posts.c.id) & (revisions.c.no == posts.c.current_rev)
    judged = revisions.c.state.in_([DONE, PARTIAL]) & (revisions.c.rulebook_hash != rulebook_hash)
    wanted = (
        select(posts.c.id)
        .join(revisions, current)
        .where(posts.c.id > after, posts.c.id <= end, judged, revisions.c.parts != [])
        .order_by(posts.c.id)
        .limit(limit)
    )
    return list(tx.execute(wanted).scalars())
