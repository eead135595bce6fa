"""A group robot of Feishu (Lark): a card, signed in its body, judged by the code inside an answer of status 200.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Literal, TypeAlias

from monitor.config.shape import SignedTable
from monitor.config.values import check_header_value
from monitor.deliver.card import Card, Tone
from monitor.deliver.codes import judge_code
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed

Json: TypeAlias = dict[str, object]

# Of the header; the tool has no darker one for being blind.
COLOURS: Final = {
    Tone.CRITICAL: "red",
    Tone.HIGH: "orange",
    Tone.MEDIUM: "yellow",
    Tone.LOW: "grey",
    Tone.CALM: "blue",
    Tone.BLIND: "carmine",
}
# "code" in the answer: what it means. Others are trouble of theirs, and tried again.
CODES: Final = {
    0: Judgement(Meaning.DELIVERED, "delivered"),
    9499: Judgement(Meaning.REFUSED, "refused"),  # the body cannot be read
    11232: Judgement(Meaning.BACK_OFF, "throttled"),
    19001: Judgement(Meaning.PARK, "gone"),  # there is no such robot
    19002: Judgement(Meaning.REFUSED, "refused"),
    19021: Judgement(Meaning.BACK_OFF, "denied"),  # the signature, or a clock that is an hour wrong
    19022: Judgement(Meaning.BACK_OFF, "denied"),  # the robot takes nothing from our address
    19024: Judgement(Meaning.REFUSED, "keyword"),  # none of the words that the robot asks for
}


class FeishuTable(SignedTable):
    """[[receivers]] with format = "feishu"."""

    needs_secret: ClassVar[bool] = False
    how_to_get: ClassVar[str] = "it stands in the robot's settings, under signature verification"
    format: Literal["feishu"]

    @staticmethod
    def check_secret(text: str) -> bytes:
        """The secret as the tool shows it."""
        return check_header_value(text).encode()


class Feishu:
    """The format of Feishu's group robots."""

    table = FeishuTable
    cap = Cap(90, 60)  # it takes 100 a minute

    def render(self, message: Message, receiver: Receiver) -> Request:
        """A card with buttons that open pages; RenderError if it cannot be put into words."""
        document = {"msg_type": "interactive", "card": _card(card_of(message, receiver))}
        return Request(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same card, with the time and the signature in front of it, where the robot asks for one."""
        headers = {"content-type": request.content_type}
        if not receiver.secrets:
            return Sealed(receiver.url, request.body, headers)
        timestamp = str(int(now.timestamp()))
        said = json.dumps({"timestamp": timestamp, "sign": sign(receiver.secrets[0], timestamp)}, separators=(",", ":"))
        return Sealed(receiver.url, said[:-1].encode() + b"," + request.body[1:], headers)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the code inside the answer; by the status where there is none."""
        return judge_code(status, body, "code", CODES)


def sign(secret: bytes, timestamp: str) -> str:
    """HMAC-SHA256 of nothing, with the time and the secret as its key: so says the tool's page."""
    return b64encode(hmac.digest(f"{timestamp}\n".encode() + secret, b"", "sha256")).decode()


def _card(card: Card) -> Json:
    return {
        "config": {"wide_screen_mode": True},
        "header": {"title": _text(card.title), "template": COLOURS[card.tone]},
        "elements": list(_elements(card)),
    }


def _elements(card: Card) -> Iterator[Json]:
    # plain_text shows what it is given: no markup and no mention of the post works there.
    for lines in card.paragraphs():
        yield {"tag": "div", "text": _text("\n".join(lines))}
    if card.links:
        buttons = [
            {"tag": "button", "text": _text(link.label), "type": "default" if no else "primary", "url": link.url}
            for no, link in enumerate(card.links)
        ]
        yield {"tag": "action", "actions": buttons}
    if card.foot:
        yield {"tag": "note", "elements": [_text("\n".join(card.foot))]}


def _text(content: str) -> Json:
    return {"tag": "plain_text", "content": content}
