"""Instants as people type them."""

from datetime import UTC, datetime

import typer


def parse_instant(text: str, option: str) -> datetime:
    """ISO 8601 with an offset, as UTC; BadParameter names the option."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is not ISO 8601, for example 2030-06-18T19:00:00+08:00") from error
    if instant.tzinfo is None:
        raise typer.BadParameter(f"{option} needs an offset, for example +08:00")
    return instant.astimezone(UTC)
