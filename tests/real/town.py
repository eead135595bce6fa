"""A town whose person is on servers that others made, read, judged and told by the real stages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.config.shape import AddressTable, Home
from monitor.config.values import feed_id
from monitor.fetch import SOURCES
from monitor.model.people import Account, Person
from monitor.store.schema import accounts, alerts, gaps, posts, revisions
from tests.fakes import HandClock
from tests.town import SECRET, SHANGHAI, Town

LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"


def account_of(source: str, key: str, **keys: object) -> Account:
    """An account as config.toml makes it of these keys."""
    table = SOURCES[source].table.model_validate({"source": source, **keys})
    if isinstance(table, AddressTable) and table.url:
        home = Home(feed_id(urlsplit(table.url)), table.url)
    else:
        home = table.home()
    return Account(
        key=key,
        person_key="lin",
        source=source,
        platform=table.platform,
        native_id=home.native_id,
        url=home.url,
        poll_every_s=60.0,
        timezone=SHANGHAI,
        allow_private_network=True,
        options=table,
    )


@dataclass
class RealTown(Town):
    """`read` are the accounts of its person. Its clock begins with the time of day, which foreign servers write."""

    clock: HandClock = field(default_factory=lambda: HandClock(SystemClock().now()))
    read: Sequence[Account] = ()

    # --- what became of it --------------------------------------------------------------------------------------

    def told(self, key: str = "desk") -> list[dict[str, Any]]:
        """What this receiver got, each signature checked."""
        return [got.check_as_of_then(SECRET) for got in dict(self.receivers)[key].received]

    def types(self) -> list[str]:
        """The types of that."""
        return [message["type"] for message in self.told()]

    def texts(self) -> dict[str, str]:
        """The text of every post as it is now, its parts joined, by the last piece of its native id."""
        newest = (posts.c.id == revisions.c.post_id) & (posts.c.current_rev == revisions.c.no)
        with self.store.read() as tx:
            rows = tx.execute(select(posts.c.native_id, revisions.c.parts).join(revisions, newest).order_by(posts.c.id))
            return {_short(native_id): " / ".join(part["text"] for part in parts) for native_id, parts in rows}

    def posts_of(self, *columns: Any) -> list[tuple[Any, ...]]:
        """Columns of all posts, in the order of their rows."""
        with self.store.read() as tx:
            return [tuple(row) for row in tx.execute(select(*columns).order_by(posts.c.id))]

    def revisions(self) -> list[tuple[str, int, str]]:
        """The last piece of the native id, number and cause of every text that was seen."""
        texts = revisions.join(posts, posts.c.id == revisions.c.post_id)
        wanted = select(posts.c.native_id, revisions.c.no, revisions.c.cause).select_from(texts)
        with self.store.read() as tx:
            return [(_short(key), no, cause) for key, no, cause in tx.execute(wanted.order_by(revisions.c.id))]

    def alerts(self) -> list[str]:
        """The last piece of the native id of every post that is flagged, also if that is told later, in a digest."""
        with self.store.read() as tx:
            found = tx.execute(select(posts.c.native_id).join(alerts, alerts.c.post_id == posts.c.id))
            return sorted(_short(key) for key in found.scalars())

    def open_gaps(self) -> int:
        """How many times there are in which posts may have been missed."""
        with self.store.read() as tx:
            return len(tx.execute(select(gaps.c.id).where(gaps.c.filled_at.is_(None))).all())

    def standing(self, key: str = "") -> tuple[str, str, str]:
        """State, reason and detail of an account, the only one without its key."""
        row = self._account(key, accounts.c.state, accounts.c.state_reason, accounts.c.state_detail)
        return (row[0], row[1], row[2])

    def waits_s(self, key: str = "") -> float:
        """In how many seconds an account is read again."""
        due_at = self._account(key, accounts.c.due_at)[0]
        return float((due_at - self.clock.now()).total_seconds())

    def validators(self, key: str = "") -> tuple[str | None, str | None]:
        """ETag and date that an account is asked for with."""
        row = self._account(key, accounts.c.etag, accounts.c.last_modified)
        return (row[0], row[1])

    def _account(self, key: str, *columns: Any) -> Sequence[Any]:
        with self.store.read() as tx:
            return tx.execute(select(*columns).where(accounts.c.key == (key or self.read[0].key))).one()

    # --- inside -------------------------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        person = Person("lin", "Lin Xiaozhou", "GM", SHANGHAI, frozenset(), tuple(self.read), "proof")
        return replace(super()._settings(), people=(person,))


def _short(native_id: str) -> str:
    return native_id.rpartition("/")[2].rpartition("#")[2]
