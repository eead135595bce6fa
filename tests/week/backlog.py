"""Thousands of messages wait for one receiver that was down: how they go out when it is back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event
from typing import Final

from sqlalchemy import func, select

from monitor.deliver import FORMATS
from monitor.model.messages import DeliveryState, ReceiverState
from monitor.pipeline import World, deliver_due
from monitor.routing import Route, Urgency
from monitor.runtime import Runtime
from monitor.store import queueing
from monitor.store import receivers as rows_of_receivers
from monitor.store.schema import attempts, deliveries, receivers
from tests.deliver.receiver import Reply
from tests.fakes import HandClock
from tests.town import Town
from tests.week.desks import Desk

A_SECOND: Final = 10
TICK: Final = timedelta(seconds=0.5)
DOWN_FOR: Final = timedelta(hours=3)
PROBED_WITHIN: Final = timedelta(minutes=18)
BUSY_SHARE: Final = 1.25  # of the time that the pace alone would take


class Paced(Event):
    """The wish to stop, of the one worker that is at work: while it waits, time goes on."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.move(seconds=timeout or 0.0)
        return self.is_set()


@dataclass(frozen=True)
class Drained:
    """How a backlog went out."""

    queued: int
    arrived: int
    drained_in: timedelta  # since the receiver was back
    probed_in: timedelta
    most_in_a_second: int
    most_in_a_window: int  # of the cap of the format, refused attempts too; 0 without a cap
    disorder: int  # messages that arrived after younger ones
    twice: int
    undelivered: int

    def faults(self, format_: str) -> list[str]:
        """What was promised, and is not so."""
        cap = FORMATS[format_].cap
        pace_s = max(1 / A_SECOND, cap.within_s / cap.count if cap else 0.0)
        bound = PROBED_WITHIN + timedelta(seconds=self.queued * pace_s * BUSY_SHARE + (cap.within_s if cap else 5))
        broken = {
            f"only {self.arrived} of {self.queued} arrived": self.arrived != self.queued,
            f"{self.undelivered} are not delivered": self.undelivered > 0,
            f"{self.twice} came twice": self.twice > 0,
            f"{self.disorder} came after younger ones": self.disorder > 0,
            f"{self.most_in_a_second} in a second": self.most_in_a_second > A_SECOND,
            f"{self.most_in_a_window} in {cap and cap.within_s} s": bool(cap and self.most_in_a_window > cap.count),
            f"the first probe came after {self.probed_in}": self.probed_in > PROBED_WITHIN,
            f"it took {self.drained_in}, the bound is {bound}": self.drained_in > bound,
        }
        return [said for said, is_so in broken.items() if is_so]


def drain(folder: Path, format_: str, number: int, database_url: str = "") -> Drained:
    """So many messages are made while a receiver of that format is down for hours; then it is back."""
    with ExitStack() as stack:
        town = stack.enter_context(Town(folder, [], database_url=database_url))
        desk = Desk("desk", format_, town.clock, Random(1))
        known = desk.open(stack)
        town.runtime = Runtime(replace(town.runtime.settings, receivers=(known,)), town.book, town.runtime.matcher)
        town.world = World(town.store, town.client, town.clock, draw=lambda: 0.5, stopping=Paced(town.clock))
        with town.store.write() as tx:
            rows_of_receivers.sync_receivers(tx, (known,), town.clock.at)
        desk.away = Reply(503)
        _fill(town, number)
        back_at = town.clock.at
        desk.away = None
        with ThreadPoolExecutor(1) as pool:
            while _is_waiting(town):
                town.clock.move(seconds=TICK.total_seconds())
                _sleep_until_due(town)
                _turn(town, pool)
        return _measured(town, desk, number, back_at)


def _turn(town: Town, pool: ThreadPoolExecutor) -> None:
    for done in wait(deliver_due(town.world, town.runtime, pool)).done:
        done.result()


def _fill(town: Town, number: int) -> None:
    """A message every few seconds; the service tries meanwhile."""
    step, begun = DOWN_FOR / number, town.clock.at
    with ThreadPoolExecutor(1) as pool:
        for part in range(50):
            mine = range(part * number // 50, (part + 1) * number // 50)
            with town.store.write() as tx:
                for n in mine:
                    at = begun + n * step
                    queueing.queue(tx, f"test:{at.isoformat()}", [Route("desk", Urgency.NOW, at)], at)
            town.clock.move(seconds=(begun + mine.stop * step - town.clock.at).total_seconds())
            _turn(town, pool)


def _is_waiting(town: Town) -> bool:
    with town.store.read() as tx:
        wanted = select(func.count()).where(deliveries.c.state == DeliveryState.WAITING)
        return bool(tx.execute(wanted).scalar_one())


def _sleep_until_due(town: Town) -> None:
    """Nothing happens before the receiver may be asked, and one of its messages is due."""
    with town.store.read() as tx:
        first = tx.execute(select(func.min(deliveries.c.due_at)).where(deliveries.c.state == DeliveryState.WAITING))
        due = max(first.scalar_one(), tx.execute(select(receivers.c.due_at)).scalar_one())
    if due > town.clock.at:
        town.clock.move(seconds=(due - town.clock.at).total_seconds())


def _measured(town: Town, desk: Desk, number: int, back_at: datetime) -> Drained:
    d = deliveries.c
    with town.store.read() as tx:
        rows = tx.execute(select(d.id, d.message_id, d.body, d.delivered_at, d.state).order_by(d.id)).all()
        left = list(tx.execute(select(attempts.c.started_at).order_by(attempts.c.started_at)).scalars())
        tried = select(func.count()).where(attempts.c.outcome == "delivered").group_by(attempts.c.delivery_id)
        tries = list(tx.execute(tried).scalars())
        assert tx.execute(select(receivers.c.state)).scalar_one() == ReceiverState.OK
    cap = FORMATS[desk.format].cap
    arrived = [got.at for got in desk.taken]
    probe = min(row.delivered_at for row in rows if row.delivered_at)  # not the oldest: that may be what it chokes on
    order = [row.delivered_at for row in rows if row.delivered_at and row.delivered_at > probe]
    return Drained(
        queued=number,
        arrived=len(desk.taken),
        drained_in=max(arrived) - back_at,
        probed_in=min(arrived) - back_at,
        most_in_a_second=most_within(arrived, timedelta(seconds=1)),
        most_in_a_window=most_within(left, timedelta(seconds=cap.within_s)) if cap else 0,
        disorder=sum(later < earlier for earlier, later in pairwise(order)),
        twice=sum(count - 1 for count in tries),
        undelivered=sum(row.state != DeliveryState.DELIVERED for row in rows),
    )


def most_within(instants: Sequence[datetime], window: timedelta) -> int:
    """How many of these, which are in order, lie in the fullest window of that length, its end not counted."""
    most = first = 0
    for n, at in enumerate(instants):
        while instants[first] <= at - window:
            first += 1
        most = max(most, n - first + 1)
    return most
