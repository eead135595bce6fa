"""From the tables of config.toml to people, accounts and receivers."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import fsum
from typing import TypeVar
from urllib.parse import SplitResult
from zoneinfo import ZoneInfo

from monitor.config.fields import OneSecretTable, SecretTable
from monitor.config.lines import Path
from monitor.config.receiver_tables import AppTable, HookTable, PasswordTable, ReceiverTable, VariableTable
from monitor.config.routes import make_route
from monitor.config.shape import AccountTable, AddressTable, File, HeartbeatTable, Home, PersonTable, PushedTable
from monitor.config.source import Source
from monitor.config.values import (
    carries_key,
    check_header_value,
    check_rules_key,
    check_url,
    feed_id,
    secret_feed_id,
)
from monitor.model.canary import Heartbeat
from monitor.model.messages import Disclosure, Receiver
from monitor.model.objective import Objective
from monitor.model.people import Account, AfterDeletion, Person
from monitor.model.routes import Route
from monitor.model.rulebook import Severity
from monitor.model.summaries import Every, Schedule

ONCE = "use each key once"
NINE = time(9)

_T = TypeVar("_T")


def make_people(file: File, network: Route, source: Source) -> tuple[Person, ...]:
    """Everybody who is watched; keys and feeds are each used once."""
    people = tuple(
        _person(table, ("people", no), file.timezone, network, source) for no, table in enumerate(file.people)
    )
    _check_unique([(("people", no, "key"), table.key) for no, table in enumerate(file.people)], "key", ONCE, source)
    placed = [
        (("people", no, "accounts", account_no), account)
        for no, person in enumerate(people)
        for account_no, account in enumerate(person.accounts)
    ]
    feeds = [((*at, "url"), f"{account.platform} {account.native_id}") for at, account in placed]
    _check_unique(feeds, "feed", "remove one of them", source)
    keys = [((*at, "key"), account.key) for at, account in placed]
    _check_unique(keys, "account", "give one of them a key of its own", source)
    _check_pace([account for _, account in placed], file.fetch.host_distance_s, source)
    return people


def make_receivers(file: File, network: Route, source: Source) -> tuple[Receiver, ...]:
    """Everybody who is told; says so when that is nobody."""
    keys = [(("receivers", no, "key"), table.key) for no, table in enumerate(file.receivers)]
    _check_unique(keys, "key", ONCE, source)
    receivers = tuple(
        _receiver(table, ("receivers", no), file, network, source) for no, table in enumerate(file.receivers)
    )
    if not any(receiver.alerts for receiver in receivers):
        source.warn((), "no receiver is told of alerts: they are kept, and nobody hears", "add [[receivers]]")
    return receivers


def rules_key_of(file: File, source: Source) -> str:
    """What the rules are encrypted with, "" if with nothing."""
    return _secret("key", file.rules.key_env, file.rules.key_file, ("rules",), source, check_rules_key) or ""


def sessions_key_of(file: File, rules_key: str, source: Source) -> str:
    """What sessions are encrypted with, "" if there is nothing: the key of the rules, else one of their own."""
    table = file.sessions
    return rules_key or _secret("key", table.key_env, table.key_file, ("sessions",), source, check_rules_key) or ""


def _check_pace(accounts: Sequence[Account], distance_s: float, source: Source) -> None:
    """Warn of hosts that have more accounts than can be asked for as often as is wished."""
    intervals_s: dict[str, list[float]] = {}
    for account in accounts:
        if account.url:
            intervals_s.setdefault(account.host, []).append(account.poll_every_s)
    for host, waits_s in intervals_s.items():
        if fsum(distance_s / wait_s for wait_s in waits_s) > 1:
            source.warn(
                ("fetch", "host_distance"),
                f"{_counted(waits_s)} of {host} at {distance_s:g} s each cannot be read every {min(waits_s):g} s",
                "raise their poll_every, or lower host_distance if the host is yours",
            )


def _counted(accounts: Sequence[object]) -> str:
    return f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"


def _person(table: PersonTable, at: Path, zone: ZoneInfo, network: Route, source: Source) -> Person:
    own_zone = table.timezone or zone
    return Person(
        key=table.key,
        name=table.name,
        title=table.title,
        timezone=own_zone,
        knows=frozenset(table.knows),
        accounts=tuple(
            _account(row, (*at, "accounts", no), table.key, own_zone, network, source)
            for no, row in enumerate(table.accounts)
        ),
        purpose=f"{table.purpose} ({table.policy})" if table.policy else table.purpose,
        review_at=_midnight(table.review_at, own_zone),
        called=table.called or "",
        contacts=tuple(table.contacts),
    )


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


def account_key(table: AccountTable, person_key: str) -> str:
    """The key of an account: its own, or made of its person's."""
    return table.key or f"{person_key}-{table.platform}"


def _account(table: AccountTable, at: Path, person_key: str, zone: ZoneInfo, network: Route, source: Source) -> Account:
    home = _home_of_address(table, at, source) if isinstance(table, AddressTable) else table.home()
    return Account(
        key=account_key(table, person_key),
        person_key=person_key,
        source=table.source,
        platform=table.platform,
        native_id=home.native_id,
        url=home.url,
        poll_every_s=table.poll_every_s,
        timezone=table.timezone or zone,
        official=table.official,
        allow_private_network=table.allow_private_network,
        secret_headers=_headers(table, at, source),
        url_is_secret=isinstance(table, AddressTable) and table.url_env is not None,
        push_secrets=_secrets(table, at, source) if isinstance(table, PushedTable) else (),
        route=make_route(table, at, source, network),
        session=table.session or "",
        after_deletion=AfterDeletion(table.after_deletion),
        options=table,
    )


def _home_of_address(table: AddressTable, at: Path, source: Source) -> Home:
    url, parts = address(table, at, source, plain_http=True)
    if table.url and carries_key(parts):
        fix = "put the address into the environment and name the variable with url_env"
        raise source.error((*at, "url"), "url carries a key or token", fix)
    return Home(secret_feed_id(parts) if table.url_env else feed_id(parts), url)


def _headers(table: AccountTable, at: Path, source: Source) -> dict[str, str]:
    headers = {}
    for name, variable in table.headers_env.items():
        where = (*at, "headers_env", name)
        headers[name] = source.accept(check_header_value, source.variable(where, variable), where)
    if token := _secret("token", table.token_env, table.token_file, at, source, check_header_value):
        headers["Authorization"] = f"Bearer {token}"
    if cookie := _secret("cookie", table.cookie_env, table.cookie_file, at, source, check_header_value):
        headers["Cookie"] = cookie
    return headers


def _receiver(table: ReceiverTable, at: Path, file: File, network: Route, source: Source) -> Receiver:
    if not (table.alerts or table.ops or table.summary):
        fix = 'set alerts = true, ops = true, or both, or summary = "weekly"'
        raise source.error((*at, "alerts"), f"{table.key} is told of nothing", fix)
    route = make_route(table, at, source, network)
    if wrong := table.misfit(route):
        key, problem, fix = wrong
        raise source.error((*at, key), f"{key} {problem}", fix)
    show = table.show or ("post" if table.internal else "minimal")
    return Receiver(
        key=table.key,
        format=table.format,
        url=_address_of_receiver(table, at, source),
        secrets=_secrets_of_receiver(table, at, source),
        show=Disclosure(show),
        language=table.language or file.language,
        timezone=table.timezone or file.timezone,
        min_severity=Severity(table.min_severity),
        gather=timedelta(seconds=table.gather_s),
        most_an_hour=table.most_an_hour,
        alerts=table.alerts,
        ops=table.ops,
        allow_private_network=table.allow_private_network,
        route=route,
        summary=_schedule(table, at, source),
        options=table,
    )


def _secrets_of_receiver(table: ReceiverTable, at: Path, source: Source) -> tuple[bytes, ...]:
    if isinstance(table, OneSecretTable):
        return _secrets(table, at, source)
    if isinstance(table, AppTable):
        found = [_secret_of_app(name, table, at, source) for name in (*table.secret_keys, *table.more_secret_keys)]
        return tuple(filter(None, found))
    if not isinstance(table, PasswordTable):
        return ()
    password = _secret("password", table.password_env, table.password_file, at, source, check_header_value)
    return (password.encode(),) if password else ()


def _schedule(table: ReceiverTable, at: Path, source: Source) -> Schedule | None:
    """When it gets its summary; at nine, and weekly ones on Monday, if nothing is said."""
    hour, where = table.summary_at, (*at, "summary_at")
    if table.summary is None:
        if hour is not None:
            raise source.error(where, "summary_at without a summary", 'add summary = "weekly" or summary = "daily"')
        return None
    every = Every(table.summary)
    if hour is None:
        return Schedule(every, NINE)
    if every is Every.WEEKLY and hour.weekday is None:
        raise source.error(where, "summary_at names no day of the week", f'write it as "mon {hour.at:%H:%M}"')
    if every is Every.DAILY and hour.weekday is not None:
        raise source.error(where, "summary_at names a day, but the summary is daily", f'write "{hour.at:%H:%M}"')
    return Schedule(every, hour.at, hour.weekday or 0)


def _secret_of_app(name: str, table: AppTable, at: Path, source: Source) -> bytes | None:
    where = (getattr(table, f"{name}_env"), getattr(table, f"{name}_file"))
    found = _secret(name, *where, at, source, check_header_value)
    if found is None and name in table.secret_keys:
        raise source.error(at, f"{table.key} has no {name}", f"name it with {name}_env or {name}_file")
    return found.encode() if found else None


def _address_of_receiver(table: ReceiverTable, at: Path, source: Source) -> str:
    if isinstance(table, VariableTable):
        return source.variable((*at, "url_env"), table.url_env)
    if not isinstance(table, HookTable):
        return table.address()
    url, _ = address(table, at, source, plain_http=table.internal)
    if table.url and table.address_is_secret:
        fix = "put the address into the environment and name the variable with url_env"
        raise source.error((*at, "url"), "whoever knows this url can post there", fix)
    return url


def _secrets(table: OneSecretTable, at: Path, source: Source) -> tuple[bytes, ...]:
    newest = _secret("secret", table.secret_env, table.secret_file, at, source, table.check_secret)
    if newest is None:
        if not table.needs_secret:
            return ()
        fix = f"name it with secret_env or secret_file; {table.how_to_get}"
        raise source.error(at, f"{table.key} has no secret to sign with", fix)
    if not isinstance(table, SecretTable):
        return (newest,)
    older = (table.previous_secret_env, table.previous_secret_file)
    previous = _secret("previous_secret", *older, at, source, table.check_secret)
    return (newest, previous) if previous else (newest,)


def _secret(
    name: str, variable: str | None, file: str | None, at: Path, source: Source, check: Callable[[str], _T]
) -> _T | None:
    if variable and file:
        raise source.error((*at, f"{name}_file"), f"{name}_env and {name}_file both stand here", "keep one of them")
    if variable:
        where = (*at, f"{name}_env")
        return source.accept(check, source.variable(where, variable), where)
    if file:
        where = (*at, f"{name}_file")
        return source.accept(check, source.secret_file(where, file), where)
    return None


def make_heartbeat(table: HeartbeatTable, source: Source) -> Heartbeat:
    """How often the canary is posted, and what is asked when it came through."""
    named = table.url or table.url_env
    url = address(table, ("heartbeat",), source, plain_http=table.allow_private_network)[0] if named else None
    return Heartbeat(table.every_s, url, table.allow_private_network)


def make_objective(file: File, source: Source) -> Objective | None:
    """What is promised, if anything; a warning if accounts are read too seldom for it."""
    table = file.objective
    if table is None:
        return None
    slow = [account for person in file.people for account in person.accounts if account.poll_every_s > table.within_s]
    if slow:
        told = f"{_counted(slow)} {'is' if len(slow) == 1 else 'are'} read less often than every {table.within_s:g} s"
        source.warn(("objective", "within"), told, "lower their poll_every, or raise within")
    return Objective(timedelta(seconds=table.within_s), table.share, table.days)


def address(
    table: AddressTable | HookTable | HeartbeatTable, at: Path, source: Source, *, plain_http: bool
) -> tuple[str, SplitResult]:
    """Where an account or receiver is, whole and in parts."""
    if table.url and table.url_env:
        raise source.error((*at, "url_env"), "url and url_env both stand here", "keep one of them")
    where = (*at, "url_env" if table.url_env else "url")
    url = source.variable(where, table.url_env) if table.url_env else table.url
    if not url:
        raise source.error(at, "url is missing", "add url, or url_env with the name of an environment variable")
    return url, source.accept(lambda text: check_url(text, plain_http=plain_http), url, where)


def _check_unique(placed: Sequence[tuple[Path, str]], what: str, fix: str, source: Source) -> None:
    first: dict[str, Path] = {}
    for at, value in placed:
        if value in first:
            line = source.line_of(first[value])
            raise source.error(at, f"this {what} stands at line {line} already: {value}", fix)
        first[value] = at
