"""Logs for operators: a fixed event name and key-value pairs; ids, never contents.

No post text, no watchlist term, no URL with a query goes through here; the database is where contents live.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO, TypeAlias

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


def set_up_logging(level: str, *, as_json: bool, stream: TextIO | None = None) -> None:
    """Send our events, and the warnings of libraries, to standard error as lines of text or of JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines() if as_json else _TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(level.upper())


def _fields(record: logging.LogRecord) -> dict[str, Field]:
    fields: dict[str, Field] = getattr(record, "fields", {})
    return fields


def _event(record: logging.LogRecord) -> str:
    # A library's message may quote an address or a value, so only its template is kept.
    return record.getMessage() if record.name.startswith("monitor") else f"{record.name}: {str(record.msg)[:200]}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        pairs = "".join(f" {k}={json.dumps(v, ensure_ascii=False)}" for k, v in _fields(record).items())
        return f"{_time(record)} {record.levelname.lower():7} {_event(record)}{pairs}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _time(record), "level": record.levelname.lower(), "event": _event(record), **_fields(record)}
        return json.dumps(line, ensure_ascii=False)
