"""Rows of pictures: those of every text, those that are wanted, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from monitor.evidence import MOST_OF_A_POST, Settled, new_pictures, newer_address
from monitor.model.posts import Evidence, FetchedPost, Media, MediaKind, MediaState
from monitor.store import claims
from monitor.store.claims import RELEASED
from monitor.store.frozen import media_from_json, media_to_json, parts_to_json
from monitor.store.schema import accounts, media, posts, revisions

OF_ONE_HOST: Final = 4  # at the same time: one that is slow keeps no others waiting


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture that a worker may fetch now; `tries` counts this one, `bytes_before` is what its post has already."""

    table: ClassVar[Table] = media
    id: int
    claim_no: int
    tries: int
    post_id: int
    url: str
    post_url: str | None
    account_key: str
    wanted_at: datetime
    bytes_before: int


@dataclass(frozen=True, slots=True)
class Got:
    """An answer that settled a picture, without its body."""

    status: int | None = None
    content_type: str | None = None
    headers: Mapping[str, str] | None = None
    sha256: str | None = None
    size: int | None = None


# --- which there are ------------------------------------------------------------------------------------------------


def show_again(
    tx: Connection, post_id: int, no: int, known: Sequence[Media], fetched: FetchedPost, now: datetime
) -> None:
    """A text that we have stands there with its pictures once more.

    New ones are added, and the text is judged again, by which they are wanted or not. Those that wait get the address
    that is good now.
    """
    new = new_pictures(known, fetched.media)[: max(0, MOST_OF_A_POST + 1 - len(known))]
    if new:
        this = (revisions.c.post_id == post_id) & (revisions.c.no == no)
        values = {"media": media_to_json([*known, *new]), "state": "pending", "again": False, "due_at": now, **RELEASED}
        if not tx.execute(select(revisions.c.parts).where(this)).scalar_one():  # retention blanked them
            values["parts"] = parts_to_json(fetched.parts)
        tx.execute(update(revisions).where(this).values(**values))
    elif any(each not in known for each in fetched.media):
        waiting = (media.c.post_id == post_id) & (media.c.state == MediaState.WANTED)
        for row in tx.execute(select(media.c.id, media.c.url).where(waiting)).all():
            url = newer_address(row.url, fetched.media)
            if url != row.url:
                tx.execute(update(media).where(media.c.id == row.id).values(url=url, host=_host_of(url)))


def want(tx: Connection, post_id: int, now: datetime) -> int:
    """Have all pictures fetched that any text of this post has shown and that are not known yet; answers how many."""
    of_texts = select(revisions.c.id, revisions.c.media).where(revisions.c.post_id == post_id)
    rows = select(media.c.kind, media.c.url).where(media.c.post_id == post_id).order_by(media.c.position)
    known = [Media(MediaKind(row.kind), row.url) for row in tx.execute(rows)]
    before = len(known)
    for text in tx.execute(of_texts.order_by(revisions.c.no)).all():
        for each in new_pictures(known, media_from_json(text.media)):
            if len(known) > MOST_OF_A_POST:
                return len(known) - before
            _add(tx, post_id, text.id, len(known), each, now)
            known.append(each)
    return len(known) - before


def _add(tx: Connection, post_id: int, revision_id: int, position: int, each: Media, now: datetime) -> None:
    too_many = position >= MOST_OF_A_POST
    row = {
        "post_id": post_id,
        "revision_id": revision_id,
        "position": position,
        "kind": each.kind,
        "url": each.url,
        "host": _host_of(each.url),
        "state": MediaState.REFUSED if too_many else MediaState.WANTED,
        "note": "too many" if too_many else "",
        "wanted_at": now,
        "due_at": None if too_many else now,
    }
    tx.execute(insert(media).values(**row))


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


# --- fetching them --------------------------------------------------------------------------------------------------


def claim_pictures(tx: Connection, now: datetime, *, limit: int, lease_s: float = 120) -> list[WantedPicture]:
    """Take pictures that are due, the longest waiting first, at most four of one host at a time."""
    c = media.c
    held = (c.state == MediaState.WANTED) & (c.claimed_until > now)
    busy = select(c.host).where(held).group_by(c.host).having(func.count() >= OF_ONE_HOST)
    may = (c.state == MediaState.WANTED) & c.host.not_in(busy)
    taken = claims.claim(tx, media, now, lease_s=lease_s, limit=limit, where=may)
    counts: dict[str, int] = {}
    kept: list[Row[Any]] = []
    for row in taken:
        counts[row.host] = counts.get(row.host, 0) + 1
        if counts[row.host] > OF_ONE_HOST:
            tx.execute(update(media).where(c.id == row.id).values(claimed_until=None, attempts=row.attempts - 1))
        else:
            kept.append(row)
    return [_wanted(tx, row) for row in kept]


def _wanted(tx: Connection, row: Row[Any]) -> WantedPicture:
    of_post = select(posts.c.url, accounts.c.key).join(accounts, accounts.c.id == posts.c.author_account_id)
    post = tx.execute(of_post.where(posts.c.id == row.post_id)).one()
    return WantedPicture(
        id=row.id,
        claim_no=row.claim_no,
        tries=row.attempts,
        post_id=row.post_id,
        url=row.url,
        post_url=post.url,
        account_key=post.key,
        wanted_at=row.wanted_at,
        bytes_before=bytes_of(tx, row.post_id),
    )


def bytes_of(tx: Connection, post_id: int) -> int:
    """How much is kept of the pictures of a post."""
    kept = (media.c.post_id == post_id) & (media.c.state == MediaState.KEPT)
    return int(tx.execute(select(func.coalesce(func.sum(media.c.size), 0)).where(kept)).scalar_one())


def try_later(tx: Connection, wanted: WantedPicture, note: str, due_at: datetime) -> None:
    """It is not to be had now. ClaimLostError."""
    claims.keep(tx, media, wanted, note=note, due_at=due_at, claimed_until=None)


def settle(tx: Connection, wanted: WantedPicture, settled: Settled, got: Got, now: datetime) -> None:
    """It is kept, gone, refused or given up. ClaimLostError."""
    claims.keep(
        tx,
        media,
        wanted,
        state=settled.state,
        note=settled.note,
        status=got.status,
        content_type=got.content_type,
        headers=dict(got.headers) if got.headers is not None else None,
        sha256=got.sha256,
        size=got.size,
        fetched_at=now,
        due_at=None,
        **RELEASED,
    )


# --- looking at them, and letting them go -----------------------------------------------------------------------------


def pictures_of(tx: Connection, post_id: int) -> tuple[Evidence, ...]:
    """The pictures of a post that were wanted, in its order."""
    mine = select(media).where(media.c.post_id == post_id).order_by(media.c.position)
    return tuple(_evidence(row) for row in tx.execute(mine))


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence(
        kind=MediaKind(row.kind),
        state=MediaState(row.state),
        url=row.url,
        sha256=row.sha256,
        size=row.size,
        content_type=row.content_type or "",
        headers=row.headers or {},
        status=row.status,
        note=row.note,
        wanted_at=row.wanted_at,
        fetched_at=row.fetched_at,
    )


def needed_files(tx: Connection) -> dict[str, int]:
    """The digests of all files that must be there, and the first row that needs each."""
    kept = select(media.c.sha256, func.min(media.c.id)).where(media.c.state == MediaState.KEPT)
    return {sha256: number for sha256, number in tx.execute(kept.group_by(media.c.sha256)) if sha256}


def is_needed(tx: Connection, sha256: str) -> bool:
    """Whether a row needs the file of that digest."""
    mine = (media.c.sha256 == sha256) & (media.c.state == MediaState.KEPT)
    return tx.execute(select(media.c.id).where(mine).limit(1)).first() is not None


def purge(tx: Connection, post_ids: Collection[int], *, with_digests: bool = False) -> None:
    """Let the pictures of these posts go: their files are no longer needed, and what waits is fetched no more."""
    blank = {"state": MediaState.PURGED, "url": "", "host": "", "headers": None, "due_at": None, "claimed_until": None}
    if with_digests:
        blank |= {"sha256": None, "size": None, "content_type": None}
    values = {**blank, "claim_no": media.c.claim_no + 1}  # a fetch that is under way loses its claim
    tx.execute(update(media).where(media.c.post_id.in_(post_ids)).values(**values))
