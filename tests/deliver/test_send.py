import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.clock import SystemClock
from monitor.deliver import FORMATS, retry
from monitor.deliver.judge import Meaning, Outcome
from monitor.deliver.send import send
from monitor.model.messages import DeliveryState, NextStep, Receiver, ReceiverState
from monitor.net.client import DELIVERY_LIMITS, Client, Limits
from tests.deliver.receiver import Reply, ScriptedReceiver, Way
from tests.deliver.samples import OLD_SECRET, SECRET, notice, receiver

CLOCK = SystemClock()  # the reference verifier compares with the real time
BRISK = Limits(connect_timeout_s=0.4, total_timeout_s=0.4, max_body_bytes=65536, max_redirects=0)
SILENT = (Way.HANG, Way.DRIP)  # only these must run out of time
REQUEST = FORMATS["webhook"].render(notice(), receiver())
BODY = REQUEST.body


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(elapsed_s=CLOCK.elapsed_s, user_agent="leak-monitor/test")
    yield made
    made.close()


def post(client: Client, to: Receiver, *, now: datetime | None = None, limits: Limits = DELIVERY_LIMITS) -> Outcome:
    return send(client, to, "msg_1", REQUEST, now or CLOCK.now(), limits=limits)


def at(url: str, **changes: object) -> Receiver:
    return receiver(url=url, allow_private_network=True, **changes)


def follow(outcome: Outcome, now: datetime) -> NextStep:
    return retry.after_attempt(outcome, 1, 0, now, 0, now, 0.5)


@pytest.mark.parametrize(
    ("reply", "delivery", "receiver_state", "code", "pause_s"),
    [
        pytest.param(Reply(200, body=b"thanks"), "delivered", "ok", "delivered", 0, id="200"),
        pytest.param(Reply(204), "delivered", "ok", "delivered", 0, id="204"),
        pytest.param(Reply(301, (("Location", "/elsewhere"),)), "waiting", "failing", "redirect", 5, id="301"),
        pytest.param(Reply(307, (("Location", "http://127.0.0.1:1/"),)), "waiting", "failing", "redirect", 5, id="307"),
        pytest.param(Reply(401), "waiting", "failing", "denied", 5, id="401"),
        pytest.param(Reply(410), "parked", "parked", "gone", 0, id="410"),
        pytest.param(Reply(422), "waiting", "ok", "refused", 0, id="422"),
        pytest.param(Reply(500), "waiting", "failing", "server", 5, id="500"),
        pytest.param(Reply(429), "waiting", "failing", "throttled", 5, id="429 without a wish"),
        pytest.param(Reply(429, (("Retry-After", "77"),)), "waiting", "failing", "throttled", 77, id="429 in seconds"),
        pytest.param(Reply(201, body=b"{}"), "delivered", "ok", "delivered", 0, id="201"),
        pytest.param(Reply(202), "delivered", "ok", "delivered", 0, id="202"),
        pytest.param(Reply(200, body=b"x" * 65536), "delivered", "ok", "delivered", 0, id="200 with all that we read"),
        pytest.param(Reply(200, body=b"x" * 65537), "waiting", "failing", "too_large", 5, id="200 with more"),
        pytest.param(Reply(302, (("Location", "/elsewhere"),)), "waiting", "failing", "redirect", 5, id="302"),
        pytest.param(Reply(303, (("Location", "/elsewhere"),)), "waiting", "failing", "redirect", 5, id="303"),
        pytest.param(Reply(304), "waiting", "failing", "redirect", 5, id="304"),
        pytest.param(Reply(308), "waiting", "failing", "redirect", 5, id="308 to nowhere"),
        pytest.param(Reply(400), "waiting", "ok", "refused", 0, id="400"),
        pytest.param(Reply(413), "waiting", "ok", "refused", 0, id="413"),
        pytest.param(Reply(415), "waiting", "ok", "refused", 0, id="415"),
        pytest.param(Reply(403), "waiting", "failing", "denied", 5, id="403"),
        pytest.param(Reply(404), "waiting", "failing", "denied", 5, id="404"),
        pytest.param(Reply(405), "waiting", "failing", "http", 5, id="405"),
        pytest.param(Reply(408), "waiting", "failing", "http", 5, id="408"),
        pytest.param(Reply(418), "waiting", "failing", "http", 5, id="a status of its own"),
        pytest.param(Reply(501), "waiting", "failing", "server", 5, id="501"),
        pytest.param(Reply(502), "waiting", "failing", "throttled", 5, id="502"),
        pytest.param(Reply(503, (("Retry-After", "0"),)), "waiting", "failing", "throttled", 1, id="503 at once"),
        pytest.param(Reply(503, (("Retry-After", "soon"),)), "waiting", "failing", "throttled", 5, id="503 soon"),
        pytest.param(Reply(504, (("Retry-After", "-9"),)), "waiting", "failing", "throttled", 5, id="504 in the past"),
        pytest.param(
            Reply(429, (("Retry-After", "9999"),)), "waiting", "failing", "throttled", 3600, id="429 too long"
        ),
        pytest.param(Reply(500, (("Retry-After", "77"),)), "waiting", "failing", "server", 5, id="500 has no wish"),
        pytest.param(Reply(200, (("Retry-After", "77"),)), "delivered", "ok", "delivered", 0, id="200 has no wish"),
        pytest.param(Reply(way=Way.HANG), "waiting", "failing", "timeout", 5, id="hangs"),
        pytest.param(Reply(200, way=Way.DRIP), "waiting", "failing", "timeout", 5, id="drips for ever"),
        pytest.param(Reply(way=Way.RESET), "waiting", "failing", "network", 5, id="resets"),
        pytest.param(Reply(200, body=b"tha", way=Way.CUT), "waiting", "failing", "network", 5, id="cuts its reply"),
        pytest.param(Reply(200, way=Way.ENDLESS), "waiting", "failing", "too_large", 5, id="never ends its reply"),
        pytest.param(Reply(way=Way.GARBAGE), "waiting", "failing", "network", 5, id="speaks no HTTP"),
    ],
)
def test_every_behaviour_of_a_receiver_leads_to_its_next_step(
    client: Client, reply: Reply, delivery: str, receiver_state: str, code: str, pause_s: float
) -> None:
    now = CLOCK.now()
    with ScriptedReceiver([reply]) as hook:
        limits = BRISK if reply.way in SILENT else DELIVERY_LIMITS
        step = follow(post(client, at(hook.url), now=now, limits=limits), now)
        assert len(hook.received) == 1
    assert (step.delivery, step.receiver, step.outcome) == (delivery, receiver_state, code)
    assert step.receiver_due_at == now + timedelta(seconds=pause_s)


def test_a_wish_given_as_a_date_is_kept(client: Client) -> None:
    now = CLOCK.now().replace(microsecond=0)
    wish = format_datetime(now + timedelta(minutes=3), usegmt=True)
    with ScriptedReceiver([Reply(503, (("Retry-After", wish),))]) as hook:
        assert post(client, at(hook.url), now=now) == Outcome(Meaning.BACK_OFF, "throttled", 503, retry_after_s=180.0)


def test_a_certificate_that_nobody_vouches_for_is_refused(client: Client) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedReceiver(tls=context) as hook:
        assert post(client, at(hook.url)) == Outcome(Meaning.BACK_OFF, "network")
        assert hook.received == []


def test_nobody_listening_is_an_outcome(client: Client) -> None:
    with ScriptedReceiver() as hook:
        url = hook.url
    assert post(client, at(url)) == Outcome(Meaning.BACK_OFF, "network")


def test_an_address_inside_is_never_connected_to_unless_allowed(client: Client) -> None:
    now = CLOCK.now()
    with ScriptedReceiver() as hook:
        step = follow(post(client, receiver(url=hook.url)), now)
        assert hook.received == []
    assert (step.receiver, step.outcome) == (ReceiverState.FAILING, "refused_address")


def test_what_arrives_is_the_frozen_body_signed_for_every_secret(client: Client) -> None:
    with ScriptedReceiver() as hook:
        post(client, at(hook.url, secrets=(SECRET, OLD_SECRET)))
        (got,) = hook.received
    assert got.body == BODY
    assert got.headers["webhook-id"] == "msg_1"
    assert got.headers["content-type"] == "application/json"
    assert got.check(SECRET) == got.check(OLD_SECRET)
    with pytest.raises(WebhookVerificationError):
        Webhook(b"somebody else's secret....").verify(got.body, got.headers)


def test_all_attempts_carry_one_id_and_the_same_bytes(client: Client) -> None:
    start = CLOCK.now()
    with ScriptedReceiver([Reply(500), Reply(200, way=Way.CUT), Reply(204)]) as hook:
        outcomes = [post(client, at(hook.url), now=start + timedelta(seconds=n)) for n in range(3)]
        assert hook.message_ids == ["msg_1"] * 3
        assert {got.body for got in hook.received} == {BODY}
        assert len({got.headers["webhook-signature"] for got in hook.received}) == 3
    assert [follow(outcome, start).delivery for outcome in outcomes] == [
        DeliveryState.WAITING,
        DeliveryState.WAITING,
        DeliveryState.DELIVERED,
    ]


def test_an_outcome_tells_no_secret_of_the_receiver(client: Client) -> None:
    with ScriptedReceiver([Reply(way=Way.RESET)]) as hook:
        to = at(f"{hook.url}?token=hush")
        said = repr(post(client, to)) + repr(to)
    assert "hush" not in said
    assert "127.0.0.1" not in said
