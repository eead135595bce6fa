"""Stage 1: read one account and answer with its posts. Each way of reading is listed in SOURCES.

feed       RSS, Atom and JSON Feed over HTTP (xmlfeed, jsonfeed, charset read the bytes)
answers    what a status and its headers mean
identity   an entry of any format becomes a FetchedPost: id, hash, parts
dates      when a source says something was posted, and how far that is to be believed
plaintext  HTML to text
pacing     when to ask again
canary     a post of our own, for proof
"""

from datetime import datetime
from typing import Protocol

from monitor.fetch.canary import CanarySource
from monitor.fetch.feed import FeedSource
from monitor.model.canary import KEY
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Client


class Source(Protocol):
    """A way to read an account."""

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read. Raises FetchError for an answer that is no good read, TransportError for none at all."""
        ...


SOURCES: dict[str, Source] = {"feed": FeedSource()}
_CANARY: Source = CanarySource()


def source_of(account: Account) -> Source:
    """How this account is read."""
    return _CANARY if account.key == KEY else SOURCES[account.source]
