"""The calendar of those on duty, for commands."""

from collections.abc import Iterator
from datetime import datetime

from monitor.cli.files import open_store
from monitor.net.client import Client
from monitor.rota import CalendarError, Rota, calendar_of
from monitor.runtime import Runtime
from monitor.store import database_exists


def knowing_calendar(runtime: Runtime, at: datetime) -> Runtime:
    """The same with what the calendar says around that instant: a file as it is, an address as it was last read."""
    calendar, rota = calendar_of(runtime), Rota()
    if calendar is None:
        return runtime
    if calendar.file:
        return try_calendar(runtime, None, at)[0]
    if database_exists(runtime.settings.database_url):
        with open_store(runtime.settings) as store:
            rota.take_up(store, runtime, at)
    return rota.applied(runtime, at)


def try_calendar(runtime: Runtime, client: Client | None, at: datetime) -> tuple[Runtime, str]:
    """The same with what it says now, and what is wrong with it; without a client only a file is read."""
    calendar, rota = calendar_of(runtime), Rota()
    if calendar is None or not (calendar.file or client):
        return runtime, ""
    try:
        rota.try_out(runtime, client, at)
    except CalendarError as error:
        return runtime, str(error)
    return rota.applied(runtime, at), ""


def strangers_of(runtime: Runtime) -> Iterator[str]:
    """A line for each that the calendar names, and the team does not."""
    table = runtime.settings.roster.duty
    for name in table.strangers if table else ():
        yield f"the calendar of duty names {name!r}, who is not in [[team]]; add them, or correct it"
