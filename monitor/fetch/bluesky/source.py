"""The source `bluesky`: an account's feed by the public API, checked now and then against its repository.

https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed : pages of 100, ordered by what the author claims as the
time, so that a back-dated post stands deep below; com.atproto.repo.listRecords has them in the order of their making.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import quote, urlsplit

from pydantic import Field

from monitor.config.fields import Address, Key, Line
from monitor.config.shape import AccountTable, Home
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.answers import spent_s
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.bluesky.records import POSTS, REPOST, View, made_at, place, place_in_list, post_of
from monitor.fetch.entries import EntryError, read_each
from monitor.fetch.remembered import Remembered, remembered
from monitor.fetch.shaping import dicts, inner, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Page, ReadState
from monitor.net.client import Answer, Client

Found: TypeAlias = tuple[View, int]  # an item, and the payload in which it stands

_PAGE: Final = 100
_AT_ONCE: Final = 25  # posts that getPosts takes
_LIST_EVERY: Final = timedelta(minutes=10)
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_NOT_MODIFIED: Final = 304

# What XRPC says of an account or a token, by its error word or else by its message.
_REFUSALS: Final = {
    "AccountDeactivated": Failure.GONE,
    "AccountTakedown": Failure.GONE,
    "RepoDeactivated": Failure.GONE,
    "RepoTakendown": Failure.GONE,
    "RepoNotFound": Failure.GONE,
    "HandleNotFound": Failure.GONE,
    "Profile not found": Failure.GONE,
    "Unable to resolve handle": Failure.GONE,
    "ExpiredToken": Failure.SESSION_EXPIRED,
    "InvalidToken": Failure.SESSION_EXPIRED,
    "AuthMissing": Failure.LOGIN_WALL,
    "AuthenticationRequired": Failure.LOGIN_WALL,
    "BlockedActor": Failure.PRIVATE,
    "BlockedByActor": Failure.PRIVATE,
    "RateLimitExceeded": Failure.RATE_LIMITED,
}


class BlueskyTable(AccountTable):
    """An account of Bluesky, or of another service that speaks its API."""

    source: Literal["bluesky"]
    platform: Key = "bluesky"
    actor: Line
    service: Address = "https://public.api.bsky.app"
    pds: Address | None = None
    replies: bool = True
    pages: Annotated[int, Field(ge=1, le=10)] = 5

    def home(self) -> Home:
        """The DID or the handle; the service, and the account's own server if that is named."""
        return Home(self.actor.lstrip("@").lower(), self.service, (self.pds,) if self.pds else ())


class BlueskySource:
    """Reads an account's posts and shares by the API."""

    table = BlueskyTable

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the newest page, those that reach back to the last read, and what the feed keeps below."""
        reading = _Reading(BlueskyTable.of(account), Asking(client, account, now), remembered(state.cursor))
        if not reading.known.user_id:
            reading.known = replace(reading.known, user_id=_resolve(reading.table, reading.asking))
        before = reading.known.newest
        answer = reading.feed(state.etag)
        beside = reading.beside()
        if answer.status == _NOT_MODIFIED and not beside:
            kept = replace(state, cursor=reading.known.text())
            return Page(kept, unchanged=True, notes=tuple(reading.notes))
        posts, broken = read_each(
            [*reading.items, *beside],
            lambda found: post_of(found[0], account, reading.known.user_id, now, found[1]),
        )
        etag = answer.headers.get("etag") or (state.etag if answer.status == _NOT_MODIFIED else None)
        return Page(
            ReadState(etag=None if reading.failed else etag, cursor=reading.known.text()),
            posts=posts,
            payloads=tuple(reading.asking.payloads),
            broken=broken,
            notes=tuple(reading.notes),
            cut=reading.cut,
            joined=bool(before) and not reading.cut,
            next_read_after_s=spent_s(answer.headers, now),
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """A post by its id; of a share only whether the shared post still stands."""
        table, asking = BlueskyTable.of(account), Asking(client, account, now)
        did, _, rest = native_id.partition("/")
        shared = rest.removeprefix(REPOST)
        author, rkey = shared.split("/") if shared != rest else (did, rest)
        uri = f"at://{author}/{POSTS}/{rkey}"
        view = _posts(asking, table, [uri]).get(uri)
        if view is None:
            return Gone("deleted")
        if shared != rest:
            return None
        parent = text_id(inner(view[0], "record", "reply", "parent", "uri"))
        parents = _posts(asking, table, [parent]) if parent else {}
        posts, _ = read_each([view], lambda found: post_of(_item(found[0], parents), account, did, now, found[1]))
        return posts[0] if posts else None


@dataclass(slots=True)
class _Reading:
    """One read under way."""

    table: BlueskyTable
    asking: Asking
    known: Remembered
    items: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()
    cut: bool = False
    failed: bool = False  # a page behind the first could not be had: the next read goes as far back again

    def feed(self, etag: str | None) -> Answer:
        """The feed back to the last read, never less than a page."""
        table, asking = self.table, self.asking
        at = f"{table.service}/xrpc/app.bsky.feed.getAuthorFeed?actor={quote(self.known.user_id, safe=':')}"
        shown = "posts_with_replies" if table.replies else "posts_no_replies"
        at += f"&limit={_PAGE}&filter={shown}&includePins=false"
        answer = asking.get(at, {"Accept": "application/json", **({"If-None-Match": etag} if etag else {})})
        if answer.status == _NOT_MODIFIED:
            return answer
        value = _value(asking, answer)
        self._take(value)
        pages, cursor = 1, text_id(inner(value, "cursor"))
        while cursor and self.known.newest and not self._reaches_back(value):
            if pages >= table.pages or asking.spent:
                self.cut = True
                break
            try:
                value = _value(asking, asking.get(f"{at}&cursor={quote(cursor, safe='')}", _JSON))
                self._take(value)
            except TransportError as error:
                # The newest posts must not wait for the older. A cursor that the service no longer knows is a 500:
                # the next read begins anew.
                self.cut, self.failed, self.notes = True, True, (f"stopped:{error.failure}",)
                break
            pages, cursor = pages + 1, text_id(inner(value, "cursor"))
        if not self.failed:
            self.known = replace(self.known, newest=max([self.known.newest, *map(_text, self._instants(self.items))]))
        return answer

    def beside(self) -> list[Found]:
        """Posts of the repository that the feed should have shown, or keeps where no page reaches; when it is time."""
        now, kept = self.asking.now, self.known.kept
        if float(kept.get("listed_at", "0")) + _LIST_EVERY.total_seconds() > now.timestamp():
            return []
        self.known = replace(self.known, kept=kept | {"listed_at": f"{now.timestamp():.0f}"})
        mark = kept.get("listed_to", "")
        try:
            records = _records(self.asking, self.table, self.known.user_id, mark)
        except TransportError:
            self.notes += ("unlisted",)
            return []
        keys = [key for key in records if (at := made_at(key)) and at <= now + _CLOCK_TOLERANCE]
        self.known = replace(self.known, kept=self.known.kept | {"listed_to": max([mark, *keys])})
        return self._hydrated([found for key, found in records.items() if self._is_strange(key, found[0], mark)])

    def _take(self, value: Any) -> None:  # noqa: ANN401 - whatever strangers answer
        items = inner(value, "feed")
        if not isinstance(items, list):
            raise FetchError(Failure.NOT_A_FEED, "an answer that is no feed")
        self.items += tuple((item, len(self.asking.payloads) - 1) for item in dicts(items))

    def _instants(self, items: Iterable[Found]) -> list[datetime]:
        account, now = self.asking.account, self.asking.now
        return [at for item, _ in items if (at := place_in_list(item, account, now))]

    def _reaches_back(self, value: Any) -> bool:  # noqa: ANN401 - whatever strangers answer
        """Whether a page ends before the newest post of the last read: one known post in it proves nothing."""
        oldest = min(self._instants((item, 0) for item in dicts(inner(value, "feed"))), default=None)
        return oldest is not None and _text(oldest) <= self.known.newest

    def _is_strange(self, rkey: str, record: View, mark: str) -> bool:
        """Whether a record is to be looked at beside the feed; one that is known already does no harm."""
        if any(_rkey_of(item, self.known.user_id) == rkey for item, _ in self.items):
            return False
        if not self.table.replies and inner(record, "value", "reply"):
            return False
        at = made_at(rkey)
        if at is None or at > self.asking.now + _CLOCK_TOLERANCE:
            return True  # a key that somebody chose: it stands at no place of its own
        oldest = min(self._instants(self.items), default=None)
        return rkey > mark if mark else oldest is None or at >= oldest

    def _hydrated(self, records: Sequence[Found]) -> list[Found]:
        """Records as the feed would show them, with quoted posts, pictures and what they answer to."""
        wanted: dict[str, None] = {}
        for record, _ in records:
            parent = text_id(inner(record, "value", "reply", "parent", "uri"))
            wanted |= dict.fromkeys(filter(None, (text_id(record.get("uri")), parent)))
        try:
            views = _posts(self.asking, self.table, list(wanted))
        except TransportError:
            views = {}
        found = []
        for record, evidence in records:
            plain = {"uri": record.get("uri"), "cid": record.get("cid"), "record": record.get("value")}
            view, shown_in = views.get(str(record.get("uri")), (plain, evidence))
            found.append((_item(view, views), shown_in))
        return found


_JSON: Final = {"Accept": "application/json"}


def _resolve(table: BlueskyTable, asking: Asking) -> str:
    """The DID, which stays when the handle changes."""
    actor = table.actor.lstrip("@")
    if actor.startswith("did:"):
        return actor
    at = f"{table.service}/xrpc/com.atproto.identity.resolveHandle?handle={quote(actor, safe='')}"
    did = text_id(inner(_value(asking, asking.get(at, _JSON)), "did"))
    if did is None or not did.startswith("did:"):
        raise FetchError(Failure.NOT_A_FEED, "an answer that names no account")
    return did


def _value(asking: Asking, answer: Answer) -> Any:  # noqa: ANN401 - whatever strangers answer
    """A good answer's value, kept as evidence; the FetchError that another stands for."""
    if answer.status in (400, 401, 403, 404):
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            said = None
        word, message = str(inner(said, "error")), str(inner(said, "message"))
        for known, failure in _REFUSALS.items():
            if word == known or message.startswith(known):
                raise FetchError(failure, f"status {answer.status}, {known}", status=answer.status)
    asking.check(answer)
    return read_json(asking.keep(answer))


def _records(asking: Asking, table: BlueskyTable, did: str, mark: str) -> dict[str, Found]:
    """The newest records by their keys, back to `mark`; a page of them if there is none."""
    server = table.pds or table.service
    at = f"{server}/xrpc/com.atproto.repo.listRecords?repo={quote(did, safe=':')}&collection={POSTS}&limit={_PAGE}"
    own = urlsplit(server).netloc == urlsplit(table.service).netloc
    found: dict[str, Found] = {}
    cursor: str | None = ""
    for _ in range(table.pages):
        more = f"&cursor={quote(cursor, safe='')}" if cursor else ""
        value = _value(asking, asking.get(at + more, _JSON, with_credentials=own))
        page = {key: record for record in dicts(inner(value, "records")) if (key := _key(record.get("uri"), did))}
        found |= {key: (record, len(asking.payloads) - 1) for key, record in page.items()}
        cursor = text_id(inner(value, "cursor"))
        if not (mark and cursor and page and min(page) > mark) or asking.spent:
            break
    return found


def _posts(asking: Asking, table: BlueskyTable, uris: Sequence[str]) -> dict[str, Found]:
    """Posts by their addresses, as many as may be asked for; those that are gone are not among them."""
    found: dict[str, Found] = {}
    for start in range(0, len(uris), _AT_ONCE):
        if asking.spent:
            break
        query = "&".join(f"uris={quote(uri, safe='')}" for uri in uris[start : start + _AT_ONCE])
        value = _value(asking, asking.get(f"{table.service}/xrpc/app.bsky.feed.getPosts?{query}", _JSON))
        if not isinstance(inner(value, "posts"), list):
            raise FetchError(Failure.NOT_A_FEED, "an answer that is no list of posts")
        found |= {str(view.get("uri")): (view, len(asking.payloads) - 1) for view in dicts(value["posts"])}
    return found


def _item(view: View, views: dict[str, Found]) -> View:
    """A single post as it stands in a feed, beside what it answers to."""
    parent, _ = views.get(str(inner(view, "record", "reply", "parent", "uri")), (None, 0))
    return {"post": view, "reply": {"parent": parent}}


def _rkey_of(item: View, did: str) -> str | None:
    return _key(inner(item, "post", "uri"), did)


def _key(uri: object, did: str) -> str | None:
    try:
        author, rkey = place(uri)
    except EntryError:
        return None
    return rkey if author == did else None


def _text(at: datetime) -> str:
    """As the cursor keeps it: texts of one length, which sort as the instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
