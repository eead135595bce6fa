"""The source `reddit`: the feed that Reddit offers of a user, submissions and comments together."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from monitor.config.fields import Address, Key
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.fetch.feed import FeedSource
from monitor.fetch.identity import content_hash
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, Page, Part, PostKind, ReadState
from monitor.net.client import Client

_FEED: Final = FeedSource()
_USER: Final = re.compile(r"[A-Za-z0-9_-]{3,20}")
_COMMENT: Final = "t1_"
_ON: Final = re.compile(r"^/u/\S{1,40} on ")
_FRAME: Final = re.compile(r"\s*submitted by\s+/u/\S{1,40}(?:\s+to\s+(?:r|u)/\S{1,40})?\s+\[link\]\s+\[comments\]\s*$")


def check_user(name: str) -> str:
    """The name of a user."""
    if not _USER.fullmatch(name):
        raise Refused("is no name of a user", "write what stands behind u/, of letters, digits, - and _")
    return name


class RedditTable(AccountTable):
    """A user of Reddit."""

    source: Literal["reddit"]
    platform: Key = "reddit"
    user: Annotated[str, AfterValidator(check_user)]
    base: Address = "https://www.reddit.com"

    def home(self) -> Home:
        """The user's name, which never changes, and the feed."""
        return Home(self.user.lower(), f"{self.base}/user/{self.user}.rss")


class RedditSource:
    """Reads a user's feed."""

    table = RedditTable
    shortest_s = 600.0
    reduced = True

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read."""
        page = _FEED.page(account, state, client, now)
        return replace(page, posts=tuple(_told(post, account) for post in page.posts))


def _told(post: FetchedPost, account: Account) -> FetchedPost:
    """Under Reddit's own id, without the words of its frame; the title of a comment is that of what it answers to."""
    native_id = post.native_id.removeprefix(f"{account.native_id}#")
    is_comment = native_id.startswith(_COMMENT)
    parts = tuple(_parts(post, is_comment=is_comment))
    return replace(
        post,
        native_id=native_id,
        kind=PostKind.REPLY if is_comment else PostKind.POST,
        parts=parts,
        content_hash=content_hash(parts),
    )


def _parts(post: FetchedPost, *, is_comment: bool) -> Iterator[Part]:
    for part in post.parts:
        if part.origin is Origin.TITLE and is_comment:
            yield Part(Origin.PARENT, _ON.sub("", part.text), by_author=False)
        elif text := _FRAME.sub("", part.text) if part.origin is Origin.TEXT else part.text:
            yield replace(part, text=text)
