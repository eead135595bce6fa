"""Everything else, by the library Apprise: text alone, and an answer that is yes or no.

It connects by itself, so neither our guard nor proxies, trust or deadlines of ours apply; hence `allow_unguarded`.
It is an extra, `notify`, and is loaded when the first message goes that way.
"""

import logging
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Final, Literal

from monitor.config.receiver_tables import VariableTable
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.text import readable
from monitor.model.messages import Handed, Message, Receiver, Request
from monitor.model.routes import Route

LIBRARY: Final = "apprise"
_NOT_TOLD: Final = Judgement(Meaning.BACK_OFF, "not_told")


class AppriseTable(VariableTable):
    """[[receivers]] with format = "apprise"."""

    library: ClassVar[str] = LIBRARY
    format: Literal["apprise"]
    allow_unguarded: bool = False

    def misfit(self, route: Route) -> tuple[str, str, str] | None:  # noqa: ARG002 - it knows no route
        """What cannot be: an exception that nobody made, a library that is not there, a proxy that nobody asks."""
        if not self.allow_unguarded:
            fix = "write allow_unguarded = true if that is what you want"
            return "format", "apprise connects by itself, past the guard, the proxies and the trust of [network]", fix
        if find_spec(self.library) is None:
            return "format", "apprise is an extra that is not installed", "pip install 'leak-monitor[notify]'"
        for key in ("proxy", "proxy_env", "proxy_file", "no_proxy", "trust"):
            if getattr(self, key):
                return key, "means nothing to apprise, which connects by itself", "take it out"
        return None


class Apprise:
    """The format of what the library Apprise can tell."""

    table = AppriseTable
    cap = None

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The readable message; RenderError if it cannot be put into words."""
        return Request(readable(message, receiver).encode(), "text/plain; charset=utf-8")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Handed:  # noqa: ARG002
        """The first line as the title, the rest as the text; the title again where nothing follows it."""
        title, _, text = request.body.decode().partition("\n")
        return Handed(receiver.url, title, text.strip() or title)

    def judge(self, status: int, body: bytes) -> Judgement:  # noqa: ARG002 - there is nothing but yes and no
        """1 for yes; a no says nothing, so it is tried again."""
        return Judgement(Meaning.DELIVERED, "delivered") if status == 1 else _NOT_TOLD


def hand_over(handed: Handed) -> bool:
    """Let the library tell; False if it did not, or does not know the address."""
    library: Any = import_module(LIBRARY)
    # It logs addresses and, at debug, what is sent: neither may be in a log of ours.
    logging.getLogger(LIBRARY).setLevel(logging.CRITICAL + 1)
    asset = library.AppriseAsset(app_id="leak-monitor", app_desc="leak-monitor", async_mode=False)
    teller = library.Apprise(asset=asset)
    return bool(
        teller.add(handed.url)
        and teller.notify(title=handed.title, body=handed.text, body_format=library.NotifyFormat.TEXT)
    )
