"""The outer world in a process of its own, so that none of its memory counts: `python -m tests.soak.outside SPEC`.

What it shows is a function of the instant alone, which the supervisor tells it: nothing has to be remembered. It prints
its port. SPEC is the JSON of a `Spec`.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

BEGIN = datetime(2030, 6, 5, 0, 0, tzinfo=UTC)
SHOWN = 20
LEAK_EVERY, EDIT_EVERY = 100, 40  # of the posts of an account
EDITED_AFTER_S = 900.0
_SAID = "今天和团队一起吃了火锅，聊了聊今年的计划，下午去湖边走了走。Lunch with the team and a walk by the lake."


@dataclass(frozen=True)
class Spec:
    """How many accounts, and how many seconds between two posts of one."""

    accounts: int
    post_every_s: float


def posts_of(spec: Spec, number: int, at: datetime) -> list[dict[str, str]]:
    """What the account shows at an instant, the newest first."""
    offset_s = spec.post_every_s * number / spec.accounts
    last = int(((at - BEGIN).total_seconds() - offset_s) // spec.post_every_s)
    shown = []
    for n in range(last, max(-1, last - SHOWN), -1):
        published = BEGIN + timedelta(seconds=offset_s + n * spec.post_every_s)
        age_s = (at - published).total_seconds()
        said = "明天来看云雀9" if (n + number) % LEAK_EVERY == 5 else _SAID
        edited = " 更正一处笔误。" if (n + number) % EDIT_EVERY == 0 and age_s > EDITED_AFTER_S else ""
        text = f"{said} 第{n}篇，作者{number}。{edited}"
        shown.append({"id": f"post-{n}", "content_text": text, "date_published": published.isoformat()})
    return shown


def is_broken(number: int, at: datetime) -> bool:
    """An account in twelve is out of order for ten minutes of each hour."""
    return (number + at.hour) % 12 == 0 and 20 <= at.minute < 30


def is_down(receiver: str, at: datetime) -> bool:
    """One receiver is down for half an hour of every fourth hour, another for ten minutes of every hour."""
    return at.minute < 30 and at.hour % 4 == 2 if receiver == "desk" else 40 <= at.minute < 50


class Outside:
    """The sites and the receivers as they are now."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._at = BEGIN
        self.received = 0

    def answer(self, method: str, path: str, known: str) -> bytes:
        """`/feed/N`, `/hook/KEY`, and for the supervisor `/now/ISO` and `/received`."""
        _, kind, rest = f"{path}/".split("/", 2)
        rest = rest.removesuffix("/")
        if kind == "now":
            self._at = datetime.fromisoformat(rest)
            return _reply(204)
        if kind == "received":
            return _reply(200, str(self.received).encode())
        if method == "POST":
            self.received += not is_down(rest, self._at)
            return _reply(503 if is_down(rest, self._at) else 204)
        return self._feed(int(rest), known)

    def _feed(self, number: int, known: str) -> bytes:
        if is_broken(number, self._at):
            return _reply(503)
        items = posts_of(self._spec, number, self._at)
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": f"Notes {number}", "items": items}
        body = json.dumps(feed).encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if known == etag:
            return _reply(304, b"", f"ETag: {etag}\r\n")
        return _reply(200, body, f"ETag: {etag}\r\nContent-Type: application/feed+json\r\n")


def _reply(status: int, body: bytes = b"", lines: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Said\r\n{lines}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve(outside: Outside) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = request.split(" ", 2)
            headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
            await reader.readexactly(int(headers.get("content-length", 0)))
            writer.write(outside.answer(method, path, headers.get("if-none-match", "")))
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Outside(Spec(**json.loads(sys.argv[1])))))
