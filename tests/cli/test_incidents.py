"""`leak-monitor incidents`, as people use it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.store import Store, incidents
from tests.cli.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path) as home:
        assert home.run("accounts", "list").code == 0  # makes the database
        detail = {"account": "lin-notes", "cause": "blocked", "watch": "Lin Xiaozhou", "state": "blocked"}
        opened_at = datetime.now(UTC) - timedelta(minutes=5)
        with Store(f"sqlite:///{tmp_path / 'data' / 'leak-monitor.db'}") as store, store.write() as tx:
            incidents.open_incident(tx, "account_unreadable", "lin-notes", detail, opened_at)
            incidents.open_incident(tx, "gap", "lin-notes", {"account": "lin-notes"}, opened_at)
        yield home


def test_open_incidents_are_listed_with_when_they_speak_again(home: Home) -> None:
    rows = home.run("incidents", "list", "--json").rows
    assert [(row["number"], row["kind"], row["state"]) for row in rows] == [
        (2, "gap", "open"),
        (1, "account_unreadable", "open"),
    ]
    opened_at, next_at = (datetime.fromisoformat(rows[0][key]) for key in ("opened_at", "next_at"))
    assert next_at - opened_at == timedelta(minutes=15)


def test_one_is_shown_with_cause_cure_and_its_story(home: Home) -> None:
    shown = home.run("incidents", "show", "1").out.split("\n")
    assert [line.partition(" ")[0] for line in shown[:5]] == ["⚫", "Cause:", "Watch", "Cure:", "Take"]
    assert shown[5].endswith("1. opened")
    (row,) = home.run("incidents", "show", "1", "--json").rows
    assert (row["subject"], row["state"], [event["event"] for event in row["events"]]) == (
        "lin-notes",
        "open",
        ["opened"],
    )


def test_a_taken_one_names_who_sees_to_it_and_is_over_by_hand(home: Home) -> None:
    taken = home.run("incidents", "take", "1", "--as", "周敏", "--note", "a new session is on its way")
    assert (taken.code, taken.out) == (0, "incident 1: taken by 周敏\n")
    shown = home.run("incidents", "show", "1").out
    assert "周敏: a new session is on its way" in shown
    assert "2. taken by 周敏" in shown
    assert home.run("incidents", "close", "1", "--as", "周敏").code == 0
    assert [row["number"] for row in home.run("incidents", "list", "--json").rows] == [2]
    everything = home.run("incidents", "list", "--all", "--json").rows
    assert [(row["number"], row["state"], row["taken_by"]) for row in everything] == [
        (2, "open", None),
        (1, "closed", "周敏"),
    ]


@pytest.mark.parametrize("words", [("show", "9"), ("take", "9"), ("close", "9")])
def test_one_that_is_not_there_is_said_so(home: Home, words: tuple[str, str]) -> None:
    ended = home.run("incidents", *words)
    assert ended.code == 5
    assert "incident 9; `leak-monitor incidents list" in ended.err
