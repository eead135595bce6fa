"""Stage 6: what a person makes of an alert, and what follows: verdict, response, silence. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from monitor.alert import Suppression, hides
from monitor.model.findings import Finding, Reason
from monitor.model.messages import AlertState, EventKind, Verdict
from monitor.model.rulebook import Severity

NO_LEAK = frozenset({Verdict.FALSE_POSITIVE, Verdict.AUTHORISED, Verdict.PUBLIC})


# --- a verdict --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a verdict does to its alert and to those who were told of it."""

    state: AlertState
    is_final: bool  # the verdict stands with the alert
    withdraws: bool  # everybody who was told hears that it is no leak
    announces: bool  # its facts are public from the post's instant on


def consequence_of(verdict: Verdict, state: AlertState) -> Consequence:
    """What follows from a verdict on an alert in that state: `unsure` is noted and changes nothing."""
    final = verdict is not Verdict.UNSURE
    return Consequence(
        state=AlertState.REVIEWED if final else state,
        is_final=final,
        withdraws=verdict in NO_LEAK,
        announces=verdict is Verdict.PUBLIC,
    )


# --- the response -----------------------------------------------------------------------------------------------


class Step(StrEnum):
    """What is done about a leak, in its order."""

    TAKEN = "taken"
    CONTACT_REACHED = "contact_reached"
    REMOVAL_ASKED = "removal_asked"
    GONE = "gone"
    DECISION = "decision"  # why it may stay
    STATEMENT = "statement"
    CLOSED = "closed"


BY_HAND: Final = (Step.CONTACT_REACHED, Step.REMOVAL_ASKED, Step.DECISION, Step.STATEMENT, Step.CLOSED)


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that somebody said was done, as it is kept."""

    step: Step
    by_whom: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """What the response must know of one event of its alert."""

    kind: EventKind
    at: datetime
    state: AlertState
    reason: Reason


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the list; `at` is None while it is open, `alive` is how long a post stood that is gone."""

    step: Step
    at: datetime | None = None
    by_whom: str = ""
    note: str = ""
    alive: timedelta | None = None
    is_next: bool = False


def response_of(
    events: Sequence[Happened], marks: Iterable[Mark], *, public_since: datetime, gone_at: datetime | None
) -> tuple[StepRow, ...]:
    """Every step with who did it when, and which is next.

    An alert that was opened again is to be taken and closed again; what else was done stays done. A verdict that it is
    no leak closes it. A post that is gone, or a reason why it may stay, leaves nobody to be asked.
    """
    begun_at = _begun_at(events)
    done = {mark.step: StepRow(mark.step, mark.at, mark.by_whom, mark.note) for mark in marks}
    if (closed := done.get(Step.CLOSED)) and closed.at and closed.at < begun_at:
        del done[Step.CLOSED]
    for event in events:
        who = event.reason.args.get("by", "")
        if event.kind is EventKind.ACKNOWLEDGED and event.at >= begun_at:
            done.setdefault(Step.TAKEN, StepRow(Step.TAKEN, event.at, who))
        elif event.kind is EventKind.REVIEWED and event.at >= begun_at and event.reason.args.get("verdict") in NO_LEAK:
            done.setdefault(Step.CLOSED, StepRow(Step.CLOSED, event.at, who))
        elif event.kind is EventKind.PUBLIC_SINCE and event.at >= begun_at:
            done.setdefault(Step.CLOSED, StepRow(Step.CLOSED, event.at))
        elif event.kind is EventKind.GONE and gone_at is not None:
            done[Step.GONE] = StepRow(Step.GONE, event.at, alive=max(gone_at - public_since, timedelta()))
    following = _next_step(done)
    return tuple(
        done.get(step, StepRow(step, is_next=step is following))
        for step in Step
        if step in done or step in _wanted(done)
    )


def _begun_at(events: Sequence[Happened]) -> datetime:
    """When the present round of work began: the opening, or the last time that a judged alert was open again."""
    begun_at = events[0].at
    for before, event in pairwise(events):
        if before.state is AlertState.REVIEWED and event.state is AlertState.OPEN:
            begun_at = event.at
    return begun_at


def _wanted(done: Mapping[Step, StepRow]) -> tuple[Step, ...]:
    """The steps that are still to be done, or may be."""
    if Step.CLOSED in done:
        return ()
    if Step.GONE in done or Step.DECISION in done:
        return (Step.TAKEN, Step.STATEMENT, Step.CLOSED)
    return tuple(Step)


def _next_step(done: Mapping[Step, StepRow]) -> Step | None:
    """A statement is never asked for; a decision is the other way out while a post stands."""
    order = (step for step in _wanted(done) if step not in (*done, Step.STATEMENT, Step.DECISION))
    return next(order, None)


# --- silence ----------------------------------------------------------------------------------------------------

LONGEST: Final = timedelta(days=90)  # of a suppression: what is hidden for longer is forgotten
LAST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PastAlert:
    """A stored alert: the hash of each text that was told, with what was found in it; nothing if retention took it."""

    number: int
    subject: str
    person_key: str
    severity: Severity
    verdict: Verdict | None
    texts: tuple[tuple[str, tuple[Finding, ...]], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a suppression would have hidden of the stored past, the newest first."""

    hidden: tuple[PastAlert, ...]
    partly: int = 0  # alerts that would still have been told, with less in them
    counts: Mapping[tuple[Severity, Verdict | None], int] = field(default_factory=dict)

    @property
    def leaks(self) -> tuple[int, ...]:
        """The numbers of those that were judged a leak."""
        return tuple(past.number for past in self.hidden if past.verdict is Verdict.LEAK)


def preview_of(quiet: Suppression, past: Iterable[PastAlert]) -> Preview:
    """An alert is hidden if all that was ever told of it would have been."""
    hidden: list[PastAlert] = []
    partly = 0
    for alert in past:
        shares = _hidden_shares(quiet, alert)
        if all(shares):
            hidden.append(alert)
        else:
            partly += any(shares)
    hidden.sort(key=lambda alert: -alert.number)
    return Preview(tuple(hidden), partly, Counter((alert.severity, alert.verdict) for alert in hidden))


def _hidden_shares(quiet: Suppression, alert: PastAlert) -> list[bool]:
    """Of each finding whether it is hidden; where none is kept, by what is known of the alert."""
    shares = [
        hides(quiet, found, text_hash, alert.person_key) for text_hash, findings in alert.texts for found in findings
    ]
    known = quiet.subject in (None, alert.subject) and quiet.person_key in (None, alert.person_key)
    return shares or [known and quiet.rule_id is None and quiet.text_hash is None]
