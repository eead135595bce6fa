"""Hints: talk of things to come by somebody who works on one. Off unless a rule asks for it."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.match import Matcher
from monitor.model.posts import Origin
from monitor.model.rulebook import Kind, Severity, Window
from tests.match.books import NINE, RULE, findings, make_book, product

AT = datetime.fromisoformat("2030-06-05T12:00:00+08:00")
SOON = replace(NINE, windows={Kind.PRODUCT: Window(lifts_at=datetime.fromisoformat("2030-09-01T19:00:00+08:00"))})
FAR = product(
    "yunque-20", "云雀20", windows={Kind.PRODUCT: Window(lifts_at=datetime.fromisoformat("2033-01-01T00:00Z"))}
)
HINTS = replace(RULE, id="hints", kinds=frozenset({Kind.HINT}), severity=Severity.HIGH)
MATCHER = Matcher(make_book([SOON, FAR], rules=(RULE, HINTS)))
SILENT = Matcher(make_book([SOON, FAR]))
KNOWS = frozenset({"yunque-9"})


@pytest.mark.parametrize(
    "text",
    [
        "还没发布的新机手感真好",
        "即将发布的新品，我先用上了",
        "今天拿工程机拍的",
        "下一代旗舰的屏幕会让你们吃惊",
        "Typing this on a prototype",
        "Our next phone has a larger screen, I'd give it 8/10",
        "Something big is on its way, stay tuned",
    ],
)
def test_launch_talk_of_somebody_who_knows_is_a_hint(text: str) -> None:
    hints = [f for f in findings(text, matcher=MATCHER, knows=KNOWS, at=AT) if f.kind is Kind.HINT]
    assert [(f.subject, f.severity, f.reason.code) for f in hints] == [("yunque-9", Severity.MEDIUM, "launch_talk")]
    assert findings(text, matcher=MATCHER, at=AT) == ()
    assert findings(text, matcher=SILENT, knows=KNOWS, at=AT) == ()


@pytest.mark.parametrize(
    "text",
    [
        "新品发布会感谢大家",
        "今天的午饭不错",
        "云雀9 是还没发布的新机",
        "I can't comment on that",
    ],
)
def test_other_talk_is_none(text: str) -> None:
    assert [f for f in findings(text, matcher=MATCHER, knows=KNOWS, at=AT) if f.kind is Kind.HINT] == []


def test_words_of_others_and_far_away_products_give_no_hint() -> None:
    text = "还没发布的新机手感真好"
    assert findings(text, matcher=MATCHER, origin=Origin.QUOTED, by_author=False, knows=KNOWS, at=AT) == ()
    assert findings(text, matcher=MATCHER, knows=frozenset({"yunque-20"}), at=AT) == ()
