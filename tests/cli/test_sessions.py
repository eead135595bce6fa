"""Sessions as an operator has them: a cookie comes in, is tried, kept encrypted, serves, is refused, is replaced."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.home import Ended, Home, command
from tests.cli.running import ROOT, Running, free_port, until
from tests.fetch.feed_server import Asked, Raw, Reply
from tests.town import SIGN_IN_PAGE

OLD, NEW, SPARE = "SUB=old-canary-6d1", "SUB=new-canary-7e2", "SUB=spare-canary-8f3"
ON_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from monitor.__main__ import main; main()"
NAMED = 'key = "lin-notes"\n  session = "notes"'


class Walled(Home):
    """A home whose feed is shown to whoever carries a cookie that is taken."""

    taken: tuple[str, ...] = (OLD, NEW, SPARE)

    def _serve(self, asked: Asked) -> Reply | Raw:
        return super()._serve(asked) if asked.headers.get("cookie") in self.taken else SIGN_IN_PAGE

    def cookies(self) -> list[str | None]:
        return [asked.headers.get("cookie") for asked in self.site.asked]

    def rewrite(self, before: str, after: str) -> None:
        text = Path(self.config).read_text(encoding="utf-8")
        assert before in text
        self.write("config.toml", text.replace(before, after, 1))

    def renew(self, secret: str, *options: str) -> Ended:
        return self.run("accounts", "session", "notes", *options, stdin=secret + "\n")

    def kept(self) -> list[tuple[str | None, str]]:
        return [(row["place"], row["state"]) for row in self.run("accounts", "sessions", "--json").rows]

    def incidents(self) -> list[tuple[str, bool]]:
        rows = self.run("incidents", "list", "--all", "--json").rows
        return sorted((row["kind"], row["closed_at"] is not None) for row in rows)

    def written(self) -> bytes:
        """Every file of the home but the keys, the database among them."""
        files = [file for file in self.path.rglob("*") if file.is_file() and file.suffix != ".key"]
        return b"\n".join(file.read_bytes() for file in files)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Walled]:
    with Walled(tmp_path, port=free_port()) as made:
        assert command("watchlist", "key", str(tmp_path / "sessions.key")).code == 0
        made.rewrite("timezone", 'sessions.key_file = "sessions.key"\ntimezone')
        made.rewrite('key = "lin-notes"', NAMED)
        made.says("周末去爬山")
        yield made


def test_a_session_is_tried_kept_and_in_force(home: Walled) -> None:
    assert home.kept() == [(None, "missing")]
    assert home.run("accounts", "fetch").code == 1
    ended = home.renew(f"Cookie: {OLD}")
    assert (ended.code, ended.err) == (0, "")
    assert "周末去爬山" in ended.out
    assert "session notes is in force for lin-notes" in ended.out
    assert home.run("accounts", "fetch").code == 0
    assert home.cookies() == [None, OLD, OLD]
    assert home.kept() == [("first", "ok")]


def test_a_session_that_is_refused_is_not_kept(home: Walled) -> None:
    ended = home.renew("SUB=another-canary")
    assert ended.code == 1
    assert "The network asks to sign in." in ended.err
    assert "accounts session NAME" in ended.err
    assert "another-canary" not in ended.out + ended.err
    assert home.kept() == [(None, "missing")]


def test_one_that_cannot_be_tried_now_is_kept_if_that_is_said(home: Walled) -> None:
    home.script = Reply(503)
    assert home.renew(OLD).code == 1
    assert home.renew(OLD, "--untested").code == 0
    assert home.kept() == [("first", "untested")]


def test_a_first_reserve_is_in_force(home: Walled) -> None:
    assert "in force" in home.renew(OLD, "--reserve").out
    assert "in reserve" in home.renew(SPARE, "--reserve").out
    assert home.kept() == [("first", "ok"), ("reserve", "ok")]
    assert home.run("accounts", "fetch").code == 0
    assert home.cookies()[-1] == OLD


def test_the_service_takes_reserve_and_renewal_without_a_restart(home: Walled) -> None:
    assert home.renew(OLD).code == home.renew(SPARE, "--reserve").code == 0
    with Running(home) as service:
        until(lambda: home.cookies().count(OLD) > 1, "a read with the first")
        home.taken = (NEW, SPARE)
        home.says("明天来看云雀9")
        home.run("accounts", "session", "notes", "--reserve", "--untested", stdin=SPARE)
        assert home.run("accounts", "fetch").code == 0  # as if it were due
        until(lambda: "alert.opened" in home.told(), "the alert")
        assert home.kept() == [("first", "ok")]
        until(lambda: "incident.opened" in home.told(), "the incident")
        assert home.incidents() == [("session_replaced", False)]
        assert home.renew(NEW).code == 0
        until(lambda: home.cookies().count(NEW) > 1, "a read with the new one")
        assert home.incidents() == [("session_replaced", True)]
        said = service.said()
    payloads = b"".join(got.body for got in home.desk.received).decode()
    for secret in (OLD, NEW, SPARE):
        assert secret[4:] not in said + payloads
        assert secret[4:].encode() not in home.written()


def test_the_log_says_who_and_when_and_not_what(home: Walled) -> None:
    home.renew(OLD)
    home.renew(SPARE, "--reserve")
    assert home.run("accounts", "session", "notes", "--forget").code == 0
    again = home.run("accounts", "session", "notes", "--forget")
    assert (again.code, "no session 'notes' is kept" in again.err) == (5, True)
    assert home.kept() == [(None, "missing")]
    rows = home.run("audit", "list", "--json").rows[::-1]
    told = [(row["action"], row["object"], row["detail"]) for row in rows]
    assert told == [
        ("renew", "session notes", {"place": "first"}),
        ("renew", "session notes", {"place": "reserve"}),
        ("forget", "session notes", {}),
    ]
    assert all(row["actor"] for row in rows)


def test_without_a_key_the_cure_is_told(home: Walled) -> None:
    home.rewrite('sessions.key_file = "sessions.key"\n', "")
    ended = home.renew(OLD)
    assert (ended.code, "[sessions]: key_file or key_env" in ended.err) == (3, True)
    assert OLD not in ended.err


def test_the_key_of_the_rules_serves_and_another_key_opens_nothing(home: Walled) -> None:
    home.rewrite("sessions.key_file", "rules.key_file")
    assert home.renew(OLD).code == 0
    assert home.run("accounts", "test", "lin-notes").code == 0
    (home.path / "sessions.key").unlink()
    assert command("watchlist", "key", str(home.path / "sessions.key")).code == 0
    ended = home.run("accounts", "test", "lin-notes")
    assert (ended.code, "the key does not open it" in ended.err) == (1, True)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("", id="nothing"),
        pytest.param("SUB=canary\nX-Other: y", id="two lines"),
        pytest.param("SUB=canary密", id="not ASCII"),
    ],
)
def test_what_is_no_header_is_refused_and_not_quoted(home: Walled, secret: str) -> None:
    ended = home.renew(secret)
    assert (ended.code, "canary" in ended.err) == (3, False)
    assert "standard input" in ended.err
    assert home.cookies() == []


def test_a_name_that_no_account_gives_is_told(home: Walled) -> None:
    ended = home.run("accounts", "session", "other", stdin=OLD)
    assert (ended.code, 'no account has session = "other"' in ended.err) == (5, True)
    home.renew(OLD)
    home.rewrite(NAMED, 'key = "lin-notes"')
    assert home.kept() == [("first", "unused")]


def test_a_token_goes_along_as_one(home: Walled) -> None:
    home.renew("Bearer token-1", "--untested", "--as", "token")
    assert home.run("accounts", "fetch").code == 1
    (asked,) = home.site.asked
    assert (asked.headers.get("authorization"), asked.headers.get("cookie")) == ("Bearer token-1", None)


def test_on_a_terminal_it_is_not_shown(home: Walled) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", ON_TERMINAL, "accounts", "session", "notes", "--config", home.config]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        said = b""
        while b"cookie or token for notes: " not in said:
            said += os.read(ours, 1024)
        os.write(ours, f"{OLD}\n".encode())
        try:
            while more := os.read(ours, 1024):
                said += more
        except OSError:
            pass  # the other end was closed
    os.close(ours)
    assert (process.returncode, b"in force" in said, OLD.encode() in said) == (0, True, False)


# --- accounts test --------------------------------------------------------------------------------------------------


def test_a_test_shows_what_would_be_stored_and_stores_nothing(home: Walled) -> None:
    home.renew(OLD)
    home.posts[0] |= {"title": "周末", "url": "https://notes.example/1", "date_published": "2026-05-01T10:00:00+08:00"}
    home.says("第二条 \x1b[31m红", at=None)
    (told,) = home.run("accounts", "test", "lin-notes", "--json").rows
    assert (told["state"], told["posts"], told["unreadable"]) == ("ok", 2, 0)
    assert [part["origin"] for part in told["shown"][1]["parts"]] == ["title", "text"]
    assert (told["shown"][1]["at"], told["shown"][1]["kind"]) == ("2026-05-01T02:00:00Z", "post")
    said = home.run("accounts", "test", "lin-notes").out
    for line in ("lin-notes: ok, 2 posts", "2026-05-01 02:00:00Z post", "Title: 周末", "Text: 周末去爬山"):
        assert line in said
    assert "\x1b" not in said
    assert home.run("accounts", "list", "--json").rows[0]["state"] == "new"
    assert [row["object"] for row in home.run("audit", "list", "--action", "view", "--json").rows] == (
        ["account:lin-notes"] * 2
    )


def test_a_test_that_fails_tells_cause_and_remedy(home: Walled) -> None:
    ended = home.run("accounts", "test", "lin-notes", "--json")
    assert (ended.code, ended.rows[0]["failure"]) == (1, "login_wall")
    assert (ended.rows[0]["cause"], "accounts session NAME" in ended.rows[0]["remedy"]) == (
        "The network asks to sign in.",
        True,
    )
    said = home.run("accounts", "test", "lin-notes", "--lang", "zh")
    assert (said.code, "平台要求登录" in said.err) == (1, True)
    assert home.run("accounts", "test", "nobody").code == 5


def test_doctor_reads_with_the_session_too(home: Walled) -> None:
    def account() -> list[bool]:
        return [row["ok"] for row in home.run("doctor", "--json").rows if row["what"] == "lin-notes"]

    assert account() == [False]
    home.renew(OLD)
    assert account() == [True]
