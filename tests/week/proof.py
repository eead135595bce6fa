"""What came of a week, held against a plain model of what was promised: one line for each thing that is wrong."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Row, select

from monitor.model.messages import EventKind
from monitor.model.rulebook import Severity
from monitor.store.schema import alert_events, alerts, deliveries, findings, posts, revisions, suppressions
from monitor.telling import FROM_THE_FIRST
from tests.store.invariants import broken_invariants
from tests.town import SHANGHAI
from tests.week.desks import Receipt
from tests.week.life import Life, opened_by_post, own_id
from tests.week.town import AGAIN, DAY_SHIFT, PRODUCTS, WAITS

SOON: Final = timedelta(seconds=5)
BURST: Final = timedelta(seconds=60)
BACK: Final = timedelta(minutes=18, seconds=30)  # after an outage the next probe comes, and what waits follows
CALLED_WITHIN: Final = timedelta(seconds=3)
OF_POSTS: Final = frozenset({EventKind.OPENED, EventKind.ADDED, EventKind.RAISED, EventKind.GONE, EventKind.CORRECTED})
WHO: Final = {"zhou": "周敏", "chen": "陈力"}


class Proof:
    """The rows and the receipts of a life that is over."""

    def __init__(self, life: Life) -> None:
        self.life, self.town = life, life.town
        with self.town.store.read() as tx:
            self.rows = tx.execute(select(deliveries).order_by(deliveries.c.id)).all()
            self.events = tx.execute(select(alert_events).order_by(alert_events.c.at, alert_events.c.id)).all()
            self.alerts = {row.id: row for row in tx.execute(select(alerts))}
        self.by_topic: dict[str, list[Row[Any]]] = defaultdict(list)
        self.by_alert: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self.rows:
            self.by_topic[row.topic].append(row)
        for event in self.events:
            self.by_alert[event.alert_id].append(event)
        self.receipts: dict[str, list[Receipt]] = defaultdict(list)
        self.unknown = [fault for key in self.town.desks for fault in self._attribute(key)]

    def faults(self) -> list[str]:
        """All that is wrong."""
        checks = (self._received, self._leaks, self._told, self._settled, self._once, self._soon, self._withdrawn)
        found = [fault for check in checks for fault in check()]
        return [*self.unknown, *found, *self._called(), *self._quiet(), *self._shares(), *self._taken()]

    # --- receipts ----------------------------------------------------------------------------------------------------

    def _attribute(self, key: str) -> Iterator[str]:
        """Which message each receipt is: formats that carry no id are known by their bytes."""
        desk = self.town.desks[key]
        yield from (f"a message that its tool refuses: {said}" for said in desk.misjudged)
        mine: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            if row.receiver_key == key and row.body is not None:
                mine[_canonical(row.body)].append(row.message_id)
        for got in desk.receipts():
            ids = mine.get(_canonical(got.body), [])
            if got.message_id and got.message_id not in ids:
                yield f"{key}: {got.message_id} arrived with other bytes than are kept"
            elif not ids:
                yield f"{key}: something arrived that is not kept"
            else:
                new = (each for each in ids if each not in self.receipts)  # several may say the same in the same words
                self.receipts[got.message_id or next(new, ids[-1])].append(got)

    def _received(self) -> Iterator[str]:
        """The invariants, with the receipts; and nothing came more often than an answer was lost."""
        bodies = {row.message_id: row.body for row in self.rows if row.body is not None}
        taken = {
            message_id: [(sha256(bodies[message_id]).hexdigest(), got.at) for got in all_got]
            for message_id, all_got in self.receipts.items()
        }
        with self.town.store.read() as tx:
            yield from broken_invariants(tx, taken, now=self.town.clock.at)

    # --- nothing lost, nothing twice ---------------------------------------------------------------------------------

    def _leaks(self) -> Iterator[str]:
        """Every leak is one alert, or hidden by a suppression that held; and nothing else is an alert."""
        opened = opened_by_post(self.life)
        hidden = self._hidden()
        for post, word in self.life.leaks.items():
            subject = PRODUCTS[word][0]
            is_told, is_hidden = (post, subject) in opened, (post, subject) in hidden
            if is_told == is_hidden:
                yield f"{post} is {'told and hidden' if is_told else 'neither told nor hidden'}"
        yield from (f"an alert for {post}, which leaks nothing" for post, _ in opened if post not in self.life.leaks)

    def _hidden(self) -> dict[tuple[str, str], Row[Any]]:
        """The first text of each post in which something was hidden, by the post's id and the subject."""
        f, r = findings.c, revisions.c
        joined = findings.join(revisions, r.id == f.revision_id).join(posts, posts.c.id == r.post_id)
        wanted = select(posts.c.native_id, f.subject, f.suppression_id, r.evaluated_at, r.effective_at, r.no)
        with self.town.store.read() as tx:
            found = tx.execute(wanted.select_from(joined).where(f.disposition == "suppressed"))
            rows: list[Any] = list(found.all())
        return {(own_id(row.native_id), row.subject): row for row in rows if row.no == 1}

    def _told(self) -> Iterator[str]:
        """What happens to a post is told to those whom the tree names, and to nobody else."""
        by_subject = {key: set(to) for key, _, _, to in PRODUCTS.values()}
        for event in self.events:
            if event.kind in OF_POSTS or event.kind == EventKind.REOPENED:
                topic = f"alert:{event.alert_id}:{event.seq}"
                told = {row.receiver_key for row in self.by_topic[topic]}
                named = by_subject[self.alerts[event.alert_id].subject]
                if told != named and event.kind in OF_POSTS:
                    yield f"{topic} is for {sorted(named)}, and is told to {sorted(told)}"

    def _settled(self) -> Iterator[str]:
        """Everything has gone out by itself or in a digest: whoever was down is back, what was parked was replayed."""
        states = {row.id: row.state for row in self.rows}
        for row in self.rows:
            inside = states.get(row.folded_into) if row.state == "folded" else row.state
            if inside != "delivered":
                yield f"{row.topic} for {row.receiver_key} is {row.state}, {row.last_error or 'no error'}"

    def _once(self) -> Iterator[str]:
        """By what stands in the messages of the webhooks: no event is in two of them."""
        for key, desk in self.town.desks.items():
            if desk.format == "webhook":
                said: dict[tuple[int, int], set[str]] = defaultdict(set)
                for got in desk.taken:
                    message = json.loads(got.body)
                    for each in message["data"]["alerts"] if message["type"] == "digest" else [message]:
                        said[each["data"]["alert_id"], each["data"]["seq"]].add(got.message_id)
                twice = [event for event, ids in said.items() if len(ids) > 1]
                yield from (f"{key}: event {event} is in two messages" for event in twice)
                rows = {(r.receiver_key, r.topic) for r in self.rows}
                yield from (f"{key}: {n}:{seq} has no row" for n, seq in said if (key, f"alert:{n}:{seq}") not in rows)

    # --- in time -----------------------------------------------------------------------------------------------------

    def _soon(self) -> Iterator[str]:
        """What is told at once arrives within seconds, of a burst its first; after an outage, once it was probed."""
        first: dict[tuple[str, str], tuple[datetime, int]] = {}
        events = {f"alert:{e.alert_id}:{e.seq}": e for e in self.events}
        for row in self.rows:
            event = events.get(row.topic)
            if event is not None and event.kind == EventKind.OPENED and Severity(event.severity).rank >= _HIGH:
                place = (row.receiver_key, self.alerts[event.alert_id].subject)
                at, rank = first.get(place, (None, -1))
                is_more = at is not None and event.at - at < BURST and Severity(event.severity).rank <= rank
                if is_more != (row.urgency == "burst") and row.urgency != "crowd":
                    yield f"{row.topic} for {row.receiver_key} is {row.urgency}; more of a burst: {is_more}"
                if row.urgency == "now":
                    first[place] = (event.at, Severity(event.severity).rank)
            if row.urgency == "now" and (got := self.receipts.get(row.message_id)):
                late = got[0].at - row.queued_at
                if self.town.desks[row.receiver_key].format != "mail" and late > self._may_take(row):
                    yield f"{row.topic} reached {row.receiver_key} after {late}"

    def _may_take(self, row: Row[Any]) -> timedelta:
        """Longer where the receiver was down, or had all that it takes in a minute."""
        for outage in self.life.outages:
            if outage.key == row.receiver_key and outage.begins - SOON <= row.queued_at <= outage.ends + BACK:
                wait: timedelta = outage.ends + BACK - row.queued_at + SOON
                return wait
        around = timedelta(minutes=1)
        near = [
            each
            for each in self.rows
            if each.receiver_key == row.receiver_key and abs(each.queued_at - row.queued_at) <= around
        ]
        cap_s = {"dingtalk": 60 / 18, "wecom": 60 / 18, "slack": 1.0, "feishu": 0.75, "teams": 0.25}
        return SOON + timedelta(seconds=len(near) * cap_s.get(row.receiver_key, 0.1))

    def _shares(self) -> Iterator[str]:
        """Beyond its share of an hour a receiver is told of posts together, and not before."""
        events = {f"alert:{e.alert_id}:{e.seq}": e for e in self.events}
        hour = timedelta(hours=1)
        for receiver in self.town.known:
            at_once: list[datetime] = []
            for row in (each for each in self.rows if each.receiver_key == receiver.key):
                event = events.get(row.topic)
                recent = sum(row.created_at - hour < at for at in at_once)
                if event and row.urgency == "crowd" and recent < receiver.most_an_hour:
                    yield f"{row.topic} for {receiver.key} is gathered after {recent} in the hour"
                if event and row.urgency == "now" and event.kind in OF_POSTS and recent >= receiver.most_an_hour:
                    yield f"{row.topic} for {receiver.key} is sent after {recent} in the hour"
                if event and row.urgency == "now":
                    at_once.append(row.created_at)

    # --- what follows ------------------------------------------------------------------------------------------------

    def _withdrawn(self) -> Iterator[str]:
        """Who was told of an alert hears of its taking, its calls and its end."""
        everybody = (EventKind.WITHDRAWN, EventKind.ACKNOWLEDGED, EventKind.CALLED)
        for number, events in self.by_alert.items():
            told: set[str] = set()
            for event in events:
                to = {row.receiver_key for row in self.by_topic[f"alert:{number}:{event.seq}"]}
                if event.kind in everybody and told - to:
                    yield f"{event.kind} of A-{number} is not told to {sorted(told - to)}"
                if event.kind in everybody[:2] and to - told:
                    yield f"{event.kind} of A-{number} is told to {sorted(to - told)}, who knew nothing of it"
                told |= to

    def _called(self) -> Iterator[str]:
        """The next are called at the promised instants, and nobody once it was taken or judged."""
        for number, events in self.by_alert.items():
            called = [(e.at, e.reason["args"]["to"]) for e in events if e.kind == EventKind.CALLED]
            wanted = list(self._calls_of(events))
            differ = len(called) != len(wanted) or any(
                not timedelta() <= at - due <= CALLED_WITHIN or to != whom
                for (at, to), (due, whom) in zip(called, wanted, strict=False)
            )
            if differ:
                yield f"A-{number} was called {_plainly(called)}, and was to be {_plainly(wanted)}: {_kinds(events)}"

    def _calls_of(self, events: list[Row[Any]]) -> Iterator[tuple[datetime, str]]:
        due: datetime | None = None
        step, before = 0, "open"
        for event in events:
            while due is not None and event.at > due and step < len(_STEPS):
                yield due, _whom(step, due)
                step, due = step + 1, due + AGAIN if step + 1 < len(_STEPS) else None
            if event.state != "open":
                due, step = None, 0  # whoever opens it again begins anew
            elif event.found == "live" and event.kind in OF_POSTS | {EventKind.REOPENED}:
                wait = WAITS.get(Severity(event.severity))
                if event.kind in FROM_THE_FIRST or before != "open":
                    due, step = event.at + wait if wait else None, 0
                elif wait and step < len(_STEPS):
                    due = min(due or event.at + wait, event.at + wait)
            before = event.state
        while due is not None and step < len(_STEPS):
            yield due, _whom(step, due)
            step, due = step + 1, due + AGAIN

    def _quiet(self) -> Iterator[str]:
        """What a suppression hides was judged while it held, and keeps its row."""
        with self.town.store.read() as tx:
            held = {row.id: row for row in tx.execute(select(suppressions))}
        for (post, _), row in self._hidden().items():
            quiet = held[row.suppression_id]
            ends = min(quiet.until, quiet.ended_at or quiet.until)
            if not (quiet.at <= row.evaluated_at < ends):
                yield f"{post} is hidden by suppression {quiet.id}, which did not hold"
        for quiet in held.values():
            if quiet.hidden_count != sum(row.suppression_id == quiet.id for row in self._hidden().values()):
                self.life.done["suppressions that hid edits too"] += 1

    def _taken(self) -> Iterator[str]:
        """Who takes an alert is the one who is named."""
        for number, how, who in self.life.takings:
            named = [e.reason["args"]["by"] for e in self.by_alert[number] if e.kind == EventKind.ACKNOWLEDGED]
            if who not in named:
                yield f"A-{number} was taken by {how} by {who}, and says {named}"


_HIGH: Final = Severity.HIGH.rank
_STEPS: Final = ("duty", "siren", "comms legal")


def _whom(step: int, at: datetime) -> str:
    begins, ends = DAY_SHIFT
    by_day = begins <= at.astimezone(SHANGHAI).time() < ends
    return ("zhou" if by_day else "chen") if step == 0 else _STEPS[step]


def _canonical(body: bytes) -> str:
    """A body without what each attempt carries anew."""
    if not body.lstrip().startswith(b"{"):
        return sha256(body.strip()).hexdigest()
    document = json.loads(body)
    document.pop("sign", None)
    if "msg_type" in document:
        document.pop("timestamp", None)
    return json.dumps(document, sort_keys=True)


def _plainly(calls: list[tuple[datetime, str]]) -> str:
    return ", ".join(f"{at:%d %H:%M:%S} {to}" for at, to in calls) or "never"


def _kinds(events: list[Row[Any]]) -> str:
    return ", ".join(f"{e.at:%d %H:%M:%S} {e.kind} {e.severity} {e.state}" for e in events)
