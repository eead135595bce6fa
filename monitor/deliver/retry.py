"""When to try again. Pure.

A receiver that does not work is asked by one probe at a time, at growing distances; its messages wait and none is
lost. A receiver that works but refuses one body keeps getting the others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.deliver.judge import Meaning, Outcome
from monitor.model.messages import Cap, DeliveryState, NextStep, ReceiverState

PACE_S: Final = 0.1  # a backlog goes out at ten messages a second at most
FIRST_WAITS_S: Final = (5, 30, 120, 300, 600)
LATER_WAIT_S: Final = 900  # until a day has gone
LAST_WAIT_S: Final = 3600
DAY_S: Final = 86_400
SPREAD: Final = 0.2
LONGEST: Final = 1.0  # the jitter that makes a wait the longest it may be
GIVE_UP_AFTER: Final = timedelta(hours=72)
MAX_REFUSALS: Final = 5

_LATER_WAITS: Final = (DAY_S - sum(FIRST_WAITS_S)) // LATER_WAIT_S


def wait_s(failures: int, jitter: float) -> float:
    """How long to wait after so many failures in a row; `jitter` from 0 to 1 spreads it by a fifth either way."""
    if failures <= len(FIRST_WAITS_S):
        plain_s = FIRST_WAITS_S[max(failures, 1) - 1]
    else:
        plain_s = LATER_WAIT_S if failures <= len(FIRST_WAITS_S) + _LATER_WAITS else LAST_WAIT_S
    return plain_s * (1 - SPREAD + 2 * SPREAD * jitter)


def free_at(sent: Sequence[datetime], cap: Cap | None, now: datetime) -> datetime:
    """When the next message may leave to a receiver to which the last ones left then: `now`, or when the cap allows.

    What left in the future of a clock that was ahead does not count.
    """
    if cap is None:
        return now
    window = timedelta(seconds=cap.within_s)
    recent = sorted(at for at in sent if now - window < at <= now)
    return now if len(recent) < cap.count else recent[-cap.count] + window


def after_attempt(
    outcome: Outcome,
    delivery_attempts: int,
    body_refusals: int,
    created_at: datetime,
    receiver_failures: int,
    now: datetime,
    jitter: float,
) -> NextStep:
    """What follows from one attempt, for its delivery and for its receiver.

    `delivery_attempts` counts this one; `body_refusals` and `receiver_failures` (in a row) stand as before it.
    """
    if outcome.meaning is Meaning.DELIVERED:
        return _step(outcome, DeliveryState.DELIVERED, None, ReceiverState.OK, now)
    if outcome.meaning is Meaning.PARK:
        return _step(outcome, DeliveryState.PARKED, None, ReceiverState.PARKED, now)
    too_old = now - created_at >= GIVE_UP_AFTER
    if outcome.meaning is Meaning.REFUSED:
        due_at = now + timedelta(seconds=wait_s(body_refusals + 1, jitter))
        dead = too_old or body_refusals + 1 >= MAX_REFUSALS
        return _waiting(outcome, due_at, ReceiverState.OK, now, dead=dead)
    failures = receiver_failures + 1
    receiver_due_at = now + timedelta(seconds=_pause_s(outcome, failures, jitter))
    due_at = receiver_due_at
    if outcome.retry_after_s is None:
        # The message waits longer than its receiver, so that the next probe is another one: a message on which the
        # receiver chokes must not keep the rest from going out.
        due_at = now + timedelta(seconds=wait_s(max(delivery_attempts, failures), LONGEST))
    return _waiting(outcome, due_at, ReceiverState.FAILING, receiver_due_at, dead=too_old)


def _pause_s(outcome: Outcome, failures: int, jitter: float) -> float:
    """The receiver's own wish, but one that asks for a second all day long is not asked 86,400 times."""
    ours_s = wait_s(failures, jitter)
    if outcome.retry_after_s is None:
        return ours_s
    return outcome.retry_after_s if failures <= len(FIRST_WAITS_S) else max(outcome.retry_after_s, ours_s)


def _waiting(
    outcome: Outcome, due_at: datetime, receiver: ReceiverState, receiver_due_at: datetime, *, dead: bool
) -> NextStep:
    if dead:
        return _step(outcome, DeliveryState.DEAD, None, receiver, receiver_due_at)
    return _step(outcome, DeliveryState.WAITING, due_at, receiver, receiver_due_at)


def _step(
    outcome: Outcome,
    delivery: DeliveryState,
    due_at: datetime | None,
    receiver: ReceiverState,
    receiver_due_at: datetime,
) -> NextStep:
    refused = outcome.meaning is Meaning.REFUSED
    return NextStep(
        delivery,
        due_at,
        receiver,
        receiver_due_at,
        outcome.status,
        outcome.code,
        refused,
        outcome.told,
        outcome.card,
    )
