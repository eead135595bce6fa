"""The source `feed`: RSS, Atom and JSON Feed over HTTP, asked conditionally."""

import hashlib
from datetime import datetime
from typing import Literal

import regex

from monitor.config.shape import AddressTable
from monitor.errors import Failure, FetchError
from monitor.fetch.answers import check_status, freshness_s, retry_after_s
from monitor.fetch.asking import payload_of, told_url
from monitor.fetch.charset import decode
from monitor.fetch.entries import ParsedFeed
from monitor.fetch.jsonfeed import parse_json_feed
from monitor.fetch.walls import wall_of
from monitor.fetch.xmlfeed import DOUBTFUL, parse_xml_feed
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Answer, Client

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
_HTML = regex.compile(
    r"(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    regex.IGNORECASE | regex.DOTALL,
)
_HEAD_CHARS = 65536


class FeedTable(AddressTable):
    """An account read by a feed."""

    source: Literal["feed"]


class FeedSource:
    """Reads an account's feed; holds nothing, so one serves all accounts and threads."""

    table = FeedTable
    rank = 1

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read; unchanged on 304 and when the same bytes came again. Raises FetchError and TransportError."""
        answer = client.get(
            account.url,
            headers={"Accept": _ACCEPT, **_conditions(state)},
            secret_headers=account.secret_headers,
            allow_private=account.allow_private_network,
            route=account.route,
        )
        check_status(answer, now, with_key=bool(account.secret_headers))
        body_hash = hashlib.sha256(answer.body).hexdigest()
        unchanged = answer.status == 304 or body_hash == state.body_hash  # noqa: PLR2004 - Not Modified
        wishes_s = [retry_after_s(answer.headers, now), freshness_s(answer.headers)]
        notes = (f"moved:{told_url(answer.moved_to, account)}",) if answer.moved_to else ()
        if unchanged:
            state = _next_state(answer, state.body_hash, state)
            return Page(state, unchanged=True, notes=notes, next_read_after_s=_longest(wishes_s))
        feed = parse_feed(answer.body, answer.headers.get("content-type", ""), account, now)
        # An answer that broke on its way keeps no validator: its 304 would keep the whole of it from us for ever.
        doubtful = not DOUBTFUL.isdisjoint(feed.notes)
        return Page(
            ReadState() if doubtful else _next_state(answer, body_hash, ReadState()),
            posts=feed.posts,
            payloads=(payload_of(answer, account, now),),
            broken=feed.broken,
            notes=notes + feed.notes,
            next_read_after_s=_longest([*wishes_s, feed.ttl_s]),
        )


def parse_feed(body: bytes, content_type: str, account: Account, now: datetime) -> ParsedFeed:
    """The posts that these bytes hold.

    Raises FetchError: NOT_A_FEED, LOGIN_WALL, CAPTCHA, TRUNCATED, SUSPECT_EMPTY for no bytes.
    """
    text = decode(body, content_type).lstrip("\ufeff \t\r\n")
    if not text:
        raise FetchError(Failure.SUSPECT_EMPTY, "an empty answer")
    if text[0] in "{[" or "json" in content_type.lower():
        return parse_json_feed(text, account, now)
    head = text[:_HEAD_CHARS]
    if _HTML.match(head):
        if wall := wall_of(head):
            raise FetchError(wall, "a page that asks to sign in, or for proof that we are no robot")
        raise FetchError(Failure.NOT_A_FEED, "an HTML page, perhaps a sign-in page")
    if "<" not in head:
        raise FetchError(Failure.NOT_A_FEED, "neither XML nor JSON")
    return parse_xml_feed(text, account, now)


def _conditions(state: ReadState) -> dict[str, str]:
    told = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in told.items() if value}


def _next_state(answer: Answer, body_hash: str | None, before: ReadState) -> ReadState:
    return ReadState(
        etag=answer.headers.get("etag") or before.etag,
        last_modified=answer.headers.get("last-modified") or before.last_modified,
        body_hash=body_hash,
        cursor=before.cursor,
    )


def _longest(wishes_s: list[float | None]) -> float | None:
    return max((wish_s for wish_s in wishes_s if wish_s is not None), default=None)
