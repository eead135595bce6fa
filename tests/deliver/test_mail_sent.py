"""Mail as it is sent: to aiosmtpd with TLS and AUTH, and to a server that fails as scripted."""

import email
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.policy import SMTP
from typing import Any

import pytest
import trustme

from monitor.clock import SystemClock
from monitor.deliver import FORMATS, retry
from monitor.deliver.judge import Meaning, Outcome
from monitor.deliver.mail import MailTable
from monitor.deliver.send import send
from monitor.model.messages import DeliveryState, NextStep, Receiver, ReceiverState, Request
from monitor.model.routes import Route
from monitor.net.client import DELIVERY_LIMITS, Client, Limits
from tests.deliver.mailserver import (
    CUT,
    DRIP,
    END_OF_DATA,
    ENDLESS,
    GREETING,
    HANG,
    PASSWORD,
    USER,
    MailServer,
    ScriptedServer,
)
from tests.deliver.office import to
from tests.deliver.samples import SEEN_AT, notice
from tests.net.internet import Internet
from tests.net.proxies import HttpProxy, SocksProxy

BRISK = Limits(connect_timeout_s=0.4, total_timeout_s=0.4, max_body_bytes=65536, max_redirects=0)
OUTSIDE = "1.1.1.1"
ALL = ("zhou@yunque.example", "chen@yunque.example")
NET = Internet({"mail.example": [OUTSIDE], "inside.example": ["10.0.0.8"]})


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(elapsed_s=SystemClock().elapsed_s, user_agent="leak-monitor/test", resolve=NET.resolve, dial=NET.dial)
    yield made
    made.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("mail.example",))).configure_cert(context)
    return context


def mailbox(
    port: int, route: Route | None = None, *, private: bool = False, password: str = "", **keys: object
) -> Receiver:
    table = {"format": "mail", "key": "duty", "host": "mail.example", "port": port, "security": "none"}
    options = MailTable.model_validate({**table, "from": "alerts@yunque.example", "to": list(ALL), **keys})
    made = to("mail", options=options, route=route or Route(), allow_private_network=private)
    return replace(made, secrets=(password.encode(),) if password else ())


def post(client: Client, receiver: Receiver, told: tuple[str, ...] = (), limits: Limits = DELIVERY_LIMITS) -> Outcome:
    rendered = FORMATS["mail"].render(notice(), receiver)
    return send(client, receiver, "msg_1", Request(rendered.body, rendered.content_type, told), SEEN_AT, limits=limits)


def follow(outcome: Outcome, now: datetime = SEEN_AT) -> NextStep:
    return retry.after_attempt(outcome, 1, 0, now, 0, now, 0.5)


def trusting(authority: trustme.CA) -> Route:
    return Route(trust=authority.cert_pem.bytes().decode())


SIGNED_IN: dict[str, Any] = {"user": USER, "password": PASSWORD}


@pytest.mark.parametrize("at_once", [False, True])
def test_a_letter_arrives_whole_encrypted_and_signed_in(
    client: Client, authority: trustme.CA, *, at_once: bool
) -> None:
    with MailServer(tls_for(authority), at_once=at_once, wants_user=True) as server:
        security = "tls" if at_once else "starttls"
        outcome = post(client, mailbox(server.port, trusting(authority), security=security, **SIGNED_IN))
        (letter,) = server.letters
    assert outcome == Outcome(Meaning.DELIVERED, "delivered", 250)
    assert (letter.sender, letter.to, letter.encrypted, letter.user) == ("alerts@yunque.example", ALL, True, USER)
    read = email.message_from_bytes(letter.body, policy=SMTP)
    assert read["X-Leak-Monitor-Id"] == "msg_1"
    assert read["Subject"] == "🔴 紧急 · 疑似泄密 · 翠鸟"
    assert set(server.greetings) == {"[127.0.0.1]"}


def test_what_arrives_is_what_was_made(client: Client) -> None:
    with MailServer() as server:
        post(client, mailbox(server.port))
        post(client, mailbox(server.port))
        first, second = server.letters
    made = FORMATS["mail"].render(notice(), mailbox(1)).body
    assert first.body == second.body == b"X-Leak-Monitor-Id: msg_1\r\n" + made
    assert not first.encrypted


def test_a_wrong_password_is_no_way_in(client: Client, authority: trustme.CA) -> None:
    with MailServer(tls_for(authority), wants_user=True) as server:
        wrong = mailbox(server.port, trusting(authority), security="starttls", user=USER, password="guess")
        without = mailbox(server.port, trusting(authority), security="starttls")
        assert post(client, wrong) == Outcome(Meaning.BACK_OFF, "denied", 535)
        assert post(client, without) == Outcome(Meaning.BACK_OFF, "denied", 530)
        assert server.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["mail.example", "other.example"])
def test_a_server_that_cannot_be_trusted_is_told_nothing(
    client: Client, authority: trustme.CA, security: str, name: str
) -> None:
    issuer = trustme.CA() if name == "mail.example" else authority
    with MailServer(tls_for(issuer, name), at_once=security == "tls") as server:
        to_it = mailbox(server.port, trusting(authority), security=security, **SIGNED_IN)
        assert post(client, to_it) == Outcome(Meaning.BACK_OFF, "network")
        assert server.letters == []


def test_a_server_without_encryption_is_told_nothing(client: Client) -> None:
    with ScriptedServer() as server:
        outcome = post(client, mailbox(server.port, security="starttls", **SIGNED_IN))
        assert [line.split()[0] for line in server.heard] == ["ehlo"]
    assert outcome == Outcome(Meaning.BACK_OFF, "insecure")


def test_what_is_said_before_the_encryption_counts_no_more(client: Client, authority: trustme.CA) -> None:
    """What somebody between us slips in behind the answer to STARTTLS: CVE-2011-0411 and its kin."""
    replies = {"EHLO": "250-mail.example\r\n250 STARTTLS", "STARTTLS": "220 go\r\n250-AUTH PLAIN\r\n250 fine"}
    with ScriptedServer(replies) as server:
        outcome = post(client, mailbox(server.port, trusting(authority), security="starttls"), limits=BRISK)
        assert [line for line in server.heard if line.lower().startswith("mail")] == []
    assert outcome.meaning is Meaning.BACK_OFF


# --- failures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "delivery", "receiver_state", "code", "status"),
    [
        pytest.param({GREETING: "554 go away"}, "waiting", "failing", "smtp", 554, id="greeting 554"),
        pytest.param({GREETING: "421 busy"}, "waiting", "failing", "throttled", 421, id="greeting 421"),
        pytest.param({GREETING: "HTTP/1.1 400 Bad"}, "waiting", "failing", "smtp", None, id="no mail server"),
        pytest.param({GREETING: "2" * 70_000}, "waiting", "failing", "smtp", 500, id="a line without end"),
        pytest.param({"EHLO": "502 no", "HELO": "250 hello"}, "delivered", "ok", "delivered", 250, id="HELO"),
        pytest.param({"EHLO": "421 later", "HELO": "421 later"}, "waiting", "failing", "throttled", 421, id="EHLO 421"),
        pytest.param({"MAIL": "530 sign in"}, "waiting", "failing", "denied", 530, id="MAIL 530"),
        pytest.param({"MAIL": "550 not yours"}, "waiting", "failing", "smtp", 550, id="MAIL 550: the sender is ours"),
        pytest.param({"MAIL": "452 full"}, "waiting", "failing", "throttled", 452, id="MAIL 452"),
        pytest.param({"RCPT": "450 greylisted"}, "waiting", "failing", "throttled", 450, id="RCPT 450"),
        pytest.param({"RCPT": "451 later"}, "waiting", "failing", "throttled", 451, id="RCPT 451"),
        pytest.param({"RCPT": "421 closing"}, "waiting", "failing", "throttled", 421, id="RCPT 421"),
        pytest.param({"RCPT": "550 unknown"}, "waiting", "ok", "refused", 550, id="RCPT 550"),
        pytest.param({"RCPT": "551 moved"}, "waiting", "ok", "refused", 551, id="RCPT 551"),
        pytest.param({"RCPT": "553 odd"}, "waiting", "ok", "refused", 553, id="RCPT 553"),
        pytest.param({"RCPT": "530 sign in"}, "waiting", "failing", "denied", 530, id="RCPT 530"),
        pytest.param({"RCPT": "503 order"}, "waiting", "failing", "smtp", 503, id="RCPT 503"),
        pytest.param(
            {"RCPT": "550 no", ALL[0]: "450 later"}, "waiting", "failing", "throttled", 450, id="all, one of them later"
        ),
        pytest.param({"DATA": "554 no"}, "waiting", "ok", "refused", 554, id="DATA 554"),
        pytest.param({END_OF_DATA: "554 spam"}, "waiting", "ok", "refused", 554, id="content 554"),
        pytest.param({END_OF_DATA: "552 too big"}, "waiting", "ok", "refused", 552, id="content 552"),
        pytest.param({END_OF_DATA: "451 later"}, "waiting", "failing", "throttled", 451, id="content 451"),
        pytest.param({END_OF_DATA: "999 what"}, "waiting", "failing", "smtp", 999, id="content 999"),
        pytest.param({"QUIT": CUT}, "delivered", "ok", "delivered", 250, id="no farewell"),
        pytest.param({GREETING: CUT}, "waiting", "failing", "network", None, id="greeting cut"),
        pytest.param({"RCPT": CUT}, "waiting", "failing", "network", None, id="RCPT cut"),
        pytest.param({END_OF_DATA: CUT}, "waiting", "failing", "network", None, id="content cut"),
        pytest.param({GREETING: ENDLESS}, "waiting", "failing", "too_large", None, id="greeting endless"),
        pytest.param({"EHLO": ENDLESS}, "waiting", "failing", "too_large", None, id="EHLO endless"),
    ],
)
def test_an_answer_decides_what_follows(
    client: Client, replies: dict[str, str], delivery: str, receiver_state: str, code: str, status: int | None
) -> None:
    with ScriptedServer(replies) as server:
        outcome = post(client, mailbox(server.port))
    step = follow(outcome)
    assert (step.delivery, step.receiver, step.outcome, step.status) == (delivery, receiver_state, code, status)


@pytest.mark.parametrize("way", [HANG, DRIP])
@pytest.mark.parametrize("command", [GREETING, "EHLO", "RCPT", END_OF_DATA])
def test_a_server_that_does_not_end_its_answer_runs_out_of_time(client: Client, command: str, way: str) -> None:
    with ScriptedServer({command: way}) as server:
        outcome = post(client, mailbox(server.port), limits=BRISK)
    assert outcome == Outcome(Meaning.BACK_OFF, "timeout")


def test_nobody_there_is_an_outcome(client: Client) -> None:
    with ScriptedServer() as server:
        port = server.port
    assert post(client, mailbox(port)) == Outcome(Meaning.BACK_OFF, "network")


@pytest.mark.parametrize(
    "keys", [{"security": "tls"}, {"security": "starttls"}, {"security": "none"}], ids=lambda keys: keys["security"]
)
def test_a_server_inside_is_never_connected_to_unless_allowed(client: Client, keys: dict[str, Any]) -> None:
    with ScriptedServer() as server:
        inside = mailbox(server.port, host="inside.example", **keys)
        assert post(client, inside) == Outcome(Meaning.BACK_OFF, "refused_address")
        assert server.heard == []
        allowed = mailbox(server.port, host="inside.example", private=True)
        assert post(client, allowed) == Outcome(Meaning.DELIVERED, "delivered", 250)


# --- some addresses refuse ----------------------------------------------------------------------------------------


def test_an_address_that_is_refused_keeps_no_other_from_having_it_and_is_tried_again_alone(client: Client) -> None:
    with ScriptedServer({ALL[0]: "450 greylisted"}) as server:
        outcome = post(client, mailbox(server.port))
        assert outcome == Outcome(Meaning.REFUSED, "partly", 450, told=(ALL[1],))
        assert server.heard[-1] != END_OF_DATA
    with ScriptedServer() as server:
        again = post(client, mailbox(server.port), outcome.told)
        assert [line for line in server.heard if line.lower().startswith("rcpt")] == [f"rcpt TO:<{ALL[0]}>"]
    assert again == Outcome(Meaning.DELIVERED, "delivered", 250, told=outcome.told)


def test_who_refuses_for_good_becomes_a_dead_message_and_the_receiver_stays_well(client: Client) -> None:
    now, refusals = SEEN_AT, 0
    told: tuple[str, ...] = ()
    steps = []
    with ScriptedServer({ALL[0]: "550 unknown"}) as server:
        for _ in range(5):
            outcome = post(client, mailbox(server.port), told)
            steps.append(retry.after_attempt(outcome, refusals + 1, refusals, SEEN_AT, 0, now, 0.5))
            now, refusals, told = now + timedelta(minutes=5), refusals + 1, outcome.told
        assert [line for line in server.heard if line.lower() == "data"] == ["data"]
    assert [step.delivery for step in steps] == [DeliveryState.WAITING] * 4 + [DeliveryState.DEAD]
    assert {step.receiver for step in steps} == {ReceiverState.OK}
    assert {step.told for step in steps} == {(ALL[1],)}


def test_who_refused_and_is_no_longer_configured_is_not_waited_for(client: Client) -> None:
    with ScriptedServer() as server:
        outcome = post(client, mailbox(server.port, to=[ALL[1]]), (ALL[1],))
        assert server.heard == []
    assert outcome == Outcome(Meaning.DELIVERED, "delivered")


# --- proxies ------------------------------------------------------------------------------------------------------


def test_a_socks_proxy_carries_mail(client: Client) -> None:
    with MailServer() as server, SocksProxy() as proxy:
        receiver = mailbox(server.port, Route(proxy=proxy.proxy(host="127.0.0.1")))
        assert post(client, receiver) == Outcome(Meaning.DELIVERED, "delivered", 250)
        assert len(server.letters) == len(proxy.told) == 1


def test_an_http_proxy_carries_none(client: Client) -> None:
    with MailServer() as server, HttpProxy() as proxy:
        receiver = mailbox(server.port, Route(proxy=proxy.proxy(host="127.0.0.1")))
        assert post(client, receiver) == Outcome(Meaning.BACK_OFF, "proxy")
        assert (server.letters, proxy.told) == ([], [])


def test_an_outcome_tells_no_secret_of_the_receiver(client: Client, authority: trustme.CA) -> None:
    with MailServer(tls_for(authority)) as server:
        receiver = mailbox(server.port, trusting(authority), security="starttls", **SIGNED_IN)
        said = repr(post(client, receiver)) + repr(receiver)
    assert PASSWORD not in said
