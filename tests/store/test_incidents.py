from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete

from monitor.errors import NotFoundError
from monitor.model.messages import IncidentEvent, IncidentNotice
from monitor.store import Store, incidents, messages
from monitor.store.schema import deliveries, incident_events
from monitor.store.schema import incidents as table
from tests.store import sample
from tests.store.sample import NOON, receiver

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


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
    common: Any = {
        "number": 1,
        "kind": "gap",
        "subject": "lin-blog",
        "opened_at": NOON,
        "detail": {"account": "lin-blog"},
    }
    assert opening == IncidentNotice(
        topic="incident:1:1", seq=1, event=IncidentEvent.OPENED, event_at=NOON, closed_at=None, **common
    )
    over = NOON + HOUR
    assert ending == IncidentNotice(
        topic="incident:1:2", seq=2, event=IncidentEvent.CLOSED, event_at=over, closed_at=over, **common
    )


def test_incidents_are_recorded_though_nobody_is_told(store: Store) -> None:
    with store.write() as tx:
        incidents.open_incident(tx, "gap", "lin-blog", {}, NOON)
    assert _topics(store) == []


# --- while it lasts ---------------------------------------------------------------------------------------------------


def _speak(store: Store, after: timedelta, *, launch_in: timedelta | None = None) -> int:
    now = NOON + after
    with store.write() as tx:
        return incidents.speak(tx, now, now + launch_in if launch_in is not None else None, ["desk", "ops"])


def _open(store: Store, kind: str = "account_unreadable", subject: str = "lin-blog") -> None:
    with store.write() as tx:
        incidents.open_incident(tx, kind, subject, {}, NOON)


def test_an_incident_is_told_again_with_a_number_each_time(store: Store) -> None:
    sample.receivers(store, receiver("desk"), receiver("ops", ops=True))
    _open(store)
    assert [_speak(store, after) for after in (14 * MINUTE, 15 * MINUTE, 59 * MINUTE, HOUR, 5 * HOUR)] == [
        0,
        1,
        0,
        1,
        1,
    ]
    assert [(key, topic) for key, topic, _ in _topics(store)] == [("ops", f"incident:1:{seq}") for seq in (1, 2, 3, 4)]
    with store.read() as tx:
        third = messages.message_for(tx, "incident:1:3")
    assert isinstance(third, IncidentNotice)
    assert (third.event, third.event_at) == (IncidentEvent.REMINDED, NOON + HOUR)
    assert third.detail == {"no": "3", "next": (NOON + 5 * HOUR).isoformat()}


def test_near_a_launch_the_receivers_of_alerts_are_told_too_to_the_end(store: Store) -> None:
    sample.receivers(store, receiver("desk"), receiver("ops", ops=True))
    _open(store)
    assert _speak(store, MINUTE, launch_in=71 * HOUR) == 1
    assert _speak(store, 15 * MINUTE, launch_in=71 * HOUR) == 1
    with store.write() as tx:
        incidents.close_incident(tx, "account_unreadable", "lin-blog", NOON + HOUR)
    told = [(key, str(topic)[-1]) for key, topic, _ in _topics(store)]
    assert told == [("ops", "1"), ("desk", "2"), ("desk", "3"), ("ops", "3"), ("desk", "4"), ("ops", "4")]


def test_what_others_are_told_of_from_the_beginning_they_are_reminded_of_too(store: Store) -> None:
    sample.receivers(store, receiver("desk"), receiver("ops", ops=True))
    with store.write() as tx:
        incidents.open_incident(tx, "ops_unreachable", "ops", {}, NOON, also=["desk"])
    assert _speak(store, HOUR) == 1
    assert [(key, topic) for key, topic, _ in _topics(store)] == [
        (key, f"incident:1:{seq}") for seq in (1, 2) for key in ("desk", "ops")
    ]


def test_a_taken_incident_says_by_whom_then_only_its_end(store: Store) -> None:
    sample.receivers(store, receiver("ops", ops=True))
    _open(store)
    with store.write() as tx:
        incidents.take_incident(tx, 1, "周敏", "new cookie is on its way", NOON + MINUTE)
    assert [_speak(store, after, launch_in=HOUR) for after in (15 * MINUTE, 5 * HOUR)] == [0, 0]
    with store.write() as tx:
        incidents.close_incident(tx, "account_unreadable", "lin-blog", NOON + HOUR)
        row, events = incidents.show_incident(tx, 1)
    assert [(event.seq, event.event.value) for event in events] == [(1, "opened"), (2, "taken"), (3, "closed")]
    assert (row.taken_by, row.taken_note, row.next_at) == ("周敏", "new cookie is on its way", None)
    assert len(_topics(store)) == 3


def test_only_an_open_incident_can_be_taken_or_closed(store: Store) -> None:
    _open(store)
    with store.write() as tx:
        incidents.close_by_hand(tx, 1, "周敏", NOON)
    for number in (1, 7):
        with store.write() as tx:
            with pytest.raises(NotFoundError, match=f"no open incident {number}"):
                incidents.take_incident(tx, number, "周敏", "", NOON)
            with pytest.raises(NotFoundError, match=f"no open incident {number}"):
                incidents.close_by_hand(tx, number, "周敏", NOON)


def test_an_incident_that_reached_nobody_is_known(store: Store) -> None:
    sample.receivers(store, receiver("ops", ops=True))
    _open(store)
    with store.read() as tx:
        assert incidents.untold_since(tx) == NOON
    sample.send(store, "ops", sample.step(), NOON)
    with store.read() as tx:
        assert incidents.untold_since(tx) is None


def test_incidents_of_the_version_before_keep_their_story(url: str) -> None:
    with Store(url) as store, store.write() as tx:
        tx.execute(delete(incident_events))
        tx.exec_driver_sql(
            "insert into incidents (kind, subject, opened_at, closed_at, last_seq, detail) values "
            "('gap', 'lin-blog', '2031-03-04T12:00:00.000000+00:00', '2031-03-04T13:00:00.000000+00:00', 2, '{}')"
        )
        context = MigrationContext.configure(tx)
        with Operations.context(context):
            for table in ("incident_events",):
                tx.exec_driver_sql(f"drop table {table}")
            for name in ("told_at", "escalated_at", "taken_at", "taken_by", "taken_note"):
                tx.exec_driver_sql(f"alter table incidents drop column {name}")
            import_module("monitor.store.migrations.versions.0002_numbered_incidents").upgrade()
    with Store(url) as store, store.read() as tx:
        _, events = incidents.show_incident(tx, 1)
        ending = messages.message_for(tx, "incident:1:2")
    assert [(event.seq, event.event.value, event.at) for event in events] == [
        (1, "opened", NOON),
        (2, "closed", NOON + HOUR),
    ]
    assert isinstance(ending, IncidentNotice)
    assert ending.closed_at == NOON + HOUR
