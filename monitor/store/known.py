"""What is known of the posts that a read shows: their texts, who leads them, and whether any may be missing between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from monitor.model.posts import FetchedPost, Media
from monitor.store.blindness import BLIND
from monitor.store.frozen import media_from_json
from monitor.store.schema import accounts, posts, revisions, sightings
from monitor.story import Reader, Standing, standing

CHUNK = 500  # ids in one statement; SQLite takes 32,766 variables, older ones 999
NEWEST = 5  # posts of a read of which the next must show one

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A stored post as one reader meets it; `mine` if that account has shown it before."""

    id: int
    current_rev: int
    standing: Standing
    mine: bool
    texts: dict[str, int]  # content hash -> revision number
    media: dict[int, tuple[Media, ...]]  # revision number -> its pictures
    url: str | None = None  # where the reader's account last saw it; None if it is new to it

    def note(self, row: Row[Any]) -> None:
        """One of its texts, as _TEXTS gives it."""
        self.texts[row.content_hash] = row.no
        self.media[row.no] = media_from_json(row.media)

    @property
    def leads(self) -> bool:
        """Whether the reader's text is that of the post, for two that differ must not take turns."""
        return self.standing in (Standing.LEADS, Standing.BETTER)


def key_of(fetched: FetchedPost) -> Key:
    """What a post is known by."""
    return fetched.platform, fetched.native_id


def known_posts(tx: Connection, reader: Reader, fetched: Sequence[FetchedPost]) -> dict[Key, Known]:
    """Those of these posts that are stored."""
    known: dict[Key, Known] = {}
    for platform in {post.platform for post in fetched}:
        ids = sorted({post.native_id for post in fetched if post.platform == platform})
        for start in range(0, len(ids), CHUNK):
            wanted = (posts.c.platform == platform) & posts.c.native_id.in_(ids[start : start + CHUNK])
            rows = tx.execute(_TEXTS.where(wanted)).all()
            mine = _sighted(tx, reader, {row.id for row in rows if row.author_account_id != reader.account_id})
            for row in rows:
                post = known.setdefault((platform, row.native_id), _met(row, reader, mine))
                post.note(row)
    return known


def _met(row: Row[Any], reader: Reader, mine: frozenset[int]) -> Known:
    """A stored post beside what its leader is known for. A leader of whom no sighting is kept is the network itself."""
    leader = Reader(
        account_id=row.author_account_id,
        person_key=row.person_key,
        rank=row.rank or 0,
        sees=row.state not in (*BLIND, "removed"),
        removed=row.state == "removed",
    )
    own = leader.account_id == reader.account_id
    return Known(
        row.id, row.current_rev, standing(reader, leader), own or row.id in mine, {}, {}, row.url if own else None
    )


def _sighted(tx: Connection, reader: Reader, post_ids: set[int]) -> frozenset[int]:
    """Those of these posts that the reader has shown before."""
    c = sightings.c
    seen = select(c.post_id).where(c.account_id == reader.account_id, c.post_id.in_(sorted(post_ids)))
    return frozenset(tx.execute(seen).scalars()) if post_ids else frozenset()


def known_by_other_ids(tx: Connection, reader: Reader, strange: Sequence[FetchedPost]) -> dict[Key, Known]:
    """Posts whose ids are new but not their address, time and text: the site changed how it makes ids."""
    urls = sorted({post.url for post in strange if post.url})
    shown: dict[tuple[object, ...], Known] = {}
    looking = _TEXTS.add_columns(posts.c.platform, posts.c.claimed_at)
    for start in range(0, len(urls), CHUNK):
        mine = (posts.c.author_account_id == reader.account_id) & posts.c.url.in_(urls[start : start + CHUNK])
        by_id: dict[int, Known] = {}
        for row in tx.execute(looking.where(mine)):
            post = by_id.setdefault(
                row.id, Known(row.id, row.current_rev, Standing.LEADS, mine=True, texts={}, media={})
            )
            post.note(row)
            if row.no == row.current_rev:
                shown.setdefault((row.platform, row.url, row.claimed_at, row.content_hash), post)
    looks = {key_of(post): (post.platform, post.url, post.claimed_at, post.content_hash) for post in strange}
    return {key: shown[look] for key, look in looks.items() if look in shown}


def overlaps(
    tx: Connection, account_id: int, fetched: Sequence[FetchedPost], known: Mapping[Key, Known], now: datetime
) -> bool:
    """Whether nothing can be missing between this page and the one before.

    It is so if this one has nothing that this account did not show before, or shows one of the newest posts of that
    one. An old post proves nothing: it may be pinned.
    """
    if fetched and all((post := known.get(key_of(each))) and post.mine for each in fetched):
        return True
    c = sightings.c
    before = (c.account_id == account_id) & (c.last_at <= now)
    last_at = select(func.max(c.last_at)).where(before).scalar_subquery()
    posted_at = case((posts.c.claimed_at <= posts.c.first_seen_at, posts.c.claimed_at), else_=posts.c.first_seen_at)
    page = select(posts.c.id).join(sightings, c.post_id == posts.c.id).where(before, c.last_at == last_at)
    ids = tx.execute(page.order_by(posted_at.desc(), posts.c.id)).scalars().all()
    newest = ids[: min(NEWEST, (len(ids) + 1) // 2)]
    return any(post.id in newest for post in known.values())


def led(known: Iterable[Known]) -> list[int]:
    """The posts whose text the reader decides."""
    return sorted({post.id for post in known if post.leads})


_TEXTS: Final[Select[Any]] = (
    select(
        *(posts.c.id, posts.c.native_id, posts.c.current_rev, posts.c.author_account_id),
        *(accounts.c.person_key, accounts.c.state, sightings.c.rank, revisions.c.no, revisions.c.content_hash),
        *(revisions.c.media, posts.c.url),
    )
    .select_from(
        posts.join(revisions, revisions.c.post_id == posts.c.id)
        .join(accounts, accounts.c.id == posts.c.author_account_id)
        .outerjoin(
            sightings,
            and_(sightings.c.post_id == posts.c.id, sightings.c.account_id == posts.c.author_account_id),
        )
    )
    .order_by(posts.c.id, revisions.c.no)
)
