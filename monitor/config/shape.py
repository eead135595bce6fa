"""The tables of config.toml: which keys there are, of what type, and their defaults. Nothing is read from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias, Union, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from monitor import __version__
from monitor.config.lines import Path
from monitor.config.values import (
    HOW_TO_MAKE,
    Hour,
    check_address,
    check_header,
    check_key,
    check_line,
    check_log_target,
    check_place,
    check_variable,
    decode_secret,
    parse_duration_s,
    parse_hour,
    parse_zone,
)
from monitor.model.messages import Receiver
from monitor.model.people import Account

# What editors are told of a value whose type in TOML is not that of the field.
DURATION: Final = {"type": "string", "pattern": r"^\d{1,9}(\.\d{1,3})?\s*[smhd]$"}
_HOUR: Final = {
    "type": "string",
    "pattern": "^((mon|tue|wed|thu|fri|sat|sun) +)?([01][0-9]|2[0-3]):[0-5][0-9]$",
    "examples": ["mon 09:00", "09:00"],
}
_ZONE: Final = {"type": "string", "examples": ["Asia/Shanghai", "UTC"]}

Key: TypeAlias = Annotated[str, AfterValidator(check_key)]
Line: TypeAlias = Annotated[str, AfterValidator(check_line)]
Variable: TypeAlias = Annotated[str, AfterValidator(check_variable)]
Header: TypeAlias = Annotated[str, AfterValidator(check_header)]
LogTarget: TypeAlias = Annotated[str, AfterValidator(check_log_target)]
Seconds: TypeAlias = Annotated[float, BeforeValidator(parse_duration_s), WithJsonSchema(DURATION)]
Zone: TypeAlias = Annotated[ZoneInfo, BeforeValidator(parse_zone), WithJsonSchema(_ZONE)]
HourOfWeek: TypeAlias = Annotated[Hour, BeforeValidator(parse_hour), WithJsonSchema(_HOUR)]
Place: TypeAlias = Annotated[Line, AfterValidator(check_place)]
Language: TypeAlias = Literal["en", "zh"]
Address: TypeAlias = Annotated[Line, AfterValidator(check_address)]  # without a path, such as "https://social.example"


class Table(BaseModel):
    """Any table: an unknown key is an error, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


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


class RouteTable(Table):
    """How something is reached: stands in [network], and in accounts and receivers that differ from it."""

    proxy: Line | None = None
    proxy_env: Variable | None = None
    proxy_file: Line | None = None
    no_proxy: list[Place] | None = None
    trust: Line | None = None


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


class SecretTable(Table):
    """Where a secret is to be found that both sides sign with: by the Standard Webhooks specification, if not said."""

    key: Key
    needs_secret: ClassVar[bool] = True
    how_to_get: ClassVar[str] = HOW_TO_MAKE
    secret_env: Variable | None = None
    secret_file: Line | None = None
    previous_secret_env: Variable | None = None
    previous_secret_file: Line | None = None

    @staticmethod
    def check_secret(text: str) -> bytes:
        """The bytes to sign with; Refused if this is no such secret."""
        return decode_secret(text)


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
    accounts: list[AccountTable] = []


class ReceiverTable(RouteTable):
    """[[receivers]]: the keys of every format. Each format adds its own, see monitor.deliver.FORMATS."""

    format: str
    key: Key
    internal: bool = False
    show: Literal["minimal", "post", "full"] | None = None
    language: Language | None = None
    timezone: Zone | None = None
    min_severity: Literal["low", "medium", "high", "critical"] = "low"
    alerts: bool = True
    ops: bool = False
    summary: Literal["weekly", "daily"] | None = None
    summary_at: HourOfWeek | None = None
    allow_private_network: bool = False

    def address(self) -> str:
        """Where it is, made of its own keys, as a URL."""
        raise NotImplementedError

    @classmethod
    def of(cls, receiver: Receiver) -> Self:
        """The keys of this receiver, which is of this format; TypeError for one of another."""
        if not isinstance(receiver.options, cls):
            raise TypeError(f"{receiver.key} is no receiver of {cls.__name__}")
        return receiver.options


class HookTable(ReceiverTable):
    """A receiver that is an address. Of a robot of a chat tool, whoever knows it can post: it is a secret."""

    address_is_secret: ClassVar[bool] = True
    url: Line | None = None
    url_env: Variable | None = None


class SignedTable(SecretTable, HookTable):
    """A receiver that can check who sends."""


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
    log: LogTable = LogTable()
    people: list[PersonTable] = []
    receivers: list[ReceiverTable] = []


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
