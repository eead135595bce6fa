"""A small internet on loopback: names with public addresses, whose connections end at this machine."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

Answers = Sequence[str] | Callable[[], Sequence[str]]


@dataclass
class Internet:
    """Resolves `names` and dials for the client; keeps every look-up and every address that was dialled."""

    names: dict[str, Answers]
    looked_up: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)

    def resolve(self, host: str) -> Sequence[str]:
        self.looked_up.append(host)
        answers = self.names.get(host, [host])
        return answers() if callable(answers) else answers

    def plug_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every connection, to whatever address, end at loopback."""
        connect = socket.create_connection

        def dial(address: tuple[str, int], timeout: float) -> socket.socket:
            self.dialled.append(address[0])
            return connect(("127.0.0.1", address[1]), timeout)

        monkeypatch.setattr(socket, "create_connection", dial)
