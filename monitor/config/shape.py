"""The tables of config.toml: which keys there are, of what type, and their defaults. Nothing is read from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, Union, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, create_model

from monitor import __version__
from monitor.config.duties import BranchTable, DutyTable, EscalationTable, MemberTable
from monitor.config.fields import (
    Address,
    Contact,
    Header,
    Key,
    Language,
    Line,
    LogTarget,
    Place,
    RouteTable,
    Seconds,
    SecretTable,
    Table,
    Variable,
    Zone,
)
from monitor.config.lines import Path
from monitor.config.receiver_tables import ReceiverTable
from monitor.model.people import Account


class DatabaseTable(Table):
    """[database]."""

    url: Line = "sqlite:///data/leak-monitor.db"
    password_env: Variable | None = None
    password_file: Line | None = None
    evidence_dir: Line | None = None


class RulesTable(Table):
    """[rules]."""

    dir: Line = "rules"
    key_env: Variable | None = None
    key_file: Line | None = None


class SessionsTable(Table):
    """[sessions]."""

    key_env: Variable | None = None
    key_file: Line | None = None
    lasts_s: dict[Key, Seconds] = Field(default={}, alias="lasts")


class WebTable(Table):
    """[web]."""

    host: Line = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    public_url: Address | None = None


class NetworkTable(RouteTable):
    """[network]."""

    allow: list[Place] | None = None


class FetchTable(Table):
    """[fetch]."""

    user_agent: Line = f"leak-monitor/{__version__}"
    workers: int = Field(default=16, ge=1, le=64)
    host_distance_s: Seconds = Field(default=1.0, alias="host_distance", le=60)
    adapt: bool = True


class RetentionTable(Table):
    """[retention]."""

    flagged_days: int = Field(default=180, ge=1, le=3650)
    unflagged_days: int = Field(default=90, ge=1, le=90)


class HeartbeatTable(Table):
    """[heartbeat]."""

    url: Line | None = None
    url_env: Variable | None = None
    every_s: Seconds = Field(default=300.0, alias="every", ge=180, le=3600)
    allow_private_network: bool = False


class ObjectiveTable(Table):
    """[objective]."""

    within_s: Seconds = Field(default=120.0, alias="within", ge=30, le=86400)
    share: float = Field(default=0.95, ge=0.5, le=0.999)
    days: int = Field(default=30, ge=1, le=90)


class LogTable(Table):
    """[log]."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"
    to: LogTarget = "stderr"


@dataclass(frozen=True, slots=True)
class Home:
    """Where an account is read: its id there, which never changes, the first address asked, and further ones."""

    native_id: str
    url: str
    also: tuple[str, ...] = ()


class AccountTable(RouteTable):
    """[[people.accounts]]: the keys of every source. Each source adds its own, see monitor.fetch.SOURCES."""

    source: str
    platform: Key
    key: Key | None = None
    headers_env: dict[Header, Variable] = {}
    token_env: Variable | None = None
    token_file: Line | None = None
    cookie_env: Variable | None = None
    cookie_file: Line | None = None
    session: Key | None = None
    poll_every_s: Seconds = Field(default=180.0, alias="poll_every", ge=30, le=86400)
    timezone: Zone | None = None
    official: bool = False
    after_deletion: Literal["keep", "digest", "purge"] = "keep"
    allow_private_network: bool = False

    def home(self) -> Home:
        """Where it is, made of its own keys."""
        raise NotImplementedError

    @classmethod
    def of(cls, account: Account) -> Self:
        """The keys of this account, which is of this source; TypeError for one of another."""
        if not isinstance(account.options, cls):
            raise TypeError(f"{account.key} is no account of {cls.__name__}")
        return account.options


class AddressTable(AccountTable):
    """An account that is an address, of a feed, a page, an endpoint: that is its home."""

    platform: Key = "web"
    url: Line | None = None
    url_env: Variable | None = None


class PushedTable(SecretTable, AccountTable):
    """An account whose posts are sent to us, signed: nobody is asked, so it has no address."""

    key: Key  # which makes its address here, so it must be said

    def home(self) -> Home:
        """Known by its key alone."""
        return Home(f"pushed:{self.key}", "")


class PersonTable(Table):
    """[[people]]."""

    key: Key
    name: Line
    title: Line
    purpose: Line
    policy: Line | None = None
    review_at: date | None = Field(default=None, ge=date(2000, 1, 1), le=date(2099, 12, 31))
    timezone: Zone | None = None
    knows: list[Line] = []
    called: Line | None = None
    contacts: list[Contact] = []
    accounts: list[AccountTable] = []


class File(Table):
    """The whole of config.toml."""

    language: Language = "en"
    timezone: Zone = ZoneInfo("UTC")
    database: DatabaseTable = DatabaseTable()
    rules: RulesTable = RulesTable()
    sessions: SessionsTable = SessionsTable()
    web: WebTable = WebTable()
    network: NetworkTable = NetworkTable()
    fetch: FetchTable = FetchTable()
    retention: RetentionTable = RetentionTable()
    heartbeat: HeartbeatTable = HeartbeatTable()
    objective: ObjectiveTable | None = None
    log: LogTable = LogTable()
    people: list[PersonTable] = []
    receivers: list[ReceiverTable] = []
    routes: list[BranchTable] = []
    team: list[MemberTable] = []
    duty: DutyTable = DutyTable()
    escalation: EscalationTable = EscalationTable()


@dataclass(frozen=True, slots=True)
class Kinds:
    """The ways to read an account, by the word that stands as its source, and to tell somebody, by format."""

    accounts: Mapping[str, type[AccountTable]]
    receivers: Mapping[str, type[ReceiverTable]]


def file_of(kinds: Kinds) -> type[File]:
    """The whole file, where accounts may be read and receivers told in these ways."""
    accounts, receivers = _any_of(kinds.accounts, "source"), _any_of(kinds.receivers, "format")
    person: Any = create_model("PersonTable", __base__=PersonTable, accounts=(accounts, []))
    return create_model("File", __base__=File, people=(list[person], []), receivers=(receivers, []))


def _any_of(tables: Mapping[str, type[Table]], mark: str) -> Any:  # noqa: ANN401 - a type made at run time
    """A list of any of these tables, told apart by that key."""
    row: Any = Union[tuple(tables.values())]  # noqa: UP007 - of a tuple
    if len(tables) > 1:
        row = Annotated[row, Field(discriminator=mark)]
    return list[row]


def table_at(root: type[Table], path: Path) -> type[Table] | None:
    """The table that stands at that path of the file; None if there is none.

    Pydantic puts the source behind the number of an account, and the format behind that of a receiver.
    """
    tables = [root]
    for part in path:
        if isinstance(part, int):
            continue
        inner = [kind for table in tables for kind in _tables_of(table, part)]
        tables = inner or [table for table in tables if part in _marks_of(table)]
    return tables[0] if tables else None


def keys_of(table: type[Table]) -> list[str]:
    """The keys of a table as people write them."""
    return [field.alias or name for name, field in table.model_fields.items()]


def _tables_of(table: type[Table], key: str) -> list[type[Table]]:
    field = table.model_fields.get(key)
    return [] if field is None else list(_tables_in(field.annotation))


def _tables_in(annotation: object) -> Iterator[type[Table]]:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for inner in get_args(annotation):
        yield from _tables_in(inner)


def _marks_of(table: type[Table]) -> tuple[str, ...]:
    """The word by which the tables of one list are told apart."""
    field = table.model_fields.get("source") or table.model_fields.get("format")
    return get_args(field.annotation) if field else ()
