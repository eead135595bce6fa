"""Rules that search with a pattern of their own, each within its time. One that runs away is named, never trusted.

The `regex` package is asked: it has a time limit, and with concurrent=True it lets other threads go on meanwhile.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import Final

import regex

from monitor.match.candidates import Candidate
from monitor.match.fold import Folded
from monitor.match.view import Joined, View
from monitor.model.findings import Reason
from monitor.model.rulebook import Kind, Rule, RuleBook

MOST_PLACES: Final = 100  # of one pattern in one part
LONGEST_PATTERN: Final = 2000  # characters: a 100,000-word alternation takes seconds to compile


class PatternError(Exception):
    """A text that is no usable pattern; the message says why, without the text."""


@dataclass(frozen=True, slots=True)
class PatternRule:
    """A rule with its pattern ready."""

    rule: Rule
    pattern: regex.Pattern[str]


def compile_pattern(text: str) -> regex.Pattern[str]:
    """A pattern over folded texts, letter case aside. PatternError if it is none, or finds nothing in nothing."""
    if len(text) > LONGEST_PATTERN:
        raise PatternError(f"it is longer than {LONGEST_PATTERN} characters")
    try:
        pattern = regex.compile(text, regex.IGNORECASE)
    except (regex.error, OverflowError, RecursionError) as error:
        place = getattr(error, "pos", None)
        raise PatternError("it is no pattern" + (f" (position {place})" if place is not None else "")) from None
    try:
        if pattern.search("", timeout=0.05) is not None:
            raise PatternError("it finds the empty text, which stands everywhere")
    except TimeoutError:
        raise PatternError("it runs away on the empty text") from None
    return pattern


def pattern_rules(book: RuleBook) -> tuple[PatternRule, ...]:
    """The rules of the book that search for themselves."""
    return tuple(PatternRule(rule, compile_pattern(rule.pattern)) for rule in book.rules if rule.pattern)


def find_patterns(rules: Sequence[PatternRule], view: View, late: AbstractSet[str]) -> Iterator[Joined | str]:
    """What each rule finds in a part; the id of a rule whose time was up instead. Those in `late` are not tried."""
    for rule in rules:
        if rule.rule.id not in late:
            try:
                spans = list(islice(_spans(rule, view.folded), MOST_PLACES))
            except TimeoutError:
                yield rule.rule.id
                continue
            yield from (_joined(rule, view.folded, start, end) for start, end in spans)


def _spans(rule: PatternRule, folded: Folded) -> Iterator[tuple[int, int]]:
    timeout_s = rule.rule.timeout_ms / 1000
    for found in rule.pattern.finditer(folded.text, timeout=timeout_s, concurrent=True):
        start, end = found.span()
        if start < end:
            yield start, end


def _joined(rule: PatternRule, folded: Folded, start: int, end: int) -> Joined:
    begin, stop = folded.span(start, end)
    seen = Candidate(Kind.PATTERN, rule.rule.own_subject, begin, stop, 0, Reason("pattern_found"))
    return Joined(seen, rule.rule.own_subject, "join_pattern")
