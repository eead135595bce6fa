"""A small internet on loopback: names with public addresses, whose connections end at this machine."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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

    def dial(self, address: tuple[str, int], timeout_s: float) -> socket.socket:
        """Whatever the address, the connection ends at loopback."""
        self.dialled.append(address[0])
        return socket.create_connection(("127.0.0.1", address[1]), timeout_s)
