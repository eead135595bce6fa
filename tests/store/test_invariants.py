from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from monitor.store import Store, incidents
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON, receiver, send, step

BODY = sha256(b"alert:1:1").hexdigest()


@pytest.fixture
def told(store: Store) -> tuple[Store, str]:
    """A store with one alert that was delivered, and the id of its message."""
    sample.people(store)
    sample.receivers(store, receiver())
    sample.alert(store)
    with store.write() as tx:
        incidents.open_incident(tx, "gap", "lin-blog", {}, NOON)
    message_id = send(store, "desk", step(), NOON)
    assert message_id is not None
    return store, message_id


def test_a_sound_database_breaks_nothing(told: tuple[Store, str]) -> None:
    store, message_id = told
    with store.read() as tx:
        assert broken_invariants(tx, {message_id: [(BODY, NOON)]}, told=["desk"], now=NOON) == []


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("update revisions set rulebook_hash = null", "I1"),
        ("update revisions set state = 'pending', due_at = '2031-03-04T11:00:00.000000+00:00'", "I2"),
        ("update findings set subject = 'other'", "I3"),
        ("update deliveries set state = 'folded'", "I3"),
        ("update deliveries set topic = 'alert:1:2'", "I3"),
        ("update alerts set last_seq = 2", "I5"),
        ("update alerts set state = 'reviewed'", "I5"),
        ("update incidents set last_seq = 2", "I5"),
        ("update incidents set closed_at = opened_at", "I5"),
        ("update posts set current_rev = 2", "I8"),
        ("delete from sightings", "I8"),
        ("update accounts set last_success_at = '2031-03-04T11:00:00.000000+00:00'", "I8"),
        ("update revisions set claimed_until = '2031-03-04T11:00:00.000000+00:00'", "I11"),
        ("delete from attempts", "I11"),
        ("update deliveries set body = null", "I6"),
        ("update deliveries set message_id = 'msg_other'", "I4"),
    ],
)
def test_harm_is_named(told: tuple[Store, str], harm: str, named: str) -> None:
    store, message_id = told
    with store.write() as tx:
        tx.execute(text(harm))
        broken = broken_invariants(tx, {message_id: [(BODY, NOON)]}, told=["desk"], now=NOON)
    assert named in {line.split()[0] for line in broken}


@pytest.mark.parametrize(
    ("receipts", "named"),
    [
        pytest.param({}, "I4", id="never arrived"),
        pytest.param({0: [("other", NOON)]}, "I6", id="another body"),
        pytest.param({0: [(BODY, NOON), ("other", NOON)]}, "I6", id="two bodies"),
        pytest.param({0: [(BODY, NOON), (BODY, NOON + timedelta(1))]}, "I7", id="arrived more often than sent"),
        pytest.param({0: [(BODY, NOON)], 1: [(BODY, NOON)]}, "I7", id="never sent"),
    ],
)
def test_what_the_receiver_noted_is_compared(
    told: tuple[Store, str], receipts: dict[int, list[tuple[str, datetime]]], named: str
) -> None:
    store, message_id = told
    noted = {(message_id, "msg_unknown")[n]: got for n, got in receipts.items()}
    with store.read() as tx:
        assert named in {line.split()[0] for line in broken_invariants(tx, noted)}
