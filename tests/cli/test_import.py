"""`leak-monitor import`: files of posts into a real database, what is wrong by its line, and reads that go on."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.clock import SystemClock
from monitor.config import load_config
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, match_new
from monitor.rules import load_rules
from monitor.store import Store, receivers
from monitor.store.schema import accounts, alert_events, gaps, incidents, payloads, posts, revisions
from tests.cli.home import Ended, Home
from tests.store.invariants import broken_invariants

LEAK, CLEAN = "明天来看云雀9", "今天跑了十公里"
TIME = "2026-03-01T09:30:00+08:00"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path) as made:
        yield made


def line(**values: object) -> str:
    return json.dumps({"id": "1", "text": CLEAN, "time": TIME, **values}, ensure_ascii=False)


def put(home: Home, content: str | bytes, name: str = "posts.jsonl") -> str:
    file = home.path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def take(home: Home, content: str | bytes, *words: str, name: str = "posts.jsonl") -> Ended:
    return home.run("import", put(home, content, name), "--account", "lin-notes", "--json", *words)


def rows(home: Home, table: Any, *names: str) -> list[tuple[Any, ...]]:
    url = load_config(Path(home.config), {}, kinds()).database_url
    with Store(url) as store, store.read() as tx:
        assert broken_invariants(tx) == []
        return [tuple(row) for row in tx.execute(select(*(table.c[name] for name in names)).order_by(table.c.id))]


def counts(new: int = 0, edited: int = 0, known: int = 0, wrong: int = 0) -> list[dict[str, object]]:
    return [{"account": "lin-notes", "new": new, "edited": edited, "known": known, "wrong": wrong}]


def test_lines_of_json_are_posts_of_the_account(home: Home) -> None:
    text = line(url="https://notes.example/1", parent="What now?") + "\n\n" + line(id=2, text=LEAK, time=None) + "\n"
    ended = take(home, "\ufeff" + text)
    assert (ended.code, ended.err, ended.rows) == (0, "", counts(new=2))
    feed = home.site.url("/feed")
    first, second = rows(home, posts, "platform", "native_id", "kind", "url", "time_note", "person_key")
    assert first == ("notes", f"{feed}#1", "reply", "https://notes.example/1", None, "lin")
    assert second[1:] == (f"{feed}#2", "post", None, "no_time", "lin")
    at = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert rows(home, revisions, "state", "effective_at")[0] == ("pending", at)
    ((url, body),) = rows(home, payloads, "url", "body")
    assert (url, [json.loads(each)["id"] for each in body.splitlines()]) == ("import:posts.jsonl", ["1", 2])


def test_doing_it_again_stores_nothing_twice_and_another_text_is_judged(home: Home) -> None:
    assert take(home, line()).rows == counts(new=1)
    assert take(home, line()).rows == counts(known=1)
    assert take(home, line(text=LEAK)).rows == counts(edited=1)
    assert (rows(home, posts, "current_rev"), len(rows(home, revisions, "id"))) == ([(1,)], 2)


def test_a_csv_has_its_names_in_the_first_line(home: Home) -> None:
    table = (
        "\ufeffID, Text ,time,url,kind,parent,title,mood\r\n"
        f'1,"one, ""two"",\n\n{LEAK}",{TIME},https://notes.example/1,,,,glad\r\n'
        "\r\n"
        f"2,{CLEAN},1772328600,,repost,,Head,\r\n"
    )
    ended = take(home, table, name="posts.csv")
    assert (ended.code, ended.err, ended.rows) == (0, "", counts(new=2))
    first, second = ([(p["origin"], p["text"]) for p in parts] for (parts,) in rows(home, revisions, "parts"))
    assert first == [("text", f'one, "two",\n\n{LEAK}')]
    assert second == [("quoted", "Head"), ("quoted", CLEAN)]
    assert [at for (at,) in rows(home, posts, "claimed_at")] == [datetime(2026, 3, 1, 1, 30, tzinfo=UTC)] * 2


def test_each_line_that_is_no_post_is_named_and_the_others_are_stored(home: Home) -> None:
    lines = [
        line(),
        "{",
        "[1]",
        line(id=None),
        line(text=5),
        line(time="soon"),
        "",
        '{"id": "9", "text": "\udcff"}',
        line(id="2"),
    ]
    ended = take(home, "\n".join(lines).encode("utf-8", "surrogateescape"))
    file = home.path / "posts.jsonl"
    assert (ended.code, ended.rows) == (1, counts(new=2, wrong=6))
    assert ended.err.splitlines() == [
        f"{file}:2: not JSON",
        f"{file}:3: it is no object",
        f"{file}:4: 'id' is missing",
        f"{file}:5: 'text' is not text",
        f"{file}:6: 'time' cannot be read: write ISO 8601 with an offset, as in 2026-11-23T09:30:00+08:00",
        f"{file}:8: not UTF-8",
    ]


def test_each_row_that_is_no_post_is_named_by_its_last_line(home: Home) -> None:
    table = f'id,text\n1,"a\nb"\n,{CLEAN}\n3,a,b\n4,\n5,\udcff\n6,{"x" * 200_000}\n7,fine\n8,"open'
    ended = take(home, table.encode("utf-8", "surrogateescape"), name="posts.csv")
    file = home.path / "posts.csv"
    assert (ended.code, ended.rows) == (1, counts(new=2, wrong=6))
    bad_csv = "not CSV: quotes that do not match, or a cell of more than 131,072 characters"
    assert ended.err.splitlines() == [
        f"{file}:4: 'id' is missing",
        f"{file}:5: more cells than the heading has",
        f"{file}:6: 'text' is missing",
        f"{file}:7: not UTF-8",
        f"{file}:8: {bad_csv}",
        f"{file}:10: {bad_csv}",
    ]


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        (("import", "{file}", "--account", "nobody"), 5, "no account 'nobody'"),
        (("import", "{file}"), 2, "--account"),
        (("import", "{file}-not", "--account", "lin-notes"), 1, "no such file"),
        (("import", "{heading}", "--account", "lin-notes"), 1, "the heading has no column 'text'"),
        (("import", "{packed}", "--account", "lin-notes"), 1, "no gzip file"),
    ],
)
def test_what_cannot_be_done_is_said(home: Home, words: tuple[str, ...], code: int, problem: str) -> None:
    files = {
        "file": put(home, line()),
        "heading": put(home, "id,body\n1,x\n", "a.csv"),
        "packed": put(home, line(), "a.jsonl.gz"),
    }
    ended = home.run(*(word.format(**files) for word in words))
    assert (ended.code, problem in " ".join(ended.err.split())) == (code, True)


def test_files_may_be_packed_and_come_by_a_pipe(home: Home) -> None:
    assert take(home, gzip.compress(line().encode()), name="posts.jsonl.gz").rows == counts(new=1)
    ended = home.run("import", "-", "--account", "lin-notes", stdin=line(id="2"))
    assert (ended.code, ended.out) == (0, "lin-notes\t1\t0\t0\t0\n")
    assert take(home, "").rows == counts()


def test_a_dry_run_stores_nothing(home: Home) -> None:
    ended = take(home, line(), "--dry-run")
    assert (ended.code, ended.rows, rows(home, accounts, "key")) == (0, counts(new=1), [])
    assert take(home, line()).code == 0
    ended = take(home, line() + "\n" + line(id="2") + "\n{", "--dry-run")
    assert (ended.code, ended.rows) == (1, counts(new=1, known=1, wrong=1))
    assert len(rows(home, posts, "id")) == 1


def test_many_posts_are_stored_in_several_goes(home: Home) -> None:
    text = "\n".join(line(id=number) for number in range(1201))
    assert take(home, text).rows == counts(new=1201)
    logged = home.run("audit", "list", "--action", "import", "--json").rows
    assert [row["detail"]["new"] for row in logged] == [201, 500, 500]
    assert {(row["object"] if "object" in row else row["subject"]) for row in logged} == {"lin-notes"}


def test_reads_go_on_as_if_nothing_had_happened(home: Home) -> None:
    home.says(CLEAN, datetime.now(UTC) - timedelta(minutes=2))
    assert home.run("accounts", "fetch").code == 0
    before = rows(home, accounts, "cursor", "etag", "state", "last_success_at")
    newer = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    shown = f"{home.site.url('/feed')}#post-0".partition("#")[2]
    assert take(home, line(id="a", time=newer) + "\n" + line(id=shown, text="an older text")).rows == counts(1, 1)
    assert rows(home, accounts, "cursor", "etag", "state", "last_success_at") == before
    home.says("another")
    assert home.run("accounts", "fetch").code == 0
    assert (rows(home, gaps, "cause"), rows(home, incidents, "kind")) == ([], [])
    ids = {native_id.partition("#")[2]: current for native_id, current in rows(home, posts, "native_id", "current_rev")}
    assert ids == {"post-0": 1, "a": 1, "post-1": 1}


def test_what_was_said_before_we_watched_is_found_as_baseline(home: Home) -> None:
    assert take(home, line(text=LEAK)).code == 0
    settings = load_config(Path(home.config), {}, kinds())
    book, clock = load_rules(settings.rules_dir), SystemClock()
    with Store(settings.database_url) as store:
        world = World(store, Client(elapsed_s=clock.elapsed_s, user_agent="tests"), clock)
        with store.write() as tx:
            receivers.sync_receivers(tx, settings.receivers, clock.now())
        assert match_new(world, Runtime(settings, book, Matcher(book))) == 1
    assert rows(home, alert_events, "kind", "found") == [("opened", "baseline")]
