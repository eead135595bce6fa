"""`leak-monitor accounts`: what is watched, and reading it now."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from monitor.cli import show
from monitor.cli.account_add import add_account
from monitor.cli.account_session import list_sessions, renew_session
from monitor.cli.account_try import try_account
from monitor.cli.files import DEFAULT_CONFIG, ConfigOption, JsonOption, load_runtime, open_store, readable_settings
from monitor.cli.world import open_world
from monitor.errors import NotFoundError
from monitor.fetch import post_price_usd
from monitor.lookout import learn_hours
from monitor.model.people import Account
from monitor.pipeline import Runtime, World, fetch_due
from monitor.reading import pace_of
from monitor.store import accounts, status
from monitor.words import say

DAY_S: Final = 86_400
DAYS_A_MONTH: Final = 30

app = typer.Typer(help="What is watched, and reading it now.", no_args_is_help=True)
app.command("add")(add_account)
app.command("test")(try_account)
app.command("session")(renew_session)
app.command("sessions")(list_sessions)


@app.command("list")
def list_accounts(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the configured accounts with their state, why, and when they were last read and will be again."""
    settings = readable_settings(config)
    with open_store(settings) as store, store.read() as tx:
        known = {row.key: row for row in status.account_list(tx)}
    rows: list[tuple[object, ...]] = []
    for account in (a for person in settings.people for a in person.accounts):
        row = known.get(account.key)
        now = (_state(row), row.reason, row.last_success_at, row.due_at) if row else ("new", "", None, None)
        rows.append((account.key, account.person_key, account.platform, *now))
    columns = ("account", "person", "platform", "state", "reason", "last_read_at", "due_at")
    shown = ("account", "state", "reason", "last_read_at", "due_at")
    empty = "no accounts: add people to the configuration"
    show.print_rows(columns, rows, as_json=as_json, empty=empty, on_terminal=shown)


@app.command("fetch")
def fetch(
    keys: Annotated[list[str] | None, typer.Argument(help="Account keys; all if none is named.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Read accounts now, store what is new, and say how it went. Matching and telling are the service's work."""
    runtime = load_runtime(config)
    wanted = keys or sorted(runtime.accounts)
    for key in wanted:
        if key not in runtime.accounts:
            raise NotFoundError(f"no account {key!r}; `leak-monitor accounts list` shows them")
    with open_world(runtime) as world:
        with world.store.write() as tx:
            accounts.sync_people(tx, runtime.settings.people, world.clock.now())
            accounts.make_due(tx, wanted, world.clock.now())
        with ThreadPoolExecutor(runtime.settings.fetch.workers) as pool:
            while reading := fetch_due(world, runtime, pool):
                wait(reading)
        with world.store.read() as tx:
            rows = [row for row in status.account_list(tx) if row.key in wanted]
    language = runtime.settings.language
    show.print_rows(
        ("account", "state", "cause", "last_read_at"),
        [
            (r.key, _state(r), say(language, f"failure_{r.reason}_cause") if r.reason else "", r.last_success_at)
            for r in rows
        ],
        as_json=as_json,
        empty="nothing was read",
    )
    if any(row.failures for row in rows):
        raise typer.Exit(1)


@app.command("plan")
def plan(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say in a line each how often accounts are read now and why, when they are due, and what it costs."""
    runtime = load_runtime(config)
    with open_world(runtime) as world:
        with world.store.read() as tx:
            learn_hours(tx, world)
            due = {row.key: row.due_at for row in status.account_list(tx)}
        rows = [_planned(world, runtime, account, due.get(account.key)) for account in runtime.accounts.values()]
    last = ("why", "due_at", "reads_a_day", "posts_a_day", "usd_a_month")
    columns = ("account", "source", "every_s" if as_json else "every", *last)
    if not as_json:
        language = runtime.settings.language
        rows = [(*row[:2], _short(row[2]), say(language, f"pace_{row[3]}"), *row[4:]) for row in rows]
    shown = ("account", "every", "why", "due_at", "usd_a_month")
    empty = "no accounts: add people to the configuration"
    show.print_rows(columns, rows, as_json=as_json, empty=empty, on_terminal=shown)


def _planned(world: World, runtime: Runtime, account: Account, due_at: datetime | None) -> tuple[Any, ...]:
    its = pace_of(world, runtime, account)
    hours = world.hours.get(account.person_key)
    posts = hours.posts_a_day / len(runtime.people[account.person_key].accounts) if hours else 0.0
    usd = round(posts * DAYS_A_MONTH * post_price_usd(account), 2)
    rates = (round(DAY_S / its.every_s), round(posts, 1), usd)
    return account.key, account.source, its.every_s, its.reason, due_at, *rates


def _short(seconds: float) -> str:
    """An interval in its largest whole unit."""
    units = (("d", DAY_S), ("h", 3600), ("m", 60))
    unit, size = next(((unit, size) for unit, size in units if seconds >= size and seconds % size == 0), ("s", 1))
    return f"{seconds / size:g}{unit}"


def _state(row: status.AccountStatus) -> str:
    """The state, where a failure that may still pass is not called ok."""
    return "failing" if row.failures and row.state in ("ok", "new") else row.state
