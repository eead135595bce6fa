"""Mail servers on the loopback address: aiosmtpd as people run it, and one that answers as scripted."""

import asyncio
import socket
import socketserver
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "probe", "mail-secret"
GREETING, END_OF_DATA = "GREETING", "."
HANG, DRIP, CUT, ENDLESS = "hang", "drip", "cut", "endless"  # in place of a reply
GOOD: Mapping[str, str] = {
    GREETING: "220 mail.example ready",
    "EHLO": "250 mail.example",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    END_OF_DATA: "250 taken",
    "QUIT": "221 bye",
}


@dataclass(frozen=True)
class Letter:
    """What arrived: the envelope, the message, and how."""

    sender: str
    to: tuple[str, ...]
    body: bytes
    encrypted: bool
    user: str | None


class MailServer:
    """aiosmtpd in a thread; with `tls` it offers STARTTLS, or speaks TLS `at_once`. Use as a context manager."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, at_once: bool = False, wants_user: bool = False) -> None:
        self.letters: list[Letter] = []
        self.greetings: list[str] = []
        self._tls = tls
        self._at_once = at_once
        self._wants_user = wants_user
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            self._session, sock=self._socket, ssl=self._tls if self._at_once else None
        )
        self._ready.set()
        await self._over.wait()
        server.close()
        await server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _session(self) -> SMTP:
        starttls = self._tls is not None and not self._at_once
        return SMTP(
            self,
            hostname="mail.example",
            tls_context=self._tls if starttls else None,
            require_starttls=starttls,
            authenticator=self._authenticate,
            auth_required=self._wants_user and starttls,  # it warns of passwords in clear, blind to TLS at once
            auth_require_tls=starttls,
            loop=self._loop,
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good, auth_data=USER if good else None)

    async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note how we were greeted."""
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter."""
        encrypted = self._at_once or session.ssl is not None
        body = envelope.content if isinstance(envelope.content, bytes) else b""
        self.letters.append(
            Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), body, encrypted, session.auth_data)
        )
        return "250 taken"


@dataclass
class ScriptedServer:
    """Answers every command as `replies` say: by its verb, or by the whole command, such as an address."""

    replies: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    heard: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def reply_to(self, command: str) -> str:
        """What is answered to that command."""
        verb = command.partition(" ")[0].upper()
        known = {**GOOD, **self.replies}
        by_address = next((reply for key, reply in self.replies.items() if f"<{key}>" in command), None)
        return by_address or known.get(verb, "502 unknown")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: ScriptedServer) -> None:
        self.script = script
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are what these tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        script = self.server.script
        if not self._say(script.reply_to(GREETING)):
            return
        while line := self.rfile.readline():
            command = line.decode().rstrip("\r\n")
            script.heard.append(command)
            if not self._say(script.reply_to(command)):
                return
            if command.upper() == "DATA" and script.reply_to("DATA").startswith("354"):
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    script.heard.append(line.decode().rstrip("\r\n"))
                if not self._say(script.reply_to(END_OF_DATA)):
                    return

    def _say(self, reply: str) -> bool:
        over = self.server.script.over
        if reply == CUT:
            return False
        if reply == HANG:
            over.wait()
            return False
        while reply == DRIP and not over.wait(0.02):
            self.wfile.write(b"2")
        while reply == ENDLESS and not over.is_set():
            self.wfile.write(b"250-more\r\n")
        self.wfile.write(reply.encode() + b"\r\n")
        return True
