"""Asking for one address again: only if it has changed, and no sooner than it wishes."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from monitor.fetch.answers import freshness_s, http_date, retry_after_s
from monitor.fetch.asking import told_url
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Answer

NOT_MODIFIED: Final = 304
_A_SECOND: Final = timedelta(seconds=1)


def conditions(state: ReadState) -> dict[str, str]:
    """The headers that ask for an answer only if it is another than the last."""
    told = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in told.items() if value}


def hash_of(answer: Answer) -> str:
    """What tells the same bytes from others."""
    return hashlib.sha256(answer.body).hexdigest()


def marked(*options: object) -> str:
    """A few letters that tell these options from others: what was read by others is read anew."""
    return hashlib.sha256(repr(options).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def state_after(answer: Answer, body_hash: str | None, before: ReadState) -> ReadState:
    """What is to be remembered of a good answer; its validators where it has some, else those of `before`.

    Not of one that changed in the very second in which it was sent: what changes later in that second has the same.
    """
    if changed_at := _changed_just_now(answer):
        # nginx makes its tag of that second and the size; other tags may know better.
        etag = answer.headers.get("etag", "")
        is_of_time = f"{int(changed_at.timestamp()):x}" in etag.lower()
        return ReadState(etag=None if is_of_time else etag or None, body_hash=body_hash, cursor=before.cursor)
    return ReadState(
        etag=answer.headers.get("etag") or before.etag,
        last_modified=answer.headers.get("last-modified") or before.last_modified,
        body_hash=body_hash,
        cursor=before.cursor,
    )


def _changed_just_now(answer: Answer) -> datetime | None:
    """When it changed, if less than a second before it was sent, by the clock of the server (RFC 9110, 8.8.2.2)."""
    changed_at, sent_at = (http_date(answer.headers.get(name, "")) for name in ("last-modified", "date"))
    return changed_at if changed_at and sent_at and changed_at > sent_at - _A_SECOND else None


def wish_s(answer: Answer, now: datetime, ttl_s: float | None = None) -> float | None:
    """The longest of the pauses that an answer asks for."""
    wishes_s = (retry_after_s(answer.headers, now), freshness_s(answer.headers), ttl_s)
    return max((each for each in wishes_s if each is not None), default=None)


def moves(answer: Answer, account: Account) -> tuple[str, ...]:
    """The note that an address has moved for good."""
    return (f"moved:{told_url(answer.moved_to, account)}",) if answer.moved_to else ()


def unchanged(answer: Answer, account: Account, state: ReadState, now: datetime) -> Page | None:
    """The page of an answer that is the last one again, by its status or its bytes; None if it is another."""
    if answer.status != NOT_MODIFIED and hash_of(answer) != state.body_hash:
        return None
    return Page(
        state_after(answer, state.body_hash, state),
        unchanged=True,
        notes=moves(answer, account),
        next_read_after_s=wish_s(answer, now),
    )
