"""A small Weibo of our own: statuses and comments in its two shapes, and the accounts that read them."""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from monitor.clock import SystemClock
from monitor.fetch.weibo.source import WeiboSource, WeiboTable
from monitor.model.people import Account
from monitor.model.posts import Page, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Asked, FeedServer, Reply

UID = "7100000001"
FAN = "7100000002"
LIST, WEB_LIST = "/api/container/getIndex", "/ajax/statuses/mymblog"
EXTEND, COMMENTS, SHOW = "/statuses/extend", "/comments/hotflow", "/statuses/show"
VISITOR = "/visitor/genvisitor2"
COOKIE = "SUB=own-secret"
NO_HEADERS: Mapping[str, str] = {}


def status(mid: int, text: str = "今天天气真好", **more: Any) -> dict[str, Any]:
    """A status as m.weibo.cn shows it."""
    return {
        "visible": {"type": 0, "list_id": 0},
        "created_at": "Mon Nov 23 19:30:05 +0800 2026",
        "id": str(mid),
        "mid": str(mid),
        "bid": f"Q{mid}",
        "text": text,
        "source": "云雀 8 Pro",
        "user": {"id": int(UID), "screen_name": "林晓舟"},
        "isLongText": False,
        "mblogtype": 0,
        "pic_num": 0,
        "comments_count": 0,
        **more,
    }


def cut(mid: int, begins: str, **more: Any) -> dict[str, Any]:
    """One whose text the list cut."""
    text = f'{begins} ...<a href="/status/{mid}">全文</a>'
    return status(mid, text, isLongText=True, **more)


def as_web(one: Mapping[str, Any]) -> dict[str, Any]:
    """The same status as weibo.com shows it."""
    told = {key: value for key, value in one.items() if key != "bid"}
    text = str(one["text"]).replace(f'<a href="/status/{one["mid"]}">全文</a>', '<span class="expand">展开</span>')
    return told | {"id": int(one["mid"]), "idstr": one["mid"], "mblogid": one["bid"], "text": text, "text_raw": "x"}


def cards(*statuses: Mapping[str, Any], since: int | None = None) -> dict[str, Any]:
    told = [{"card_type": 9, "mblog": each} for each in statuses]
    return {"ok": 1, "data": {"cardlistInfo": {"since_id": since}, "cards": told}}


def listed(*statuses: Mapping[str, Any]) -> dict[str, Any]:
    return {"ok": 1, "data": {"list": [as_web(each) for each in statuses], "since_id": ""}}


def comment(number: int, text: str, by: str = FAN, **more: Any) -> dict[str, Any]:
    at = "Mon Nov 23 19:40:00 +0800 2026"
    return {"id": str(number), "text": text, "created_at": at, "user": {"id": int(by)}, "comments": False, **more}


def said(value: object, status_code: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    return Reply(status_code, json.dumps(value, ensure_ascii=False).encode(), headers)


def given(sub: str, **more: object) -> Reply:
    """A visitor's cookie as it is given out."""
    told = {"retcode": 20000000, "msg": "succ", "data": {"sub": sub, "subp": "0033Wr", **more}}
    return Reply(200, f"window.visitor_gray_callback && visitor_gray_callback({json.dumps(told)});".encode())


def for_cookie(cookie: str, answer: Reply, refusal: Reply) -> Any:
    return lambda asked: answer if cookie in asked.headers.get("cookie", "") else refusal


def by_query(name: str, answers: Mapping[str, Reply], other: Reply | None = None) -> Any:
    """Answers by the value of one name in the query; "" where it is not there."""

    def answer(asked: Asked) -> Reply:
        query = dict(pair.split("=", 1) for pair in asked.path.partition("?")[2].split("&"))
        return answers.get(query.get(name, ""), other or Reply(404))

    return answer


def account(server: FeedServer, cookie: str = COOKIE, **keys: Any) -> Account:
    """An account whose sites all stand at this server."""
    here = server.url("").rstrip("/")
    table = WeiboTable(
        **{"source": "weibo", "uid": UID, "base": here, "web_base": here, "visitor": here, "replies": "off", **keys}
    )
    return Account(
        key="lin-weibo",
        person_key="lin",
        source="weibo",
        platform="weibo",
        native_id=UID,
        url=table.home().url,
        poll_every_s=180.0,
        timezone=ZoneInfo("America/New_York"),
        allow_private_network=True,
        secret_headers={"Cookie": cookie} if cookie else {},
        options=table,
    )


def client() -> Client:
    return Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")


def read(server: FeedServer, state: ReadState | None = None, source: WeiboSource | None = None, **keys: Any) -> Page:
    return (source or WeiboSource()).page(account(server, **keys), state or ReadState(), client(), NOW)


def paths(server: FeedServer) -> list[str]:
    return [asked.path.partition("?")[0] for asked in server.asked]
