"""What every reader of a feed format answers with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from monitor.fetch.identity import Entry, build_post
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, ItemError

Raw = TypeVar("Raw")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """The posts of one answer in its own order, the entries that failed, notes, and how long it calls itself fresh."""

    posts: tuple[FetchedPost, ...]
    broken: tuple[ItemError, ...]
    notes: tuple[str, ...]
    ttl_s: float | None = None


def read_entries(
    raw_entries: Iterable[Raw], read: Callable[[Raw], Entry], account: Account, now: datetime
) -> ParsedFeed:
    """Each entry for itself: one that fails is reported and its neighbours go on."""
    posts: list[FetchedPost] = []
    broken: list[ItemError] = []
    for position, raw in enumerate(raw_entries):
        try:
            posts.append(build_post(read(raw), account, now))
        except Exception as error:  # noqa: BLE001 - what strangers write can fail anywhere
            broken.append(ItemError(position, str(error) if isinstance(error, EntryError) else type(error).__name__))
    return ParsedFeed(tuple(posts), tuple(broken), () if posts or broken else ("empty",))


class EntryError(ValueError):
    """An entry that says nothing; the message quotes none of it."""
