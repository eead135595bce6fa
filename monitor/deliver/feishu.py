"""A group robot of Feishu (Lark): a card, signed in its body, judged by the code inside an answer of status 200.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
The card is of JSON 1.0, which every client shows; one before 7.20 shows nothing of 2.0 but its title:
https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-v2-breaking-changes-release-notes
"""

import hmac
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Literal

from monitor.config.receiver_tables import SignedRobotTable
from monitor.deliver.card import Card, Link, Tone
from monitor.deliver.codes import Hints, judge_code
from monitor.deliver.fitting import fitted
from monitor.deliver.inert import safe_url, split_address, unlinked
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.payload import Json, compact
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed
from monitor.words import say

BODY_BYTES: Final = 20_000  # of 20 KB; time and signature come to it
# Of the header. Being blind is darker, and not to be taken for a leak.
COLOURS: Final = {
    Tone.CRITICAL: "red",
    Tone.HIGH: "orange",
    Tone.MEDIUM: "yellow",
    Tone.LOW: "grey",
    Tone.CALM: "blue",
    Tone.BLIND: "purple",
}
# "code" in the answer: what it means. Others are trouble of theirs, and tried again.
CODES: Final = {
    0: Judgement(Meaning.DELIVERED, "delivered"),
    9499: Judgement(Meaning.REFUSED, "refused"),  # the body cannot be read
    11232: Judgement(Meaning.BACK_OFF, "throttled"),  # ours, or all of theirs at the full hour
    11246: Judgement(Meaning.REFUSED, "refused"),  # no such card
    19001: Judgement(Meaning.PARK, "gone"),  # there is no such robot
    19002: Judgement(Meaning.REFUSED, "refused"),  # no such kind of message
    19021: Judgement(Meaning.BACK_OFF, "signature"),  # or a clock that is an hour wrong
    19022: Judgement(Meaning.BACK_OFF, "address"),
    19024: Judgement(Meaning.REFUSED, "keyword"),
}
HINTS: Final[Hints] = {
    (9499, "too many request"): Judgement(Meaning.BACK_OFF, "throttled"),
    (9499, "frequency"): Judgement(Meaning.BACK_OFF, "throttled"),
}


class FeishuTable(SignedRobotTable):
    """[[receivers]] with format = "feishu"."""

    how_to_get: ClassVar[str] = "it stands in the robot's settings, under signature verification"
    format: Literal["feishu"]


class Feishu:
    """The format of Feishu's group robots."""

    table = FeishuTable
    cap = Cap(4, 3)  # it takes 5 a second and 100 a minute: so both are kept

    def render(self, message: Message, receiver: Receiver) -> Request:
        """A card with buttons that open pages; RenderError if it cannot be put into words."""
        card = fitted(card_of(message, receiver), lambda card: len(_body(card)) <= BODY_BYTES)
        return Request(_body(card), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same card, with the time and the signature in front of it, where the robot asks for one."""
        headers = {"content-type": request.content_type}
        if not receiver.secrets:
            return Sealed(receiver.url, request.body, headers)
        timestamp = str(int(now.timestamp()))
        said = compact({"timestamp": timestamp, "sign": sign(receiver.secrets[0], timestamp)})
        return Sealed(receiver.url, said[:-1] + b"," + request.body[1:], headers)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the code inside the answer; by the status where there is none."""
        return judge_code(status, body, "code", CODES, older="StatusCode", hints=HINTS)


def sign(secret: bytes, timestamp: str) -> str:
    """HMAC-SHA256 of nothing, with the time and the secret as its key: so says the tool's page."""
    return b64encode(hmac.digest(f"{timestamp}\n".encode() + secret, b"", "sha256")).decode()


def _body(card: Card) -> bytes:
    document = {
        "msg_type": "interactive",
        "card": {
            "header": {"title": _text(card.title), "template": COLOURS[card.tone]},
            "elements": list(_elements(card)),
        },
    }
    return compact(document)


def _elements(card: Card) -> Iterator[Json]:
    for lines in card.paragraphs():
        yield from _paragraph(lines, card)
    if card.links:
        buttons = [_button(link, "default" if no else "primary") for no, link in enumerate(card.links)]
        yield {"tag": "action", "actions": buttons}
    if card.foot:
        yield {"tag": "note", "elements": [_text("\n".join(card.foot))]}


def _paragraph(lines: tuple[str, ...], card: Card) -> Iterator[Json]:
    """A block of text; a line that ends in an address of ours ends its block, with a button beside it."""
    block: list[str] = []
    for line in lines:
        text, url = split_address(line, card.addresses)
        block.append(text.strip())
        if url:
            button = _button(Link(say(card.language, "link_post"), url), "default")
            yield {"tag": "div", "text": _text("\n".join(block)), "extra": button}
            block = []
    if block:
        yield {"tag": "div", "text": _text("\n".join(block))}


def _button(link: Link, kind: str) -> Json:
    return {"tag": "button", "text": _text(link.label), "type": kind, "url": safe_url(link.url)}


def _text(content: str) -> Json:
    # plain_text shows what it is given: no markup and no mention of the post works there.
    return {"tag": "plain_text", "content": unlinked(content)}
