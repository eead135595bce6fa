"""An account more in the text of config.toml, where every other line stays as it is. Pure."""

import json
import re
from collections.abc import Mapping

from monitor.config.lines import Path, find_lines


def with_account(text: str, person_no: int, keys: Mapping[str, str | bool | int]) -> str:
    """The text with one more [[people.accounts]] below the last of that person's tables.

    Only of a text that tomllib has read. Where accounts stand in braces, what comes out is no TOML: load it.
    """
    lines = text.split("\n")
    place, indent = _end_of(text, lines, ("people", person_no)), _indent(text, lines, person_no)
    table = ["", f"{indent}[[people.accounts]]", *(f"{indent}{key} = {written(keys[key])}" for key in keys)]
    following = [""] if place < len(lines) and lines[place].strip() else []
    return "\n".join([*lines[:place], *table, *following, *lines[place:]]) + ("" if place < len(lines) else "\n")


def written(value: str | bool | int) -> str:  # noqa: FBT001 - the value itself
    """A value as TOML has it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower()


def _end_of(text: str, lines: list[str], path: Path) -> int:
    """After how many lines the tables at that path end, their own trailing comments counted."""
    found = find_lines(text)
    last = max(line for at, line in found.items() if at[: len(path)] == path)
    following = [line for at, line in found.items() if line > last and at[: len(path)] != path]
    limit = min(following, default=len(lines) + 1) - 1
    end = limit
    while end > last and _says_nothing(lines[end - 1]):
        end -= 1
    comments = end
    while comments < limit and lines[comments].lstrip().startswith("#"):
        comments += 1
    # Comments that run on to the next table are its own.
    return comments if comments == len(lines) or (comments < limit and not lines[comments].strip()) else end


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _indent(text: str, lines: list[str], person_no: int) -> str:
    """As deep as the person's last account, or a step deeper than the person."""
    heads = [
        (at, line)
        for at, line in find_lines(text).items()
        if at[:3] == ("people", person_no, "accounts") and isinstance(at[-1], int) and len(at) == 4  # noqa: PLR2004
    ]
    if heads:
        return _blanks(lines[max(line for _, line in heads) - 1])
    return _blanks(lines[find_lines(text)["people", person_no] - 1]) + "  "


def _blanks(line: str) -> str:
    found = re.match(r"[ \t]*", line)
    return found[0] if found else ""
