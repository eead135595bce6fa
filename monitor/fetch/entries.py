"""What every reader of a feed format answers with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from monitor.errors import TransportError
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
    posts, broken = read_each(raw_entries, lambda raw: build_post(read(raw), account, now))
    return ParsedFeed(posts, broken, () if posts or broken else ("empty",))


def read_each(
    raws: Iterable[Raw], read: Callable[[Raw], FetchedPost | None]
) -> tuple[tuple[FetchedPost, ...], tuple[ItemError, ...]]:
    """The posts that these are, and those that cannot be read by their position; None is no post and no error."""
    posts: list[FetchedPost] = []
    broken: list[ItemError] = []
    for position, raw in enumerate(raws):
        try:
            post = read(raw)
        except TransportError:
            raise
        except Exception as error:  # noqa: BLE001 - what strangers write can fail anywhere
            broken.append(ItemError(position, str(error) if isinstance(error, EntryError) else type(error).__name__))
        else:
            posts += [post] if post is not None else []
    return tuple(posts), tuple(broken)


class EntryError(ValueError):
    """An entry that says nothing; the message quotes none of it."""
