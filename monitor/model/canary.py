"""The canary: a post that we make ourselves, so that silence is never taken for peace.

Its keys begin with a sign that no configured key may have, so it is nobody's account, product, rule or receiver.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person
from monitor.model.rulebook import Kind, Product, Rule, RuleBook, RuleStatus, Severity, Window

KEY: Final = "~canary"
SECRET: Final = "Quarzvixel"  # noqa: S105 - a made-up word that stands in the post, and nowhere else
BOUND: Final = timedelta(minutes=2)  # from the making of the post to its being ready to be sent


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How often the canary is posted, and who is told each time that it came through; its repr shows no address."""

    every_s: float = 300.0
    url: str | None = None
    allow_private_network: bool = False

    def __repr__(self) -> str:
        """Without the address, which is a secret."""
        return f"Heartbeat(every_s={self.every_s})"


def canary_person(heartbeat: Heartbeat) -> Person:
    """Its author, with the account that is read."""
    zone = ZoneInfo("UTC")
    account = Account(KEY, KEY, KEY, KEY, KEY, "", heartbeat.every_s, zone)
    return Person(KEY, KEY, "", zone, frozenset(), (account,), "proof that the whole path works")


CANARY_RECEIVER: Final = Receiver(KEY, KEY, "", (), Disclosure.MINIMAL, "en", ZoneInfo("UTC"), alerts=False)


def with_canary(book: RuleBook) -> RuleBook:
    """The same rule book, by its hash and body too, that also knows the secret of the canary."""
    zone = next((product.timezone for product in book.products.values()), ZoneInfo("UTC"))
    product = Product(
        key=KEY,
        ref=KEY,
        label=KEY,
        brand=(),
        names=(SECRET,),
        aliases=(),
        weak_aliases=(),
        codenames=(),
        variants=(),
        not_this=(),
        timezone=zone,
        windows={Kind.PRODUCT: Window()},
    )
    rule = Rule(
        id=KEY,
        kinds=frozenset({Kind.PRODUCT}),
        severity=Severity.LOW,
        status=RuleStatus.STABLE,
        subjects=frozenset({KEY}),
        own_words_only=False,
        listed_only=False,
        match=(),
        ignore=(),
        place=KEY,
    )
    return replace(book, products={**book.products, KEY: product}, rules=(*book.rules, rule))
