"""When people post: counted by the hour of the day, for the pace at which they are read."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Text, cast, extract, func, select, type_coerce

from monitor.store.schema import posts

HOURS = 24


def posting_hours(tx: Connection, since: datetime) -> dict[str, tuple[int, ...]]:
    """By person: how many posts since then fell into each hour of the day (UTC)."""
    hour = _hour(tx).label("hour")
    rows = tx.execute(
        select(posts.c.person_key, hour, func.count())
        .where(posts.c.claimed_at >= since)
        .group_by(posts.c.person_key, hour)
    )
    found: dict[str, list[int]] = {}
    for person_key, at, number in rows:
        found.setdefault(person_key, [0] * HOURS)[at] = number
    return {key: tuple(counts) for key, counts in found.items()}


def _hour(tx: Connection) -> ColumnElement[Any]:
    if tx.dialect.name == "sqlite":  # text such as 2026-11-30T18:24:41.000000+00:00
        return cast(func.substr(type_coerce(posts.c.claimed_at, Text), 12, 2), Integer)
    return cast(extract("hour", posts.c.claimed_at), Integer)  # the session's zone is UTC
