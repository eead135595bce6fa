"""Numbers that compete with prices, dates and specifications and are none: sales, rents, scores, orders, times of day.

Each row takes the word that tells its meaning into its place, so that it is longer than what it competes with. What it
leaves alone may still be a secret: of 售价4499元, 立减300 only 立减300 is harmless, and of 补贴后4499元 nothing.
"""

import re
from collections.abc import Iterator
from typing import Final

from monitor.match.quantities import harmless_counts, harmless_money, harmless_names
from monitor.match.quantities.numbers import HAN_NUMERAL
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import read_rows

ROWS: Final = (*harmless_money.ROWS, *harmless_counts.ROWS, *harmless_names.ROWS)
_MAY_COUNT: Final = re.compile(rf"[\d{HAN_NUMERAL}]")


def find_harmless(text: str) -> Iterator[Reading]:
    """Every number that tells its harmless meaning, with the words that tell it."""
    if _MAY_COUNT.search(text):
        yield from read_rows(ROWS, None, text)
