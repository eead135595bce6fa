import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver import FORMATS
from monitor.deliver.webhook import Webhook
from monitor.errors import RenderError
from monitor.model.findings import Reason
from monitor.model.messages import Disclosure, EventKind, IncidentEvent, Message, Receiver, Request
from monitor.model.posts import Evidence, MediaKind, MediaState, Origin, Part
from monitor.model.rulebook import NEVER
from tests.deliver.samples import (
    DIGEST,
    FINDING,
    OLD_SECRET,
    POSTED_AT,
    SECRET,
    SEEN_AT,
    TEST_NOTICE,
    event_moved,
    incident,
    notice,
    receiver,
)
from tests.deliver.summaries import summary

PAGE = Path("docs/reference/webhook.md").read_text(encoding="utf-8")
ALERT_KEYS = {
    "alert_id",
    "number",
    "seq",
    "post_revision",
    "disclosure",
    "severity",
    "state",
    "found",
    "product",
    "person",
    "platform",
    "reduced",
    "published_at",
    "first_seen_at",
    "leaked_at",
    "spread",
    "gone_at",
    "link",
    "take_link",
    "text",
}
POST_KEYS = ALERT_KEYS | {"kinds", "post", "media"}
FULL_KEYS = POST_KEYS | {"findings", "lifts_at"}
EVERY_MESSAGE: dict[str, Message] = {
    **{f"alert.{event}": notice(event=event) for event in EventKind},
    "digest": DIGEST,
    "incident.opened": incident(),
    "incident.closed": incident(
        event=IncidentEvent.CLOSED, event_at=POSTED_AT + timedelta(hours=1), closed_at=POSTED_AT + timedelta(hours=1)
    ),
    "summary": summary(),
    "event.moved": event_moved(),
    "test": TEST_NOTICE,
}
EVERY_RECEIVER = [receiver(show=show, language=language) for show in Disclosure for language in ("zh", "en")]


def body_of(message: Message, to: Receiver) -> bytes:
    return FORMATS["webhook"].render(message, to).body


def payload(message: Message, to: Receiver) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body_of(message, to))
    return loaded


@pytest.mark.parametrize(("kind", "message"), EVERY_MESSAGE.items())
@pytest.mark.parametrize("to", EVERY_RECEIVER, ids=lambda to: f"{to.show}-{to.language}")
def test_every_message_says_its_type_its_instant_and_a_text(kind: str, message: Message, to: Receiver) -> None:
    told = payload(message, to)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["type"] == kind
    assert datetime.fromisoformat(told["timestamp"]).tzinfo == UTC
    assert told["timestamp"].endswith("Z")
    assert told["data"]["text"]


@pytest.mark.parametrize("message", EVERY_MESSAGE.values(), ids=EVERY_MESSAGE)
def test_a_body_is_compact_utf8_in_a_fixed_order_and_the_same_each_time(message: Message) -> None:
    to = receiver(show=Disclosure.FULL)
    body = body_of(message, to)
    canonical = json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert body == canonical.encode() == body_of(message, to)


@pytest.mark.parametrize(
    ("show", "keys"),
    [(Disclosure.MINIMAL, ALERT_KEYS), (Disclosure.POST, POST_KEYS), (Disclosure.FULL, FULL_KEYS)],
)
@pytest.mark.parametrize("event", EventKind)
def test_a_receiver_is_told_as_much_as_its_disclosure_allows(
    show: Disclosure, keys: set[str], event: EventKind
) -> None:
    assert set(payload(notice(event=event), receiver(show=show))["data"]) == keys


def test_the_address_of_a_picture_is_for_the_fullest_disclosure_alone() -> None:
    picture = Evidence(
        MediaKind.COVER, MediaState.KEPT, "https://a.example/1?token=hush", "ab" * 32, fetched_at=SEEN_AT
    )
    at = {show: payload(notice(pictures=(picture,)), receiver(show=show))["data"] for show in Disclosure}
    told = {"kind": "cover", "state": "kept", "sha256": "ab" * 32, "fetched_at": "2030-11-28T15:41:00.000Z"}
    assert "media" not in at[Disclosure.MINIMAL]
    assert at[Disclosure.POST]["media"] == [told]
    assert at[Disclosure.FULL]["media"] == [told | {"url": "https://a.example/1?token=hush"}]


def test_the_smallest_disclosure_is_exactly_this() -> None:
    data = payload(notice(), receiver(show=Disclosure.MINIMAL))["data"]
    assert data.pop("text")
    assert data == {
        "alert_id": 2417,
        "number": "A-2417",
        "seq": 1,
        "post_revision": 1,
        "disclosure": "minimal",
        "severity": "critical",
        "state": "open",
        "found": "live",
        "product": {"ref": "p-7f3a", "label": "翠鸟"},
        "person": {"name": "林晓舟", "title": "云雀产品总经理"},
        "platform": "weibo",
        "reduced": False,
        "published_at": "2030-11-28T15:40:12.000Z",
        "first_seen_at": "2030-11-28T15:41:00.000Z",
        "leaked_at": None,
        "spread": {"posts": 1, "people": 1, "platforms": ["weibo"]},
        "gone_at": None,
        "link": None,
        "take_link": None,
    }


def test_the_post_is_told_as_published_and_unmarked() -> None:
    parts = (Part(Origin.TEXT, "a\u202eb\n\x00c"), Part(Origin.CARD, "card", by_author=False))
    data = payload(notice(parts=parts), receiver(show=Disclosure.POST))["data"]
    assert data["kinds"] == ["price", "date"]
    assert data["post"] == {
        "kind": "reply",
        "url": "https://weibo.example/lin/1",
        "parts": [
            {"origin": "text", "by_author": True, "text": "a\u202eb\n\x00c"},
            {"origin": "card", "by_author": False, "text": "card"},
        ],
    }


def test_everything_told_marks_what_was_found_and_why() -> None:
    data = payload(notice(), receiver(show=Disclosure.FULL, language="en"))["data"]
    assert data["lifts_at"] == "2030-12-03T11:00:00.000Z"
    assert data["findings"] == [
        {
            "part": 0,
            "start": 0,
            "end": 3,
            "kind": "product",
            "value": "布丁十二",
            "severity": "high",
            "reason": {
                "code": "codename_in_context",
                "args": {"context": "context_brand", "how": "spelling_spaced"},
                "sentence": "a code name, with signs or blanks put between its characters; the brand stands beside it",
            },
            "lifts_at": "2030-12-03T11:00:00.000Z",
        }
    ]


def test_a_lift_that_nobody_has_set_is_null() -> None:
    endless = notice(lifts_at=NEVER, findings=(replace(FINDING, lifts_at=None),))
    data = payload(endless, receiver(show=Disclosure.FULL, timezone=ZoneInfo("Pacific/Kiritimati")))["data"]
    assert (data["lifts_at"], data["findings"][0]["lifts_at"]) == (None, None)


def test_the_hours_of_a_launch_are_for_the_fullest_disclosure_alone() -> None:
    told = {show: payload(event_moved(closed=None, opened=None), receiver(show=show))["data"] for show in Disclosure}
    least = {"label": "冬季发布会", "closed": None, "opened": None, "text": told[Disclosure.POST]["text"]}
    assert told[Disclosure.POST] == least | {"disclosure": "post"}
    assert told[Disclosure.MINIMAL] == least | {"disclosure": "minimal"}
    assert told[Disclosure.FULL] == least | {
        "disclosure": "full",
        "was_at": "2030-12-03T11:00:00.000Z",
        "starts_at": "2030-12-03T14:00:00.000Z",
        "text": told[Disclosure.FULL]["text"],
    }
    assert "19:00" in told[Disclosure.FULL]["text"]
    assert "19:00" not in told[Disclosure.POST]["text"]


def test_a_digest_tells_each_of_its_events() -> None:
    data = payload(DIGEST, receiver())["data"]
    assert (data["why"], data["count"], data["disclosure"]) == ("late", 2, "post")
    assert [row["type"] for row in data["alerts"]] == ["alert.opened", "alert.opened"]
    assert [row["data"]["alert_id"] for row in data["alerts"]] == [2417, 2418]
    assert {frozenset(row["data"]) for row in data["alerts"]} == {frozenset(POST_KEYS - {"text"})}


def test_an_incident_tells_its_story() -> None:
    over_at = POSTED_AT + timedelta(hours=1)
    over = incident(event=IncidentEvent.CLOSED, event_at=over_at, closed_at=over_at, seq=2)
    data = payload(over, receiver())["data"]
    assert data.pop("text")
    assert data == {
        "number": 3,
        "kind": "account_unreadable",
        "subject": "lin-weibo",
        "seq": 2,
        "opened_at": "2030-11-28T15:40:12.000Z",
        "closed_at": "2030-11-28T16:40:12.000Z",
        "detail": {"account": "lin-weibo", "cause": "blocked"},
    }


# --- what must not leave ----------------------------------------------------------------------------------------------

CANARIES = ("canary-product-key", "canary-rule-id", "CanaryName", "CanaryCodename", "2899.50", "canary-value")
LEAKY = notice(
    findings=(
        replace(
            FINDING,
            rule_id="canary-rule-id",
            subject="canary-product-key",
            value="CanaryCodename",
            reason=Reason("codename_in_context", {"context": "context_brand", "how": "spelling_plain", "x": "2899.50"}),
        ),
        replace(FINDING, value="canary-value", rule_id="canary-rule-id", subject="canary-product-key"),
    ),
    reason=Reason("event_opened", {"name": "CanaryName"}),
)
LIFT = ("2030-12-03", "12 月 3 日", "3 Dec")


@pytest.mark.parametrize("event", EventKind)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("show", [Disclosure.MINIMAL, Disclosure.POST])
def test_no_term_of_the_watchlist_leaves_but_in_the_post_itself(
    event: EventKind, language: str, show: Disclosure
) -> None:
    to = receiver(show=show, language=language)
    told = replace(LEAKY, event=event)
    for message in (told, replace(DIGEST, notices=(told,))):
        body = body_of(message, to).decode()
        assert [word for word in (*CANARIES, *LIFT, FINDING.value) if word in body] == []


@pytest.mark.parametrize("event", EventKind)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_smallest_disclosure_has_nothing_of_the_post(event: EventKind, language: str) -> None:
    told = notice(event=event, parts=(Part(Origin.TEXT, "canary of the post"),), post_url="https://canary.example/1")
    body = body_of(told, receiver(show=Disclosure.MINIMAL, language=language)).decode()
    kinds = ("价格", "发布日期", "price", "launch date")
    assert [word for word in ("canary", *kinds) if word in body] == []


@pytest.mark.parametrize("event", EventKind)
def test_keys_and_rule_ids_never_leave_at_all(event: EventKind) -> None:
    body = body_of(replace(LEAKY, event=event), receiver(show=Disclosure.FULL)).decode()
    assert "canary-product-key" not in body
    assert "canary-rule-id" not in body


# --- poison -----------------------------------------------------------------------------------------------------------


@given(text=st.text(), name=st.text(), label=st.text(), url=st.none() | st.text())
def test_no_text_of_the_world_makes_a_payload_fail(text: str, name: str, label: str, url: str | None) -> None:
    parts = (Part(Origin.TEXT, text), Part(Origin.PARENT, text, by_author=False))
    strange = notice(parts=parts, person_name=name, product_label=label, post_url=url)
    for to in EVERY_RECEIVER:
        assert payload(strange, to)["data"]["alert_id"] == 2417


def test_half_a_surrogate_pair_is_replaced_without_moving_the_marks() -> None:
    told = payload(notice(parts=(Part(Origin.TEXT, "a\ud83db"),)), receiver())
    assert told["data"]["post"]["parts"][0]["text"] == "a\ufffdb"


def test_an_instant_beyond_the_calendar_parks_one_message_and_says_so() -> None:
    with pytest.raises(RenderError, match="alert:17:1"):
        body_of(notice(published_at=datetime(1, 1, 1, tzinfo=UTC)), receiver(timezone=ZoneInfo("America/New_York")))


def test_a_reason_without_a_sentence_parks_one_message_and_says_so() -> None:
    odd = replace(FINDING, reason=Reason("unheard_of"))
    with pytest.raises(RenderError, match="unheard_of"):
        body_of(notice(findings=(odd,)), receiver(show=Disclosure.FULL))


def test_headers_are_those_of_the_specification() -> None:
    to, request = receiver(secrets=(SECRET, OLD_SECRET)), Request(b"{}", "application/json")
    sealed = Webhook().seal(to, "msg_1", request, SEEN_AT)
    headers = sealed.headers
    assert (sealed.url, sealed.body) == (to.url, b"{}")
    assert set(headers) == {"content-type", "webhook-id", "webhook-timestamp", "webhook-signature"}
    assert headers["webhook-timestamp"] == str(int(SEEN_AT.timestamp()))
    assert [signature[:3] for signature in headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]


# --- the page that receivers read -------------------------------------------------------------------------------------


def test_the_page_names_every_type_key_and_status() -> None:
    wanted = {*EVERY_MESSAGE, *FULL_KEYS, "why", "count", "alerts", "opened_at", "closed_at", "detail", "webhook-id"}
    wanted |= {"400", "401", "403", "404", "410", "413", "415", "422", "429", "502", "503", "504"}
    assert [word for word in sorted(wanted) if word not in PAGE] == []


def test_the_example_on_the_page_is_what_we_send() -> None:
    shown = PAGE.split("```json\n", 1)[1].split("```", 1)[0]
    assert json.loads(shown) == payload(notice(), receiver(show=Disclosure.FULL))


def test_the_verification_on_the_page_works() -> None:
    code = PAGE.split("```python\n", 1)[1].split("```", 1)[0]
    place: dict[str, Any] = {}
    exec(code, place)
    body = body_of(notice(), receiver())
    headers = Webhook().seal(receiver(), "msg_1", Request(body, "application/json"), SEEN_AT).headers
    genuine = place["is_genuine"]
    assert genuine(SECRET, headers, body, SEEN_AT.timestamp() + 200)
    assert not genuine(OLD_SECRET, headers, body, SEEN_AT.timestamp())
    assert not genuine(SECRET, headers, body + b" ", SEEN_AT.timestamp())
    assert not genuine(SECRET, headers, body, SEEN_AT.timestamp() + 301)
    assert not genuine(SECRET, {**headers, "webhook-signature": "v1,x"}, body, SEEN_AT.timestamp())
