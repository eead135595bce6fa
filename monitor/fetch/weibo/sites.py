"""Weibo's two sites: where each is asked for what, and how its lists are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.asking import Asking
from monitor.fetch.shaping import dicts, inner, text_id
from monitor.fetch.weibo.posts import Status
from monitor.fetch.weibo.visitor import PHONE, Visitor
from monitor.fetch.weibo.walls import Value, read_answer
from monitor.net.client import Answer

_POST_CARD, _GROUP_CARD = "9", "11"


@dataclass(frozen=True, slots=True)
class Site:
    """m.weibo.cn (`mobile`) or weibo.com, for one account."""

    base: str
    uid: str
    mobile: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """Those that its own pages send."""
        told = {
            "Accept": "application/json, text/plain, */*",
            "X-Requested-With": "XMLHttpRequest",
            "Referer": f"{self.base}/u/{self.uid}",
        }
        return told | ({"User-Agent": PHONE, "MWeibo-Pwa": "1"} if self.mobile else {})

    def list_at(self, page: int, since: str) -> str:
        """The address of a page of posts; `since` is what the page before said of it."""
        if self.mobile:
            query = {"type": "uid", "value": self.uid, "containerid": f"107603{self.uid}"}
            query |= {"since_id": since} if since else {"page": str(page)} if page > 1 else {}
            return f"{self.base}/api/container/getIndex?{urlencode(query)}"
        query = {"uid": self.uid, "page": str(page), "feature": "0", **({"since_id": since} if since else {})}
        return f"{self.base}/ajax/statuses/mymblog?{urlencode(query)}"

    def days_at(self, page: int, start: int, end: int) -> str:
        """The address of the posts between two instants, of weibo.com."""
        query = {"uid": self.uid, "page": str(page), "starttime": str(start), "endtime": str(end)}
        query |= dict.fromkeys(("hasori", "hasret", "hastext", "haspic", "hasvideo", "hasmusic"), "1")
        return f"{self.base}/ajax/statuses/searchProfile?{urlencode(query)}"

    def long_at(self, mid: str) -> str:
        """The address of a whole text."""
        return (
            f"{self.base}/statuses/extend?id={mid}" if self.mobile else f"{self.base}/ajax/statuses/longtext?id={mid}"
        )

    def show_at(self, mid: str) -> str:
        """The address of a single post."""
        path = "/statuses/show" if self.mobile else "/ajax/statuses/show"
        return f"{self.base}{path}?id={mid}" + ("" if self.mobile else "&isGetLongText=true")

    def comments_at(self, mid: str) -> str:
        """The address of the comments below a post, of m.weibo.cn."""
        return f"{self.base}/comments/hotflow?id={mid}&mid={mid}&max_id_type=0"


def statuses_of(value: Value) -> list[Status]:
    """The statuses of a list of either site; adverts and recommendations are left out."""
    listed = inner(value, "data", "list")
    return dicts(listed) if isinstance(listed, list) else list(_in_cards(inner(value, "data", "cards")))


def since_of(value: Value) -> str:
    """What the list says of the page behind it; "" if nothing."""
    told = inner(value, "data", "cardlistInfo", "since_id") or inner(value, "data", "since_id")
    return (text_id(told) or "").removeprefix("0")


def _in_cards(cards: object) -> Iterator[Status]:
    for card in dicts(cards):
        if str(card.get("card_type")) == _GROUP_CARD:
            yield from _in_cards([each for each in dicts(card.get("card_group")) if not each.get("card_group")])
        elif str(card.get("card_type")) == _POST_CARD and isinstance(card.get("mblog"), dict):
            yield card["mblog"]


class Visit:
    """The questions of one read to one site: with our own cookie where we have one, else with a visitor's."""

    def __init__(self, asking: Asking, site: Site, visitor: Visitor | None) -> None:
        """`visitor` is None if our own cookie goes along."""
        self.site = site
        self._asking = asking
        self._visitor = visitor
        self._cookie = ""

    def ask(self, url: str, *, renews: bool = False) -> Value:
        """A good answer, kept as evidence. Raises FetchError for every other, TransportError for none."""
        answer = self.get(url, renews=renews)
        value = self.read(answer)
        self._asking.keep(answer)
        return value

    def get(self, url: str, *, renews: bool = False) -> Answer:
        """An answer, whatever it says; `renews`: if it refuses a visitor's cookie, another is asked for, once.

        That is for the first list only: comments and single posts may be refused to every visitor.
        """
        if self._visitor is None:
            return self._get(url)
        self._cookie = self._cookie or self._visitor.cookie(self._asking)
        answer = self._get(url)
        if not renews or not self._refuses(answer):
            return answer
        renewed = self._visitor.cookie(self._asking, refused=self._cookie)
        if not renewed or self._asking.spent:
            return answer
        self._cookie = renewed
        answer = self._get(url)
        if self._refuses(answer):
            self._visitor.spoil(renewed, self._asking.now)
        return answer

    def read(self, answer: Answer) -> Value:
        """The value of an answer; FetchError for a refusal."""
        return read_answer(self._asking, answer, own=self._visitor is None)

    def _get(self, url: str) -> Answer:
        headers = self._asking.account.secret_headers
        if self._visitor is not None:  # our own cookie is another site's
            headers = {name: value for name, value in headers.items() if name.lower() != "cookie"}
        secrets = {**headers, **({"Cookie": self._cookie} if self._cookie else {})}
        try:
            return self._asking.get(url, self.site.headers, with_credentials=False, secrets=secrets)
        except TransportError as error:
            if error.failure is not Failure.REDIRECT:
                raise
            # Visitors are sent round in a circle, by way of the passport, that only a browser leaves.
            return Answer(302, {}, b"", f"{self.site.base}/visitor/")

    def _refuses(self, answer: Answer) -> bool:
        try:
            self.read(answer)
        except FetchError as error:
            return error.failure in (Failure.BLOCKED, Failure.LOGIN_WALL)
        return False
