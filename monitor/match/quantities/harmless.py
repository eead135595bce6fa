"""Numbers that compete with prices, dates and specifications and are none: sales, rents, scores, orders, times of day.

Each row takes the word that tells its meaning into its place, so that it is longer than what it competes with. What it
leaves alone may still be a secret: of 售价4499元, 立减300 only 立减300 is harmless, and of 补贴后4499元 nothing.
"""

from collections.abc import Iterator
from typing import Final

from monitor.match.quantities import harmless_counts, harmless_money, harmless_names
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Table, read_rows

ROWS: Final = (*harmless_money.ROWS, *harmless_counts.ROWS, *harmless_names.ROWS)
_TABLE: Final = Table(ROWS)


def find_harmless(text: str) -> Iterator[Reading]:
    """Every number that tells its harmless meaning, with the words that tell it."""
    return read_rows(_TABLE.rows_for(text), None, text)
