"""One real feed, watched for a minute: what the service would do with every post of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from monitor import words
from monitor.clock import Clock
from monitor.demo import company, screen
from monitor.demo.room import Room, Wish, leave_at_once, without_logs
from monitor.demo.screen import Line
from monitor.demo.texts import say
from monitor.demo.why import why, why_not
from monitor.match import Matcher
from monitor.model.messages import Found
from monitor.model.people import Account, Person
from monitor.model.routes import DIRECT, Route
from monitor.model.rulebook import RuleBook, Severity
from monitor.net.guard import safe_url
from monitor.pipeline import Runtime
from monitor.routing import Urgency
from monitor.rules import load_rules
from monitor.store import Store, browse
from monitor.store.browse import Judged, Told

POLL_EVERY_S: Final = 10.0
LOOK_EVERY_S: Final = 0.1
FIRST_READ_S: Final = 30.0  # that is waited for, on a machine that is busy
SHOWN_HARMLESS: Final = 10  # of the first read; every alert is shown
SHOWN_CELLS: Final = 180


def run_try(
    url: str,
    *,
    rules_dir: Path | None,
    for_s: float,
    language: str,
    out: Console,
    clock: Clock,
    route: Route = DIRECT,
) -> int:
    """Read one feed for so many seconds and show what would be done with each post; nothing is sent or kept.

    0 if it could be read, else 1. Without `rules_dir` a made-up sample judges. Raises RuleError for wrong rules.
    """
    ends_s = clock.elapsed_s() + for_s
    url = url if "://" in url else f"https://{url}"
    with Wish() as wish, without_logs():
        with Room() as room:
            if rules_dir is None:
                company.write_rules(room.rules_dir, language, clock.now())
            book = load_rules(rules_dir or room.rules_dir)
            rules = say(language, "try_rules" if rules_dir else "try_sample", dir=rules_dir)
            screen.show(
                out, say(language, "try_title", url=screen.plain(safe_url(url)), seconds=f"{for_s:.0f}"), rules, ""
            )
            runtime = _runtime(url, route, room, book, language)
            with room.service(runtime, clock) as store:
                watch = Watch(store, clock, out, language, runtime.matcher, frozenset(book.products))
                exit_code = watch.run(wish, ends_s)
        screen.show(out, "", screen.parting(language, room.folder, stopped=wish.came))
    if not room.drained:
        leave_at_once(exit_code)
    return exit_code


def _runtime(url: str, route: Route, room: Room, book: RuleBook, language: str) -> Runtime:
    account = Account(
        key="feed",
        person_key="author",
        source="feed",
        platform="feed",
        native_id="feed",
        url=url,
        poll_every_s=POLL_EVERY_S,
        timezone=ZoneInfo("UTC"),
        allow_private_network=_is_at_home(url),
        route=route,
    )
    author = Person("author", "", "", ZoneInfo("UTC"), frozenset(book.products), (account,), "trial")
    settings = company.settings_for((author,), (), room, language)
    return Runtime(settings, book, Matcher(book))


def _is_at_home(url: str) -> bool:
    """Whether the address itself is a private one: then it was meant. A public name must not lead to one."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_private and not address.is_link_local


class Watch:
    """Looks on while the service reads, and shows each text once."""

    def __init__(
        self, store: Store, clock: Clock, out: Console, language: str, matcher: Matcher, knows: frozenset[str]
    ) -> None:
        self._store = store
        self._clock = clock
        self._out = out
        self._language = language
        self._matcher = matcher
        self._knows = knows
        self._began_s = clock.elapsed_s()
        self._shown: list[Judged] = []
        self._has_read = False
        self._trouble = ""

    def run(self, wish: Wish, ends_s: float) -> int:
        """Until the time is up or somebody wants to end, but not before the first read; the exit code."""
        while not wish.came and self._clock.elapsed_s() < ends_s + (0.0 if self._has_read else FIRST_READ_S):
            with self._store.read() as tx:
                reading, judged, pending = browse.readings(tx)[0], browse.judged_texts(tx), browse.count_pending(tx)
            self._tell_trouble(reading.reason if reading.failures else "")
            if reading.failures and reading.last_success_at is None:
                return 1
            if reading.last_success_at is not None and not pending:
                self._tell(judged[len(self._shown) :], reading.due_at)
            wish.nap(LOOK_EVERY_S)
        self._sum_up()
        return wish.exit_code if wish.came else int(not self._has_read)

    def _tell(self, judged: Sequence[Judged], due_at: datetime | None) -> None:
        """Show new texts; of the first read the alerts and the newest of the others."""
        first, self._has_read = not self._has_read, True
        self._shown += judged
        if first:
            self._tell_reach(judged)
        in_order = sorted(judged, key=lambda j: j.effective_at)
        harmless = [j for j in in_order if not j.told]
        left_out = harmless[:-SHOWN_HARMLESS] if first else []
        if left_out:
            self._say("try_more", count=len(left_out))
        for text in in_order:
            if text not in left_out:
                self._show(self._entry(text))
        if first:
            wait_s = (due_at - self._clock.now()).total_seconds() if due_at else 0.0
            self._say("try_waits", seconds=max(0, round(wait_s)))

    def _tell_reach(self, judged: Sequence[Judged]) -> None:
        """How far the feed reaches, and what it can never show."""
        times = sorted(j.claimed_at for j in judged if j.claimed_at is not None)
        self._say("try_read", count=len(judged))
        if times:
            self._say("try_span", oldest=_day(times[0]), newest=_day(times[-1]))
        if len(times) < len(judged):
            self._say("try_undated", count=len(judged) - len(times))
        self._say("try_blind")
        self._say("try_author")
        self._show("")

    def _entry(self, text: Judged) -> RenderableType:
        when = _day(text.claimed_at) if text.claimed_at else say(self._language, "undated")
        words_of = " / ".join(part.text for part in text.parts)
        return screen.entry(self._at_s(), when, screen.plain(words_of, SHOWN_CELLS), self._thoughts(text))

    def _thoughts(self, text: Judged) -> list[Line]:
        if text.state != "done":
            return [(say(self._language, "try_unjudged"), "red")]
        if not text.told:
            reason = why_not(self._language, self._matcher, text.parts, self._knows, text.effective_at)
            return [screen.nothing_line(self._language, reason)]
        lines = []
        for told in text.told:
            reason = why(self._language, told, text.findings, self._clock.now())
            lines.append(screen.alert_line(self._language, told.severity, told.label, reason))
            lines.append((say(self._language, f"try_{_urgency(told)}"), "dim"))
        return lines

    def _tell_trouble(self, failure: str) -> None:
        """Say once why the feed cannot be read, or that it can again."""
        if failure == self._trouble:
            return
        self._trouble = failure
        if failure:
            for part in ("cause", "remedy"):
                self._show(screen.note(self._at_s(), words.say(self._language, f"failure_{failure}_{part}"), "red"))

    def _sum_up(self) -> None:
        alerts = sum(bool(j.told) for j in self._shown)
        self._show("")
        self._say("try_sum", count=len(self._shown), alerts=alerts, seconds=screen.seconds(self._at_s()))

    def _say(self, code: str, **values: object) -> None:
        self._show(say(self._language, code, **values))

    def _show(self, thing: RenderableType) -> None:
        screen.show(self._out, thing)

    def _at_s(self) -> float:
        return self._clock.elapsed_s() - self._began_s


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def _urgency(told: Told) -> Urgency:
    if told.found is not Found.LIVE:
        return Urgency.LATE
    return {Severity.MEDIUM: Urgency.HOURLY, Severity.LOW: Urgency.WEEKLY}.get(told.severity, Urgency.NOW)
