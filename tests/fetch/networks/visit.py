"""One network, read again and again by its source alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from monitor.errors import TransportError
from monitor.fetch import source_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, Page, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW
from tests.fetch.networks.network import Country, Network


@dataclass
class Visit:
    """Reads one network again and again."""

    country: Country
    client: Client
    network: Network
    state: ReadState = field(default_factory=ReadState)

    def account(self) -> Account:
        return self.network.account()

    def read(self, now: datetime = NOW) -> Page:
        """One read, remembered."""
        account = self.account()
        page = source_of(account).page(account, self.state, self.client, now)
        self.state = page.state
        return page

    def only(self) -> FetchedPost:
        """The only post."""
        (post,) = self.read().posts
        return post

    def refused(self) -> TransportError:
        """Why it cannot be read."""
        with pytest.raises(TransportError) as caught:
            self.read()
        return caught.value


def ago(**how_long: float) -> datetime:
    """So long before the reads."""
    return NOW - timedelta(**how_long)


def said_at(post: FetchedPost, origin: Origin) -> list[tuple[str, bool]]:
    """The texts at that place, and whether the author says them."""
    return [(part.text, part.by_author) for part in post.parts if part.origin is origin]
