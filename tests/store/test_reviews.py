from datetime import timedelta

import pytest

from monitor.alert import Announcement, RevisionBefore, decide
from monitor.errors import StoreError
from monitor.model.findings import Disposition
from monitor.model.messages import AlertState, EventKind, Verdict
from monitor.model.rulebook import Kind, Severity
from monitor.routing import Route, Urgency
from monitor.store import Store, outbox, retention, reviews, revisions
from monitor.store.schema import alerts, audit, deliveries
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON, receiver, send, step

HOUR = timedelta(hours=1)


@pytest.fixture
def alerted(store: Store) -> Store:
    """A store with one alert of which `desk` was told."""
    sample.people(store)
    sample.receivers(store, receiver("desk"), receiver("boss"))
    sample.alert(store, NOON)
    send(store, "desk", step(), NOON)
    return store


def _review(store: Store, verdict: Verdict, number: int = 1) -> None:
    with store.write() as tx:
        reviews.save_review(tx, number, verdict, reviewer="zhou", reason="r", note="n", now=NOON + HOUR)


def _story(store: Store) -> reviews.AlertStory:
    with store.read() as tx:
        story = reviews.show_alert(tx, 1)
    assert story is not None
    return story


@pytest.mark.parametrize(
    ("verdict", "events", "state"),
    [
        (Verdict.LEAK, ["opened", "reviewed"], AlertState.REVIEWED),
        (Verdict.UNSURE, ["opened", "reviewed"], AlertState.OPEN),
        (Verdict.FALSE_POSITIVE, ["opened", "reviewed", "withdrawn"], AlertState.REVIEWED),
        (Verdict.AUTHORISED, ["opened", "reviewed", "withdrawn"], AlertState.REVIEWED),
        (Verdict.PUBLIC, ["opened", "reviewed", "withdrawn"], AlertState.REVIEWED),
    ],
)
def test_what_follows_from_a_verdict(alerted: Store, verdict: Verdict, events: list[str], state: AlertState) -> None:
    _review(alerted, verdict)
    story = _story(alerted)
    assert [event.kind for event in story.events] == events
    assert (story.alert.state, story.alert.verdict) == (state, None if verdict is Verdict.UNSURE else verdict)
    assert [(r.seq, r.verdict, r.reviewer, r.reason, r.note) for r in story.reviews] == [(2, verdict, "zhou", "r", "n")]
    assert (
        [d.topic for d in story.deliveries] == ["alert:1:1", "alert:1:3"][: len(events) - 1]
        if len(events) > 2
        else True
    )
    with alerted.read() as tx:
        assert sample.rows(tx, audit, "actor", "action", "object") == [("zhou", "review", "alert:1")]
        assert broken_invariants(tx) == []


def test_a_public_fact_is_announced_from_the_instant_of_its_text(alerted: Store) -> None:
    _review(alerted, Verdict.PUBLIC)
    with alerted.read() as tx:
        assert revisions.announcements(tx) == [Announcement("yunque-9", Kind.PRODUCT, "云雀9", NOON)]


@pytest.mark.parametrize("verdict", [Verdict.LEAK, Verdict.FALSE_POSITIVE, Verdict.AUTHORISED, Verdict.UNSURE])
def test_other_verdicts_announce_nothing(alerted: Store, verdict: Verdict) -> None:
    _review(alerted, verdict)
    with alerted.read() as tx:
        assert revisions.announcements(tx) == []


def test_a_withdrawal_goes_to_everybody_who_was_or_will_be_told(alerted: Store) -> None:
    with alerted.write() as tx:
        outbox.queue(tx, "alert:1:1", [Route("boss", Urgency.WEEKLY, NOON + 48 * HOUR)], NOON)
    _review(alerted, Verdict.FALSE_POSITIVE)
    with alerted.read() as tx:
        told = sample.rows(tx, deliveries, "receiver_key", "topic", "urgency", "state", "due_at")
    assert told[2:] == [
        ("desk", "alert:1:3", "now", "waiting", NOON + HOUR),
        ("boss", "alert:1:3", "weekly", "held", NOON + 48 * HOUR),
    ]


def test_what_nobody_was_told_of_needs_no_withdrawal(store: Store) -> None:
    sample.people(store)
    sample.read(store, sample.page(sample.post("p1")), NOON)
    (revision,) = sample.pending(store, NOON)
    with store.write() as tx:
        revisions.save_evaluation(tx, revision, [sample.finding()], (), "r", NOON)
        context = RevisionBefore(revision.id, True, NOON, NOON, was_blind=False)
        (change,) = decide(context, [sample.finding()], {})
        revisions.record_change(tx, revision, change, ref="P-1", label="l", rulebook_hash="r", now=NOON)
    _review(store, Verdict.FALSE_POSITIVE)
    assert [event.kind for event in _story(store).events] == [EventKind.OPENED, EventKind.REVIEWED]


def test_acknowledging_says_who_looks_into_it_and_is_no_second_event(alerted: Store) -> None:
    for _ in range(2):
        with alerted.write() as tx:
            reviews.acknowledge(tx, 1, "zhou", NOON + HOUR)
    assert [event.kind for event in _story(alerted).events] == [EventKind.OPENED, EventKind.ACKNOWLEDGED]
    with alerted.read() as tx:
        assert sample.rows(tx, alerts, "state", "assignee") == [("acknowledged", "zhou")]
        assert len(sample.rows(tx, audit, "id")) == 1


def test_a_verdict_can_be_changed(alerted: Store) -> None:
    _review(alerted, Verdict.LEAK)
    _review(alerted, Verdict.FALSE_POSITIVE)
    story = _story(alerted)
    assert story.alert.verdict is Verdict.FALSE_POSITIVE
    assert [r.seq for r in story.reviews] == [2, 3]


def test_who_was_told_that_it_is_no_leak_is_told_that_it_is_one_after_all(alerted: Store) -> None:
    with alerted.write() as tx:
        outbox.queue(tx, "alert:1:1", [Route("boss", Urgency.WEEKLY, NOON + 48 * HOUR)], NOON)
    for verdict in (Verdict.FALSE_POSITIVE, Verdict.AUTHORISED, Verdict.LEAK, Verdict.LEAK):
        _review(alerted, verdict)
    story = _story(alerted)
    assert [event.kind for event in story.events] == [
        *("opened", "reviewed", "withdrawn", "reviewed", "reviewed", "reopened", "reviewed")
    ], "what is withdrawn or opened again already is not so twice"
    assert (story.alert.state, story.alert.verdict) == (AlertState.REVIEWED, Verdict.LEAK)
    with alerted.read() as tx:
        told = sample.rows(tx, deliveries, "receiver_key", "topic", "state")
        assert broken_invariants(tx) == []
    assert told[4:] == [("desk", "alert:1:6", "waiting"), ("boss", "alert:1:6", "held")]


def test_a_leak_that_was_opened_again_by_its_text_is_withdrawn_again(alerted: Store) -> None:
    _review(alerted, Verdict.FALSE_POSITIVE)
    sample.read(alerted, sample.page(sample.post("p1", "more")), NOON + HOUR)
    (revision,) = sample.pending(alerted, NOON + HOUR)
    sample.judge(alerted, revision, [sample.finding("云雀10")], NOON + HOUR)
    _review(alerted, Verdict.AUTHORISED)
    assert [event.kind for event in _story(alerted).events][3:] == ["reopened", "reviewed", "withdrawn"]


def test_what_was_called_public_by_mistake_is_public_no_more_and_what_passed_is_judged_anew(alerted: Store) -> None:
    _review(alerted, Verdict.PUBLIC)
    at = NOON + HOUR
    sample.read(alerted, sample.page(sample.post("p2", "云雀9 明天见")), at)
    (passed,) = sample.pending(alerted, at)
    sample.judge(alerted, passed, [sample.finding(disposition=Disposition.PUBLIC)], at)
    for verdict, announced, again in ((Verdict.UNSURE, 1, []), (Verdict.LEAK, 0, [(2, True)])):
        _review(alerted, verdict)
        with alerted.read() as tx:
            assert len(revisions.announcements(tx)) == announced
        assert [(r.post_id, r.again) for r in sample.pending(alerted, at)] == again


def test_a_verdict_takes_back_only_what_verdicts_on_this_post_announced(alerted: Store) -> None:
    with alerted.write() as tx:
        revisions.announce(tx, [sample.finding()], NOON, post_id=1, source="official")
    for verdict in (Verdict.PUBLIC, Verdict.LEAK):
        _review(alerted, verdict)
    with alerted.read() as tx:
        assert len(revisions.announcements(tx)) == 1


def test_a_verdict_on_a_text_that_retention_took_announces_nothing(alerted: Store) -> None:
    _review(alerted, Verdict.LEAK)
    with alerted.write() as tx:
        assert retention.purge(tx, NOON + 9999 * HOUR, unflagged_days=90, flagged_days=180) == 1
    _review(alerted, Verdict.PUBLIC)
    with alerted.read() as tx:
        assert revisions.announcements(tx) == []


def test_an_alert_that_is_not_there_is_told_plainly(store: Store) -> None:
    with store.write() as tx:
        assert reviews.show_alert(tx, 7) is None
        with pytest.raises(StoreError, match="there is no alert 7"):
            reviews.acknowledge(tx, 7, "zhou", NOON)
        with pytest.raises(StoreError, match="there is no alert 7"):
            reviews.save_review(tx, 7, Verdict.LEAK, reviewer="zhou", now=NOON)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param({}, [3, 2, 1], id="all, the newest first"),
        pytest.param({"limit": 1}, [3], id="limited"),
        pytest.param({"state": AlertState.OPEN}, [3, 2], id="in a state"),
        pytest.param({"severity": Severity.HIGH}, [3, 2, 1], id="at least that severe"),
        pytest.param({"severity": Severity.CRITICAL}, [], id="none so severe"),
        pytest.param({"person": "lin"}, [3, 2, 1], id="of a person"),
        pytest.param({"person": "wei"}, [], id="of another"),
    ],
)
def test_alerts_are_listed_as_asked(alerted: Store, wanted: dict[str, object], numbers: list[int]) -> None:
    for n in (2, 3):
        sample.alert(alerted, NOON + n * HOUR, f"p{n}")
    _review(alerted, Verdict.LEAK)
    with alerted.read() as tx:
        listed = reviews.list_alerts(tx, **wanted)  # type: ignore[arg-type]
    assert [row.number for row in listed] == numbers


def test_a_story_shows_the_post_as_it_is_now(alerted: Store) -> None:
    sample.read(alerted, sample.page(sample.post("p1", "改了", at=NOON)), NOON + HOUR)
    story = _story(alerted)
    assert (story.post.revision_no, story.post.parts[0].text, story.post.account_key) == (2, "改了", "lin-blog")
    assert (story.alert.person_name, story.alert.label, story.alert.ref) == ("林岚", "一款新品", "P-1")
    assert story.findings == (), "the new text is not judged yet"
    assert [f.value for f in story.events[0].findings] == ["云雀9"]
