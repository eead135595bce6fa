"""Mail: one message as text and as HTML, one thread an alert, judged by the codes of RFC 5321.

The whole MIME message is made once; who it goes to stands in the envelope, which the receiver gives at each attempt.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final, Literal

from pydantic import Field

from monitor.config.fields import Host, Line, Mailbox
from monitor.config.receiver_tables import PasswordTable
from monitor.deliver.card import Card, Tone, plain
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.letter import page
from monitor.deliver.text import card_of
from monitor.deliver.workbook import SUBTYPE, workbook
from monitor.model.messages import EventKind, IncidentNotice, Letter, Message, Notice, Receiver, Request
from monitor.model.routes import Route
from monitor.model.summaries import Summary
from monitor.net.smtp import Reply, Step

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
SUBJECT: Final = 250  # characters; programs show fewer
OUR_NAME: Final = "leak-monitor"

_DELIVERED: Final = Judgement(Meaning.DELIVERED, "delivered")
_DENIED: Final = Judgement(Meaning.BACK_OFF, "denied")
_BUSY: Final = Judgement(Meaning.BACK_OFF, "throttled")
_REFUSED: Final = Judgement(Meaning.REFUSED, "refused")
_NO: Final = Judgement(Meaning.BACK_OFF, "smtp")
# Wherever it is said: RFC 5321, section 4.2; RFC 4954, section 6. Others are trouble of theirs, and tried again.
CODES: Final = {
    421: _BUSY,  # it closes
    450: _BUSY,  # the mailbox is busy, or we are unknown: greylisting
    451: _BUSY,
    452: _BUSY,
    530: _DENIED,  # sign in first
    534: _DENIED,
    535: _DENIED,  # user or password
    538: _DENIED,  # not without encryption
}
# Said of an address or of the content: that will not be taken. Of our sender or of us, it is ours to mend.
REFUSALS: Final = range(550, 555)
_OF_THE_MESSAGE: Final = frozenset({Step.RECIPIENT, Step.CONTENT})


class MailTable(PasswordTable):
    """[[receivers]] with format = "mail"."""

    format: Literal["mail"]
    host: Host
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Line | None = None
    sender: Mailbox = Field(alias="from")
    to: list[Mailbox] = Field(min_length=1, max_length=50)

    def address(self) -> str:
        """The server, as a URL."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.security == 'tls' else 'smtp'}://{place}:{self.port or PORTS[self.security]}"

    def misfit(self, route: Route) -> tuple[str, str, str] | None:
        """What cannot be: mail in clear outside of the company, half a sign-in, an HTTP proxy."""
        password = "password_file" if self.password_file else "password_env" if self.password_env else ""
        proxy = route.proxy_for(self.host)
        in_clear, encrypted = self.security == "none", 'use security = "starttls" or "tls"'
        rows = (
            (
                in_clear and not self.internal,
                (
                    "security",
                    "sends mail without encryption",
                    f"{encrypted}, or inside your own network internal = true",
                ),
            ),
            (in_clear and self.user, ("user", "would be told in clear, and the password too", encrypted)),
            (self.user and not password, ("user", "has no password", "name it with password_env or password_file")),
            (password and not self.user, (password, "belongs to nobody", "add user")),
            (
                not (self.user or "").isascii(),
                ("user", "must be ASCII", "write the name by which the mail server knows us"),
            ),
            (
                proxy is not None and not proxy.is_socks,
                (
                    "host",
                    "cannot be reached by an HTTP proxy, which carries no mail",
                    'write proxy = "none" here, or name a socks5:// proxy, or let no_proxy list this host',
                ),
            ),
        )
        return next((told for wrong, told in rows if wrong), None)


class Mail:
    """The format of mailboxes."""

    table = MailTable
    cap = None

    def render(self, message: Message, receiver: Receiver) -> Request:
        """The whole MIME message; RenderError if it cannot be put into words."""
        card, table = card_of(message, receiver), MailTable.of(receiver)
        mail = EmailMessage(policy=SMTP)
        for name, value in _headers(message, receiver, card, table):
            mail[name] = value
        mail.set_content(plain(card), cte="quoted-printable")
        mail.add_alternative(page(card), subtype="html", cte="quoted-printable")
        if isinstance(message, Summary):
            name = f"leak-monitor-{message.period.ends_on:%Y-%m-%d}.xlsx"
            mail.add_attachment(
                workbook(message, receiver), maintype="application", subtype=SUBTYPE, filename=name, cte="base64"
            )
        for no, part in enumerate(part for part in mail.walk() if part.is_multipart()):
            # "=_" is in no quoted-printable, and in no base64.
            part.set_boundary(f"=_{_digest(receiver.key, message.topic, card.title)}{no or ''}")
        return Request(mail.as_bytes(), "message/rfc822")

    def seal(self, receiver: Receiver, message_id: str, request: Request, now: datetime) -> Letter:  # noqa: ARG002
        """The same message at every attempt, to those addresses that do not have it yet."""
        table = MailTable.of(receiver)
        return Letter(
            host=table.host,
            port=table.port or PORTS[table.security],
            security=table.security,
            sender=table.sender,
            to=tuple(dict.fromkeys(address for address in table.to if address not in request.told)),
            body=f"X-Leak-Monitor-Id: {message_id}\r\n".encode() + request.body,
            user=table.user,
            password=receiver.secrets[0].decode() if receiver.secrets else None,
        )

    def judge(self, status: int, body: bytes) -> Judgement:
        """What a code means; `body` is the step at which it was said."""
        if 200 <= status < 300:  # noqa: PLR2004 - RFC 5321, section 4.2.1
            return _DELIVERED
        if not status:  # it does not offer what we need
            return Judgement(Meaning.BACK_OFF, "insecure") if body.decode() == Step.ENCRYPTION else _DENIED
        if status in REFUSALS and body.decode() in _OF_THE_MESSAGE:
            return _REFUSED
        return CODES.get(status, _NO)


def judge_reply(reply: Reply) -> Judgement:
    """What the last word of a server means; `partly` if some of the addresses were refused."""
    judged = Mail().judge(reply.code, reply.step.encode())
    if judged.meaning is Meaning.DELIVERED and reply.refused:
        return Judgement(Meaning.REFUSED, "partly")
    return judged


def _headers(message: Message, receiver: Receiver, card: Card, table: MailTable) -> Iterator[tuple[str, object]]:
    name, _, domain = table.sender.rpartition("@")
    at = message.event_at if isinstance(message, Notice | IncidentNotice) else message.at
    yield "From", Address(OUR_NAME, name, domain)
    yield "To", ", ".join(table.to)
    # "=?" begins an encoded word: readers would decode what nobody has encoded.
    yield "Subject", card.title[:SUBJECT].replace("=?", "=\u200b?")
    yield "Date", at.astimezone(UTC)
    opening = _opening(message)
    own = opening if opening and _opens(message) else f"{message.topic}\x1f{at.isoformat()}"
    yield "Message-ID", f"<{_digest(receiver.key, own)}@{domain}>"
    if opening and own != opening:
        yield "In-Reply-To", f"<{_digest(receiver.key, opening)}@{domain}>"
        yield "References", f"<{_digest(receiver.key, opening)}@{domain}>"
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: nobody's absence note answers it
    if card.tone is Tone.CRITICAL:
        yield "X-Priority", "1"
        yield "Importance", "high"


def _opening(message: Message) -> str | None:
    """What the first message of its thread is known by; None if it stands alone.

    With an instant, for numbers begin anew with a new database, and programs hide a Message-ID that they have seen.
    """
    if isinstance(message, Notice):
        return f"alert\x1f{message.alert_number}\x1f{message.first_seen_at.isoformat()}"
    if isinstance(message, IncidentNotice):
        return f"incident\x1f{message.number}\x1f{message.opened_at.isoformat()}"
    return None


def _opens(message: Message) -> bool:
    return isinstance(message, Notice | IncidentNotice) and message.event == EventKind.OPENED.value


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
