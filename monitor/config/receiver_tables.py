"""The tables of config.toml for receivers: what every format has, and what several share."""

from typing import ClassVar, Literal, Self

from pydantic import Field

from monitor.config.fields import (
    Address,
    Graded,
    HourOfWeek,
    Key,
    Language,
    Line,
    OneSecretTable,
    RouteTable,
    Seconds,
    SecretTable,
    Variable,
    Zone,
)
from monitor.config.values import check_header_value
from monitor.model.messages import Receiver
from monitor.model.routes import Route


class ReceiverTable(RouteTable):
    """[[receivers]]: the keys of every format. Each format adds its own, see monitor.deliver.FORMATS."""

    app: ClassVar[bool] = False
    robot: ClassVar[bool] = False  # it shows what it is sent in a group, and nothing comes back from there
    format: str
    key: Key
    internal: bool = False
    show: Literal["minimal", "post", "full"] | None = None
    language: Language | None = None
    timezone: Zone | None = None
    min_severity: Graded = "low"
    gather_s: Seconds = Field(default=60.0, alias="gather", ge=0, le=600)
    most_an_hour: int = Field(default=30, ge=1, le=1000)
    alerts: bool = True
    ops: bool = False
    summary: Literal["weekly", "daily"] | None = None
    summary_at: HourOfWeek | None = None
    allow_private_network: bool = False

    def address(self) -> str:
        """Where it is, made of its own keys, as a URL."""
        raise NotImplementedError

    def misfit(self, route: Route) -> tuple[str, str, str] | None:  # noqa: ARG002 - most go by any route
        """What its keys may not say together, or with that route: the key, the problem, the cure."""
        return None

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


class RobotTable(HookTable):
    """A robot in a group of a chat tool."""

    robot: ClassVar[bool] = True


class SignedRobotTable(OneSecretTable, RobotTable):
    """A robot that can check who sends, by the one secret that its settings show."""

    needs_secret: ClassVar[bool] = False

    @staticmethod
    def check_secret(text: str) -> bytes:
        """The secret as the tool shows it."""
        return check_header_value(text).encode()


class PasswordTable(ReceiverTable):
    """A receiver that is signed in to."""

    password_env: Variable | None = None
    password_file: Line | None = None


class AppTable(ReceiverTable):
    """An app of a chat tool: it is signed in to, its card is changed in place, and its buttons answer."""

    app: ClassVar[bool] = True
    secret_keys: ClassVar[tuple[str, ...]]  # of each, `_env` or `_file` says where it is to be found
    more_secret_keys: ClassVar[tuple[str, ...]] = ()  # which it can do without
    url: Address  # of the tool's interface

    def address(self) -> str:
        """The server, as a URL."""
        return self.url

    def misfit(self, route: Route) -> tuple[str, str, str] | None:  # noqa: ARG002 - calls go by any route
        """What cannot be: a token in clear outside of one's own network."""
        if self.url.startswith("http:") and not self.internal:
            return "url", "is not encrypted", "use https://, or inside your own network internal = true"
        return None


class VariableTable(ReceiverTable):
    """A receiver whose address is no web address, and known to the environment alone."""

    url_env: Variable
