"""The source `mastodon`: Mastodon and servers that speak its API, asked at the account's own home.

https://docs.joinmastodon.org/methods/accounts/#statuses : pages of 40, the newest first; ids grow with time, edits keep
the id and its place.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field

from monitor.config.fields import Address, Key, Line
from monitor.config.shape import AccountTable, Home
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.answers import spent_s
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.canonical import canonical_id
from monitor.fetch.entries import EntryError, read_each
from monitor.fetch.remembered import Remembered, remembered
from monitor.fetch.shaping import Draft, dicts, inner, order, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, ItemError, MediaKind, Origin, Page, PostKind, ReadState
from monitor.model.sessions import SessionKind
from monitor.net.client import Client

_PAGE: Final = 40
_PARENTS: Final = 5  # that are asked for in one read
_PICTURES: Final = {"image": MediaKind.PICTURE, "gifv": MediaKind.COVER, "video": MediaKind.COVER}
Status = Mapping[str, Any]


class MastodonTable(AccountTable):
    """An account on a server that speaks Mastodon's API."""

    source: Literal["mastodon"]
    platform: Key = "mastodon"
    instance: Address
    acct: Line
    replies: bool = True
    pages: Annotated[int, Field(ge=1, le=15)] = 10

    def home(self) -> Home:
        """The server, and the name there."""
        return Home(f"{urlsplit(self.instance).netloc}/@{self.acct.lstrip('@')}", self.instance)


class MastodonSource:
    """Reads an account's statuses by the API."""

    table = MastodonTable
    session_kind = SessionKind.TOKEN

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the newest page and as many older ones as reach back to what was known."""
        table, asking = MastodonTable.of(account), Asking(client, account, now)
        known = remembered(state.cursor)
        if not known.user_id:
            known = replace(known, user_id=_look_up(table, asking))
        at = f"{table.instance}/api/v1/accounts/{known.user_id}/statuses?limit={_PAGE}"
        at += "" if table.replies else "&exclude_replies=true"
        answer = asking.get(at, {"Accept": "application/json", **_conditions(state)})
        if answer.status == 304:  # noqa: PLR2004 - Not Modified
            return Page(replace(state, cursor=known.text()), unchanged=True)
        asking.check(answer)
        asking.keep(answer)
        found = [(status, len(asking.payloads) - 1) for status in _statuses(read_json(answer))]
        if _has_moved(found, known):
            raise FetchError(Failure.MOVED, "an account that has moved to another")
        found, cut, failure = _older(asking, at, known.newest, found, table.pages)
        posts, broken, tried = _posts(asking, table, known, found)
        ids = () if failure else (text_id(status.get("id")) or "" for status, _ in found)
        newest = max([known.newest, *ids], key=order)
        return Page(
            ReadState(
                etag=None if failure else answer.headers.get("etag"),
                cursor=replace(known, newest=newest, owed=known.owing(tried)).text(),
            ),
            posts=posts,
            payloads=tuple(asking.payloads),
            broken=broken,
            notes=(f"stopped:{failure}",) if failure else (),
            cut=cut,
            next_read_after_s=spent_s(answer.headers, now),
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """A status by its id; 404 is what Mastodon says of deleted and of hidden ones."""
        asking = Asking(client, account, now)
        status_id = native_id.rpartition("/")[2]
        answer = asking.get(f"{MastodonTable.of(account).instance}/api/v1/statuses/{quote(status_id, safe='')}")
        if answer.status in (404, 410):
            return Gone("deleted")
        asking.check(answer)
        status = read_json(answer)
        return _post(status, account, now, 0, None) if isinstance(status, dict) and _is_public(status) else None


def _conditions(state: ReadState) -> dict[str, str]:
    return {"If-None-Match": state.etag} if state.etag else {}


def _look_up(table: MastodonTable, asking: Asking) -> str:
    found, _ = asking.get_json(
        f"{table.instance}/api/v1/accounts/lookup?acct={quote(table.acct.lstrip('@'), safe='@.')}"
    )
    user_id = text_id(inner(found, "id"))
    if user_id is None:
        raise FetchError(Failure.NOT_A_FEED, "an answer that names no account")
    return user_id


def _statuses(value: object) -> list[Status]:
    if not isinstance(value, list):
        raise FetchError(Failure.NOT_A_FEED, "an answer that is no list of statuses")
    return dicts(value)


def _has_moved(found: list[tuple[Status, int]], known: Remembered) -> bool:
    """Whether the account says that it is another now, and has nothing new to read."""
    own = [status for status, _ in found if text_id(inner(status, "account", "id")) == known.user_id]
    is_new = any(order(str(status.get("id"))) > order(known.newest) for status, _ in found)
    return bool(known.newest) and not is_new and any(inner(status, "account", "moved") for status in own)


def _older(
    asking: Asking, at: str, newest_known: str, found: list[tuple[Status, int]], pages: int
) -> tuple[list[tuple[Status, int]], bool, Failure | None]:
    """With the pages behind, until one reaches back to what was known; whether we had to stop before, and by what.

    The newest must not wait for the older: after a refusal the next read goes as far back again.
    """
    size = len(found)
    while newest_known and size == _PAGE and (ids := _ids(found)) and ids[0] > order(newest_known):
        if len(asking.payloads) >= pages or asking.spent:
            return found, True, None
        try:
            value, _ = asking.get_json(f"{at}&max_id={quote(ids[0][1], safe='')}")
            page = [(status, len(asking.payloads) - 1) for status in _statuses(value)]
        except TransportError as error:
            return found, True, error.failure
        size = len(page)
        found = found + page
    return found, False, None


def _ids(found: list[tuple[Status, int]]) -> list[tuple[int, str]]:
    """The ids that are some, the oldest first."""
    return sorted(order(each) for status, _ in found if (each := text_id(status.get("id"))))


def _posts(
    asking: Asking, table: MastodonTable, known: Remembered, found: list[tuple[Status, int]]
) -> tuple[tuple[FetchedPost, ...], tuple[ItemError, ...], dict[str, bool]]:
    tried: dict[str, bool] = {}

    def read(one: tuple[Status, int]) -> FetchedPost | None:
        status, evidence = one
        if not _is_public(status):
            return None
        parent = None
        if wanted := _wants_parent(status, known):
            if len(tried) < _PARENTS and not asking.spent:
                parent = _parent(asking, table, status)
            tried[wanted] = parent is not None
        return _post(status, asking.account, asking.now, evidence, parent)

    return *read_each(found, read), tried


def _is_public(status: Status) -> bool:
    """Whether anybody may read it; with a token, servers show what is meant for some as well."""
    return status.get("visibility", "public") in ("public", "unlisted")


def _wants_parent(status: Status, known: Remembered) -> str | None:
    """The id of a reply that is new, or whose parent could not be had yet; not of one to the author's own post."""
    status_id = text_id(status.get("id"))
    if status_id is None or not status.get("in_reply_to_id") or status.get("reblog"):
        return None
    is_new = bool(known.newest) and order(status_id) > order(known.newest)
    return status_id if is_new or status_id in known.owed else None


def _parent(asking: Asking, table: MastodonTable, status: Status) -> str | None:
    """The HTML of what is answered to; "" if it is gone, None if it could not be had."""
    answer = asking.get(f"{table.instance}/api/v1/statuses/{quote(str(status['in_reply_to_id']), safe='')}")
    if answer.status in (404, 410):
        return ""
    if answer.status != 200:  # noqa: PLR2004 - OK
        return None
    return str(inner(read_json(answer), "content") or "")


def _post(status: Status, account: Account, now: datetime, evidence: int, parent: str | None) -> FetchedPost:
    """The post that a status is; its id is that of the home server, below the server's name."""
    host = urlsplit(MastodonTable.of(account).instance).netloc.lower()
    status_id = text_id(status.get("id"))
    if status_id is None:
        raise EntryError("a status without an id")
    draft = Draft(account, f"{host}/{status_id}", status.get("url") or status.get("uri"))
    shared = status.get("reblog")
    if isinstance(shared, dict):
        uri = text_id(shared.get("uri"))
        draft.kind, draft.root_id = PostKind.REPOST, canonical_id("mastodon", uri) or uri
        _say(draft, shared, by_author=False)
    else:
        draft.kind = PostKind.REPLY if status.get("in_reply_to_id") else PostKind.POST
        _say(draft, status, by_author=True)
        draft.say(Origin.CLIENT, inner(status, "application", "name"))
    quoted = inner(shared if isinstance(shared, dict) else status, "quote", "quoted_status")
    if isinstance(quoted, dict):
        _say(draft, quoted, by_author=False)
    if parent:
        draft.say_html(Origin.PARENT, parent, by_author=False)
    return draft.finish(
        status.get("created_at"), now, edited=status.get("edited_at"), evidence=evidence, completes=bool(parent)
    )


def _say(draft: Draft, status: Status, *, by_author: bool) -> None:
    """What a status says, in all its places; of another's status everything is quoted."""

    def at(origin: Origin) -> Origin:
        return origin if by_author else Origin.QUOTED

    draft.say(at(Origin.WARNING), status.get("spoiler_text"), by_author=by_author)
    draft.say_html(at(Origin.TEXT), status.get("content"), by_author=by_author)
    for option in dicts(inner(status, "poll", "options")):
        draft.say(at(Origin.POLL), option.get("title"), by_author=by_author)
    for name in ("title", "description"):
        draft.say(at(Origin.CARD), inner(status, "card", name), by_author=by_author)
    for file in dicts(status.get("media_attachments")):
        draft.say(at(Origin.ALT), file.get("description"), by_author=by_author)
        if kind := _PICTURES.get(str(file.get("type"))):
            draft.show(kind, file.get("url") if kind is MediaKind.PICTURE else file.get("preview_url"))
