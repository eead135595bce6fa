"""T1: one good read of an account becomes rows, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, Table, case, func, insert, literal, select, update

from monitor.errors import NotFoundError
from monitor.evidence import MOST_OF_A_POST
from monitor.failpoints import passing
from monitor.model.people import Account
from monitor.model.posts import Cause, FetchedPost, Page, Payload, ReadState
from monitor.store import follows, pictures
from monitor.store.claims import RELEASED, farthest_read, keep
from monitor.store.engine import insert_into
from monitor.store.frozen import media_to_json, parts_to_json
from monitor.store.gaps import close_gap, open_gap
from monitor.store.incidents import close_incident, open_incident
from monitor.store.known import CHUNK, Key, Known, key_of, known_by_other_ids, known_posts, led, overlaps
from monitor.store.schema import accounts, payloads, posts, revisions, sightings
from monitor.story import Reader, Standing, story_key

NO_OVERLAP = "no_overlap"
_OF_ANOTHER = (Cause.BETTER_SOURCE, Cause.OTHER_SOURCE)


@dataclass(frozen=True, slots=True)
class ClaimedAccount:
    """An account that a worker may read now."""

    table: ClassVar[Table] = accounts
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


def save_page(
    tx: Connection,
    claimed: ClaimedAccount,
    account: Account,
    page: Page,
    now: datetime,
    due_at: datetime,
    *,
    rank: int = 0,
) -> Saved:
    """Store posts, edits, sightings, payload, cursor and gap. ClaimLostError if the account is another's by now.

    `rank` tells how far the source is from the network.
    """
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
    reader = Reader(claimed.id, account.person_key, rank)
    known = known_posts(tx, reader, page.posts)
    known |= known_by_other_ids(tx, reader, [post for post in page.posts if key_of(post) not in known])
    joins = page.joined or overlaps(tx, claimed.id, page.posts, known, now)
    joined = page.unchanged or (joins and not page.cut)
    counts = _save_posts(tx, reader, page, known, now)
    gap_opened = _note_gap(tx, claimed, page, now, overlaps=joined)
    _look_for_flagged(tx, claimed.id, page, known, now)
    passing("C3")
    return Saved(**counts, gap_opened=gap_opened)


def save_again(
    tx: Connection, account_id: int, account: Account, fetched: FetchedPost, now: datetime, *, rank: int = 0
) -> None:
    """A known post that was asked for singly: its edit, if it has one; the account's cursor stays where it is."""
    reader = Reader(account_id, account.person_key, rank)
    known = known_posts(tx, reader, [fetched])
    if known:
        _save_posts(tx, reader, Page(ReadState(), (fetched,)), known, now)


def save_beside(tx: Connection, account: Account, page: Page, now: datetime, *, rank: int = 0) -> Saved:
    """Posts that came from elsewhere than reads of their account: its cursor, state and gaps stay as they are.

    What reads have shown stays current. The posts count as seen before the account was added, so that no read is
    compared with them. NotFoundError if there is no such account.
    """
    wanted = select(accounts.c.id, accounts.c.added_at).where(accounts.c.key == account.key).with_for_update()
    row = tx.execute(wanted).one_or_none()
    if row is None:
        raise NotFoundError(f"no account {account.key!r}; `leak-monitor accounts list` shows them")
    reader = Reader(row.id, account.person_key, rank)
    known = known_posts(tx, reader, page.posts)
    known |= known_by_other_ids(tx, reader, [post for post in page.posts if key_of(post) not in known])
    known = {key: replace(post, standing=Standing.BESIDE) for key, post in known.items()}
    counts = _save_posts(tx, reader, page, known, now, seen_at=row.added_at - timedelta(seconds=1))
    return Saved(counts["new_posts"], counts["new_revisions"], counts["known"])


# --- posts and their texts ------------------------------------------------------------------------------------------


def _save_posts(
    tx: Connection,
    reader: Reader,
    page: Page,
    known: dict[Key, Known],
    now: datetime,
    *,
    seen_at: datetime | None = None,
) -> dict[str, int]:
    """`seen_at` is another instant than now for posts that were never seen before."""
    counts = {"new_posts": 0, "new_revisions": 0, "known": 0}
    payload_ids = _save_payloads(tx, reader.account_id, page, known)
    known |= _add_posts(tx, reader, [post for post in page.posts if key_of(post) not in known], now)
    texts: list[dict[str, Any]] = []
    shown: set[Key] = set()
    for fetched in page.posts:
        key = key_of(fetched)
        post = known[key]
        # Of two texts for one post on one page the first is current; the other is judged, and moves nothing.
        leads = key not in shown and post.leads
        shown.add(key)
        if leads:
            _lead(tx, reader, post, fetched)
        if not _is_news(post, fetched):
            if leads:
                _show_text(tx, post, fetched, now)
            if fetched.completes and fetched.content_hash in post.texts:
                _complete(tx, post, fetched, now)
            _show_pictures(tx, post, fetched, now)
            counts["known"] += 1
            continue
        counts["new_revisions" if post.texts else "new_posts"] += 1
        text = _new_text(tx, post, fetched, now)
        texts.append(
            text | {"seen_at": now, "payload_id": payload_ids.get(fetched.evidence), "state": "pending", "due_at": now}
        )
        if leads and text["no"] != post.current_rev:
            _point_to(tx, post, text["no"], fetched)
    if texts:
        # Lists show the newest first, but a story is judged and told from its beginning.
        tx.execute(insert(revisions), sorted(texts, key=lambda text: text["effective_at"]))
    _save_sightings(tx, reader, sorted({known[key].id for key in shown}), seen_at or now, again=seen_at is None)
    return counts


def _is_news(post: Known | None, fetched: FetchedPost) -> bool:
    """Whether this text is to be stored and judged: it is new, and no better source shows the post otherwise."""
    if post is None:
        return True
    return post.standing is not Standing.LEFT_OUT and fetched.content_hash not in post.texts


def _lead(tx: Connection, reader: Reader, post: Known, fetched: FetchedPost) -> None:
    """What stands in the row of the post itself follows the one who leads it."""
    if post.standing is Standing.BETTER:
        _take_over(tx, reader, post, fetched)
    elif fetched.url and post.url and fetched.url != post.url:
        # Asked for where it no longer stands, it would pass for deleted.
        tx.execute(update(posts).where(posts.c.id == post.id).values(url=fetched.url))


def _take_over(tx: Connection, reader: Reader, post: Known, fetched: FetchedPost) -> None:
    """From now on the post is as this reader shows it, who is nearer to the network than those before."""
    values: dict[str, Any] = {"author_account_id": reader.account_id, "kind": fetched.kind}
    if fetched.url:
        values["url"] = fetched.url
    if fetched.claimed_at:
        values |= {"claimed_at": fetched.claimed_at, "time_note": fetched.time_note}
    tx.execute(update(posts).where(posts.c.id == post.id).values(**values))


def _point_to(tx: Connection, post: Known, no: int, fetched: FetchedPost) -> None:
    mine = update(posts).where(posts.c.id == post.id)
    tx.execute(mine.values(current_rev=no, story_key=story_key(fetched)))


def _add_posts(tx: Connection, reader: Reader, fetched: Sequence[FetchedPost], now: datetime) -> dict[Key, Known]:
    """Rows of posts that were never seen; their texts come next."""
    new: dict[Key, FetchedPost] = {}
    for post in fetched:
        new.setdefault(key_of(post), post)
    if not new:
        return {}
    rows = [
        {
            "platform": post.platform,
            "native_id": post.native_id,
            "author_account_id": reader.account_id,
            "person_key": reader.person_key,
            "kind": post.kind,
            "url": post.url,
            "claimed_at": post.claimed_at,
            "time_note": post.time_note,
            "first_seen_at": now,
            "current_rev": 1,
            "story_key": story_key(post),
        }
        for post in new.values()
    ]
    last = tx.execute(select(func.max(posts.c.id))).scalar_one() or 0
    # The ids are asked for afterwards: SQLite gives them back row by row only, which takes three times as long.
    tx.execute(insert(posts), rows)
    mine = (posts.c.id > last) & (posts.c.author_account_id == reader.account_id)
    added = tx.execute(select(posts.c.platform, posts.c.native_id, posts.c.id).where(mine)).all()
    return {
        (platform, native_id): Known(number, 1, Standing.LEADS, mine=True, texts={}, media={})
        for platform, native_id, number in added
    }


def _new_text(tx: Connection, post: Known, fetched: FetchedPost, now: datetime) -> dict[str, Any]:
    """A text that this post did not have, with why it has it and since when it counts."""
    cause, effective_at = Cause.FIRST, min(fetched.claimed_at or now, now)
    if post.texts:
        cause, effective_at = _later_text(tx, post, fetched, now)
    no = post.texts[fetched.content_hash] = len(post.texts) + 1
    return {
        "post_id": post.id,
        "no": no,
        "native_rev": fetched.native_rev,
        "cause": cause,
        "content_hash": fetched.content_hash,
        "parts": parts_to_json(fetched.parts),
        "media": media_to_json(fetched.media[: MOST_OF_A_POST + 1]),
        "effective_at": effective_at,
    }


def _later_text(tx: Connection, post: Known, fetched: FetchedPost, now: datetime) -> tuple[Cause, datetime]:
    """An edit counts from its instant if that is believable, else from now.

    What another account shows for the first time is no edit, unless it was edited after we saw it; it counts from when
    the post was public.
    """
    first = (revisions.c.post_id == post.id) & (revisions.c.no == 1)
    row = tx.execute(select(revisions.c.effective_at, revisions.c.seen_at).where(first)).one_or_none()
    # There is none while the first text waits to be stored: it stands on the same page.
    posted_at, seen_at = row or (min(fetched.claimed_at or now, now), now)
    edited_at = fetched.edited_at if fetched.edited_at and posted_at <= fetched.edited_at <= now else None
    if post.mine or (edited_at is not None and edited_at > seen_at):
        return Cause.EDITED, edited_at or now
    better = post.standing is Standing.BETTER
    cause = Cause.BETTER_SOURCE if better else Cause.OTHER_SOURCE
    return cause, edited_at or min(fetched.claimed_at or posted_at, now)


def _show_text(tx: Connection, post: Known, fetched: FetchedPost, now: datetime) -> None:
    """A post that went back to an earlier text: the pointer moves, and that text is judged again."""
    no = post.texts[fetched.content_hash]
    if no == post.current_rev:
        return
    _point_to(tx, post, no, fetched)
    again = update(revisions).where(revisions.c.post_id == post.id, revisions.c.no == no)
    parts = parts_to_json(fetched.parts)  # retention may have blanked them
    back = Cause.BETTER_SOURCE if post.standing is Standing.BETTER else Cause.EDITED
    cause = case((revisions.c.cause.in_(_OF_ANOTHER), back), else_=revisions.c.cause)
    tx.execute(again.values(state="pending", again=False, due_at=now, parts=parts, cause=cause, **RELEASED))


def _complete(tx: Connection, post: Known, fetched: FetchedPost, now: datetime) -> None:
    """A version that was stored without all of its parts has them now, and is judged again."""
    parts = parts_to_json(fetched.parts)
    this = (revisions.c.post_id == post.id) & (revisions.c.content_hash == fetched.content_hash)
    if tx.execute(select(revisions.c.parts).where(this)).scalar_one() == parts:
        return
    cause = case((revisions.c.cause.in_(_OF_ANOTHER), revisions.c.cause), else_=Cause.COMPLETED)
    whole = {"parts": parts, "cause": cause, "state": "pending", "again": False, "due_at": now}
    tx.execute(update(revisions).where(this).values(**whole, **RELEASED))
    if post.leads and post.texts[fetched.content_hash] == post.current_rev:
        _point_to(tx, post, post.current_rev, fetched)


def _show_pictures(tx: Connection, post: Known, fetched: FetchedPost, now: datetime) -> None:
    """The pictures of a version that we have: an edit may have added some, and no word."""
    no = post.texts.get(fetched.content_hash)
    known = None if no is None else post.media.get(no)
    if no is not None and known is not None and fetched.media and fetched.media != known:  # None: new with this page
        pictures.show_again(tx, post.id, no, known, fetched, now)


def _look_for_flagged(tx: Connection, account_id: int, page: Page, known: dict[Key, Known], now: datetime) -> None:
    """Flagged posts that this page should show and does not are asked for; those that it shows are there."""
    if not page.posts:
        return
    shown = sorted({known[key_of(fetched)].id for fetched in page.posts})
    instants = sorted(fetched.claimed_at for fetched in page.posts if fetched.claimed_at)
    # Some that stand on top may be pinned, however old they are: what is older than most says nothing.
    follows.look_for_missing(tx, account_id, shown, instants[len(instants) // 2] if instants else None, now)
    follows.came_back(tx, led(known[key_of(fetched)] for fetched in page.posts), now)


# --- what goes with them --------------------------------------------------------------------------------------------


def _save_payloads(tx: Connection, account_id: int, page: Page, known: dict[Key, Known]) -> dict[int, int]:
    """The answers that brought anything new, as received: the row of each by its number in the page."""
    wanted = {
        fetched.evidence for fetched in page.posts if fetched.completes or _is_news(known.get(key_of(fetched)), fetched)
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


def _save_sightings(tx: Connection, reader: Reader, post_ids: Sequence[int], now: datetime, *, again: bool) -> None:
    """`again` says whether those that were seen before are seen now."""
    columns = ("post_id", "account_id", "first_at", "last_at", "rank")
    for start in range(0, len(post_ids), CHUNK):
        these = posts.c.id.in_(post_ids[start : start + CHUNK])
        seen = select(
            posts.c.id,
            *(
                literal(value, column.type)
                for value, column in (
                    (reader.account_id, sightings.c.account_id),
                    (now, sightings.c.first_at),
                    (now, sightings.c.last_at),
                    (reader.rank, sightings.c.rank),
                )
            ),
        ).where(these)
        new = insert_into(tx, sightings).from_select(columns, seen)
        one = ["post_id", "account_id"]
        told = {"last_at": new.excluded.last_at, "rank": new.excluded.rank}
        renewed = new.on_conflict_do_update(index_elements=one, set_=told)
        tx.execute(renewed if again else new.on_conflict_do_nothing(index_elements=one))


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
