"""Whatever text comes, matching answers, quickly, and explains the same that it found."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import Matcher
from monitor.match.fold import fold
from monitor.match.matcher import MOST_PLACES
from monitor.match.surroundings import Surroundings
from monitor.model.findings import Finding
from monitor.model.posts import Origin, Part
from tests.match.books import MATCHER, NOBODY, findings, make_book, stories

PIECES = st.sampled_from(
    [
        "云雀",
        "雲雀",
        "9",
        "９",
        "13",
        "⑬",
        "十三",
        "Yunque",
        "SkyTag",
        " ",
        ".",
        "🐦",
        "\u200b",
        "\ufe0f",
        "\u20e3",
        "K90",
        "Pro",
        "青瓷",
        "量产",
        "号楼",
        " Air",
        " Ultra",
        "月",
        "天",
        "a",
        "е",
        "@",
        "https://a.com/",
        "\n",
        "。",
        "\ud83d",
        "\x00",
        "5",
        "S",
        "（",
        "）",
        ":",
        "nine",
        " years",
    ]
)
NEAR_MISSES = st.lists(PIECES, max_size=12).map("".join)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY_TEXT | NEAR_MISSES)
def test_no_text_raises_and_every_span_is_a_place_of_the_text(text: str) -> None:
    last = 0
    for finding in findings(text):
        assert last <= finding.start < finding.end <= len(text)
        last = finding.end


@given(NEAR_MISSES)
def test_explaining_and_finding_agree(text: str) -> None:
    explained: list[Finding] = [s.verdict.finding for s in stories(text) if s.verdict and s.verdict.finding]
    assert sorted(explained, key=lambda f: f.start) == list(findings(text))
    assert all((story.verdict is not None) == (story.fate.code == "chosen") for story in stories(text))


@given(NEAR_MISSES, NEAR_MISSES)
def test_a_line_break_keeps_texts_apart(before: str, after: str) -> None:
    """Context may cross lines, so only names that need none are compared."""
    plain = Matcher(make_book([p for p in make_book().products.values() if not p.codenames], series=()))
    alone = [(f.start, f.end) for f in findings(before, matcher=plain)]
    moved = [(f.start + len(before) + 1, f.end + len(before) + 1) for f in findings(after, matcher=plain)]
    together = [(f.start, f.end) for f in findings(f"{before}\n{after}", matcher=plain)]
    assert together == alone + moved


FLOODS = [
    "云雀9",
    "云雀9 ",
    "云雀",
    "云雀（",
    "@",
    "a@",
    "a.b.",
    "@a.",
    "http://",
    "雲 ",
    "\ud83d\x00",
    "青瓷",
    "K90 ",
    "9",
    "云雀9 Air",
    "SkyTаg",
    "发布。青瓷",
    "9\u0301",
    "9/18",
]


@pytest.mark.timeout(60)  # quadratic work would take several minutes
@pytest.mark.parametrize("piece", FLOODS)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    text = "云雀9 " + piece * (200_000 // len(piece))
    assert findings(text)


class CountingBrand:
    """A brand's pattern that counts how often a text is searched for it."""

    def __init__(self) -> None:
        self.searches = 0

    def search(self, _text: str) -> None:
        self.searches += 1


def test_a_text_is_searched_for_a_brand_once_however_often_it_is_asked() -> None:
    around, brands = Surroundings(fold("青瓷" * 1000)), [CountingBrand(), CountingBrand()]
    assert [around.has_brand(brand) for _ in range(1000) for brand in brands] == [False] * 2000
    assert [brand.searches for brand in brands] == [1, 1]


def test_a_flood_of_one_name_hides_no_other() -> None:
    found = findings("云雀9S 云雀9 " * 1000 + "SkyTag 云雀K90")
    assert Counter(f.subject for f in found) == {"yunque-9": 2 * MOST_PLACES, "sky-tag": 1, "yunque-k": 1}
    assert Counter(f.reason.code for f in found) == {
        "family_member": MOST_PLACES,
        "unreleased_name": MOST_PLACES + 1,
        "unreleased_number": 1,
    }


def test_a_winner_is_named_by_its_place_among_the_candidates() -> None:
    told = stories("云雀13 Ultra")
    lost = next(story for story in told if story.fate.code == "not_this")
    assert told[int(lost.fate.args["winner"])].candidate.vetoes


def test_the_explanation_shows_how_the_text_is_read() -> None:
    parts = [Part(Origin.TEXT, "雲雀９"), Part(Origin.CLIENT, "Ｙ")]
    explanation = MATCHER.explain(parts, knows=NOBODY, at=None)
    assert [(part.no, part.origin, part.folded) for part in explanation.parts] == [
        (0, Origin.TEXT, "云雀9"),
        (1, Origin.CLIENT, "y"),
    ]


def test_an_empty_post_is_clean() -> None:
    assert MATCHER.evaluate([], knows=NOBODY, at=None).findings == ()
