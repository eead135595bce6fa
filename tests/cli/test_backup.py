"""The drill: a service at work is backed up, goes on, is lost, and is put back by the commands that people type."""

import getpass
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.home import Home, command
from tests.cli.running import Running, free_port, until

ME = getpass.getuser()
KEEP_SAFE = "it holds the texts of posts, and the watchlist in its rule books: keep it encrypted\n"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        yield made


def database(home: Home) -> Path:
    return home.path / "data" / "leak-monitor.db"


def alerts(home: Home) -> list[tuple[str, str]]:
    return [(row["number"], row["opened_at"]) for row in home.run("alerts", "list", "--json").rows]


def test_a_service_that_was_backed_up_at_work_is_put_back_and_works(home: Home) -> None:
    copy = home.path / "monday.backup"
    home.says("明天来看云雀9")
    with Running(home) as service:
        until(lambda: home.told() == ["alert.opened"], "the alert")
        ended = home.run("db", "backup", str(copy))
        assert (ended.code, ended.err) == (0, KEEP_SAFE)
        backed_up = alerts(home)
        home.says("后天也来看云雀9")
        assert home.run("accounts", "fetch").code == 0
        until(lambda: len(alerts(home)) == 2, "the alert after the backup")
        assert home.run("db", "check").out == "the database is sound\n"
        refused = home.run("db", "restore", str(copy), "--force")
        assert (refused.code, "another leak-monitor service" in refused.err) == (4, True)
        assert service.stop() == 0
    assert home.run("db", "restore", str(copy)).code == 4
    assert home.run("db", "restore", str(copy), "--force").code == 0
    assert alerts(home) == backed_up
    (kept,) = database(home).parent.glob("leak-monitor.db.before-*Z")
    with closing(sqlite3.connect(kept)) as before:
        assert before.execute("select count(*) from alerts").fetchone() == (2,)
    with Running(home):
        assert home.run("accounts", "fetch").code == 0
        until(lambda: len(alerts(home)) == 2, "the post after the backup, read again")
        assert home.told()[0] == "alert.opened"
    assert home.run("db", "check").code == 0
    done = [(row["actor"], row["action"], row["object"]) for row in home.run("audit", "list", "--json").rows]
    assert [line for line in reversed(done) if line[1] != "start"] == [
        (ME, "backup", "database"),
        (ME, "restore", "database"),
    ]


def test_a_copy_of_a_service_at_work_tells_nobody(home: Home) -> None:
    copy, other = home.path / "monday.backup", home.path / "other"
    home.says("明天来看云雀9")
    assert home.run("accounts", "fetch").code == 0
    assert home.run("db", "backup", str(copy)).code == 0
    other.mkdir()
    config = (
        Path(home.config).read_text().replace("[fetch]", f'[database]\nurl = "sqlite:///{other}/state.db"\n\n[fetch]')
    )
    home.write("config.toml", config)
    ended = home.run("db", "restore", str(copy), "--as-copy")
    assert (ended.code, ended.out) == (0, "the database is restored, all receivers parked\n")
    with Running(home):
        until(lambda: len(alerts(home)) == 1, "the alert")
        assert [row["state"] for row in home.run("deliveries", "list", "--json").rows] == ["parked"]
        threading.Event().wait(1.5)  # three rounds of telling
    assert home.told() == []
    assert home.run("deliveries", "replay", "1").code == 0
    with Running(home):
        until(lambda: home.told() == ["alert.opened"], "what was asked for")


def test_what_does_not_hold_is_named_and_ends_with_1(home: Home) -> None:
    home.says("明天来看云雀9")
    assert home.run("accounts", "fetch").code == 0
    assert home.run("db", "check", "--json").rows == [{"ok": True, "problems": []}]
    with closing(sqlite3.connect(database(home))) as file:
        file.execute("delete from sightings")
        file.execute("insert into sightings (post_id, account_id, first_at, last_at, rank) values (9, 1, '', '', 0)")
        file.commit()
    ended = home.run("db", "check")
    assert (ended.code, ended.out.splitlines()) == (
        1,
        ["I8 a post that nobody saw: 1", "I9 foreign key of sightings"],
    )
    assert home.run("db", "check", "--json").rows[0]["problems"] == ended.out.splitlines()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("db", "backup", "x"), "there is no database at `database.url` yet; there is nothing to back up"),
        (("db", "check"), "no database yet; run `leak-monitor db upgrade`"),
        (("db", "restore", "nowhere"), "nowhere: No such file or directory; check that it"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_without_a_database_or_a_backup_the_commands_say_so(home: Home, words: tuple[str, ...], told: str) -> None:
    ended = home.run(*words)
    assert (ended.code, told in ended.err) == (4, True)
    assert not database(home).exists()


def test_a_backup_is_worth_more_than_a_line_about_it(home: Home) -> None:
    assert home.run("db", "upgrade").code == 0
    with closing(sqlite3.connect(database(home))) as file:
        file.execute("update alembic_version set version_num = '0001'")
        file.commit()
    ended = home.run("db", "backup", str(home.path / "before.backup"))
    assert ended.code == 0
    assert ended.err.startswith("the log has no line of this: the database has version 0001")
    assert (home.path / "before.backup").exists()


def test_an_upgrade_that_changes_something_is_noted(home: Home) -> None:
    assert [home.run("db", "upgrade").code for _ in range(2)] == [0, 0]
    (row,) = home.run("audit", "list", "--json").rows
    assert (row["actor"], row["action"], row["object"], row["detail"]["from"]) == (ME, "upgrade", "database", None)
    assert command("db").code == 2
