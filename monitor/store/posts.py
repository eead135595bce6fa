"""T1: one good read of an account becomes rows, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, case, func, insert, literal, select, update

from monitor.failpoints import passing
from monitor.model.people import Account
from monitor.model.posts import Cause, FetchedPost, Page, Payload, ReadState
from monitor.store import follows
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
    calm: bool  # a good read would end no trouble of it, for there is none


@dataclass(frozen=True, slots=True)
class Saved:
    """What a read brought: posts that are new, new texts of known posts, posts without news, and doubt."""

    new_posts: int = 0
    new_revisions: int = 0
    known: int = 0
    gap_opened: bool = False  # posts may have been missed between this read and the last


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored post. Its text follows what its first account shows, for two that differ must not take turns."""

    id: int
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
    joins = page.joined or _overlaps(tx, claimed.id, page.posts, known, now)
    overlaps = page.unchanged or (joins and not page.cut)
    counts = _save_posts(tx, claimed.id, account, page, known, now)
    gap_opened = _note_gap(tx, claimed, page, now, overlaps=overlaps)
    _look_for_flagged(tx, claimed.id, page, known, now)
    passing("C3")
    return Saved(**counts, gap_opened=gap_opened)


def save_again(tx: Connection, account_id: int, account: Account, fetched: FetchedPost, now: datetime) -> None:
    """A known post that was asked for singly: its edit, if it has one; the account's cursor stays where it is."""
    known = _known_posts(tx, account_id, [fetched])
    if known:
        _save_posts(tx, account_id, account, Page(ReadState(), (fetched,)), known, now)


# --- posts and their texts ------------------------------------------------------------------------------------------


def _known_posts(tx: Connection, account_id: int, fetched: Sequence[FetchedPost]) -> dict[_Key, _Known]:
    known: dict[_Key, _Known] = {}
    for platform in {post.platform for post in fetched}:
        ids = sorted({post.native_id for post in fetched if post.platform == platform})
        for start in range(0, len(ids), CHUNK):
            wanted = (posts.c.platform == platform) & posts.c.native_id.in_(ids[start : start + CHUNK])
            for number, native_id, current, author, state, no, content_hash in tx.execute(_TEXTS.where(wanted)):
                leads = author == account_id or state == "removed"
                post = known.setdefault((platform, native_id), _Known(number, current, leads, {}))
                post.texts[content_hash] = no
    return known


def _known_by_other_ids(tx: Connection, account_id: int, strange: Sequence[FetchedPost]) -> dict[_Key, _Known]:
    """Posts whose ids are new but not their address, time and text: the site changed how it makes ids."""
    urls = sorted({post.url for post in strange if post.url})
    shown: dict[tuple[object, ...], _Known] = {}
    looking = _TEXTS.add_columns(posts.c.platform, posts.c.url, posts.c.claimed_at)
    for start in range(0, len(urls), CHUNK):
        mine = (posts.c.author_account_id == account_id) & posts.c.url.in_(urls[start : start + CHUNK])
        by_id: dict[int, _Known] = {}
        for row in tx.execute(looking.where(mine)):
            post = by_id.setdefault(row.id, _Known(row.id, row.current_rev, leads=True, texts={}))
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


_TEXTS: Final = (
    select(
        *(posts.c.id, posts.c.native_id, posts.c.current_rev, posts.c.author_account_id),
        *(accounts.c.state, revisions.c.no, revisions.c.content_hash),
    )
    .select_from(
        posts.join(revisions, revisions.c.post_id == posts.c.id).join(
            accounts, accounts.c.id == posts.c.author_account_id
        )
    )
    .order_by(posts.c.id, revisions.c.no)
)


def _save_posts(
    tx: Connection, account_id: int, account: Account, page: Page, known: dict[_Key, _Known], now: datetime
) -> dict[str, int]:
    counts = {"new_posts": 0, "new_revisions": 0, "known": 0}
    payload_ids = _save_payloads(tx, account_id, page, known)
    known |= _add_posts(tx, account_id, account, [post for post in page.posts if _key(post) not in known], now)
    texts: list[dict[str, Any]] = []
    shown: set[_Key] = set()
    for fetched in page.posts:
        key = _key(fetched)
        post = known[key]
        # Of two texts for one post on one page the first is current; the other is judged, and moves nothing.
        leads = key not in shown and post.leads
        shown.add(key)
        if fetched.content_hash in post.texts:
            if leads:
                _show_text(tx, post, fetched, now)
            if fetched.completes:
                _complete(tx, post, fetched, now)
            counts["known"] += 1
            continue
        counts["new_revisions" if post.texts else "new_posts"] += 1
        text = _new_text(tx, post, fetched, now)
        texts.append(
            text | {"seen_at": now, "payload_id": payload_ids.get(fetched.evidence), "state": "pending", "due_at": now}
        )
        if leads and text["no"] != post.current_rev:
            tx.execute(update(posts).where(posts.c.id == post.id).values(current_rev=text["no"]))
    if texts:
        # Lists show the newest first, but a story is judged and told from its beginning.
        tx.execute(insert(revisions), sorted(texts, key=lambda text: text["effective_at"]))
    _save_sightings(tx, account_id, sorted({known[key].id for key in shown}), now)
    return counts


def _add_posts(
    tx: Connection, account_id: int, account: Account, fetched: Sequence[FetchedPost], now: datetime
) -> dict[_Key, _Known]:
    """Rows of posts that were never seen; their texts come next."""
    new: dict[_Key, FetchedPost] = {}
    for post in fetched:
        new.setdefault(_key(post), post)
    if not new:
        return {}
    rows = [
        {
            "platform": post.platform,
            "native_id": post.native_id,
            "author_account_id": account_id,
            "person_key": account.person_key,
            "kind": post.kind,
            "url": post.url,
            "claimed_at": post.claimed_at,
            "time_note": post.time_note,
            "first_seen_at": now,
            "current_rev": 1,
        }
        for post in new.values()
    ]
    last = tx.execute(select(func.max(posts.c.id))).scalar_one() or 0
    # The ids are asked for afterwards: SQLite gives them back row by row only, which takes three times as long.
    tx.execute(insert(posts), rows)
    mine = (posts.c.id > last) & (posts.c.author_account_id == account_id)
    added = tx.execute(select(posts.c.platform, posts.c.native_id, posts.c.id).where(mine)).all()
    return {(platform, native_id): _Known(number, 1, True, {}) for platform, native_id, number in added}


def _new_text(tx: Connection, post: _Known, fetched: FetchedPost, now: datetime) -> dict[str, Any]:
    """A text that this post did not have; an edit counts from its instant if that is believable, else from now."""
    cause, effective_at = Cause.FIRST, min(fetched.claimed_at or now, now)
    if post.texts:
        first = (revisions.c.post_id == post.id) & (revisions.c.no == 1)
        posted_at = tx.execute(select(revisions.c.effective_at).where(first)).scalar() or effective_at
        believable = fetched.edited_at is not None and posted_at <= fetched.edited_at <= now
        cause, effective_at = Cause.EDITED, fetched.edited_at if believable and fetched.edited_at else now
    no = post.texts[fetched.content_hash] = len(post.texts) + 1
    return {
        "post_id": post.id,
        "no": no,
        "native_rev": fetched.native_rev,
        "cause": cause,
        "content_hash": fetched.content_hash,
        "parts": parts_to_json(fetched.parts),
        "effective_at": effective_at,
    }


def _show_text(tx: Connection, post: _Known, fetched: FetchedPost, now: datetime) -> None:
    """A post that went back to an earlier text: the pointer moves, and that text is judged again."""
    no = post.texts[fetched.content_hash]
    if no == post.current_rev:
        return
    tx.execute(update(posts).where(posts.c.id == post.id).values(current_rev=no))
    again = update(revisions).where(revisions.c.post_id == post.id, revisions.c.no == no)
    parts = parts_to_json(fetched.parts)  # retention may have blanked them
    tx.execute(again.values(state="pending", again=False, due_at=now, parts=parts, **RELEASED))


def _complete(tx: Connection, post: _Known, fetched: FetchedPost, now: datetime) -> None:
    """A version that was stored without all of its parts has them now, and is judged again."""
    parts = parts_to_json(fetched.parts)
    this = (revisions.c.post_id == post.id) & (revisions.c.content_hash == fetched.content_hash)
    if tx.execute(select(revisions.c.parts).where(this)).scalar_one() != parts:
        whole = {"parts": parts, "cause": Cause.COMPLETED, "state": "pending", "again": False, "due_at": now}
        tx.execute(update(revisions).where(this).values(**whole, **RELEASED))


def _look_for_flagged(tx: Connection, account_id: int, page: Page, known: dict[_Key, _Known], now: datetime) -> None:
    """Flagged posts that this page should show and does not are asked for; those that it shows are there."""
    if not page.posts:
        return
    shown = sorted({known[_key(fetched)].id for fetched in page.posts if _key(fetched) in known})
    instants = sorted(fetched.claimed_at for fetched in page.posts if fetched.claimed_at)
    # Some that stand on top may be pinned, however old they are: what is older than most says nothing.
    follows.look_for_missing(tx, account_id, shown, instants[len(instants) // 2] if instants else None, now)
    follows.came_back(tx, shown, now)


# --- what goes with them --------------------------------------------------------------------------------------------


def _save_payloads(tx: Connection, account_id: int, page: Page, known: dict[_Key, _Known]) -> dict[int, int]:
    """The answers that brought anything new, as received: the row of each by its number in the page."""
    wanted = {
        fetched.evidence
        for fetched in page.posts
        if fetched.completes or (post := known.get(_key(fetched))) is None or fetched.content_hash not in post.texts
    }
    return {no: _insert_payload(tx, account_id, page.payloads[no]) for no in sorted(wanted) if no < len(page.payloads)}


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
    columns = ("post_id", "account_id", "first_at", "last_at")
    for start in range(0, len(post_ids), CHUNK):
        these = posts.c.id.in_(post_ids[start : start + CHUNK])
        seen = select(
            posts.c.id,
            *(
                literal(value, column.type)
                for value, column in (
                    (account_id, sightings.c.account_id),
                    (now, sightings.c.first_at),
                    (now, sightings.c.last_at),
                )
            ),
        ).where(these)
        new = insert_into(tx, sightings).from_select([*columns, "rank"], seen.add_columns(literal(0)))
        again = {"last_at": new.excluded.last_at}
        tx.execute(new.on_conflict_do_update(index_elements=["post_id", "account_id"], set_=again))


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
