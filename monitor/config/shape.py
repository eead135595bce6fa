"""The tables of config.toml: which keys there are, of what type, and their defaults. Nothing is read from elsewhere."""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor import __version__
from monitor.config.lines import Path
from monitor.config.values import (
    check_header,
    check_key,
    check_line,
    check_log_target,
    check_place,
    check_variable,
    parse_duration_s,
    parse_zone,
)

# What editors are told of a value whose type in TOML is not that of the field.
DURATION: Final = {"type": "string", "pattern": r"^\d{1,9}(\.\d{1,3})?\s*[smhd]$"}
_ZONE: Final = {"type": "string", "examples": ["Asia/Shanghai", "UTC"]}

Key: TypeAlias = Annotated[str, AfterValidator(check_key)]
Line: TypeAlias = Annotated[str, AfterValidator(check_line)]
Variable: TypeAlias = Annotated[str, AfterValidator(check_variable)]
Header: TypeAlias = Annotated[str, AfterValidator(check_header)]
LogTarget: TypeAlias = Annotated[str, AfterValidator(check_log_target)]
Seconds: TypeAlias = Annotated[float, BeforeValidator(parse_duration_s), WithJsonSchema(DURATION)]
Zone: TypeAlias = Annotated[ZoneInfo, BeforeValidator(parse_zone), WithJsonSchema(_ZONE)]
Place: TypeAlias = Annotated[Line, AfterValidator(check_place)]
Language: TypeAlias = Literal["en", "zh"]


class Table(BaseModel):
    """Any table: an unknown key is an error, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class DatabaseTable(Table):
    """[database]."""

    url: Line = "sqlite:///data/leak-monitor.db"
    password_env: Variable | None = None
    password_file: Line | None = None


class RulesTable(Table):
    """[rules]."""

    dir: Line = "rules"
    key_env: Variable | None = None
    key_file: Line | None = None


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


class AccountTable(RouteTable):
    """[[people.accounts]]."""

    source: Literal["feed"]
    platform: Key = "web"
    key: Key | None = None
    url: Line | None = None
    url_env: Variable | None = None
    headers_env: dict[Header, Variable] = {}
    poll_every_s: Seconds = Field(default=180.0, alias="poll_every", ge=30, le=86400)
    timezone: Zone | None = None
    official: bool = False
    allow_private_network: bool = False


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
    """[[receivers]]."""

    key: Key
    format: Literal["webhook"]
    url: Line | None = None
    url_env: Variable | None = None
    secret_env: Variable | None = None
    secret_file: Line | None = None
    previous_secret_env: Variable | None = None
    previous_secret_file: Line | None = None
    internal: bool = False
    show: Literal["minimal", "post", "full"] | None = None
    language: Language | None = None
    timezone: Zone | None = None
    min_severity: Literal["low", "medium", "high", "critical"] = "low"
    alerts: bool = True
    ops: bool = False
    allow_private_network: bool = False


class File(Table):
    """The whole of config.toml."""

    language: Language = "en"
    timezone: Zone = ZoneInfo("UTC")
    database: DatabaseTable = DatabaseTable()
    rules: RulesTable = RulesTable()
    web: WebTable = WebTable()
    network: NetworkTable = NetworkTable()
    fetch: FetchTable = FetchTable()
    retention: RetentionTable = RetentionTable()
    heartbeat: HeartbeatTable = HeartbeatTable()
    log: LogTable = LogTable()
    people: list[PersonTable] = []
    receivers: list[ReceiverTable] = []


def table_at(path: Path) -> type[Table] | None:
    """The table that stands at that path of the file; None where there is none."""
    table: type[Table] = File
    for part in path:
        if isinstance(part, int):
            continue
        inner = _table_of(table, part)
        if inner is None:
            return None
        table = inner
    return table


def keys_of(table: type[Table]) -> list[str]:
    """The keys of a table as people write them."""
    return [field.alias or name for name, field in table.model_fields.items()]


def _table_of(table: type[Table], key: str) -> type[Table] | None:
    field = table.model_fields.get(key)
    if field is None:
        return None
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, Table):
            return kind
    return None
