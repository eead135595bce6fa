"""The workbook of a summary, read back by another library than the one that wrote it."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from monitor.deliver.workbook import MOST_CHARACTERS, workbook
from monitor.model.messages import Disclosure, Receiver
from monitor.model.summaries import AlertLine
from tests.deliver.samples import receiver
from tests.deliver.summaries import ALERT, quiet, summary

ENGLISH = receiver(language="en", show=Disclosure.POST)

at = datetime.fromisoformat


def read(made: Any, to: Receiver) -> Workbook:
    return load_workbook(BytesIO(workbook(made, to)))


def rows(book: Workbook, name: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book[name].iter_rows(values_only=True)]


def test_each_alert_is_a_row_with_real_instants_on_the_reader_s_clock() -> None:
    assert rows(read(summary(), ENGLISH), "Alerts") == [
        ("Number", "Severity", "Product", "Person", "Network", "Posted", "Seen", "Taken", "Gone", "Verdict", "Post"),
        (
            *("A-2417", "CRITICAL", "翠鸟", "林晓舟", "Weibo"),
            *(at("2026-11-24T23:40"), at("2026-11-24T23:40:41")),
            *(at("2026-11-24T23:42:41"), at("2026-11-24T23:51")),
            *("leak", "2字头起，下周四见😏"),
        ),
        (
            *("A-2421", "HIGH", "白鹭", "陈立", "X"),
            *(None, at("2026-11-28T08:30"), None, None, "not judged"),
            '=HYPERLINK("https://a.example","Egret")',
        ),
    ]


def test_the_zone_is_that_of_the_receiver() -> None:
    book = read(summary(), receiver(language="en", timezone=ZoneInfo("Europe/Berlin")))
    assert rows(book, "Alerts")[1][5] == at("2026-11-24T16:40")


def test_blind_spots_are_rows_too() -> None:
    assert rows(read(summary(), ENGLISH), "Blind spots") == [
        ("Network", "Accounts", "From", "To", "Cause", "Accounts re-read", "Outcome"),
        (
            *("Weibo", 1, at("2026-11-26T03:10"), at("2026-11-26T03:50")),
            *("session expired", 1, "re-read, 0 missed"),
        ),
    ]


def test_the_first_sheet_has_the_numbers_and_then_the_sentences() -> None:
    told = rows(read(summary(), ENGLISH), "Summary")
    assert told[:9] == [
        ("what", "this week", "last week", "median", "slowest"),
        ("Leaks", 2, 0, None, None),
        ("Authorised or public", 9, 4, None, None),
        ("False alarms", 3, 5, None, None),
        ("Not judged", 1, 0, None, None),
        ("Posted → seen", None, None, "41 s", "2 min 10 s"),
        ("Seen → taken", None, None, "2 min", "6 min"),
        ("Posted → gone", None, None, "11 min", "34 min"),
        ("Leak watch · week 48 (23-29 Nov)", None, None, None, None),
    ]
    assert [row[0].partition(":")[0] for row in told[9:]] == [
        *("In one line", "A-2421, 周敏, 2 d old", "Watched", "Blind", "Self-tests", "Noisiest", "Ending soon")
    ]


@pytest.mark.parametrize(
    ("language", "names"), [("zh", ["总结", "提醒", "看不见的时间"]), ("en", ["Summary", "Alerts", "Blind spots"])]
)
def test_sheets_and_heads_are_in_the_reader_s_language_and_stay_in_sight(language: str, names: list[str]) -> None:
    book = read(summary(), receiver(language=language))
    assert book.sheetnames == names
    assert [sheet.freeze_panes for sheet in book] == ["A2"] * 3
    assert rows(book, names[1])[0][3] == {"zh": "人员", "en": "Person"}[language]


def test_a_column_is_as_wide_as_its_content_and_chinese_counts_double() -> None:
    made = summary(alerts=(replace(ALERT, label="翠鸟翠鸟翠鸟", person_name="Lin Xiaozhou of Yunque", text="x" * 500),))
    widths = read(made, receiver(language="zh"))["提醒"].column_dimensions
    assert [round(widths[name].width) for name in "CDK"] == [15, 25, 81]


@pytest.mark.parametrize("show", Disclosure)
def test_posts_stand_there_for_those_alone_who_are_shown_them(show: Disclosure) -> None:
    content = b"".join(
        str(cell.value).encode() for sheet in read(summary(), receiver(show=show)) for row in sheet for cell in row
    )
    assert ("2字头起".encode() in content) == (show is not Disclosure.MINIMAL)
    assert ("如意".encode() in content) == (show is Disclosure.FULL)


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "{=1+1}", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/C calc"!A0'),
        *("https://a.example", "internal:Sheet1!A1", "mailto:a@a.example", "007", "1e9", "TRUE", "#REF!", "_x000D_"),
    ],
)
def test_a_text_is_a_string_whatever_it_looks_like(text: str) -> None:
    book = read(summary(alerts=(_said(text),)), receiver(show=Disclosure.POST, language="en"))
    cell = book["Alerts"]["K2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert book["Alerts"]["D2"].data_type == "s"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x0bc\x1f", "abc"),
        ("a\u202eb", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("two\nlines", "two\nlines"),
        ("x" * 40_000, "x" * MOST_CHARACTERS),
        ("<&>\"'😏", "<&>\"'😏"),
    ],
)
def test_what_a_cell_cannot_hold_is_left_out(text: str, kept: str) -> None:
    assert rows(read(summary(alerts=(_said(text),)), ENGLISH), "Alerts")[1][10] == kept


def _said(text: str) -> AlertLine:
    return replace(ALERT, text=text, person_name=text)


def test_the_same_summary_gives_the_same_bytes() -> None:
    assert workbook(summary(), ENGLISH) == workbook(summary(), ENGLISH)


def test_a_quiet_week_has_its_sheets_too() -> None:
    book = read(quiet(), ENGLISH)
    assert [len(rows(book, name)) for name in book.sheetnames] == [5, 1, 1]
