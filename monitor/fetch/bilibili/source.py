"""The source `bilibili`: what a user tells in his space ("dynamics"), by the addresses that Bilibili's own pages ask.

https://socialsisteryi.github.io/bilibili-API-collect/docs/dynamic/space.html : some 12 to a page, the newest first
below those that are pinned; the next page is asked for by `offset`. What a dynamic says is read in dynamics.py.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from monitor.config.fields import Address, Key
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.bilibili.dynamics import is_pinned, read_dynamic
from monitor.fetch.bilibili.wbi import mixed_key, signed
from monitor.fetch.entries import read_each
from monitor.fetch.shaping import dicts, inner, order, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Page, ReadState
from monitor.net.client import Client

_SPACE: Final = "/x/polymer/web-dynamic/v1/feed/space"
_DETAIL: Final = "/x/polymer/web-dynamic/v1/detail"
_NAV: Final = "/x/web-interface/nav"
_SHAPE: Final = {"features": "itemOpusStyle", "timezone_offset": "-480"}
_KEY_LIVES: Final = timedelta(hours=6)  # a new one is made each day
_FAILURES: Final = {
    -352: (Failure.CAPTCHA, "risk control asks for a proof"),
    -403: (Failure.BLOCKED, "access is refused"),
    -404: (Failure.GONE, "there is nothing here"),
    -412: (Failure.BLOCKED, "risk control refuses this address"),
    -509: (Failure.RATE_LIMITED, "too many requests"),
    -799: (Failure.RATE_LIMITED, "too many requests"),
    -500: (Failure.SERVER, "an error of the server"),
    -503: (Failure.SERVER, "an error of the server"),
    -504: (Failure.SERVER, "an error of the server"),
    53013: (Failure.PRIVATE, "the user does not show this"),
    53016: (Failure.GONE, "there is no such user"),
}
_NOT_SIGNED_IN: Final = -101
_LONGEST_UID: Final = 20
Found = list[tuple[Mapping[str, Any], int]]


def check_uid(text: str) -> str:
    """The number of a user, as text."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_UID):
        raise Refused("is no number of a user", 'write the digits behind space.bilibili.com/, such as "1234567890"')
    return text


class BilibiliTable(AccountTable):
    """A user of Bilibili."""

    source: Literal["bilibili"]
    platform: Key = "bilibili"
    uid: Annotated[str, AfterValidator(check_uid)]
    base: Address = "https://api.bilibili.com"
    pages: Annotated[int, Field(ge=1, le=10)] = 3

    def home(self) -> Home:
        """The user's number, and where his dynamics are asked for."""
        return Home(self.uid, self.base)


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is remembered from read to read: the newest dynamic seen, and the key of signatures with its age."""

    newest: str = ""
    key: str = ""
    key_at: int = 0

    def text(self) -> str:
        """As the account's state keeps it."""
        return json.dumps(asdict(self), separators=(",", ":"))


class BilibiliSource:
    """Reads a user's dynamics."""

    table = BilibiliTable
    session_lasts_s = 180 * 86400.0
    shortest_s = 600.0

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the newest page and as many older ones as reach back to what was known."""
        table = BilibiliTable.of(account)
        asker = Asker(Asking(client, account, now), table, _cursor(state.cursor))
        newest_known = asker.known.newest
        found, cut, failure = _read_space(asker, table, newest_known)
        posts, broken = read_each(found, lambda one: read_dynamic(one[0], account, now, one[1]))
        ids = [text_id(item.get("id_str")) or "" for item, _ in found if not failure]
        return Page(
            ReadState(cursor=replace(asker.known, newest=max([newest_known, *ids], key=order)).text()),
            posts=posts,
            payloads=tuple(asker.asking.payloads),
            broken=broken,
            notes=(f"stopped:{failure}",) if failure else () if posts or broken else ("empty",),
            cut=cut,
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """A dynamic by its id. Codes that nobody has explained are no answer, and so never a deletion."""
        asker = Asker(Asking(client, account, now), BilibiliTable.of(account), Cursor())
        try:
            data = asker.ask(_DETAIL, {"id": native_id, **_SHAPE})
        except FetchError as error:
            if error.failure is Failure.GONE:
                return Gone("deleted")
            if error.failure is Failure.HTTP and error.status is None:
                return None
            raise
        item = data.get("item")
        return read_dynamic(item, account, now, 0) if isinstance(item, dict) and item.get("id_str") else None


class Asker:
    """Asks with a signature, whose key it learns when it has none or an old one; `known` is what it knows then."""

    def __init__(self, asking: Asking, table: BilibiliTable, known: Cursor) -> None:
        self.asking = asking
        self.known = known
        self._table = table
        self._has_learnt = False
        cookies = (value for name, value in asking.account.secret_headers.items() if name.lower() == "cookie")
        self._signs_in = any("SESSDATA=" in value for value in cookies)

    def ask(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """The data of an answer that is kept as evidence; with a new key once more if the old one is refused."""
        age_s = int(self.asking.now.timestamp()) - self.known.key_at
        if not self._has_learnt and not 0 <= age_s < _KEY_LIVES.total_seconds():
            self._learn()
        try:
            return self._ask(path, query)
        except FetchError as error:
            refused = error.failure in (Failure.CAPTCHA, Failure.BLOCKED) and error.status is None
            if self._has_learnt or not refused or self.asking.spent:
                raise
        self._learn()
        return self._ask(path, query)

    def _ask(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        answer = self.asking.get(
            f"{self._table.base}{path}?{signed(query, self.known.key, self.asking.now)}", self._headers()
        )
        self.asking.check(answer)
        data = self._data(read_json(answer))
        self.asking.keep(answer)
        return data

    def _data(self, value: object) -> Mapping[str, Any]:
        code, data = inner(value, "code"), inner(value, "data")
        if code == _NOT_SIGNED_IN:
            raise self._not_signed_in()
        if isinstance(code, int) and code:
            failure, detail = _FAILURES.get(code, (Failure.HTTP, "a refusal without explanation"))
            raise FetchError(failure, f"{detail} (code {code})")
        if code != 0 or not isinstance(data, dict):
            raise FetchError(Failure.NOT_A_FEED, "an answer without data")
        if "v_voucher" in data and len(data) == 1:
            raise FetchError(Failure.CAPTCHA, "risk control asks for a proof (a voucher in place of data)")
        return data

    def _learn(self) -> None:
        """The key of the day; it is told to visitors too. The answer tells of our own account: it is no evidence."""
        self._has_learnt = True
        answer = self.asking.get(f"{self._table.base}{_NAV}", self._headers())
        self.asking.check(answer)
        value = read_json(answer)
        if self._signs_in and inner(value, "code") == _NOT_SIGNED_IN:
            raise self._not_signed_in()
        key = mixed_key(inner(value, "data", "wbi_img", "img_url"), inner(value, "data", "wbi_img", "sub_url"))
        self.known = replace(self.known, key=key, key_at=int(self.asking.now.timestamp()) if key else 0)

    def _not_signed_in(self) -> FetchError:
        if self._signs_in:
            return FetchError(Failure.SESSION_EXPIRED, "the cookie is signed in no longer (code -101)")
        return FetchError(Failure.LOGIN_WALL, "asked to sign in (code -101)")

    def _headers(self) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Referer": f"https://space.bilibili.com/{self._table.uid}/dynamic",
        }


def _cursor(text: str | None) -> Cursor:
    try:
        found = json.loads(text or "{}")
        return Cursor(str(found.get("newest", "")), str(found.get("key", "")), int(found.get("key_at", 0)))
    except (ValueError, TypeError, AttributeError):
        return Cursor()


def _read_space(asker: Asker, table: BilibiliTable, newest_known: str) -> tuple[Found, bool, Failure | None]:
    """Pages until one reaches back to what was known, pinned ones aside; whether we had to stop before, and by what.

    The newest must not wait for the older: after a refusal the next read goes as far back again.
    """
    found: Found = []
    offset = ""
    while True:
        try:
            data = _space(asker, table, offset)
        except TransportError as error:
            if not offset:
                raise
            return found, True, error.failure
        page = dicts(data["items"])
        found += [(item, len(asker.asking.payloads) - 1) for item in page]
        ids = [text_id(item.get("id_str")) or "" for item in page if not is_pinned(item)]
        reached = any(order(each) <= order(newest_known) for each in ids)
        last, offset = offset, text_id(data.get("offset")) or ""
        if not newest_known or reached or not data.get("has_more") or not offset or offset == last:
            return found, False, None
        if len(asker.asking.payloads) >= table.pages or asker.asking.spent:
            return found, True, None


def _space(asker: Asker, table: BilibiliTable, offset: str) -> Mapping[str, Any]:
    data = asker.ask(_SPACE, {"host_mid": table.uid, "offset": offset, **_SHAPE})
    if not isinstance(data.get("items"), list):
        raise FetchError(Failure.NOT_A_FEED, "an answer that is no list of dynamics")
    return data
