"""What a chosen candidate means: whose words, secret at that instant or not, and which rule grades it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.match.candidates import Candidate
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import NEVER, Kind, Rule, RuleBook, RuleStatus, Severity, Window

ALWAYS = Window()  # of a series number: secret until somebody lists or releases it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one candidate, with everything that it was decided by; without finding, `why_not`."""

    finding: Finding | None
    window: Window | None
    rules: tuple[tuple[str, Reason], ...]
    why_not: Reason | None = None


def judge(candidate: Candidate, part_no: int, part: Part, book: RuleBook, at: datetime | None) -> Verdict:
    """The finding that a chosen candidate makes; `at` None takes every window for open."""
    window = window_of(candidate, book)
    if candidate.harmless or window is None:
        return Verdict(None, window, (), candidate.reason if candidate.harmless else Reason("name_is_no_secret"))
    kind = Kind.CLIENT if part.origin is Origin.CLIENT else candidate.kind
    own = is_own(part)
    considered = tuple(_consider(book.rules, kind, candidate.subject, own=own))
    rule = _strongest([rule for rule, why_not in considered if why_not is None])
    reason, disposition = _say(candidate, part, window, rule, at)
    finding = Finding(
        rule_id=rule.id if rule else "",
        kind=kind,
        subject=candidate.subject,
        part_no=part_no,
        start=candidate.start,
        end=candidate.end,
        value=candidate.value,
        severity=_severity(rule, capped=candidate.weak or not own),
        reason=reason,
        disposition=disposition,
        lifts_at=None if window.lifts_at == NEVER else window.lifts_at,
    )
    return Verdict(finding, window, tuple((r.id, why or _rank(r, rule)) for r, why in considered))


def window_of(candidate: Candidate, book: RuleBook) -> Window | None:
    """When the candidate's kind is a secret of its subject; None if it is none."""
    product = book.products.get(candidate.subject)
    return product.windows.get(candidate.kind) if product else ALWAYS


def is_own(part: Part) -> bool:
    """Whether the words of this part are the author's own."""
    return part.by_author and part.origin not in (Origin.QUOTED, Origin.PARENT)


def _consider(rules: Sequence[Rule], kind: Kind, subject: str, *, own: bool) -> Iterator[tuple[Rule, Reason | None]]:
    for rule in rules:
        if kind not in rule.kinds:
            yield rule, Reason("rule_other_kind")
        elif rule.subjects and subject not in rule.subjects:
            yield rule, Reason("rule_other_subject")
        elif rule.own_words_only and not own:
            yield rule, Reason("rule_own_words_only")
        else:
            yield rule, None


def _strongest(rules: Sequence[Rule]) -> Rule | None:
    """The most severe one; a rule on trial only where no stable one speaks, so that a trial hides no alert."""
    return max(rules, key=lambda rule: (rule.status is RuleStatus.STABLE, rule.severity.rank), default=None)


def _rank(rule: Rule, strongest: Rule | None) -> Reason:
    if rule is strongest:
        return Reason("rule_grades")
    return Reason("rule_only_tests" if rule.status is RuleStatus.TEST else "rule_weaker")


def _severity(rule: Rule | None, *, capped: bool) -> Severity:
    severity = rule.severity if rule else Severity.LOW
    return min(severity, Severity.MEDIUM, key=lambda s: s.rank) if capped else severity


def _say(
    candidate: Candidate, part: Part, window: Window, rule: Rule | None, at: datetime | None
) -> tuple[Reason, Disposition]:
    if at is not None and at >= window.lifts_at:
        return Reason("public_since", {"since": window.lifts_at.isoformat()}), Disposition.PUBLIC
    if at is not None and at < window.opens_at:
        return Reason("not_secret_yet", {"since": window.opens_at.isoformat()}), Disposition.PUBLIC
    how = {"how": candidate.reason.args.get("how", "spelling_plain")}
    if part.origin is Origin.PARENT:
        return Reason("parent_words", how), Disposition.CONTEXT
    reason = candidate.reason
    if part.origin is Origin.CLIENT:
        reason = Reason("client_name", how)
    elif not is_own(part):
        reason = Reason("others_words", how)
    return reason, _disposition(rule)


def _disposition(rule: Rule | None) -> Disposition:
    if rule is None:
        return Disposition.CONTEXT
    return Disposition.TEST if rule.status is RuleStatus.TEST else Disposition.ALERT
