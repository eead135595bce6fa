"""The schemas for editors: they take what the loaders take, and refuse what a single table can tell is wrong."""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from monitor.config.schema import config_schema
from monitor.kinds import kinds
from monitor.rules import build
from monitor.rules.schema import EVENT, EXAMPLE, FACT, PRODUCT, RULE, SERIES, rules_schema
from tests.cli.home import command
from tests.config.sample import VALID
from tests.config.test_broken import BROKEN
from tests.rules.sample import FILES
from tests.rules.test_faults import FAULTS

ROOT = Path(__file__).parents[1]
RULES_PAGE = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
SHIPPED = [*(ROOT / "rules").glob("*.toml"), *(ROOT / "tests/data/hard/rules").glob("*.toml")]

# What a schema of one table can see, in the words of the loaders.
SEEN_IN_CONFIG = (
    "unknown key",
    "must be a",
    "must be text",
    "must be true",
    "is missing",
    "must be one of",
    "is no duration",
)
SEEN_IN_RULES = (
    *("unknown key", "is no text", "is no list", "is no array", "is no table", "no whole number", "unknown value"),
    *("is missing", "neither true nor false", "neither text nor table", "out of range", "no price", "no date"),
    *("no place for the number", "no offset", "no instant", "no example"),
)
UNSEEN_IN_CONFIG = ("must be a date", "url is missing")  # JSON has no dates; one of two keys
# These depend on another key, or on a value that is right by its form.
UNSEEN_IN_RULES = ("'pattern' is missing", "'label' is missing", "2999-1999 CNY", '"2030-13"')


def refusals(schema: Mapping[str, Any], text: str) -> list[str]:
    """What the schema has against a TOML text, as an editor would show it."""
    content = json.loads(json.dumps(tomllib.loads(text), default=lambda instant: instant.isoformat()))
    return [error.message for error in Draft7Validator(schema).iter_errors(content)]


@pytest.mark.parametrize(("what", "made"), [("config", partial(config_schema, kinds())), ("rules", rules_schema)])
def test_the_file_is_what_the_command_prints_and_the_code_makes(what: str, made: Any) -> None:
    file = (ROOT / f"schemas/{what}.schema.json").read_text(encoding="utf-8")
    Draft7Validator.check_schema(made())
    assert json.loads(file) == made(), f"./run schema {what} > schemas/{what}.schema.json"
    assert command("schema", what).out == file


@pytest.mark.parametrize(
    ("keys", "types"),
    [
        (build.EVENT_KEYS, EVENT),
        (build.PRODUCT_KEYS, PRODUCT),
        (build.FACT_KEYS, FACT),
        (build.SERIES_KEYS, SERIES),
        (build.RULE_KEYS, RULE),
        (build.EXAMPLE_KEYS, EXAMPLE),
    ],
    ids=["events", "products", "facts", "series", "rules", "examples"],
)
def test_the_schema_of_rules_has_just_the_keys_of_the_loader_each_explained(keys: Any, types: Any) -> None:
    assert set(types) == set(keys)
    assert all("description" in types[key] or "$ref" in types[key] for key in keys)


# --- config.toml --------------------------------------------------------------------------------------------------

EXAMPLE_CONFIG = (ROOT / "config.example.toml").read_text(encoding="utf-8")
ALL_KEYS = re.sub(r"^( *)# (?=[a-z_]+ = )", r"\1", EXAMPLE_CONFIG, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "text", [VALID, EXAMPLE_CONFIG, ALL_KEYS, ""], ids=["sample", "example", "every key", "nothing"]
)
def test_a_configuration_that_is_right_is_right_to_the_editor(text: str) -> None:
    assert refusals(config_schema(kinds()), text) == []


def seen(row: Any) -> bool:
    """Whether a mistake in the table of broken configurations is one that a schema can see."""
    problem = row.values[2]
    return any(words in problem for words in SEEN_IN_CONFIG) and problem not in UNSEEN_IN_CONFIG


@pytest.mark.parametrize(("old", "new", "problem", "fix"), [row for row in BROKEN if seen(row)])
def test_a_mistake_in_the_configuration_is_seen_while_it_is_written(old: str, new: str, problem: str, fix: str) -> None:
    assert refusals(config_schema(kinds()), VALID.replace(old, new.replace("#!", ""), 1)), (problem, fix)


# --- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *FILES.values(),
        *(path.read_text(encoding="utf-8") for path in SHIPPED),
        *re.findall(r"^```toml\n(\[\[rules\]\].*?)^```", RULES_PAGE, re.MULTILINE | re.DOTALL),
    ],
)
def test_rules_that_are_right_are_right_to_the_editor(text: str) -> None:
    assert refusals(rules_schema(), text) == []


def visible(fault: tuple[str, str, str, int, str, str]) -> bool:
    """Whether a fault is one that a schema of one table can see."""
    _, _, after, _, problem, _ = fault
    blind = any(words in problem or words in after for words in UNSEEN_IN_RULES)
    return "TOML" not in problem and not blind and any(words in problem for words in SEEN_IN_RULES)


@pytest.mark.parametrize(("file", "before", "after", "problem"), [(*f[:3], f[4]) for f in FAULTS if visible(f)])
def test_a_fault_in_the_rules_is_seen_while_it_is_written(file: str, before: str, after: str, problem: str) -> None:
    assert refusals(rules_schema(), FILES[file].replace(before, after, 1)), problem


def test_the_tables_of_mistakes_hold_enough_that_a_schema_can_see() -> None:
    assert len([row for row in BROKEN if seen(row)]) > 15
    assert len([fault for fault in FAULTS if visible(fault)]) > 40
