"""The single values of config.toml: durations, zones, addresses, secrets. Refuses what is wrong and says the cure."""

import base64
import re
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo, available_timezones

import pyrage

from monitor.model.people import name_of_contact
from monitor.model.routes import Proxy

SECRET_WORDS = frozenset(
    {"key", "token", "secret", "password", "passwd", "auth", "sig", "signature", "apikey", "api_key", "code"}
    | {"access_key", "access_token", "auth_key", "auth_token", "client_secret", "cookie", "session"}
)
SECRET_BYTES = range(24, 65)  # Standard Webhooks: 192 to 512 bits
HOW_TO_MAKE = 'make one: printf "whsec_%s\\n" "$(openssl rand -base64 32)"'

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK_HOUR = re.compile(rf"(?:({'|'.join(WEEKDAYS)}) +)?([01][0-9]|2[0-3]):([0-5][0-9])")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
_SYSLOG = re.compile(r"syslog://(?:/[\x21-\x7e]+|(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?)")
_PORTS = range(1, 65536)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f\\<>\"]")
_SOCKS_WORDS = re.compile(r"[ -~]{0,255}\n[ -~]{0,255}")  # RFC 1929, and python-socks takes ASCII alone
_PROXIES: Final = ("http", "https", "socks5", "socks5h")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'+*/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
DEFAULT_PORT = {"http": 80, "https": 443}
_NO_SUCH_CITY = {"Asia/Beijing": "Asia/Shanghai", "China": "Asia/Shanghai", "CST": "Asia/Shanghai"}


@dataclass(frozen=True, slots=True)
class WeekHour:
    """A time of the day, or of one day of the week (Monday is 0)."""

    weekday: int | None
    at: time


class Refused(ValueError):  # noqa: N818 - it is an answer about a value; ConfigError is the error
    """This value will not do: the problem and its cure, neither of which quotes a secret."""

    def __init__(self, problem: str, fix: str) -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(problem)


def parse_duration_s(value: object) -> float:
    """Seconds of "90s", "3m", "1h" or "1d"."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Refused("is no duration", 'write a number with its unit in quotes, such as "90s", "3m" or "1h"')
    return float(found[1]) * _SECONDS[found[2]]


def parse_hour(value: object) -> time:
    """An hour of the day: "09:30"."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if found is None:
        raise Refused("is no hour of the day", 'write it in quotes, as in "09:00" or "18:30"')
    return time(int(found[1]), int(found[2]))


def parse_week_hour(value: object) -> WeekHour:
    """A time of the day, "09:00", with a day of the week before it or without: "mon 09:00"."""
    found = _WEEK_HOUR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Refused("is no time of the day or week", 'write it as "09:00", or of weekly ones as "mon 09:00"')
    return WeekHour(WEEKDAYS.index(found[1]) if found[1] else None, time(int(found[2]), int(found[3])))


def parse_zone(value: object) -> ZoneInfo:
    """A zone of the IANA database, such as Asia/Shanghai."""
    name = value if isinstance(value, str) else ""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        known = _NO_SUCH_CITY.get(name) or next(iter(get_close_matches(name, sorted(available_timezones()), n=1)), None)
        cure = f'did you mean "{known}"?' if known else 'write a zone of the IANA list, such as "Asia/Shanghai"'
        raise Refused("is no time zone", cure) from None


def check_key(value: str) -> str:
    """A key that we give ourselves: it stands in commands, addresses and rows."""
    if not _KEY.fullmatch(value):
        raise Refused("is no key", "use up to 64 small letters, digits, - and _, beginning with a letter or digit")
    return value


def check_line(value: str) -> str:
    """A text of one line that says something."""
    if not value.strip() or _UNPRINTABLE.search(value):
        raise Refused("must be one line of text, not blank", "write it in one line")
    return value.strip()


def check_contact(value: str) -> str:
    """Whom to call, and how: the name stands first, for it alone leaves this machine. Never quoted."""
    if not name_of_contact(value):
        raise Refused("must begin with a name", 'write the name before the number, as in "Assistant Li +86 ..."')
    return value


def check_variable(value: str) -> str:
    """The name of an environment variable. Never quoted: people paste the secret itself here."""
    if not _VARIABLE.fullmatch(value) or value.startswith("whsec_"):
        raise Refused(
            "must be the name of an environment variable, not its value", "use letters, digits and _, as in HOOK_SECRET"
        )
    return value


def check_header(value: str) -> str:
    """The name of an HTTP header."""
    if not _HEADER.fullmatch(value):
        raise Refused("names a header that HTTP does not know", "use letters, digits and -, as in Authorization")
    return value


def check_header_value(value: str) -> str:
    """The secret value of an HTTP header."""
    if not _HEADER_VALUE.fullmatch(value):
        raise Refused("holds a value that is no header", "it must be one line of ASCII without blanks at its ends")
    return value


def check_log_target(value: str) -> str:
    """Where the log goes: standard error, the syslog of this machine, a socket of one, or one in the network."""
    found = _SYSLOG.fullmatch(value)
    if value in ("stderr", "syslog") or (found and int(found[1] or 1) in _PORTS):
        return value
    raise Refused("is no place for a log", 'write "stderr", "syslog", "syslog:///dev/log" or "syslog://host:514"')


def check_url(url: str, *, plain_http: bool) -> SplitResult:
    """An address that we may ask or tell. Its refusals never quote it: it may carry a key."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0 and not _NOT_IN_URL.search(url)
    except ValueError:
        sound = False
    if not sound or parts.scheme not in DEFAULT_PORT:
        raise Refused("is no web address", "write it in full: https://host/path")
    if parts.username is not None or parts.password is not None:
        raise Refused("carries a user name or password", "put them into a header (headers_env) or use url_env")
    if parts.scheme == "http" and not plain_http:
        inside = "internal = true for a receiver or allow_private_network = true for the heartbeat and the calendar"
        raise Refused("is not encrypted", f"use https://, or inside your own network {inside}")
    return parts


def check_address(url: str) -> str:
    """The address of a server, without a path: what stands before the paths that we know."""
    parts = check_url(url, plain_http=True)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused("goes on behind the host", f'write "{parts.scheme}://{parts.netloc}"')
    return f"{parts.scheme}://{parts.netloc.lower()}"


def check_proxy(text: str) -> Proxy:
    """A proxy by its address. Its refusals never quote it: it may carry a password."""
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname and parts.port) and not _NOT_IN_URL.search(text)
    except ValueError:
        sound = False
    if not sound or parts.scheme not in _PROXIES or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Refused(
            "is no address of a proxy",
            'write it with its port, such as "http://proxy.example:3128"; also https://, socks5:// and socks5h://',
        )
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    if parts.scheme.startswith("socks") and not _SOCKS_WORDS.fullmatch(f"{user or ''}\n{password or ''}"):
        raise Refused(
            "has a user name or password that SOCKS cannot carry", "take up to 255 characters of ASCII for each"
        )
    return Proxy(parts.scheme, parts.hostname or "", parts.port or 0, user, password)


def check_host(text: str) -> str:
    """The name or address of one host, in lower case."""
    name = text.lower().rstrip(".")
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    if not _NAME.fullmatch(name) or name.rpartition(".")[2].isdigit():
        raise Refused("is no host", 'write it without scheme and port, as in "mail.yunque.example"')
    return name


def check_mailbox(text: str) -> str:
    """The address of a mailbox, and nothing beside it: a second one, or a header, cannot hide in it."""
    if not _MAILBOX.fullmatch(text):
        fix = 'write the address alone, in ASCII, as in "comms@yunque.example"'
        raise Refused("holds what is no address of a mailbox", fix)
    return text


def check_place(text: str) -> str:
    """A host, meant with every name below it, or an address or network; in lower case."""
    name = text.lower().lstrip(".").rstrip(".")
    try:
        return str(ip_network(name))
    except ValueError:
        pass
    try:
        plain = ip_network(name, strict=False)
    except ValueError:
        plain = None
    if plain is not None:
        raise Refused("names an address inside a network", f'write the network: "{plain}"')
    if not _NAME.fullmatch(name) or name.rpartition(".")[2].isdigit():
        raise Refused(
            "is no host and no network",
            'write a host without scheme, port or *, as in "intranet.example", or a network, as in "10.20.0.0/16"',
        )
    return name


def carries_key(parts: SplitResult) -> bool:
    """Whether the query has a parameter that looks like a key or token."""
    return any(name.lower() in SECRET_WORDS for name, _ in parse_qsl(parts.query, keep_blank_values=True))


def feed_id(parts: SplitResult) -> str:
    """What a feed is known by: readable, the same after a change of key, and without any part of the query."""
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORT[parts.scheme]) else f":{parts.port}"
    public = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in SECRET_WORDS
    ]
    query = f"#q={sha256(urlencode(public).encode()).hexdigest()[:8]}" if public else ""
    return f"{parts.scheme}://{host}{port}{parts.path or '/'}{query}"


def secret_feed_id(parts: SplitResult) -> str:
    """What a feed is known by whose path is a secret: its host, and a hash of what `feed_id` would tell."""
    known = feed_id(parts)
    host = known[: known.index("/", len(f"{parts.scheme}://"))]
    return f"{host}#{sha256(known.encode()).hexdigest()[:12]}"


def decode_secret(text: str) -> bytes:
    """The bytes of a Standard Webhooks secret."""
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        secret = b""
    if not text.startswith("whsec_") or len(secret) not in SECRET_BYTES:
        raise Refused("is no signing secret: whsec_ and the base64 of 24 to 64 bytes", HOW_TO_MAKE)
    return secret


def check_rules_key(text: str) -> str:
    """An age identity, without the comments that `age-keygen` writes above it."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        (identity,) = lines
        pyrage.x25519.Identity.from_str(identity)
    except (ValueError, pyrage.IdentityError):
        fix = "make one with `leak-monitor watchlist key` or `age-keygen`"
        raise Refused("is no key for the rules: one line AGE-SECRET-KEY-1...", fix) from None
    return identity
