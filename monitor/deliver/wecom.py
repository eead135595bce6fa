"""A group robot of WeCom: a text, known by the key in its address alone, judged by the code inside the answer.

https://developer.work.weixin.qq.com/document/path/99110
Of its kinds of message, `text` is whole on a lock screen and inside WeChat, which shows no Markdown; a template card
has room for some hundred characters. What it reads in a text is <@member> and addresses, nothing else.
"""

from datetime import datetime
from typing import Final, Literal

from monitor.config.receiver_tables import RobotTable
from monitor.deliver.card import Card
from monitor.deliver.codes import judge_code
from monitor.deliver.fitting import fitted
from monitor.deliver.inert import safe_url, split_address, unlinked
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.payload import as_it_is, compact
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed
from monitor.words import say

TEXT_BYTES: Final = 2048
_TOO_FAST: Final = Judgement(Meaning.BACK_OFF, "throttled", 60.0)
# "errcode" in the answer: what it means. Others are trouble of theirs, and tried again.
# https://developer.work.weixin.qq.com/document/path/90313
CODES: Final = {
    -1: Judgement(Meaning.BACK_OFF, "server"),
    0: Judgement(Meaning.DELIVERED, "delivered"),
    40008: Judgement(Meaning.REFUSED, "refused"),  # no such kind of message
    40033: Judgement(Meaning.REFUSED, "refused"),  # a character that it does not take
    40035: Judgement(Meaning.REFUSED, "refused"),
    40058: Judgement(Meaning.REFUSED, "refused"),  # something is missing or too long
    44004: Judgement(Meaning.REFUSED, "refused"),  # an empty text
    45002: Judgement(Meaning.REFUSED, "refused"),  # too long
    45009: _TOO_FAST,
    45033: _TOO_FAST,  # too many at once
    47001: Judgement(Meaning.REFUSED, "refused"),  # no JSON
    93000: Judgement(Meaning.PARK, "gone"),  # no such key, or the robot was removed
    93004: Judgement(Meaning.BACK_OFF, "stopped"),
    93008: Judgement(Meaning.PARK, "gone"),  # it left the group
}


class WeComTable(RobotTable):
    """[[receivers]] with format = "wecom"."""

    format: Literal["wecom"]


class WeCom:
    """The format of WeCom's group robots."""

    table = WeComTable
    cap = Cap(18, 60)  # it takes 20 a minute

    def render(self, message: Message, receiver: Receiver) -> Request:
        """A text of at most 2,048 bytes; RenderError if it cannot be put into words."""
        card = fitted(card_of(message, receiver), lambda card: len(_text(card).encode()) <= TEXT_BYTES)
        document = {"msgtype": "text", "text": {"content": _text(card)}}
        return Request(compact(document), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same body, to the same address: it knows no signature."""
        return as_it_is(receiver, request)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the code inside the answer; by the status where there is none."""
        return judge_code(status, body, "errcode", CODES)


def _text(card: Card) -> str:
    links = [say(card.language, "labelled", label=link.label, url=safe_url(link.url)) for link in card.links]
    blank = ("",) if links and card.lines else ()
    return "\n".join((unlinked(card.title), *_lines(card), *blank, *links, *map(unlinked, card.foot)))


def _lines(card: Card) -> list[str]:
    shown = []
    for line in card.lines:
        text, url = split_address(line, card.addresses)
        shown.append(f"{unlinked(text)} {url}".rstrip())
    return shown
