"""Receivers of every format as servers that judge what they get, may be away, and may lose their own answer."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Any, Final

from slack_sdk.models.blocks import Block

from monitor.deliver.mail import MailTable
from monitor.model.messages import Disclosure, Receiver
from tests.deliver.mailserver import MailServer
from tests.deliver.receiver import Received, Reply, ScriptedReceiver, Way, signed_by_library
from tests.deliver.robots import ROBOTS
from tests.fakes import HandClock
from tests.town import SECRET, SHANGHAI

ROBOT_SECRET: Final = "SEC0robot-secret"
MOST_AN_HOUR: Final = {"dingtalk": 6}  # its share is soon used up
ID_IN_MAIL: Final = "X-Leak-Monitor-Id: "


@dataclass(frozen=True)
class Receipt:
    """A message that a receiver took: when, and its bytes; the id where the format carries it."""

    at: datetime
    body: bytes
    message_id: str = ""


@dataclass
class Desk:
    """One receiver. `away` is what it answers instead of taking anything."""

    key: str
    format: str
    clock: HandClock
    draw: Random
    losing: float = 0.0  # share of the answers that it gives and we do not get
    away: Reply | None = None
    taken: list[Receipt] = field(default_factory=list)
    misjudged: list[str] = field(default_factory=list)  # what its tool would have refused
    options: Any = None

    def __call__(self, got: Received) -> Reply:
        """What it answers to a request; the server asks one at a time."""
        if self.away is not None:
            return self.away
        reply = TOOLS.get(self.format, _robot)(self, got)
        if not _is_taken(reply):
            self.misjudged.append(f"{self.key}: {reply.status} {reply.body[:200]!r}")
            return reply
        self.taken.append(Receipt(self.clock.at, got.body, got.headers.get("webhook-id", "")))
        return Reply(way=Way.RESET) if self.draw.random() < self.losing else reply

    def open(self, stack: ExitStack) -> Receiver:
        """Begin to listen; answers how we know it."""
        known = Receiver(self.key, self.format, "", (), Disclosure.FULL, "en", SHANGHAI, allow_private_network=True)
        known = replace(known, most_an_hour=MOST_AN_HOUR.get(self.format, 1000))
        if self.format == "mail":
            self.mail = stack.enter_context(MailServer())
            table = {"format": "mail", "key": self.key, "host": "127.0.0.1", "port": self.mail.port, "security": "none"}
            told = {"from": "alerts@yunque.example", "to": ["desk@yunque.example"]}
            return replace(known, options=MailTable.model_validate({**table, **told}))
        server = stack.enter_context(ScriptedReceiver(judge=self))
        if self.format == "webhook":
            return replace(known, url=server.url, secrets=(SECRET,))
        if self.format not in ROBOTS:
            return replace(known, url=server.url)
        robot = ROBOTS[self.format](self.clock.at, ROBOT_SECRET)
        secrets = () if self.format == "wecom" else (ROBOT_SECRET.encode(),)
        return replace(known, url=robot.url(server.url.removesuffix("/hook")), secrets=secrets)

    def receipts(self) -> list[Receipt]:
        """All that it took."""
        if self.format != "mail":
            return list(self.taken)
        found = []
        for letter in self.mail.letters:
            head, _, body = letter.body.partition(b"\r\n")
            found.append(Receipt(self.clock.at, body, head.decode().removeprefix(ID_IN_MAIL)))
        return found


def _is_taken(reply: Reply) -> bool:
    """As the tools say it: by the status, or by a code inside."""
    if not 200 <= reply.status < 300:
        return False
    said = json.loads(reply.body) if reply.body.startswith(b"{") else {}
    return not (said.get("code") or said.get("errcode"))


def _robot(desk: Desk, got: Received) -> Reply:
    return ROBOTS[desk.format](desk.clock.at, ROBOT_SECRET)(got)


def _webhook(_desk: Desk, got: Received) -> Reply:
    good = signed_by_library(SECRET, got.headers, got.body)
    return Reply() if good else Reply(401)


def _slack(_desk: Desk, got: Received) -> Reply:
    for block in json.loads(got.body)["blocks"]:
        parsed = Block.parse(block)
        if parsed is None:
            return Reply(400, body=b"invalid_blocks")
        parsed.validate_json()
    return Reply(200, body=b"ok")


def _teams(_desk: Desk, got: Received) -> Reply:
    card = json.loads(got.body)["attachments"][0]
    good = card["contentType"] == "application/vnd.microsoft.card.adaptive" and len(got.body) <= 28 * 1024
    return Reply(202) if good else Reply(400)


TOOLS: Final = MappingProxyType[str, Callable[[Desk, Received], Reply]](
    {"webhook": _webhook, "slack": _slack, "teams": _teams}
)
