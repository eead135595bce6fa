from datetime import timedelta

from monitor.model.messages import IncidentNotice
from monitor.store import Store, incidents, messages
from monitor.store.schema import deliveries
from monitor.store.schema import incidents as table
from tests.store import sample
from tests.store.sample import NOON, receiver

HOUR = timedelta(hours=1)


def _topics(store: Store) -> list[tuple[object, ...]]:
    with store.read() as tx:
        return sample.rows(tx, deliveries, "receiver_key", "topic", "state")


def test_an_incident_is_told_once_when_it_opens_and_once_when_it_ends(store: Store) -> None:
    sample.receivers(store, receiver("desk"), receiver("ops", ops=True), receiver("night", ops=True))
    for n in range(3):
        with store.write() as tx:
            incidents.open_incident(tx, "gap", "lin-blog", {"times": str(n)}, NOON + n * HOUR)
    assert _topics(store) == [("night", "incident:1:1", "waiting"), ("ops", "incident:1:1", "waiting")]
    for _ in range(2):
        with store.write() as tx:
            incidents.close_incident(tx, "gap", "lin-blog", NOON + 3 * HOUR)
    assert _topics(store)[2:] == [("night", "incident:1:2", "waiting"), ("ops", "incident:1:2", "waiting")]
    with store.read() as tx:
        columns = ("opened_at", "closed_at", "last_seq", "detail")
        assert sample.rows(tx, table, *columns) == [(NOON, NOON + 3 * HOUR, 2, {"times": "2"})]


def test_trouble_that_comes_again_is_a_new_incident(store: Store) -> None:
    sample.receivers(store, receiver("ops", ops=True))
    for n in range(2):
        with store.write() as tx:
            incidents.open_incident(tx, "gap", "lin-blog", {}, NOON + n * HOUR)
            incidents.close_incident(tx, "gap", "lin-blog", NOON + n * HOUR)
    assert [topic for _, topic, _ in _topics(store)] == [f"incident:{n}:{seq}" for n in (1, 2) for seq in (1, 2)]


def test_troubles_of_different_kinds_or_subjects_are_different_incidents(store: Store) -> None:
    with store.write() as tx:
        for kind, subject in (("a", "x"), ("a", "y"), ("b", "x")):
            incidents.open_incident(tx, kind, subject, {}, NOON)
        assert len(sample.rows(tx, table, "id")) == 3


def test_the_notice_of_the_opening_stays_the_same_after_the_end(store: Store) -> None:
    with store.write() as tx:
        incidents.open_incident(tx, "gap", "lin-blog", {"account": "lin-blog"}, NOON)
        opening = messages.message_for(tx, "incident:1:1")
        incidents.close_incident(tx, "gap", "lin-blog", NOON + HOUR)
        assert messages.message_for(tx, "incident:1:1") == opening
        ending = messages.message_for(tx, "incident:1:2")
    assert opening == IncidentNotice("incident:1:1", "gap", "lin-blog", 1, NOON, None, {"account": "lin-blog"})
    assert ending == IncidentNotice("incident:1:2", "gap", "lin-blog", 2, NOON, NOON + HOUR, {"account": "lin-blog"})


def test_incidents_are_recorded_though_nobody_is_told(store: Store) -> None:
    with store.write() as tx:
        incidents.open_incident(tx, "gap", "lin-blog", {}, NOON)
    assert _topics(store) == []
