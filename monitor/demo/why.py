"""Why a text alerts, and why not, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from monitor import words
from monitor.demo.texts import say
from monitor.match import CandidateStory, Matcher
from monitor.match.terms import COMPANY
from monitor.model.findings import Disposition, Finding
from monitor.model.posts import Part
from monitor.model.rulebook import NEVER, Kind
from monitor.store.browse import Told
from monitor.words.phrases import duration

_MOST_REASONS: Final = 2


def why(language: str, told: Told, findings: Sequence[Finding], now: datetime) -> str:
    """The reason of the worst finding behind an event, and how long its secret is still to be kept."""
    behind = (f for f in findings if f.disposition is Disposition.ALERT and f.subject == told.subject)
    worst = max(behind, key=lambda f: f.severity.rank, default=None)
    if worst is None:  # an edit took the secret away
        return words.say(language, f"event_{told.event}")
    if worst.lifts_at is None or worst.lifts_at >= NEVER:
        lift = say(language, "lifts_never")
    else:
        lift = say(language, "lifts_in", left=duration(language, worst.lifts_at - now))
    return say(language, "why", reason=words.say_reason(language, worst.reason), lift=lift)


def why_not(language: str, matcher: Matcher, parts: Sequence[Part], knows: frozenset[str], at: datetime) -> str:
    """What was seen in a text that does not alert, and why it is nothing."""
    told = [(part, c) for part in matcher.explain(parts, knows=knows, at=at).parts for c in part.candidates]
    told = [(part, c) for part, c in told if c.candidate.role not in COMPANY]
    names = [(part, c) for part, c in told if c.candidate.kind is Kind.PRODUCT]
    seen = dict.fromkeys(
        say(language, "seen", name=parts[part.no].text[c.candidate.start : c.candidate.end], reason=reason)
        for part, c in names or told
        for reason in _nothing(language, c)
    )
    return say(language, "and").join(list(seen)[:_MOST_REASONS]) or say(language, "no_name")


def _nothing(language: str, story: CandidateStory) -> Iterator[str]:
    """Why this candidate makes no alert; nothing of one that only lost its place to another."""
    if story.fate.code == "lost_to":
        return
    if story.verdict is None:
        yield words.say_reason(language, story.fate)
    elif story.verdict.finding is not None:
        yield words.say_reason(language, story.verdict.finding.reason)
    elif story.verdict.why_not is not None:
        yield words.say_reason(language, story.verdict.why_not)
    else:
        yield words.say(language, "name_is_no_secret")
