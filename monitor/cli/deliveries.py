"""`leak-monitor deliveries`: messages to receivers, and sending them again."""

from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.actor import actor
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, open_store, readable_settings
from monitor.clock import SystemClock
from monitor.errors import NotFoundError
from monitor.model.messages import DeliveryState
from monitor.store import outbox

app = typer.Typer(help="Messages to receivers, and sending them again.", no_args_is_help=True)


@app.command("list")
def list_deliveries(
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    receiver: Annotated[str | None, typer.Option(help="Only those to this receiver.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.")] = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List messages: to whom, about which event, and how they stand."""
    with open_store(readable_settings(config)) as store, store.read() as tx:
        rows = outbox.list_deliveries(tx, state=state, receiver=receiver, limit=limit)
    columns = ("number", "receiver", "topic", "state", "attempts", "created_at", "due_at", "delivered_at", "last_error")
    show.print_rows(
        columns,
        [
            (r.id, r.receiver_key, r.topic, r.state, r.attempts, r.created_at, r.due_at, r.delivered_at, r.last_error)
            for r in rows
        ],
        as_json=as_json,
        empty="no messages",
        on_terminal=("number", "receiver", "topic", "state", "attempts", "due_at", "last_error"),
    )


@app.command("replay")
def replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="Delivery numbers, see `deliveries list`.")] = None,
    receiver: Annotated[str | None, typer.Option(help="All dead and parked ones of this receiver.")] = None,
    state: Annotated[
        DeliveryState | None,
        typer.Option(help="All in this state: waiting (skips the back-off), parked, dead or delivered."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Queue messages again under the same id and with the same body; the service sends them."""
    if not (numbers or receiver or state):
        raise typer.BadParameter("name delivery numbers, --receiver or --state")
    with open_store(readable_settings(config)) as store, store.write() as tx:
        now, by_whom = SystemClock().now(), actor()
        count = outbox.replay(tx, now=now, ids=numbers or None, receiver=receiver, state=state, actor=by_whom)
    if count == 0:
        raise NotFoundError("no such messages to send again; `leak-monitor deliveries list` shows them")
    show.out().print(f"{count} queued again", markup=False)
