"""`leak-monitor receivers`: who is told, and does a receiver take our messages?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer

from monitor import duty
from monitor.cli import show
from monitor.cli.duties import knowing_calendar, strangers_of
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_runtime
from monitor.cli.instants import parse_instant
from monitor.cli.world import open_world
from monitor.clock import SystemClock
from monitor.deliver import FORMATS, send
from monitor.deliver.judge import Meaning
from monitor.errors import NotFoundError
from monitor.model.messages import Receiver, TestNotice
from monitor.model.rulebook import Kind, Severity
from monitor.routing import About, recipients
from monitor.runtime import Runtime
from monitor.store import queueing
from monitor.words import say

app = typer.Typer(help="Who is told, and do they take our messages?", no_args_is_help=True)


@app.command("test")
def send_test(
    keys: Annotated[list[str] | None, typer.Argument(help="Receiver keys; all if none is named.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Send a signed test message to each receiver, once, and show the answer. Exit code 1 if any did not take it."""
    runtime = load_runtime(config)
    for key in keys or ():
        if key not in runtime.receivers:
            raise NotFoundError(f"no receiver {key!r}; the configuration has {', '.join(sorted(runtime.receivers))}")
    rows = []
    with open_world(runtime) as world:
        for key in keys or sorted(runtime.receivers):
            receiver, now = runtime.receivers[key], world.clock.now()
            topic = f"test:{now.isoformat()}"
            request = FORMATS[receiver.format].render(TestNotice(topic, now), receiver)
            outcome = send.send(world.client, receiver, queueing.message_id(key, topic), request, now)
            answer = say(runtime.settings.language, f"outcome_{outcome.code}")
            rows.append((key, outcome.meaning is Meaning.DELIVERED, outcome.status, answer))
    show.print_rows(("receiver", "ok", "status", "answer"), rows, as_json=as_json, empty="no receivers")
    if not as_json:
        _say_what_they_can([runtime.receivers[key] for key, *_ in rows], runtime.settings.language)
    if not all(ok for _, ok, _, _ in rows):
        raise typer.Exit(1)


def _say_what_they_can(receivers: Sequence[Receiver], language: str) -> None:
    tables = {receiver.key: FORMATS[receiver.format].table for receiver in receivers}
    robots = [key for key, table in tables.items() if table.robot]
    apps = [key for key, table in tables.items() if table.app]
    for code, keys in (("robot_cannot", robots), ("app_can", apps)):
        if keys:
            said = say(language, code, keys=", ".join(keys))
            show.out().print(said, markup=False, highlight=False, soft_wrap=True)


@app.command("who")
def who(
    severity: Annotated[Severity, typer.Option(help="How bad it is.")] = Severity.CRITICAL,
    product: Annotated[str, typer.Option(help="Of which product: its label or ref.")] = "",
    person: Annotated[str, typer.Option(help="Whose post: a key of the configuration.")] = "",
    platform: Annotated[str, typer.Option(help="On which network.")] = "",
    kind: Annotated[list[Kind] | None, typer.Option(help="What was found; may be said more than once.")] = None,
    at: Annotated[str | None, typer.Option(help="Posted at that instant, with its zone; now if left out.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say who would be told of such an alert, and who next if nobody took it. Sends nothing."""
    now = parse_instant(at, "--at") if at else SystemClock().now()
    runtime = knowing_calendar(load_runtime(config), now)
    roster = runtime.settings.roster
    found = next((p for p in runtime.book.products.values() if product in (p.label, p.ref)), None)
    if product and found is None:
        raise NotFoundError("no product has that label or ref; `leak-monitor watchlist` lists them")
    if person and person not in runtime.people:
        raise NotFoundError(f"no person {person!r}; the configuration has {', '.join(sorted(runtime.people))}")
    about = About(
        severity=severity,
        product=frozenset({found.label, found.ref}) if found else frozenset(),
        person=person,
        platform=platform,
        kinds=frozenset(kind or ()),
        owners=found.owners if found else (),
    )
    language = runtime.settings.language
    rows = [(show.short_time(now), "", key) for key in _hear(about, runtime)]
    first_at = duty.first_call(roster, severity, now, runtime.is_workday)
    for no, step in enumerate(duty.steps(roster, first_at, runtime.is_workday) if first_at is not None else ()):
        called_at = show.short_time((first_at or now) + no * roster.escalation.again)
        name = step.name or say(language, f"called_{step.kind}")
        rows.extend((called_at, name, key) for key in step.receivers)
    show.print_rows(("at", "whom", "receiver"), rows, as_json=as_json, empty="nobody is told at once")


@app.command("duty")
def show_duty(
    days: Annotated[int, typer.Option(min=1, max=31, help="So many days from now on.")] = 7,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Say who is on duty when, by the calendar as it was last read and by the shifts, in the zone of [duty]."""
    now = SystemClock().now()
    runtime = knowing_calendar(load_runtime(config), now)
    roster = runtime.settings.roster
    zone = roster.duty.timezone if roster.duty else runtime.settings.timezone
    rows = []
    for span in duty.spans(roster.duty, now, now + timedelta(days=days), runtime.is_workday):
        names = [member.name for member in map(roster.member, span.people) if member is not None]
        begins, ends = (at.astimezone(zone).isoformat(" ", "minutes") for at in (span.since, span.until))
        rows.append((begins, ends, names if as_json else ", ".join(names) or "-"))
    show.print_rows(("from", "until", "people"), rows, as_json=as_json, empty="")
    for line in strangers_of(runtime):
        show.err().print(line, style="yellow", markup=False)


def _hear(about: About, runtime: Runtime) -> list[str]:
    """Those who are told at once, or in their digest."""
    wanted = recipients(about, runtime.settings.roster, runtime.settings.receivers)
    found = (runtime.receivers[key] for key in wanted)
    return [r.key for r in found if r.alerts and about.severity.rank >= r.min_severity.rank]
