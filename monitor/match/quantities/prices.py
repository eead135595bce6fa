"""Every price of a folded text, in Chinese and English: two tables of rows, both asked."""

from collections.abc import Iterator
from typing import Final

from monitor.match.quantities import prices_en, prices_zh
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Table, read_rows
from monitor.model.rulebook import Kind

ROWS: Final = (*prices_zh.ROWS, *prices_en.ROWS)
_TABLE: Final = Table(ROWS)


def find_prices(text: str) -> Iterator[Reading]:
    """Every reading as a price, of overlapping places too."""
    return read_rows(_TABLE.rows_for(text), Kind.PRICE, text)
