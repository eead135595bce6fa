"""Accounts made of the tables of their sources, on a server of this machine, and one read of them."""

from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.clock import SystemClock
from monitor.config.shape import AccountTable, AddressTable, Home
from monitor.config.values import feed_id
from monitor.fetch import SOURCES
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Page, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW


def account_of(source: str, keys: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Account:
    table: AccountTable = SOURCES[source].table.model_validate({"source": source, **keys})
    home = at_address(table.url or "") if isinstance(table, AddressTable) else table.home()
    return Account(
        key=f"lin-yuan/{source}",
        person_key="lin-yuan",
        source=source,
        platform=table.platform,
        native_id=home.native_id,
        url=home.url,
        poll_every_s=60.0,
        timezone=ZoneInfo("Asia/Shanghai"),
        allow_private_network=True,
        secret_headers=headers or {},
        options=table,
    )


def at_address(url: str) -> Home:
    return Home(feed_id(urlsplit(url)), url)


@cache
def client() -> Client:
    return Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")


def read(account: Account, state: ReadState | None = None) -> Page:
    return SOURCES[account.source].page(account, state or ReadState(), client(), NOW)


def told(post: FetchedPost) -> list[tuple[str, str, bool]]:
    """What it says: place, text, and whether the author says it."""
    return [(part.origin.value, part.text, part.by_author) for part in post.parts]
