"""Tidy TOML: the same tables always make the same text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

Value: TypeAlias = str | datetime | Sequence[str]

WIDE = 100  # a longer list goes on lines of its own


def table(header: str, values: Mapping[str, Value]) -> str:
    """One table under its header, brackets and all; empty lists and texts are left out."""
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value not in ("", [], ())]
    return "\n".join([header, *lines]) + "\n"


def comment(lines: Iterable[str]) -> str:
    """Lines of comment, for the head of a file."""
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Value) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    items = [text(item) for item in value]
    line = f"[{', '.join(items)}]"
    return line if len(line) <= WIDE else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
