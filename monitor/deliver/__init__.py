"""Stage 5: tell people. A format makes a request of a message and judges the answer; only send.py posts it.

    message --Format.render--> body, frozen --send--> outcome --retry.after_attempt--> next step

Formats are pure and are listed here, not discovered.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from monitor.deliver.judge import Judgement
from monitor.deliver.webhook import Webhook
from monitor.model.messages import Message, Receiver, Request


class Format(Protocol):
    """How one kind of receiver is spoken to."""

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The request of a message, made once for all attempts; RenderError if it cannot be put into words."""
        ...

    def headers(self, receiver: Receiver, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
        """What each attempt carries anew, such as its signature."""
        ...

    def judge(self, status: int, body: bytes) -> Judgement:
        """What an answer means."""
        ...


FORMATS: dict[str, Format] = {
    "webhook": Webhook(),
}
