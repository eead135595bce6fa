"""Asking for one address again: only if it has changed, and no sooner than it wishes."""

import hashlib
from datetime import datetime
from typing import Final

from monitor.fetch.answers import freshness_s, retry_after_s
from monitor.fetch.asking import told_url
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Answer

NOT_MODIFIED: Final = 304


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
    """What is to be remembered of a good answer; its validators where it has some, else those of `before`."""
    return ReadState(
        etag=answer.headers.get("etag") or before.etag,
        last_modified=answer.headers.get("last-modified") or before.last_modified,
        body_hash=body_hash,
        cursor=before.cursor,
    )


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
