"""Stage 5: tell people. A format makes a request of a message and judges the answer; only send.py posts it.

    message --Format.render--> body, frozen --send--> outcome --retry.after_attempt--> next step

Formats are pure and are listed here, not discovered.
"""

from datetime import datetime
from typing import Protocol

from monitor.config.receiver_tables import ReceiverTable
from monitor.deliver.apprise import Apprise
from monitor.deliver.dingtalk import DingTalk
from monitor.deliver.feishu import Feishu
from monitor.deliver.judge import Judgement
from monitor.deliver.mail import Mail
from monitor.deliver.slack import Slack
from monitor.deliver.slack_app import SlackApp
from monitor.deliver.teams import Teams
from monitor.deliver.webhook import Webhook
from monitor.deliver.wecom import WeCom
from monitor.model.messages import Cap, Message, Receiver, Request, Sending


class Format(Protocol):
    """How one kind of receiver is spoken to."""

    @property
    def table(self) -> type[ReceiverTable]:
        """The keys that it takes in config.toml."""
        ...

    @property
    def cap(self) -> Cap | None:
        """How many messages such a receiver takes before it refuses; None if it says nothing of it."""
        ...

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The request of a message, made once for all attempts; RenderError if it cannot be put into words."""
        ...

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Sending:
        """An attempt: the request with what each attempt carries anew, such as its signature."""
        ...

    def judge(self, status: int, body: bytes) -> Judgement:
        """What an answer means."""
        ...


FORMATS: dict[str, Format] = {
    "webhook": Webhook(),
    "feishu": Feishu(),
    "dingtalk": DingTalk(),
    "wecom": WeCom(),
    "slack": Slack(),
    "slack_app": SlackApp(),
    "teams": Teams(),
    "mail": Mail(),
    "apprise": Apprise(),
}
