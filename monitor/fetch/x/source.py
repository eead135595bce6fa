"""The source `x`: an account's posts by the paid API of X, with a bearer token of the operator's own.

https://docs.x.com/x-api/posts/user-posts-timeline-by-user-id : every post that is read is paid for, so only those
after the newest known one are asked for, and a budget bounds the month.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from urllib.parse import quote, urlencode

from pydantic import AfterValidator, Field, model_validator

from monitor.config.fields import Address, Key
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.answers import spent_s
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.entries import read_each
from monitor.fetch.remembered import Remembered, remembered
from monitor.fetch.shaping import dicts, inner, order, text_id
from monitor.fetch.x.tweets import Included, Tweet, chain_of, post_of, versions_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Page, ReadState
from monitor.model.sessions import SessionKind
from monitor.net.client import Answer, Client

_ID: Final = re.compile(r"\d{1,20}", re.ASCII)
_FIRST_PAGE: Final = 20
_PAGE: Final = 100
_SMALLEST_PAGE: Final = 5
_TOLD_FROM: Final = 80  # percent of the budget
# Users are not asked for: each is paid for, and nothing of them is needed.
_FIELDS: Final = {
    "tweet.fields": "created_at,author_id,conversation_id,in_reply_to_user_id,referenced_tweets,entities,attachments,"
    "edit_history_tweet_ids,edit_controls,note_tweet,lang,source",
    "expansions": "attachments.media_keys,attachments.poll_ids,referenced_tweets.id,edit_history_tweet_ids",
    "media.fields": "alt_text,type,url,preview_image_url",
    "poll.fields": "options",
}
_NOT_FOUND: Final = "resource-not-found"
_NOT_AUTHORIZED: Final = "not-authorized-for-resource"
# What a problem's type says of the account, or of our token, whatever the status.
_PROBLEMS: Final = {
    _NOT_AUTHORIZED: Failure.PRIVATE,
    _NOT_FOUND: Failure.GONE,
    "unsupported-authentication": Failure.SESSION_EXPIRED,
    "usage-capped": Failure.QUOTA,
    "credits": Failure.QUOTA,
}
_TITLES: Final = {
    "Authorization Error": Failure.PRIVATE,
    "UsageCapExceeded": Failure.QUOTA,
    "SpendCapReached": Failure.QUOTA,
    "CreditsDepleted": Failure.QUOTA,
}


def _check_user_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise Refused("is no id of X", 'write the number in quotes, such as "12345", or the name as username')
    return text


def _check_username(text: str) -> str:
    if not re.fullmatch(r"@?\w{1,15}", text, re.ASCII):
        raise Refused("is no name of X", "use what stands behind the @: up to 15 letters, digits and _")
    return text.removeprefix("@")


class XTable(AccountTable):
    """An account of X."""

    source: Literal["x"]
    platform: Key = "x"
    user_id: Annotated[str, AfterValidator(_check_user_id)] | None = None
    username: Annotated[str, AfterValidator(_check_username)] | None = None
    base: Address = "https://api.x.com"
    replies: bool = True
    retweets: bool = True
    pages: Annotated[int, Field(ge=1, le=15)] = 5
    monthly_read_budget: Annotated[int, Field(ge=100)] | None = None

    @model_validator(mode="after")
    def _says_who_and_how(self) -> Self:
        if bool(self.user_id) == bool(self.username):
            raise Refused("needs either user_id or username", "write one of them; an id never changes")
        if not (self.token_env or self.token_file or self.headers_env):
            raise Refused("has no token", "name the bearer token of your app with token_env or token_file")
        return self

    def home(self) -> Home:
        """The id, or the name that stands for it."""
        return Home(self.user_id or f"@{self.username or ''}".lower(), self.base)


class XSource:
    """Reads an account's posts by the API."""

    table = XTable
    session_kind = SessionKind.TOKEN
    post_price_usd = 0.005

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: what came after the newest known post; of an account that is new the newest twenty."""
        table, asking = XTable.of(account), Asking(client, account, now)
        known, budget = remembered(state.cursor), _Budget(table.monthly_read_budget, now)
        budget.take_up(known)
        if budget.left <= 0:
            raise FetchError(Failure.QUOTA, f"the {table.monthly_read_budget} posts of this month's budget are read")
        if not known.user_id:
            known = replace(known, user_id=table.user_id or _look_up(table, asking))
        found = _Found()
        answer = found.take(asking, _timeline(table, known, budget, ""))
        budget.spend(found.cost)
        cut = failed = False
        while known.newest and found.next_token:
            if len(asking.payloads) >= table.pages or asking.spent or budget.left <= 0:
                cut = True
                break
            before = found.cost
            try:
                answer = found.take(asking, _timeline(table, known, budget, found.next_token))
            except TransportError:
                cut = failed = True  # the newest must not wait for the older; the next read begins where this one did
                break
            budget.spend(found.cost - before)
        posts, broken = read_each(found.tweets, lambda one: post_of(one[0], one[1], account, now, one[2]))
        newest = known.newest if failed else max([known.newest, *found.ids], key=order)
        return Page(
            ReadState(cursor=replace(known, newest=newest, kept=budget.kept()).text()),
            posts=posts,
            payloads=tuple(asking.payloads) if found.tweets else (),
            unchanged=not found.tweets,
            broken=broken,
            notes=budget.notes(),
            cut=cut,
            joined=bool(known.newest) and not cut,
            next_read_after_s=spent_s(answer.headers, now),
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """The newest version of a post by the id of its first."""
        table, asking = XTable.of(account), Asking(client, account, now)
        wanted = native_id
        for _ in range(2):  # the first version names the newest, which mostly comes along
            answer = asking.get(f"{table.base}/2/tweets?{urlencode({'ids': wanted, **_FIELDS})}")
            _check(asking, answer)
            value = read_json(answer)
            tweet = next((each for each in dicts(inner(value, "data")) if text_id(each.get("id")) == wanted), None)
            if tweet is None:
                return _gone(value)
            included = Included.of(value)
            newest = chain_of(tweet)[-1]
            tweet = tweet if newest == wanted else included.tweets.get(newest)
            if tweet is not None:
                posts, _ = read_each([(tweet, included)], lambda found: post_of(*found, account, now))
                return posts[0] if posts else None
            wanted = newest
        return None


_Read: TypeAlias = tuple[Tweet, Included, int]  # a version, what came with it, the payload in which it stands


@dataclass(slots=True)
class _Found:
    """What the pages of one read brought."""

    tweets: list[_Read] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    next_token: str = ""
    cost: int = 0  # posts that are paid for, those that came along too

    def take(self, asking: Asking, url: str) -> Answer:
        """One page more."""
        answer = asking.get(url)
        _check(asking, answer)
        value = read_json(answer)
        meta, tweets = inner(value, "meta"), dicts(inner(value, "data"))
        if not isinstance(meta, dict):
            raise _refusal(value) or FetchError(Failure.NOT_A_FEED, "an answer that is no timeline")
        asking.keep(answer)
        included, evidence = Included.of(value), len(asking.payloads) - 1
        for tweet in tweets:
            versions = versions_of(tweet, included) if text_id(tweet.get("id")) else [tweet]
            self.tweets += [(each, included, evidence) for each in versions]
        ids = [named for tweet in tweets if (named := text_id(tweet.get("id")))]
        self.ids += [each for each in (*ids, text_id(meta.get("newest_id"))) if each and _ID.fullmatch(each)]
        self.cost += len({*ids, *included.tweets})
        self.next_token = text_id(meta.get("next_token")) or ""
        return answer


class _Budget:
    """The posts that may be read in this month of UTC, and those that were."""

    def __init__(self, most: int | None, now: datetime) -> None:
        self._most = most
        self._month = now.astimezone(UTC).strftime("%Y-%m")
        self._read = 0

    def take_up(self, known: Remembered) -> None:
        """Go on from what the cursor says of this month."""
        same = known.kept.get("month") == self._month
        self._read = int(known.kept.get("reads", "0")) if same else 0

    @property
    def left(self) -> int:
        """Posts that may still be read; a whole page if nothing bounds them."""
        return _PAGE if self._most is None else self._most - self._read

    def spend(self, posts: int) -> None:
        """Posts that were read."""
        self._read += posts

    def kept(self) -> dict[str, str]:
        """For the cursor."""
        return {"month": self._month, "reads": str(self._read)}

    def notes(self) -> tuple[str, ...]:
        """A word when most of it is spent."""
        spent = self._most is not None and self._read * 100 >= self._most * _TOLD_FROM
        return (f"quota:{_TOLD_FROM}",) if spent else ()


def _look_up(table: XTable, asking: Asking) -> str:
    answer = asking.get(f"{table.base}/2/users/by/username/{quote(table.username or '', safe='')}")
    _check(asking, answer)
    value = read_json(answer)
    user_id = text_id(inner(value, "data", "id"))
    if user_id is None:
        raise _refusal(value) or FetchError(Failure.NOT_A_FEED, "an answer that names no account")
    return user_id


def _timeline(table: XTable, known: Remembered, budget: _Budget, next_token: str) -> str:
    most = min(_PAGE if known.newest else _FIRST_PAGE, max(budget.left, _SMALLEST_PAGE))
    left_out = [name for name, wanted in (("replies", table.replies), ("retweets", table.retweets)) if not wanted]
    query = {
        "max_results": str(most),
        "since_id": known.newest,
        "pagination_token": next_token,
        "exclude": ",".join(left_out),
        **_FIELDS,
    }
    asked = urlencode({name: value for name, value in query.items() if value}, safe=",")
    return f"{table.base}/2/users/{quote(known.user_id, safe='')}/tweets?{asked}"


def _check(asking: Asking, answer: Answer) -> None:
    """Raise the FetchError that an answer stands for: by the problem that its body names, else by its status.

    A month's cap is a 429 too: waiting a quarter of an hour does not end it.
    """
    if answer.status in (403, 429):
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            said = None
        if refusal := _problem(said, answer.status) or _refusal(said, answer.status):
            raise refusal
    asking.check(answer)


def _refusal(value: object, status: int = 200) -> FetchError | None:
    """What the errors of an answer without posts say of the account; beside posts they are normal."""
    return next((found for each in dicts(inner(value, "errors")) if (found := _problem(each, status))), None)


def _problem(said: object, status: int) -> FetchError | None:
    """The failure that a problem is, by the end of its type, which is an address, or by its title."""
    word, title = _type_of(said), str(inner(said, "title"))
    failure = _PROBLEMS.get(word) or _TITLES.get(title)
    if failure is None:
        return None
    return FetchError(failure, f"status {status}, {word if word in _PROBLEMS else title}", status=status)


def _type_of(said: object) -> str:
    return str(inner(said, "type")).rpartition("/")[2]


def _gone(value: Mapping[str, Any]) -> Gone | None:
    """What is said of a post that was asked for and is not there."""
    said = {_type_of(each): str(each.get("title")) for each in dicts(inner(value, "errors"))}
    if _NOT_AUTHORIZED in said or said.get(_NOT_FOUND) == "Forbidden":
        return Gone("hidden")
    return Gone("deleted") if _NOT_FOUND in said else None
