"""From what pydantic says to what a person needs: the line, the problem, the cure."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config.fields import Table
from monitor.config.lines import Path
from monitor.config.shape import keys_of, table_at
from monitor.config.values import SECRET_WORDS, Refused

MISSING = {
    "key": 'give it a short name of your own, such as key = "lin"',
    "name": 'add the name that alerts show, such as name = "林晓舟"',
    "title": 'add what the person does, such as title = "CEO"',
    "purpose": "say in one line why these posts are read; nobody is watched without a purpose",
    "source": 'add source = "feed"',
    "format": 'add format = "webhook"',
}
_MARKS: Final = {"accounts": "source", "receivers": "format"}  # by what the tables of a list are told apart
_TYPES = {
    "string_type": ("must be text", "put it in quotes"),
    "bool_type": ("must be true or false", "write it without quotes"),
    "int_type": ("must be a whole number", "write it without quotes"),
    "list_type": ("must be a list", "put it in [ ]; for tables write the header in [[ ]]"),
    "dict_type": ("must be a table", 'write it as { Name = "VARIABLE" }'),
    "too_short": ("must not be empty", "write at least one"),
    "too_long": ("has too many values", "leave some out"),
    "date_type": ("must be a date", "write it without quotes, as in 2027-06-30"),
    "model_type": ("must be a table", "write its header in [ ] and its keys below"),
    "model_attributes_type": ("must be a table", "write its header in [ ] and its keys below"),
}
_BOUNDS = {
    "greater_than_equal": ("is too small", "at least"),
    "less_than_equal": ("is too large", "at most"),
}


def explain(error: ValidationError, root: type[Table]) -> tuple[Path, str, str]:
    """The path, the problem and the cure of the first thing that is wrong; an unknown key explains a missing one."""
    details = error.errors(include_url=False, include_context=True, include_input=True)
    first = min(details, key=lambda detail: detail["type"] != "extra_forbidden")
    path = _path(first)
    at = _written(path)
    return (*at, _mark(path)) if first["type"] == "union_tag_invalid" else at, *_say(first, root)


def _path(detail: ErrorDetails) -> Path:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _written(path: Path) -> Path:
    """The path as the file has it: pydantic puts the mark of a table behind its number."""
    for no, part in enumerate(path[:-2]):
        if part in _MARKS and isinstance(path[no + 1], int):
            return (*path[: no + 2], *path[no + 3 :])
    return path


def _mark(path: Path) -> str:
    """The key that tells apart the tables of the list in which that path ends."""
    return next(_MARKS[part] for part in reversed(path) if isinstance(part, str) and part in _MARKS)


def _say(detail: ErrorDetails, root: type[Table]) -> tuple[str, str]:  # noqa: PLR0911 - a table of kinds
    path, context, kind = _path(detail), detail.get("ctx", {}), detail["type"]
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    refused = context.get("error")
    if isinstance(refused, Refused):
        return f"{name} {refused.problem}", refused.fix
    if kind == "extra_forbidden":
        return _unknown(table_at(root, path[:-1]), name)
    if kind == "union_tag_not_found":
        kind, name = "missing", _mark(path)
    if kind == "missing":
        return f"{name} is missing", MISSING.get(name, f"add {name}, see docs/reference/config.md")
    if kind == "union_tag_invalid":
        return _choice(_mark(path), str(context["expected_tags"]), context["tag"])
    if kind == "literal_error":
        return _choice(name, str(context["expected"]), detail["input"])
    if kind in _BOUNDS:
        problem, bound = _BOUNDS[kind]
        limit = next(value for key, value in context.items() if key in ("ge", "le"))
        return f"{name} {problem}", f"{bound} {_plain(name, limit)}"
    problem, fix = _TYPES.get(kind, ("is not what belongs there", "see docs/reference/config.md"))
    return f"{name} {problem}", fix


def _plain(name: str, limit: object) -> str:
    if isinstance(limit, float | int):
        return f'"{limit:g}s"' if name in ("poll_every", "host_distance", "silent_after") else f"{limit:g}"
    return str(limit)


def _unknown(table: type[Table] | None, name: str) -> tuple[str, str]:
    known = keys_of(table) if table else []
    if name.lower() in SECRET_WORDS and name != "key":
        return (
            f"{name} must not stand in this file",
            "name an environment variable with secret_env or headers_env, or a file with secret_file",
        )
    return f"unknown key {name!r}", suggest(name, known)


def _choice(name: str, expected: str, given: object) -> tuple[str, str]:
    choices = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    written = ", ".join(f'"{choice}"' for choice in choices)
    close = get_close_matches(given.lower(), choices, n=1) if isinstance(given, str) else []
    return (
        f"{name} must be one of {written}",
        f'did you mean "{close[0]}"?' if close else f'write {name} = "{choices[0]}"',
    )


def suggest(name: str, known: Sequence[str]) -> str:
    """What the writer of an unknown key may have meant."""
    close = get_close_matches(name.lower(), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"
