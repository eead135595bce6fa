"""Rules with a pattern of their own: what they find, what is refused, and what happens when one runs away."""

from dataclasses import replace

import pytest

from monitor.match import Matcher
from monitor.match.patterns import PatternError, compile_pattern
from monitor.model.findings import Disposition
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Kind, Rule, Severity
from tests.match.books import NOBODY, RULE, findings, make_book


def pattern_rule(pattern: str, **changes: object) -> Rule:
    rule = replace(RULE, id="board", label="Board talk", kinds=frozenset({Kind.PATTERN}), severity=Severity.HIGH)
    return replace(rule, pattern=pattern, **changes)  # type: ignore[arg-type]


BOARD = pattern_rule(r"(?:收购|并购).{0,6}云杉|we should buy (?:them|cloudpine)")
MATCHER = Matcher(make_book(rules=(RULE, BOARD)))
RUNS_AWAY = pattern_rule(r"(?:x|xx)+$", id="runs-away", timeout_ms=5)
LONG = "x" * 60 + "!"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("我们想并购云杉", "并购云杉", id="Chinese"),
        pytest.param("我們想併購雲杉", "併購雲杉", id="traditional: the text is folded before"),
        pytest.param("Still think we SHOULD  buy them".replace("  ", " "), "we SHOULD buy them", id="capitals"),
        pytest.param("ｗｅ ｓｈｏｕｌｄ ｂｕｙ ｔｈｅｍ", "ｗｅ ｓｈｏｕｌｄ ｂｕｙ ｔｈｅｍ", id="full width"),
        pytest.param("we should buy bread", None, id="something else"),
    ],
)
def test_a_pattern_is_searched_in_the_folded_text(text: str, found: str | None) -> None:
    hits = [f for f in findings(text, matcher=MATCHER) if f.kind is Kind.PATTERN]
    assert [text[f.start : f.end] for f in hits] == ([found] if found else [])
    assert all((f.subject, f.rule_id, f.disposition) == ("rule:board", "board", Disposition.ALERT) for f in hits)


def test_words_of_others_are_graded_lower_and_the_answered_post_alerts_nobody() -> None:
    said = "we should buy them"
    (quoted,) = findings(said, matcher=MATCHER, origin=Origin.QUOTED, by_author=False)
    assert quoted.severity is Severity.MEDIUM
    (parent,) = findings(said, matcher=MATCHER, origin=Origin.PARENT, by_author=False)
    assert parent.disposition is Disposition.CONTEXT


def test_another_pattern_rule_does_not_grade_what_this_one_found() -> None:
    other = pattern_rule("bread", id="bread", severity=Severity.CRITICAL)
    matcher = Matcher(make_book(rules=(BOARD, other)))
    assert [f.rule_id for f in findings("we should buy them and bread", matcher=matcher)] == ["board", "bread"]


def test_a_rule_that_runs_away_is_named_and_the_others_go_on() -> None:
    matcher = Matcher(make_book(rules=(RULE, RUNS_AWAY, BOARD)))
    evaluation = matcher.evaluate([Part(Origin.TEXT, "云雀9, we should buy them " + LONG)], knows=NOBODY, at=None)
    assert evaluation.skipped == ("runs-away",)
    assert {f.rule_id for f in evaluation.findings} == {"names", "board"}


def test_a_rule_that_is_set_aside_is_not_tried_and_still_named() -> None:
    matcher = Matcher(make_book(rules=(RULE, BOARD)))
    post = [Part(Origin.TEXT, "we should buy them")]
    evaluation = matcher.evaluate(post, knows=NOBODY, at=None, set_aside=frozenset({"board", "unknown"}))
    assert (evaluation.findings, evaluation.skipped) == ((), ("board",))


def test_a_flood_is_told_a_bounded_number_of_times() -> None:
    assert len(findings("we should buy them. " * 5000, matcher=MATCHER)) == 100


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(unclosed", id="no pattern"),
        pytest.param("x*", id="finds the empty text"),
        pytest.param("|".join(f"word{n}" for n in range(1000)), id="too long"),
        pytest.param("(?P<a>x)(?P=b)", id="unknown group"),
    ],
)
def test_what_is_no_usable_pattern_is_refused_without_repeating_it(pattern: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(pattern)
    assert pattern not in str(refused.value)
