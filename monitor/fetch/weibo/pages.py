"""The pages behind Weibo's newest one, until they reach back to what was known."""

from dataclasses import dataclass, field
from typing import Final

from monitor.errors import TransportError
from monitor.fetch.asking import Asking
from monitor.fetch.shaping import order
from monitor.fetch.weibo.posts import Status, id_of, is_of, is_pinned
from monitor.fetch.weibo.sites import Visit, since_of, statuses_of
from monitor.fetch.weibo.walls import Value

_EPOCH_S: Final = 515483463  # a mid holds seconds since then, 22 bits up
_MID_BITS: Final = 22
_DAY_S: Final = 86400
_BEIJING_S: Final = 8 * 3600


@dataclass(frozen=True, slots=True)
class Found:
    """The account's own posts on a page, each with the number of its payload, and where the next page begins."""

    statuses: list[tuple[Status, int]] = field(default_factory=list)
    since: str = ""
    listed: int = 0  # with those of others


def found_in(value: Value, uid: str, evidence: int) -> Found:
    """What stands in a list."""
    listed = statuses_of(value)
    return Found([(each, evidence) for each in listed if is_of(each, uid)], since_of(value), len(listed))


def behind(
    asking: Asking, visits: list[Visit], visit: Visit, newest: str, first: Found, most: int
) -> tuple[list[tuple[Status, int]], bool]:
    """The first page with as many older ones as reach back to the newest known, and whether we had to stop before.

    A refusal behind the first page stops us: what the first page shows is worth more than to begin anew.
    """
    found, page, since = first.statuses, 1, first.since
    while newest and not _reaches(found, newest):
        page += 1
        if page > most or (following := _next(asking, visit, page, since)) is None:
            web = next((each for each in visits if not each.site.mobile), None)
            return (_once(found), True) if web is None else _by_days(asking, web, newest, found, most)
        found, since = found + following.statuses, following.since
    return _once(found), False


def instant_s(mid: str) -> int:
    """The epoch second in which an id was made: some minutes before the post at most."""
    return (int(mid) >> _MID_BITS) + _EPOCH_S


def _next(asking: Asking, visit: Visit, page: int, since: str) -> Found | None:
    if asking.spent:
        return None
    try:
        value = visit.ask(visit.site.list_at(page, since))
    except TransportError:
        return None
    found = found_in(value, visit.site.uid, len(asking.payloads) - 1)
    return found if found.listed else None


def _by_days(
    asking: Asking, web: Visit, newest: str, found: list[tuple[Status, int]], most: int
) -> tuple[list[tuple[Status, int]], bool]:
    """What stands between, asked for by its days at weibo.com: the end of that list is told by an empty one."""
    ids = [id_of(status) for status, _ in found if not is_pinned(status) and id_of(status)]
    oldest = min(ids, key=order, default="")
    start = _midnight_s(instant_s(newest))
    end = _midnight_s(instant_s(oldest)) + _DAY_S if oldest else int(asking.now.timestamp())
    for page in range(1, most + 1):
        if asking.spent:
            break
        try:
            value = web.ask(web.site.days_at(page, start, end))
        except TransportError:
            break
        between = found_in(value, web.site.uid, len(asking.payloads) - 1)
        found = found + between.statuses
        if not between.listed:
            return _once(found), False
    return _once(found), True


def _reaches(found: list[tuple[Status, int]], newest: str) -> bool:
    """Whether a post as old as the newest known is among them; a pinned one proves nothing."""
    return any(order(id_of(status)) <= order(newest) for status, _ in found if not is_pinned(status))


def _once(found: list[tuple[Status, int]]) -> list[tuple[Status, int]]:
    """Each post once: a pinned one stands in its own place too."""
    seen: dict[str, tuple[Status, int]] = {}
    for number, (status, evidence) in enumerate(found):
        seen.setdefault(id_of(status) or f"#{number}", (status, evidence))
    return list(seen.values())


def _midnight_s(epoch_s: int) -> int:
    """The beginning of that day in Beijing."""
    return (epoch_s + _BEIJING_S) // _DAY_S * _DAY_S - _BEIJING_S
