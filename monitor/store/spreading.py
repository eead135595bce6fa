"""Which stored posts tell one story."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select, true, tuple_

from monitor.model.canary import KEY
from monitor.model.messages import Spread
from monitor.store.schema import posts
from monitor.story import Telling, keys_beside, root_of, spread

_STEPS: Final = 4  # from a repost to its root, to the same words elsewhere, to the reposts of those; one to see no more
_MOST: Final = 1000  # posts of one story that are counted


def spread_of(tx: Connection, post_id: int, until: datetime | None = None) -> Spread:
    """How far the story of a post had spread at that time; now, if no time is given."""
    return spread(story_of(tx, post_id, until), post_id)


def story_of(tx: Connection, post_id: int, until: datetime | None = None) -> list[Telling]:
    """The posts that told one story with a post at that time, itself among them; now, if no time is given."""
    c = posts.c
    seen = (c.platform != KEY) & (c.first_seen_at <= until if until is not None else true())
    found = {each.post_id: each for each in _tellings(tx, c.id == post_id)}
    asked: set[str] = set()
    for _ in range(_STEPS):
        keys = keys_beside(found.values()) - asked
        if not keys or len(found) >= _MOST:
            break
        asked |= keys
        found |= {each.post_id: each for each in _tellings(tx, seen & _of_keys(keys))}
    return list(found.values())


def _of_keys(keys: Collection[str]) -> ColumnElement[bool]:
    """Posts that have one of these keys, and those that one of them names."""
    c = posts.c
    roots = sorted(root for key in keys if (root := root_of(key)))
    named = [tuple_(c.platform, c.native_id).in_(roots)] if roots else []
    return or_(c.story_key.in_(sorted(keys)), *named)


def _tellings(tx: Connection, which: ColumnElement[bool]) -> list[Telling]:
    c = posts.c
    columns = (c.id, c.person_key, c.platform, c.native_id, c.story_key)
    return [Telling(*row) for row in tx.execute(select(*columns).where(which).order_by(c.id).limit(_MOST))]
