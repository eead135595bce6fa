"""What the keys of config.toml hold: texts, durations, places, each checked where it stands."""

from datetime import time
from typing import Annotated, ClassVar, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from monitor.config.values import (
    HOW_TO_MAKE,
    WeekHour,
    check_address,
    check_contact,
    check_header,
    check_host,
    check_key,
    check_line,
    check_log_target,
    check_mailbox,
    check_place,
    check_variable,
    decode_secret,
    parse_duration_s,
    parse_hour,
    parse_week_hour,
    parse_zone,
)

# What editors are told of a value whose type in TOML is not that of the field.
DURATION: Final = {"type": "string", "pattern": r"^\d{1,9}(\.\d{1,3})?\s*[smhd]$"}
_HOUR: Final = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
_WEEK_HOUR: Final = {
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
Contact: TypeAlias = Annotated[Line, AfterValidator(check_contact)]
Host: TypeAlias = Annotated[Line, AfterValidator(check_host)]
Mailbox: TypeAlias = Annotated[Line, AfterValidator(check_mailbox)]
Place: TypeAlias = Annotated[Line, AfterValidator(check_place)]
Language: TypeAlias = Literal["en", "zh"]
Graded: TypeAlias = Literal["low", "medium", "high", "critical"]
HourOfWeek: TypeAlias = Annotated[WeekHour, BeforeValidator(parse_week_hour), WithJsonSchema(_WEEK_HOUR)]
Hour: TypeAlias = Annotated[time, BeforeValidator(parse_hour), WithJsonSchema(_HOUR)]
Address: TypeAlias = Annotated[Line, AfterValidator(check_address)]  # without a path, such as "https://social.example"


class Table(BaseModel):
    """Any table: an unknown key is an error, and text is never taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class RouteTable(Table):
    """How something is reached: stands in [network], and in accounts and receivers that differ from it."""

    proxy: Line | None = None
    proxy_env: Variable | None = None
    proxy_file: Line | None = None
    no_proxy: list[Place] | None = None
    trust: Line | None = None


class OneSecretTable(Table):
    """Where a secret is to be found that both sides sign with: by the Standard Webhooks specification, if not said."""

    key: Key
    needs_secret: ClassVar[bool] = True
    how_to_get: ClassVar[str] = HOW_TO_MAKE
    secret_env: Variable | None = None
    secret_file: Line | None = None

    @staticmethod
    def check_secret(text: str) -> bytes:
        """The bytes to sign with; Refused if this is no such secret."""
        return decode_secret(text)


class SecretTable(OneSecretTable):
    """A secret beside which the one before stands, while it is being changed."""

    previous_secret_env: Variable | None = None
    previous_secret_file: Line | None = None
