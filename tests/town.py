"""A small town to watch: a real feed over HTTP, real receivers, a real database, and a clock that is moved by hand."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from monitor.calling import call_due
from monitor.collecting import collect_due
from monitor.config import FetchOptions, Log, Retention, Settings, Web
from monitor.following import follow_due
from monitor.launches import note_moves, tell_moves
from monitor.match import Matcher
from monitor.model.messages import Disclosure, Receiver
from monitor.model.people import Account, Person
from monitor.model.rulebook import RuleBook
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, deliver_due, fetch_due, match_new
from monitor.rules import load_rules
from monitor.store import Store, accounts, receivers, rescans, rulebooks, upgrade
from tests.deliver.receiver import ScriptedReceiver
from tests.fakes import HandClock, Hurried
from tests.fetch.feed_server import FeedServer, Reply, Script, fresh_feed
from tests.samples import rules

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = b"k" * 32
RULES = rules("2030-06-18T19:00:00+08:00")


@dataclass
class Town:
    """One person with one feed; any number of receivers. `round()` is what the service's ticks do."""

    folder: Path
    receivers: Sequence[tuple[str, ScriptedReceiver]]
    clock: HandClock = field(default_factory=lambda: HandClock(NOON))
    posts: list[dict[str, Any]] = field(default_factory=list)
    answer: Script | None = None  # instead of the feed
    database_url: str = ""  # a file in the folder, if not given

    def __enter__(self) -> Self:
        self.site = FeedServer({"/feed": self._serve})
        self.site.__enter__()
        self.book = self.write_rules(RULES)
        self.runtime = Runtime(self._settings(), self.book, Matcher(self.book))
        upgrade(self._url)
        self.client = self._client()
        self.open_store()
        self.pool = ThreadPoolExecutor(8)
        with self.store.write() as tx:
            accounts.sync_people(tx, self.runtime.settings.people, self.clock.now())
            receivers.sync_receivers(tx, self.runtime.settings.receivers, self.clock.now())
        return self

    def __exit__(self, *_: object) -> None:
        self.world.stopping.set()
        self.pool.shutdown()
        self.world.client.close()
        self.store.close()
        self.site.__exit__()

    @property
    def _url(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'town.db'}"

    def open_store(self) -> None:
        """Begin to work on the database, for the first time or after a death."""
        self.store = Store(self._url)
        self.world = World(self.store, self.client, self.clock, draw=lambda: 0.5, stopping=Hurried())

    # --- what happens in the town ---------------------------------------------------------------------------------

    def says(self, text: str, **post: Any) -> None:
        """The person publishes a post now."""
        made = {"id": f"post-{len(self.posts)}", "content_text": text, "date_published": self.clock.now().isoformat()}
        self.posts.insert(0, made | post)

    def edits(self, text: str) -> None:
        """The newest post changes its text."""
        self.posts[0] = self.posts[0] | {"content_text": text}

    def round(self, **later: float) -> None:
        """Time passes; then every stage does what is due."""
        self.clock.move(**(later or {"seconds": 61}))
        with self.store.write() as tx:
            accounts.undo_future(tx, self.clock.now())  # as the look-out does
        for future in fetch_due(self.world, self.runtime, self.pool):
            future.result()
        wait(follow_due(self.world, self.runtime, self.pool))
        while match_new(self.world, self.runtime):
            pass
        wait(collect_due(self.world, self.runtime, self.pool))
        call_due(self.world, self.runtime)
        tell_moves(self.world, self.runtime)
        wait(deliver_due(self.world, self.runtime, self.pool))

    def watches(self, account: Account) -> None:
        """One more account is read from now on, of a new person if there is none of that key."""
        settings = self.runtime.settings
        people = {person.key: person for person in settings.people}
        key = account.person_key
        mine = people.get(key) or Person(key, key.title(), "VP", SHANGHAI, frozenset(), (), "proof")
        people[key] = replace(mine, accounts=(*mine.accounts, account))
        settings = replace(settings, people=tuple(people.values()))
        self.runtime = Runtime(settings, self.book, self.runtime.matcher)
        with self.store.write() as tx:
            accounts.sync_people(tx, settings.people, self.clock.now())

    # --- inside -----------------------------------------------------------------------------------------------------

    def write_rules(self, text: str) -> RuleBook:
        """Put this into the rules directory and load it."""
        rules = self.folder / "rules"
        rules.mkdir(exist_ok=True)
        (rules / "all.toml").write_text(text, encoding="utf-8")
        return load_rules(rules)

    def use_rules(self, text: str) -> None:
        """The service reloads these rules."""
        self.book = self.write_rules(text)
        self.runtime = Runtime(self.runtime.settings, self.book, Matcher(self.book))
        with self.store.write() as tx:
            note_moves(tx, self.runtime, self.clock.now())
            rulebooks.save_rulebook(tx, self.book.hash, self.book.body, self.clock.now())
            rescans.begin_rescan(tx, self.book.hash, self.clock.now())

    def _client(self) -> Client:
        return Client(elapsed_s=self.clock.elapsed_s, user_agent="leak-monitor tests")

    def _serve(self, asked: Any) -> Any:
        if self.answer is not None:
            return self.answer(asked) if callable(self.answer) else self.answer
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": self.posts}
        return fresh_feed(json.dumps(feed).encode(), "application/feed+json")(asked)

    def _settings(self) -> Settings:
        url = self.site.url("/feed")
        account = Account("lin-notes", "lin", "feed", "notes", url, url, 60.0, SHANGHAI, allow_private_network=True)
        person = Person("lin", "Lin Xiaozhou", "GM", SHANGHAI, frozenset(), (account,), "proof")
        return Settings(
            path=self.folder / "config.toml",
            database_url="",
            language="en",
            timezone=SHANGHAI,
            people=(person,),
            receivers=tuple(_receiver(key, at.url) for key, at in self.receivers),
            rules_dir=self.folder / "rules",
            evidence_dir=self.folder / "evidence",
            retention=Retention(flagged_days=180, unflagged_days=90),
            web=Web("127.0.0.1", 0),
            fetch=FetchOptions("leak-monitor tests", 4, 0.0),
            log=Log("info", "text"),
        )


def _receiver(key: str, url: str) -> Receiver:
    return Receiver(
        key=key,
        format="webhook",
        url=url,
        secrets=(SECRET,),
        show=Disclosure.FULL,
        language="en",
        timezone=SHANGHAI,
        alerts=not key.startswith("ops"),
        ops=key.startswith("ops"),
        gather=timedelta(),
        most_an_hour=1000,
        allow_private_network=True,
    )


SIGN_IN_PAGE = Reply(
    200, b"<html><title>Sign in</title><form><input type=password></form></html>", {"Content-Type": "text/html"}
)
