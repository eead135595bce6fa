"""A server that speaks Mastodon's API and keeps what is posted to it: mastodon_mock, made by others."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

from tests.real.programs import free_port, program, running

PROGRAM: Final = "mastodon_mock"
MISSING: Final = "mastodon_mock is not installed: pip install mastodon-mock, in an environment of its own"
AUTHORS: Final = tuple(f"lin{number}" for number in range(20))


class Mastodon:
    """The server, and the hands of those who post there: the author, unless somebody else is named."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.author = AUTHORS[0]

    def post(self, text: str, by: str = "", **more: object) -> str:
        """A new status; its id."""
        return str(self.ask("POST", "statuses", {"status": text, **more}, by)["id"])

    def share(self, status_id: str, by: str = "") -> str:
        """A boost; its id."""
        return str(self.ask("POST", f"statuses/{status_id}/reblog", {}, by)["id"])

    def edit(self, status_id: str, text: str, by: str = "") -> None:
        """The status says something else now."""
        self.ask("PUT", f"statuses/{status_id}", {"status": text}, by)

    def delete(self, status_id: str, by: str = "") -> None:
        """The status is no more."""
        self.ask("DELETE", f"statuses/{status_id}", None, by)

    def pin(self, status_id: str, by: str = "") -> None:
        """The status stands above the others."""
        self.ask("POST", f"statuses/{status_id}/pin", {}, by)

    def ask(self, method: str, path: str, body: Mapping[str, object] | None, by: str = "") -> Any:
        """An answer of its API to this person."""
        headers = {"Authorization": f"Bearer {by or self.author}-writes", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.url}/api/v1/{path}", data=data, headers=headers, method=method)
        with urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


@contextmanager
def mastodon(folder: Path) -> Iterator[Mastodon]:
    """A server with all authors and a fan."""
    found = program(PROGRAM)
    if found is None:
        raise FileNotFoundError(MISSING)
    port = free_port()
    config = folder / "mastodon.toml"
    people = ("fan", *AUTHORS)
    accounts = (f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "{name}-writes"\n' for name in people)
    config.write_text("".join(accounts))
    words = [found, "serve", "--config", str(config), "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
    with running(words, port, log=folder / "mastodon.log", folder=folder):
        yield Mastodon(f"http://127.0.0.1:{port}")
