"""The source `feed`: RSS, Atom and JSON Feed over HTTP, asked conditionally."""

from datetime import datetime
from typing import Literal

import regex

from monitor.config.shape import AddressTable
from monitor.errors import Failure, FetchError
from monitor.fetch.answers import check_status
from monitor.fetch.asking import payload_of
from monitor.fetch.charset import decode
from monitor.fetch.conditional import conditions, hash_of, moves, state_after, unchanged, wish_s
from monitor.fetch.entries import ParsedFeed
from monitor.fetch.jsonfeed import parse_json_feed
from monitor.fetch.walls import wall_of
from monitor.fetch.xmlfeed import DOUBTFUL, parse_xml_feed
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Client

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
            headers={"Accept": _ACCEPT, **conditions(state)},
            secret_headers=account.secret_headers,
            allow_private=account.allow_private_network,
            route=account.route,
        )
        check_status(answer, now, with_key=bool(account.secret_headers))
        if same := unchanged(answer, account, state, now):
            return same
        feed = parse_feed(answer.body, answer.headers.get("content-type", ""), account, now)
        # An answer that broke on its way keeps no validator: its 304 would keep the whole of it from us for ever.
        doubtful = not DOUBTFUL.isdisjoint(feed.notes)
        return Page(
            ReadState() if doubtful else state_after(answer, hash_of(answer), ReadState()),
            posts=feed.posts,
            payloads=(payload_of(answer, account, now),),
            broken=feed.broken,
            notes=moves(answer, account) + feed.notes,
            next_read_after_s=wish_s(answer, now, feed.ttl_s),
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
