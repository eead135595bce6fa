"""Days in the life of many accounts: `python -m tests.timeline --posts 10000 --seed 1`; exit code 1 if any was missed.

Posts are late, out of order, of the same second, back-dated, edited, deleted and pinned, ids are given away again,
networks fail, the receiver is down for a while, and we are down for a day. In the end every post is stored or lies in
a gap that is on record, every leak was told once and once only, and nobody was told of anything else. Where lists show
the newest alone, a late post may have left them before we looked again: then no answer showed it, and it is counted.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from monitor.clock import SystemClock
from monitor.store.schema import accounts, alerts, posts
from tests.deliver.receiver import Reply as Answer
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.fetch.networks import NETWORKS, Can, Network, Post
from tests.fetch.networks.town import NetworkTown
from tests.store.invariants import broken_invariants
from tests.town import SECRET, SIGN_IN_PAGE

LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"
NEAR = 4  # places from the top of a list: what is done there can still be seen
FAILURES = (Reply(503), Reply(429, headers={"Retry-After": "30"}), SIGN_IN_PAGE)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it."""

    done: Mapping[str, int]  # how many of each thing happened
    stored: int
    in_gaps: int  # not stored, but in a gap that is on record
    never_shown: int  # late ones, which stood below others and left the list with them
    missed: tuple[str, ...]  # neither stored nor in a gap
    leaks: int  # that some answer showed
    untold: tuple[str, ...]
    doubled: tuple[str, ...]
    harmless_told: tuple[str, ...]
    broken: tuple[str, ...]  # invariants

    @property
    def is_good(self) -> bool:
        return not (self.missed or self.untold or self.doubled or self.harmless_told or self.broken)

    def __str__(self) -> str:
        lines = [f"{count:6} {what}" for what, count in sorted(self.done.items())]
        lines += [f"{self.stored:6} stored", f"{self.in_gaps:6} not stored, in a gap"]
        lines += [f"{self.never_shown:6} late ones that no answer showed", f"{self.leaks:6} leaks shown"]
        for what in ("missed", "untold", "doubled", "harmless_told", "broken"):
            found = getattr(self, what)
            lines += [f"{len(found):6} {what.replace('_', ' ')}", *(f"       {each}" for each in found[:20])]
        return "\n".join(lines)


@dataclass
class Life:
    """What the people of a town do, drawn from a seed."""

    town: NetworkTown
    draw: Random
    left: int  # posts to be made
    done: Counter[str] = field(default_factory=Counter)
    appeared: dict[tuple[str, int], datetime] = field(default_factory=dict)
    first: dict[tuple[str, int], Post] = field(default_factory=dict)  # as it was made
    said: dict[tuple[str, int, int], str] = field(default_factory=dict)  # by network, post and number of edits
    late: set[tuple[str, int]] = field(default_factory=set)
    last: dict[str, datetime] = field(default_factory=dict)  # when the last post was made, by network
    failing: dict[str, int] = field(default_factory=dict)  # rounds that are left

    def go_on(self) -> None:
        """Rounds, with a day of silence in the middle of it, until all is said; then until all is read."""
        half = self.left // 2
        desk = self.town.receivers[0][1]
        self.town.round()
        while self.left > 0:
            for network in self.town.country:
                self._act_often(network, self.draw.choice((0, 0, 1, 1, 2, 4)), timedelta(seconds=60))
            self._fail()
            desk.answer_with(Answer(503 if self.draw.random() < 0.05 else 204))
            if half and self.left <= half:
                half = 0
                self._sleep()
            self.town.round(seconds=66)
            self.done["rounds"] += 1
        self.failing = dict.fromkeys(self.failing, 0)
        self._fail()
        desk.answer_with(Answer(204))
        for _ in range(8):
            self.town.round(minutes=16)

    # --- what happens -------------------------------------------------------------------------------------------

    def _act_often(self, network: Network, times: int, within: timedelta) -> None:
        for share in sorted(self.draw.random() for _ in range(times)):
            self._act(network, self.town.clock.now() + share * within)

    def _act(self, network: Network, at: datetime) -> None:
        near = network.listed()[:NEAR]
        chance = self.draw.random()
        if near and chance < 0.1 and Can.EDIT in network.can:
            self._note(network, network.edit(self.draw.choice(near), self._text(), at), at, "edited")
        elif len(network.posts) > 9 and chance < 0.12:
            self._delete(network)
        elif len(network.posts) > 9 and chance < 0.14 and Can.PIN in network.can:
            self._pin(network)
        elif near and chance < 0.17 and Can.REUSE in network.can:
            again = replace(self.draw.choice(near), made_at=at, claims=None)
            network.posts = [post for post in network.posts if post.no != again.no] + [again]
            self._note(network, network.edit(again, self._text(), at), at, "ids given away again")
        else:
            self._publish(network, at)

    def _publish(self, network: Network, at: datetime) -> None:
        near, kind = network.listed()[1:NEAR], self.draw.random()
        more: dict[str, Any] = {}
        word, made_at, text = "posts", at, self._text()
        if near and kind < 0.1 and Can.LATE in network.can:
            word, made_at = "late posts", min(at, network.place(near[-1])) + timedelta(milliseconds=1)
        elif kind < 0.15 and Can.DATE in network.can:
            days = timedelta(days=self.draw.randint(2, 400))  # a feed shows its newest only
            back = days if Can.PAGE in network.can else timedelta(minutes=2)
            word, more = "back-dated posts", {"claims": at - back}
        elif kind < 0.3 and self.last.get(network.name, at) >= self.town.clock.now():
            word, made_at = "posts of the same second", self.last.get(network.name, at)
        elif kind < 0.35 and Can.LONG in network.can:
            begins = CLEAN * 20
            word, text, more = "long posts", f"{begins}。{text}", {"begins": begins}
        post = network.publish(text, made_at, **more)
        self._note(network, post, at, word)
        if network.place(post) < at and network.source != "bluesky":  # which lists all records beside
            self.late.add((network.name, post.no))
        self.last[network.name] = at
        self.left -= 1

    def _delete(self, network: Network) -> None:
        """Of posts that somebody has seen."""
        seen = {no for no, _ in network.shown}
        known = [post for post in network.posts if post.no in seen and not post.pinned]
        if known:
            network.delete(self.draw.choice(known[-20:]))
            self.done["deleted"] += 1

    def _pin(self, network: Network) -> None:
        for post in [post for post in network.posts if post.pinned]:
            network.posts[network.posts.index(post)] = replace(post, pinned=False)
        network.pin(self.draw.choice(network.posts[: len(network.posts) // 2]))
        self.done["pinned"] += 1

    def _fail(self) -> None:
        """Some networks refuse for some rounds, in whole or behind their first page."""
        for network in self.town.country:
            left = self.failing.get(network.name, 0)
            if left <= 0 and self.draw.random() < 0.02 and self.left > 0:
                left = self.draw.randint(1, 4)
                script = self.draw.choice(FAILURES)
                network.instead, network.behind = self.draw.choice(((script, None), (None, script)))
                self.done["failures of networks"] += 1
            elif left <= 0:
                network.instead = network.behind = None
            self.failing[network.name] = left - 1

    def _sleep(self) -> None:
        """We are down for a day, in which people go on."""
        most = max(30, self.left // (2 * len(self.town.kinds)))
        for network in self.town.country:
            self._act_often(network, self.draw.randint(1, min(2 * network.page_size, most)), timedelta(hours=24))
        self.town.clock.move(hours=24)
        self.done["hours down"] += 24

    def _text(self) -> str:
        told = LEAK if self.draw.random() < 0.2 else CLEAN
        return f"第{self.draw.randrange(10**6)}次：{told}"

    def _note(self, network: Network, post: Post, at: datetime, what: str) -> None:
        self.done[what] += 1
        self.appeared.setdefault((network.name, post.no), at)
        self.first.setdefault((network.name, post.no), post)
        self.said[network.name, post.no, len(post.edits)] = post.text

    # --- what came of it ------------------------------------------------------------------------------------------

    def report(self) -> Report:
        """Compare what was shown with what was kept and told."""
        made = {network.name: network for network in self.town.country}
        platforms = {name: network.account().platform for name, network in made.items()}
        places = {(platforms[name], made[name].native_id(post)): (name, no) for (name, no), post in self.first.items()}
        with self.town.store.read() as tx:
            kept = {(row.platform, row.native_id): row.id for row in tx.execute(select(posts))}
            flagged = {row.post_id: row.id for row in tx.execute(select(alerts))}
            keys = {row.id: row.key for row in tx.execute(select(accounts.c.id, accounts.c.key))}
            broken = broken_invariants(tx, told=["desk"])
        names = {number: "/".join(map(str, places.get(place, place))) for place, number in kept.items()}
        absent = [named for place, named in places.items() if place not in kept]
        gaps = [(keys[gap.account_id], gap.from_at, gap.to_at) for gap in self.town.gaps()]
        shown = {(network.name, *version) for network in self.town.country for version in network.shown}
        open_ends = [named for named in absent if not _covered(named[0], self.appeared[named], gaps)]
        missed = [each for each in open_ends if each not in self.late or each in {version[:2] for version in shown}]
        leaking = {f"{name}/{no}" for name, no, edits in shown if LEAK in self.said[name, no, edits]}
        told = Counter(self._openings())
        by_name = {names[post_id]: told[alert_id] for post_id, alert_id in flagged.items()}
        return Report(
            done=self.done,
            stored=len(kept),
            in_gaps=len(absent) - len(open_ends),
            never_shown=len(open_ends) - len(missed),
            missed=tuple(f"{name}/{no}" for name, no in missed),
            leaks=len(leaking),
            untold=tuple(sorted(name for name in leaking if not by_name.get(name))),
            doubled=tuple(sorted(name for name, count in by_name.items() if count > 1)),
            harmless_told=tuple(sorted(by_name.keys() - leaking)),
            broken=tuple(broken),
        )

    def _openings(self) -> Iterator[int]:
        """The numbers of alerts as their beginning was told, alone or in a digest, each message once."""
        once = {got.headers["webhook-id"]: got for got in self.town.receivers[0][1].received}
        for got in once.values():
            message = got.check_as_of_then(SECRET)
            inside = message["data"]["alerts"] if message["type"] == "digest" else [message]
            yield from (each["data"]["alert_id"] for each in inside if each["type"] == "alert.opened")


def _covered(name: str, at: datetime, gaps: list[tuple[str, datetime, datetime | None]]) -> bool:
    return any(key == name and begin <= at <= (end or at) for key, begin, end in gaps)


def live(folder: Path, number: int, seed: int, *, each: int = 1) -> Report:
    """So many posts in all, by `each` accounts of each network."""
    kinds = {f"{name}-{n}": kind for name, kind in NETWORKS.items() for n in range(each)}
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(NetworkTown(folder, [("desk", desk)], kinds=kinds))
        life = Life(town, Random(seed), number)
        life.go_on()
        return life.report()


def main() -> int:
    """Live as long as asked, then report."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--posts", type=int, default=10_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--each", type=int, default=4, help="accounts of each network")
    wanted = ask.parse_args()
    clock = SystemClock()
    began_s = clock.elapsed_s()
    with tempfile.TemporaryDirectory() as folder:
        report = live(Path(folder), wanted.posts, wanted.seed, each=wanted.each)
    sys.stdout.write(f"{report}\n{clock.elapsed_s() - began_s:6.0f} seconds\n")
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
