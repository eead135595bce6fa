"""Rules prove themselves by their examples, the shipped ones included."""

from pathlib import Path

import pytest

from monitor.match import Matcher
from monitor.rules import check_examples, load_rules, parse_rulebook
from monitor.rules.load import book_of
from tests.rules.sample import FILES, RULES, SECRETS

SHIPPED = Path(__file__).parents[2] / "rules"


def problems(rules: str) -> list[str]:
    book = book_of({**FILES, "rules.toml": rules})
    return check_examples(book, Matcher(book))


def test_right_examples_are_no_problem() -> None:
    assert problems(RULES) == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        pytest.param(
            '    "云雀9",',
            '    "飞来一只云雀",',
            "rules.toml:1: no. 1 of examples.match is not found by the rule",
            id="finds nothing",
        ),
        pytest.param(
            '["云雀90周年"]',
            '["云雀90周年", "云雀9发布会"]',
            "rules.toml:1: no. 2 of examples.ignore is found by the rule",
            id="finds too much",
        ),
        pytest.param(
            "at = 2030-12-01T00:00:00Z",
            "at = 2030-12-04T00:00:00Z",
            "rules.toml:1: no. 2 of examples.match is not found by the rule",
            id="after the lift",
        ),
        pytest.param(
            'knows = ["yunque-9"]',
            "knows = []",
            "rules.toml:1: no. 2 of examples.match is not found by the rule",
            id="an author who does not know",
        ),
        pytest.param(
            'match = ["云雀K90"]',
            'match = ["云雀9"]',
            "rules.toml:13: no. 1 of examples.match is not found by the rule",
            id="another rule's product",
        ),
    ],
)
def test_a_wrong_example_names_rule_and_place_but_not_the_text(before: str, after: str, problem: str) -> None:
    assert before in RULES
    told = problems(RULES.replace(before, after))
    assert told[0].startswith(problem)
    assert not any(secret in line for secret in SECRETS for line in told)


def test_the_shipped_rules_load_and_prove_themselves() -> None:
    book = load_rules(SHIPPED)
    assert check_examples(book, Matcher(book)) == []
    assert parse_rulebook(book.body) == book


def test_the_shipped_messages_tell_no_name() -> None:
    book = load_rules(SHIPPED)
    said = [word for p in book.products.values() for word in (p.ref, p.label)]
    said += [word for series in book.series for word in (series.ref, series.label)]
    assert len(said) == len(set(said))
    assert not any(name in word for p in book.products.values() for name in p.names for word in said)
