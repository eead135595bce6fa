"""A town with several people, products and receivers, whose process dies whenever its clock says so."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from threading import Lock
from typing import Any, Final, Self

import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import Select, func, select, union_all
from urllib3.util import Retry

from monitor.calling import call_due
from monitor.collecting import collect_due
from monitor.config import Settings, Web
from monitor.following import follow_due
from monitor.model.messages import AlertState, DeliveryState, ReceiverState
from monitor.model.people import Account, Person
from monitor.model.routing import Branch, Duty, Escalation, Member, Roster, Shift
from monitor.model.rulebook import Severity
from monitor.pipeline import deliver_due, fetch_due, match_new
from monitor.rules import load_rules
from monitor.store import claims, keys
from monitor.store.schema import accounts, alerts, deliveries, posts, receivers, revisions
from monitor.web.health import Report, health_app
from monitor.web.serve import WebServer
from monitor.web.take import add_taking
from tests.fakes import HandClock
from tests.fetch.feed_server import fresh_feed
from tests.town import NOON, SHANGHAI, Town
from tests.week.desks import Desk

PEOPLE: Final = ("lin", "su", "he", "gao")
PRODUCTS: Final = {  # by the word in a post: key, label, severity, and to whom the tree of routes sends it
    "云雀9": ("yunque-9", "Kingfisher", Severity.HIGH, ("comms", "feishu", "slack")),
    "苍鹭3": ("canglu-3", "Heron", Severity.CRITICAL, ("comms", "dingtalk", "teams")),
    "雨燕5": ("yuyan-5", "Swift", Severity.MEDIUM, ("comms", "wecom", "mail")),
}
FORMATS: Final = {
    **dict.fromkeys(("comms", "zhou", "chen", "siren", "legal"), "webhook"),
    **{name: name for name in ("feishu", "dingtalk", "wecom", "slack", "teams", "mail")},
}
DAY_SHIFT: Final = (time(8), time(20))  # Zhou by day, Chen by night, in Shanghai
WAITS: Final = {Severity.CRITICAL: timedelta(minutes=3), Severity.HIGH: timedelta(minutes=10)}
AGAIN: Final = timedelta(minutes=5)
ROSTER: Final = Roster(
    branches=tuple(Branch(to=to, products=frozenset({label})) for _, label, _, to in PRODUCTS.values()),
    team=(Member("zhou", "周敏", ("zhou",)), Member("chen", "陈力", ("chen",))),
    duty=Duty(SHANGHAI, (Shift(("zhou",), begins=DAY_SHIFT[0], ends=DAY_SHIFT[1]), Shift(("chen",)))),
    escalation=Escalation(WAITS, AGAIN, urgent=("siren",), everybody=("comms", "legal")),
)
POLL_S: Final = 300.0
IDLE: Final = timedelta(seconds=30)  # reads need not be taken to the second
UNTIL_IT_LISTENS: Final = Retry(connect=12, backoff_factor=0.02, allowed_methods=None)
BEAT: Final = timedelta(seconds=0.5)


class Death(BaseException):
    """The process ends here: nothing but what closes files runs any more."""


@dataclass
class MortalClock(HandClock):
    """Whoever reads it may die, and after the first all others too, until there is a new process."""

    left: int | None = None  # readings until then; None: it lives for ever
    deaths: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            if self.left is not None:
                self.left -= 1
                if self.left < 0:
                    raise Death
        return self.at

    @property
    def is_dead(self) -> bool:
        """Whether somebody has died of it."""
        return self.left is not None and self.left < 0

    def revive(self) -> None:
        """A new process reads it."""
        self.deaths += 1
        self.left = None


def rules_text() -> str:
    """Three products; a rule for each, as bad as its severity."""
    made: list[str] = []
    for word, (key, label, severity, _) in PRODUCTS.items():
        brand = word.rstrip("0123456789")
        made.append(f"""
[[products]]
key = "{key}"
ref = "P-{len(made):04}"
label = "{label}"
brand = ["{brand}"]
names = ["{word}"]
timezone = "Asia/Shanghai"
kinds = ["product"]
until = "tbd"

[[rules]]
id = "name-{key}"
kinds = ["product"]
products = ["{key}"]
severity = "{severity}"
examples.match = ["{word}"]
""")
    return "".join(made)


@dataclass
class WeekTown(Town):
    """Time goes from one thing that is due to the next."""

    receivers: Any = ()
    clock: MortalClock = field(default_factory=lambda: MortalClock(NOON))
    seed: int = 1

    def __enter__(self) -> Self:
        self.stack = ExitStack()
        self.desks = {
            key: Desk(key, kind, self.clock, Random(f"{self.seed} {key}"), 0.02 if kind == "webhook" else 0.0)
            for key, kind in FORMATS.items()
        }
        self.known = tuple(desk.open(self.stack) for desk in self.desks.values())
        self.feeds: dict[str, list[dict[str, Any]]] = {key: [] for key in PEOPLE}
        super().__enter__()
        self.use_rules(rules_text())
        with self.store.write() as tx:
            keys.make_key(tx, keys.TAKE, self.clock.at)
        for key in PEOPLE:
            self.site.routes[f"/{key}"] = self._feed_of(key)
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.stack.close()

    def write_rules(self, text: str) -> Any:
        """The rules of three products, from the first."""
        rules = self.folder / "rules"
        rules.mkdir(exist_ok=True)
        (rules / "all.toml").write_text(rules_text(), encoding="utf-8")
        return load_rules(rules) if text else None

    # --- time -------------------------------------------------------------------------------------------------------

    def go_to(self, at: datetime) -> None:
        """Move the clocks."""
        self.clock.move(seconds=(at - self.clock.at).total_seconds())

    def next_due(self) -> datetime:
        """When something is due next, as the rows say; the service looks twice a second, and no sooner."""
        a, d, r, p = accounts.c, deliveries.c, receivers.c, posts.c
        usable = r.state.in_([ReceiverState.OK, ReceiverState.FAILING])
        to_send = (d.state == DeliveryState.WAITING) & usable
        sending = select(d.due_at, r.due_at).join(receivers, r.key == d.receiver_key).where(to_send)
        soon: tuple[Select[Any], ...] = (
            select(func.min(revisions.c.due_at)).where(revisions.c.state == "pending"),
            select(func.min(d.due_at)).where(d.state == DeliveryState.HELD),
            select(func.min(alerts.c.escalate_at)).where(alerts.c.state == AlertState.OPEN),
        )
        idle = select(func.min(a.due_at)).union_all(select(func.min(p.due_at)))
        with self.store.read() as tx:
            instants: list[datetime] = [at for at in tx.execute(union_all(*soon)).scalars() if at]
            instants += [max(due, free) for due, free in tx.execute(sending)]
            reads = [at for at in tx.execute(idle).scalars() if at]
        earliest = self.clock.at + BEAT
        quiet = [max(at, self.clock.at + IDLE) for at in reads]
        soonest: datetime = min([*instants, *quiet])
        return max(earliest, soonest)

    def is_at_rest(self) -> bool:
        """Whether nothing is left to be told or called."""
        d, c = deliveries.c, alerts.c
        with self.store.read() as tx:
            unsent = select(func.count()).where(d.state.in_([DeliveryState.WAITING, DeliveryState.HELD]))
            calling = select(func.count()).where(c.escalate_at.is_not(None), c.state == AlertState.OPEN)
            return not (tx.execute(unsent).scalar_one() or tx.execute(calling).scalar_one())

    def work(self) -> None:
        """Every stage does what is due; a death is followed by a new process at once."""
        try:
            for stage in (fetch_due, follow_due):
                self._hear(wait(stage(self.world, self.runtime, self.pool)).done)
            while match_new(self.world, self.runtime):
                pass
            self._hear(wait(collect_due(self.world, self.runtime, self.pool)).done)
            call_due(self.world, self.runtime)
            self._hear(wait(deliver_due(self.world, self.runtime, self.pool)).done)
        except Death:
            self.begin_again()

    def _hear(self, done: Any) -> None:
        for future in done:
            future.result()

    def begin_again(self) -> None:
        """Another process takes up what the dead one left, as the service does at its start."""
        self.pool.shutdown()
        self.store.close()
        self.client.close()
        self.clock.revive()
        self.pool = ThreadPoolExecutor(16)
        self.client = self._client()
        self.open_store()
        with self.store.taking_over() as alone, self.store.write() as tx:
            if alone:
                claims.release_all(tx)

    # --- what people do ---------------------------------------------------------------------------------------------

    def publishes(self, who: str, post: dict[str, Any]) -> None:
        """Somebody posts now."""
        self.feeds[who].insert(0, {"date_published": self.clock.at.isoformat(), **post})
        del self.feeds[who][60:]

    def presses(self, path: str) -> int:
        """Somebody presses the button behind a link; the status of the answer. Nobody dies of that."""
        left, self.clock.left = self.clock.left, None
        app = health_app(lambda: Report(alive=True, problems=(), facts={}))
        add_taking(app, self.world, lambda: self.runtime)
        server = WebServer(app, "127.0.0.1", 0)
        server.start()
        with requests.Session() as asking:
            asking.mount("http://", HTTPAdapter(max_retries=UNTIL_IT_LISTENS))
            status = asking.post(f"http://127.0.0.1:{server.port}{path}", timeout=20).status_code
        server.stop()
        self.clock.left = left
        return status

    # --- inside -----------------------------------------------------------------------------------------------------

    def _feed_of(self, key: str) -> Any:
        def answer(asked: Any) -> Any:
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": key, "items": self.feeds[key]}
            return fresh_feed(json.dumps(feed).encode(), "application/feed+json")(asked)

        return answer

    def _settings(self) -> Settings:
        people = []
        for key in PEOPLE:
            url = self.site.url(f"/{key}")
            account = Account(f"{key}-notes", key, "feed", "notes", url, url, POLL_S, SHANGHAI)
            account = replace(account, allow_private_network=True)
            people.append(Person(key, key.title(), "VP", SHANGHAI, frozenset(), (account,), "proof"))
        web = Web("127.0.0.1", 0, "https://leaks.example")
        made = super()._settings()
        return replace(made, people=tuple(people), receivers=self.known, roster=ROSTER, web=web)
