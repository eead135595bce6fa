"""What an address alone does not say: the id behind a handle, the feed behind a page. Asked once, when it is added."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote, urljoin

from selectolax.lexbor import LexborHTMLParser

from monitor.errors import Failure, FetchError
from monitor.fetch.answers import check_status
from monitor.fetch.charset import decode
from monitor.fetch.recognise import Ask, Candidate
from monitor.fetch.walls import wall_of
from monitor.model.routes import Route
from monitor.net.client import Answer, Client

_BLUESKY: Final = "https://public.api.bsky.app"
_CHANNEL: Final = re.compile(r'(?:"externalId":\s*"|/channel/)(UC[\w-]{22})', re.ASCII)
_FEEDS: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_HTML: Final = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def complete(candidate: Candidate, client: Client, route: Route, now: datetime, *, allow_private: bool) -> Candidate:
    """The candidate with what never changes in the place of what may. Raises TransportError."""
    if candidate.ask is None:
        return candidate
    page = candidate.page
    if candidate.ask is Ask.DID:
        service = candidate.keys.get("service", _BLUESKY)
        page = f"{service}/xrpc/com.atproto.identity.resolveHandle?handle={quote(candidate.keys['actor'])}"
    answer = client.get(page, route=route, allow_private=allow_private)
    check_status(answer, now)
    keys = dict(candidate.keys)
    if candidate.ask is Ask.DID:
        keys["actor"] = _did_in(answer)
    elif candidate.ask is Ask.CHANNEL:
        keys["channel_id"] = _channel_in(answer)
    else:
        keys["url"] = _feed_in(answer, page)
    return replace(candidate, keys=keys, ask=None)


def _did_in(answer: Answer) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    did = told.get("did") if isinstance(told, dict) else None
    if not isinstance(did, str) or not re.fullmatch(r"did:[a-z]+:[\w.:%-]+", did, re.ASCII):
        raise FetchError(Failure.GONE, "an answer that names no DID")
    return did


def _channel_in(answer: Answer) -> str:
    text = answer.body.decode("utf-8", "replace")
    found = _CHANNEL.search(text)
    if found is None:
        raise FetchError(wall_of(text) or Failure.NOT_A_FEED, "a page that names no channel")
    return found[1]


def _feed_in(answer: Answer, address: str) -> str:
    """The address itself if it is no page for people, else the first feed that the page names."""
    text = decode(answer.body, answer.headers.get("content-type", ""))
    if not _HTML.match(text):
        return address
    for link in LexborHTMLParser(text).css("link[rel~=alternate][href]"):
        if (link.attributes.get("type") or "").strip().lower() in _FEEDS:
            return urljoin(answer.url, link.attributes.get("href") or "")
    raise FetchError(wall_of(text) or Failure.NOT_A_FEED, "a page for people that names no feed")
