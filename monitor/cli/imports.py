"""`leak-monitor import`: posts of a file, stored as posts of an account."""

import csv
import hashlib
import json
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Annotated, Final

import typer

from monitor.cli import show
from monitor.cli.actor import actor
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_settings, open_store
from monitor.cli.lines import lines_of
from monitor.clock import SystemClock
from monitor.config.shape import AddressTable, PushedTable
from monitor.errors import LeakMonitorError, NotFoundError
from monitor.fetch import rank_of
from monitor.fetch.entries import EntryError, read_each
from monitor.fetch.records import checked_post, record_of
from monitor.model.people import Account, Person
from monitor.model.posts import FetchedPost, Page, Payload, ReadState
from monitor.store import Store, accounts, audit
from monitor.store.accounts import Saved

AT_ONCE: Final = 500  # posts in one transaction
_COLUMNS: Final = ("id", "text", "title", "time", "published_at", "edited", "url", "kind", "parent", "quoted", "client")


@dataclass(frozen=True, slots=True)
class Item:
    """What one line says, or what is wrong with it."""

    place: str
    value: object = None
    problem: str = ""


@dataclass(slots=True)
class Tally:
    """What has come of the lines so far."""

    new: int = 0
    edited: int = 0
    known: int = 0
    wrong: int = 0

    def add(self, saved: Saved) -> None:
        """Count what was stored."""
        self.new += saved.new_posts
        self.edited += saved.new_revisions
        self.known += saved.known


def import_posts(
    file: Annotated[str, typer.Argument(help="JSON lines or CSV in UTF-8, also .gz; - for standard input.")],
    account: Annotated[str, typer.Option("--account", help="The key of the account whose posts these are.")],
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing; say what would be new.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Store posts of a file as posts of an account; the service judges them. Doing it again stores nothing twice.

    A post has "id" and "text", and may have "time", "url", "title", "kind", "parent", "edited", "quoted" and "client":
    as the names of a JSON object, or as the heading of a CSV. Exit code 1 if any line was no post; the others are
    stored all the same.
    """
    settings = load_settings(config)
    who = next((a for person in settings.people for a in person.accounts if a.key == account), None)
    if who is None:
        raise NotFoundError(f"no account {account!r}; `leak-monitor accounts list` shows them")
    tally = Tally()
    lines = chain.from_iterable(lines_of([file], with_bar=sys.stderr.isatty()))
    with open_store(settings) as store:
        items = items_of(lines)
        while batch := list(islice(items, AT_ONCE)):
            page, wrong = _page(who, batch, file, SystemClock().now())
            for item in wrong:
                show.err().print(f"{item.place}: {item.problem}", style="yellow", markup=False)
            tally.wrong += len(wrong)
            if page.posts:
                tally.add(_store(store, settings.people, who, page, dry_run=dry_run))
    columns = ("account", "new", "edited", "known", "wrong")
    row = (who.key, tally.new, tally.edited, tally.known, tally.wrong)
    show.print_rows(columns, [row], as_json=as_json, empty="")
    if tally.wrong:
        raise typer.Exit(1)


def items_of(lines: Iterator[tuple[str, bytes]]) -> Iterator[Item]:
    """Objects of JSON lines, or rows of a CSV if the first line does not begin with a brace; blank lines are none."""
    for place, raw in lines:
        first = raw.removeprefix(BOM_UTF8)
        if first.strip():
            rest = chain([(place, first)], lines)
            yield from _json_lines(rest) if first.lstrip().startswith(b"{") else _csv_rows(rest)


def _json_lines(lines: Iterator[tuple[str, bytes]]) -> Iterator[Item]:
    for place, raw in lines:
        if not raw.strip():
            continue
        try:
            yield Item(place, json.loads(raw.decode(), parse_float=str))
        except UnicodeDecodeError:
            yield Item(place, problem="not UTF-8")
        except (ValueError, RecursionError):
            yield Item(place, problem="not JSON")


def _csv_rows(lines: Iterator[tuple[str, bytes]]) -> Iterator[Item]:
    """Rows, each at the place of its last line: a text in quotes may go on over several."""
    at = [""]

    def texts() -> Iterator[str]:
        for place, raw in lines:
            at[0] = place
            # What is no UTF-8 is marked, and found again in the row.
            yield raw.decode("utf-8", "surrogateescape") + "\n"

    rows = csv.reader(texts(), strict=True)
    heading = [name.strip().lower() for name in _next(rows) or []]
    if missing := {"id", "text"} - set(heading):
        raise LeakMonitorError(
            f"{at[0]}: the heading has no column {min(missing)!r}; "
            f"the first line names the columns, of {', '.join(_COLUMNS)}"
        )
    while (row := _next(rows)) is not None:
        if problem := _csv_problem(row, heading):
            yield Item(at[0], problem=problem)
        elif row:
            yield Item(at[0], {name: cell for name, cell in zip(heading, row, strict=False) if cell})


def _next(rows: Iterator[list[str]]) -> list[str] | str | None:
    """The next row; why it is none; None at the end."""
    try:
        return next(rows, None)
    except csv.Error:
        return "not CSV: quotes that do not match, or a cell of more than 131,072 characters"


def _csv_problem(row: list[str] | str, heading: Sequence[str]) -> str:
    if isinstance(row, str):
        return row
    if len(row) > len(heading):
        return "more cells than the heading has"
    return "not UTF-8" if any(cell.encode("utf-8", "replace").decode() != cell for cell in row) else ""


# --- storing --------------------------------------------------------------------------------------------------------


def _store(store: Store, people: Sequence[Person], account: Account, page: Page, *, dry_run: bool) -> Saved:
    now = SystemClock().now()
    # Of a read everything that was written is undone.
    with store.read() if dry_run else store.write() as tx:
        accounts.sync_people(tx, people, now)
        saved = accounts.save_beside(tx, account, page, now, rank=rank_of(account))
        counts = {"new": saved.new_posts, "edited": saved.new_revisions, "known": saved.known}
        audit.note(tx, actor(), "import", account.key, {"file": page.payloads[0].url, **counts}, now)
    return saved


def _page(account: Account, batch: Sequence[Item], file: str, now: datetime) -> tuple[Page, list[Item]]:
    """The posts of these lines, with what the lines say as evidence; and the lines that are none."""

    def read(item: Item) -> FetchedPost:
        if item.problem:
            raise EntryError(item.problem)
        return checked_post(record_of(item.value), account, now, own_ids=_has_own_ids(account))

    posts, broken = read_each(batch, read)
    problems = {each.position: each.problem for each in broken}
    told = (item.value for at, item in enumerate(batch) if at not in problems)
    body = "\n".join(json.dumps(value) for value in told).encode()
    name = f"import:{file.rpartition('/')[2]}"
    payload = Payload(hashlib.sha256(body).hexdigest(), name, 200, {}, body, now)
    wrong = [Item(batch[at].place, problem=problem) for at, problem in problems.items()]
    return Page(ReadState(), posts, (payload,)), wrong


def _has_own_ids(account: Account) -> bool:
    """Whether its source tells ids of its place alone; else an id is that of the network."""
    table = account.options
    return isinstance(table, AddressTable | PushedTable) and not getattr(table, "network_ids", False)
