"""The script and the rules agree: each planted text is judged as the script says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo import company
from monitor.demo.script import PLANTED, SCRIPT, Planted, Trouble, Turn
from monitor.demo.why import why, why_not
from monitor.match import Matcher
from monitor.model.findings import Disposition
from monitor.model.messages import EventKind, Found
from monitor.model.posts import Origin, Part
from monitor.model.rulebook import Severity
from monitor.rules import check_examples, load_rules
from monitor.store.browse import Told

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["zh", "en"])
def matcher(request: pytest.FixtureRequest, tmp_path: Path) -> Matcher:
    company.write_rules(tmp_path / "rules", request.param, NOW)
    book = load_rules(tmp_path / "rules")
    matcher = Matcher(book)
    assert check_examples(book, matcher) == []
    return matcher


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: f"{p.name}: {p.text[:12]}")
def test_a_planted_leak_alerts_at_once_and_a_harmless_text_does_not(planted: Planted, matcher: Matcher) -> None:
    knows = company.WHO[planted.account].knows
    found = matcher.evaluate([Part(Origin.TEXT, planted.text)], knows=knows, at=NOW).findings
    alerts = [f for f in found if f.disposition is Disposition.ALERT]
    assert bool(alerts) is planted.leak
    assert len({f.subject for f in alerts}) == planted.leak  # one alert, one message
    worst = max((f.severity for f in alerts), key=lambda severity: severity.rank, default=Severity.HIGH)
    assert worst.rank >= Severity.HIGH.rank  # medium would wait for a digest


@pytest.mark.parametrize(
    ("post", "says"),
    [
        ("years", "“云雀9”: the number goes on, so it is another number"),
        ("released", "“Yunque 8”: this number of the series is released"),
        ("dessert", "“Pudding”: an everyday word, without brand, launch word or an author who knows"),
        ("joke", "no secret name in it"),
    ],
)
def test_a_harmless_text_is_told_with_its_reason(post: str, says: str, tmp_path: Path) -> None:
    company.write_rules(tmp_path / "rules", "en", NOW)
    planted = next(p for p in PLANTED if p.post == post)
    parts = (Part(Origin.TEXT, planted.text),)
    assert why_not("en", Matcher(load_rules(tmp_path / "rules")), parts, frozenset(), NOW) == says


def told(event: EventKind) -> Told:
    return Told(event, "yunque-9", "翠鸟", Severity.HIGH, Found.LIVE, NOW, ())


def test_a_leak_is_told_with_its_reason_and_its_lift(tmp_path: Path) -> None:
    company.write_rules(tmp_path / "rules", "zh", NOW)
    matcher = Matcher(load_rules(tmp_path / "rules"))
    found = matcher.evaluate([Part(Origin.TEXT, "雲雀9 到手")], knows=frozenset(), at=NOW).findings
    says = "出现了未发布产品的名称（写成繁体）；还有 3 天 1 小时解禁"
    assert why("zh", told(EventKind.OPENED), found, NOW) == says


def test_a_leak_that_was_edited_away_is_told_as_corrected() -> None:
    assert why("en", told(EventKind.CORRECTED), (), NOW) == "corrected"


def test_the_script_uses_accounts_that_exist_and_posts_that_differ() -> None:
    assert {p.account for p in PLANTED} <= company.FORMATS.keys()
    assert len({(p.post, p.version) for p in PLANTED}) == len(PLANTED)
    assert list(SCRIPT) == sorted(SCRIPT, key=lambda act: act.at_s)
    assert all(p.gloss for p in PLANTED if not p.text.isascii())


def test_edits_follow_their_first_text_in_a_feed_that_tells_of_edits() -> None:
    edits = [p for p in PLANTED if p.version > 1]
    assert edits
    for edit in edits:
        first = next(p for p in PLANTED if (p.post, p.version) == (edit.post, edit.version - 1))
        assert first.at_s < edit.at_s
        assert first.account == edit.account
        assert company.FORMATS[edit.account] != "rss"


def test_what_breaks_is_mended() -> None:
    turns = [act.trouble for act in SCRIPT if isinstance(act, Turn)]
    assert turns == [Trouble.CHAT_DOWN, Trouble.CHAT_BACK, Trouble.SIGN_IN, Trouble.READABLE]
