"""`leak-monitor suppressions` and what answers an alert, as people use them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.flagged import leak
from tests.cli.home import Home

SECRETS = ("云雀", "yunque", "unreleased-name")
WHY = ("--why", "a joke", "--days", "14", "--by", "zhou", "--yes")


@pytest.fixture
def flagged(tmp_path: Path) -> Iterator[Home]:
    """One leak has been read, judged and told: A-1."""
    with Home(tmp_path) as home:
        leak(home)
        yield home


@pytest.mark.parametrize(
    ("words", "what"),
    [
        pytest.param(("--alert", "A-1", "--what", "subject"), "Kingfisher", id="product of an alert"),
        pytest.param(("--alert", "1", "--what", "rule"), "all.toml:12", id="its rule"),
        pytest.param(("--alert", "1", "--what", "person"), "lin", id="its person"),
        pytest.param(("--alert", "1", "--what", "text"), "these very words", id="its words"),
        pytest.param(
            ("--alert", "1", "--what", "person", "--what", "subject"), "Kingfisher, lin", id="several of them together"
        ),
        pytest.param(("--product", "Kingfisher", "--person", "lin"), "Kingfisher, lin", id="by label and key"),
        pytest.param(
            ("--product", "P-0001", "--rule", "all.toml:12"), "Kingfisher, all.toml:12", id="by ref and place"
        ),
    ],
)
def test_a_preview_says_what_would_have_been_hidden_and_changes_nothing(
    flagged: Home, words: tuple[str, ...], what: str
) -> None:
    ended = flagged.run("suppressions", "preview", *words)
    assert (ended.code, ended.out.splitlines()) == (
        0,
        [f"{what}: would have hidden 1 stored alert", "  1 high, not judged", "  the last of them: A-1"],
    )
    (row,) = flagged.run("suppressions", "preview", *words, "--json").rows
    assert (row["what"], row["would_have_hidden"], row["last"], row["leaks"]) == (what, 1, ["A-1"], [])
    assert flagged.run("suppressions", "list", "--all", "--json").rows == []
    assert [word for word in SECRETS if word in ended.out + repr(row)] == []


def test_one_is_made_listed_shown_and_ended(flagged: Home) -> None:
    made = flagged.run("suppressions", "add", "--alert", "A-1", "--what", "subject", *WHY)
    assert made.code == 0
    assert "S-1: Kingfisher is hidden until " in made.out
    (row,) = flagged.run("suppressions", "list", "--json").rows
    assert (row["number"], row["what"], row["why"], row["by"], row["hidden"], row["state"]) == (
        *("S-1", "Kingfisher", "a joke", "zhou", 0),
        "in force",
    )
    until = datetime.fromisoformat(row["until"])
    assert timedelta(days=13.9) < until - datetime.now(UTC) < timedelta(days=14)
    leak(flagged, "又见云雀9")
    assert len(flagged.run("alerts", "list", "--json").rows) == 1
    shown = flagged.run("suppressions", "show", "S-1")
    assert "zhou: a joke" in shown.out
    (post,) = flagged.run("suppressions", "show", "1", "--json").rows
    assert (post["post"], post["person"], post["findings"]) == (2, "Lin Xiaozhou", 1)
    assert flagged.run("suppressions", "add", "--person", "lin", *WHY, "--json").rows[0]["number"] == 2
    assert flagged.run("suppressions", "end", "2", "--by", "chen", "--json").rows == [
        {"number": 2, "ended_by": "chen", "hidden": 0}
    ]
    ended = flagged.run("suppressions", "end", "1", "--by", "chen")
    assert ended.out == "S-1: ended by chen; it has hidden 1 findings\n"
    assert flagged.run("suppressions", "list", "--json").rows == []
    row = flagged.run("suppressions", "list", "--all", "--json").rows[-1]
    assert (row["state"], row["ended_by"]) == ("ended", "chen")
    log = flagged.run("audit", "list", "--json").rows
    assert [(line["action"], line["object"]) for line in log if line["object"] == "suppression:1"] == [
        ("end_suppression", "suppression:1"),
        ("view", "suppression:1"),
        ("view", "suppression:1"),
        ("suppress", "suppression:1"),
    ]
    assert [word for word in SECRETS if word in made.out + shown.out + repr(log)] == []


def test_what_would_have_hidden_a_leak_is_refused_unless_somebody_is_sure(flagged: Home) -> None:
    assert flagged.run("alerts", "review", "1", "--verdict", "leak").code == 0
    words = ("suppressions", "add", "--person", "lin", *WHY)
    refused = flagged.run(*words)
    assert refused.code == 1
    assert "error: lin: would have hidden 1 judged a leak (A-1); name less, for example --what text" in refused.err
    assert flagged.run("suppressions", "list", "--json").rows == []
    (row,) = flagged.run(*words, "--although-it-hides-leaks", "--json").rows
    assert (row["number"], row["leaks"]) == (1, ["A-1"])


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        pytest.param(("--person", "lin", "--days", "91"), 2, "what is hidden for longer is forgotten", id="too long"),
        pytest.param(("--days", "9"), 2, "nothing is named", id="everything"),
        pytest.param(("--alert", "A-1", "--days", "9"), 2, "go together", id="nothing of an alert"),
        pytest.param(("--person", "wei", "--days", "9"), 5, "no person 'wei'", id="a stranger"),
        pytest.param(("--product", "Egret", "--days", "9"), 5, "no product with the label 'Egret'", id="no product"),
        pytest.param(("--rule", "all.toml:1", "--days", "9"), 5, "there are all.toml:12", id="no rule"),
        pytest.param(("--alert", "9", "--what", "text", "--days", "9"), 5, "no alert A-9", id="no alert"),
        pytest.param(("--person", "lin", "--days", "9"), 1, "say --yes", id="nobody can be asked"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    flagged: Home, words: tuple[str, ...], code: int, problem: str
) -> None:
    ended = flagged.run("suppressions", "add", *words, "--why", "-")
    assert (ended.code, problem in " ".join(ended.err.replace("│", "").split())) == (code, True), ended.err
    assert flagged.run("suppressions", "list", "--json").rows == []
