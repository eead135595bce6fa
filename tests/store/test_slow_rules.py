from datetime import timedelta

import pytest

from monitor.store import Store, revisions, slow_rules
from monitor.store.schema import incidents
from tests.store import sample
from tests.store.sample import NOON, page, pending, post, read

MINUTE = timedelta(minutes=1)


@pytest.fixture(name="watched")
def make_watched(store: Store) -> Store:
    sample.people(store)
    return store


def note(store: Store, *places: str, rulebook: str = "r1") -> None:
    with store.write() as tx:
        slow_rules.note_slow(tx, places, rulebook, NOON)


def test_the_texts_that_a_rule_did_not_run_on_are_counted_by_place(watched: Store) -> None:
    note(watched, "rules.toml:3", "rules.toml:9")
    note(watched, "rules.toml:3")
    with watched.read() as tx:
        assert slow_rules.slow_rules(tx, "r1") == {"rules.toml:3": 2, "rules.toml:9": 1}
        assert len(sample.rows(tx, incidents, "id")) == 2


def test_other_rules_begin_to_count_anew(watched: Store) -> None:
    note(watched, "rules.toml:3", rulebook="r1")
    with watched.read() as tx:
        assert slow_rules.slow_rules(tx, "r2") == {}
    note(watched, "rules.toml:3", rulebook="r2")
    with watched.read() as tx:
        assert slow_rules.slow_rules(tx, "r2") == {"rules.toml:3": 1}


def test_it_is_over_when_no_text_is_judged_in_part_any_more(watched: Store) -> None:
    read(watched, page(post("p1")), NOON)
    (revision,) = pending(watched, NOON)
    with watched.write() as tx:
        revisions.save_evaluation(tx, revision, [], ["slow"], "r1", NOON)
    note(watched, "rules.toml:3")
    with watched.write() as tx:
        slow_rules.all_ran(tx, NOON)
        assert [at for (at,) in sample.rows(tx, incidents, "closed_at")] == [None]
        assert revisions.judge_again(tx, "partial", NOON) == 1
    (revision,) = pending(watched, NOON)
    with watched.write() as tx:
        revisions.save_evaluation(tx, revision, [], [], "r2", NOON + MINUTE)
        slow_rules.all_ran(tx, NOON + MINUTE)
        assert [at for (at,) in sample.rows(tx, incidents, "closed_at")] == [NOON + MINUTE]
