"""Stage 4: what findings mean for people. Pure.

Is it a new event, more of an old one, or nothing; routing.py says who is told of it, and when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import AlertState, EventKind, Found, Verdict
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Severity

ALLOWED = frozenset({Verdict.AUTHORISED, Verdict.PUBLIC})
OTHERS = frozenset({Origin.QUOTED, Origin.PARENT})


# --- what is known ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Announcement:
    """A fact that is public now: an official account said it, or a person judged so."""

    subject: str
    kind: Kind
    value: str  # "" for the product itself
    at: datetime


@dataclass(frozen=True, slots=True)
class Suppression:
    """A person's decision to hear no more of this; it counts what it hides."""

    id: int
    subject: str | None
    rule_id: str | None
    text_hash: str | None
    until: datetime
    person_key: str | None = None


@dataclass(frozen=True, slots=True)
class AlertBefore:
    """An alert as it stood before this evaluation. `facts` are those of its newest event that carries any."""

    alert_id: int
    subject: str
    severity: Severity
    state: AlertState
    verdict: Verdict | None
    last_seq: int
    facts: frozenset[str]
    judged_facts: frozenset[str]  # facts when it was last closed
    corrections: int  # how often what it said was taken back, or was public after all
    leaked_at: datetime | None = None  # the instant of the text that opened it
    found: Found = Found.LIVE


@dataclass(frozen=True, slots=True)
class RevisionBefore:
    """What the decision must know of the text it is about."""

    revision_id: int
    is_current: bool
    effective_at: datetime
    account_added_at: datetime
    was_blind: bool  # its instant lies in a gap of its account
    again: bool = False  # judged anew because the rules changed, not the text
    is_edit: bool = True  # the author made it what it is; else another source only shows it so


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One event to be written: everything about it, decided."""

    subject: str
    event: EventKind
    severity: Severity
    state: AlertState
    found: Found
    facts: frozenset[str]
    findings: tuple[Finding, ...]
    reason: Reason
    dedup: str


# --- decisions --------------------------------------------------------------------------------------------------


def fact_of(finding: Finding) -> str:
    """What a finding says, without where it says it: two findings of one fact are one thing to tell."""
    return f"{finding.kind}:{finding.value}"


def settle(
    findings: Iterable[Finding],
    announcements: Sequence[Announcement],
    suppressions: Sequence[Suppression],
    *,
    text_hash: str,
    at: datetime,
    person_key: str = "",
) -> tuple[Finding, ...]:
    """The findings with their last word: public if announced before, suppressed if a person said so."""
    still = [quiet for quiet in suppressions if at < quiet.until]
    said = [announcement for announcement in announcements if announcement.at < at]
    return tuple(_settle_one(f, said, still, text_hash, person_key) for f in findings)


def _settle_one(
    finding: Finding,
    announcements: Sequence[Announcement],
    suppressions: Sequence[Suppression],
    text_hash: str,
    person_key: str,
) -> Finding:
    if finding.disposition is not Disposition.ALERT:
        return finding
    if any(_announces(said, finding) for said in announcements):
        return replace(finding, disposition=Disposition.PUBLIC)
    for quiet in suppressions:
        if hides(quiet, finding, text_hash, person_key):
            return replace(finding, disposition=Disposition.SUPPRESSED, suppression_id=quiet.id)
    return finding


def _announces(said: Announcement, finding: Finding) -> bool:
    same = (said.subject, said.kind) == (finding.subject, finding.kind)
    return same and said.value in ("", finding.value)


def hides(quiet: Suppression, finding: Finding, text_hash: str, person_key: str) -> bool:
    """Whether a finding in that text of that person is all that the suppression names; if that is nothing, none is."""
    about = ((quiet.subject, finding.subject), (quiet.rule_id, finding.rule_id))
    wanted = (*about, (quiet.text_hash, text_hash), (quiet.person_key, person_key))
    return any(want is not None for want, _ in wanted) and all(want in (None, got) for want, got in wanted)


def announced(findings: Iterable[Finding], parts: Sequence[Part]) -> tuple[Finding, ...]:
    """What an official account makes public by saying it in its own words, whether it was to do so yet or not."""
    own = [part.by_author and part.origin not in OTHERS for part in parts]
    said = (Disposition.ALERT, Disposition.CONTEXT, Disposition.SUPPRESSED)
    return tuple(f for f in findings if own[f.part_no] and f.disposition in said)


def found_how(revision: RevisionBefore) -> Found:
    """Whether the post came live, was older than our watching, or is found late: unseen in time, or by new rules."""
    if revision.effective_at < revision.account_added_at:
        return Found.BASELINE
    return Found.LATER if revision.was_blind or revision.again else Found.LIVE


def decide(
    revision: RevisionBefore, findings: Sequence[Finding], before: Mapping[str, AlertBefore]
) -> tuple[AlertChange, ...]:
    """The events that an evaluation makes, at most one a subject; none when it says nothing new.

    A repeated evaluation of the same text with the same facts makes none, so evaluating twice is harmless. Only the
    current text corrects, and only by what its author made of it, not by a change of the rules, because a secret was
    lifted or nobody wants to hear of it, or because another source shows the post otherwise. Rules that lift a secret
    earlier close what was never a leak by them.
    """
    by_subject: dict[str, list[Finding]] = {subject: [] for subject in before}
    for finding in findings:
        by_subject.setdefault(finding.subject, []).append(finding)
    changes = (_decide_one(revision, s, tuple(found), before.get(s)) for s, found in sorted(by_subject.items()))
    return tuple(change for change in changes if change is not None)


def _decide_one(
    revision: RevisionBefore, subject: str, found: tuple[Finding, ...], before: AlertBefore | None
) -> AlertChange | None:
    telling = tuple(f for f in found if f.disposition is Disposition.ALERT)
    facts = frozenset(map(fact_of, telling))
    worst = max((f.severity for f in telling), key=lambda s: s.rank, default=None)
    if before is None:
        event = EventKind.OPENED if facts else None
    elif since := _public_since(revision, found, before):
        return _public(revision, before, since)
    else:
        lifted = {fact_of(f) for f in found if f.disposition in (Disposition.PUBLIC, Disposition.SUPPRESSED)}
        changed = revision.is_current and revision.is_edit and not revision.again
        corrects = changed and bool(before.facts - facts - lifted)
        event = _event_for(before, facts, worst, corrects=corrects)
    if event is None:
        return None
    known = before.severity if before else None
    severity = max((s for s in (worst, known) if s is not None), key=lambda s: s.rank)
    return AlertChange(
        subject=subject,
        event=event,
        severity=severity,
        state=AlertState.OPEN if before is None or _reopens(before, event) else before.state,
        found=found_how(revision),
        facts=facts,
        findings=telling,
        reason=Reason(f"event_{event}"),
        dedup=_digest(
            event, str(revision.revision_id), str(before.corrections if before else 0), str(worst), *sorted(facts)
        ),
    )


def _public_since(revision: RevisionBefore, found: Sequence[Finding], before: AlertBefore) -> datetime | None:
    """Since when all that an alert is about has been public, by a lift before the post; None if that is not so."""
    if before.state is AlertState.REVIEWED or not (revision.again and revision.is_current):
        return None
    if any(f.disposition not in (Disposition.PUBLIC, Disposition.CONTEXT) for f in found):
        return None
    lifted = [f for f in found if f.reason.code == "public_since" and fact_of(f) in before.facts]
    since = max((datetime.fromisoformat(f.reason.args["since"]) for f in lifted), default=None)
    if since is None or since > (before.leaked_at or revision.effective_at):
        return None
    return since


def _public(revision: RevisionBefore, before: AlertBefore, since: datetime) -> AlertChange:
    """It says no secret any more, so that the same words are news if the lift is put off again."""
    return AlertChange(
        subject=before.subject,
        event=EventKind.PUBLIC_SINCE,
        severity=before.severity,
        state=AlertState.REVIEWED,
        found=before.found,
        facts=frozenset(),
        findings=(),
        reason=Reason("event_public_since", {"since": since.isoformat()}),
        dedup=_digest(EventKind.PUBLIC_SINCE, str(revision.revision_id), str(before.corrections)),
    )


def gone(before: AlertBefore, revision_id: int, at: datetime) -> AlertChange | None:
    """What a post that is gone means for an alert on it: more urgent than before, for somebody took it down.

    None where a person has said that it may stand. Told once a day (by its dedup): a page and a list may contradict
    each other for long.
    """
    closed = before.state is AlertState.REVIEWED
    if not is_followed(before):
        return None
    severities = tuple(Severity)
    return AlertChange(
        subject=before.subject,
        event=EventKind.GONE,
        severity=severities[min(before.severity.rank + 1, len(severities) - 1)],
        state=AlertState.OPEN if closed else before.state,
        found=Found.LIVE,
        facts=before.facts,
        findings=(),
        reason=Reason("event_gone"),
        dedup=_digest(EventKind.GONE, str(revision_id), at.date().isoformat()),
    )


def is_followed(before: AlertBefore) -> bool:
    """Whether the post of an alert is still of interest: nobody has said that it may stand."""
    return before.state is not AlertState.REVIEWED or before.verdict not in (*ALLOWED, Verdict.FALSE_POSITIVE)


# How long after it was flagged a post is looked at again, and how often: short steps while it spreads.
_LOOKS: Final = (
    (timedelta(minutes=15), timedelta(minutes=1)),
    (timedelta(hours=2), timedelta(minutes=3)),
    (timedelta(days=1), timedelta(minutes=30)),
    (timedelta(days=14), timedelta(hours=6)),
)
FIRST_LOOK: Final = timedelta(minutes=1)
LOOK_AGAIN: Final = timedelta(seconds=20)  # one answer "not there" may be a hiccup: gone is what two say


def next_look(flagged_for: timedelta) -> timedelta | None:
    """How long a flagged post is left alone before it is asked for again; None when it has stood for so long."""
    return next((step for until, step in _LOOKS if flagged_for < until), None)


def _event_for(
    before: AlertBefore, facts: frozenset[str], worst: Severity | None, *, corrects: bool
) -> EventKind | None:
    closed = before.state is AlertState.REVIEWED
    if closed and before.verdict in ALLOWED and facts <= before.judged_facts:
        return None  # what was allowed may come and go
    if facts - before.facts:
        return EventKind.REOPENED if closed else EventKind.ADDED
    if worst is not None and worst.rank > before.severity.rank:
        return EventKind.REOPENED if closed else EventKind.RAISED
    if corrects and not (closed and before.verdict is Verdict.FALSE_POSITIVE):
        return EventKind.CORRECTED
    return None


def _reopens(before: AlertBefore, event: EventKind) -> bool:
    """A closed leak that is corrected wants another look: how long did it stand?"""
    return before.state is AlertState.REVIEWED and event in (EventKind.REOPENED, EventKind.CORRECTED)


def _digest(*words: str) -> str:
    return sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
