"""What the grammars answer: a quantity at a place of a folded text."""

from dataclasses import dataclass

from monitor.model.rulebook import Kind


@dataclass(frozen=True, slots=True)
class Reading:
    """A price, date or spec that a grammar has read, or a harmless number (kind None) that competes with them.

    `start` and `end` are offsets of the folded text. `value` is normalised, "" if harmless:

        price  "4499 CNY", "4000-4999 CNY"; without its currency ("4499") where the text tells none
        date   a day "2030-06-18", or both ends of an interval, inclusive: "2030-06-01/2030-06-30"
        spec   amount and unit: "7500 mah", "48000000 pixel", "256 gb"

    `row` names the row of the table that read it. `bare` says that the number alone could be anything (3999, 0810,
    12.1): it counts only where a name or a word of its kind stands directly beside it.
    """

    kind: Kind | None
    start: int
    end: int
    value: str
    row: str
    bare: bool = False
