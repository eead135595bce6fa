"""What the people of a week do, drawn from a seed: they leak, edit and delete; others take, judge and suppress."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

from sqlalchemy import select

from monitor.errors import NotFoundError
from monitor.model.messages import AlertState, DeliveryState, EventKind, Verdict
from monitor.review import NO_LEAK
from monitor.store import outbox, reviews, suppressions
from monitor.store.schema import alert_events, alerts, deliveries, posts
from tests.deliver.receiver import Reply
from tests.fetch.feed_server import Reply as Page
from tests.week.town import PEOPLE, PRODUCTS, WeekTown

CLEAN: Final = "今天跑了{n}公里"
LEAK: Final = "明天来看{word}，第{n}次"
BURST: Final = 10
DOWN, GONE = Reply(503), Reply(410)
VERDICTS: Final = (Verdict.FALSE_POSITIVE, Verdict.AUTHORISED, Verdict.LEAK, Verdict.LEAK, Verdict.UNSURE)
A_DAY: Final = {"clean": 20, "leak": 14, "burst": 3, "quiet": 2, "outage": 3}  # how often each happens
A_WEEK: Final = {"gone": 3}


@dataclass(frozen=True)
class Outage:
    """A receiver takes nothing from then until then."""

    key: str
    begins: datetime
    ends: datetime
    by_park: bool


@dataclass
class Life:
    """Acts in the order of their instants; the town works in between, and dies now and then."""

    town: WeekTown
    seed: int
    hours: float
    busy: float = 1.0  # how many times as much happens
    done: Counter[str] = field(default_factory=Counter)
    outages: list[Outage] = field(default_factory=list)
    leaks: dict[str, str] = field(default_factory=dict)  # the word that each leaking post said first, by its id
    takings: list[tuple[int, str, str]] = field(default_factory=list)  # alert, how, by whom

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        self._number = count(1)
        self._acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self._seen_alert = 0

    def go_on(self) -> None:
        """Until all has happened and nothing is left to be told."""
        town, begin = self.town, self.town.clock.at
        town.work()  # what the feeds show at first is known
        self._plan(begin + timedelta(minutes=5))
        while self._acts or not town.is_at_rest():
            due = town.next_due()
            town.go_to(min(due, max(self._acts[0][0], town.clock.at)) if self._acts else due)
            while self._acts and self._acts[0][0] <= town.clock.at:
                heapq.heappop(self._acts)[2]()
            if town.clock.left is None and self.draw.random() < 0.03:
                town.clock.left = self.draw.randrange(150)
            town.work()
            self._react()
            self.done["steps"] += 1
        self.done["deaths"] = town.clock.deaths
        town.clock.left = None
        self.done["hours"] = round((town.clock.at - begin).total_seconds() / 3600)

    def _at(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._acts, (at, next(self._number), act))

    def _in(self, minutes: float, act: Callable[[], None]) -> None:
        self._at(self.town.clock.at + timedelta(minutes=minutes), act)

    def _plan(self, begin: datetime) -> None:
        acts: dict[str, Callable[[], None]] = {
            "clean": self._chat,
            "leak": lambda: self._leak(self.draw.choice(PEOPLE), self.draw.choice(list(PRODUCTS))),
            "burst": self._burst,
            "quiet": self._suppress,
            "outage": lambda: self._outage(DOWN),
            "gone": lambda: self._outage(GONE),
        }
        for what, act in acts.items():
            times = A_DAY[what] / 24 if what in A_DAY else A_WEEK[what] / 168
            for _ in range(max(1, round(times * self.hours * self.busy))):
                self._at(begin + timedelta(hours=self.draw.random() * self.hours), self._counted(what, act))

    def _counted(self, what: str, act: Callable[[], None]) -> Callable[[], None]:
        def counted() -> None:
            self.done[what] += 1
            act()

        return counted

    # --- what the watched do ------------------------------------------------------------------------------------------

    def _chat(self) -> None:
        self._post(CLEAN.format(n=self.done["clean"]))

    def _post(self, text: str, who: str = "", **more: Any) -> str:
        number = f"post-{next(self._number)}"
        self.town.publishes(who or self.draw.choice(PEOPLE), {"id": number, "content_text": text, **more})
        return number

    def _leak(self, who: str, word: str) -> None:
        more, path = {}, ""
        if self.draw.random() < 0.3:
            path = f"/p/{next(self._number)}"
            self.town.site.routes[path] = Page(200, b"<p>a post</p>")
            more["url"] = self.town.site.url(path)
        number = self._post(LEAK.format(word=word, n=len(self.leaks)), who, **more)
        self.leaks[number] = word
        if more and self.draw.random() < 0.5:
            self._in(self.draw.uniform(10, 120), lambda: self._delete(who, number, path))
        if self.draw.random() < 0.2:
            self._in(self.draw.uniform(5, 60), lambda: self._edit(who, number, word))

    def _burst(self) -> None:
        who, word = self.draw.choice(PEOPLE), self.draw.choice(list(PRODUCTS))
        for n in range(BURST):
            self._in(n / 60, lambda: self._leak(who, word))

    def _edit(self, who: str, number: str, word: str) -> None:
        other = self.draw.choice([each for each in PRODUCTS if each != word])
        said = self.draw.choice((CLEAN.format(n=0), f"{word}和{other}明天见", f"还是那句话：{word}明天见"))
        for post in self.town.feeds[who]:
            if post["id"] == number:
                post["content_text"] = said
                self.done["edited"] += 1

    def _delete(self, who: str, number: str, path: str) -> None:
        self.town.feeds[who] = [post for post in self.town.feeds[who] if post["id"] != number]
        self.town.site.routes[path] = Page(404)
        self.done["deleted"] += 1

    # --- what happens to receivers ------------------------------------------------------------------------------------

    def _outage(self, answer: Reply) -> None:
        desk = self.town.desks[self.draw.choice([key for key in self.town.desks if key != "mail"])]
        if desk.away is None:
            desk.away = answer
            now, by_park = self.town.clock.at, answer is GONE
            ends = now + timedelta(hours=self.draw.uniform(0.5, 5))
            self.outages.append(Outage(desk.key, now, ends, by_park))
            self._at(ends, lambda: self._back(desk.key, replay=by_park))

    def _back(self, key: str, *, replay: bool) -> None:
        """It works again; whoever runs us has what is parked sent."""
        self.town.desks[key].away = None
        if replay:
            with self.town.store.write() as tx:
                self.done["replayed"] += outbox.replay(tx, now=self.town.clock.at, receiver=key)

    # --- what those who were told do ----------------------------------------------------------------------------------

    def _suppress(self) -> None:
        key, label, _, _ = PRODUCTS[self.draw.choice(list(PRODUCTS))]
        now = self.town.clock.at
        until = now + timedelta(hours=self.draw.uniform(0.5, 4))
        with self.town.store.write() as tx:
            number = suppressions.suppress(
                tx, why="a rehearsal", by_whom="Chen", until=until, now=now, subject=key, label=label
            )
        if self.draw.random() < 0.5:
            self._in(self.draw.uniform(10, 90), lambda: self._end(number))

    def _end(self, number: int) -> None:
        try:
            with self.town.store.write() as tx:
                suppressions.end_suppression(tx, number, "Chen", self.town.clock.at)
            self.done["ended by hand"] += 1
        except NotFoundError:
            self.done["ended by itself"] += 1

    def _react(self) -> None:
        """Somebody will do something about each new alert, or nobody will."""
        with self.town.store.read() as tx:
            new = tx.execute(select(alerts.c.id).where(alerts.c.id > self._seen_alert).order_by(alerts.c.id)).scalars()
            numbers = list(new)
        for number in numbers:
            self._seen_alert = number
            chance, minutes = self.draw.random(), self.draw.uniform(0.5, 14)
            if chance < 0.3:
                self._in(minutes, lambda no=number: self._take(no))  # type: ignore[misc]
            elif chance < 0.5:
                self._in(minutes + 5, lambda no=number: self._press(no))  # type: ignore[misc]
            elif chance < 0.7:
                self._in(minutes * 3, lambda no=number: self._judge(no))  # type: ignore[misc]
            if self.draw.random() < 0.3:
                self._in(self.draw.uniform(30, 180), lambda no=number: self._judge(no))  # type: ignore[misc]

    def _take(self, number: int) -> None:
        with self.town.store.write() as tx:
            if reviews.acknowledge(tx, number, "Wang", self.town.clock.at):
                self.takings.append((number, "command", "Wang"))
                self.done["taken by command"] += 1

    def _press(self, number: int) -> None:
        """The link in somebody's own message, if one has it; else that of the group, which takes nothing."""
        by_key = {key: self._link(key, number) for key in ("zhou", "chen", "comms")}
        key = next((key for key, link in by_key.items() if link), "")
        if key:
            before = self._is_open(number)
            status = self.town.presses(by_key[key])
            assert status == 200, status
            if before and key != "comms":
                self.takings.append((number, "link", {"zhou": "周敏", "chen": "陈力"}[key]))
            self.done["pressed in a group" if key == "comms" else "taken by link"] += 1

    def _link(self, key: str, number: int) -> str:
        c = deliveries.c
        wanted = (c.receiver_key == key) & c.topic.startswith(f"alert:{number}:") & (c.state == DeliveryState.DELIVERED)
        with self.town.store.read() as tx:
            ids = set(tx.execute(select(c.message_id).where(wanted)).scalars())
        for got in self.town.desks[key].taken:
            if got.message_id in ids and b'"take_link":"https://' in got.body:
                return got.body.decode().partition('"take_link":"https://leaks.example')[2].partition('"')[0]
        return ""

    def _is_open(self, number: int) -> bool:
        with self.town.store.read() as tx:
            return bool(tx.execute(select(alerts.c.state).where(alerts.c.id == number)).scalar_one() == AlertState.OPEN)

    def _judge(self, number: int) -> None:
        verdict = self.draw.choice(VERDICTS)
        with self.town.store.write() as tx:
            reviews.save_review(tx, number, verdict, reviewer="Chen", now=self.town.clock.at)
        self.done["withdrawing verdicts" if verdict in NO_LEAK else "other verdicts"] += 1


def opened_by_post(life: Life) -> dict[tuple[str, str], int]:
    """The number of every alert, by the id of its post and its subject."""
    c = alerts.c
    opened = (alert_events.c.alert_id == c.id) & (alert_events.c.kind == EventKind.OPENED)
    joined = alerts.join(posts, posts.c.id == c.post_id).join(alert_events, opened)
    with life.town.store.read() as tx:
        rows = tx.execute(select(posts.c.native_id, c.subject, c.id).select_from(joined)).all()
    return {(own_id(row.native_id), row.subject): row.id for row in rows}


def own_id(native_id: str) -> str:
    """The id as the feed gave it."""
    return native_id.rpartition("#")[2]
