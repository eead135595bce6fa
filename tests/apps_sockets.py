"""The other end of Socket Mode: a real websocket server that sends presses and keeps what is acknowledged."""

import json
import threading
from dataclasses import dataclass, field
from itertools import count
from queue import Queue
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

WAIT_S = 20


@dataclass
class SocketServer:
    """Use as a context manager; `calls` has every connection in its order."""

    calls: Queue[ServerConnection] = field(default_factory=Queue)
    acknowledged: Queue[str] = field(default_factory=Queue)

    def __enter__(self) -> Self:
        self._numbers = count(1)
        self._server: Server = serve(self._hold, "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def connected(self) -> ServerConnection:
        """The next connection, once it is there."""
        return self.calls.get(timeout=WAIT_S)

    def press(self, on: ServerConnection, payload: dict[str, Any]) -> None:
        """Send a press, and wait until it is acknowledged."""
        envelope = f"envelope-{next(self._numbers)}"
        said = {"type": "interactive", "envelope_id": envelope, "payload": payload, "accepts_response_payload": False}
        on.send(json.dumps(said))
        assert self.acknowledged.get(timeout=WAIT_S) == envelope

    def _hold(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.calls.put(connection)
        try:
            for said in connection:
                self.acknowledged.put(json.loads(said)["envelope_id"])
        except ConnectionClosed:
            return


def pressed(what: str, value: str, user: str = "U0ZHOU", place: str = "C0LEAKS") -> dict[str, Any]:
    """A press as Slack tells it."""
    chosen = {"selected_option": {"value": value}} if what == "verdict" else {"value": value}
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "zhou", "team_id": "T0YUNQUE"},
        "container": {"type": "message", "message_ts": "1906718400.000000", "channel_id": place},
        "channel": {"id": place, "name": "leaks"},
        "actions": [{"type": "button", "action_id": what, "block_id": "b", **chosen}],
    }
