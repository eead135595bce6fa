"""A town whose person is on scripted networks, read, judged and told by the real stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from monitor.config import Settings
from monitor.model.people import Account, Person
from monitor.net.client import Client
from monitor.store import accounts, schema
from monitor.store.schema import gaps, posts, revisions
from tests.fetch.networks.network import Country, Network
from tests.town import SECRET, SHANGHAI, Town

Keys = Mapping[str, object]


@dataclass
class NetworkTown(Town):
    """`kinds` are the networks by the names under which they stand, `keys` what config.toml says of them beside."""

    kinds: Mapping[str, type[Network]] = field(default_factory=dict)
    keys: Mapping[str, Keys] = field(default_factory=dict)

    def network(self, name: str = "") -> Network:
        """One of them; the only one without a name."""
        return self.country.networks[f"{name or next(iter(self.kinds))}.example"]

    def settle_again(self) -> None:
        """All accounts are new as of now."""
        with self.store.write() as tx:
            tx.execute(schema.accounts.delete())
            accounts.sync_people(tx, self.runtime.settings.people, self.clock.now())

    # --- what became of it --------------------------------------------------------------------------------------

    def told(self, key: str = "desk") -> list[dict[str, Any]]:
        """What this receiver got, each signature checked."""
        return [got.check_as_of_then(SECRET) for got in dict(self.receivers)[key].received]

    def types(self, key: str = "desk") -> list[str]:
        """The types of that."""
        return [message["type"] for message in self.told(key)]

    def stored(self) -> list[str]:
        """The native ids of all posts, in the order of their rows."""
        return [row[0] for row in self.rows(posts.c.native_id, posts.c.id)]

    def texts(self) -> int:
        """How many revisions there are."""
        return len(self.rows(revisions.c.id, revisions.c.id))

    def gaps(self) -> list[Any]:
        """The times in which posts may have been missed."""
        return self.rows(gaps, gaps.c.id)

    def detail(self) -> str:
        """What is wrong with the account."""
        return str(self.rows(schema.accounts.c.state_detail, schema.accounts.c.id)[0][0])

    def rows(self, what: Any, order: Any) -> list[Any]:
        """Of the database."""
        with self.store.read() as tx:
            return list(tx.execute(select(what).order_by(order)).all())

    # --- inside -------------------------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        self.country = Country(self.site)
        read = tuple(self.account_of(name, kind) for name, kind in self.kinds.items())
        person = Person("lin", "Lin Xiaozhou", "GM", SHANGHAI, frozenset(), read, "proof")
        return replace(super()._settings(), people=(person,))

    def account_of(self, name: str, kind: type[Network]) -> Account:
        """Who is read on a network that is settled with that."""
        return self.country.settle(kind, name, **self.keys.get(name, {})).account(key=name)

    def _client(self) -> Client:
        wire = self.country.wire
        agent = "leak-monitor tests"
        return Client(elapsed_s=self.clock.elapsed_s, user_agent=agent, resolve=wire.resolve, dial=wire.dial)
