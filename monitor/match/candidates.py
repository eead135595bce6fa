"""What is seen in a text before anything is decided: candidates of any kind, the ones that fail a check included."""

from dataclasses import dataclass

from monitor.match.terms import Role
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be a secret at a place of one text; `fails` says which check it did not pass.

    `start` and `end` are offsets of the original text. The heavier of two that overlap wins (choose.py).
    """

    kind: Kind
    subject: str
    start: int
    end: int
    weight: int
    reason: Reason  # what a finding of it would say
    value: str = ""  # "" for the product itself: every spelling of a name is one fact
    weak: bool = False  # graded medium at most
    harmless: bool = False  # competes, and is no secret when it wins
    vetoes: bool = False  # a "not this" phrase: what begins in it loses, unless it is the longer name of another
    fails: Reason | None = None
    role: Role = Role.NAME  # of a word of the list
    row: str = ""  # of a quantity: the row of the grammar that read it
    bare: bool = False  # of a quantity: alone it could be any number
