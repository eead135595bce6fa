"""Logs for operators: a fixed event name and key-value pairs; ids, never contents.

No post text, no watchlist term, no URL with a query goes through here; the database is where contents live.
"""

import json
import logging
import os
import socket
import sys
from datetime import UTC, datetime
from logging.handlers import SysLogHandler
from typing import Final, TextIO, TypeAlias
from urllib.parse import SplitResult, urlsplit

from monitor.errors import LeakMonitorError

STDERR: Final = "stderr"
SYSLOG: Final = "syslog"
SYSLOG_PORT: Final = 514

_LOCAL_SYSLOG = "syslog:///dev/log"
_IDENT = "leak-monitor"
_LOGGER = logging.getLogger("monitor")
Field: TypeAlias = str | int | float | bool | None


def log_event(event: str, *, level: int = logging.INFO, **fields: Field) -> None:
    """Write one event; a field that is None is left out."""
    _LOGGER.log(level, event, extra={"fields": {k: v for k, v in fields.items() if v is not None}})


def log_trouble(event: str, **fields: Field) -> None:
    """Write one event that an operator should see."""
    log_event(event, level=logging.WARNING, **fields)


def log_fault(event: str, error: BaseException, **fields: Field) -> None:
    """Write a fault of our own: the kind of error and where it arose, never its text, which may quote a post."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace is not None else None
    log_event(event, level=logging.ERROR, error=type(error).__name__, place=place, **fields)


def set_up_logging(level: str, *, as_json: bool, to: str = STDERR, stream: TextIO | None = None) -> None:
    """Send our events, and the warnings of libraries, as text or JSON to standard error or a syslog.

    `to` is "stderr", "syslog" (that of this machine), "syslog:///path" (a socket) or "syslog://host:port" (UDP).
    """
    lines = _Lines(stream or sys.stderr)
    lines.setFormatter(_JsonLines() if as_json else _TextLines())
    root = logging.getLogger()
    root.handlers[:] = [lines if to == STDERR else _syslog(to, lines, as_json=as_json)]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(level.upper())


def log_lines_lost() -> str:
    """What is wrong if the log took no lines of late; else empty."""
    found = [getattr(handler, "instead", handler) for handler in logging.getLogger().handlers]
    lost = sum(handler.lost for handler in found if isinstance(handler, _Lines))
    return f"the log cannot be written: {lost} lines may be missing" if lost else ""


class _Lines(logging.StreamHandler[TextIO]):
    """Lines that cannot be written are counted, and the first that can be tells of them; never a traceback.

    The library's own way would write the errors that are being handled, and their texts may quote a post.
    """

    lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, and before it how many may be missing."""
        if self.lost:
            lost, self.lost = self.lost, 0
            told = logging.LogRecord(_LOGGER.name, logging.WARNING, "", 0, "log_interrupted", None, None)
            told.fields = {"lines": lost}
            super().emit(told)
            if self.lost:
                self.lost += lost
                return
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the library's name
        """Count it."""
        self.lost += 1


def _fields(record: logging.LogRecord) -> dict[str, Field]:
    fields: dict[str, Field] = getattr(record, "fields", {})
    return fields


def _event(record: logging.LogRecord) -> str:
    # A library's message may quote an address or a value, so only its template is kept.
    return record.getMessage() if record.name.startswith("monitor") else f"{record.name}: {str(record.msg)[:200]}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _pairs(record: logging.LogRecord) -> str:
    return "".join(f" {k}={json.dumps(v, ensure_ascii=False)}" for k, v in _fields(record).items())


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_time(record)} {record.levelname.lower():7} {_event(record)}{_pairs(record)}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _time(record), "level": record.levelname.lower(), "event": _event(record), **_fields(record)}
        return json.dumps(line, ensure_ascii=False)


# --- syslog ---------------------------------------------------------------------------------------------------------


def _syslog(to: str, instead: logging.Handler, *, as_json: bool) -> logging.Handler:
    where = urlsplit(_LOCAL_SYSLOG if to == SYSLOG else to)
    over_network = where.hostname is not None
    handler = _Syslog(_resolved(where) if over_network else where.path, facility=SysLogHandler.LOG_DAEMON)
    handler.append_nul = not over_network
    handler.instead = instead
    handler.setFormatter(_SyslogLines(over_network=over_network, as_json=as_json))
    return handler


def _resolved(where: SplitResult) -> tuple[str, int]:
    """Once, at the start: no line of a log waits for the name service."""
    try:
        found = socket.getaddrinfo(where.hostname, where.port or SYSLOG_PORT, type=socket.SOCK_DGRAM)
    except OSError as error:
        problem = f"[log] to: the host {where.hostname} is not known: {error.strerror}"
        raise LeakMonitorError(f"{problem}; write a name or address that this machine can find") from None
    return str(found[0][4][0]), int(found[0][4][1])


class _Syslog(SysLogHandler):
    """A line that the syslog does not take goes to standard error, never lost and never a traceback."""

    instead: logging.Handler

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        self.instead.handle(record)


class _SyslogLines(logging.Formatter):
    """What follows the priority: RFC 5424 over the network; for the local socket the form that every daemon reads."""

    def __init__(self, *, over_network: bool, as_json: bool) -> None:
        super().__init__()
        self._over_network = over_network
        self._json = _JsonLines() if as_json else None

    def format(self, record: logging.LogRecord) -> str:
        said = self._json.format(record) if self._json else f"{_event(record)}{_pairs(record)}"
        if self._over_network:
            return f"1 {_time(record)} {socket.gethostname()} {_IDENT} {os.getpid()} - - {said}"
        return f"{_IDENT}[{os.getpid()}]: {said}"
