"""Every price of a folded text, in Chinese and English: two tables of rows, both asked."""

import re
from collections.abc import Iterator
from typing import Final

from monitor.match.quantities import prices_en, prices_zh
from monitor.match.quantities.numbers import HAN_NUMERAL
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import read_rows
from monitor.model.rulebook import Kind

ROWS: Final = (*prices_zh.ROWS, *prices_en.ROWS)
_MAY_COUNT: Final = re.compile(
    rf"[\d{HAN_NUMERAL}几数]|(?<![a-z])(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir|fif|twen|for)"
)


def find_prices(text: str) -> Iterator[Reading]:
    """Every reading as a price, of overlapping places too."""
    if _MAY_COUNT.search(text):
        yield from read_rows(ROWS, Kind.PRICE, text)
