"""The source `weibo`: m.weibo.cn, and weibo.com where our own cookie fits there; neither is an official API.

Ids are mids, numbers that grow with time. Lists show some 10 or 20 posts, pinned ones first, and cut long texts, which
are asked for one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from monitor.config.fields import Address, Key, Line
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.asking import Asking
from monitor.fetch.entries import read_each
from monitor.fetch.remembered import Remembered, remembered
from monitor.fetch.shaping import inner, order
from monitor.fetch.weibo.pages import Found, behind, found_in
from monitor.fetch.weibo.posts import (
    Status,
    edited_at,
    id_of,
    is_of,
    long_ids,
    post_of,
    replies_of,
    reply_of,
    shown_whole,
)
from monitor.fetch.weibo.sites import Site, Visit
from monitor.fetch.weibo.visitor import Visitors
from monitor.fetch.weibo.walls import NO_CONTENT, gone_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, ItemError, Page, ReadState
from monitor.net.client import Client

_EDITED: Final = "edited"  # the instant of the latest edit that was seen
_BEIJING: Final = ZoneInfo("Asia/Shanghai")  # of times without a zone
_LONG_TEXTS: Final = 8  # that are asked for in one read
_LONGEST_UID: Final = 20


def check_uid(value: str) -> str:
    """A uid: the number of an account, which stays when the name changes."""
    if not (value.isascii() and value.isdigit() and len(value) <= _LONGEST_UID):
        raise Refused("is no uid", 'write the number of the address https://weibo.com/u/NUMBER, such as "1234567890"')
    return value


class WeiboTable(AccountTable):
    """An account of Weibo."""

    source: Literal["weibo"]
    platform: Key = "weibo"
    uid: Annotated[Line, AfterValidator(check_uid)]
    cookie_for: Literal["both", "mobile", "web"] = "both"
    long_text: bool = True
    replies: Literal["author", "off"] = "author"
    replies_max_posts: Annotated[int, Field(ge=1, le=10)] = 3
    pages: Annotated[int, Field(ge=1, le=10)] = 5
    base: Address = "https://m.weibo.cn"
    web_base: Address = "https://weibo.com"
    visitor: Address = "https://visitor.passport.weibo.cn"

    def home(self) -> Home:
        """The uid, and the sites that may be asked."""
        return Home(self.uid, f"{self.base}/u/{self.uid}", (self.web_base, self.visitor))


@dataclass(slots=True)
class _Texts:
    """The whole texts that were got in one read, and for which posts it was tried."""

    whole: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, int] = field(default_factory=dict)
    tried: dict[str, bool] = field(default_factory=dict)
    left: int = _LONG_TEXTS

    def note_refusal(self, error: TransportError) -> None:
        """No further text is asked for, unless this refusal says nothing of the others."""
        if error.failure not in (Failure.SUSPECT_EMPTY, Failure.GONE):
            self.left = 0


class WeiboSource:
    """Reads an account's posts, and its own replies below the newest of them."""

    table = WeiboTable
    session_lasts_s = 30 * 86400.0

    def __init__(self) -> None:
        self._visitors = Visitors()

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the newest page, older ones back to what was known, whole texts, replies."""
        table, account = WeiboTable.of(account), replace(account, timezone=_BEIJING)
        asking, known = Asking(client, account, now), remembered(state.cursor)
        visits = self._visits(table, asking)
        try:
            visit, first, notes = _first(visits, asking)
        except FetchError as error:
            if known.newest or (error.failure, error.detail) != (Failure.SUSPECT_EMPTY, NO_CONTENT):
                raise
            return Page(replace(state, cursor=known.text()), notes=("empty",))
        found, cut = behind(asking, visits, visit, known.newest, first, table.pages)
        texts = _whole_texts(visit, asking, known, found) if table.long_text else _Texts()
        posts, broken = read_each(found, lambda one: _post(one, asking, texts))
        owed = _owed_posts(visit, asking, known, found, texts) if table.long_text else ()
        replies, broken_replies, unread = _replies(table, visits, visit, asking, found)
        newest = max([known.newest, *(id_of(status) for status, _ in found)], key=order)
        edited = max([known.kept.get(_EDITED, ""), *(edited_at(status, account, now) for status, _ in found)])
        following = replace(known, newest=newest, kept={_EDITED: edited}, owed=known.owing(texts.tried))
        return Page(
            ReadState(cursor=following.text()),
            posts=posts + owed + replies,
            payloads=tuple(asking.payloads),
            broken=broken + broken_replies,
            notes=notes + unread,
            cut=cut,
            joined=bool(known.newest) and not cut,  # the replies come and go, and prove nothing
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """A post by its id; a reply cannot be asked for."""
        if not native_id.isdigit():
            return None
        table, account = WeiboTable.of(account), replace(account, timezone=_BEIJING)
        asking = Asking(client, account, now)
        problems: list[TransportError] = []
        for visit in self._visits(table, asking):
            try:
                return _shown(visit, asking, native_id)
            except TransportError as error:
                problems.append(error)
        raise problems[0]

    def _visits(self, table: WeiboTable, asking: Asking) -> list[Visit]:
        """The sites to ask, the first one first: our own cookie goes where it fits, a visitor's to m.weibo.cn."""
        mobile, web = Site(table.base, table.uid, mobile=True), Site(table.web_base, table.uid, mobile=False)
        own = any(name.lower() == "cookie" for name in asking.account.secret_headers)
        if own and table.cookie_for == "mobile":
            return [Visit(asking, mobile, None)]
        if own and table.cookie_for == "both":
            return [Visit(asking, mobile, None), Visit(asking, web, None)]
        visitor = Visit(asking, mobile, self._visitors.at(table.visitor, asking.account.route))
        return [Visit(asking, web, None), visitor] if own else [visitor]


def _first(visits: list[Visit], asking: Asking) -> tuple[Visit, Found, tuple[str, ...]]:
    """The newest posts, of the first site that shows any, and why it was not the first. Raises what that one raised."""
    problems: list[TransportError] = []
    for visit in visits:
        try:
            value = visit.ask(visit.site.list_at(1, ""), renews=True)
        except TransportError as error:
            problems.append(error)
            if error.failure is Failure.RATE_LIMITED:  # a wish for less is none for another site
                break
        else:
            found = found_in(value, visit.site.uid, len(asking.payloads) - 1)
            if found.statuses:
                return visit, found, tuple(f"second_site:{problem.failure}" for problem in problems)
            problems.append(FetchError(Failure.SUSPECT_EMPTY, NO_CONTENT))
    raise problems[0]


def _whole_texts(visit: Visit, asking: Asking, known: Remembered, found: list[tuple[Status, int]]) -> _Texts:
    """The texts that lists cut, of what is new, edited or owed; what is refused is owed."""
    texts = _Texts()
    for status, _ in found:
        ids = list(long_ids(status))
        if not ids or not _wants_text(status, asking, known):
            continue
        for mid in ids:
            if mid in texts.whole or texts.left <= 0 or asking.spent:
                continue
            texts.left -= 1
            try:
                told = inner(visit.ask(visit.site.long_at(mid)), "data", "longTextContent")
            except TransportError as error:
                texts.note_refusal(error)
            else:
                texts.whole[mid] = told if isinstance(told, str) else ""  # without one it is whole as it is
                texts.evidence[mid] = len(asking.payloads) - 1
        texts.tried[id_of(status)] = all(mid in texts.whole for mid in ids)
    return texts


def _owed_posts(
    visit: Visit, asking: Asking, known: Remembered, found: list[tuple[Status, int]], texts: _Texts
) -> tuple[FetchedPost, ...]:
    """Posts whose whole texts are owed and that have left the list: each is asked for by its id."""
    listed = {id_of(status) for status, _ in found}
    posts: list[FetchedPost] = []
    for mid in known.owed:
        if mid in listed or texts.left <= 0 or asking.spent:
            continue
        texts.left -= 1
        try:
            post = _shown(visit, asking, mid)
        except TransportError as error:
            texts.note_refusal(error)
            texts.tried[mid] = False
            continue
        posts += [post] if isinstance(post, FetchedPost) else []
        texts.tried[mid] = not isinstance(post, FetchedPost) or post.completes
    return tuple(posts)


def _wants_text(status: Status, asking: Asking, known: Remembered) -> bool:
    mid = id_of(status)
    is_new = order(mid) > order(known.newest)
    return is_new or mid in known.owed or edited_at(status, asking.account, asking.now) > known.kept.get(_EDITED, "")


def _post(one: tuple[Status, int], asking: Asking, texts: _Texts) -> FetchedPost:
    status, evidence = one
    evidence = texts.evidence.get(id_of(status), evidence)
    return post_of(status, asking.account, asking.now, evidence, texts.whole)


def _replies(
    table: WeiboTable, visits: list[Visit], visit: Visit, asking: Asking, found: list[tuple[Status, int]]
) -> tuple[tuple[FetchedPost, ...], tuple[ItemError, ...], tuple[str, ...]]:
    """The author's own replies below the newest posts; a refusal is a note, for the posts were read."""
    mobile = next((each for each in visits if each.site.mobile), None)
    refused = mobile is None or (visit is not mobile and mobile is visits[0])  # its list was refused just now
    if table.replies == "off" or mobile is None or refused:
        return (), (), () if table.replies == "off" else ("replies_unread",)
    told: list[tuple[Status, Status | None, str | None, int]] = []
    notes: tuple[str, ...] = ()
    for status in _newest(found, table.replies_max_posts):
        if asking.spent:
            notes = ("replies_unread",)
            break
        try:
            value = mobile.ask(mobile.site.comments_at(id_of(status)))
        except TransportError as error:
            if error.failure is Failure.SUSPECT_EMPTY:  # nobody has answered yet
                continue
            notes = (f"replies_unread:{error.failure}",)
            break
        url, evidence = post_of(status, asking.account, asking.now, 0).url, len(asking.payloads) - 1
        told += [(*each, url, evidence) for each in replies_of(inner(value, "data", "data"), table.uid)]
    return *read_each(told, lambda one: reply_of(one[0], one[1], one[2], asking.account, asking.now, one[3])), notes


def _newest(found: list[tuple[Status, int]], most: int) -> Iterator[Status]:
    """The newest posts below which anybody wrote."""
    newest = sorted((status for status, _ in found), key=lambda status: order(id_of(status)), reverse=True)
    return (status for status in newest[:most] if status.get("comments_count") != 0 and id_of(status))


def _shown(visit: Visit, asking: Asking, mid: str) -> FetchedPost | Gone | None:
    """A single post, as one site shows it."""
    answer = visit.get(visit.site.show_at(mid))
    if gone := gone_of(answer):
        return gone
    value = visit.read(answer)
    told = value.get("data")
    status: Status = told if isinstance(told, dict) and id_of(told) else value
    if id_of(status) != mid:
        return None
    if not is_of(status, visit.site.uid):
        return Gone("hidden")
    asking.keep(answer)
    return post_of(status, asking.account, asking.now, len(asking.payloads) - 1, shown_whole(status))
