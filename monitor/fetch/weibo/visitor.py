"""The cookie that Weibo gives to every visitor without an account, shared by all reads of one route."""

import json
import re
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from monitor.errors import TransportError
from monitor.fetch.asking import Asking
from monitor.fetch.shaping import inner
from monitor.model.routes import Route

COOL_DOWN: Final = timedelta(minutes=10)  # after a renewal that failed, or whose cookie was refused at once
PHONE: Final = (  # m.weibo.cn answers browsers of phones only
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 "
    "Mobile/15E148 Safari/604.1"
)
_CALLBACK: Final = "visitor_gray_callback"
_JSONP = re.compile(rf"{_CALLBACK}\s*\(\s*(\{{.*\}})\s*\)", re.DOTALL)
_VALUE = re.compile(r"[\w.=%+/-]{1,2000}", re.ASCII)


class Visitors:
    """The cookies by place; kept in memory only."""

    def __init__(self) -> None:
        self._making = Lock()
        self._visitors: dict[tuple[str, Route], Visitor] = {}

    def at(self, place: str, route: Route) -> "Visitor":
        """The visitor whose cookies are given out there, by that route."""
        with self._making:
            return self._visitors.setdefault((place, route), Visitor(place))


class Visitor:
    """One visitor's cookie: the first that needs it asks for it, the others wait and have it too."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._asking = Lock()
        self._cookie = ""
        self._not_before: datetime | None = None

    def cookie(self, asking: Asking, *, refused: str = "") -> str:
        """A cookie other than the refused one; "" if there is none to be had now."""
        with self._asking:
            if self._cookie and self._cookie != refused:
                return self._cookie
            self._cookie = ""
            if self._not_before is not None and asking.now < self._not_before:
                return ""
            self._cookie = _ask(self._place, asking)
            self._not_before = None if self._cookie else asking.now + COOL_DOWN
            return self._cookie

    def spoil(self, cookie: str, now: datetime) -> None:
        """This cookie, new as it was, was refused: another would be too."""
        with self._asking:
            if cookie == self._cookie:
                self._cookie, self._not_before = "", now + COOL_DOWN


def _ask(place: str, asking: Asking) -> str:
    try:
        answer = asking.post(
            f"{place}/visitor/genvisitor2",
            {"cb": _CALLBACK, "tid": "", "from": "weibo"},
            {"Referer": f"{place}/visitor/visitor", "User-Agent": PHONE},
        )
    except TransportError:
        return ""
    return cookie_of(answer.body.decode("utf-8", "replace"))


def cookie_of(jsonp: str) -> str:
    """The cookie that an answer gives, as headers say it; "" if it gives none."""
    found = _JSONP.search(jsonp)
    try:
        value = json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        return ""
    told = {name: inner(value, "data", name.lower()) for name in ("SUB", "SUBP")}
    parts = [f"{name}={text}" for name, text in told.items() if isinstance(text, str) and _VALUE.fullmatch(text)]
    return "; ".join(parts) if parts and parts[0].startswith("SUB=") else ""
