from datetime import timedelta

from monitor.store import Store
from monitor.store.rulebooks import KeptRuleBook, active_rulebook, save_rulebook
from monitor.store.schema import rulebooks
from tests.store import sample
from tests.store.sample import NOON


def test_the_rule_book_that_was_in_force_last_is_the_last_good_one(store: Store) -> None:
    with store.write() as tx:
        assert active_rulebook(tx) is None
        for n, digest in enumerate(("a", "b", "a")):
            save_rulebook(tx, digest, f"body of {digest}", NOON + timedelta(hours=n))
            assert active_rulebook(tx) == KeptRuleBook(digest, f"body of {digest}")
        assert sample.rows(tx, rulebooks, "hash", "loaded_at", "active") == [
            ("a", NOON, True),
            ("b", NOON + timedelta(hours=1), False),
        ]
