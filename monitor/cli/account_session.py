"""`leak-monitor accounts session`: a cookie or token comes in, is tried, and is kept encrypted."""

import sys
from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.actor import actor
from monitor.cli.files import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    LangOption,
    load_settings,
    open_store,
    readable_settings,
)
from monitor.cli.page import print_page, print_refusal, read_once, refusal_of
from monitor.cli.world import open_client
from monitor.clock import SystemClock
from monitor.config import Settings
from monitor.config.values import Refused, check_header_value
from monitor.errors import ConfigError, NotFoundError, TransportError
from monitor.fetch import session_kind
from monitor.model.people import Account
from monitor.model.sessions import Place, Session, SessionKind, SessionState
from monitor.rules.seal import RulesKey
from monitor.sessions import accounts_of, usual_life, with_session
from monitor.store import Store, accounts, sessions

NAME_A_KEY = "make one with `leak-monitor watchlist key FILE` and name it under [sessions]: key_file or key_env"
SHOWN = 3


def renew_session(
    name: Annotated[str, typer.Argument(help="The name that accounts give as session = in config.toml.")],
    reserve: Annotated[bool, typer.Option("--reserve", help="Keep it until the one in use is refused.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Take away what is kept under this name.")] = False,
    untested: Annotated[bool, typer.Option("--untested", help="Keep it without a read.")] = False,
    kind: Annotated[
        SessionKind | None, typer.Option("--as", help="What it is; default what the network takes.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    lang: LangOption = None,
) -> None:
    """Take a cookie or token from standard input, read an account with it, and if that goes well keep it encrypted.

    It is in force at once, without a restart, for every account that names this session. On a terminal it is asked
    for without being shown. A refusal is told with cause and remedy, and nothing is kept: exit code 1.
    """
    settings = load_settings(config)
    if forget:
        _forget(settings, name)
        return
    users = accounts_of(settings).get(name)
    if not users:
        raise NotFoundError(f'no account has session = "{name}"; add that to its table in {settings.path.name}')
    key = RulesKey.of(settings.sessions_key)
    if key is None:
        raise ConfigError(str(settings.path), None, "there is no key to encrypt sessions with", NAME_A_KEY)
    place = Place.RESERVE if reserve else Place.FIRST
    closed = key.close(_asked_for(name))
    now = SystemClock().now()
    session = Session(name, place, kind or session_kind(users[0]), closed, SessionState.UNTESTED, now)
    if not untested:
        _try(settings, users[0], session, lang or settings.language)
        session = Session(name, place, session.kind, closed, SessionState.OK, now, now)
    with open_store(settings) as store:
        place = _keep(store, session, users)
    said = "in force" if place is Place.FIRST else "kept in reserve"
    who = ", ".join(account.key for account in users)
    show.out().print(f"session {name} is {said} for {who}", markup=False)


def list_sessions(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the sessions that accounts name: how old, how long they usually last, and what the network made of them."""
    settings = readable_settings(config)
    now = SystemClock().now()
    with open_store(settings) as store, store.read() as tx:
        kept = sessions.list_sessions(tx)
    rows: list[tuple[object, ...]] = []
    for name, users in sorted(accounts_of(settings).items()):
        lasts = usual_life(settings, users[0])
        who = ", ".join(account.key for account in users)
        its = [session for session in kept if session.name == name]
        rows += [
            (name, s.place, s.kind, who, _days(now - s.put_at), _days(lasts), s.state, s.last_good_at) for s in its
        ]
        if not its:
            rows.append((name, None, None, who, None, _days(lasts), "missing", None))
    named = accounts_of(settings)
    rows += [
        (s.name, s.place, s.kind, "", _days(now - s.put_at), None, "unused", s.last_good_at)
        for s in kept
        if s.name not in named
    ]
    columns = ("session", "place", "kind", "accounts", "age_days", "lasts_days", "state", "last_good_at")
    show.print_rows(columns, rows, as_json=as_json, empty="no account names a session")


def _asked_for(name: str) -> str:
    """The secret as it was typed or piped, without the name of its header; ConfigError if it can be none."""
    if sys.stdin.isatty():
        said = typer.prompt(f"cookie or token for {name}", hide_input=True, err=True)
    else:
        said = sys.stdin.read()
    said = said.strip()
    for head in ("Cookie:", "Authorization:", "Bearer "):
        said = said[len(head) :].strip() if said.lower().startswith(head.lower()) else said
    try:
        return check_header_value(said)
    except Refused as refused:
        raise ConfigError("standard input", None, refused.problem, refused.fix) from None


def _try(settings: Settings, account: Account, session: Session, language: str) -> None:
    """A read of this account with that session, shown; ends the command if it is refused."""
    with open_client(settings) as client:
        try:
            page = read_once(with_session(account, session, settings), client, SystemClock())
        except TransportError as error:
            print_refusal(account, refusal_of(error, language), as_json=False)
            show.err().print("the session was not kept; --untested keeps it without a read", markup=False)
            raise typer.Exit(1) from None
    print_page(account, page, language, as_json=False, newest=SHOWN)


def _keep(store: Store, session: Session, users: list[Account]) -> Place:
    """Put it in its place, in the first one if that is empty; its accounts are due at once."""
    now = SystemClock().now()
    with store.write() as tx:
        there = {one.place for one in sessions.list_sessions(tx, session.name)}
        place = session.place if Place.FIRST in there else Place.FIRST
        sessions.put_session(tx, session, place, actor(), now)
        if place is Place.FIRST:
            accounts.make_due(tx, [account.key for account in users], now)
    return place


def _forget(settings: Settings, name: str) -> None:
    with open_store(settings) as store, store.write() as tx:
        count = sessions.forget_session(tx, name, actor(), SystemClock().now())
    if not count:
        raise NotFoundError(f"no session {name!r} is kept; `leak-monitor accounts sessions` shows them")
    show.out().print(f"session {name} is forgotten", markup=False)


def _days(age: timedelta | None) -> float | None:
    return None if age is None else round(age / timedelta(days=1), 1)
