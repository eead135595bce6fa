"""Commands that answer an alert."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.flagged import leak
from tests.cli.home import Home

PERSON = 'purpose = "proof"\ncalled = "林总"\ncontacts = ["李助理 138 0000 0000"]'


@pytest.fixture
def flagged(tmp_path: Path) -> Iterator[Home]:
    """One leak has been read, judged and told: A-1, of somebody whose assistant is known."""
    with Home(tmp_path) as home:
        home.write("config.toml", Path(home.config).read_text().replace('purpose = "proof"', PERSON))
        leak(home)
        yield home


def test_an_alert_is_taken_once_and_says_by_whom(flagged: Home) -> None:
    first = flagged.run("alerts", "take", "A-1", "--by", "周敏").out
    assert first.startswith("A-1 taken by 周敏, ")
    assert flagged.run("alerts", "take", "1", "--by", "陈立").out == first.replace("taken by", "taken already by")
    (row,) = flagged.run("alerts", "list", "--json").rows
    assert row["state"] == "acknowledged"


def test_a_judged_alert_that_nobody_took_is_not_taken(flagged: Home) -> None:
    assert flagged.run("alerts", "review", "1", "--verdict", "leak").code == 0
    assert flagged.run("alerts", "take", "1").out == "A-1 is judged already, and nobody has taken it\n"


def test_what_is_done_is_noted_shown_and_taken_back(flagged: Home) -> None:
    words = ("alerts", "respond", "A-1", "contact_reached")
    first = flagged.run(*words, "--by", "周敏", "--note", "on the phone").out
    assert first.startswith("A-1: contact_reached done by 周敏, ")
    assert flagged.run(*words, "--by", "陈立").out == first.replace("done by", "done already by")
    shown = flagged.run("alerts", "show", "1", "--lang", "zh").out
    assert "  ✔ 联系到人  周敏  " in shown
    assert "on the phone" in shown
    assert "  → 接手\n" in shown
    assert "  · 请求删除\n" in shown
    (story,) = flagged.run("alerts", "show", "1", "--json").rows
    done = {step["step"]: step for step in story["response"]}
    assert (done["contact_reached"]["by"], done["contact_reached"]["note"], done["taken"]["next"]) == (
        *("周敏", "on the phone"),
        True,
    )
    assert flagged.run(*words, "--undo").out == "A-1: contact_reached is open again\n"
    (row,) = flagged.run("alerts", "respond", "1", "decision", "--note", "announced", "--by", "周敏", "--json").rows
    assert [step["step"] for step in row["response"]] == ["taken", "decision", "statement", "closed"]
    actions = [line["action"] for line in flagged.run("audit", "list", "--json").rows]
    assert {"respond", "undo_response", "view"} <= set(actions)


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        pytest.param(("respond", "1", "taken"), 2, "alerts take", id="taken has its own command"),
        pytest.param(("respond", "1", "gone"), 2, "sees it by itself", id="gone is seen"),
        pytest.param(("respond", "1", "decision"), 2, "needs its reason", id="a decision has a reason"),
        pytest.param(("respond", "1", "closed", "--undo"), 5, "nobody noted closed", id="not done"),
        pytest.param(("respond", "9", "closed"), 5, "no alert A-9", id="no such alert"),
        pytest.param(("take", "9"), 5, "no alert A-9", id="nothing to take"),
        pytest.param(("removal-request", "9"), 5, "no alert 9", id="nothing to remove"),
        pytest.param(("removal-request", "1"), 1, "has no link", id="no link"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    flagged: Home, words: tuple[str, ...], code: int, problem: str
) -> None:
    ended = flagged.run("alerts", *words)
    assert (ended.code, problem in " ".join(ended.err.replace("│", "").split())) == (code, True), ended.err


@pytest.mark.parametrize(
    ("language", "begins", "ends"),
    [
        ("zh", "请尽快删除林总 ", "删除后无需回复，系统会自动确认。公关值班 周敏"),
        ("en", "Please remove 林总's notes post of ", "No answer needed, we see it by ourselves. 周敏, comms on duty"),
    ],
)
def test_the_request_names_the_link_and_nothing_of_the_post(
    flagged: Home, language: str, begins: str, ends: str
) -> None:
    link = "https://notes.example/lin/2"
    leak(flagged, "又见云雀9", url=link)
    assert flagged.run("alerts", "take", "2", "--by", "周敏").code == 0
    asked = flagged.run("alerts", "removal-request", "A-2", "--lang", language).out
    first, second, third = asked.splitlines()
    assert (first.startswith(begins), second, third) == (True, link, ends)
    assert [word for word in ("云雀", "Kingfisher", "P-0001", "A-2", "李助理") if word in asked] == []


def test_whom_to_call_is_shown_only_when_asked_and_that_is_logged(flagged: Home) -> None:
    assert "138" not in flagged.run("alerts", "show", "1").out
    assert "contacts" not in flagged.run("alerts", "show", "1", "--json").rows[0]
    assert "联系人：李助理 138 0000 0000" in flagged.run("alerts", "show", "1", "--lang", "zh", "--contacts").out
    assert flagged.run("alerts", "show", "1", "--json", "--contacts").rows[0]["contacts"] == ["李助理 138 0000 0000"]
    views = flagged.run("audit", "list", "--action", "view", "--json").rows
    assert [line["detail"].get("contacts") for line in views] == [1, 1, None, None]


def test_a_message_names_whom_to_ask_without_a_number(flagged: Home) -> None:
    (opened,) = [got.body.decode() for got in flagged.desk.received if b"alert.opened" in got.body]
    assert "李助理" in opened
    assert "138 0000" not in opened


# --- how soon -------------------------------------------------------------------------------------------------------


def test_status_tells_how_long_each_stage_took(flagged: Home) -> None:
    assert flagged.run("alerts", "take", "1").code == 0
    rows = {row["stage"]: row for row in flagged.run("status", "--times", "--json").rows}
    assert {"matched", "delivered", "taken"} <= set(rows)
    assert (rows["matched"]["from and to"], rows["matched"]["alerts"]) == ("read to judged by the rules", 1)
    assert 0 <= rows["matched"]["median_s"] <= rows["matched"]["p95_s"] <= rows["matched"]["slowest_s"] < 60
    line = next(line for line in flagged.run("status", "--times").out.splitlines() if line.startswith("delivered"))
    assert line.split("\t")[1:3] == ["judged to first arrival", "1"]


def test_status_tells_what_was_promised_and_how_that_stands(flagged: Home) -> None:
    assert flagged.run("status", "--json").rows[0]["objective"] is None
    promising = "[objective]\nwithin = '5m'\n\n[fetch]"
    flagged.write("config.toml", Path(flagged.config).read_text().replace("[fetch]", promising))
    told = flagged.run("status").out
    assert "objective\tno alert to measure in 30 days; 95 % within 5 min were promised\n" in told
    objective = flagged.run("status", "--json").rows[0]["objective"]
    assert (objective["within_s"], objective["alerts"], objective["met"]) == (300, 0, True)
