from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.store import Store, rescans, retention, revisions, rulebooks
from monitor.store.schema import rescans as table
from monitor.store.schema import revisions as texts
from tests.store import sample
from tests.store.sample import NOON, page, pending, post, read

MINUTE = timedelta(minutes=1)


@pytest.fixture
def judged(store: Store) -> Store:
    """A store with four posts, the first of them edited, all judged by the very first rules."""
    sample.people(store)
    _install(store, sample.RULES)
    read(store, page(*(post(f"p{n}") for n in range(4))), NOON)
    read(store, page(post("p0", "云雀9 明天见")), NOON + MINUTE)
    for revision in pending(store, NOON + MINUTE):
        sample.judge(store, revision, [], NOON + MINUTE)
    return store


def _install(store: Store, rules: str) -> None:
    with store.write() as tx:
        rulebooks.save_rulebook(tx, rules, "body", NOON)
        rescans.begin_rescan(tx, rules, NOON)


def _some(store: Store, rules: str, limit: int = 100) -> int:
    with store.write() as tx:
        return rescans.rescan_some(tx, rules, NOON, limit=limit)


def _judge_all(store: Store, rules: str) -> list[tuple[int, int, bool]]:
    """Judge all that waits; answers post, number of the text and whether it is judged again."""
    taken = pending(store, NOON + 5 * MINUTE)
    for revision in taken:
        with store.write() as tx:
            revisions.save_evaluation(tx, revision, [], (), rules, NOON)
    return sorted((revision.post_id, revision.no, revision.again) for revision in taken)


def test_the_first_rules_ever_have_nothing_to_judge_again(judged: Store) -> None:
    _install(judged, sample.RULES)
    assert _some(judged, sample.RULES) == 0
    with judged.read() as tx:
        assert sample.rows(tx, table, "id") == []


def test_new_rules_judge_every_current_text_once_in_small_turns(judged: Store) -> None:
    _install(judged, "rules-2")
    turns = []
    while _some(judged, "rules-2", limit=3):
        turns.append(_judge_all(judged, "rules-2"))
    assert turns == [[(1, 2, True), (2, 1, True), (3, 1, True)], [(4, 1, True)]]
    with judged.read() as tx:
        assert sample.rows(tx, table, "rulebook_hash", "reason", "state") == [("rules-2", "rules", "closed")]
        assert {again for (again,) in sample.rows(tx, texts, "again")} == {False}


def test_new_texts_come_first(judged: Store) -> None:
    _install(judged, "rules-2")
    read(judged, page(post("p9"), post("p0", "云雀9 明天见")), NOON + 2 * MINUTE)
    assert _some(judged, "rules-2") == 0
    assert _judge_all(judged, "rules-2") == [(5, 1, False)]
    assert _some(judged, "rules-2") == 4


def test_a_restart_with_the_same_rules_goes_on_where_it_was_and_tries_no_poison_anew(judged: Store) -> None:
    _install(judged, "rules-2")
    assert _some(judged, "rules-2", limit=2) == 2
    _judge_all(judged, "rules-2")
    read(judged, page(post("poison"), post("p0", "云雀9 明天见")), NOON + 2 * MINUTE)
    (poison,) = pending(judged, NOON + 2 * MINUTE)
    for _ in range(3):
        with judged.write() as tx:
            if revisions.put_aside(tx, poison, "ValueError", NOON - MINUTE) == "pending":
                (poison,) = revisions.claim_revisions(tx, NOON, limit=1)
    _install(judged, "rules-2")
    assert pending(judged, NOON) == []
    assert _some(judged, "rules-2") == 2


def test_what_could_not_be_judged_whole_is_tried_by_new_rules(judged: Store) -> None:
    read(judged, page(post("a", "1"), post("b", "2"), post("p0", "云雀9 明天见")), NOON + 2 * MINUTE)
    partial, poison = pending(judged, NOON + 2 * MINUTE)
    with judged.write() as tx:
        revisions.save_evaluation(tx, partial, [], ("slow-rule",), sample.RULES, NOON)
        revisions.put_aside(tx, replace(poison, attempts=3), "ValueError", NOON)
    _install(judged, "rules-2")
    assert _judge_all(judged, "rules-2") == [(5, 1, True), (6, 1, True)]


def test_newer_rules_end_the_scan_of_older_ones_and_old_rules_may_come_back(judged: Store) -> None:
    for rules in ("rules-2", "rules-3"):
        _install(judged, rules)
    assert _some(judged, "rules-2") == 0
    assert _some(judged, "rules-3") == 4
    _judge_all(judged, "rules-3")
    _install(judged, "rules-2")
    assert _some(judged, "rules-2") == 4


def test_what_retention_took_is_not_judged_again(judged: Store) -> None:
    with judged.write() as tx:
        retention.purge(tx, NOON + timedelta(days=99), unflagged_days=90, flagged_days=90)
    _install(judged, "rules-2")
    assert _some(judged, "rules-2") == 0


def test_a_text_that_the_author_brought_back_is_not_judged_as_if_only_the_rules_had_changed(judged: Store) -> None:
    _install(judged, "rules-2")
    assert _some(judged, "rules-2") == 4
    read(judged, page(post("p0")), NOON + 2 * MINUTE)
    assert _judge_all(judged, "rules-2")[:2] == [(1, 1, False), (1, 2, True)]
