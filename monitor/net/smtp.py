"""One letter to one mail server, over a guarded socket: RFC 5321, by the standard library.

Every reply is read within the line's deadline and cap. What the server says in words is never kept: it may quote us.
"""

import io
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import Failure, TransportError
from monitor.model.messages import Letter
from monitor.net.line import BoundedReader, Line

_GREETING = 220
_GO_ON = 250
_TAKEN = range(200, 300)
_CLOSING = 421


class Step(StrEnum):
    """How far a letter came."""

    GREETING = "greeting"
    ENCRYPTION = "encryption"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Reply:
    """The last word of a server on a letter: its code, 0 if it does not know the command, and what that was about.

    After a letter was taken, `refused` are those of its addresses that were not, each with its code.
    """

    step: Step
    code: int
    refused: tuple[tuple[str, int], ...] = ()


def deliver(letter: Letter, line: Line, tls: ssl.SSLContext) -> Reply:
    """Send a letter; raises OSError, TransportError, and nothing of the library's own.

    An address that is refused keeps no other from having the letter.
    """
    if line.proxy is not None and not line.proxy.is_socks:
        raise TransportError(Failure.PROXY, "mail goes by no HTTP proxy")
    try:
        session = _Session(letter, line, tls)
    except smtplib.SMTPResponseException as refusal:
        return Reply(Step.GREETING, refusal.smtp_code)
    except smtplib.SMTPServerDisconnected:
        raise _broken(letter, line) from None
    try:
        return _talk(session, letter, tls)
    except smtplib.SMTPException:  # it hung up, or said what is no SMTP
        raise _broken(letter, line) from None
    finally:
        session.close()


def _broken(letter: Letter, line: Line) -> TransportError:
    line.left_s()  # raises if the time is over: the library tells that as a hang-up
    return TransportError(Failure.NETWORK, f"{letter.host} broke off")


def _talk(session: "_Session", letter: Letter, tls: ssl.SSLContext) -> Reply:
    refusal = _entered(session, letter, tls)
    if refusal is not None:
        return refusal
    code, _ = session.mail(letter.sender)
    if code != _GO_ON:
        return Reply(Step.SENDER, code)
    refused = []
    for address in letter.to:
        code, _ = session.rcpt(address)
        if code == _CLOSING:
            return Reply(Step.RECIPIENT, code)
        if code not in _TAKEN:
            refused.append((address, code))
    if len(refused) == len(letter.to):
        return Reply(Step.RECIPIENT, min(code for _, code in refused))  # one that may pass counts before one that stays
    try:
        code, _ = session.data(letter.body)
    except smtplib.SMTPDataError as refusal_of_data:
        return Reply(Step.CONTENT, refusal_of_data.smtp_code)
    with suppress(smtplib.SMTPException, OSError, TransportError):
        session.putcmd("quit")  # the letter has been taken: nobody waits for a farewell
    return Reply(Step.CONTENT, code, tuple(refused) if code in _TAKEN else ())


def _entered(session: "_Session", letter: Letter, tls: ssl.SSLContext) -> Reply | None:
    """Greet, encrypt and sign in as the letter asks; the reply that stands in the way, None if none does."""
    step = Step.GREETING
    try:
        session.ehlo_or_helo_if_needed()
        if letter.security == "starttls":
            step = Step.ENCRYPTION
            session.starttls(context=tls)
            session.ehlo_or_helo_if_needed()
        if letter.user is not None:
            step = Step.SIGN_IN
            session.login(letter.user, letter.password or "")
    except smtplib.SMTPNotSupportedError:
        return Reply(step, 0)
    except smtplib.SMTPResponseException as refusal:
        return Reply(step, refusal.smtp_code)
    return None


class _Session(smtplib.SMTP):
    """The library's session, where a socket is opened and a reply is read by our line."""

    def __init__(self, letter: Letter, line: Line, tls: ssl.SSLContext) -> None:
        self._line = line
        self._at_once = tls if letter.security == "tls" else None
        # A name of our own would be asked of the resolver, past the deadline; the address is told below.
        try:
            super().__init__(letter.host, letter.port, local_hostname="[127.0.0.1]")
            self.local_hostname = _literal(self._socket())
        except (OSError, smtplib.SMTPException, TransportError):
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: object) -> socket.socket:  # noqa: ARG002 - the line knows it
        plain = self._line.connect(host, port)
        if self._at_once is None:
            return plain
        plain.settimeout(self._line.left_s())
        return self._at_once.wrap_socket(plain, server_hostname=host)

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        return self.sock

    def getreply(self) -> tuple[int, bytes]:
        """One reply, within the deadline and the cap."""
        if self.file is None:
            sock = self._socket()
            self.file = io.BufferedReader(BoundedReader(sock, sock.makefile("rb", buffering=0), self._line))
        return super().getreply()

    def send(self, s: bytes | str) -> None:  # type: ignore[override]  # typeshed also allows other buffers
        """Write, within the deadline."""
        self._socket().settimeout(self._line.left_s())
        super().send(s)


def _literal(sock: socket.socket) -> str:
    """How a client without a name of its own greets: RFC 5321, section 4.1.3."""
    address = sock.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
