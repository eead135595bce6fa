"""The list of commands, and how they end.

Exit codes: 0 done; 1 found something wrong (check, doctor, demo, scan of bad lines); 2 the command line is wrong;
3 a configuration or rules file is wrong; 4 the database cannot be used; 5 what was asked for does not exist.
"""

import os
import signal
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import (
    accounts,
    alerts,
    check,
    database,
    deliveries,
    demo,
    doctor,
    explain,
    init,
    receivers,
    run,
    scan,
    show,
    status,
    watchlist,
)
from monitor.errors import InputError, LeakMonitorError, NotFoundError, StoreError

EXIT_PROBLEM, EXIT_INPUT, EXIT_DATABASE, EXIT_NOT_FOUND, EXIT_INTERRUPTED = 1, 3, 4, 5, 130

app = typer.Typer(
    name="leak-monitor",
    help="Notices within minutes that an executive has just posted a company secret.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("try")(demo.try_feed)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)
app.command("status")(status.status)
app.command("scan")(scan.scan)
app.command("explain")(explain.explain)
app.add_typer(accounts.app, name="accounts")
app.add_typer(alerts.app, name="alerts")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(receivers.app, name="receivers")
app.add_typer(watchlist.app, name="watchlist")
app.add_typer(database.app, name="db")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"leak-monitor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


def run_command_line() -> int:
    """Run the command of sys.argv and answer its exit code; a problem that has a name is one line on standard error."""
    try:
        code = app(standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else EXIT_PROBLEM
    except LeakMonitorError as error:
        show.err().print(f"error: {error}", style="red", markup=False)
        return _code_of(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; say nothing more, as other tools do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    return int(code or 0)


def _code_of(error: LeakMonitorError) -> int:
    codes = ((InputError, EXIT_INPUT), (StoreError, EXIT_DATABASE), (NotFoundError, EXIT_NOT_FOUND))
    return next((code for kind, code in codes if isinstance(error, kind)), EXIT_PROBLEM)
