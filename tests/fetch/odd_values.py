"""The same answer with something odd in each of its places, one at a time."""

from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (None, 7, [None])


def with_something_odd(value: Any) -> Iterator[Any]:
    """Every variant of a JSON value in which one place holds what does not belong there."""
    yield from ODD
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (value | {name: other} for other in with_something_odd(inner))
            yield {key: other for key, other in value.items() if key != name}
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in with_something_odd(inner))
