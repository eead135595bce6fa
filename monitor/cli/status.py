"""`leak-monitor status`: what is watched, what waits, what is wrong."""

from collections.abc import Mapping
from dataclasses import asdict

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, open_store, readable_settings
from monitor.clock import SystemClock
from monitor.service import late_work
from monitor.store import status as numbers


def status(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show how things stand in the database; exit code 1 if something is wrong."""
    settings = readable_settings(config)
    now = SystemClock().now()
    with open_store(settings) as store, store.read() as tx:
        counts, incidents = numbers.counts(tx, now), numbers.open_incidents(tx)
    problems = late_work(counts, now)
    if as_json:
        show.print_json({**asdict(counts), "incidents": [asdict(i) for i in incidents], "problems": problems})
    else:
        rows = (
            ("accounts", _said(counts.accounts)),
            ("last read", show.short_time(counts.last_success_at)),
            ("texts", _said(counts.revisions)),
            ("alerts", _said(counts.alerts)),
            ("messages", _said(counts.deliveries)),
            ("receivers", _said(counts.receivers)),
            *((f"trouble since {show.short_time(i.opened_at)}", f"{i.kind} {i.subject}") for i in incidents),
            *(("problem", problem) for problem in problems),
        )
        show.print_rows(("what", "how it stands"), rows, as_json=False, empty="")
    if problems or incidents:
        raise typer.Exit(1)


def _said(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items()) or "none"
