"""Posts that are hard to judge, in both languages, each with what a person finds in it: tests/data/hard/rows.

A file of rows has `about`, the instant `at` and the writer `by` of its rows, and rows under `leaks` and `harmless`.
A row has `text` and `why`, and may have `parent`, `quoted`, `client`, and `at` and `by` of its own. A leak has `finds`:
"yunque-9" is the product's name, "yunque-9 price 2999 CNY" a value said of it, "yunque-9 date" one of any value. In
`without` are facts that must not be told beside them. A harmless row alerts nobody.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from monitor.match import Matcher
from monitor.model.findings import Disposition, Finding
from monitor.model.posts import Origin, Part
from monitor.rules import check_examples, load_rules

HARD = Path(__file__).parent.parent / "data" / "hard"
ROW_KEYS = {"text", "why", "parent", "quoted", "client", "at", "by", "finds", "without"}
FEWEST_ROWS, FEWEST_HARMLESS = 400, 140


@dataclass(frozen=True, slots=True)
class Row:
    """One post and what a person finds in it; `leak` False with nothing in `finds`."""

    id: str
    leak: bool
    text: str
    why: str
    at: datetime
    by: str
    others: tuple[Part, ...]
    finds: tuple[str, ...]
    without: tuple[str, ...]


def read_rows() -> Iterator[Row]:
    for path in sorted((HARD / "rows").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for verdict in ("leaks", "harmless"):
            for number, raw in enumerate(table.get(verdict, ()), 1):
                assert set(raw) <= ROW_KEYS, f"{path.name}, {verdict} {number}: a key that nobody reads"
                yield Row(
                    id=f"{path.stem}-{verdict}-{number}",
                    leak=verdict == "leaks",
                    text=raw["text"],
                    why=raw["why"],
                    at=raw.get("at", table["at"]),
                    by=raw.get("by", table["by"]),
                    others=tuple(_others(raw)),
                    finds=tuple(raw.get("finds", ())),
                    without=tuple(raw.get("without", ())),
                )


def _others(raw: dict[str, str]) -> Iterator[Part]:
    for key, origin in (("parent", Origin.PARENT), ("quoted", Origin.QUOTED)):
        if key in raw:
            yield Part(origin, raw[key], by_author=False)
    if "client" in raw:
        yield Part(Origin.CLIENT, raw["client"])


ROWS = tuple(read_rows())
KNOWS = {
    name: frozenset(keys) for name, keys in tomllib.loads((HARD / "people.toml").read_text(encoding="utf-8")).items()
}


@pytest.fixture(scope="module", name="matcher")
def make_matcher() -> Matcher:
    return Matcher(load_rules(HARD / "rules"))


def told(matcher: Matcher, row: Row) -> list[str]:
    """What alerts in a post, each fact as a row writes it, with the words that it stands in."""
    parts = [Part(Origin.TEXT, row.text), *row.others]
    found = matcher.evaluate(parts, knows=KNOWS[row.by], at=row.at).findings
    return [fact_of(finding) for finding in found if finding.disposition is Disposition.ALERT]


def fact_of(finding: Finding) -> str:
    """`yunque-9`, `yunque-9 client` or `yunque-9 price 2999 CNY`."""
    kind = "" if finding.kind == "product" else f" {finding.kind}"
    return f"{finding.subject}{kind} {finding.value}".rstrip() if kind else finding.subject


def holds(told: list[str], wanted: str) -> bool:
    """Whether the fact is told, or with any value if the wanted one has none."""
    return any(fact == wanted or fact.startswith(f"{wanted} ") for fact in told)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_hard_post_is_judged_as_a_person_judges_it(row: Row, matcher: Matcher) -> None:
    facts = told(matcher, row)
    missing = [fact for fact in row.finds if not holds(facts, fact)]
    untrue = [fact for fact in row.without if holds(facts, fact)]
    right = bool(facts) == row.leak and not missing and not untrue
    beside = " | ".join(f"{part.origin}: {part.text}" for part in row.others)
    assert right, (
        f"\n  {row.text}\n  {beside}\n  by {row.by}, {row.at.isoformat()}: {row.why}"
        f"\n  told: {facts}\n  missing: {missing}\n  untrue: {untrue if row.leak else facts}"
    )


def test_the_rules_prove_themselves(matcher: Matcher) -> None:
    assert check_examples(load_rules(HARD / "rules"), matcher) == []


def test_the_table_is_whole() -> None:
    """Enough of both kinds, every leak with a fact, and no post twice."""
    assert len(ROWS) >= FEWEST_ROWS
    assert sum(not row.leak for row in ROWS) >= FEWEST_HARMLESS
    assert all(bool(row.finds) == row.leak for row in ROWS)
    posts = [(row.text, row.others, row.at, row.by) for row in ROWS]
    assert len(posts) == len(set(posts))
