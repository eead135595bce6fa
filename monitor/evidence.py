"""Pictures as evidence: which are wanted, when they are tried again, and what stays when a post is taken down. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from monitor.incident import NEAR
from monitor.model.people import AfterDeletion
from monitor.model.posts import Media, MediaState

MOST_BYTES: Final = 20 * 2**20  # of one picture
MOST_BYTES_OF_A_POST: Final = 100 * 2**20
MOST_OF_A_POST: Final = 100  # pictures
GIVE_UP_AFTER: Final = timedelta(hours=24)
REVIEW_WITHIN: Final = timedelta(hours=24)  # of a deletion; then the text goes though nobody has judged it

DELETED: Final = "deleted_with_post"  # the reason of a finding whose text went with its post

_PAUSES: Final = (10, 30, 120, 300, 900, 1800, 3600)  # seconds; the last is repeated
_TOKEN_CHARS: Final = 10  # of a value in an address that is a signature or the second at which it ends
_GONE: Final = frozenset({404, 410, 451})
_GOOD: Final = frozenset({200, 203})
_NO_PICTURES: Final = ("text/", "application/json", "application/xhtml")


def wants_pictures(*, flagged: bool, posted_at: datetime, lifts: Iterable[datetime]) -> tuple[bool, str]:
    """Whether the pictures of a post are fetched, and why; `lifts` is when what its author knows stops being secret."""
    if flagged:
        return True, "flagged"
    if any(posted_at < at <= posted_at + NEAR for at in lifts):
        return True, "event_near"
    return False, "no_reason"


# --- which picture is which -----------------------------------------------------------------------------------------


def place_of(url: str) -> str:
    """What tells one picture of a post from another, though its address changes from read to read.

    The servers of one network take turns, and long values in the query are signatures and the times at which they end.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    query = sorted(pair for pair in parse_qsl(parts.query) if len(pair[1]) < _TOKEN_CHARS)
    return f"{'.'.join(host.split('.')[-2:])}{parts.path}{query}"


def new_pictures(known: Iterable[Media], shown: Iterable[Media]) -> tuple[Media, ...]:
    """Those that are shown and not yet known, each once for every time that it is shown more often."""
    left = Counter(place_of(each.url) for each in known)
    new = []
    for each in shown:
        place = place_of(each.url)
        if left[place] > 0:
            left[place] -= 1
        else:
            new.append(each)
    return tuple(new)


def newer_address(url: str, shown: Sequence[Media]) -> str:
    """The address under which a picture is shown now; the old one if it is not."""
    if any(each.url == url for each in shown):
        return url
    return next((each.url for each in shown if place_of(each.url) == place_of(url)), url)


# --- what an answer means -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a picture; still wanted means that it is tried again. `note` is a code that says why."""

    state: MediaState
    note: str = ""


def judge_answer(status: int, content_type: str, size: int, bytes_before: int) -> Settled:
    """What an answer means for a picture of a post of which so many bytes are kept already."""
    if status in _GONE:
        return Settled(MediaState.GONE, f"status {status}")
    if status not in _GOOD:
        return Settled(MediaState.WANTED, f"status {status}")
    if not size or content_type.strip().lower().startswith(_NO_PICTURES):
        return Settled(MediaState.WANTED, "no picture")  # a page that asks to sign in, or for patience
    if bytes_before + size > MOST_BYTES_OF_A_POST:
        return Settled(MediaState.REFUSED, "post too large")
    return Settled(MediaState.KEPT)


def room_for(bytes_before: int) -> int:
    """How many bytes the next picture of a post may have of which so many are kept already."""
    return max(0, min(MOST_BYTES, MOST_BYTES_OF_A_POST - bytes_before))


def next_try(tries: int, wanted_at: datetime, now: datetime) -> datetime | None:
    """When a picture is tried again after so many tries; None when a day of them is over."""
    ends_at = wanted_at + GIVE_UP_AFTER
    if now >= ends_at:
        return None
    return min(now + timedelta(seconds=_PAUSES[min(max(tries, 1), len(_PAUSES)) - 1]), ends_at)


# --- deletion -------------------------------------------------------------------------------------------------------


def what_stays(
    wish: AfterDeletion, gone_at: datetime, *, flagged: bool, reviewed: bool, now: datetime
) -> tuple[AfterDeletion, str]:
    """What stays of a post that is gone, and why, as is wished for its account.

    Whoever has to judge it has a day to see it; then it goes though nobody has.
    """
    if wish is AfterDeletion.KEEP:
        return wish, "kept"
    if not flagged:
        return wish, "not_flagged"
    if reviewed:
        return wish, "reviewed"
    if now - gone_at >= REVIEW_WITHIN:
        return wish, "day_over"
    return AfterDeletion.KEEP, "to_be_reviewed"
