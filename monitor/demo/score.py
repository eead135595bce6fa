"""Was every planted leak told once, and nothing else? Pure: the script on one side, what happened on the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.demo.script import Planted
from monitor.demo.texts import say
from monitor.store.browse import Judged, Trouble


@dataclass(frozen=True, slots=True)
class Case:
    """One planted text and what became of it; `taken` counts how often the chat took a message about it."""

    planted: Planted
    posted_at: datetime | None
    judged: Judged | None
    taken: int

    @property
    def alerts(self) -> int:
        """How many alert events it made."""
        return len(self.judged.told) if self.judged else 0

    @property
    def seen_after_s(self) -> float | None:
        """Seconds from the post to its alert, or to the end of its judgement if it made none."""
        if self.judged is None or self.posted_at is None or self.judged.evaluated_at is None:
            return None
        at = self.judged.told[0].at if self.judged.told else self.judged.evaluated_at
        return (at - self.posted_at).total_seconds()

    @property
    def settled(self) -> bool:
        """Whether nothing more is awaited of it."""
        if self.judged is None:
            return False
        return self.taken > 0 if self.planted.leak else True


@dataclass(frozen=True, slots=True)
class Score:
    """The sums, and what failed in words."""

    leaks: int
    alerted: int
    delivered_once: int
    harmless: int
    alarmed: int
    blind: int
    slowest_s: float | None
    failed: tuple[str, ...]


def cases_of(
    planted: Iterable[Planted],
    posted: Mapping[tuple[str, int], datetime],
    judged: Iterable[Judged],
    url_of: Mapping[str, str],
    taken: Mapping[str, int],
) -> tuple[Case, ...]:
    """Each planted text with its judgement; they are joined by the address of the post and the text's number."""
    by_place = {(j.post_url, j.no): j for j in judged}
    cases = []
    for plant in planted:
        verdict = by_place.get((url_of[plant.post], plant.version))
        ids = [i for told in verdict.told for i in told.message_ids] if verdict else []
        posted_at = posted.get((plant.post, plant.version))
        cases.append(Case(plant, posted_at, verdict, sum(taken.get(i, 0) for i in ids)))
    return tuple(cases)


def score(
    cases: Sequence[Case], troubles: Sequence[Trouble], blinded: Sequence[str], taken: Mapping[str, int], language: str
) -> Score:
    """The result of a run; `blinded` are the accounts that could not be read for a while."""
    leaks = [c for c in cases if c.planted.leak]
    harmless = [c for c in cases if not c.planted.leak]
    told = {t.subject for t in troubles if any(taken.get(i) for i in t.opening_ids)}
    delays = [c.seen_after_s for c in leaks if c.alerts and c.seen_after_s is not None]
    known = {i for c in cases if c.judged for t in c.judged.told for i in t.message_ids}
    known |= {i for t in troubles for i in (*t.opening_ids, *t.closing_ids)}
    failed = [
        *(say(language, code, **values) for case in cases for code, values in _failures(case)),
        *(say(language, "fail_blind", name=a) for a in blinded if a not in told),
    ]
    if strange := sum(n for i, n in taken.items() if i not in known):
        failed.append(say(language, "fail_unexpected", count=strange))
    return Score(
        leaks=len(leaks),
        alerted=sum(c.alerts == 1 for c in leaks),
        delivered_once=sum(c.taken == 1 for c in leaks),
        harmless=len(harmless),
        alarmed=sum(c.alerts > 0 for c in harmless),
        blind=len(told & set(blinded)),
        slowest_s=max(delays, default=None),
        failed=tuple(failed),
    )


def _failures(case: Case) -> Iterable[tuple[str, Mapping[str, object]]]:
    name = case.planted.name
    if case.judged is None or case.judged.state != "done":
        yield "fail_unjudged", {"name": name}
    elif not case.planted.leak:
        if case.alerts:
            yield "fail_false", {"name": name}
    elif case.alerts != 1:
        yield (
            ("fail_repeated", {"name": name, "count": case.alerts}) if case.alerts else ("fail_missed", {"name": name})
        )
    elif case.taken != 1:
        code = "fail_redelivered" if case.taken else "fail_undelivered"
        yield code, {"name": name, "count": case.taken}
