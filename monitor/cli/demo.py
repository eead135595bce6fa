"""`leak-monitor demo` and `leak-monitor try`: see it work before setting anything up."""

import os
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.files import LangOption, language_of_user
from monitor.clock import SystemClock
from monitor.config import route_of_options
from monitor.demo import run_demo, run_try


def demo(
    seconds: Annotated[float | None, typer.Option("--for", min=5, help="End after so many seconds.")] = None,
    lang: LangOption = None,
) -> None:
    """Watch a pretend company on this machine: leaks that are caught, harmless posts that are left alone.

    With --for, exit code 0 only if every planted leak was told exactly once and no harmless post was.
    """
    code = run_demo(for_s=seconds, language=lang or language_of_user(), out=show.out(), clock=SystemClock())
    raise typer.Exit(code)


def try_feed(
    url: Annotated[str, typer.Argument(help="A public feed: RSS, Atom or JSON Feed.")],
    rules: Annotated[Path | None, typer.Option(help="Your rules directory; without it, a made-up sample.")] = None,
    seconds: Annotated[float, typer.Option("--for", min=1, help="How long to watch.")] = 60.0,
    proxy_env: Annotated[str | None, typer.Option(help="A variable that holds the address of a proxy.")] = None,
    trust: Annotated[str | None, typer.Option(help="public, system, or a PEM file of authorities.")] = None,
    lang: LangOption = None,
) -> None:
    """Watch one real feed for a minute and show what would be done with each post. Nothing is kept or sent."""
    code = run_try(
        url,
        rules_dir=rules,
        for_s=seconds,
        language=lang or language_of_user(),
        out=show.out(),
        clock=SystemClock(),
        route=route_of_options(proxy_env, trust, os.environ),
    )
    raise typer.Exit(code)
