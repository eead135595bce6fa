"""The list of commands, and how they end.

Exit codes: 0 done; 1 found something wrong (check, doctor, demo, scan and import of bad lines); 2 the command line is
wrong; 3 a configuration or rules file is wrong; 4 the database cannot be used; 5 what was asked for does not exist.
"""

import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any

import typer

from monitor import __version__
from monitor.cli import show
from monitor.errors import InputError, LeakMonitorError, NotFoundError, StoreError

EXIT_PROBLEM, EXIT_INPUT, EXIT_DATABASE, EXIT_NOT_FOUND, EXIT_INTERRUPTED = 1, 3, 4, 5, 130

# Modules are named, not imported: one that is not asked for costs no start-up time.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "run": "run.run",
        "demo": "demo.demo",
        "try": "demo.try_feed",
        "init": "init.init",
        "check": "check.check",
        "doctor": "doctor.doctor",
        "egress": "egress.egress",
        "status": "status.status",
        "summary": "summary.summary",
        "scan": "scan.scan",
        "import": "imports.import_posts",
        "explain": "explain.explain",
        "schema": "schema.schema",
    }
)
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "accounts": "accounts.app",
        "alerts": "alerts.app",
        "deliveries": "deliveries.app",
        "incidents": "incidents.app",
        "receivers": "receivers.app",
        "suppressions": "suppressions.app",
        "watchlist": "watchlist.app",
        "audit": "audit.app",
        "db": "database.app",
    }
)


def build_app(words: Sequence[str] = ()) -> typer.Typer:
    """The command line: all commands, or the one that the first of the words names."""
    app = typer.Typer(
        name="leak-monitor",
        help="Notices within minutes that an executive has just posted a company secret.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    named = words[0] if words and words[0] in {**COMMANDS, **GROUPS} else None
    for name, place in COMMANDS.items():
        if named in (None, name):
            app.command(name)(_found(place))
    for name, place in GROUPS.items():
        if named in (None, name):
            app.add_typer(_found(place), name=name)
    return app


def run_command_line(words: Sequence[str] | None = None) -> int:
    """Run a command, that of sys.argv if no words are given, and answer its exit code.

    A problem that has a name is one line on standard error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal or a pipe cannot hold is escaped, as JSON would.
            stream.reconfigure(errors="backslashreplace")
    said = sys.argv[1:] if words is None else list(words)
    try:
        build_app(said)(said, prog_name="leak-monitor")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except LeakMonitorError as error:
        show.err().print(f"error: {error}", style="red", markup=False)
        return _code_of(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; say nothing more, as other tools do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    return 0


def _found(place: str) -> Any:  # noqa: ANN401 - a function, or a group of them
    module, _, name = place.partition(".")
    return getattr(import_module(f"monitor.cli.{module}"), name)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"leak-monitor {__version__}")
        raise typer.Exit


VersionOption = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")]


def _options(version: VersionOption = False) -> None:
    """Options before the command."""


def _code_of(error: LeakMonitorError) -> int:
    codes = ((InputError, EXIT_INPUT), (StoreError, EXIT_DATABASE), (NotFoundError, EXIT_NOT_FOUND))
    return next((code for kind, code in codes if isinstance(error, kind)), EXIT_PROBLEM)
