"""Prices, dates and specs as candidates.

They are read in the text without its names, so that a price or a date may begin exactly where a name ends
(云雀1312月1日) and no name's own number is read twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from monitor.match.candidates import Candidate
from monitor.match.fold import Folded
from monitor.match.quantities import Reading
from monitor.match.quantities.dates import find_dates
from monitor.match.quantities.harmless import find_harmless
from monitor.match.quantities.prices import find_prices
from monitor.match.quantities.specs import find_specs
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind

MOST_MEASURED: Final = 100_000  # characters of a part in which numbers are read; names are found everywhere
NAME_MARK: Final = "\ufffc"  # stands where a name stood: neither letter nor digit nor blank
_PER_CHARACTER: Final = 1024
# Of readings of the same words: what tells its meaning by itself, then a spec (its unit is rarer), price, date.
_SURENESS: Final = {None: 5, Kind.SPEC: 4, Kind.PRICE: 3, Kind.DATE: 2}
_BARE_LOSES: Final = 8


def without_names(folded: Folded, names: Sequence[Candidate]) -> str:
    """The folded text with a mark on each character of the chosen names; offsets stay."""
    text = list(folded.text[:MOST_MEASURED])
    for name in names:
        begin, end = folded.place(name.start, name.end)
        if end <= len(text):
            text[begin:end] = NAME_MARK * (end - begin)
    return "".join(text)


def measured(folded: Folded, text: str, today: date) -> Iterator[Candidate]:
    """Every reading of every grammar in that text, harmless ones too; `today` is the post's day."""
    for found in (find_harmless(text), find_specs(text), find_prices(text), find_dates(text, today)):
        for reading in _widest(found):
            if not (folded.splits(reading.start) or folded.splits(reading.end)):
                yield _candidate(folded, reading)


def _widest(readings: Iterable[Reading]) -> Iterator[Reading]:
    """The readings of one grammar without those inside another one; what is sure is not hidden by what is bare."""
    end = sure_end = 0
    for reading in sorted(readings, key=lambda r: (r.start, -r.end, r.bare)):
        if reading.end > (end if reading.bare else sure_end):
            yield reading
        end = max(end, reading.end)
        sure_end = sure_end if reading.bare else max(sure_end, reading.end)


def _candidate(folded: Folded, reading: Reading) -> Candidate:
    start, end = folded.span(reading.start, reading.end)
    sure = _SURENESS[reading.kind] - (_BARE_LOSES if reading.bare else 0)
    return Candidate(
        kind=reading.kind or Kind.SPEC,
        subject="",
        start=start,
        end=end,
        weight=(reading.end - reading.start) * _PER_CHARACTER + sure,
        reason=Reason("harmless_number") if reading.kind is None else Reason("no_subject"),
        value=reading.value,
        harmless=reading.kind is None,
        row=reading.row,
        bare=reading.bare,
    )
