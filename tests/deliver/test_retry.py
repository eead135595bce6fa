from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver import retry
from monitor.deliver.judge import Meaning, Outcome
from monitor.deliver.retry import GIVE_UP_AFTER, MAX_REFUSALS, after_attempt, wait_s
from monitor.model.messages import Cap, DeliveryState, NextStep, ReceiverState
from tests.deliver.simulated import Message, Simulation

NOW = datetime(2030, 11, 28, 15, 40, tzinfo=UTC)
MIDDLE = 0.5  # the jitter that changes nothing
OK = Outcome(Meaning.DELIVERED, "delivered", 204)
DOWN = Outcome(Meaning.BACK_OFF, "timeout")
REFUSED = Outcome(Meaning.REFUSED, "refused", 422)
GONE = Outcome(Meaning.PARK, "gone", 410)

jitters = st.floats(0, 0.999)
failure_counts = st.integers(0, 500)


def step(
    outcome: Outcome,
    *,
    attempts: int = 1,
    refusals: int = 0,
    age: timedelta = timedelta(0),
    failures: int = 0,
    jitter: float = MIDDLE,
) -> NextStep:
    return after_attempt(outcome, attempts, refusals, NOW - age, failures, NOW, jitter)


def in_s(at: datetime | None) -> float:
    assert at is not None
    return (at - NOW).total_seconds()


def test_the_schedule_is_that_of_the_documentation() -> None:
    waits = [wait_s(n, MIDDLE) for n in range(1, 200)]
    assert waits[:8] == [5, 30, 120, 300, 600, 900, 900, 900]
    begins_s = [0.0, *accumulate(waits)]
    hourly_from_s = begins_s[waits.index(3600)]
    assert 86_400 - 900 < hourly_from_s <= 86_400
    assert set(waits[waits.index(3600) :]) == {3600}


@given(failures=st.integers(1, 500), jitter=jitters)
def test_jitter_moves_a_wait_by_a_fifth_at_most(failures: int, jitter: float) -> None:
    assert 0.8 * wait_s(failures, MIDDLE) <= wait_s(failures, jitter) < 1.2 * wait_s(failures, MIDDLE) + 1e-6


@given(failures=failure_counts, more=st.integers(1, 100), jitter=jitters)
def test_waits_grow(failures: int, more: int, jitter: float) -> None:
    assert wait_s(failures, jitter) <= wait_s(failures + more, jitter)


def test_a_delivered_message_is_done_and_its_receiver_takes_the_next_at_once() -> None:
    assert step(OK, failures=9) == NextStep(
        DeliveryState.DELIVERED, None, ReceiverState.OK, NOW, status=204, outcome="delivered"
    )


def test_a_receiver_that_wants_no_more_is_parked_with_its_message() -> None:
    assert step(GONE) == NextStep(DeliveryState.PARKED, None, ReceiverState.PARKED, NOW, status=410, outcome="gone")


def test_a_receiver_that_does_not_work_waits_with_its_message() -> None:
    assert step(DOWN, failures=1) == NextStep(
        DeliveryState.WAITING,
        NOW + timedelta(seconds=36),
        ReceiverState.FAILING,
        NOW + timedelta(seconds=30),
        status=None,
        outcome="timeout",
    )


def test_a_refused_body_waits_alone_while_its_receiver_gets_the_others() -> None:
    assert step(REFUSED, refusals=1, failures=3) == NextStep(
        DeliveryState.WAITING,
        NOW + timedelta(seconds=30),
        ReceiverState.OK,
        NOW,
        status=422,
        outcome="refused",
        refused=True,
    )


@pytest.mark.parametrize("refusals", range(7))
def test_the_fifth_refusal_ends_it(refusals: int) -> None:
    ended = step(REFUSED, refusals=refusals).delivery is DeliveryState.DEAD
    assert ended == (refusals + 1 >= MAX_REFUSALS)


@given(attempts=failure_counts, failures=failure_counts, jitter=jitters)
def test_however_often_a_receiver_fails_a_young_message_is_never_given_up(
    attempts: int, failures: int, jitter: float
) -> None:
    young = GIVE_UP_AFTER - timedelta(seconds=1)
    assert step(DOWN, attempts=attempts, failures=failures, age=young, jitter=jitter).delivery is DeliveryState.WAITING


@pytest.mark.parametrize("outcome", [DOWN, REFUSED], ids=["receiver down", "body refused"])
def test_after_72_hours_a_failed_message_is_given_up(outcome: Outcome) -> None:
    ended = step(outcome, age=GIVE_UP_AFTER)
    assert (ended.delivery, ended.delivery_due_at) == (DeliveryState.DEAD, None)


def test_even_after_72_hours_a_message_that_arrives_is_delivered() -> None:
    assert step(OK, age=GIVE_UP_AFTER * 2).delivery is DeliveryState.DELIVERED


@given(attempts=failure_counts, failures=failure_counts, jitter=jitters)
def test_a_message_waits_longer_than_its_receiver_so_that_another_is_the_next_probe(
    attempts: int, failures: int, jitter: float
) -> None:
    following = step(DOWN, attempts=attempts, failures=failures, jitter=jitter)
    assert in_s(following.delivery_due_at) > in_s(following.receiver_due_at) > 0


@given(jitter=jitters)
def test_a_message_that_is_always_failed_ends_after_some_200_attempts(jitter: float) -> None:
    at, attempts = NOW, 0
    for attempts in range(1, 1000):
        following = after_attempt(DOWN, attempts, 0, NOW, attempts - 1, at, jitter)
        if following.delivery_due_at is None:
            break
        assert following.delivery_due_at > at
        at = following.delivery_due_at
    assert 100 < attempts < 220
    assert GIVE_UP_AFTER <= at - NOW < GIVE_UP_AFTER + timedelta(hours=1.2)


@pytest.mark.parametrize(
    ("wish_s", "failures", "pause_s"),
    [
        pytest.param(1.0, 0, 1.0, id="sooner than ours, at first"),
        pytest.param(90.0, 0, 90.0, id="later than ours"),
        pytest.param(2.0, 4, 2.0, id="still at the fifth"),
        pytest.param(1.0, 5, 900.0, id="but not a second all day long"),
        pytest.param(3600.0, 5, 3600.0, id="an hour always"),
    ],
)
def test_a_receiver_is_left_alone_as_long_as_it_asks(wish_s: float, failures: int, pause_s: float) -> None:
    throttled = Outcome(Meaning.BACK_OFF, "throttled", 429, retry_after_s=wish_s)
    following = step(throttled, failures=failures)
    assert (in_s(following.delivery_due_at), in_s(following.receiver_due_at)) == (pause_s, pause_s)


# --- timelines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_after_an_outage_of_six_hours_all_is_delivered_within_the_bound(seed: int) -> None:
    chance = Random(seed)
    outage_s = 6 * 3600.0
    messages = [Message(created_s=chance.uniform(0, outage_s)) for _ in range(500)]
    run = Simulation(messages, chance, answers=lambda _, at_s: DOWN if at_s < outage_s else OK)
    run.until_done()
    bound_s = 15 * 60 * 1.2 + len(messages) * retry.PACE_S
    assert max(m.delivered_s for m in messages) - outage_s <= bound_s
    probes = sum(at_s < outage_s for at_s, _ in run.attempts)
    assert probes <= outage_s / 60


def test_a_backlog_goes_out_at_ten_a_second_at_most_the_oldest_first() -> None:
    messages = [Message(created_s=float(n)) for n in range(300)]
    run = Simulation(messages, Random(1), answers=lambda _, at_s: DOWN if at_s < 3600 else OK)
    run.until_done()
    delivered = sorted(m.delivered_s for m in messages)
    assert all(
        later - earlier >= retry.PACE_S - 1e-6 for earlier, later in zip(delivered, delivered[10:], strict=False)
    )
    first_time = [m for m in messages if m.attempts == 1]
    assert len(first_time) > 250
    assert sorted(first_time, key=lambda m: m.delivered_s) == first_time


def test_one_message_on_which_the_receiver_chokes_does_not_keep_the_others() -> None:
    messages = [Message(created_s=float(n)) for n in range(50)]
    choke = Outcome(Meaning.BACK_OFF, "server", 500)
    run = Simulation(messages, Random(2), answers=lambda message, _: choke if message is messages[0] else OK)
    run.until(lambda: all(m.delivered_s for m in messages[1:]))
    assert max(m.delivered_s for m in messages[1:]) < 50 + 60
    assert messages[0].state is DeliveryState.WAITING


def test_one_body_that_is_refused_dies_alone() -> None:
    messages = [Message(created_s=float(n)) for n in range(20)]
    run = Simulation(messages, Random(3), answers=lambda message, _: REFUSED if message is messages[3] else OK)
    run.until_done()
    assert messages[3].state is DeliveryState.DEAD
    assert messages[3].attempts == MAX_REFUSALS
    others = [m for m in messages if m is not messages[3]]
    assert all(m.delivered_s - m.created_s < 1 for m in others)


# --- caps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_s", "cap", "wanted_s"),
    [
        pytest.param((), Cap(3, 60), 0, id="nothing left yet"),
        pytest.param((-50, -40), Cap(3, 60), 0, id="room for one more"),
        pytest.param((-50, -40, -30), Cap(3, 60), 10, id="when the oldest is a minute old"),
        pytest.param((-70, -40, -30), Cap(3, 60), 0, id="which it is"),
        pytest.param((-60, -40, -30), Cap(3, 60), 0, id="to the second"),
        pytest.param((-9, -8, -7, -6), Cap(3, 60), 52, id="more than it takes left already"),
        pytest.param((5, 6, 7), Cap(3, 60), 0, id="of a clock that was ahead"),
        pytest.param((-1,) * 50, None, 0, id="no cap"),
    ],
)
def test_the_next_message_leaves_when_the_cap_allows(sent_s: tuple[int, ...], cap: Cap | None, wanted_s: int) -> None:
    sent = [NOW + timedelta(seconds=s) for s in sent_s]
    assert retry.free_at(sent, cap, NOW) == NOW + timedelta(seconds=wanted_s)
