"""`leak-monitor summary`: in a pipe, as data, as a workbook, and on a terminal."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from openpyxl import load_workbook

from monitor.clock import SystemClock
from monitor.config import load_config
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, match_new
from monitor.rules import load_rules
from monitor.store import Store, receivers
from tests.cli.home import Home

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """One leak has been read and judged by the rules, and by nobody else."""
    with Home(tmp_path) as home:
        assert home.run("accounts", "fetch").code == 0
        home.says("明天来看云雀9")
        assert home.run("accounts", "fetch").code == 0
        settings = load_config(Path(home.config), {}, kinds())
        book = load_rules(settings.rules_dir)
        clock = SystemClock()
        with Store(settings.database_url) as store:
            world = World(store, Client(elapsed_s=clock.elapsed_s, user_agent="tests"), clock)
            with store.write() as tx:
                receivers.sync_receivers(tx, settings.receivers, clock.now())
            match_new(world, Runtime(settings, book, Matcher(book)))
            world.client.close()
        yield home


def test_in_a_pipe_it_is_what_a_receiver_would_get(home: Home) -> None:
    told = home.run("summary", "--until", TOMORROW)
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0].startswith("Leak watch · ")
    assert "Watched: 1 people, 1 accounts, 1 posts and replies; all readable now" in lines
    assert "Blind: never" in lines


def test_a_day_a_language_and_the_data(home: Home) -> None:
    day = home.run("summary", "--daily", "--until", "2020-06-18", "--lang", "zh")
    assert day.out.splitlines()[:2] == [
        "泄密监测 · 6 月 17 日（周三）",
        "当日无提醒。看了 0 条，1 个账号全部可读。",
    ]
    (data,) = home.run("summary", "--json", "--until", "2030-06-17").rows
    assert (data["every"], data["from"], data["until"]) == ("weekly", "2030-06-09T16:00:00Z", "2030-06-16T16:00:00Z")
    assert data["watched"] == {"people": 1, "accounts": 1, "posts": 0, "readable": 1}


def test_the_workbook_is_for_its_owner_alone_and_the_look_is_on_record(home: Home) -> None:
    file = home.path / "week.xlsx"
    file.touch(mode=0o644)
    assert home.run("summary", "--until", TOMORROW, "--xlsx", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_workbook(BytesIO(file.read_bytes())).sheetnames == ["Summary", "Alerts", "Blind spots"]
    (look,) = [row for row in home.run("audit", "list", "--json").rows if row["object"].startswith("summary:")]
    assert (look["action"], look["detail"]) == ("view", {"xlsx": True})


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--until", "tomorrow"), 2, "it is no day"),
        (("--until", "2030-02-30"), 2, "it is no day"),
        (("--xlsx", "nowhere/week.xlsx"), 1, "name a file that we may write"),
        (("--lang", "tlh"), 2, "not one of"),
    ],
)
def test_what_cannot_be_done_is_said(home: Home, words: tuple[str, ...], code: int, said: str) -> None:
    ended = home.run("summary", *words)
    assert (ended.code, said in ended.err) == (code, True)


def test_on_a_terminal_there_are_tables_in_which_chinese_takes_its_width(home: Home) -> None:
    lines = on_terminal(home, "summary", "--until", TOMORROW, "--lang", "zh").splitlines()
    assert lines[1] == "结论：暂无已确认的泄密。1 条未判定。"
    head, row = lines[3:5]
    assert (head.split(), row.split()) == (["本周", "上周"], ["未判定", "1", "0"])
    assert width(head.rstrip()) == width(row.rstrip())
    assert lines[6].split() == ["中位", "最慢"]
    assert lines[8].startswith("  ← A-1，无人接手（已 ")
    assert lines[-1].startswith("看不见：无")


def width(line: str) -> int:
    return sum(1 + (east_asian_width(character) in "WF") for character in line)


def on_terminal(home: Home, *words: str) -> str:
    """What a command writes on a terminal of 80 columns, without colour."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "dumb", "COLUMNS": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "monitor", *words, "--config", home.config]
    with closing(os.fdopen(ours, "rb", buffering=0)) as screen:
        ended = subprocess.run(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environ, check=True)
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the end of a terminal
            while piece := screen.read(65_536):
                said += piece
    assert ended.returncode == 0
    return said.decode().replace("\r\n", "\n")


def test_data_is_one_document(home: Home) -> None:
    assert set(json.loads(home.run("summary", "--json").out)) >= {"alerts", "watched", "blind", "lifts"}
