from datetime import timedelta

import pytest

from monitor.errors import RenderError
from monitor.model import messages as model
from monitor.model.findings import Reason
from monitor.model.messages import AlertState, DeliveryState, Digest, EventKind, Found, Notice, Spread
from monitor.model.posts import PostKind
from monitor.model.rulebook import Kind, Severity
from monitor.routing import Route, Urgency
from monitor.store import Store, messages, outbox
from tests.store import sample
from tests.store.sample import NOON, finding, page, pending, post, read, receiver

HOUR = timedelta(hours=1)


@pytest.fixture
def watched(store: Store) -> Store:
    """A store with an account and two receivers."""
    sample.people(store)
    sample.receivers(store, receiver("desk"), receiver("boss"))
    return store


def _notice(store: Store, topic: str) -> Notice:
    with store.read() as tx:
        message = messages.message_for(tx, topic)
    assert isinstance(message, Notice)
    return message


def test_a_notice_carries_all_that_a_receiver_may_be_told(watched: Store) -> None:
    price = finding("3999元", kind=Kind.PRICE, severity=Severity.CRITICAL, lifts_at=NOON + 50 * HOUR)
    read(watched, page(post("p1", "云雀9 只要3999元", at=NOON - HOUR)), NOON)
    (revision,) = pending(watched, NOON)
    sample.judge(watched, revision, [finding(lifts_at=NOON + 40 * HOUR), price], NOON + HOUR)
    assert _notice(watched, "alert:1:1") == Notice(
        topic="alert:1:1",
        alert_number=1,
        seq=1,
        event=EventKind.OPENED,
        event_at=NOON + HOUR,
        severity=Severity.CRITICAL,
        found=Found.BASELINE,
        state=AlertState.OPEN,
        kinds=(Kind.PRODUCT, Kind.PRICE),
        product_ref="P-1",
        product_label="一款新品",
        person_name="林岚",
        person_title="产品总监",
        platform="blog.example",
        post_kind=PostKind.POST,
        post_url="https://blog.example/p1",
        post_revision=1,
        published_at=NOON - HOUR,
        first_seen_at=NOON,
        gone_at=None,
        parts=revision.parts,
        findings=(finding(lifts_at=NOON + 40 * HOUR), price),
        reason=Reason("event_opened"),
        lifts_at=NOON + 50 * HOUR,
        spread=Spread(1, 1, ("blog.example",), ()),
        source="feed",
        person_key="lin",
    )


def test_an_older_event_is_told_as_it_was_though_the_post_has_changed(watched: Store) -> None:
    sample.alert(watched)
    before = _notice(watched, "alert:1:1")
    read(watched, page(post("p1", "再见")), NOON + HOUR)
    (revision,) = pending(watched, NOON + HOUR)
    sample.judge(watched, revision, [], NOON + HOUR)
    assert _notice(watched, "alert:1:1") == before


def test_a_correction_shows_the_new_text_and_still_says_what_it_was_about(watched: Store) -> None:
    sample.alert(watched)
    read(watched, page(post("p1", "再见")), NOON + HOUR)
    (revision,) = pending(watched, NOON + HOUR)
    assert sample.judge(watched, revision, [], NOON + HOUR) == ["alert:1:2"]
    notice = _notice(watched, "alert:1:2")
    assert (notice.event, notice.post_revision, notice.parts[0].text) == (EventKind.CORRECTED, 2, "再见")
    assert (notice.kinds, notice.findings, notice.lifts_at) == ((Kind.PRODUCT,), (), finding().lifts_at)


def test_each_receiver_has_a_digest_of_its_own_events(watched: Store) -> None:
    topics: list[str] = []
    for n in range(2):
        read(watched, page(*(post(f"p{i}", f"云雀9 {i}", at=NOON) for i in range(n + 1))), NOON + n * HOUR)
        (revision,) = pending(watched, NOON + n * HOUR)
        topics += sample.judge(watched, revision, [finding()], NOON + n * HOUR)
    with watched.write() as tx:
        for key, held in (("boss", topics), ("desk", [])):
            for topic in held:
                outbox.queue(tx, topic, [Route(key, Urgency.LATE, NOON)], NOON)
        outbox.gather_digests(tx, NOON)
        (digest,) = outbox.list_deliveries(tx, receiver="boss", state=DeliveryState.WAITING)
        message = messages.message_for(tx, digest.topic)
    assert isinstance(message, Digest)
    assert (message.why, message.at, [n.topic for n in message.notices]) == ("late", NOON, topics)


def test_a_test_message_needs_no_rows(store: Store) -> None:
    topic = f"test:{NOON.isoformat()}"
    with store.read() as tx:
        assert messages.message_for(tx, topic) == model.TestNotice(topic, NOON)


@pytest.mark.parametrize(
    "topic", ["alert:7:1", "incident:7:1", "digest:late:7", "verse:1", "", "alert:x:y", "test:now"]
)
def test_what_no_row_tells_of_is_refused(store: Store, topic: str) -> None:
    with store.read() as tx, pytest.raises(RenderError):
        messages.message_for(tx, topic)
