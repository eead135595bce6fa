"""A group robot of DingTalk: Markdown with buttons, signed in the address, judged by the code inside the answer.

https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages and, of the signature,
https://open.dingtalk.com/document/robots/customize-robot-security-settings
"""

import hmac
from base64 import b64encode
from datetime import datetime
from typing import ClassVar, Final, Literal
from urllib.parse import quote, urlencode

from monitor.config.receiver_tables import SignedRobotTable
from monitor.deliver.card import Card
from monitor.deliver.codes import Hints, judge_code
from monitor.deliver.fitting import fitted
from monitor.deliver.inert import inert, safe_url, split_address
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.payload import Json, compact
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed
from monitor.words import say

BODY_BYTES: Final = 20_000  # "message too long, exceed 20000 bytes"
BLOCKED_S: Final = 60.0  # beyond 20 a minute it takes nothing for some minutes: asked once a minute whether it is over
_TOO_FAST: Final = Judgement(Meaning.BACK_OFF, "throttled", BLOCKED_S)
# "errcode" in the answer: what it means. Others are trouble of theirs, and tried again.
CODES: Final = {
    -1: Judgement(Meaning.BACK_OFF, "server"),
    0: Judgement(Meaning.DELIVERED, "delivered"),
    40035: Judgement(Meaning.REFUSED, "refused"),  # something is missing
    43004: Judgement(Meaning.REFUSED, "refused"),  # the type of the body
    130101: _TOO_FAST,
    300001: Judgement(Meaning.PARK, "gone"),  # no such token
    300005: Judgement(Meaning.PARK, "gone"),
    310000: Judgement(Meaning.BACK_OFF, "denied"),  # one of its three settings of security: see HINTS
    400013: Judgement(Meaning.PARK, "gone"),  # the group was dissolved
    400101: Judgement(Meaning.PARK, "gone"),
    400102: Judgement(Meaning.BACK_OFF, "stopped"),
    400105: Judgement(Meaning.REFUSED, "refused"),  # no such kind of message
    400106: Judgement(Meaning.PARK, "gone"),  # the robot left the group
    410100: _TOO_FAST,
    430101: Judgement(Meaning.REFUSED, "content"),  # its censor: the address
    430102: Judgement(Meaning.REFUSED, "content"),  # the text
    430103: Judgement(Meaning.REFUSED, "content"),  # a picture
    430104: Judgement(Meaning.REFUSED, "content"),
}
HINTS: Final[Hints] = {
    (310000, "keyword"): Judgement(Meaning.REFUSED, "keyword"),
    (310000, "关键词"): Judgement(Meaning.REFUSED, "keyword"),
    (310000, "whitelist"): Judgement(Meaning.BACK_OFF, "address"),
    (310000, "白名单"): Judgement(Meaning.BACK_OFF, "address"),
    (310000, "timestamp"): Judgement(Meaning.BACK_OFF, "signature"),
    (310000, "sign"): Judgement(Meaning.BACK_OFF, "signature"),
    (310000, "签名"): Judgement(Meaning.BACK_OFF, "signature"),
    (300001, "too fast"): _TOO_FAST,
}


class DingTalkTable(SignedRobotTable):
    """[[receivers]] with format = "dingtalk"."""

    how_to_get: ClassVar[str] = "it stands in the robot's settings, begins with SEC, under sign (加签)"
    format: Literal["dingtalk"]


class DingTalk:
    """The format of DingTalk's group robots."""

    table = DingTalkTable
    cap = Cap(18, 60)  # it takes 20 a minute, and nothing for ten minutes from one more

    def render(self, message: Message, receiver: Receiver) -> Request:
        """A card with buttons that open pages, or none; RenderError if it cannot be put into words."""
        card = fitted(card_of(message, receiver), lambda card: len(_body(card)) <= BODY_BYTES)
        return Request(_body(card), "application/json; charset=utf-8")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same body, to the address with the time and the signature behind it, where the robot asks for one."""
        headers = {"content-type": request.content_type}
        if not receiver.secrets:
            return Sealed(receiver.url, request.body, headers)
        timestamp = str(int(now.timestamp() * 1000))
        signed = urlencode({"timestamp": timestamp, "sign": sign(receiver.secrets[0], timestamp)})
        return Sealed(f"{receiver.url}{'&' if '?' in receiver.url else '?'}{signed}", request.body, headers)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the code inside the answer, and its words where it has several meanings; by the status without one."""
        return judge_code(status, body, "errcode", CODES, hints=HINTS)


def sign(secret: bytes, timestamp: str) -> str:
    """HMAC-SHA256 of the time in milliseconds and the secret, with the secret as its key: so says the tool's page."""
    return b64encode(hmac.digest(secret, f"{timestamp}\n".encode() + secret, "sha256")).decode()


def _body(card: Card) -> bytes:
    shown: Json = {"title": card.title, "text": _text(card)}  # the title is what a lock screen shows
    kind = "actionCard" if card.links else "markdown"
    if len(card.links) == 1:
        shown |= {"singleTitle": card.links[0].label, "singleURL": _in_browser(card.links[0].url)}
    elif card.links:
        buttons = [{"title": link.label, "actionURL": _in_browser(link.url)} for link in card.links]
        shown |= {"btnOrientation": "0", "btns": buttons}  # one below the other: labels are whole on a phone
    return compact({"msgtype": kind, kind: shown})


def _text(card: Card) -> str:
    paragraphs = [f"### {inert(card.title)}", *("  \n".join(_lines(each, card)) for each in card.paragraphs())]
    if card.foot:
        paragraphs.append("  \n".join(map(inert, card.foot)))
    return "\n\n".join(paragraphs)


def _lines(lines: tuple[str, ...], card: Card) -> list[str]:
    shown = []
    for line in lines:
        text, url = split_address(line, card.addresses)
        shown.append(f"{inert(text)} [{say(card.language, 'link_post')}]({_in_browser(url)})" if url else inert(text))
    return shown


def _in_browser(url: str) -> str:
    """Opened by the browser, not in a narrow column beside the chat: open.dingtalk.com, message-link-description."""
    return f"dingtalk://dingtalkclient/page/link?url={quote(safe_url(url), safe='')}&pc_slide=false"
