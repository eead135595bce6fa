"""Networks that are read by what their own pages ask: Weibo, Bilibili, Telegram."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from monitor.model.posts import Origin
from tests.fetch.feed_server import Asked, Raw, Reply
from tests.fetch.networks.network import BEIJING, NOT_FOUND, Can, Network, Post, escaped, in_json, said
from tests.fetch.telegram_pages import message, preview

Json = dict[str, Any]


def weibo_time(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%a %b %d %H:%M:%S +0800 %Y")


class WeiboNetwork(Network):
    """Weibo by m.weibo.cn, which cuts long texts and shows replies below posts only."""

    source = "weibo"
    can = frozenset(
        {
            *(Can.PIN, Can.PAGE, Can.EDIT, Can.ASK, Can.LONG, Can.LATE, Can.NUMBER, Can.EMPTY, Can.JSON, Can.HTML),
            Can.WALL_IN_JSON,
        }
    )
    shows = frozenset({Origin.CARD, Origin.POLL, Origin.CLIENT, Origin.QUOTED})
    page_size = 10
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {
        "+0800": weibo_time,
        "month and day": lambda at: at.astimezone(BEIJING).strftime("%m-%d %H:%M:%S"),
        "date": lambda at: at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
    }

    @property
    def uid(self) -> str:
        return str(7_100_000_000 + self.serial)

    def table_keys(self) -> Mapping[str, object]:
        here = {"base": self.at, "web_base": self.at, "visitor": self.at}
        return {"uid": self.uid, "cookie_for": "mobile", "replies": "off", **here}

    def secrets(self) -> Mapping[str, str]:
        return {"Cookie": "SUB=own-secret"}

    def native_id(self, post: Post) -> str:
        return str((int(post.made_at.timestamp()) - 515483463 << 22) + self.serial % 100 * 10_000 + post.no)

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        if path == "/api/container/getIndex":
            return self._list(int(query.get("since_id") or query.get("page", "0")), asked)
        post = self.by_id(query.get("id", ""))
        if path == "/statuses/extend" and post:
            whole = {"ok": 1, "data": {"longTextContent": self.html(post.text)}}
            return said(self.long, asked) if self.long else in_json(whole)
        if path == "/statuses/show":
            return in_json({"ok": 1, "data": self._status(post, whole=True)} if post else {"ok": 0, "errno": "20101"})
        return NOT_FOUND

    def _list(self, start: int, asked: Asked) -> Reply | Raw:
        if start and self.behind:
            return said(self.behind, asked)
        page = self.page(start)
        if not page:
            return in_json({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}})
        cards = [{"card_type": 9, "mblog": self._status(post)} for post in page]
        return in_json({"ok": 1, "data": {"cardlistInfo": {"since_id": start + len(page)}, "cards": cards}})

    def _status(self, post: Post, *, whole: bool = False) -> Json:
        mid, says = self.native_id(post), post.says
        text = self.html(post.text)
        if post.begins and not whole:
            text = f'{self.html(post.begins)} ...<a href="/status/{mid}">全文</a>'
        told: Json = {
            "id": self.number(mid),
            "mid": self.number(mid),
            "bid": f"Q{mid}",
            "text": text,
            "isLongText": bool(post.begins),
            "created_at": post.claims if isinstance(post.claims, str) else weibo_time(post.made_at),
            "source": says.get(Origin.CLIENT, "云雀 8"),
            "user": {"id": int(self.uid), "screen_name": "林改名" if self.renamed else "林晓舟"},
            "mblogtype": 2 if post.pinned else 0,
            "comments_count": 0,
        }
        if whole and post.begins:
            told["longTextContent"] = text
        if post.edited_at:
            told |= {"edit_count": len(post.edits), "edit_at": weibo_time(post.edited_at)}
        if Origin.QUOTED in says:
            gone = {"id": "7", "text": "抱歉，此微博已被作者删除。", "user": None}
            there = {"id": "7", "text": escaped(says[Origin.QUOTED]), "user": {"id": 9, "screen_name": "青山"}}
            told["retweeted_status"] = gone if post.quoted_is_gone else there
        if card := says.get(Origin.CARD):
            told["page_info"] = {"type": "webpage", "page_title": card}
        if option := says.get(Origin.POLL):
            told["page_info"] = {"card_info": {"vote_object": {"vote_list": [{"content": option}, {"content": "无"}]}}}
        return told


class BilibiliNetwork(Network):
    """Bilibili: dynamics of a user, asked for with a signature."""

    source = "bilibili"
    can = frozenset({Can.PIN, Can.PAGE, Can.EDIT, Can.ASK, Can.EMPTY, Can.JSON, Can.LATE, Can.NUMBER, Can.WALL_IN_JSON})
    shows = frozenset({Origin.TITLE, Origin.CARD, Origin.POLL, Origin.QUOTED})
    page_size = 12
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {"epoch s": lambda at: str(int(at.timestamp()))}

    @property
    def uid(self) -> str:
        return str(4242 + self.serial)

    def table_keys(self) -> Mapping[str, object]:
        return {"uid": self.uid, "base": self.at, "pages": 10}

    def native_id(self, post: Post) -> str:
        seconds = int(post.made_at.timestamp()) - 1_600_000_000
        return str(1_100_000_000_000_000_000 + seconds * 1_000_000 + self.serial % 100 * 10_000 + post.no)

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        if path == "/x/web-interface/nav":
            names = {f"{name}_url": f"https://i.example/wbi/{'0123456789abcdef' * 2}.png" for name in ("img", "sub")}
            return in_json({"code": -101, "data": {"isLogin": False, "wbi_img": names}})
        if path == "/x/polymer/web-dynamic/v1/feed/space":
            offset = query.get("offset", "")
            if offset and self.behind:
                return said(self.behind, asked)
            start = 0 if not offset else self._start(offset)
            page, listed = self.page(start), self.listed()
            more = len(listed) > start + len(page)
            told = {"items": [self._dynamic(post) for post in page], "has_more": more}
            return in_json({"code": 0, "data": told | {"offset": self.native_id(page[-1]) if more else ""}})
        post = self.by_id(query.get("id", ""))
        if path == "/x/polymer/web-dynamic/v1/detail":
            return in_json({"code": 0, "data": {"item": self._dynamic(post)}} if post else {"code": -404})
        return NOT_FOUND

    def _start(self, offset: str) -> int:
        """Behind the dynamic of that id; it may be gone since."""
        newer = [post for post in self.listed() if int(self.native_id(post)) >= int(offset) or post.pinned]
        return len(newer)

    def _dynamic(self, post: Post) -> Json:
        says = post.says
        major: Json | None = None
        if title := says.get(Origin.TITLE):
            major = {"type": "MAJOR_TYPE_ARCHIVE", "archive": {"title": title, "desc": "", "cover": ""}}
        if card := says.get(Origin.CARD):
            major = {"type": "MAJOR_TYPE_COMMON", "common": {"title": card, "desc": ""}}
        added = {"vote": {"desc": says[Origin.POLL]}} if Origin.POLL in says else None
        stamp = int(post.claims) if isinstance(post.claims, str) else int(post.made_at.timestamp())
        modules: Json = {
            "module_author": {"mid": 4242, "name": "Lumo", "pub_time": "2分钟前", "pub_ts": stamp},
            "module_dynamic": {"additional": added, "desc": {"text": post.text}, "major": major, "topic": None},
        }
        if post.pinned:
            modules["module_tag"] = {"text": "置顶"}
        told: Json = {"id_str": self.number(self.native_id(post)), "type": "DYNAMIC_TYPE_WORD", "modules": modules}
        if Origin.QUOTED in says:
            gone: Json = {"id_str": None, "type": "DYNAMIC_TYPE_NONE", "modules": {}}
            there = {"module_dynamic": {"desc": {"text": says[Origin.QUOTED]}, "major": None}}
            told |= {
                "type": "DYNAMIC_TYPE_FORWARD",
                "orig": gone
                if post.quoted_is_gone
                else {"id_str": "77", "type": "DYNAMIC_TYPE_WORD", "modules": there},
            }
        return told


class TelegramNetwork(Network):
    """A public channel by its preview, the oldest message first."""

    source = "telegram"
    can = frozenset({Can.PAGE, Can.EDIT, Can.ASK, Can.EMPTY, Can.HTML})
    shows = frozenset({Origin.CARD, Origin.POLL, Origin.PARENT})
    page_size = 20
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {
        "+00:00": lambda at: at.astimezone(UTC).isoformat(timespec="seconds"),
        "+08:00": lambda at: at.astimezone(BEIJING).isoformat(timespec="seconds"),
    }

    @property
    def channel(self) -> str:
        return f"Lumo_News_{self.serial}"

    def table_keys(self) -> Mapping[str, object]:
        return {"channel": self.channel, "base": self.at}

    def native_id(self, post: Post) -> str:
        return f"{self.channel.lower()}/{post.no}"

    def place(self, post: Post) -> datetime:
        return datetime(2006, 1, 1, tzinfo=UTC) + timedelta(seconds=post.no)

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        if path == f"/s/{self.channel}":
            before = query.get("before")
            if before and self.behind:
                return said(self.behind, asked)
            newer = [post for post in self.posts if before and post.no >= int(before)]
            page = self.page(len(newer))
            return preview(*(self._message(post) for post in reversed(page)))
        post = self.by_id(path.strip("/").lower())
        gone = '<div class="tgme_widget_message_error">Post not found</div>'
        return Reply(200, (self._message(post) if post else gone).encode())

    def _message(self, post: Post) -> str:
        says = post.says
        body = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{self.html(post.text)}</div>'
        if parent := says.get(Origin.PARENT):
            inside = f'<div class="tgme_widget_message_text js-message_text">{escaped(parent)}</div>'
            body = f'<a class="tgme_widget_message_reply" href="https://t.me/Lumo_News/1">{inside}</a>{body}'
        if card := says.get(Origin.CARD):
            body += f'<a class="tgme_widget_message_link_preview"><div class="link_preview_title">{card}</div></a>'
        if option := says.get(Origin.POLL):
            body += f'<div class="tgme_widget_message_poll_option_text">{option}</div>'
        at = post.claims if isinstance(post.claims, str) else self.times["+00:00"](post.made_at)
        html = message(post.no, body, meta="edited &nbsp;" if post.edits else "")
        return self._ours(html, at)

    def _ours(self, html: str, at: str) -> str:
        return html.replace("2026-11-23T15:00:00+08:00", at).replace("Lumo_News/", f"{self.channel}/")


class ForwardingNetwork(TelegramNetwork):
    """A channel that passes on what others say: then nothing in the message is its own."""

    can = TelegramNetwork.can
    shows = frozenset({Origin.QUOTED})

    def _message(self, post: Post) -> str:
        if Origin.QUOTED not in post.says:
            return super()._message(post)
        name = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/Else_News/55">Else</a>'
        text = f'<div class="tgme_widget_message_text js-message_text">{escaped(post.says[Origin.QUOTED])}</div>'
        body = f'<div class="tgme_widget_message_forwarded_from">Forwarded from {name}</div>{text}'
        return self._ours(message(post.no, body), self.times["+00:00"](post.made_at))
