from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from monitor.alert import RevisionBefore, decide
from monitor.errors import ClaimLostError
from monitor.model.messages import AlertState, EventKind, Verdict
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Severity
from monitor.store import Store, accounts, claims, reviews, revisions
from monitor.store.incidents import open_incident
from monitor.store.schema import alert_events, alerts, deliveries, findings, incidents
from monitor.store.schema import revisions as table
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON, finding, judge, page, pending, post, read

MINUTE = timedelta(minutes=1)


@pytest.fixture
def watched(store: Store) -> Store:
    """A store with an account and a receiver."""
    sample.people(store)
    sample.receivers(store, sample.receiver())
    return store


def _again(store: Store) -> None:
    with store.write() as tx:
        assert revisions.judge_again(tx, "done", NOON) == 1


def test_a_pending_text_carries_all_that_judging_needs(watched: Store) -> None:
    read(watched, page(post("p1", "云雀9", at=NOON - MINUTE)), NOON)
    (revision,) = pending(watched, NOON)
    assert revision.parts[0].text == "云雀9"
    assert (revision.person_key, revision.account_key, revision.platform) == ("lin", "lin-blog", "blog.example")
    assert (revision.effective_at, revision.seen_at, revision.account_added_at) == (NOON - MINUTE, NOON, NOON)
    assert (revision.is_current, revision.attempts, revision.no) == (True, 1, 1)
    assert revision.text_hash == post("p1", "云雀9").content_hash


def test_judging_twice_makes_one_alert_one_event_and_one_message(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (revision,) = pending(watched, NOON)
    assert judge(watched, revision, [finding()], NOON) == ["alert:1:1"]
    _again(watched)
    (revision,) = pending(watched, NOON)
    assert judge(watched, revision, [finding(start=2, end=5)], NOON) == []
    with watched.read() as tx:
        assert sample.rows(tx, alerts, "severity", "state", "found", "last_seq", "ref", "label") == [
            ("high", "open", "live", 1, "P-1", "一款新品")
        ]
        assert sample.rows(tx, alert_events, "seq", "kind", "facts", "severity") == [
            (1, "opened", ["product:云雀9"], "high")
        ]
        assert sample.rows(tx, deliveries, "receiver_key", "topic", "state") == [("desk", "alert:1:1", "waiting")]
        assert sample.rows(tx, findings, "start") == [(2,)], "findings are replaced"
        assert broken_invariants(tx, told=["desk"]) == []


def test_the_same_event_is_not_recorded_twice_even_if_it_is_decided_twice(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (revision,) = pending(watched, NOON)
    context = RevisionBefore(revision.id, True, NOON, NOON, was_blind=False)
    (change,) = decide(context, [finding()], {})
    with watched.write() as tx:
        said = {"ref": "P-1", "label": "一款新品", "rulebook_hash": "r", "now": NOON}
        assert revisions.record_change(tx, revision, change, **said) == "alert:1:1"  # type: ignore[arg-type]
        assert revisions.record_change(tx, revision, change, **said) is None  # type: ignore[arg-type]
        assert sample.rows(tx, alerts, "last_seq") == [(1,)]


def test_an_edit_that_says_more_adds_and_one_that_says_less_corrects(watched: Store) -> None:
    price = finding("3999元", kind=Kind.PRICE, severity=Severity.CRITICAL)
    for n, found in enumerate(([finding()], [finding(), price], [])):
        read(watched, page(post("p1", f"text {n}")), NOON + n * MINUTE)
        (revision,) = pending(watched, NOON + n * MINUTE)
        assert judge(watched, revision, found, NOON + n * MINUTE) == [f"alert:1:{n + 1}"]
    with watched.read() as tx:
        assert sample.rows(tx, alert_events, "kind", "severity") == [
            ("opened", "high"),
            ("added", "critical"),
            ("corrected", "critical"),
        ]
        (before,) = revisions.alerts_before(tx, 1).values()
        assert (before.facts, before.corrections, before.last_seq) == (frozenset(), 1, 3)
        assert broken_invariants(tx, told=["desk"]) == []


def test_what_is_known_of_an_alert_includes_what_was_judged(watched: Store) -> None:
    sample.alert(watched)
    with watched.write() as tx:
        reviews.save_review(tx, 1, Verdict.AUTHORISED, reviewer="zhou", now=NOON)
        (before,) = revisions.alerts_before(tx, 1).values()
    assert (before.state, before.verdict) == (AlertState.REVIEWED, Verdict.AUTHORISED)
    assert before.judged_facts == before.facts == {"product:云雀9"}


def test_a_reopened_alert_is_open_again(watched: Store) -> None:
    sample.alert(watched)
    with watched.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON)
    read(watched, page(post("p1", "more")), NOON + MINUTE)
    (revision,) = pending(watched, NOON + MINUTE)
    judge(watched, revision, [finding(), finding("云雀10")], NOON + MINUTE)
    with watched.read() as tx:
        assert sample.rows(tx, alert_events, "kind", "state")[-1] == (EventKind.REOPENED, "open")
        assert sample.rows(tx, alerts, "state") == [("open",)]


def test_an_evaluation_that_skipped_rules_is_partial_and_can_be_done_again(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (revision,) = pending(watched, NOON)
    with watched.write() as tx:
        revisions.save_evaluation(tx, revision, [], ["slow-rule"], "r", NOON)
        assert sample.rows(tx, table, "state", "skipped", "rulebook_hash") == [("partial", ["slow-rule"], "r")]
        assert revisions.judge_again(tx, "partial", NOON) == 1
    assert len(pending(watched, NOON)) == 1


def test_a_judge_whose_lease_ran_out_writes_nothing(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (late,) = pending(watched, NOON)
    assert len(pending(watched, NOON + 2 * MINUTE)) == 1
    with pytest.raises(ClaimLostError):
        judge(watched, late, [finding()], NOON + 2 * MINUTE)
    with watched.read() as tx:
        assert sample.rows(tx, alerts, "id") == []
        assert sample.rows(tx, findings, "id") == []


def test_a_text_is_judged_for_the_person_whose_account_it_is_now(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    moved = sample.account(person_key="wei")
    with watched.write() as tx:
        accounts.sync_people(tx, [sample.person(moved, key="wei")], NOON)
    assert [r.person_key for r in pending(watched, NOON)] == ["wei"]


def test_a_text_that_is_judged_after_all_is_no_trouble_any_more(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (revision,) = pending(watched, NOON)
    with watched.write() as tx:
        open_incident(tx, "quarantine", f"revision {revision.id}", {}, NOON)
        revisions.save_evaluation(tx, revision, [], ["slow-rule"], "r", NOON)
        assert [at for (at,) in sample.rows(tx, incidents, "closed_at")] == [NOON]


def test_the_clients_of_the_posts_before_are_those_of_the_same_account(watched: Store) -> None:
    others = sample.account("lin-other")
    sample.people(watched, sample.account(), others)
    read(watched, page(post("o1", parts=(Part(Origin.TEXT, "x"), Part(Origin.CLIENT, "Pad")))), NOON, others)
    sent = [post("p1", parts=(Part(Origin.TEXT, "a"), Part(Origin.CLIENT, "云雀8"))), post("p2", "b"), post("p3", "c")]
    read(watched, page(*sent), NOON)
    last = max(pending(watched, NOON), key=lambda revision: revision.post_id)
    with watched.read() as tx:
        assert revisions.clients_before(tx, last) == ["", "云雀8"]
        assert revisions.clients_before(tx, last, limit=1) == [""]


# --- texts that do harm ---------------------------------------------------------------------------------------------


def test_a_text_that_fails_is_tried_again_later_and_quarantined_at_the_third_time(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    states = []
    for n in range(3):
        (revision,) = pending(watched, NOON + n * MINUTE)
        assert revision.attempts == n + 1
        with watched.write() as tx:
            states.append(revisions.put_aside(tx, revision, "ValueError", NOON + n * MINUTE))
        assert pending(watched, NOON + n * MINUTE) == []
    assert states == ["pending", "pending", "quarantined"]
    assert pending(watched, NOON + timedelta(days=1)) == []


def test_a_text_that_kills_the_process_comes_alone_and_ends_alone_and_is_quarantined(watched: Store) -> None:
    read(watched, page(*(post(f"p{n}") for n in range(3))), NOON)
    killer = 2
    taken = []
    for _ in range(8):
        batch = pending(watched, NOON)
        taken.append([r.post_id for r in batch])
        for revision in batch:
            if revision.post_id == killer:
                break
            judge(watched, revision, [], NOON)
        with watched.write() as tx:
            claims.release_all(tx)  # what a service does at its start
    assert taken == [[1, 2, 3], [2, 3], [2, 3], [2, 3], [2], [2], [3], []]
    with watched.read() as tx:
        assert sample.rows(tx, table, "state") == [("done",), ("quarantined",), ("done",)]
        assert sample.rows(tx, incidents, "kind", "subject") == [("quarantine", "revision 2")]
    with watched.write() as tx:
        assert revisions.judge_again(tx, "quarantined", NOON) == 1
    assert [r.post_id for r in pending(watched, NOON)] == [killer]
    with watched.write() as tx:
        claims.release_all(tx)
    assert pending(watched, NOON) == [], "once more at a change of rules, not six times"


def test_a_batch_is_no_larger_than_asked(watched: Store) -> None:
    read(watched, page(*(post(f"p{n}") for n in range(5))), NOON)
    assert [len(pending(watched, NOON, limit=2)) for _ in range(4)] == [2, 2, 1, 0]


def test_texts_are_judged_in_the_order_of_their_coming(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    read(watched, page(post("p2"), post("p1")), NOON + MINUTE)
    with watched.write() as tx:
        tx.execute(update(table).where(table.c.id == 1).values(due_at=NOON + 2 * MINUTE))
    assert [r.post_id for r in pending(watched, NOON + 2 * MINUTE)] == [2, 1]
    with watched.read() as tx:
        assert tx.execute(select(table.c.attempts)).scalars().all() == [1, 1]


def test_a_finding_comes_back_as_it_was_frozen(watched: Store) -> None:
    sample.alert(watched)
    with watched.read() as tx:
        story = reviews.show_alert(tx, 1)
    assert story is not None
    assert story.findings == (replace(finding()),)
