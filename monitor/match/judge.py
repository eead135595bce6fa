"""What a joined candidate means: whose words, secret at that instant or not, and which rule grades it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.match.view import Joined
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import NEVER, ClientSign, Kind, Product, Rule, RuleBook, RuleStatus, Severity, Window

ALWAYS = Window()  # of a series number: secret until somebody lists or releases it
CLIENT_SIGNS = {"join_client_generic": ClientSign.GENERIC, "join_client_rival": ClientSign.RIVAL}
VALUES = (Kind.PRICE, Kind.DATE, Kind.SPEC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one candidate, with everything that it was decided by; without finding, `why_not`.

    `moved` names what raised or lowered the severity of the rule.
    """

    finding: Finding | None
    window: Window | None
    rules: tuple[tuple[str, Reason], ...]
    why_not: Reason | None = None
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """In which part a thing is said, and whether in the author's own words."""

    part_no: int
    part: Part
    own: bool


def not_joined(why_not: Reason) -> Verdict:
    """The verdict on a candidate that is said of nothing."""
    return Verdict(None, None, (), why_not)


def judge(joined: Joined, where: Where, book: RuleBook, at: datetime | None, *, several: bool = False) -> Verdict:
    """The finding that a candidate makes; `at` None takes every window for open.

    `several` says that other kinds of facts of the same product are told beside it.
    """
    product = book.products.get(joined.subject)
    window = window_of(joined, product, at)
    if window is None:
        code = "name_is_no_secret" if joined.candidate.kind is Kind.PRODUCT else "value_is_no_secret"
        return Verdict(None, None, (), Reason(code))
    kind = _kind_of(joined, where.part)
    considered = tuple(_consider(book.rules, kind, joined, own=where.own))
    rule = _strongest([rule for rule, why_not in considered if why_not is None])
    moved = tuple(_moves(joined, own=where.own, several=several))
    reason, disposition = _say(joined, where, window, rule, at)
    finding = Finding(
        rule_id=rule.id if rule else "",
        kind=kind,
        subject=joined.subject,
        part_no=where.part_no,
        start=joined.candidate.start,
        end=joined.candidate.end,
        value=joined.match.value or joined.candidate.value,
        severity=_severity(rule, moved),
        reason=reason,
        disposition=disposition,
        lifts_at=None if window.lifts_at == NEVER else window.lifts_at,
    )
    return Verdict(finding, window, tuple((r.id, why or _rank(r, rule)) for r, why in considered), moved=moved)


def window_of(joined: Joined, product: Product | None, at: datetime | None) -> Window | None:
    """When what is said is a secret; None if it is none.

    A listed fact has its own window. What is not listed is secret only of a product whose name still is.
    """
    if product is None:
        return ALWAYS
    kind = Kind.PRODUCT if joined.candidate.kind in (Kind.CLIENT, Kind.HINT) else joined.candidate.kind
    window = product.windows.get(kind)
    if kind is Kind.PRODUCT or window is None:
        return window
    if joined.match.fact is not None:
        return joined.match.fact.window
    name = product.windows.get(Kind.PRODUCT)
    return window if name is not None and (at is None or name.holds_at(at)) else None


def is_own(part: Part) -> bool:
    """Whether the words of this part are the author's own."""
    return part.by_author and part.origin not in (Origin.QUOTED, Origin.PARENT)


def _kind_of(joined: Joined, part: Part) -> Kind:
    named_by_client = part.origin is Origin.CLIENT and joined.candidate.kind is Kind.PRODUCT
    return Kind.CLIENT if named_by_client else joined.candidate.kind


def _consider(rules: Sequence[Rule], kind: Kind, joined: Joined, *, own: bool) -> Iterator[tuple[Rule, Reason | None]]:
    for rule in rules:
        if kind not in rule.kinds:
            yield rule, Reason("rule_other_kind")
        elif not _is_about(rule, joined.subject):
            yield rule, Reason("rule_other_subject")
        elif kind is Kind.CLIENT and CLIENT_SIGNS.get(joined.how, ClientSign.UNRELEASED) not in rule.clients:
            yield rule, Reason("rule_other_client")
        elif rule.own_words_only and not own:
            yield rule, Reason("rule_own_words_only")
        elif rule.listed_only and kind in VALUES and joined.match.code == "match_none":
            yield rule, Reason("rule_listed_only")
        else:
            yield rule, None


def _is_about(rule: Rule, subject: str) -> bool:
    """Whether the rule selects that subject; what a rule finds by itself is its own alone."""
    if subject.startswith("rule:"):
        return subject == rule.own_subject
    return not rule.subjects or subject in rule.subjects


def _strongest(rules: Sequence[Rule]) -> Rule | None:
    """The most severe one; a rule on trial only where no stable one speaks, so that a trial hides no alert."""
    return max(rules, key=lambda rule: (rule.status is RuleStatus.STABLE, rule.severity.rank), default=None)


def _rank(rule: Rule, strongest: Rule | None) -> Reason:
    if rule is strongest:
        return Reason("rule_grades")
    return Reason("rule_only_tests" if rule.status is RuleStatus.TEST else "rule_weaker")


def _moves(joined: Joined, *, own: bool, several: bool) -> Iterator[str]:
    if joined.candidate.kind in VALUES:
        if joined.match.code == "match_exact":
            yield "moved_exact_value"
        elif several:
            yield "moved_several_facts"
    if not own:
        yield "moved_others_words"
    if joined.candidate.weak:
        yield "moved_weak_name"
    if joined.weak and joined.match.code != "match_exact":
        yield "moved_weak_join"


_RAISES = frozenset({"moved_exact_value", "moved_several_facts"})


def _severity(rule: Rule | None, moved: Sequence[str]) -> Severity:
    """The rule's, one step up for what makes it surer, and medium at most for what makes it doubtful."""
    severity = rule.severity if rule else Severity.LOW
    steps = tuple(Severity)
    if rule and _RAISES.intersection(moved):
        severity = steps[min(severity.rank + 1, len(steps) - 1)]
    doubtful = any(move not in _RAISES for move in moved)
    return min(severity, Severity.MEDIUM, key=lambda s: s.rank) if doubtful else severity


def _say(
    joined: Joined, where: Where, window: Window, rule: Rule | None, at: datetime | None
) -> tuple[Reason, Disposition]:
    if at is not None and at >= window.lifts_at:
        return Reason("public_since", {"since": window.lifts_at.isoformat()}), Disposition.PUBLIC
    if at is not None and at < window.opens_at:
        return Reason("not_secret_yet", {"since": window.opens_at.isoformat()}), Disposition.PUBLIC
    reason = _reason(joined, where)
    if where.part.origin is Origin.PARENT:
        return reason, Disposition.CONTEXT
    if rule is None:
        return reason, Disposition.CONTEXT
    return reason, Disposition.TEST if rule.status is RuleStatus.TEST else Disposition.ALERT


def _reason(joined: Joined, where: Where) -> Reason:
    candidate = joined.candidate
    if joined.how == "join_yes":
        return Reason(f"confirmed_{candidate.kind}")
    if candidate.kind in VALUES:
        code = f"secret_{candidate.kind}" if where.own else f"others_{candidate.kind}"
        return Reason(code, {"match": joined.match.code, "how": joined.how})
    if candidate.kind is not Kind.PRODUCT:
        return candidate.reason
    how = {"how": candidate.reason.args.get("how", "spelling_plain")}
    if where.part.origin is Origin.PARENT:
        return Reason("parent_words", how)
    if where.part.origin is Origin.CLIENT:
        return Reason("client_name", how)
    return candidate.reason if where.own else Reason("others_words", how)
