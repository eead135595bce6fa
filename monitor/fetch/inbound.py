"""The source `inbound`: posts that others send to us, signed, instead of being asked for; web.inbound is the door."""

import json
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from monitor.config.fields import Key, Seconds
from monitor.config.shape import PushedTable
from monitor.errors import Failure, FetchError
from monitor.fetch.entries import read_each
from monitor.fetch.records import checked_post, record_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Page, Payload, ReadState
from monitor.net.client import Client

MOST_POSTS: Final = 1000  # of one push


class InboundTable(PushedTable):
    """An account whose posts are sent to us."""

    source: Literal["inbound"]
    platform: Key = "web"
    network_ids: bool = False
    silent_after_s: Annotated[Seconds | None, Field(ge=60, le=31 * 86400)] = Field(default=None, alias="silent_after")


class InboundSource:
    """Looks whether anything still comes; asks nobody."""

    table = InboundTable
    reduced = True

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:  # noqa: ARG002 - a Source
        """Unchanged, for what is sent is stored as it comes; FetchError SILENT if nothing came for too long."""
        since, patience_s = _since(state.cursor) or now, InboundTable.of(account).silent_after_s
        if patience_s is not None and (now - since).total_seconds() > patience_s:
            raise FetchError(Failure.SILENT, f"nothing was pushed since {since.isoformat(timespec='seconds')}")
        return Page(replace(state, cursor=since.isoformat()), unchanged=True)


def pushed_page(account: Account, body: bytes, message_id: str, now: datetime) -> Page:
    """What was sent, as a read of the account; items that are wrong stand in `broken`.

    Raises FetchError NOT_A_FEED for a body that is no such object, TOO_LARGE for too many posts.
    """
    items = _items(body)
    payload = Payload(sha256(body).hexdigest(), account.native_id, 200, {"webhook-id": message_id}, body, now)
    own_ids = not InboundTable.of(account).network_ids

    def read(value: object) -> FetchedPost:
        return checked_post(record_of(value), account, now, own_ids=own_ids)

    posts, broken = read_each(items, read)
    return Page(ReadState(cursor=now.isoformat()), posts, (payload,), broken=broken, joined=True)


def _items(body: bytes) -> list[Any]:
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError):
        raise FetchError(Failure.NOT_A_FEED, "the body is no JSON in UTF-8") from None
    items = value.get("posts") if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise FetchError(Failure.NOT_A_FEED, 'the body is no object with a list "posts"')
    if len(items) > MOST_POSTS:
        raise FetchError(Failure.TOO_LARGE, f"more than {MOST_POSTS} posts")
    return items


def _since(cursor: str | None) -> datetime | None:
    """When something came last, or when we began to wait for it."""
    try:
        since = datetime.fromisoformat(cursor or "")
    except ValueError:
        return None
    return since if since.tzinfo else None
