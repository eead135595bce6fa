"""A workflow of Microsoft Teams that posts what its webhook is sent: an Adaptive Card.

https://learn.microsoft.com/en-us/connectors/teams
https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from monitor.config.receiver_tables import RobotTable
from monitor.deliver.card import Card, Tone
from monitor.deliver.codes import read_object
from monitor.deliver.fitting import fitted
from monitor.deliver.judge import Judgement, Meaning, judge_status
from monitor.deliver.payload import Json, as_it_is, compact
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed

MOST_BYTES: Final = 21_000  # it takes 28 KB, but counts what it makes of ours
STYLES: Final = {
    Tone.CRITICAL: "attention",
    Tone.HIGH: "warning",
    Tone.MEDIUM: "accent",
    Tone.LOW: "default",
    Tone.CALM: "good",
    Tone.BLIND: "emphasis",
}
# "code" of the error in the answer, where it says more than the status does.
CODES: Final = {
    "WorkflowTriggerIsNotEnabled": Judgement(Meaning.BACK_OFF, "denied"),  # switched off or deleted: that is a 400
}

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>~&]")
_LIST: Final = re.compile(r"^(\s*(?:(?=[-+#])|\d+(?=[.)])))(.)")  # what makes a list or a heading of a line


class TeamsTable(RobotTable):
    """[[receivers]] with format = "teams"."""

    format: Literal["teams"]


class Teams:
    """The format of workflows that post to a channel of Teams when their webhook is called."""

    table = TeamsTable
    cap = Cap(4, 1)

    def render(self, message: Message, receiver: Receiver) -> Request:
        """A message with one card; RenderError if it cannot be put into words."""
        card = fitted(card_of(message, receiver), lambda card: len(_body(card)) <= MOST_BYTES)
        return Request(_body(card), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same bytes at every attempt: the address is all that proves us."""
        return as_it_is(receiver, request)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the status, 202 as a rule; a workflow that does not run answers 400 and says so inside."""
        judged = judge_status(status)
        return judged if judged.meaning is Meaning.DELIVERED else CODES.get(_code(body), judged)


def _code(body: bytes) -> str:
    error = read_object(body).get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _body(card: Card) -> bytes:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": _card(card),
    }
    document = {"type": "message", "attachments": [attachment]}
    return compact(document)


def _card(card: Card) -> Json:
    links = [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in card.links]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": card.language,
        "fallbackText": escaped(card.title),
        "msteams": {"width": "Full"},
        "body": list(_blocks(card)),
        "actions": links,
    }


def _blocks(card: Card) -> Iterator[Json]:
    title = _block(card.title) | {"size": "Large", "weight": "Bolder"}
    yield {"type": "Container", "style": STYLES[card.tone], "bleed": True, "items": [title]}
    for lines in card.paragraphs():
        for no, line in enumerate(lines):  # a block each: a line end inside one is a blank
            yield _block(line) | {"spacing": "None" if no else "Medium"}
    for no, line in enumerate(card.foot):
        yield _block(line) | {"spacing": "None" if no else "Medium", "isSubtle": True, "size": "Small"}


def _block(text: str) -> Json:
    return {"type": "TextBlock", "text": escaped(text), "wrap": True}


def escaped(text: str) -> str:
    """A text in which no markup works: emphasis, links, lists, entities, and {{DATE(...)}}, which braces make."""
    return _LIST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))
