"""What the demo says while it runs: each thing once, as soon as it is true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console, RenderableType

from monitor import words
from monitor.clock import Clock
from monitor.demo import screen
from monitor.demo.company import WHO
from monitor.demo.score import Case
from monitor.demo.screen import Line
from monitor.demo.texts import say
from monitor.demo.why import why, why_not
from monitor.match import Matcher
from monitor.store.browse import Judged, Trouble

ANSWER_S: Final = 3.0  # a message that has not been taken so long after its alert is shown as waiting


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything as it stands at one moment."""

    cases: Sequence[Case]
    troubles: Sequence[Trouble]
    taken: Mapping[str, int]  # by message
    turned_away: int
    waiting: int
    chat_is_on: bool


class Commentary:
    """Says what is new in each sight."""

    def __init__(self, out: Console, language: str, matcher: Matcher, clock: Clock) -> None:
        self._out = out
        self._language = language
        self._matcher = matcher
        self._clock = clock
        self._began_s = clock.elapsed_s()
        self._said: set[str] = set()
        self._held: set[str] = set()  # cases that were shown before the chat took them

    def tell(self, sight: Sight) -> None:
        """Say whatever became true since the last time."""
        for trouble in sight.troubles:
            self._tell_trouble(trouble, sight)
        for case in sight.cases:
            self._tell_case(case, sight)
        if sight.turned_away:
            self._once("chat_waiting", count=sight.waiting)
        if self._held and all(c.taken for c in sight.cases if c.planted.name in self._held):
            self._once("chat_caught_up")

    def chat(self, *, on: bool) -> None:
        """Say that the chat was switched on or off."""
        self._once("chat_back" if on else "chat_down")

    def _tell_trouble(self, trouble: Trouble, sight: Sight) -> None:
        if trouble.kind != "account_unreadable" or not any(sight.taken.get(i) for i in trouble.opening_ids):
            return
        cause = words.say(self._language, f"failure_{trouble.cause}_cause").rstrip(".。")
        self._once("blind", trouble.subject, account=trouble.subject, cause=cause)
        if trouble.closed_at is not None:
            self._once("sees_again", trouble.subject, account=trouble.subject)

    def _tell_case(self, case: Case, sight: Sight) -> None:
        name = case.planted.name
        if name in self._said or case.judged is None:
            return
        waits = bool(case.judged.told) and not case.taken
        if waits and sight.chat_is_on and self._age_s(case.judged) < ANSWER_S:
            return
        if waits:
            self._held.add(name)
        self._said.add(name)
        who = WHO[case.planted.account].name(self._language)
        text = case.planted.text if case.planted.version == 1 else say(self._language, "edited") + case.planted.text
        self._show(screen.entry(self._at_s(), who, text, self._thoughts(case, case.judged)))

    def _thoughts(self, case: Case, judged: Judged) -> Iterable[Line]:
        if case.planted.gloss and self._language != "zh":
            yield f"({case.planted.gloss})", "dim italic"
        if not judged.told:
            yield screen.nothing_line(self._language, self._why_not(judged, WHO[case.planted.account].knows))
            return
        for told in judged.told:
            reason = why(self._language, told, judged.findings, self._clock.now())
            yield screen.alert_line(self._language, told.severity, told.label, reason)
        how = "delivered" if case.taken else "undelivered"
        delay = screen.seconds(case.seen_after_s or 0.0)
        yield say(self._language, how, seconds=delay), "green" if case.taken else "yellow"

    def _why_not(self, judged: Judged, knows: frozenset[str]) -> str:
        return why_not(self._language, self._matcher, judged.parts, knows, judged.effective_at)

    def _age_s(self, judged: Judged) -> float:
        return (self._clock.now() - judged.told[0].at).total_seconds()

    def _once(self, code: str, subject: str = "", **values: object) -> None:
        if code + subject not in self._said:
            self._said.add(code + subject)
            self._show(screen.note(self._at_s(), say(self._language, code, **values)))

    def _at_s(self) -> float:
        return self._clock.elapsed_s() - self._began_s

    def _show(self, thing: RenderableType) -> None:
        screen.show(self._out, thing)
