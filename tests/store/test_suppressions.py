"""What is hidden for a time, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from monitor.alert import Suppression
from monitor.errors import NotFoundError, StoreError
from monitor.model.findings import Disposition
from monitor.model.messages import Verdict
from monitor.model.rulebook import NEVER, Severity
from monitor.review import LONGEST, preview_of
from monitor.store import Store, retention, reviews, suppressions
from monitor.store.schema import alerts, audit, revisions
from monitor.store.schema import suppressions as table
from tests.store import sample
from tests.store.sample import NOON, finding, judge, page, pending, post, read

DAY = timedelta(days=1)
HIDDEN = finding(disposition=Disposition.SUPPRESSED, suppression_id=1)


@pytest.fixture
def watched(store: Store) -> Store:
    """A store with an account and a receiver."""
    sample.people(store)
    sample.receivers(store, sample.receiver())
    return store


def _suppress(store: Store, days: int = 30, at: int = 0, **what: str) -> int:
    now = NOON + at * DAY
    with store.write() as tx:
        return suppressions.suppress(
            tx, why="a joke", by_whom="zhou", until=now + days * DAY, now=now, **what or {"rule_id": "unreleased-name"}
        )


def _judge_again(store: Store) -> None:
    with store.write() as tx:
        tx.execute(update(revisions).values(state="pending", due_at=NOON))


def _hide(store: Store, number: int, native_id: str = "p1", minutes: int = 0) -> None:
    at = NOON + timedelta(minutes=minutes)
    read(store, page(post(native_id, f"云雀9 {native_id}", at=at)), at)
    (revision,) = pending(store, at)
    judge(store, revision, [finding(disposition=Disposition.SUPPRESSED, suppression_id=number)], at)


def test_one_that_names_nothing_or_lasts_too_long_is_refused(watched: Store) -> None:
    with watched.write() as tx:
        for until, what, problem in (
            (NOON + DAY, {}, "name a subject, a rule, a person or a text"),
            (NOON + LONGEST + DAY, {"person_key": "lin"}, "lasts 90 days at most"),
        ):
            with pytest.raises(StoreError, match=problem):
                suppressions.suppress(tx, why="", by_whom="zhou", until=until, now=NOON, **what)
        assert sample.rows(tx, table, "id") == []


def test_it_holds_until_its_end_or_until_it_is_ended(watched: Store) -> None:
    first = _suppress(watched, 30, person_key="lin")
    second = _suppress(watched, 60, subject="yunque-9")
    with watched.write() as tx:
        assert suppressions.in_force(tx, NOON) == [
            Suppression(first, None, None, None, NOON + 30 * DAY, "lin"),
            Suppression(second, "yunque-9", None, None, NOON + 60 * DAY),
        ]
        assert [quiet.id for quiet in suppressions.in_force(tx, NOON + 30 * DAY)] == [second]
        suppressions.end_suppression(tx, second, "chen", NOON + DAY)
        assert [quiet.id for quiet in suppressions.in_force(tx, NOON + DAY)] == [first]
        for number, problem in ((second, "is over"), (9, "no suppression 9")):
            with pytest.raises(NotFoundError, match=problem):
                suppressions.end_suppression(tx, number, "chen", NOON + DAY)
        everything = suppressions.list_suppressions(tx, NOON + DAY, over=True)
        assert [(row.number, row.is_over(NOON + DAY), row.ended_by) for row in everything] == [
            (second, True, "chen"),
            (first, False, None),
        ]
        assert sample.rows(tx, audit, "actor", "action", "object") == [
            ("zhou", "suppress", "suppression:1"),
            ("zhou", "suppress", "suppression:2"),
            ("chen", "end_suppression", "suppression:2"),
        ]


def test_what_is_hidden_is_counted_once_however_often_it_is_judged_and_no_more_when_it_is_not(watched: Store) -> None:
    number = _suppress(watched)
    _hide(watched, number)
    for found, count in ((HIDDEN, 1), (HIDDEN, 1), (finding(), 0)):
        _judge_again(watched)
        (revision,) = pending(watched, NOON)
        judge(watched, revision, [found], NOON)
        with watched.read() as tx:
            assert sample.rows(tx, table, "hidden_count") == [(count,)]
            assert len(sample.rows(tx, alerts, "id")) == 1 - count


def test_after_its_end_it_still_stands_for_the_texts_that_it_hid_and_for_no_other(watched: Store) -> None:
    number = _suppress(watched)
    _hide(watched, number)
    with watched.write() as tx:
        suppressions.end_suppression(tx, number, "zhou", NOON + DAY)
        assert [quiet.id for quiet in suppressions.in_force(tx, NOON + DAY, revision_id=1)] == [number]
        assert suppressions.in_force(tx, NOON + DAY, revision_id=2) == []


def test_what_it_hid_can_be_looked_at(watched: Store) -> None:
    number = _suppress(watched)
    for minutes, native_id in enumerate(("p1", "p2")):
        _hide(watched, number, native_id, minutes)
    with watched.read() as tx:
        posts = suppressions.hidden_posts(tx, number)
        assert suppressions.hidden_posts(tx, number, limit=1) == posts[:1]
        assert suppressions.hidden_lately(tx, NOON + DAY / 2) == {number: 2}
        assert suppressions.hidden_lately(tx, NOON + 2 * DAY) == {}
    assert [(p.post_id, p.person, p.platform, p.url, p.at, p.findings) for p in posts] == [
        (2, "林岚", "blog.example", "https://blog.example/p2", NOON + timedelta(minutes=1), 1),
        (1, "林岚", "blog.example", "https://blog.example/p1", NOON, 1),
    ]


def test_one_that_was_made_anew_is_spoken_for_by_the_longer_one(watched: Store) -> None:
    _suppress(watched, 30, person_key="lin")
    renewed = _suppress(watched, 30, at=20, person_key="lin")
    other = _suppress(watched, 5, at=20, person_key="lin", subject="yunque-9")
    with watched.read() as tx:
        assert {row.number for row in suppressions.unrenewed(tx, NOON + 20 * DAY)} == {renewed, other}


def test_what_is_said_of_it_is_only_what_may_be_said_aloud(watched: Store) -> None:
    with watched.write() as tx:
        suppressions.suppress(
            tx,
            why="-",
            by_whom="zhou",
            until=NOON + DAY,
            now=NOON,
            subject="yunque-9",
            label="Kingfisher",
            rule_id="unreleased-name",
            rule_place="rules.toml:12",
            person_key="lin",
            text_hash="0123456789abcdef",
        )
        (row,) = suppressions.list_suppressions(tx, NOON)
    assert row.what == "Kingfisher, rules.toml:12, lin, text 01234567"
    assert "yunque-9" not in repr(row)


# --- what it would have hidden --------------------------------------------------------------------------------------


def test_the_stored_past_shows_what_would_have_been_hidden(watched: Store) -> None:
    for minutes, native_id in enumerate(("p1", "p2", "p3")):
        sample.alert(watched, NOON + timedelta(minutes=minutes), native_id)
    with watched.write() as tx:
        reviews.save_review(tx, 2, Verdict.LEAK, reviewer="zhou", now=NOON)
    wishes: dict[str, tuple[Suppression, tuple[int, ...]]] = {
        "product": (suppressions.wished("yunque-9", None, None, None), (3, 2, 1)),
        "another product": (suppressions.wished("bailu-2", None, None, None), ()),
        "person": (suppressions.wished(None, None, None, "lin"), (3, 2, 1)),
        "another person": (suppressions.wished("yunque-9", None, None, "wei"), ()),
        "rule": (suppressions.wished(None, "unreleased-name", None, None), (3, 2, 1)),
        "another rule": (suppressions.wished(None, "price", None, "lin"), ()),
    }
    with watched.read() as tx:
        about = suppressions.alert_about(tx, 2)
        wishes["text"] = suppressions.wished(None, None, about.text_hash, None), (2,)
        for name, (wish, numbers) in wishes.items():
            seen = preview_of(wish, suppressions.past_alerts(tx, wish))
            assert tuple(past.number for past in seen.hidden) == numbers, name
            assert seen.leaks == tuple(number for number in numbers if number == 2), name
        by_product = preview_of(wishes["product"][0], suppressions.past_alerts(tx, wishes["product"][0]))
    assert (about.subject, about.label, about.person_key, about.rule_ids) == (
        "yunque-9",
        "一款新品",
        "lin",
        ("unreleased-name",),
    )
    assert by_product.counts == {(Severity.HIGH, None): 2, (Severity.HIGH, Verdict.LEAK): 1}


def test_of_an_alert_whose_texts_retention_took_person_and_product_are_known(watched: Store) -> None:
    sample.alert(watched, NOON)
    with watched.write() as tx:
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON)
        assert retention.purge(tx, NOON + 999 * DAY, unflagged_days=90, flagged_days=180) == 1
    with watched.read() as tx:
        for wish, leaks in (
            (suppressions.wished("yunque-9", None, None, None), (1,)),
            (suppressions.wished(None, "unreleased-name", None, None), ()),
        ):
            assert preview_of(wish, suppressions.past_alerts(tx, wish)).leaks == leaks
            assert wish.until == NEVER
        for number, problem in ((1, "nothing is kept any more"), (9, "no alert A-9")):
            with pytest.raises(NotFoundError, match=problem):
                suppressions.alert_about(tx, number)
