"""The source `telegram`: public channels, by the preview that Telegram shows to visitors of t.me/s/NAME.

Some 20 messages to a page, the oldest first; older ones are asked for by ?before=ID. Each message is parsed by itself,
so that the parser never meets a whole page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.config.fields import Address, Key
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.answers import spent_s
from monitor.fetch.asking import Asking
from monitor.fetch.charset import decode
from monitor.fetch.entries import EntryError, read_each
from monitor.fetch.plaintext import MAX_HTML_CHARS
from monitor.fetch.remembered import Remembered, remembered
from monitor.fetch.shaping import Draft
from monitor.fetch.walls import wall_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, MediaKind, Origin, Page, PostKind, ReadState
from monitor.net.client import Answer, Client

_HTML: Final = {"Accept": "text/html", "Accept-Language": "en"}
_CHANNEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_BLOCK: Final = re.compile(
    r"<div\b(?=[^<>]{0,500}\bclass=\"(?:[^\"<>]{0,300}\s)?tgme_widget_message[\s\"])"
    r"[^<>]{0,500}\bdata-post=\"(?P<id>[\w-]{1,64}/\d{1,19})\""
)
_PICTURE: Final = re.compile(r"background-image\s*:\s*url\(\s*['\"]?(?P<url>(?:https?:)?//[^'\")\s]{1,2000})")
_MOST_CHARS: Final = 2 * MAX_HTML_CHARS  # of one message, whose text has 4096 at most
_MOST_MESSAGES: Final = 200  # of one page, which has some 20
_MEMBERS: Final = re.compile(r"\b(?:subscribers?|members?)\b", re.IGNORECASE)
_TEXT: Final = ".tgme_widget_message_text.js-message_text"
_CARDS: Final = ".link_preview_title, .link_preview_description, .tgme_widget_message_document_title"
_POLL: Final = ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text"
_COVERS: Final = ".tgme_widget_message_video_thumb, .tgme_widget_message_roundvideo_thumb"


def check_channel(name: str) -> str:
    """The public name of a channel, with or without @."""
    plain = name.strip().removeprefix("@")
    if not _CHANNEL.fullmatch(plain):
        raise Refused("is no name of a channel", 'write what stands behind t.me/, such as "example_channel"')
    return plain


class TelegramTable(AccountTable):
    """A public channel of Telegram."""

    source: Literal["telegram"]
    platform: Key = "telegram"
    channel: Annotated[str, AfterValidator(check_channel)]
    base: Address = "https://t.me"
    pages: Annotated[int, Field(ge=1, le=15)] = 10

    def home(self) -> Home:
        """The channel's name, and its preview."""
        return Home(self.channel.lower(), f"{self.base}/s/{self.channel}")


@dataclass(frozen=True, slots=True)
class Block:
    """The HTML of one message, its id as written there, and the payload that holds it."""

    native_id: str
    html: str
    evidence: int = 0

    @property
    def number(self) -> int:
        """Its place in the channel; later messages have greater ones."""
        return int(self.native_id.rpartition("/")[2])


class TelegramSource:
    """Reads the preview of a channel."""

    table = TelegramTable

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the newest page and as many older ones as reach back to what was known."""
        table, asking = TelegramTable.of(account), Asking(client, account, now)
        known = remembered(state.cursor)
        newest_known = int(known.newest) if known.newest.isdigit() else 0
        found, answer = _blocks(asking, account.url)
        if not found:
            _check_preview(answer)
        found, cut, failure = _older(asking, table, newest_known, found)
        posts, broken = read_each(found, lambda block: read_block(block, account, now))
        newest = max([newest_known, *(block.number for block in found if not failure)])
        return Page(
            ReadState(cursor=Remembered(newest=str(newest)).text()),
            posts=posts,
            payloads=tuple(asking.payloads),
            broken=broken,
            notes=(f"stopped:{failure}",) if failure else () if posts or broken else ("empty",),
            cut=cut,
            next_read_after_s=spent_s(answer.headers, now),
        )

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """A message by its id, as other sites embed it."""
        asking = Asking(client, account, now)
        answer = asking.get(f"{TelegramTable.of(account).base}/{native_id}?embed=1", _HTML)
        if answer.status in (404, 410):
            return Gone("deleted")
        asking.check(answer)
        text = _text_of(answer)
        for block in split_page(text):
            if block.native_id.lower() == native_id:
                return read_block(block, account, now)
        error = _parse(text[:_MOST_CHARS]).css_first(".tgme_widget_message_error")
        return Gone("deleted") if error is not None and "not found" in error.text().lower() else None


def split_page(text: str, evidence: int = 0) -> list[Block]:
    """The messages that stand in a page, in its order. Raises FetchError TOO_LARGE for more than a page can have."""
    starts = list(_BLOCK.finditer(text))
    if len(starts) > _MOST_MESSAGES:
        raise FetchError(Failure.TOO_LARGE, f"a page of more than {_MOST_MESSAGES} messages")
    places = [*(found.start() for found in starts), len(text)]
    return [
        Block(found["id"], text[start:end], evidence)
        for found, (start, end) in zip(starts, pairwise(places), strict=True)
    ]


def read_block(block: Block, account: Account, now: datetime) -> FetchedPost | None:
    """The post that a message is; None for what the channel itself tells, such as a new name."""
    # Behind the last message stands the rest of the page: that of a message is over long before.
    message = _parse(block.html[:_MOST_CHARS]).css_first("[data-post]")
    if message is None:
        raise EntryError("a message that is none")
    if "service_message" in _classes(message):
        return None
    draft = Draft(account, block.native_id.lower(), f"{TelegramTable.of(account).base}/{block.native_id}")
    _say_parent(draft, message)
    forwarded = message.css_first(".tgme_widget_message_forwarded_from")
    if forwarded is not None:
        draft.kind, draft.root_id = PostKind.REPOST, _origin_of(forwarded)
    _say(draft, message, by_author=forwarded is None)
    if "edited" in _text_at(message, ".tgme_widget_message_meta"):
        draft.native_rev = "edited"
    time = message.css_first("time[datetime]")
    if not (draft.parts or draft.media or time):
        raise EntryError("a message without time, text and picture")
    return draft.finish(time.attributes["datetime"] if time else None, now, evidence=block.evidence)


def _blocks(asking: Asking, url: str) -> tuple[list[Block], Answer]:
    answer = asking.get(url, _HTML)
    asking.check(answer)
    asking.keep(answer)
    return split_page(_text_of(answer), len(asking.payloads) - 1), answer


def _older(
    asking: Asking, table: TelegramTable, newest_known: int, found: list[Block]
) -> tuple[list[Block], bool, Failure | None]:
    """With the pages before, until one reaches back to what was known; whether we had to stop before, and by what.

    The newest must not wait for the older: after a refusal the next read goes as far back again.
    """
    while newest_known and found and (first := min(block.number for block in found)) > newest_known + 1:
        if len(asking.payloads) >= table.pages or asking.spent:
            return found, True, None
        try:
            blocks, answer = _blocks(asking, f"{table.base}/s/{table.channel}?before={first}")
            if not blocks:
                _check_preview(answer)
        except TransportError as error:
            return found, True, error.failure
        before = [block for block in blocks if block.number < first]
        if not before:
            break
        found = before + found
    return found, False, None


def _check_preview(answer: Answer) -> None:
    """Return for a channel without messages; raise for every page that is no preview of a channel.

    Where there is none, t.me/s/NAME leads to t.me/NAME: a page that invites into the app, of whoever has this name.
    """
    text = _text_of(answer)
    page = _parse(text[:MAX_HTML_CHARS])
    if page.css_first(".tgme_channel_info, .tgme_channel_history") is not None:
        return
    if page.css_first(".tgme_page") is None:
        raise FetchError(wall_of(text) or Failure.NOT_A_FEED, "a page that is no preview of a channel")
    if _MEMBERS.search(_text_at(page, ".tgme_page_extra")):
        raise FetchError(Failure.PRIVATE, "the channel shows no preview to visitors")
    raise FetchError(Failure.GONE, "there is no channel of this name")


def _text_of(answer: Answer) -> str:
    return decode(answer.body, answer.headers.get("content-type", ""))


def _parse(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html.encode("utf-8", "replace"))  # it takes no lone surrogates


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _text_at(node: LexborNode | LexborHTMLParser, place: str) -> str:
    found = node.css_first(place)
    return found.text() if found is not None else ""


def _say_parent(draft: Draft, message: LexborNode) -> None:
    """What is answered to, as far as it is shown; it is taken out, for its text looks like the message's own."""
    for reply in message.css(".tgme_widget_message_reply"):
        draft.kind = PostKind.REPLY
        text = reply.css_first(".tgme_widget_message_text")
        if text is not None:
            draft.say_html(Origin.PARENT, text.html, by_author=False)
        reply.decompose()


def _origin_of(forwarded: LexborNode) -> str | None:
    """The id of the message that is passed on; None if its author hides, or is no channel."""
    name = forwarded.css_first(".tgme_widget_message_forwarded_from_name")
    link = (name.attributes.get("href") or "") if name is not None else ""
    found = re.search(r"/([A-Za-z]\w{3,31}/\d{1,19})(?:\?|$)", link, re.ASCII)
    return found[1].lower() if found else None


def _say(draft: Draft, message: LexborNode, *, by_author: bool) -> None:
    """What a message says, in all its places; of one that is passed on everything is quoted."""
    for origin, place in ((Origin.TEXT, _TEXT), (Origin.CARD, _CARDS), (Origin.POLL, _POLL)):
        for node in _outermost(message, place):
            draft.say_html(origin if by_author else Origin.QUOTED, node.html, by_author=by_author)
    for kind, place in ((MediaKind.PICTURE, ".tgme_widget_message_photo_wrap"), (MediaKind.COVER, _COVERS)):
        for node in message.css(place):
            if found := _PICTURE.search(node.attributes.get("style") or ""):
                draft.show(kind, f"https:{found['url']}" if found["url"].startswith("//") else found["url"])


def _outermost(message: LexborNode, place: str) -> Iterator[LexborNode]:
    """Those elements that stand in no other of them: a text may hold itself once more."""
    told: set[int] = set()
    for node in message.css(place):
        if node.mem_id not in told:
            yield node
            told |= {inside.mem_id for inside in node.css(place)}
