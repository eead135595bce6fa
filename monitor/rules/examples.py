"""Rules prove themselves: every example of every rule is run."""

from collections.abc import Iterator

from monitor.match import Matcher
from monitor.model.findings import Disposition
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Example, Kind, Rule, RuleBook

_TELLS = (Disposition.ALERT, Disposition.TEST)
_SELECTS = ("rule_grades", "rule_weaker", "rule_only_tests")  # a stronger rule beside it proves nothing against a rule


def check_examples(book: RuleBook, matcher: Matcher) -> list[str]:
    """One sentence for each example that comes out otherwise: the place of its rule, neither the text nor the id.

    An incident carries it away from this machine.
    """
    return [problem for rule in book.rules for problem in _problems(rule, matcher)]


def _problems(rule: Rule, matcher: Matcher) -> Iterator[str]:
    for key, examples, wanted in (("match", rule.match, True), ("ignore", rule.ignore, False)):
        for no, example in enumerate(examples, start=1):
            if _finds(rule, example, matcher) is not wanted:
                outcome = "is not found by the rule" if wanted else "is found by the rule"
                yield f"{rule.place}: no. {no} of examples.{key} {outcome}"


def _finds(rule: Rule, example: Example, matcher: Matcher) -> bool:
    parts = [Part(Origin.CLIENT if rule.kinds == {Kind.CLIENT} else Origin.TEXT, example.text)]
    if example.parent:
        parts.append(Part(Origin.PARENT, example.parent, by_author=False))
    explanation = matcher.explain(parts, knows=example.author_knows, at=example.at, usual_client=example.usual_client)
    verdicts = (story.verdict for part in explanation.parts for story in part.candidates)
    return any(
        verdict.finding.disposition in _TELLS and rule_id == rule.id and why.code in _SELECTS
        for verdict in verdicts
        if verdict and verdict.finding
        for rule_id, why in verdict.rules
    )
