"""Receivers come, go and are replaced while posts and messages flow: the running service, with files that change."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final

from sqlalchemy import func, select

from monitor.clock import SystemClock
from monitor.model.messages import DeliveryState, Receiver
from monitor.model.routing import Branch, Roster
from monitor.runtime import Runtime
from monitor.service import Service
from monitor.store.schema import alert_events, attempts, deliveries, revisions
from tests.fakes import HandClock
from tests.samples import rules
from tests.store.invariants import broken_invariants
from tests.town import Town
from tests.week.desks import Desk

ALWAYS: Final = "steady"
OTHERS: Final = ("east", "west", "north")
PRODUCTS: Final = 80  # one after the other, so that no message waits for the end of a burst
POLL_S: Final = 0.3
PATIENCE_S: Final = 90.0


def many_products() -> str:
    """Rules for as many products."""
    one = rules()
    product, _, rule = one.partition("[[rules]]")
    numbered = [
        product.replace("yunque-9", f"yunque-{n}").replace("0001", f"{n:04}").replace("云雀9", f"云雀{n}")
        for n in range(10, 10 + PRODUCTS)
    ]
    return "".join([*numbered, "[[rules]]", rule.replace("云雀9", "云雀10")])


@dataclass
class Changing:
    """Files of which each load is another one."""

    made: Iterator[Runtime]

    def load(self) -> Runtime:
        """The next."""
        return next(self.made)

    def changed(self) -> bool:
        """It is asked for by hand."""
        return False

    def settle(self) -> None:
        """Nothing is kept of it."""


@dataclass
class Reloads:
    """A service under way, whose configuration changes again and again."""

    town: Town
    seed: int
    stack: ExitStack
    served: list[Desk] = field(default_factory=list)  # every server that a receiver ever was

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        self.standing = {key: self._server(key) for key in (ALWAYS, *OTHERS)}

    def run(self, times: int) -> list[str]:
        """Reload so often, then have all receivers again, and wait until nothing waits; what is wrong."""
        town = self.town
        service = Service(self._runtime(), town.store, SystemClock(), tick_s=0.1, files=Changing(self._versions(times)))
        said = Event()
        talk = Thread(target=self._talk, args=(said,))
        service.start()
        talk.start()
        for _ in range(times):
            assert service.reload()
            said.wait(0.05)
        said.set()
        talk.join()
        assert service.reload()
        quiet = self._until_quiet(service)
        assert service.stop()
        return [*self._faults(), *([] if quiet else ["something still waits"])]

    def _versions(self, times: int) -> Iterator[Runtime]:
        here: set[str] = set(OTHERS)
        for _ in range(times):
            key = self.draw.choice(OTHERS)
            if key not in here:
                here.add(key)
            elif self.draw.random() < 0.4:
                self.standing[key] = self._server(key)  # replaced: another address under the same name
            else:
                here.remove(key)
            yield self._runtime(here)
        yield self._runtime()

    def _runtime(self, here: set[str] | None = None) -> Runtime:
        """The steady receiver and these others, in a tree that is another one each time."""
        keys = (ALWAYS, *sorted(set(OTHERS) if here is None else here))
        named = Branch(to=tuple(keys), also=self.draw.random() < 0.5)
        roster = Roster(branches=(named, *(Branch(to=(key,)) for key in keys)) if self.draw.random() < 0.7 else ())
        known = tuple(self.standing[key] for key in keys)
        (person,) = self.town.runtime.settings.people
        person = replace(person, accounts=tuple(replace(a, poll_every_s=POLL_S) for a in person.accounts))
        settings = replace(self.town.runtime.settings, people=(person,), receivers=known, roster=roster)
        return Runtime(settings, self.town.book, self.town.runtime.matcher)

    def _server(self, key: str) -> Receiver:
        desk = Desk(key, "webhook", HandClock(SystemClock().now()), Random(len(self.served)), losing=0.02)
        self.served.append(desk)
        return replace(desk.open(self.stack), most_an_hour=1000)

    def _talk(self, over: Event) -> None:
        clock = SystemClock()
        n = 0
        while not over.wait(0.1):
            n += 1
            made = {
                "id": f"post-{n}",
                "content_text": f"明天来看云雀{10 + n % PRODUCTS}",
                "date_published": clock.now().isoformat(),
            }
            self.town.posts = [made, *self.town.posts[:200]]
        self.spoken = n

    def _until_quiet(self, service: Service) -> bool:
        clock, d = SystemClock(), deliveries.c
        ends_s = clock.elapsed_s() + PATIENCE_S
        unsent = select(func.count()).where(d.state.in_([DeliveryState.WAITING, DeliveryState.HELD]))
        told = select(func.count()).where(alert_events.c.kind == "opened")
        while clock.elapsed_s() < ends_s:
            with service.world.store.read() as tx:
                if tx.execute(told).scalar_one() >= self.spoken and not tx.execute(unsent).scalar_one():
                    return True
            Event().wait(0.2)
        return False

    # --- what came of it ----------------------------------------------------------------------------------------------

    def _faults(self) -> Iterator[str]:
        d = deliveries.c
        with self.town.store.read() as tx:
            rows = tx.execute(select(deliveries)).all()
            tries = Counter(tx.execute(select(attempts.c.delivery_id)).scalars())
            yield from broken_invariants(tx, told=[ALWAYS])
            said = select(func.count(revisions.c.id.distinct())).where(revisions.c.parts.is_not(None))
            assert tx.execute(said).scalar_one() >= self.spoken
            states = {row.id: row.state for row in tx.execute(select(d.id, d.state))}
        taken = Counter(got.message_id for desk in self.served for got in desk.taken)
        for row in rows:
            inside = states[row.folded_into] if row.folded_into else row.state
            if inside != DeliveryState.DELIVERED:
                yield f"{row.topic} for {row.receiver_key} is {row.state}"
            if row.state == DeliveryState.DELIVERED and not taken[row.message_id]:
                yield f"{row.topic} never reached {row.receiver_key}"
            if taken[row.message_id] > tries[row.id]:
                yield f"{row.topic} came {taken[row.message_id]} times to {row.receiver_key}"
        yield from self._said_once()

    def _said_once(self) -> Iterator[str]:
        said: dict[tuple[str, int, int], set[str]] = defaultdict(set)
        for desk in self.served:
            for got in desk.taken:
                message = json.loads(got.body)
                for each in message["data"]["alerts"] if message["type"] == "digest" else [message]:
                    said[desk.key, each["data"]["alert_id"], each["data"]["seq"]].add(got.message_id)
        yield from (f"{place} is in {len(ids)} messages" for place, ids in said.items() if len(ids) > 1)
        heard = {number for key, number, _ in said if key == ALWAYS}
        if len(heard) != self.spoken:
            yield f"{ALWAYS} heard of {len(heard)} alerts of {self.spoken}"


def reload_often(folder: Path, times: int, seed: int, database_url: str = "") -> tuple[list[str], Reloads]:
    """What is wrong after so many reloads."""
    with ExitStack() as stack:
        town = stack.enter_context(Town(folder, [], clock=HandClock(SystemClock().now()), database_url=database_url))
        town.use_rules(many_products())
        reloads = Reloads(town, seed, stack)
        return reloads.run(times), reloads
