"""The long connection of an app of Slack: Socket Mode, by Slack's own library.

https://docs.slack.dev/apis/events-api/using-socket-mode
Its address is asked for by our client; the library makes the connection itself, directly or by an HTTP proxy.
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient

from monitor.apps.line import LineKey, Socket
from monitor.apps.press import CALL, JUDGE, TAKE, Press
from monitor.deliver.codes import read_object
from monitor.errors import Failure, TransportError
from monitor.model.messages import Verdict
from monitor.model.routes import Route
from monitor.net.adapter import tls_trusting
from monitor.net.client import Client

PING_S: Final = 10.0  # silent for four of these, it is down
_SILENT: Final = logging.getLogger("monitor.apps.slack_app.library")  # it would log addresses, and what is pressed
_SILENT.setLevel(logging.CRITICAL + 1)


def open_socket(client: Client, key: LineKey, hear: Callable[[str, Press], object]) -> Socket:
    """A connection that is not made yet."""
    return _Connection(client, key, hear)


class _Library(SocketModeClient):
    def __init__(self, ask: Callable[[], str], tls: ssl.SSLContext) -> None:
        self._ask = ask
        super().__init__("", _SILENT, WebClient(ssl=tls), auto_reconnect_enabled=False, ping_interval=PING_S)
        self.proxy = None  # the environment has no say

    def issue_new_wss_url(self) -> str:
        return self._ask()


class _Connection:
    def __init__(self, client: Client, key: LineKey, hear: Callable[[str, Press], object]) -> None:
        self._client, self._key, self._hear = client, key, hear
        self._library = _Library(self._address, tls_trusting(key.route.trust))
        self._library.socket_mode_request_listeners.append(self._listen)

    def connect(self) -> bool:
        try:
            self._library.connect_to_new_endpoint()
        except (SlackClientError, OSError):
            return False
        return self._library.is_connected()

    def is_up(self) -> bool:
        return self._library.is_connected()

    def close(self) -> None:
        self._library.close()

    def _address(self) -> str:
        """Where to connect; good for one connection."""
        answer = self._client.post(
            f"{self._key.url}/api/apps.connections.open",
            body=b"",
            headers={"authorization": f"Bearer {self._key.token.decode()}"},
            allow_private=self._key.allow_private,
            route=self._key.route,
        )
        address = read_object(answer.body).get("url")
        encrypted = isinstance(address, str) and urlsplit(address)[:1] == ("wss",) and urlsplit(address).port is None
        if not isinstance(address, str) or not (encrypted or self._key.url.startswith("http:")):
            raise TransportError(Failure.NETWORK, "Slack does not let this app connect")
        self._library.proxy = _proxy(self._key.route, urlsplit(address).hostname or "")
        return address

    def _listen(self, library: BaseSocketModeClient, request: SocketModeRequest) -> None:
        library.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        if request.type == "interactive" and (found := press_of(request.payload)) is not None:
            self._hear(*found)


def press_of(payload: Mapping[str, Any]) -> tuple[str, Press] | None:
    """The channel and what was pressed there; None if it is nothing of ours, such as a button that opens a page."""
    try:
        place, user = payload["channel"]["id"], payload["user"]["id"]
        (action,) = payload["actions"]
        what = action["action_id"]
        said = action["selected_option"]["value"] if what == JUDGE else action.get("value", "")
        number, _, verdict = said.partition(":")
        if what not in (TAKE, JUDGE, CALL):
            return None
        return place, Press(int(number), what, user, Verdict(verdict) if what == JUDGE else None)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _proxy(route: Route, host: str) -> str | None:
    proxy = route.proxy_for(host)
    if proxy is None:
        return None
    user = f"{quote(proxy.user, safe='')}:{quote(proxy.password or '', safe='')}@" if proxy.user else ""
    return f"http://{user}{proxy.place}"
