"""`leak-monitor receivers`: does a receiver take our messages?"""

from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_runtime
from monitor.cli.world import open_world
from monitor.deliver import FORMATS, send
from monitor.deliver.judge import Meaning
from monitor.errors import NotFoundError
from monitor.model.messages import TestNotice
from monitor.store import queueing
from monitor.words import say

app = typer.Typer(help="Do receivers take our messages?", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `receivers test` a command of a group, though it is the only one."""


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
    robots = [key for key, *_ in rows if FORMATS[runtime.receivers[key].format].table.robot]
    if robots and not as_json:
        said = say(runtime.settings.language, "robot_cannot", keys=", ".join(robots))
        show.out().print(said, markup=False, highlight=False, soft_wrap=True)
    if not all(ok for _, ok, _, _ in rows):
        raise typer.Exit(1)
