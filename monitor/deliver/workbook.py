"""A day or a week as a workbook (XLSX): what it came to, its alerts, and when we were blind.

Every text is written as a string, never as a formula or a link, whoever wrote it. The same summary gives the same
bytes.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Final, TypeAlias
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from monitor.deliver.summary import cause_of, conclusion, counts, outcome_of, title_of, told, waiting
from monitor.model.messages import Disclosure, Receiver
from monitor.model.summaries import AlertLine, BlindSpot, Summary
from monitor.words import platform_name, say
from monitor.words.phrases import duration

MOST_CHARACTERS: Final = 32_767  # of a cell, says the format
NARROWEST, WIDEST = 8, 80  # in characters of Latin script
DATE_WIDTH: Final = 20
SUBTYPE: Final = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # of application/

# What XML 1.0 has no way to write, the marks that reorder a line, and halves of surrogate pairs.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
_HALVES: Final = re.compile("[\ud800-\udfff]")

Cell: TypeAlias = str | int | datetime | None


def workbook(summary: Summary, receiver: Receiver) -> bytes:
    """The file, in the receiver's language and zone; posts only for those who are shown them. RenderError."""
    language, zone = receiver.language, receiver.timezone
    written = BytesIO()
    # Options beside the first two: nothing of a text is taken for a number, a formula or an address.
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(written, {"in_memory": True, "remove_timezone": True, **safe})
    book.set_properties({"created": summary.at.replace(tzinfo=None)})
    sheets = _Sheets(book, language, zone)
    sheets.rows("sheet_summary", *_figures(summary, receiver))
    alerts = [_alert(alert, receiver) for alert in summary.alerts]
    sheets.rows("sheet_alerts", _alert_columns(receiver), alerts)
    sheets.rows("sheet_blind", BLIND_COLUMNS, [_spot(spot, language) for spot in summary.blind])
    book.close()
    return written.getvalue()


def _figures(summary: Summary, receiver: Receiver) -> tuple[list[str], list[list[Cell]]]:
    """The heads and rows of the first sheet: counts, times, then all that is said in sentences."""
    language, every = receiver.language, summary.period.every
    heads = ["summary_what", f"summary_this_{every}", f"summary_last_{every}", "summary_median", "summary_slowest"]
    rows: list[list[Cell]] = [
        [say(language, code), pair.this, pair.last, None, None] for code, pair, _ in counts(summary)
    ]
    for name, wait in summary.waits.items():
        lengths = (duration(language, wait.median), duration(language, wait.slowest))
        rows.append([say(language, f"summary_wait_{name}"), None, None, *lengths])
    waits = [waiting(summary.unjudged, summary.at, language)] if summary.unjudged else []
    said = (title_of(summary, language), conclusion(summary, language), *waits, *told(summary, receiver))
    rows += [[line, None, None, None, None] for line in said]
    return heads, rows


# --- rows -----------------------------------------------------------------------------------------------------------

ALERT_COLUMNS: Final = (
    *("column_number", "column_severity", "column_label", "column_person", "column_platform"),
    *("column_posted", "column_seen", "column_taken", "column_gone", "column_verdict"),
)
BLIND_COLUMNS: Final = (
    *("column_platform", "column_accounts", "column_from", "column_to"),
    *("column_cause", "column_reread", "column_outcome"),
)


def _alert_columns(receiver: Receiver) -> Sequence[str]:
    return ALERT_COLUMNS if receiver.show is Disclosure.MINIMAL else (*ALERT_COLUMNS, "column_text")


def _alert(alert: AlertLine, receiver: Receiver) -> list[Cell]:
    language = receiver.language
    row: list[Cell] = [
        f"A-{alert.number}",
        say(language, f"severity_{alert.severity}"),
        alert.label,
        alert.person_name,
        platform_name(language, alert.platform),
        *(alert.posted_at, alert.seen_at, alert.taken_at, alert.gone_at),
        say(language, f"verdict_{alert.verdict or 'none'}"),
    ]
    return row if receiver.show is Disclosure.MINIMAL else [*row, alert.text]


def _spot(spot: BlindSpot, language: str) -> list[Cell]:
    return [
        platform_name(language, spot.platform),
        spot.accounts,
        *(spot.from_at, spot.to_at),
        cause_of(spot, language),
        spot.reread,
        outcome_of(spot, language),
    ]


# --- sheets ---------------------------------------------------------------------------------------------------------


class _Sheets:
    """Writes sheets into a workbook."""

    def __init__(self, book: Workbook, language: str, zone: ZoneInfo) -> None:
        self._book = book
        self._language = language
        self._zone = zone
        self._head: Format = book.add_format({"bold": True, "bottom": 1})
        self._date: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left", "valign": "top"})
        self._text: Format = book.add_format({"text_wrap": True, "valign": "top"})

    def rows(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """A table under a head that stays in sight."""
        sheet = self._sheet(name)
        heads = [say(self._language, code) for code in columns]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self._head)
            sheet.set_column(column, column, _width([head, *(row[column] for row in rows)]))
        for no, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(sheet, no, column, cell)

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(say(self._language, name))
        sheet.freeze_panes(1, 0)
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.astimezone(self._zone).replace(tzinfo=None), self._date)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self._text)
        elif cell:
            sheet.write_string(row, column, safe_text(cell), self._text)


def safe_text(text: str) -> str:
    """What a cell can hold of a text."""
    return _UNWRITABLE.sub("", _HALVES.sub("\ufffd", text))[:MOST_CHARACTERS]


def _width(cells: Sequence[Cell]) -> int:
    """In characters of Latin script: a Chinese one takes two."""
    return min(WIDEST, max(NARROWEST, 2 + max(map(_length, cells))))


def _length(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return DATE_WIDTH
    text = "" if cell is None else str(cell)
    return max((sum(1 + (east_asian_width(c) in "WF") for c in line) for line in text.split("\n")), default=0)
