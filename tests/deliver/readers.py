"""What a person sees of a payload, and what could be touched in it: each format read as its tool reads it, or stricter.

A tool that shows text as it is may still make links of whatever looks like an address, so that counts as a link.
"""

import email
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from markdown_it import MarkdownIt

from monitor.model.messages import Request

ADDRESS: Final = re.compile(r"(?ai)https?://\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b(?:/\S*)?")
_OPENED_BY_DINGTALK: Final = "dingtalk://dingtalkclient/page/link?"


@dataclass(frozen=True)
class Shown:
    """A message on a screen: its text, what opens when touched, who is called, and what is drawn unlike plain text."""

    title: str
    text: str
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    markup: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()  # what can be done without opening anything
    size: int = 0  # bytes, of what the tool limits
    limit: int = 0


def read_feishu(request: Request) -> Shown:
    """A card: everything in it is plain text, and only buttons open anything."""
    card = json.loads(request.body)["card"]
    texts = list(_texts(card))
    shown = "\n".join(text["content"] for text in texts)
    buttons = [found["url"] for found in _tables(card) if found.get("tag") == "button"]
    return Shown(
        title=card["header"]["title"]["content"],
        text=shown,
        links=(*buttons, *ADDRESS.findall(shown)),
        markup=tuple(text["tag"] for text in texts if text["tag"] != "plain_text"),
        size=len(request.body),
        limit=20 * 1024 - 200,  # the signature comes to it
    )


def read_dingtalk(request: Request) -> Shown:
    """Markdown, read by CommonMark with tables, lines through words and HTML: one heading of ours, and buttons."""
    document = json.loads(request.body)
    body = document[document["msgtype"]]
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(body["text"])
    inner = [token for each in tokens for token in (each.children or [])]
    words = "\n".join(token.content for token in inner if token.type == "text")
    urls = [str(token.attrs["href"]) for token in inner if token.type == "link_open"]
    urls += [body["singleURL"]] if "singleURL" in body else [each["actionURL"] for each in body.get("btns", ())]
    ours = {"paragraph_open", "paragraph_close", "inline", "text", "hardbreak", "link_open", "link_close"}
    kinds = [token.type for token in [*tokens[3:], *inner] if token.type not in ours]
    heading = [] if tokens[0].tag == "h3" else [tokens[0].type]
    return Shown(
        title=body["title"],
        text=words,
        links=(*map(_opened, urls), *ADDRESS.findall(words)),
        mentions=tuple(re.findall(r"@\w+", words)),
        markup=(*heading, *kinds),
        size=len(request.body),
        limit=20_000,
    )


def read_wecom(request: Request) -> Shown:
    """A text: <@member> calls, and addresses open."""
    content = json.loads(request.body)["text"]["content"]
    return Shown(
        title=content.splitlines()[0],
        text=content,
        links=tuple(ADDRESS.findall(content)),
        mentions=tuple(re.findall(r"<@[^>]*>", content)),
        size=len(content.encode()),
        limit=2048,
    )


def read_slack(request: Request) -> Shown:
    """Blocks: everything in them is plain text, which makes no links; only buttons open anything."""
    document = json.loads(request.body)
    texts = [found for found in _tables(document["blocks"]) if isinstance(found.get("text"), str)]
    return Shown(
        title=document["blocks"][0]["text"]["text"],
        text="\n".join(found["text"] for found in texts),
        links=tuple(found["url"] for found in _tables(document["blocks"]) if "url" in found),
        acts=tuple(found["action_id"] for found in _tables(document["blocks"]) if "action_id" in found),
        mentions=tuple(re.findall(r"<[!@#][^>]*>", document["text"])),
        markup=tuple(found["type"] for found in texts if found["type"] != "plain_text"),
        size=len(request.body),
        limit=40_000,
    )


def read_slack_app(request: Request) -> Shown:
    """Blocks, as of a hook; and a line of the thread, which is plain text too."""
    document = json.loads(request.body)
    card, line = (
        read_slack(Request(json.dumps(document[part], ensure_ascii=False).encode(), request.content_type))
        for part in ("card", "line")
    )
    return Shown(
        title=card.title,
        text=f"{card.text}\n{line.text}",
        links=(*card.links, *line.links),
        mentions=(*card.mentions, *line.mentions),
        markup=(*card.markup, *line.markup),
        acts=card.acts,
        size=card.size,
        limit=card.limit,
    )


def read_teams(request: Request) -> Shown:
    """An adaptive card: its texts are Markdown, of which nothing may be left; only actions open anything."""
    (attachment,) = json.loads(request.body)["attachments"]
    card = attachment["content"]
    reader = MarkdownIt("commonmark", {"html": True})
    parsed = [reader.parseInline(block["text"])[0].children or [] for block in _tables(card) if "text" in block]
    shown = ["".join(token.content for token in tokens if token.type.startswith("text")) for tokens in parsed]
    plain = ("text", "text_special", "softbreak")
    return Shown(
        title=shown[0],
        text="\n".join(shown),
        links=tuple(action["url"] for action in card["actions"]),
        markup=tuple(token.type for tokens in parsed for token in tokens if token.type not in plain),
        size=len(request.body),
        limit=28 * 1024,
    )


def read_mail(request: Request) -> Shown:
    """Its HTML: only what is marked as a link opens, and nothing is fetched."""
    mail = email.message_from_bytes(request.body, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    html = mail.get_body(("html",))
    assert html is not None
    page = _Page(html.get_content())
    return Shown(
        title=str(mail["Subject"]),
        text="".join(page.texts),
        links=tuple(value for tag, name, value in page.given if (tag, name) == ("a", "href")),
        markup=tuple(sorted(page.tags & {"script", "img", "form", "iframe", "object", "link", "font", "b"})),
        size=len(request.body),
        limit=100_000,
    )


class _Page(HTMLParser):
    """The texts of a page, its tags, and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.given: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.given += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _opened(url: str) -> str:
    assert url.startswith(_OPENED_BY_DINGTALK)
    asked = parse_qs(urlsplit(url).query)
    assert asked["pc_slide"] == ["false"]
    return asked["url"][0]


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _tables(each)


def _texts(card: Any) -> Iterator[dict[str, Any]]:
    return (found for found in _tables(card) if "content" in found)


READERS: Final[Mapping[str, Callable[[Request], Shown]]] = MappingProxyType(
    {
        "feishu": read_feishu,
        "dingtalk": read_dingtalk,
        "wecom": read_wecom,
        "slack": read_slack,
        "slack_app": read_slack_app,
        "teams": read_teams,
        "mail": read_mail,
    }
)
# Formats that are read by programs, or by we do not know what: their texts are what was posted.
DATA: Final = frozenset({"webhook", "apprise"})
