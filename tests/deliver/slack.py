"""A workspace of Slack: it keeps channels, cards and threads, checks tokens and forms, and answers as Slack says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

from slack_sdk.models.blocks import Block

from tests.deliver.receiver import Received, Reply

CHANNEL = "C0LEAKS"
BOT_TOKEN = "xoxb-1-hush"


@dataclass
class Message:
    """What stands in a channel or thread."""

    ts: str
    body: dict[str, Any]
    edits: int = 0

    @property
    def shown(self) -> str:
        """All that a person reads of it."""
        return "\n".join(_texts(self.body["blocks"]))


@dataclass
class Workspace:
    """Its one channel; `errors` are answered first, in their order, instead of doing anything."""

    token: str = BOT_TOKEN
    cards: list[Message] = field(default_factory=list)
    lines: list[Message] = field(default_factory=list)
    whispers: Queue[dict[str, Any]] = field(default_factory=Queue)
    app_token: str = ""
    socket_url: str = ""
    errors: list[Reply] = field(default_factory=list)

    def __call__(self, got: Received) -> Reply:
        methods: dict[str, Callable[[dict[str, Any]], Reply]] = {
            "/api/chat.postMessage": self._post,
            "/api/chat.update": self._update,
            "/api/chat.postEphemeral": self._whisper,
        }
        if self.errors:
            return self.errors.pop(0)
        if got.path == "/api/apps.connections.open":
            return self._connect(got)
        if got.headers["authorization"] != f"Bearer {self.token}":
            return said(ok=False, error="invalid_auth")
        body = json.loads(got.body)
        if body["channel"] != CHANNEL:
            return said(ok=False, error="channel_not_found")
        for block in body.get("blocks", ()):
            parsed = Block.parse(block)
            assert parsed is not None
            parsed.validate_json()
        return methods[got.path](body)

    def _connect(self, got: Received) -> Reply:
        if got.headers["authorization"] != f"Bearer {self.app_token}":
            return said(ok=False, error="invalid_auth")
        return said(ok=True, url=f"{self.socket_url}/link/?ticket=hush")

    def _post(self, body: dict[str, Any]) -> Reply:
        parents = {card.ts for card in self.cards}
        place = self.lines if "thread_ts" in body else self.cards
        if "thread_ts" in body and body["thread_ts"] not in parents:
            return said(ok=False, error="thread_not_found")
        ts = f"1906718400.{len(self.cards) + len(self.lines):06}"
        place.append(Message(ts, body))
        return said(ok=True, channel=CHANNEL, ts=ts, message={"text": body["text"]})

    def _update(self, body: dict[str, Any]) -> Reply:
        for card in self.cards:
            if card.ts == body["ts"]:
                card.body, card.edits = body, card.edits + 1
                return said(ok=True, channel=CHANNEL, ts=card.ts, text=body["text"])
        return said(ok=False, error="message_not_found")

    def _whisper(self, body: dict[str, Any]) -> Reply:
        self.whispers.put(body)
        return said(ok=True, message_ts="1906718400.999999")


def said(status: int = 200, wait_s: int | None = None, **body: Any) -> Reply:
    """An answer of Slack's."""
    wait = () if wait_s is None else (("Retry-After", str(wait_s)),)
    return Reply(status, (("Content-Type", "application/json"), *wait), json.dumps(body).encode())


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "plain_text" else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list) else []
