from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from monitor.deliver.signing import sign, verify
from tests.deliver.samples import OLD_SECRET, SECRET

AT = datetime(2030, 11, 28, 15, 40, 12, tzinfo=UTC)
BODY = '{"text":"翠鸟"}'.encode()


def headers(signature: str, *, message_id: str = "msg_1", at: datetime = AT) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def test_a_known_message_has_the_signature_that_openssl_gives_it() -> None:
    # printf 'msg_1.1606578012.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef01234567 -binary | base64
    at = datetime.fromtimestamp(1606578012, UTC)
    assert sign([b"0123456789abcdef01234567"], "msg_1", b'{"a":1}', at) == (
        "v1,yX6GSS3AV+kYmEyKBXTfc9ZuNou0iRmr/GNjIwB4syY="
    )


@given(
    secret=st.binary(min_size=24, max_size=64),
    message_id=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    text=st.text(st.characters(exclude_categories=["Cs"])),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_signatures_are_those_of_the_reference_library(secret: bytes, message_id: str, text: str, at: datetime) -> None:
    assert sign([secret], message_id, text.encode(), at) == Webhook(secret).sign(message_id, at, text)


def test_each_secret_signs_the_newest_first() -> None:
    both = sign([SECRET, OLD_SECRET], "msg_1", BODY, AT).split(" ")
    assert both == [sign([SECRET], "msg_1", BODY, AT), sign([OLD_SECRET], "msg_1", BODY, AT)]


@pytest.mark.parametrize("known", [SECRET, OLD_SECRET], ids=["new", "old"])
def test_while_a_secret_is_replaced_the_receiver_may_have_either(known: bytes) -> None:
    assert verify([known], headers(sign([SECRET, OLD_SECRET], "msg_1", BODY, AT)), BODY, AT) is None


@pytest.mark.parametrize("drift_s", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(drift_s: int) -> None:
    signed = headers(sign([SECRET], "msg_1", BODY, AT))
    assert verify([SECRET], signed, BODY, AT + timedelta(seconds=drift_s)) is None


SIGNED = headers(sign([SECRET], "msg_1", BODY, AT))


@pytest.mark.parametrize(
    ("changed", "body", "now", "why"),
    [
        pytest.param({}, BODY + b" ", AT, "signature", id="another body"),
        pytest.param({"webhook-id": "msg_2"}, BODY, AT, "signature", id="another id"),
        pytest.param({"webhook-signature": ""}, BODY, AT, "signature", id="no signature"),
        pytest.param({"webhook-signature": "v1,é"}, BODY, AT, "signature", id="signature that is no base64"),
        pytest.param({"webhook-signature": SIGNED["webhook-signature"][3:]}, BODY, AT, "signature", id="no version"),
        pytest.param({"webhook-timestamp": "1922110813"}, BODY, AT, "signature", id="another time"),
        pytest.param({}, BODY, AT + timedelta(seconds=301), "clock", id="replayed later"),
        pytest.param({}, BODY, AT - timedelta(seconds=301), "clock", id="from the future"),
        pytest.param({"webhook-timestamp": "now"}, BODY, AT, "headers", id="time that is no number"),
        pytest.param({"webhook-timestamp": "9" * 5000}, BODY, AT, "headers", id="time beyond all bounds"),
        pytest.param({"webhook-id": ""}, BODY, AT, "headers", id="no id"),
    ],
)
def test_whatever_was_tampered_with_is_refused_with_its_reason(
    changed: dict[str, str], body: bytes, now: datetime, why: str
) -> None:
    problem = verify([SECRET], {**SIGNED, **changed}, body, now)
    assert problem is not None
    assert why in problem


def test_a_secret_of_somebody_else_verifies_nothing() -> None:
    assert verify([OLD_SECRET], SIGNED, BODY, AT) == "no signature matches"
