"""A server of made-up feeds on loopback, in a process of its own: `python -m benchmarks.feeds COUNT` prints its port.

Feed N is at /N. POST /next makes five in a hundred of them gain an entry; the oldest leaves. ETags are honoured.
"""

import asyncio
import sys
from hashlib import sha256

ENTRIES = 20
CHANGED = 20  # one feed in so many changes
_SAID = (
    "今天天气不错，下午和团队一起吃了火锅，聊了聊今年的计划。We had a long walk in the park and looked at the lake. "
)


class Feeds:
    """The feeds as they are now."""

    def __init__(self, count: int) -> None:
        self._first = [0] * count
        self._turn = 0
        self._ready = [self._made(number) for number in range(count)]

    def next(self) -> None:
        """Some of them change."""
        for number in range(self._turn % CHANGED, len(self._first), CHANGED):
            self._first[number] += 1
            self._ready[number] = self._made(number)
        self._turn += 1

    def answer(self, path: str, known: str) -> bytes:
        """The feed, or 304 for who has it."""
        etag, body = self._ready[int(path[1:])]
        told = f"ETag: {etag}\r\nConnection: close\r\n"
        if known == etag:
            return f"HTTP/1.1 304 Not Modified\r\n{told}\r\n".encode()
        head = f"HTTP/1.1 200 OK\r\n{told}Content-Type: application/atom+xml\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _made(self, number: int) -> tuple[str, bytes]:
        newest = self._first[number] + ENTRIES
        entries = "".join(self._entry(number, post) for post in range(newest, newest - ENTRIES, -1))
        body = (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<title>Notes {number}</title><id>urn:feed:{number}</id>{entries}</feed>"
        ).encode()
        return f'"{sha256(body).hexdigest()[:16]}"', body

    @staticmethod
    def _entry(number: int, post: int) -> str:
        at = f"2030-05-{1 + post // 24 % 28:02}T{post % 24:02}:00:00Z"
        content = f"&lt;p&gt;{_SAID * 4}&lt;/p&gt;&lt;p&gt;Number {post} of {number}.&lt;/p&gt;"
        return (
            f"<entry><id>urn:feed:{number}:{post}</id><title>Note {post}</title><updated>{at}</updated>"
            f'<published>{at}</published><link href="https://notes.example/{number}/{post}"/>'
            f'<content type="html">{content}</content></entry>'
        )


async def _serve(count: int) -> None:
    feeds = Feeds(count)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = request.split(" ", 2)
            if method == "POST":
                feeds.next()
                writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            else:
                known = next((line[15:] for line in lines if line.lower().startswith("if-none-match: ")), "")
                writer.write(feeds.answer(path, known))
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
