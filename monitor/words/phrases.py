"""Durations, times of day and lists, as people of each language write them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.words import say

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def duration(language: str, length: timedelta) -> str:
    """A length of time in its two largest units, never below nought: `4 d 19 h`, `2 分 10 秒`."""
    rest_s = max(0, int(length.total_seconds()))
    counts: list[tuple[str, int]] = []
    for unit, unit_s in _UNITS:
        count, rest_s = divmod(rest_s, unit_s)
        if count or counts or unit == "second":
            counts.append((unit, count))
    said = [say(language, f"duration_{unit}", count=str(count)) for unit, count in counts[:2] if count]
    return " ".join(said) or say(language, "duration_second", count="0")


def moment(language: str, at: datetime, zone: ZoneInfo, near: datetime) -> str:
    """An instant on the reader's clock; with the day unless it is that of `near`, with the year unless the same."""
    local, beside = at.astimezone(zone), near.astimezone(zone)
    clock = f"{local:%H:%M}"
    if local.date() == beside.date():
        return clock
    if local.year == beside.year:
        month = say(language, f"month_{local.month}")
        return say(language, "day_and_time", month=month, day=str(local.day), time=clock)
    return f"{local:%Y-%m-%d} {clock}"


def listing(language: str, items: Sequence[str]) -> str:
    """Several things in one phrase: `price and launch date`, `价格、发布日期`."""
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no joining
        return "".join(items)
    *first, last = items
    return say(language, "list_last", first=say(language, "list_comma").join(first), last=last)
