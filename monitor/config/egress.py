"""What the configuration asks of a firewall: every host and port, why, and by which proxy.

Read from the tables, not from Settings: it is asked for before the variables of the service are at hand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from urllib.parse import SplitResult, urlsplit

from monitor.config.duties import DutyTable
from monitor.config.entries import account_key, address
from monitor.config.fields import RouteTable
from monitor.config.lines import Path
from monitor.config.load import read_tables
from monitor.config.receiver_tables import HookTable, ReceiverTable, VariableTable
from monitor.config.roster import calendar_address
from monitor.config.routes import make_network, make_route, names_proxy
from monitor.config.shape import AccountTable, AddressTable, File, HeartbeatTable, Kinds
from monitor.config.source import Source, read_source
from monitor.config.values import DEFAULT_PORT
from monitor.model.routes import Proxy, Route

SYSLOG_PORT = 514
_UNTOLD = "not-yet-told.invalid"  # stands for the host of a proxy whose variable is not set


@dataclass(frozen=True, slots=True)
class Need:
    """One way out. While the variable that holds its address is not set, that is `unset`, and no host is known.

    So it is too where only a library can read the address.
    """

    host: str | None
    port: int | None
    protocol: str | None  # http, https, smtp, smtps, socks5 or socks5h
    via: str | None  # host and port of the proxy, or $ and the variable that is to hold them; None: directly
    unset: str | None
    why: tuple[str, ...]  # such as "account lin-weibo"


def read_needs(path: FilePath, environ: Mapping[str, str], kinds: Kinds) -> tuple[Need, ...]:
    """Every way out, each once, in the order of the file, proxies last; ConfigError if the file is wrong."""
    source = read_source(path, environ)
    file = read_tables(source, kinds)
    lenient = replace(source, environ={**environ, **_stand_ins(file, source)})
    ways = list(_ways(file, lenient))
    return _joined(need for need, _ in ways) + _joined(proxy for _, proxy in ways if proxy is not None)


def _entries(file: File) -> Iterator[tuple[AccountTable | ReceiverTable, Path, str]]:
    """Accounts and receivers, where each stands, and what we call it."""
    for no, person in enumerate(file.people):
        for row_no, row in enumerate(person.accounts):
            yield row, ("people", no, "accounts", row_no), f"account {account_key(row, person.key)}"
    for no, receiver in enumerate(file.receivers):
        yield receiver, ("receivers", no), f"receiver {receiver.key}"


def _stand_ins(file: File, source: Source) -> dict[str, str]:
    tables: list[RouteTable] = [file.network, *(table for table, _, _ in _entries(file))]
    named = {table.proxy_env for table in tables if table.proxy_env}
    return {name: f"http://{_UNTOLD}:1" for name in named if not source.is_set(name)}


def _ways(file: File, source: Source) -> Iterator[tuple[Need, Need | None]]:
    """For each entry what it needs, and what its proxy needs if it goes by one."""
    network = make_network(file.network, source)
    for table, at, why in _entries(file):
        route = make_route(table, at, source, network)
        variable = (table if names_proxy(table) else file.network).proxy_env
        if isinstance(table, VariableTable):  # a library goes there by itself, and only it can read the address
            yield Need(None, None, None, None, table.url_env, (why,)), None
            continue
        for need in _needs(table, at, why, source):
            yield _by_route(need, route, variable)
    if file.heartbeat.url or file.heartbeat.url_env:
        need = _need(file.heartbeat, ("heartbeat",), "heartbeat", source)
        yield _by_route(need, network, file.network.proxy_env)
    if file.duty.calendar_url or file.duty.calendar_url_env:
        yield _by_route(_need_of_calendar(file.duty, source), network, file.network.proxy_env)
    if host := urlsplit(file.log.to).hostname:
        yield Need(host, urlsplit(file.log.to).port or SYSLOG_PORT, "syslog", None, None, ("log",)), None


def _by_route(need: Need, route: Route, variable: str | None) -> tuple[Need, Need | None]:
    """The need with its proxy, and what the proxy needs; `variable` may hold the proxy's address."""
    proxy = route.proxy_for(need.host) if need.host else route.proxy
    if proxy is None:
        return need, None
    reached = _proxy_need(proxy, variable)
    return replace(need, via=f"${reached.unset}" if reached.unset else proxy.place), reached


def _needs(table: AccountTable | ReceiverTable, at: Path, why: str, source: Source) -> Iterator[Need]:
    if isinstance(table, AddressTable | HookTable):
        yield _need(table, at, why, source)
        return
    if isinstance(table, ReceiverTable):
        yield _need_of(urlsplit(table.address()), why)
        return
    home = table.home()
    for url in filter(None, (home.url, *home.also)):
        yield _need_of(urlsplit(url), why)


def _need_of(parts: SplitResult, why: str) -> Need:
    return Need(parts.hostname, parts.port or DEFAULT_PORT[parts.scheme], parts.scheme, None, None, (why,))


def _need(table: AddressTable | HookTable | HeartbeatTable, at: Path, why: str, source: Source) -> Need:
    if table.url_env and not source.is_set(table.url_env):
        return Need(None, None, None, None, table.url_env, (why,))
    _, parts = address(table, at, source, plain_http=True)
    return _need_of(parts, why)


def _need_of_calendar(table: DutyTable, source: Source) -> Need:
    if table.calendar_url_env and not source.is_set(table.calendar_url_env):
        return Need(None, None, None, None, table.calendar_url_env, ("calendar of duty",))
    return _need_of(calendar_address(table, source)[1], "calendar of duty")


def _proxy_need(proxy: Proxy, variable: str | None) -> Need:
    if proxy.host == _UNTOLD:
        return Need(None, None, None, None, variable, ("proxy",))
    return Need(proxy.host, proxy.port, proxy.scheme, None, None, ("proxy",))


def _joined(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Each way out once, with every reason for it."""
    reasons: dict[Need, list[str]] = {}
    for need in needs:
        why = reasons.setdefault(replace(need, why=()), [])
        why.extend(reason for reason in need.why if reason not in why)
    return tuple(replace(need, why=tuple(why)) for need, why in reasons.items())
