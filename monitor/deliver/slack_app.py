"""An app of Slack: a card that is changed in place, with a thread of what happened, judged by the word in its answer.

https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/reference/methods/chat.update
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from typing import ClassVar, Final, Literal

from monitor.config.fields import Address, Line, Variable
from monitor.config.receiver_tables import AppTable
from monitor.deliver.codes import UNKNOWN, read_object
from monitor.deliver.fitting import cut_to
from monitor.deliver.judge import CARD_GONE, Judgement, Meaning, judge_status
from monitor.deliver.payload import Json, compact
from monitor.deliver.slack import MARKUP, TEXT, blocks, in_blocks, plain_text
from monitor.deliver.standing import is_loud, standing, step_of
from monitor.deliver.text import card_of
from monitor.model.messages import AlertState, Cap, Message, Notice, Posted, Receiver, Request, Sealed, Verdict
from monitor.model.routes import Route
from monitor.words import say

HOST: Final = "https://slack.com"

_DENIED: Final = Judgement(Meaning.BACK_OFF, "denied")
_BUSY: Final = Judgement(Meaning.BACK_OFF, "throttled")
_REFUSED: Final = Judgement(Meaning.REFUSED, "refused")
_THEIRS: Final = Judgement(Meaning.BACK_OFF, "server")
_CARD_GONE: Final = Judgement(Meaning.REFUSED, CARD_GONE)
# "error" of an answer, whose status is 200: what it means. Others are trouble of theirs, and tried again.
ERRORS: Final = {
    "ratelimited": _BUSY,
    "rate_limited": _BUSY,
    "message_limit_exceeded": _BUSY,
    "invalid_auth": _DENIED,
    "not_authed": _DENIED,
    "account_inactive": _DENIED,
    "token_revoked": _DENIED,
    "token_expired": _DENIED,
    "missing_scope": _DENIED,
    "no_permission": _DENIED,
    "not_allowed_token_type": _DENIED,
    "access_denied": _DENIED,
    "ekm_access_denied": _DENIED,
    "org_login_required": _DENIED,
    "restricted_action": _DENIED,
    "channel_not_found": _DENIED,  # or one that the app was not invited to
    "not_in_channel": _DENIED,
    "is_archived": Judgement(Meaning.PARK, "gone"),
    "msg_too_long": _REFUSED,
    "msg_blocks_too_long": _REFUSED,
    "invalid_blocks": _REFUSED,
    "invalid_blocks_format": _REFUSED,
    "no_text": _REFUSED,
    "invalid_arguments": _REFUSED,
    "message_not_found": _CARD_GONE,
    "cant_update_message": _CARD_GONE,  # the app was made anew: the card is its predecessor's
    "edit_window_closed": _CARD_GONE,
    "thread_not_found": _CARD_GONE,
    "cannot_reply_to_message": _CARD_GONE,
    "internal_error": _THEIRS,
    "fatal_error": _THEIRS,
    "service_unavailable": _THEIRS,
    "request_timeout": _THEIRS,
}


class SlackAppTable(AppTable):
    """[[receivers]] with format = "slack_app"."""

    secret_keys: ClassVar[tuple[str, ...]] = ("token",)
    more_secret_keys: ClassVar[tuple[str, ...]] = ("app_token",)
    format: Literal["slack_app"]
    url: Address = HOST
    channel: Line
    token_env: Variable | None = None
    token_file: Line | None = None
    app_token_env: Variable | None = None
    app_token_file: Line | None = None

    @property
    def answers(self) -> bool:
        """Whether presses of its buttons reach us."""
        return bool(self.app_token_env or self.app_token_file)

    def misfit(self, route: Route) -> tuple[str, str, str] | None:
        """What cannot be: a channel by its name, which changes; an address that all can read along."""
        if not (self.channel[:1] in "CGD" and self.channel.isascii() and self.channel.isalnum()):
            return "channel", "is no id of a channel", "copy the id from the end of the channel's details: C0123ABCD"
        proxy = route.proxy_for("slack.com")
        if self.answers and find_spec("slack_sdk") is None:
            return "app_token", "needs an extra that is not installed", "pip install 'leak-monitor[slack]'"
        if self.answers and proxy is not None and proxy.scheme != "http":
            return "app_token", "connects by an http:// proxy or directly", "name such a proxy, or leave app_token out"
        return super().misfit(route)


class SlackApp:
    """The format of Slack's apps."""

    table = SlackAppTable
    cap = Cap(1, 2)  # one message a second in a channel; what happened later is two calls

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The card as it stands, and what happened as a line; RenderError if it cannot be put into words."""
        table = SlackAppTable.of(receiver)
        card = in_blocks(standing(message, receiver))
        buttons = list(_buttons(message, receiver)) if table.answers and isinstance(message, Notice) else []
        if buttons:  # which say who pressed them, as the page cannot
            card = replace(card, links=tuple(link for link in card.links if link.label != _take(receiver)))
        last = card_of(message, receiver)
        document = {
            "step": step_of(message),
            "card": _message(table.channel, last.title, [*blocks(card), *buttons]),
            "line": _message(table.channel, last.title, [_section(last.title)]),
            "loud": is_loud(message),
        }
        return Request(compact(document), "application/json")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Posted:  # noqa: ARG002
        """A new card, or a change of the one that is there with a line below it; only the line if that is newer."""
        document = json.loads(request.body)
        channel, _, shown = request.card.partition("/")
        anew = _call(receiver, "chat.postMessage", document["card"])
        if not shown or channel != document["card"]["channel"]:
            return Posted(card=anew)
        said = document["line"] | {"thread_ts": shown, **({"reply_broadcast": True} if document["loud"] else {})}
        line = _call(receiver, "chat.postMessage", said)
        if document["step"] < request.card_step:
            return Posted(line=line, anew=anew)
        return Posted(_call(receiver, "chat.update", document["card"] | {"ts": shown}), line, anew)

    def judge(self, status: int, body: bytes) -> Judgement:
        """By the word of the answer where it refuses; a success must say so, and what the message is called."""
        said, by_status = read_object(body), judge_status(status)
        if said.get("ok") is True:
            is_well = by_status.meaning is Meaning.DELIVERED
            card = f"{said.get('channel', '')}/{said.get('ts', '')}"
            return Judgement(by_status.meaning, by_status.code, card=card) if is_well else by_status
        unknown = UNKNOWN if by_status.meaning is Meaning.DELIVERED else by_status
        return ERRORS.get(str(said.get("error", "")), unknown)


def whispered(receiver: Receiver, user: str, text: str) -> Sealed:
    """What that member of the channel alone is told."""
    said = {"channel": SlackAppTable.of(receiver).channel, "user": user, "mrkdwn": False}
    drawn = {"text": cut_to(text, TEXT // 5).translate(MARKUP), "blocks": [_section(text)]}
    return _call(receiver, "chat.postEphemeral", said | drawn)


def _take(receiver: Receiver) -> str:
    return say(receiver.language, "link_take")


def _buttons(notice: Notice, receiver: Receiver) -> Iterator[Json]:
    """What can be done from the card: nothing more once it is judged, but to judge it otherwise."""
    language, number = receiver.language, str(notice.alert_number)
    elements: list[Json] = []
    if notice.state is AlertState.OPEN:
        take: Json = {"type": "button", "action_id": "take", "text": plain_text(_take(receiver)), "value": number}
        elements.append(take | {"style": "primary"})
    if notice.state is not AlertState.REVIEWED:
        call = plain_text(say(language, "act_call"))
        elements.append({"type": "button", "action_id": "call", "text": call, "value": number})
    options = [
        {"text": plain_text(say(language, f"verdict_{verdict}")), "value": f"{number}:{verdict}"} for verdict in Verdict
    ]
    asked = plain_text(say(language, "act_verdict"))
    elements.append({"type": "static_select", "action_id": "verdict", "placeholder": asked, "options": options})
    yield {"type": "actions", "elements": elements}


def _message(channel: str, title: str, drawn: list[Json]) -> Json:
    return {
        "channel": channel,
        "text": cut_to(title, TEXT // 5).translate(MARKUP),  # of the lock screen
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": drawn,
    }


def _section(text: str) -> Json:
    return {"type": "section", "text": plain_text(cut_to(text, TEXT))}


def _call(receiver: Receiver, method: str, document: Json) -> Sealed:
    headers = {
        "content-type": "application/json; charset=utf-8",
        "authorization": f"Bearer {receiver.secrets[0].decode()}",
    }
    return Sealed(f"{receiver.url}/api/{method}", compact(document), headers)
