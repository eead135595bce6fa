"""Whose words, inside which window, graded by which rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.match import Matcher
from monitor.model.findings import Disposition, Finding
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import NEVER, Kind, Rule, RuleStatus, Severity, Window
from tests.match.books import NINE, NOBODY, RULE, THIRTEEN, findings, make_book, product

OPENS = datetime(2030, 1, 10, 9, tzinfo=UTC)
LIFTS = datetime(2030, 6, 18, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def one(
    text: str = "云雀9", *, rules: tuple[Rule, ...] = (RULE,), origin: Origin = Origin.TEXT, own: bool = True
) -> Finding:
    (finding,) = findings(text, matcher=Matcher(make_book(rules=rules)), origin=origin, by_author=own)
    return finding


@pytest.mark.parametrize(
    ("at", "disposition", "reason"),
    [
        pytest.param(OPENS - SECOND, Disposition.PUBLIC, "not_secret_yet", id="before"),
        pytest.param(OPENS, Disposition.ALERT, "unreleased_name", id="opens"),
        pytest.param(LIFTS - SECOND, Disposition.ALERT, "unreleased_name", id="the last second"),
        pytest.param(LIFTS, Disposition.PUBLIC, "public_since", id="lifts"),
        pytest.param(LIFTS + SECOND, Disposition.PUBLIC, "public_since", id="after"),
        pytest.param(None, Disposition.ALERT, "unreleased_name", id="without an instant"),
    ],
)
def test_a_name_is_a_secret_inside_its_window(at: datetime | None, disposition: Disposition, reason: str) -> None:
    limited = replace(NINE, windows={Kind.PRODUCT: Window(OPENS, LIFTS, "instant")})
    (finding,) = findings("云雀9", matcher=Matcher(make_book([limited])), at=at)
    assert (finding.disposition, finding.reason.code, finding.lifts_at) == (disposition, reason, LIFTS)
    since = {"not_secret_yet": OPENS, "public_since": LIFTS}
    assert reason not in since or finding.reason.args == {"since": since[reason].isoformat()}


def test_an_open_end_is_no_instant() -> None:
    tbd = replace(NINE, windows={Kind.PRODUCT: Window(lifts_at=NEVER, lift_is="tbd")})
    (finding,) = findings("云雀9", matcher=Matcher(make_book([tbd])), at=datetime(2040, 1, 1, tzinfo=UTC))
    assert (finding.disposition, finding.lifts_at) == (Disposition.ALERT, None)


def test_a_name_that_is_public_is_no_finding() -> None:
    matcher = Matcher(make_book([replace(NINE, windows={Kind.PRICE: Window()})]))
    assert findings("云雀9", matcher=matcher) == ()
    (story,) = matcher.explain([Part(Origin.TEXT, "云雀9")], knows=NOBODY, at=None).parts[0].candidates
    assert story.verdict is not None
    assert story.verdict.why_not is not None
    assert story.verdict.why_not.code == "name_is_no_secret"


@pytest.mark.parametrize(
    ("origin", "own", "kind", "severity", "reason", "disposition"),
    [
        (Origin.TEXT, True, Kind.PRODUCT, Severity.HIGH, "unreleased_name", Disposition.ALERT),
        (Origin.TITLE, True, Kind.PRODUCT, Severity.HIGH, "unreleased_name", Disposition.ALERT),
        (Origin.ALT, True, Kind.PRODUCT, Severity.HIGH, "unreleased_name", Disposition.ALERT),
        (Origin.PROFILE, True, Kind.PRODUCT, Severity.HIGH, "unreleased_name", Disposition.ALERT),
        (Origin.TEXT, False, Kind.PRODUCT, Severity.MEDIUM, "others_words", Disposition.ALERT),
        (Origin.QUOTED, True, Kind.PRODUCT, Severity.MEDIUM, "others_words", Disposition.ALERT),
        (Origin.QUOTED, False, Kind.PRODUCT, Severity.MEDIUM, "others_words", Disposition.ALERT),
        (Origin.PARENT, False, Kind.PRODUCT, Severity.MEDIUM, "parent_words", Disposition.CONTEXT),
        (Origin.CLIENT, True, Kind.CLIENT, Severity.HIGH, "client_name", Disposition.ALERT),
    ],
)
def test_where_a_name_stands_decides_what_it_is(
    origin: Origin,
    own: bool,  # noqa: FBT001
    kind: Kind,
    severity: Severity,
    reason: str,
    disposition: Disposition,
) -> None:
    finding = one(origin=origin, own=own)
    assert (finding.kind, finding.severity) == (kind, severity)
    assert (finding.reason.code, finding.disposition) == (reason, disposition)


STRONG = replace(RULE, id="strong", severity=Severity.CRITICAL)
TRIAL = replace(RULE, id="trial", severity=Severity.CRITICAL, status=RuleStatus.TEST)
ONLY_NINE = replace(RULE, id="nine", subjects=frozenset({"yunque-9"}))
ONLY_OTHER = replace(RULE, id="other", subjects=frozenset({"sky-tag"}))
PRICES = replace(RULE, id="prices", kinds=frozenset({Kind.PRICE}))
OWN = replace(RULE, id="own", own_words_only=True)


@pytest.mark.parametrize(
    ("rules", "rule_id", "severity", "disposition"),
    [
        pytest.param((RULE, STRONG), "strong", Severity.CRITICAL, Disposition.ALERT, id="the most severe"),
        pytest.param((STRONG, RULE), "strong", Severity.CRITICAL, Disposition.ALERT, id="in whatever order"),
        pytest.param((TRIAL,), "trial", Severity.CRITICAL, Disposition.TEST, id="on trial"),
        pytest.param((TRIAL, RULE), "names", Severity.HIGH, Disposition.ALERT, id="a trial hides no alert"),
        pytest.param((ONLY_NINE,), "nine", Severity.HIGH, Disposition.ALERT, id="of this product"),
        pytest.param((ONLY_OTHER,), "", Severity.LOW, Disposition.CONTEXT, id="of another product"),
        pytest.param((PRICES,), "", Severity.LOW, Disposition.CONTEXT, id="of another kind"),
        pytest.param((), "", Severity.LOW, Disposition.CONTEXT, id="no rule at all"),
    ],
)
def test_rules_select_and_grade(
    rules: tuple[Rule, ...], rule_id: str, severity: Severity, disposition: Disposition
) -> None:
    finding = one(rules=rules)
    assert (finding.rule_id, finding.severity, finding.disposition) == (rule_id, severity, disposition)


def test_a_rule_for_own_words_leaves_others_words() -> None:
    assert one(rules=(OWN,)).disposition is Disposition.ALERT
    assert one(rules=(OWN,), own=False).disposition is Disposition.CONTEXT


def test_every_rule_explains_itself() -> None:
    matcher = Matcher(make_book(rules=(STRONG, RULE, TRIAL, ONLY_OTHER, PRICES, OWN)))
    (story,) = matcher.explain([Part(Origin.QUOTED, "云雀9")], knows=NOBODY, at=None).parts[0].candidates
    assert story.verdict is not None
    assert [(rule_id, reason.code) for rule_id, reason in story.verdict.rules] == [
        ("strong", "rule_grades"),
        ("names", "rule_weaker"),
        ("trial", "rule_only_tests"),
        ("other", "rule_other_subject"),
        ("prices", "rule_other_kind"),
        ("own", "rule_own_words_only"),
    ]


def test_findings_say_in_which_part_they_stand() -> None:
    parts = [Part(Origin.TITLE, "早"), Part(Origin.TEXT, "云雀9和云雀13"), Part(Origin.CLIENT, "Yunque 13")]
    found = Matcher(make_book()).evaluate(parts, knows=NOBODY, at=None).findings
    assert [(f.part_no, f.start, f.end, f.subject, f.kind) for f in found] == [
        (1, 0, 3, NINE.key, Kind.PRODUCT),
        (1, 4, 8, THIRTEEN.key, Kind.PRODUCT),
        (2, 0, 9, THIRTEEN.key, Kind.CLIENT),
    ]


def test_every_spelling_of_a_name_is_one_fact() -> None:
    assert {f.value for f in findings("云雀9 Yunque 9 雲雀⑨")} == {""}


def test_reasons_never_hold_a_secret() -> None:
    secret = product("key-of-it", "Skylark One", codenames=("vase",), brand=("Skylark",))
    matcher = Matcher(make_book([secret]))
    for text in ("Skylark One", "Sky lark One", "Skylark vase", "云雀K99"):
        said = " ".join(f"{f.reason.code} {' '.join(f.reason.args.values())}" for f in findings(text, matcher=matcher))
        assert said
        assert not any(word in said for word in ("Skylark", "vase", "99", "key-of-it"))
