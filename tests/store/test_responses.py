from datetime import timedelta

import pytest

from monitor.errors import NotFoundError
from monitor.model.messages import Verdict
from monitor.review import Step, StepRow
from monitor.store import Store, responses, reviews
from monitor.store.schema import audit
from monitor.store.schema import responses as table
from tests.store import sample
from tests.store.sample import NOON, finding, receiver

MINUTE = timedelta(minutes=1)


@pytest.fixture
def alerted(store: Store) -> Store:
    """A store with one alert."""
    sample.people(store)
    sample.receivers(store, receiver("desk"))
    sample.alert(store, NOON)
    return store


def _respond(store: Store, step: Step, minutes: int, by: str = "zhou") -> StepRow:
    with store.write() as tx:
        return responses.respond(tx, 1, step, by_whom=by, note="", now=NOON + minutes * MINUTE)


def _done(store: Store) -> list[Step]:
    with store.read() as tx:
        return [row.step for row in responses.response_to(tx, 1) if row.at is not None]


def test_a_step_is_noted_once_and_says_afterwards_who_did_it(alerted: Store) -> None:
    first = _respond(alerted, Step.CONTACT_REACHED, 1)
    assert _respond(alerted, Step.CONTACT_REACHED, 2, by="chen") == first
    assert (first.by_whom, first.at) == ("zhou", NOON + MINUTE)
    with alerted.read() as tx:
        assert sample.rows(tx, table, "alert_id", "step", "by_whom") == [(1, "contact_reached", "zhou")]
        assert sample.rows(tx, audit, "actor", "action", "object", "detail") == [
            ("zhou", "respond", "alert:1", {"step": "contact_reached"})
        ]


def test_a_step_is_taken_back_once(alerted: Store) -> None:
    _respond(alerted, Step.STATEMENT, 1)
    with alerted.write() as tx:
        responses.undo_response(tx, 1, Step.STATEMENT, by_whom="chen", now=NOON + MINUTE)
        with pytest.raises(NotFoundError, match="nobody noted statement"):
            responses.undo_response(tx, 1, Step.STATEMENT, by_whom="chen", now=NOON + MINUTE)
        assert [row[0] for row in sample.rows(tx, audit, "action")] == ["respond", "undo_response"]
    assert _done(alerted) == []


def test_what_is_closed_and_opened_again_is_closed_again(alerted: Store) -> None:
    with alerted.write() as tx:
        reviews.acknowledge(tx, 1, "zhou", NOON + MINUTE)
        reviews.save_review(tx, 1, Verdict.LEAK, reviewer="zhou", now=NOON + 2 * MINUTE)
    _respond(alerted, Step.CLOSED, 3)
    assert _done(alerted) == [Step.TAKEN, Step.CLOSED]
    sample.read(alerted, sample.page(sample.post("p1", "more", at=NOON)), NOON + 9 * MINUTE)
    (revision,) = sample.pending(alerted, NOON + 9 * MINUTE)
    sample.judge(alerted, revision, [finding("云雀10")], NOON + 9 * MINUTE)
    assert _done(alerted) == []
    assert _respond(alerted, Step.CLOSED, 12, by="chen").by_whom == "chen"
    assert _done(alerted) == [Step.CLOSED]


def test_an_alert_that_is_not_there_has_no_response(store: Store) -> None:
    with store.write() as tx, pytest.raises(NotFoundError, match="no alert A-7"):
        responses.respond(tx, 7, Step.CLOSED, by_whom="zhou", note="", now=NOON)
