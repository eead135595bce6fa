"""An incoming webhook of Slack: blocks of plain text, judged by the word that it answers.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from monitor.config.receiver_tables import RobotTable
from monitor.deliver.card import Card, Link
from monitor.deliver.codes import UNKNOWN
from monitor.deliver.fitting import cut_to, fitted
from monitor.deliver.judge import Judgement, Meaning, judge_status
from monitor.deliver.payload import Json, as_it_is, compact
from monitor.deliver.text import card_of
from monitor.model.messages import Cap, Message, Receiver, Request, Sealed

HEADER: Final = 150  # characters
TEXT: Final = 3000
LABEL: Final = 75
URL: Final = 3000
LINES_BYTES: Final = 12_000  # a message may have 50 blocks; ours has a handful
MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_DENIED: Final = Judgement(Meaning.BACK_OFF, "denied")
_REFUSED: Final = Judgement(Meaning.REFUSED, "refused")
# What it answers in place of "ok", whatever the status of the refusal. Others are told apart by their status.
WORDS: Final = {
    "invalid_payload": _REFUSED,
    "invalid_blocks": _REFUSED,
    "no_text": _REFUSED,
    "user_not_found": _DENIED,  # ours names nobody: the hook's own owner is meant
    "action_prohibited": _DENIED,  # the workspace lets this hook not post there
    "posting_to_general_channel_denied": _DENIED,
    "invalid_token": _DENIED,
    "no_service": _DENIED,  # the hook was removed or switched off
    "no_active_hooks": _DENIED,
    "no_team": _DENIED,
    "team_disabled": _DENIED,
    "channel_not_found": _DENIED,
    "channel_is_archived": Judgement(Meaning.PARK, "gone"),
    "rollup_error": Judgement(Meaning.BACK_OFF, "server"),
}


class SlackTable(RobotTable):
    """[[receivers]] with format = "slack"."""

    format: Literal["slack"]


class Slack:
    """The format of Slack's incoming webhooks."""

    table = SlackTable
    cap = Cap(1, 1)

    def render(self, message: Message, receiver: Receiver) -> Request:
        """Blocks with buttons that open pages; RenderError if it cannot be put into words."""
        card = in_blocks(card_of(message, receiver))
        document = {
            "text": cut_to(card.title, TEXT // 5).translate(MARKUP),  # as long as it may be where all of it is escaped
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "blocks": list(blocks(card)),
        }
        return Request(compact(document), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sealed:  # noqa: ARG002
        """The same bytes at every attempt: the address is all that proves us."""
        return as_it_is(receiver, request)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the word of the answer where it refuses; a success must say "ok"."""
        word = body[:100].decode(errors="replace").strip()
        judged = judge_status(status)
        if judged.meaning is Meaning.DELIVERED:
            return judged if word == "ok" else WORDS.get(word, UNKNOWN)
        return WORDS.get(word, judged) if 400 <= status < 500 else judged  # noqa: PLR2004 - RFC 9110, section 15


def in_blocks(card: Card) -> Card:
    """The card with as much of its lines as the blocks of a message hold."""
    return fitted(card, lambda each: len("\n".join(each.lines).encode()) <= LINES_BYTES)


def blocks(card: Card) -> Iterator[Json]:
    """The card as Slack draws it."""
    # plain_text shows what it is given: no markup and no mention of the post works there.
    yield {"type": "header", "text": plain_text(cut_to(card.title, HEADER))}
    for lines in card.paragraphs():
        yield {"type": "section", "text": plain_text(cut_to("\n".join(lines), TEXT))}
    buttons = [_button(no, link) for no, link in enumerate(card.links) if len(link.url) <= URL]
    if buttons:
        yield {"type": "actions", "elements": buttons}
    if card.foot:
        yield {"type": "context", "elements": [plain_text(cut_to("\n".join(card.foot), TEXT))]}


def _button(no: int, link: Link) -> Json:
    button: Json = {"type": "button", "text": plain_text(cut_to(link.label, LABEL)), "url": link.url}
    return button | ({} if no else {"style": "primary"})


def plain_text(content: str) -> Json:
    """A text that shows what it is given."""
    return {"type": "plain_text", "text": content, "emoji": False}  # :words: of the post stay words
