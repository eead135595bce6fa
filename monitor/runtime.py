"""What people configured, as the stages take it: settings, rule book and matcher in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from monitor.config import Settings
from monitor.match import Matcher
from monitor.model.messages import Receiver
from monitor.model.people import Account, Person
from monitor.model.rulebook import RuleBook


@dataclass(frozen=True)
class Runtime:
    """What people configured, whole: swapped by one assignment, taken once per claim."""

    settings: Settings
    book: RuleBook
    matcher: Matcher = field(repr=False)

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by key."""
        return {a.key: a for p in self.settings.people for a in p.accounts}

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Every person by key."""
        return {p.key: p for p in self.settings.people}

    @cached_property
    def receivers(self) -> Mapping[str, Receiver]:
        """Every receiver by key."""
        return {r.key: r for r in self.settings.receivers}

    def said_aloud(self, subject: str) -> tuple[str, str]:
        """The opaque ref and the label of a product or series, which may leave this machine."""
        for thing in (self.book.products.get(subject), *(s for s in self.book.series if s.key == subject)):
            if thing is not None:
                return thing.ref, thing.label
        rule = next((rule for rule in self.book.rules if rule.own_subject == subject), None)
        return (f"R-{sha256(rule.id.encode()).hexdigest()[:4].upper()}", rule.label) if rule else ("", "")
