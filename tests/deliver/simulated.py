"""One receiver and its messages in simulated time: the worker's loop, with the real decisions of deliver.retry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from monitor.deliver.judge import Outcome
from monitor.deliver.retry import PACE_S, after_attempt
from monitor.model.messages import DeliveryState, ReceiverState

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class Message:
    """One delivery; times are seconds from the beginning."""

    created_s: float
    due_s: float = 0.0
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    refusals: int = 0
    delivered_s: float = 0.0

    def __post_init__(self) -> None:
        self.due_s = self.created_s


@dataclass
class Simulation:
    """Sends what is due, of what is due the oldest first, one at a time."""

    messages: Sequence[Message]
    chance: Random
    answers: Callable[[Message, float], Outcome]
    attempts: list[tuple[float, Message]] = field(default_factory=list)
    receiver_due_s: float = 0.0
    failures: int = 0

    def until_done(self) -> None:
        """Run until no message waits."""
        self.until(lambda: not self._waiting())

    def until(self, enough: Callable[[], bool]) -> None:
        """Run until that is so."""
        at_s = 0.0
        while not enough():
            assert len(self.attempts) < 10_000, "the loop does not end"
            following = min(self._waiting(), key=lambda m: m.due_s)
            at_s = max(at_s, following.due_s, self.receiver_due_s)
            self._attempt(min((m for m in self._waiting() if m.due_s <= at_s), key=lambda m: m.created_s), at_s)
            at_s += PACE_S

    def _waiting(self) -> list[Message]:
        return [m for m in self.messages if m.state is DeliveryState.WAITING]

    def _attempt(self, message: Message, at_s: float) -> None:
        self.attempts.append((at_s, message))
        message.attempts += 1
        now = BEGIN + timedelta(seconds=at_s)
        step = after_attempt(
            self.answers(message, at_s),
            delivery_attempts=message.attempts,
            body_refusals=message.refusals,
            created_at=BEGIN + timedelta(seconds=message.created_s),
            receiver_failures=self.failures,
            now=now,
            jitter=self.chance.random(),
        )
        self.failures = 0 if step.receiver is ReceiverState.OK else self.failures + 1
        self.receiver_due_s = (step.receiver_due_at - BEGIN).total_seconds()
        message.refusals += step.refused
        message.state = step.delivery
        if step.delivery is DeliveryState.DELIVERED:
            message.delivered_s = at_s
        if step.delivery_due_at is not None:
            message.due_s = (step.delivery_due_at - BEGIN).total_seconds()
