"""`leak-monitor summary`: a day or a week in figures, now, as a receiver would be told."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor import summary as deciding
from monitor.cli import show
from monitor.cli.actor import log_view
from monitor.cli.files import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LangOption,
    open_store,
    readable_settings,
    rules_of,
)
from monitor.clock import SystemClock
from monitor.deliver.card import plain
from monitor.deliver.figures import figures_of
from monitor.deliver.summary import conclusion, counts, summary_card, title_of, told, waiting
from monitor.deliver.workbook import workbook
from monitor.errors import LeakMonitorError
from monitor.model.messages import Disclosure, Receiver
from monitor.model.summaries import Every, Summary
from monitor.store import summaries
from monitor.words import say
from monitor.words.phrases import duration


def _until(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter("it is no day, for example 2030-06-17") from error


def summary(
    daily: Annotated[bool, typer.Option("--daily/--weekly", help="Of a day, or of a week.")] = False,
    until: Annotated[
        str | None, typer.Option(help="The day before which it ends, such as 2030-06-17; default today.")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write it as a workbook to this file, too.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a day or week came to: alerts, times, what was watched, when we were blind, what lies ahead."""
    ends_on = _until(until)
    settings = readable_settings(config)
    now = SystemClock().now()
    every = Every.DAILY if daily else Every.WEEKLY
    reader = Receiver("", "", "", (), Disclosure.FULL, lang or settings.language, settings.timezone)
    topic = summaries.topic_of(every, ends_on or now.astimezone(settings.timezone).date())
    asked = deciding.asked(reader, rules_of(settings), settings.people, now)
    with open_store(settings) as store:
        with store.read() as tx:
            made = summaries.summary_for(tx, topic, asked)
        log_view(store, topic, {"xlsx": xlsx is not None})
    if xlsx is not None:
        _write(xlsx, workbook(made, reader))
    if as_json:
        show.print_json(figures_of(made, reader.show))
    elif sys.stdout.isatty():
        _print(made, reader)
    else:
        show.out().print(show.printable(plain(summary_card(made, reader))), markup=False)


def _write(path: Path, content: bytes) -> None:
    """In place of what is there; for its owner alone, because posts stand in it."""
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(content)
    except OSError as error:
        raise LeakMonitorError(f"{path}: {error.strerror}; name a file that we may write") from error


def _print(made: Summary, reader: Receiver) -> None:
    out, language = show.out(), reader.language
    out.print(Text(show.printable(title_of(made, language)), "bold"))
    out.print(Text(show.printable(conclusion(made, language)), "green" if made.is_quiet else ""))
    for table in (_counts(made, language), _times(made, language)):
        if table.row_count:
            out.print()
            out.print(table)
    if made.unjudged:
        out.print(Text(f"  ← {show.printable(waiting(made.unjudged, made.at, language))}", "yellow"))
    out.print()
    for line in told(made, reader):
        out.print(Text(show.printable(line)))


def _counts(made: Summary, language: str) -> Table:
    every = made.period.every
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("")
    table.add_column(say(language, f"summary_this_{every}"), justify="right")
    table.add_column(say(language, f"summary_last_{every}"), justify="right")
    for code, pair, _ in counts(made):
        style = "red" if code == "summary_leaks" and pair.this else ""
        table.add_row(say(language, code), f"{pair.this:,}", f"{pair.last:,}", style=style)
    return table


def _times(made: Summary, language: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("")
    for code in ("summary_median", "summary_slowest"):
        table.add_column(say(language, code), justify="right")
    for name, wait in made.waits.items():
        lengths = (duration(language, wait.median), duration(language, wait.slowest))
        table.add_row(say(language, f"summary_wait_{name}"), *lengths)
    return table
