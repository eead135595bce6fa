"""`leak-monitor incidents`: our own trouble, and who sees to it."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import show
from monitor.cli.actor import actor
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, LangOption, open_store, readable_settings
from monitor.clock import SystemClock
from monitor.deliver.trouble import incident_lines
from monitor.model.messages import Disclosure, IncidentEvent, IncidentNotice, Receiver
from monitor.store import incidents
from monitor.store.incidents import IncidentEventRow, IncidentRow

app = typer.Typer(help="Our own trouble, and who sees to it.", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(help="Its number, as `incidents list` shows it.", min=1)]
AsOption = Annotated[str | None, typer.Option("--as", help="Who does so; default the user of this machine.")]
COLUMNS = ("number", "kind", "subject", "state", "opened_at", "closed_at", "next_at", "taken_by")


@app.command("list")
def list_incidents(
    closed: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what troubles us now, the newest first, and when each speaks again."""
    with open_store(readable_settings(config)) as store, store.read() as tx:
        rows = incidents.list_incidents(tx, closed=closed, limit=limit)
    show.print_rows(
        COLUMNS,
        [
            (r.number, r.kind, r.subject, state_of(r), r.opened_at, r.closed_at, r.next_at, r.taken_by or None)
            for r in rows
        ],
        as_json=as_json,
        empty="no incidents",
        on_terminal=("number", "kind", "subject", "state", "opened_at", "next_at", "taken_by"),
    )


@app.command("show")
def show_incident(
    number: NumberArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one incident: cause and cure, what happened to it, who sees to it."""
    settings = readable_settings(config)
    with open_store(settings) as store, store.read() as tx:
        row, events = incidents.show_incident(tx, number)
    if as_json:
        show.print_json({**asdict(row), "state": state_of(row), "events": [asdict(event) for event in events]})
        return
    language = lang or settings.language
    reader = Receiver("", "", "", (), Disclosure.FULL, language, settings.timezone, ops=True)
    for line in incident_lines(_notice(row, events), reader):
        show.out().print(show.printable(line), markup=False)
    for event in events:
        by = f" by {event.detail['by']}" if event.event is IncidentEvent.TAKEN else ""
        show.out().print(Text(f"{show.short_time(event.at)}  {event.seq}. {event.event}{by}", "dim"))
    if row.taken_note:
        show.out().print(show.printable(f"{row.taken_by}: {row.taken_note}"), markup=False)


@app.command("take")
def take(
    number: NumberArgument,
    by: AsOption = None,
    note: Annotated[str, typer.Option(help="What is being done; kept with it.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Say that somebody sees to it: it reminds nobody any more, and is over by itself when the trouble is."""
    who = by or actor()
    with open_store(readable_settings(config)) as store, store.write() as tx:
        incidents.take_incident(tx, number, who, note, SystemClock().now())
    show.out().print(f"incident {number}: taken by {who}", markup=False)


@app.command("close")
def close(number: NumberArgument, by: AsOption = None, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say that it is over, when it cannot notice that by itself; if it is not, it opens anew."""
    who = by or actor()
    with open_store(readable_settings(config)) as store, store.write() as tx:
        incidents.close_by_hand(tx, number, who, SystemClock().now())
    show.out().print(f"incident {number}: closed by {who}", markup=False)


def state_of(row: IncidentRow) -> str:
    """How it stands: open, taken or closed."""
    return "closed" if row.closed_at else "taken" if row.taken_at else "open"


def _notice(row: IncidentRow, events: list[IncidentEventRow]) -> IncidentNotice:
    """What its opening said, with what is known now."""
    return IncidentNotice(
        topic="",
        number=row.number,
        kind=row.kind,
        subject=row.subject,
        seq=1,
        event=IncidentEvent.OPENED,
        event_at=events[-1].at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        detail=row.detail,
    )
