"""The pretend chat: takes messages as a careful receiver does, and keeps its own log of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final, Self

from monitor.clock import Clock
from monitor.deliver.signing import verify
from monitor.demo.loopback import Handler, Loopback

_MOST_BYTES: Final = 1_000_000
TAKEN, REFUSED, DOWN = 204, 401, 503


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request, as the chat saw it: `status` is what it answered."""

    message_id: str
    status: int
    at: datetime


class Chat:
    """A receiver on the loopback address that checks every signature and can be switched off."""

    def __init__(self, secrets: Sequence[bytes], clock: Clock) -> None:
        self._secrets = tuple(secrets)
        self._clock = clock
        self._arrived: list[Arrived] = []
        self._writing = Lock()
        self._on = True
        self._loopback = Loopback(_handler(self))

    def __enter__(self) -> Self:
        self._loopback.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._loopback.__exit__()

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"{self._loopback.url}/messages"

    @property
    def is_on(self) -> bool:
        """Whether it takes messages."""
        return self._on

    def switch(self, *, on: bool) -> None:
        """While it is off, it answers 503 to everything."""
        self._on = on

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status for one request, which is written down."""
        now = self._clock.now()
        status = self._judge(headers, body, now)
        with self._writing:
            self._arrived.append(Arrived(headers.get("webhook-id", ""), status, now))
        return status

    def _judge(self, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
        if not self._on:
            return DOWN
        return REFUSED if verify(self._secrets, headers, body, now) else TAKEN

    def taken(self) -> Counter[str]:
        """How often each message, by its id, was taken with a good signature."""
        with self._writing:
            return Counter(a.message_id for a in self._arrived if a.status == TAKEN)

    def turned_away(self) -> int:
        """How many requests came while it was off."""
        with self._writing:
            return sum(a.status == DOWN for a in self._arrived)


def _handler(chat: Chat) -> type[Handler]:
    class ChatHandler(Handler):
        def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
            length = min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = chat.take(headers, self.rfile.read(length))
            self.answer(status)

    return ChatHandler
