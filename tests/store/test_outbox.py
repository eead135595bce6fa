from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from monitor.errors import ClaimLostError, StoreError
from monitor.model.messages import DeliveryState, NextStep, ReceiverState, Request
from monitor.routing import Route, Urgency
from monitor.store import Store, outbox
from monitor.store.incidents import open_incident
from monitor.store.schema import attempts, audit, deliveries, incidents
from monitor.store.schema import receivers as table
from tests.store import sample
from tests.store.invariants import broken_invariants
from tests.store.sample import NOON, receiver, send, step

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RETRY = step(DeliveryState.WAITING, ReceiverState.OK, due_at=NOON + MINUTE, status=422, outcome="refused", refused=True)
DOWN = step(
    DeliveryState.WAITING, ReceiverState.FAILING, at=NOON + MINUTE, due_at=NOON + MINUTE, status=503, outcome="server"
)
GONE = step(DeliveryState.PARKED, ReceiverState.PARKED, at=NOON, status=410, outcome="gone")
DEAD = step(DeliveryState.DEAD, ReceiverState.OK, status=422, outcome="refused", refused=True)


@pytest.fixture
def told(store: Store) -> Store:
    """A store with two receivers; the second is told of incidents."""
    sample.receivers(store, receiver("desk"), receiver("ops", ops=True))
    return store


def _queue(store: Store, topic: str, *, to: str = "desk", at: datetime = NOON, urgency: Urgency = Urgency.NOW) -> None:
    with store.write() as tx:
        outbox.queue(tx, topic, [Route(to, urgency, at)], at)


def _states(store: Store, to: str = "desk") -> list[tuple[object, ...]]:
    with store.read() as tx:
        return [row[1:] for row in sample.rows(tx, deliveries, "receiver_key", "topic", "state") if row[0] == to]


def _gather(store: Store, at: datetime) -> int:
    with store.write() as tx:
        return outbox.gather_digests(tx, at)


# --- queueing -------------------------------------------------------------------------------------------------------


def test_a_topic_is_queued_once_for_each_receiver(told: Store) -> None:
    routes = [Route("desk", Urgency.NOW, NOON), Route("ops", Urgency.NOW, NOON)]
    for at in (NOON, NOON + HOUR):
        with told.write() as tx:
            outbox.queue(tx, "alert:1:1", routes, at)
    with told.read() as tx:
        rows = sample.rows(tx, deliveries, "receiver_key", "message_id", "created_at")
    assert [(row[0], row[2]) for row in rows] == [("desk", NOON), ("ops", NOON)]
    assert len({row[1] for row in rows}) == 2


def test_a_message_id_depends_on_receiver_and_topic_alone() -> None:
    assert outbox.message_id("desk", "alert:1:1") == "msg_58bcad7bfb04eb7e206f1232b055776b"
    assert len({outbox.message_id(r, t) for r in ("a", "b") for t in ("x", "y")}) == 4


def test_nothing_to_tell_is_no_error(told: Store) -> None:
    with told.write() as tx:
        outbox.queue(tx, "alert:1:1", [], NOON)
    assert _states(told) == []


def test_what_can_wait_is_held_and_folded_into_one_digest_as_soon_as_any_of_it_is_due(told: Store) -> None:
    for n, minutes in enumerate((5, 50, 70)):
        with told.write() as tx:
            outbox.queue(tx, f"alert:{n}:1", [Route("desk", Urgency.HOURLY, NOON + minutes * MINUTE)], NOON)
    with told.write() as tx:
        outbox.queue(tx, "alert:9:1", [Route("desk", Urgency.WEEKLY, NOON + 24 * HOUR)], NOON)
    assert _gather(told, NOON + 4 * MINUTE) == 0
    assert send(told, "desk", step(), NOON + 4 * MINUTE) is None
    assert _gather(told, NOON + 5 * MINUTE) == 1
    assert _states(told) == [
        *((f"alert:{n}:1", "folded") for n in range(3)),
        ("alert:9:1", "held"),
        ("digest:hourly:1", "waiting"),
    ]
    assert _gather(told, NOON + 5 * MINUTE) == 0
    assert send(told, "desk", step(), NOON + 5 * MINUTE) == outbox.message_id("desk", "digest:hourly:1")
    with told.read() as tx:
        assert broken_invariants(tx) == []


def test_digests_are_made_for_each_receiver_and_urgency(told: Store) -> None:
    for to in ("desk", "ops"):
        _queue(told, "alert:1:1", to=to, urgency=Urgency.LATE)
        _queue(told, "alert:2:1", to=to, urgency=Urgency.HOURLY)
    assert _gather(told, NOON) == 4
    _queue(told, "alert:3:1", urgency=Urgency.LATE)
    assert _gather(told, NOON) == 1, "what comes later is another digest, even at the same instant"
    assert [topic for topic, state in _states(told) if state == "waiting"] == [
        "digest:hourly:2",
        "digest:late:1",
        "digest:late:9",
    ]


def test_a_digest_due_in_a_far_future_of_a_wrong_clock_is_made_now(told: Store) -> None:
    with told.write() as tx:
        outbox.queue(tx, "alert:1:1", [Route("desk", Urgency.WEEKLY, NOON + timedelta(days=30))], NOON)
        outbox.queue(tx, "alert:2:1", [Route("ops", Urgency.WEEKLY, NOON + timedelta(days=7))], NOON)
    assert _gather(told, NOON) == 1


# --- sending --------------------------------------------------------------------------------------------------------


def test_messages_leave_in_the_order_of_their_coming(told: Store) -> None:
    for n in range(3):
        _queue(told, f"alert:{n}:1", at=NOON + n * MINUTE)
    sent = [send(told, "desk", step(), NOON + HOUR) for _ in range(4)]
    assert sent == [*(outbox.message_id("desk", f"alert:{n}:1") for n in range(3)), None]
    assert {state for _, state in _states(told)} == {"delivered"}


def test_one_worker_at_a_time_sends_to_a_receiver(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:1:1", to="ops")
    with told.write() as tx:
        assert [r.key for r in outbox.claim_receivers(tx, NOON)] == ["desk", "ops"]
        assert outbox.claim_receivers(tx, NOON) == []
        assert [r.key for r in outbox.claim_receivers(tx, NOON + HOUR)] == ["desk", "ops"]


def test_a_receiver_for_which_nothing_waits_is_not_taken(told: Store) -> None:
    with told.write() as tx:
        outbox.queue(tx, "alert:1:1", [Route("desk", Urgency.NOW, NOON + MINUTE)], NOON)
        assert outbox.claim_receivers(tx, NOON) == []
        assert len(outbox.claim_receivers(tx, NOON + MINUTE)) == 1


def test_every_attempt_sends_the_body_of_the_first(told: Store) -> None:
    _queue(told, "alert:1:1")
    first = send(told, "desk", RETRY, NOON)
    with told.write() as tx:
        outbox.claim_receivers(tx, NOON + MINUTE)
        again = outbox.claim_delivery(tx, "desk", NOON + MINUTE)
    assert again is not None
    assert (again.message_id, again.body, again.content_type) == (first, b"alert:1:1", "text/plain")
    assert (again.attempts, again.refusals) == (2, 1)


def test_an_attempt_is_on_record_before_it_leaves_and_with_its_outcome_after(told: Store) -> None:
    _queue(told, "alert:1:1")
    with told.write() as tx:
        (worker,) = outbox.claim_receivers(tx, NOON)
        delivery = outbox.claim_delivery(tx, "desk", NOON)
        assert delivery is not None
        delivery = outbox.freeze(tx, delivery, Request(b"{}", "application/json"), NOON)
        number = outbox.start_attempt(tx, worker, delivery, NOON)
    columns = ("no", "started_at", "ended_at", "status", "outcome")
    with told.read() as tx:
        assert sample.rows(tx, attempts, *columns) == [(1, NOON, None, None, "")]
    with told.write() as tx:
        outbox.finish_attempt(tx, worker, delivery, number, step(), NOON + MINUTE)
        assert sample.rows(tx, attempts, *columns) == [(1, NOON, NOON + MINUTE, 200, "delivered")]
        assert sample.rows(tx, deliveries, "state", "delivered_at") == [("delivered", NOON + MINUTE)]
        assert outbox.claim_receivers(tx, NOON + MINUTE) == [], "the worker keeps the receiver while it goes well"


@pytest.mark.parametrize(
    ("outcome", "state", "failures"),
    [
        pytest.param(step(), "ok", 0, id="delivered"),
        pytest.param(RETRY, "ok", 0, id="this body refused"),
        pytest.param(DOWN, "failing", 1, id="receiver down"),
    ],
)
def test_an_outcome_is_noted_for_the_receiver_too(told: Store, outcome: NextStep, state: str, failures: int) -> None:
    _queue(told, "alert:1:1")
    send(told, "desk", outcome, NOON)
    with told.read() as tx:
        row = sample.rows(tx, table, "state", "failures", "last_status")[0]
    assert row == (state, failures, outcome.status)


def test_a_receiver_that_fails_is_asked_again_only_when_its_time_has_come(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1")
    assert send(told, "desk", DOWN, NOON)
    assert send(told, "desk", step(), NOON) is None, "the second message waits with the first"
    assert send(told, "desk", step(), NOON + MINUTE)
    with told.read() as tx:
        assert sample.rows(tx, table, "state", "failures")[0] == ("ok", 0)


def test_a_sender_whose_lease_ran_out_writes_nothing(told: Store) -> None:
    _queue(told, "alert:1:1")
    with told.write() as tx:
        (late,) = outbox.claim_receivers(tx, NOON)
        delivery = outbox.claim_delivery(tx, "desk", NOON)
        assert delivery is not None
        number = outbox.start_attempt(tx, late, delivery, NOON)
    assert send(told, "desk", step(), NOON + 2 * MINUTE)
    with pytest.raises(ClaimLostError), told.write() as tx:
        outbox.finish_attempt(tx, late, delivery, number, DOWN, NOON + 3 * MINUTE)
    with pytest.raises(ClaimLostError), told.write() as tx:
        outbox.release_receiver(tx, late, NOON)
    _queue(told, "alert:2:1")
    with told.write() as tx:
        held = outbox.claim_delivery(tx, "desk", NOON + 3 * MINUTE)
    assert held is not None
    with pytest.raises(ClaimLostError), told.write() as tx:
        outbox.start_attempt(tx, late, held, NOON + 3 * MINUTE)
    assert _states(told) == [("alert:1:1", "delivered"), ("alert:2:1", "waiting")]
    with told.read() as tx:
        assert sample.rows(tx, table, "state", "failures")[0] == ("ok", 0)


def test_what_waited_for_a_receiver_leaves_as_soon_as_that_works_again(told: Store) -> None:
    for n in range(3):
        _queue(told, f"alert:{n}:1", at=NOON + n * timedelta(seconds=1))
    refused = replace(RETRY, delivery_due_at=NOON + HOUR)
    assert send(told, "desk", refused, NOON + MINUTE)
    assert send(told, "desk", replace(DOWN, delivery_due_at=NOON + HOUR), NOON + MINUTE)
    assert send(told, "desk", step(), NOON + MINUTE)
    sent = [send(told, "desk", step(), NOON + MINUTE) for _ in range(2)]
    assert sent == [outbox.message_id("desk", "alert:1:1"), None], "what was refused keeps its own time"


def test_a_message_on_which_a_receiver_chokes_is_not_tried_before_every_other(told: Store) -> None:
    for n in range(4):
        _queue(told, f"alert:{n}:1", at=NOON + n * timedelta(seconds=1))
    choking = outbox.message_id("desk", "alert:0:1")
    down = replace(DOWN, delivery_due_at=NOON + 60 * MINUTE)
    outcomes = (down, step(), down, step(), step())
    sent = [send(told, "desk", outcome, NOON + MINUTE) for outcome in outcomes]
    assert [n for n, message in enumerate(sent) if message == choking] == [0, 2]
    assert send(told, "desk", step(), NOON + 60 * MINUTE) == choking


def test_a_message_that_cannot_be_rendered_is_parked_alone(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1")
    with told.write() as tx:
        delivery = outbox.claim_delivery(tx, "desk", NOON)
        assert delivery is not None
        outbox.park_delivery(tx, delivery, "RenderError")
    assert _states(told) == [("alert:1:1", "parked"), ("alert:2:1", "waiting")]


# --- trouble --------------------------------------------------------------------------------------------------------


def test_a_receiver_that_wants_no_more_keeps_everything_and_somebody_is_told(told: Store) -> None:
    for n in range(3):
        _queue(told, f"alert:{n}:1")
    _queue(told, "alert:3:1", urgency=Urgency.WEEKLY)
    send(told, "desk", GONE, NOON)
    _queue(told, "alert:4:1")
    assert _states(told) == [(f"alert:{n}:1", "parked") for n in range(5)]
    assert send(told, "desk", step(), NOON + HOUR) is None
    with told.read() as tx:
        assert sample.rows(tx, incidents, "kind", "subject") == [("receiver_parked", "desk")]
        assert _states(told, "ops") == [("incident:1:1", "waiting")]


def test_a_parked_receiver_is_used_again_after_a_replay(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1", urgency=Urgency.WEEKLY)
    send(told, "desk", GONE, NOON)
    with told.write() as tx:
        assert outbox.replay(tx, ids=[1], now=NOON + HOUR) == 1
    assert _states(told) == [("alert:1:1", "waiting"), ("alert:2:1", "held")]
    assert send(told, "desk", step(), NOON + HOUR)
    with told.read() as tx:
        assert sample.rows(tx, incidents, "kind", "closed_at") == [("receiver_parked", NOON + HOUR)]


def test_a_dead_message_is_kept_told_and_replayed_with_the_same_id_and_body(told: Store) -> None:
    _queue(told, "alert:1:1")
    first = send(told, "desk", DEAD, NOON)
    assert send(told, "desk", step(), NOON + HOUR) is None
    with told.read() as tx:
        assert sample.rows(tx, incidents, "kind", "subject", "closed_at") == [("delivery_dead", "desk", None)]
    with told.write() as tx:
        assert outbox.replay(tx, state=DeliveryState.DEAD, now=NOON + HOUR, actor="zhou") == 1
        assert sample.rows(tx, incidents, "closed_at") == [(NOON + HOUR,)]
        assert sample.rows(tx, audit, "actor", "action", "detail", "hash") == [("zhou", "replay", {"ids": [1]}, None)]
        outbox.claim_receivers(tx, NOON + HOUR)
        again = outbox.claim_delivery(tx, "desk", NOON + HOUR)
    assert again is not None
    assert (again.message_id, again.body) == (first, b"alert:1:1")
    assert (again.refusals, again.attempts, again.created_at) == (0, 1, NOON + HOUR), "its schedule begins anew"


@pytest.mark.parametrize(
    ("wanted", "replayed"),
    [
        pytest.param({"ids": [1, 2, 3, 4]}, ["1", "2", "3"], id="by id: whatever is settled"),
        pytest.param({"receiver": "desk"}, ["2", "3"], id="of a receiver: what is dead or parked"),
        pytest.param({"receiver": "desk", "state": DeliveryState.DELIVERED}, ["1"], id="of a receiver, in a state"),
        pytest.param({"state": DeliveryState.DEAD}, ["2"], id="in a state"),
        pytest.param({"ids": []}, [], id="none"),
        pytest.param({"receiver": "ops", "ids": [1]}, [], id="another's"),
    ],
)
def test_what_is_replayed(told: Store, wanted: dict[str, object], replayed: list[str]) -> None:
    for n, outcome in enumerate((step(), DEAD, replace(GONE, receiver=ReceiverState.OK)), start=1):
        _queue(told, f"alert:{n}:1")
        send(told, "desk", outcome, NOON)
    _queue(told, "alert:4:1")
    with told.write() as tx:
        assert outbox.replay(tx, now=NOON, **wanted) == len(replayed)  # type: ignore[arg-type]
    waiting = [topic.split(":")[1] for topic, state in _states(told) if state == "waiting" and isinstance(topic, str)]
    assert waiting == [*replayed, "4"]


def test_a_replay_of_everything_is_refused(told: Store) -> None:
    with pytest.raises(StoreError, match="name ids, a receiver or a state"), told.write() as tx:
        outbox.replay(tx, now=NOON)


def test_deliveries_are_listed_newest_first(told: Store) -> None:
    for n in range(3):
        _queue(told, f"alert:{n}:1")
    send(told, "desk", DEAD, NOON)
    with told.read() as tx:
        assert [d.topic for d in outbox.list_deliveries(tx, limit=2)] == ["incident:1:1", "alert:2:1"]
        (dead,) = outbox.list_deliveries(tx, state=DeliveryState.DEAD)
        assert (dead.attempts, dead.last_error, dead.receiver_key) == (1, "refused", "desk")
        assert [d.id for d in outbox.list_deliveries(tx, topic="alert:1:")] == [2]
        assert [d.id for d in outbox.list_deliveries(tx, receiver="ops")] == [4]


# --- receivers that come and go -------------------------------------------------------------------------------------


def test_a_removed_receiver_keeps_its_messages_until_it_comes_back(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1", urgency=Urgency.WEEKLY)
    sample.receivers(told, receiver("ops", ops=True), at=NOON + MINUTE)
    assert _states(told) == [("alert:1:1", "parked"), ("alert:2:1", "parked")]
    assert send(told, "desk", step(), NOON + HOUR) is None
    with told.write() as tx:
        assert sample.rows(tx, incidents, "kind", "subject", "detail") == [
            ("receiver_removed", "desk", {"receiver": "desk", "parked": "2"})
        ]
        assert outbox.replay(tx, receiver="desk", now=NOON) == 0, "there is nowhere to send it"
    sample.receivers(told, receiver("desk"), receiver("ops", ops=True), at=NOON + HOUR)
    assert _states(told) == [("alert:1:1", "waiting"), ("alert:2:1", "held")]
    assert send(told, "desk", step(), NOON + HOUR)
    with told.read() as tx:
        assert sample.rows(tx, incidents, "closed_at") == [(NOON + HOUR,)]
        assert sample.rows(tx, table, "key") == [("desk",), ("ops",)]


def test_a_send_that_ends_after_its_receiver_was_removed_does_not_put_it_back_to_work(told: Store) -> None:
    _queue(told, "alert:1:1")
    with told.write() as tx:
        (worker,) = outbox.claim_receivers(tx, NOON)
        delivery = outbox.claim_delivery(tx, "desk", NOON)
        assert delivery is not None
        number = outbox.start_attempt(tx, worker, delivery, NOON)
    sample.receivers(told, receiver("ops", ops=True))
    with pytest.raises(ClaimLostError), told.write() as tx:
        outbox.finish_attempt(tx, worker, delivery, number, step(), NOON)
    assert _states(told) == [("alert:1:1", "parked")]


def test_what_is_queued_for_a_removed_receiver_waits_for_it_to_come_back(told: Store) -> None:
    sample.receivers(told, receiver("ops", ops=True))
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1", urgency=Urgency.WEEKLY)
    assert _states(told) == [("alert:1:1", "parked"), ("alert:2:1", "parked")]
    sample.receivers(told, receiver("desk"), receiver("ops", ops=True), at=NOON)
    assert _states(told) == [("alert:1:1", "waiting"), ("alert:2:1", "held")]


def test_the_troubles_of_a_receiver_end_with_its_removal(told: Store) -> None:
    kinds = ("receiver_failing", "receiver_parked", "delivery_dead", "render_failed")
    with told.write() as tx:
        for kind in kinds:
            open_incident(tx, kind, "desk", {}, NOON)
    sample.receivers(told, receiver("ops", ops=True), at=NOON + HOUR)
    with told.read() as tx:
        assert sample.rows(tx, incidents, "kind", "closed_at") == [
            *((kind, NOON + HOUR) for kind in kinds),
            ("receiver_removed", None),
        ]


def test_what_waits_for_a_digest_waits_for_it_after_a_replay_of_its_parked_receiver_too(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1", urgency=Urgency.WEEKLY)
    send(told, "desk", GONE, NOON)
    with told.write() as tx:
        assert outbox.replay(tx, receiver="desk", now=NOON + HOUR) == 2
    assert _states(told) == [("alert:1:1", "waiting"), ("alert:2:1", "held")]


def test_what_retention_took_is_not_sent_again(told: Store) -> None:
    _queue(told, "alert:1:1")
    _queue(told, "alert:2:1")
    send(told, "desk", DEAD, NOON)
    send(told, "desk", DEAD, NOON)
    with told.write() as tx:
        tx.execute(update(deliveries).where(deliveries.c.id == 1).values(body=None))
        assert outbox.replay(tx, state=DeliveryState.DEAD, now=NOON + HOUR) == 1
        assert sample.rows(tx, incidents, "closed_at") == [(NOON + HOUR,)], "nobody can do more"
    assert _states(told) == [("alert:1:1", "dead"), ("alert:2:1", "waiting")]


def test_syncing_the_same_receivers_changes_nothing_but_who_runs_us(told: Store) -> None:
    _queue(told, "alert:1:1")
    send(told, "desk", DOWN, NOON)
    sample.receivers(told, receiver("desk", ops=True), receiver("ops"), at=NOON)
    with told.read() as tx:
        assert sample.rows(tx, table, "key", "state", "ops") == [("desk", "failing", True), ("ops", "ok", False)]
        assert sample.rows(tx, incidents, "id") == []
