"""Who did and saw what: the lines that commands and the service leave, and the commands that show and prove them."""

import getpass
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.home import SECRET, WHSEC, Ended, Home, command
from tests.cli.running import Running, free_port, until
from tests.cli.test_commands import flagged as made_flagged


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


flagged = made_flagged


def noted(home: Home, *filters: str) -> list[tuple[str, str, str]]:
    """Who did what to what, the first first."""
    rows = home.run("audit", "list", "--json", *filters).rows
    return [(row["actor"], row["action"], row["object"]) for row in reversed(rows)]


def harm_database(home: Home, *statements: str) -> None:
    """What somebody does who can write to the file."""
    with closing(sqlite3.connect(home.path / "data" / "leak-monitor.db", isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


ME = getpass.getuser()
UNGUARDED = ("drop trigger audit_sealed_once", "drop trigger audit_kept", "drop trigger audit_born_unsealed")


# --- the access log -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("alerts", "show", "A-1"), (ME, "view", "alert:1")),
        (("alerts", "show", "1", "--json"), (ME, "view", "alert:1")),
        (("explain", "--id", "1"), (ME, "view", "post:1")),
        (("watchlist", "show"), (ME, "view", "watchlist")),
        (("watchlist", "show", "--json"), (ME, "view", "watchlist")),
        (("alerts", "review", "1", "--verdict", "leak"), (ME, "review", "alert:1")),
        (("alerts", "review", "1", "--verdict", "leak", "--by", "zhou"), ("zhou", "review", "alert:1")),
        (("deliveries", "replay", "1"), (ME, "replay", "deliveries")),
    ],
    ids=" ".join,
)
def test_a_look_and_a_deed_each_leave_one_line(flagged: Home, words: tuple[str, ...], line: tuple[str, ...]) -> None:
    before = noted(flagged)
    assert flagged.run(*words).code == 0
    assert noted(flagged) == [*before, line]


def test_what_shows_no_text_of_a_post_and_no_secret_leaves_none(flagged: Home) -> None:
    before = noted(flagged)
    lists = ("alerts list", "accounts list", "deliveries list", "status", "audit list", "audit verify", "audit head")
    for words in (*lists, "watchlist show --labels", "alerts show 99", "explain --id 99"):
        flagged.run(*words.split())
    assert noted(flagged) == before


def test_who_became_the_user_by_sudo_is_the_one_who_looked(flagged: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "zhou")
    flagged.run("alerts", "show", "1")
    assert noted(flagged, "--actor", "zhou") == [("zhou", "view", "alert:1")]


@pytest.mark.parametrize("words", [("alerts", "show", "1"), ("explain", "--id", "1"), ("watchlist", "show")])
def test_what_cannot_be_logged_is_not_shown(flagged: Home, words: tuple[str, ...]) -> None:
    harm_database(flagged, "create trigger full before insert on audit begin select raise(abort, 'disk is full'); end")
    ended = flagged.run(*words)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: nothing is shown, because the view cannot be logged; database: disk is full")


def test_the_log_holds_no_text_and_no_secret(flagged: Home) -> None:
    for words in (("alerts", "show", "1"), ("explain", "--id", "1"), ("watchlist", "show")):
        flagged.run(*words)
    said = flagged.run("audit", "list").out + flagged.run("audit", "list", "--json").out
    assert said.count("view") == 6
    for secret in ("云雀9", "yunque-9", "明天来看", WHSEC, SECRET.decode(), flagged.desk.url):
        assert secret not in said


def test_the_service_notes_its_start_its_reloads_and_what_it_refused_and_seals_them(home: Home) -> None:
    rules = (home.path / "rules/all.toml").read_text()
    with Running(home) as service:
        home.write("rules/all.toml", rules.replace("until", "untill"))
        until(lambda: "the files were refused" in str(service.problems()), "the refusal")
        home.write("rules/all.toml", rules.replace("云雀9", "白鹭2"))
        until(lambda: service.problems() == [], "the good rules")
        until(lambda: all(row["number"] for row in home.run("audit", "list", "--json").rows), "the sealing")
    rows = home.run("audit", "list", "--actor", "service", "--json").rows
    assert [(row["action"], row["object"]) for row in rows] == [
        ("reload", "files"),
        ("refuse", "files"),
        ("start", "files"),
    ]
    assert rows[0]["detail"]["rules_before"] == rows[2]["detail"]["rules"] != rows[0]["detail"]["rules"]
    assert rows[0]["detail"]["config_before"] == rows[2]["detail"]["config"] == rows[0]["detail"]["config"]
    assert rows[1]["detail"]["place"].endswith("all.toml:10")
    assert home.run("audit", "verify").code == 0


# --- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def sealed(flagged: Home) -> tuple[Home, Path]:
    """Six sealed lines, and a file with the heads after three and after six."""
    heads = flagged.path / "heads.txt"
    for _ in range(2):
        for _ in range(3):
            flagged.run("alerts", "show", "1")
        with heads.open("a") as file:
            file.write(flagged.run("audit", "head").out)
    return flagged, heads


def verify(home: Home, *words: str) -> tuple[int, str]:
    ended: Ended = home.run("audit", "verify", *words)
    return ended.code, ended.out


def test_an_untouched_log_is_proven(sealed: tuple[Home, Path]) -> None:
    home, heads = sealed
    assert verify(home) == (0, "the log of 6 lines says what it said\n")
    assert verify(home, "--head", str(heads)) == (
        0,
        "the log of 6 lines says what it said, as it did when 2 heads were kept\n",
    )
    assert home.run("audit", "verify", "--json").rows == [{"ok": True, "lines": 6, "harm": []}]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update audit set actor = 'nobody' where no = 2", "line 2 (row 2): changed: does not say what was sealed\n"),
        ("delete from audit where no in (2, 3)", "lines 2 to 3: missing: gone from the middle of the log\n"),
        (
            "delete from audit where no > 4",
            "lines 5 to 6: cut: gone from the end, though a head that was kept covers it\n",
        ),
        (
            "update audit set no = 9 where no = 6",
            """lines 6 to 8: missing: gone from the middle of the log
line 9 (row 6): reordered: stands in the place of another line, its own is 6
""",
        ),
    ],
)
def test_what_was_done_to_the_log_is_said_and_ends_with_1(sealed: tuple[Home, Path], statement: str, said: str) -> None:
    home, heads = sealed
    harm_database(home, *UNGUARDED, statement)
    assert verify(home, "--head", str(heads)) == (1, said)
    (row,) = home.run("audit", "verify", "--json").rows if "cut" not in said else [{"ok": False}]
    assert row["ok"] is False


def test_a_file_without_a_head_ends_with_5(home: Home) -> None:
    home.write("heads.txt", "nothing here")
    assert home.run("audit", "verify", "--head", str(home.path / "heads.txt")).code == 5
    assert home.run("audit", "verify", "--head", str(home.path / "none.txt")).code == 5


def test_a_head_is_one_line_with_number_hash_and_time(sealed: tuple[Home, Path]) -> None:
    home, heads = sealed
    number, digest, at = home.run("audit", "head").out.rstrip().split("\t")
    assert (number, len(digest), at[-1]) == ("6", 64, "Z")
    assert heads.read_text().splitlines()[1].split("\t")[:2] == [number, digest]
    assert json.loads(home.run("audit", "head", "--json").out)["hash"] == digest


def test_the_list_is_filtered(flagged: Home) -> None:
    flagged.run("alerts", "show", "1")
    flagged.run("alerts", "review", "1", "--verdict", "leak", "--by", "zhou")
    assert noted(flagged, "--action", "review") == [("zhou", "review", "alert:1")]
    assert noted(flagged, "--since", "2999-01-01T00:00:00Z") == []
    assert noted(flagged, "--since", "2020-01-01T00:00:00+08:00", "--limit", "1") == [("zhou", "review", "alert:1")]
    assert flagged.run("audit", "list", "--since", "yesterday").code == 2
    assert command("audit").code == 2
