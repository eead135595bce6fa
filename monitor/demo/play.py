"""The demonstration: the real service watches the pretend company while the script is played."""

import secrets
from collections import deque
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final

from rich.console import Console

from monitor.clock import Clock
from monitor.demo import company, screen
from monitor.demo.chat import Chat
from monitor.demo.commentary import Commentary, Sight
from monitor.demo.room import Room, Wish, leave_at_once, without_logs
from monitor.demo.score import Score, cases_of, score
from monitor.demo.script import LENGTH_S, PLANTED, SCRIPT, Act, Planted, Trouble, Turn
from monitor.demo.site import Site
from monitor.demo.texts import say
from monitor.match import Matcher
from monitor.model.messages import Receiver
from monitor.pipeline import Runtime
from monitor.rules import load_rules
from monitor.store import Store, browse

POLL_EVERY_S: Final = 0.7
FIRST_S: Final = 1.1  # feeds tell times in whole seconds: what comes earlier could look older than our watching
PATIENCE_S: Final = 8.0  # how long a repair waits for the damage to be noticed
RESERVE_S: Final = 3.0  # kept free after the last act, for it to be seen and told
CLOSING_S: Final = 1.0  # to stop the service and remove the folder
GRACE_S: Final = 15.0  # without a limit: how long to wait for what is still under way
LOOK_EVERY_S: Final = 0.05
OLD: Final = timedelta(days=2)  # each feed has a post from before


def run_demo(*, for_s: float | None, language: str, out: Console, clock: Clock) -> int:
    """Play the script, in at most `for_s` seconds; 0 if every planted leak was told once and nothing else, or 1.

    A signal ends it with the code that shells expect. However it ends, its folder is removed.
    """
    ends_s = None if for_s is None else clock.elapsed_s() + for_s - CLOSING_S
    with Wish() as wish, without_logs():
        with Room() as room:
            exit_code = _perform(room, wish, ends_s, language, out, clock)
        screen.show(out, "", screen.parting(language, room.folder, stopped=wish.came))
    if not room.drained:
        leave_at_once(exit_code)
    return exit_code


def _perform(room: Room, wish: Wish, ends_s: float | None, language: str, out: Console, clock: Clock) -> int:
    secret = secrets.token_bytes(32)
    screen.show(out, *screen.opening(language))
    with ExitStack() as stack:
        site = stack.enter_context(Site(company.FORMATS))
        chat = stack.enter_context(Chat((secret,), clock))
        for account in company.FORMATS:
            site.publish(account, f"old-{account}", company.OLD_POST, clock.now() - OLD)
        runtime = _runtime(room, site, company.chat_receiver(chat.url, secret, language), language, clock.now())
        store = stack.enter_context(room.service(runtime, clock))
        length_s = LENGTH_S + GRACE_S if ends_s is None else ends_s - clock.elapsed_s()
        counts = {
            "people": len(company.EXECUTIVES),
            "accounts": len(company.FORMATS),
            "products": len(runtime.book.products),
        }
        screen.show(out, say(language, "company", days=company.LAUNCH_DAYS, **counts), "")
        play = Play(site, chat, store, clock, Commentary(out, language, runtime.matcher, clock), length_s)
        play.run(wish)
        if wish.came:
            return wish.exit_code
        result = play.result(language)
        screen.show(out, "", screen.summary(language, result), *screen.next_steps(language))
        if ends_s is None and out.is_terminal:
            screen.show(out, "", say(language, "stays"))
            while not wish.came:
                wish.nap(LOOK_EVERY_S)
    return 1 if result.failed else 0


def _runtime(room: Room, site: Site, receiver: Receiver, language: str, now: datetime) -> Runtime:
    company.write_rules(room.rules_dir, language, now)
    book = load_rules(room.rules_dir)
    addresses = {account: site.feed_url(account) for account in company.FORMATS}
    watched = company.people(addresses, POLL_EVERY_S, language)
    settings = company.settings_for(watched, (receiver,), room, language)
    return Runtime(settings, book, Matcher(book))


class Play:
    """Plays the script on the site and the chat, and looks on at what the service makes of it."""

    def __init__(
        self, site: Site, chat: Chat, store: Store, clock: Clock, commentary: Commentary, length_s: float
    ) -> None:
        self._site = site
        self._chat = chat
        self._store = store
        self._clock = clock
        self._commentary = commentary
        self._ends_s = clock.elapsed_s() + length_s
        self._began_s = clock.elapsed_s()
        self._pace = max(0.0, min(1.0, (length_s - RESERVE_S) / LENGTH_S))
        self._acts = deque(SCRIPT)
        self._posted: dict[tuple[str, int], datetime] = {}

    def run(self, wish: Wish) -> None:
        """Until everything was seen and told, the time is up, or somebody wants to end."""
        while not wish.came and self._clock.elapsed_s() < self._ends_s:
            sight = self._look()
            self._commentary.tell(sight)
            while self._acts and self._is_time(self._acts[0], sight):
                self._do(self._acts.popleft())
            if not self._acts and all(case.settled for case in sight.cases):
                return
            wish.nap(LOOK_EVERY_S)

    def result(self, language: str) -> Score:
        """How it went."""
        sight = self._look()
        self._commentary.tell(sight)
        blinded = [act.account for act in SCRIPT if isinstance(act, Turn) and act.trouble is Trouble.SIGN_IN]
        return score(sight.cases, sight.troubles, blinded, sight.taken, language)

    def _is_time(self, act: Act, sight: Sight) -> bool:
        due_s = self._began_s + max(FIRST_S, act.at_s * self._pace)
        late_s = self._clock.elapsed_s() - due_s
        return late_s >= 0 and (late_s > PATIENCE_S or _was_noticed(act, sight))

    def _do(self, act: Act) -> None:
        if isinstance(act, Planted):
            now = self._clock.now()
            self._posted[act.post, act.version] = now
            self._site.publish(act.account, act.post, act.text, now)
        elif act.account:
            self._site.lock(act.account, locked=act.trouble is Trouble.SIGN_IN)
        else:
            on = act.trouble is Trouble.CHAT_BACK
            self._chat.switch(on=on)
            self._commentary.chat(on=on)

    def _look(self) -> Sight:
        taken = self._chat.taken()
        with self._store.read() as tx:
            judged, troubles, waiting = browse.judged_texts(tx), browse.troubles(tx), browse.count_waiting(tx)
        urls = {plant.post: self._site.post_url(plant.post) for plant in PLANTED}
        cases = cases_of(PLANTED, self._posted, judged, urls, taken)
        return Sight(cases, troubles, taken, self._chat.turned_away(), waiting, self._chat.is_on)


def _was_noticed(act: Act, sight: Sight) -> bool:
    """Whether what this act changes was seen before: an edit needs a first text, a repair its damage."""
    if isinstance(act, Planted):
        before = (c for c in sight.cases if c.planted.post == act.post and c.planted.version < act.version)
        return all(c.judged for c in before)
    if act.trouble is Trouble.CHAT_BACK:
        return sight.turned_away > 0
    return act.trouble is not Trouble.READABLE or any(t.subject == act.account for t in sight.troubles)
