"""From a verified hit to a candidate: what the name says by itself, and what context makes an everyday word a name."""

import re

from monitor.match.candidates import Candidate
from monitor.match.fold import Folded
from monitor.match.lexicon import Hit
from monitor.match.spelling import PLAIN
from monitor.match.surroundings import Surroundings
from monitor.match.terms import Role
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind

# The longer text wins, then the name that lists more of it (the rest is a variant word), then the surer one.
_PER_CHARACTER = 1024
_PER_LISTED = 8
_SURENESS = {Role.NAME: 4, Role.CODENAME: 3, Role.WEAK: 2, Role.NUMBER: 1, Role.RELEASED: 1}
_BY_CONTEXT = {
    Role.WEAK: "weak_name_in_context",
    Role.WEAK_NUMBER: "weak_name_in_context",
    Role.CODENAME: "codename_in_context",
}
# Each alone is chance as often as not: people eat pudding on the day of a launch, and the author's own pudding.
_WEAK_CONTEXTS = ("context_launch_word", "context_author_knows")
_HARMLESS = {
    Role.NOT_THIS: "not_this",
    Role.RELEASED: "released_number",
    Role.BRAND: "brand_word",
    Role.LINE: "line_word",
}


def candidate_of(
    hit: Hit, folded: Folded, around: Surroundings, brand: re.Pattern[str], knows: frozenset[str]
) -> Candidate:
    """The candidate that a hit makes in its surroundings; `knows` are the products that the author works on."""
    term = hit.form.term
    start, end = folded.span(hit.start, hit.end)
    fails = hit.fails or ("inside_link" if around.in_link(start, end) else "")
    context = "context_unmistakable"
    if not fails and term.needs_context:
        context = _context(hit, around, brand, knows)
        fails = "" if context else "no_context"
    return Candidate(
        kind=Kind.SPEC if term.role is Role.FACT else Kind.PRODUCT,
        subject=term.subject,
        start=start,
        end=end,
        weight=_weight(hit),
        reason=_reason(hit, context),
        value=term.value,
        weak=hit.may_count or hit.sibling or term.role in (Role.WEAK, Role.WEAK_NUMBER) or context in _WEAK_CONTEXTS,
        harmless=term.role in _HARMLESS,
        vetoes=term.role is Role.NOT_THIS,
        fails=Reason(fails) if fails else None,
        role=term.role,
    )


def _weight(hit: Hit) -> int:
    surely = _SURENESS.get(hit.form.term.role, 0)
    return (hit.end - hit.start) * _PER_CHARACTER + len(hit.form.key) * _PER_LISTED + surely


def _context(hit: Hit, around: Surroundings, brand: re.Pattern[str], knows: frozenset[str]) -> str:
    if around.has_brand(brand):
        return "context_brand"
    if around.is_client(hit.start, hit.end):
        return "context_client"
    launch, knows_it = around.launch_word_beside(hit.start, hit.end), hit.form.term.subject in knows
    if launch:
        return "context_author_at_launch" if knows_it else "context_launch_word"
    return "context_author_knows" if knows_it else ""


def _reason(hit: Hit, context: str) -> Reason:
    role, how = hit.form.term.role, {"how": hit.spelling}
    if hit.sibling:
        return Reason("family_member", how)
    if role in _BY_CONTEXT:
        return Reason(_BY_CONTEXT[role], {"context": context, **how})
    if role is Role.NUMBER:
        return Reason("unreleased_number", how)
    if role in _HARMLESS:
        return Reason(_HARMLESS[role])
    if role is Role.FACT:
        return Reason("no_subject")
    return Reason("unreleased_name") if hit.spelling == PLAIN else Reason("unreleased_name_spelled", how)
