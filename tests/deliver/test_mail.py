"""What a mail holds, and what the codes of a server mean; tests/deliver/test_mail_sent.py sends them."""

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from monitor.deliver.card import Tone
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.letter import COLOURS
from monitor.deliver.mail import Mail, MailTable, judge_reply
from monitor.deliver.text import readable
from monitor.errors import ConfigError
from monitor.model.messages import Disclosure, EventKind, IncidentEvent, Message, Receiver, Request
from monitor.model.rulebook import Severity
from monitor.net.smtp import Reply, Step
from tests.config.sample import VALID, load
from tests.deliver.office import CONTROLS, EVERY, HOSTILE, MESSAGES, OF_POSTS, POSTS, said, to
from tests.deliver.samples import SEEN_AT, TEST_NOTICE, incident, notice
from tests.deliver.summaries import summary

MAIL = Mail()
KEYS = {
    "format": "mail",
    "key": "duty",
    "host": "mail.yunque.example",
    "from": "alerts@yunque.example",
    "to": ["zhou@yunque.example", "chen@yunque.example"],
}


def mailbox(show: Disclosure = Disclosure.POST, language: str = "zh", **keys: object) -> Receiver:
    return to("mail", show, language, options=MailTable.model_validate({**KEYS, **keys}))


def read(message: Message, receiver: Receiver | None = None) -> EmailMessage:
    body = MAIL.render(message, receiver or mailbox()).body
    parsed = email.message_from_bytes(body, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n").rstrip("\n"), html.get_content()


class Page(HTMLParser):
    """The text of a page, its tags, and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.given: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.given += [(tag, name, value or "") for name, value in attrs]
        if tag == "br":
            self.texts.append("\n")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_every_message_is_ascii_in_lines_that_every_server_takes(name: str, show: Disclosure, language: str) -> None:
    body = MAIL.render(MESSAGES[name], mailbox(show, language)).body
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", body)
    assert max(body) < 128


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_every_message_says_the_same_as_text_and_as_html_and_fetches_nothing(
    name: str, show: Disclosure, language: str
) -> None:
    receiver = mailbox(show, language)
    text, html = parts(read(MESSAGES[name], receiver))
    assert text == readable(MESSAGES[name], receiver).rstrip("\n")
    page = Page(html)
    assert page.tags <= {*("html", "head", "meta", "title", "body", "table", "tr", "td", "br", "div", "a")}
    assert [given for given in page.given if given[1] in ("src", "background") or "url(" in given[2]] == []
    assert {value.partition(":")[0] for _, name, value in page.given if name == "href"} <= {"https", "http"}
    whole = "".join(page.texts)
    urls = {value for _, name, value in page.given if name == "href"}
    missing = [line for line in text.split("\n") if line not in whole and not any(line.endswith(url) for url in urls)]
    assert missing == []


@pytest.mark.parametrize("post", HOSTILE)
def test_a_post_is_shown_as_it_was_written_and_does_nothing(post: str) -> None:
    text, html = parts(read(said(post)))
    assert post in text
    assert post in "".join(Page(html).texts)


def test_a_message_writes_no_header_of_its_own() -> None:
    evil = "x\r\nBcc: evil@evil.example\r\n\r\n<html> =?utf-8?q?=0D=0ABcc=3A_evil=40evil.example?="
    for message in (said(CONTROLS, product_label=evil, person_name=evil), incident(subject=evil, detail={"by": evil})):
        mail = read(message)
        known = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted"}
        assert {name.lower() for name in mail.keys()} - known <= {  # noqa: SIM118 - it is no dict
            *("x-priority", "importance", "mime-version", "content-type")
        }
        assert "\n" not in mail["Subject"]
        assert "=?utf-8?q?" not in mail["Subject"]


@given(st.text())
def test_no_label_breaks_a_message(label: str) -> None:
    mail = read(said("x", product_label=label))
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1


def test_the_headers_of_an_alert() -> None:
    mail = read(POSTS["short"])
    assert mail["From"] == "leak-monitor <alerts@yunque.example>"
    assert mail["To"] == "zhou@yunque.example, chen@yunque.example"
    assert mail["Subject"] == "🔴 紧急 · 疑似泄密 · 翠鸟"
    assert mail["Date"].datetime == SEEN_AT.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["X-Priority"], mail["Importance"]) == ("1", "high")
    assert mail.get_content_type() == "multipart/alternative"


def test_only_what_is_critical_claims_priority() -> None:
    calm = (notice(severity=Severity.HIGH), notice(event=EventKind.GONE, gone_at=SEEN_AT), incident(), TEST_NOTICE)
    assert [read(message)["X-Priority"] for message in calm] == [None] * 4


def test_what_becomes_of_an_alert_is_in_its_thread() -> None:
    begun = read(notice())
    assert begun["In-Reply-To"] is None
    follow_ups = [
        read(notice(event=event, seq=seq, topic=f"alert:17:{seq}", event_at=SEEN_AT + timedelta(minutes=seq)))
        for seq, event in enumerate((EventKind.ADDED, EventKind.GONE, EventKind.REVIEWED), 2)
    ]
    assert {(mail["In-Reply-To"], mail["References"]) for mail in follow_ups} == {(begun["Message-ID"],) * 2}
    assert len({mail["Message-ID"] for mail in (begun, *follow_ups)}) == 4
    assert begun["Message-ID"].endswith("@yunque.example>")


def test_what_becomes_of_an_incident_is_in_its_thread() -> None:
    begun, over = read(incident()), read(incident(event=IncidentEvent.CLOSED, seq=2, topic="incident:3:2"))
    assert over["In-Reply-To"] == begun["Message-ID"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((notice(alert_number=2418), "comms"), id="another alert"),
        pytest.param((notice(first_seen_at=SEEN_AT + timedelta(days=400)), "comms"), id="its number in a new database"),
        pytest.param((notice(), "others"), id="another receiver"),
    ],
)
def test_another_thread_has_another_id(other: tuple[Message, str]) -> None:
    message, key = other
    assert read(notice())["Message-ID"] != read(message, replace(mailbox(), key=key))["Message-ID"]


def test_a_message_is_made_of_the_same_bytes_again() -> None:
    assert MAIL.render(notice(), mailbox()) == MAIL.render(notice(), mailbox())


@pytest.mark.parametrize("name", POSTS)
def test_minimal_holds_nothing_of_the_post(name: str) -> None:
    mail = read(POSTS[name], mailbox(Disclosure.MINIMAL))
    whole = "\n".join((mail["Subject"], *parts(mail)))
    assert [word for word in OF_POSTS if word in whole] == []


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("tone", Tone)
def test_a_title_can_be_read_on_its_colour(tone: Tone) -> None:
    dark, light = sorted(map(luminance, COLOURS[tone]))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# --- the envelope -------------------------------------------------------------------------------------------------


def test_the_envelope_comes_from_the_receiver_at_each_attempt() -> None:
    request = MAIL.render(notice(), mailbox())
    later = replace(mailbox(to=["chen@yunque.example", "wu@yunque.example", "wu@yunque.example"]), secrets=(b"hush",))
    letter = MAIL.seal(later, "msg_1", replace(request, told=("chen@yunque.example",)), SEEN_AT)
    assert (letter.sender, letter.to) == ("alerts@yunque.example", ("wu@yunque.example",))
    assert letter.body == b"X-Leak-Monitor-Id: msg_1\r\n" + request.body
    assert "hush" not in repr(letter)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_a_port_that_is_not_said_is_the_usual_one(security: str, port: int) -> None:
    letter = MAIL.seal(mailbox(security=security), "msg_1", Request(b"", ""), SEEN_AT)
    assert letter.port == port


# --- what codes mean ----------------------------------------------------------------------------------------------

CODES = {
    **dict.fromkeys((421, 450, 451, 452), ("back_off", "throttled")),
    **dict.fromkeys((530, 534, 535, 538), ("back_off", "denied")),
}
OF_THE_MESSAGE = {**CODES, **dict.fromkeys(range(550, 555), ("refused", "refused"))}


@pytest.mark.parametrize("step", Step)
def test_every_code_of_every_step_has_its_row(step: Step) -> None:
    rows = OF_THE_MESSAGE if step in (Step.RECIPIENT, Step.CONTENT) else CODES
    for code in range(-1, 1000):
        usual = ("delivered", "delivered") if 200 <= code < 300 else ("back_off", "smtp")
        if code == 0:
            usual = ("back_off", "insecure" if step is Step.ENCRYPTION else "denied")
        meaning, said_code = rows.get(code, usual)
        assert judge_reply(Reply(step, code)) == Judgement(Meaning(meaning), said_code)


def test_a_letter_that_some_addresses_refuse_is_partly_told() -> None:
    assert judge_reply(Reply(Step.CONTENT, 250, (("a@b.example", 550),))) == Judgement(Meaning.REFUSED, "partly")
    assert judge_reply(Reply(Step.CONTENT, 554, (("a@b.example", 550),))) == Judgement(Meaning.REFUSED, "refused")


# --- configuration ------------------------------------------------------------------------------------------------

TABLE = """
[[receivers]]
key = "duty"
format = "mail"
host = "mail.yunque.example"
from = "alerts@yunque.example"
to = ["zhou@yunque.example"]
"""


def test_a_mailbox_is_configured_in_six_lines(tmp_path: Path) -> None:
    (_, receiver) = load(VALID + TABLE + 'user = "probe"\npassword_env = "FEED_AUTH"\n', tmp_path).receivers
    assert (receiver.format, receiver.url) == ("mail", "smtp://mail.yunque.example:587")
    assert receiver.secrets == (b"Bearer t-7654321",)
    assert "t-7654321" not in repr(receiver)


def wrong() -> Iterator[object]:
    add, swap = TABLE.__add__, TABLE.replace
    yield pytest.param(add('security = "none"\n'), "security sends mail without encryption", id="in clear")
    yield pytest.param(
        add('security = "none"\ninternal = true\nuser = "u"\npassword_env = "FEED_AUTH"\n'), "in clear", id="password"
    )
    yield pytest.param(add('user = "u"\n'), "user has no password", id="no password")
    yield pytest.param(add('password_env = "FEED_AUTH"\n'), "password_env belongs to nobody", id="no user")
    yield pytest.param(add('user = "周"\npassword_env = "FEED_AUTH"\n'), "user must be ASCII", id="user")
    yield pytest.param(add('proxy_env = "CORP_PROXY"\n'), "HTTP proxy", id="HTTP proxy")
    yield pytest.param("[network]\n" + 'proxy = "http://p.example:1"\n' + TABLE, "HTTP proxy", id="that of [network]")
    yield pytest.param(swap('"mail.yunque.example"', '"smtp://mail.example"'), "host is no host", id="scheme")
    yield pytest.param(swap('"mail.yunque.example"', '"10.0.0.300"'), "host is no host", id="address")
    yield pytest.param(swap("alerts@", "云雀 <alerts@"), "from holds what is no address", id="name")
    yield pytest.param(swap("zhou@", "a@b.example, zhou@"), "to holds what is no address", id="two in one")
    yield pytest.param(swap("zhou@", r"a@b.example\r\nBcc: zhou@"), "to must be one line", id="header")
    yield pytest.param(swap('["zhou@yunque.example"]', "[]"), "to must not be empty", id="nobody")
    yield pytest.param(swap('from = "alerts@yunque.example"\n', ""), "from is missing", id="no sender")
    yield pytest.param(add("port = 0\n"), "port is too small", id="port")


@pytest.mark.parametrize(("table", "told"), list(wrong()))
def test_what_cannot_be_is_refused_at_load(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(VALID + table, tmp_path)
    assert told in str(caught.value)
    assert "t-7654321" not in str(caught.value)


@pytest.mark.parametrize(
    "key", ['proxy = "none"', 'no_proxy = ["yunque.example"]', 'proxy = "socks5://s.example:1080"']
)
def test_a_mailbox_may_have_its_own_way_past_a_proxy(tmp_path: Path, key: str) -> None:
    text = VALID.replace("[web]", '[network]\nproxy = "http://proxy.example:3128"\n\n[web]')
    assert load(f"{text}{TABLE}{key}\n", tmp_path).receivers[1].format == "mail"


# --- the summary ------------------------------------------------------------------------------------------------------


def test_a_summary_carries_its_workbook() -> None:
    mail = read(summary())
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert attached.get_filename() == f"leak-monitor-{summary().period.ends_on}.xlsx"
    content = attached.get_content()
    assert load_workbook(BytesIO(content)).sheetnames
    text, html = parts(mail)
    assert text
    assert html
    assert MAIL.render(summary(), mailbox()).body == MAIL.render(summary(), mailbox()).body
