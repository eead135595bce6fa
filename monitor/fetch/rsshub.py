"""The source `rsshub`: a network read by an RSSHub of your own, as a feed: the word of a go-between."""

import re
from datetime import datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from monitor.config.fields import Address
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused, carries_key, check_url, feed_id
from monitor.errors import Failure, FetchError
from monitor.fetch.feed import FeedSource
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Client

_FEED: Final = FeedSource()
_ROUTE: Final = re.compile(r"/[^/\s\\#<>\"][^\s\\#<>\"]{0,500}")
_REASONS: Final = {
    Failure.GONE: "the RSSHub has no such route, or its network no such account",
    Failure.SERVER: "the RSSHub could not read the network behind it, or lacks a cookie for it",
    Failure.BLOCKED: "the RSSHub refuses: perhaps it wants an access key",
}


def check_route(route: str) -> str:
    """A route of RSSHub, such as /weibo/user/1234567890; without an access key. Its refusals never quote it."""
    if not _ROUTE.fullmatch(route):
        raise Refused("is no route of RSSHub", 'write it with its slash, such as "/weibo/user/1234567890"')
    if carries_key(urlsplit(route)):
        raise Refused("carries a key or token", 'use source = "feed" with url_env for an RSSHub that wants a key')
    return route


class RsshubTable(AccountTable):
    """A route of an RSSHub; `platform` names the network that it shows."""

    source: Literal["rsshub"]
    base: Address
    route: Annotated[str, AfterValidator(check_route)]

    def home(self) -> Home:
        """The whole address."""
        url = f"{self.base}{self.route}"
        return Home(feed_id(check_url(url, plain_http=True)), url)


class RsshubSource:
    """Reads a route as a feed."""

    table = RsshubTable
    shortest_s = 300.0
    reduced = True
    rank = 2

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read; a refusal says what it means of an RSSHub."""
        try:
            return _FEED.page(account, state, client, now)
        except FetchError as error:
            if error.status is None or error.failure not in _REASONS:
                raise
            detail = f"{_REASONS[error.failure]} (status {error.status})"
            raise FetchError(error.failure, detail, status=error.status, retry_after_s=error.retry_after_s) from None
