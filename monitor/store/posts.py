"""T1: one good read of an account becomes rows, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, insert, select, update

from monitor.failpoints import passing
from monitor.model.people import Account
from monitor.model.posts import Cause, FetchedPost, Page, Payload, ReadState
from monitor.store.claims import RELEASED, farthest_read, keep
from monitor.store.engine import insert_into
from monitor.store.frozen import parts_to_json
from monitor.store.gaps import close_gap, open_gap
from monitor.store.incidents import close_incident, open_incident
from monitor.store.schema import accounts, payloads, posts, revisions, sightings

CHUNK = 500  # ids in one statement; SQLite takes 32,766 variables, older ones 999
NO_OVERLAP = "no_overlap"
NEWEST = 5  # posts of a read of which the next must show one


@dataclass(frozen=True, slots=True)
class ClaimedAccount:
    """An account that a worker may read now."""

    id: int
    key: str
    claim_no: int
    read: ReadState
    failures: int
    state: str
    added_at: datetime
    last_success_at: datetime | None
    knows_posts: bool
    interval_s: float


@dataclass(frozen=True, slots=True)
class Saved:
    """What a read brought: posts that are new, new texts of known posts, posts without news, and doubt."""

    new_posts: int
    new_revisions: int
    known: int
    gap_opened: bool  # posts may have been missed between this read and the last


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored post. Its text follows what its first account shows, for two that differ must not take turns."""

    id: int
    posted_at: datetime
    current_rev: int
    leads: bool
    texts: dict[str, int]  # content hash -> revision number


_Key = tuple[str, str]


def _key(fetched: FetchedPost) -> _Key:
    return fetched.platform, fetched.native_id


def save_page(
    tx: Connection, claimed: ClaimedAccount, account: Account, page: Page, now: datetime, due_at: datetime
) -> Saved:
    """Store posts, edits, sightings, payload, cursor and gap. ClaimLostError if the account is another's by now."""
    keep(
        tx,
        accounts,
        claimed,
        etag=page.state.etag,
        last_modified=page.state.last_modified,
        body_hash=page.state.body_hash,
        cursor=page.state.cursor,
        state="ok",
        state_reason="",
        state_detail="",
        state_at=accounts.c.state_at if claimed.state == "ok" else now,
        failures=0,
        last_success_at=now,
        due_at=min(due_at, now + farthest_read(claimed.interval_s)),
        **RELEASED,
    )
    known = _known_posts(tx, claimed.id, page.posts)
    known |= _known_by_other_ids(tx, claimed.id, [post for post in page.posts if _key(post) not in known])
    overlaps = page.unchanged or _overlaps(tx, claimed.id, page.posts, known, now)
    counts = _save_posts(tx, claimed, account, page, known, now)
    gap_opened = _note_gap(tx, claimed, page, now, overlaps=overlaps)
    passing("C3")
    return Saved(**counts, gap_opened=gap_opened)


# --- posts and their texts ------------------------------------------------------------------------------------------


def _known_posts(tx: Connection, account_id: int, fetched: Sequence[FetchedPost]) -> dict[_Key, _Known]:
    known: dict[_Key, _Known] = {}
    for platform in {post.platform for post in fetched}:
        ids = sorted({post.native_id for post in fetched if post.platform == platform})
        for start in range(0, len(ids), CHUNK):
            wanted = (posts.c.platform == platform) & posts.c.native_id.in_(ids[start : start + CHUNK])
            for row in tx.execute(_texts_of_posts().where(wanted)):
                leads = row.author_account_id == account_id or row.author_state == "removed"
                post = _Known(row.id, row.effective_at, row.current_rev, leads, {})
                known.setdefault((row.platform, row.native_id), post).texts[row.content_hash] = row.no
    return known


def _known_by_other_ids(tx: Connection, account_id: int, strange: Sequence[FetchedPost]) -> dict[_Key, _Known]:
    """Posts whose ids are new but not their address, time and text: the site changed how it makes ids."""
    urls = sorted({post.url for post in strange if post.url})
    shown: dict[tuple[object, ...], _Known] = {}
    for start in range(0, len(urls), CHUNK):
        mine = (posts.c.author_account_id == account_id) & posts.c.url.in_(urls[start : start + CHUNK])
        by_id: dict[int, _Known] = {}
        for row in tx.execute(_texts_of_posts().where(mine)):
            post = by_id.setdefault(row.id, _Known(row.id, row.effective_at, row.current_rev, leads=True, texts={}))
            post.texts[row.content_hash] = row.no
            if row.no == row.current_rev:
                shown.setdefault((row.platform, row.url, row.claimed_at, row.content_hash), post)
    looks = {_key(post): (post.platform, post.url, post.claimed_at, post.content_hash) for post in strange}
    return {key: shown[look] for key, look in looks.items() if look in shown}


def _overlaps(
    tx: Connection, account_id: int, fetched: Sequence[FetchedPost], known: dict[_Key, _Known], now: datetime
) -> bool:
    """Whether nothing can be missing between this page and the one before.

    It is so if this one has nothing new, or shows one of the newest posts of that one. An old post proves nothing: it
    may be pinned.
    """
    if fetched and all(_key(post) in known for post in fetched):
        return True
    c = sightings.c
    before = (c.account_id == account_id) & (c.last_at <= now)
    last_at = select(func.max(c.last_at)).where(before).scalar_subquery()
    posted_at = case((posts.c.claimed_at <= posts.c.first_seen_at, posts.c.claimed_at), else_=posts.c.first_seen_at)
    page = select(posts.c.id).join(sightings, c.post_id == posts.c.id).where(before, c.last_at == last_at)
    ids = tx.execute(page.order_by(posted_at.desc(), posts.c.id)).scalars().all()
    newest = ids[: min(NEWEST, (len(ids) + 1) // 2)]
    return any(post.id in newest for post in known.values())


def _texts_of_posts() -> Select[Any]:
    columns = (
        *(posts.c.id, posts.c.platform, posts.c.native_id, posts.c.current_rev, posts.c.author_account_id),
        *(posts.c.url, posts.c.claimed_at),
        *(revisions.c.no, revisions.c.content_hash, revisions.c.effective_at, accounts.c.state.label("author_state")),
    )
    joined = posts.join(revisions, revisions.c.post_id == posts.c.id)
    joined = joined.join(accounts, accounts.c.id == posts.c.author_account_id)
    return select(*columns).select_from(joined).order_by(posts.c.id, revisions.c.no)


def _save_posts(
    tx: Connection, claimed: ClaimedAccount, account: Account, page: Page, known: dict[_Key, _Known], now: datetime
) -> dict[str, int]:
    counts = {"new_posts": 0, "new_revisions": 0, "known": 0}
    payload_id = _save_payload(tx, claimed.id, page, known)
    shown: set[_Key] = set()
    for fetched in page.posts:
        key = _key(fetched)
        post = known.get(key)
        # Of two texts for one post on one page the first is current; the other is judged, and moves nothing.
        leads = key not in shown
        shown.add(key)
        if post is None:
            known[key] = _add_post(tx, claimed, account, fetched, payload_id, now)
            counts["new_posts"] += 1
        elif fetched.content_hash not in post.texts:
            known[key] = _add_edit(tx, post, fetched, payload_id, now, leads=leads and post.leads)
            counts["new_revisions"] += 1
        else:
            if leads and post.leads:
                _show_text(tx, post, fetched, now)
            counts["known"] += 1
    _save_sightings(tx, claimed.id, sorted({known[key].id for key in shown}), now)
    return counts


def _add_post(
    tx: Connection,
    claimed: ClaimedAccount,
    account: Account,
    fetched: FetchedPost,
    payload_id: int | None,
    now: datetime,
) -> _Known:
    new = insert(posts).values(
        platform=fetched.platform,
        native_id=fetched.native_id,
        author_account_id=claimed.id,
        person_key=account.person_key,
        kind=fetched.kind,
        url=fetched.url,
        claimed_at=fetched.claimed_at,
        time_note=fetched.time_note,
        first_seen_at=now,
        current_rev=1,
    )
    post_id = tx.execute(new.returning(posts.c.id)).scalar_one()
    posted_at = fetched.claimed_at if fetched.claimed_at and fetched.claimed_at <= now else now
    post = _Known(post_id, posted_at, 1, leads=True, texts={})
    _add_revision(tx, post, fetched, Cause.FIRST, payload_id, effective_at=posted_at, now=now)
    return post


def _add_edit(
    tx: Connection, post: _Known, fetched: FetchedPost, payload_id: int | None, now: datetime, *, leads: bool
) -> _Known:
    """A text that this post did not have; it counts from the edit if that instant is believable, else from now."""
    believable = fetched.edited_at is not None and post.posted_at <= fetched.edited_at <= now
    effective_at = fetched.edited_at if believable and fetched.edited_at else now
    no = _add_revision(tx, post, fetched, Cause.EDITED, payload_id, effective_at=effective_at, now=now)
    if leads:
        tx.execute(update(posts).where(posts.c.id == post.id).values(current_rev=no))
    return _Known(post.id, post.posted_at, no if leads else post.current_rev, post.leads, post.texts)


def _add_revision(
    tx: Connection,
    post: _Known,
    fetched: FetchedPost,
    cause: Cause,
    payload_id: int | None,
    *,
    effective_at: datetime,
    now: datetime,
) -> int:
    no = len(post.texts) + 1
    post.texts[fetched.content_hash] = no
    new = insert(revisions).values(
        post_id=post.id,
        no=no,
        native_rev=fetched.native_rev,
        cause=cause,
        content_hash=fetched.content_hash,
        parts=parts_to_json(fetched.parts),
        effective_at=effective_at,
        seen_at=now,
        payload_id=payload_id,
        state="pending",
        due_at=now,
    )
    tx.execute(new)
    return no


def _show_text(tx: Connection, post: _Known, fetched: FetchedPost, now: datetime) -> None:
    """A post that went back to an earlier text: the pointer moves, and that text is judged again."""
    no = post.texts[fetched.content_hash]
    if no == post.current_rev:
        return
    tx.execute(update(posts).where(posts.c.id == post.id).values(current_rev=no))
    again = update(revisions).where(revisions.c.post_id == post.id, revisions.c.no == no)
    parts = parts_to_json(fetched.parts)  # retention may have blanked them
    tx.execute(again.values(state="pending", again=False, due_at=now, parts=parts, **RELEASED))


# --- what goes with them --------------------------------------------------------------------------------------------


def _save_payload(tx: Connection, account_id: int, page: Page, known: dict[_Key, _Known]) -> int | None:
    """The answer as received, if it brought anything new."""
    new = any(
        (post := known.get(_key(fetched))) is None or fetched.content_hash not in post.texts for fetched in page.posts
    )
    return _insert_payload(tx, account_id, page.payload) if new and page.payload else None


def _insert_payload(tx: Connection, account_id: int, payload: Payload) -> int:
    row = {
        "account_id": account_id,
        "sha256": payload.sha256,
        "url": payload.url,
        "status": payload.status,
        "headers": dict(payload.headers),
        "fetched_at": payload.fetched_at,
        "body": payload.body,
    }
    once = insert_into(tx, payloads).values(**row).on_conflict_do_nothing(index_elements=["account_id", "sha256"])
    tx.execute(once)
    mine = (payloads.c.account_id == account_id) & (payloads.c.sha256 == payload.sha256)
    return int(tx.execute(select(payloads.c.id).where(mine)).scalar_one())


def _save_sightings(tx: Connection, account_id: int, post_ids: Sequence[int], now: datetime) -> None:
    if not post_ids:
        return
    new = insert_into(tx, sightings)
    seen = new.on_conflict_do_update(index_elements=["post_id", "account_id"], set_={"last_at": now})
    rows = [{"post_id": post_id, "account_id": account_id, "first_at": now, "last_at": now} for post_id in post_ids]
    tx.execute(seen, rows)


def _note_gap(tx: Connection, claimed: ClaimedAccount, page: Page, now: datetime, *, overlaps: bool) -> bool:
    """Whether posts may be missing between the last good read and this one; then those who run us are told."""
    was_blind = close_gap(tx, claimed.id, now, filled=overlaps)
    if overlaps:
        close_incident(tx, "gap", claimed.key, now)
        return False
    last_at = claimed.last_success_at
    if not page.posts or last_at is None or not claimed.knows_posts:
        return False
    if not was_blind:
        open_gap(tx, claimed.id, last_at, NO_OVERLAP, now)
        close_gap(tx, claimed.id, now, filled=False)
    detail = {
        "account": claimed.key,
        "from": last_at.isoformat(timespec="seconds"),
        "to": now.isoformat(timespec="seconds"),
    }
    open_incident(tx, "gap", claimed.key, detail, now)
    return True
