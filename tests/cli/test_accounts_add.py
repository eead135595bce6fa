"""An account is added as an operator adds it: from an address to a tested table, with the file otherwise untouched."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.home import Ended, Home
from tests.cli.running import Running, free_port, until
from tests.fetch.feed_server import Reply

PAGE = "<!doctype html><title>Lin</title><link rel=alternate type=application/feed+json href=/feed?of=lin>"
HTML = {"Content-Type": "text/html"}
PRIVATE = ("--set", "allow_private_network=true")
TABLE = """
  [[people.accounts]]
  source = "feed"
  url = "{url}"
  allow_private_network = true
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, port=free_port()) as made:
        made.site.routes["/lin"] = Reply(200, PAGE.encode(), HTML)
        for text in ("一", "二", "三", "四"):
            made.says(text)
        yield made


def text_of(home: Home) -> str:
    return Path(home.config).read_bytes().decode()


def add(home: Home, path: str, *words: str) -> Ended:
    return home.run("accounts", "add", home.site.url(path), "--person", "lin", *PRIVATE, *words)


def test_a_page_becomes_a_tested_table_and_all_else_stays(home: Home) -> None:
    before = text_of(home)
    Path(home.config).chmod(0o640)
    ended = add(home, "/lin")
    assert (ended.code, ended.err) == (0, "")
    url = home.site.url("/feed?of=lin")
    assert text_of(home) == before.replace("\n[[receivers]]", TABLE.format(url=url) + "\n[[receivers]]")
    assert stat.S_IMODE(Path(home.config).stat().st_mode) == 0o640
    assert "lin-web: ok, 4 posts" in ended.out
    assert ("四" in ended.out, "一" in ended.out) == (True, False)
    assert "next: leak-monitor check, then leak-monitor accounts fetch lin-web" in ended.out
    assert [row["account"] for row in home.run("accounts", "fetch", "lin-web", "--json").rows] == ["lin-web"]
    again = add(home, "/lin")
    assert (again.code, "stands at line" in again.err) == (3, True)
    assert text_of(home).count("[[people.accounts]]") == 2


def test_a_second_account_of_a_platform_gets_a_key(home: Home) -> None:
    assert add(home, "/lin").code == 0
    home.site.routes["/other"] = home._serve
    assert "accounts fetch lin-web-2" in add(home, "/other").out
    assert 'key = "lin-web-2"' in text_of(home)
    home.site.routes["/third"] = home._serve
    assert "accounts fetch third" in add(home, "/third", "--key", "third", "--set", "poll_every=10m").out
    assert 'poll_every = "10m"' in text_of(home)


def test_a_dry_run_writes_nothing(home: Home) -> None:
    before = text_of(home)
    ended = add(home, "/lin", "--dry-run")
    assert (ended.code, "would get this table" in ended.out) == (0, True)
    assert text_of(home) == before


def test_line_ends_and_links_stay_as_they_are(home: Home) -> None:
    text = text_of(home).replace("\n", "\r\n")
    real = home.path / "real.toml"
    real.write_bytes(b"\xef\xbb\xbf" + text.encode())
    Path(home.config).unlink()
    Path(home.config).symlink_to(real)
    assert add(home, "/lin").code == 0
    assert Path(home.config).is_symlink()
    raw = real.read_bytes()
    assert (raw.startswith(b"\xef\xbb\xbf"), raw.count(b"\n") == raw.count(b"\r\n")) == (True, True)
    assert home.run("check").code == 0


def test_what_cannot_be_read_is_not_written(home: Home) -> None:
    before = text_of(home)
    home.script = Reply(403)
    ended = add(home, "/lin")
    assert (ended.code, "refuses us" in ended.err, "--untested" in ended.err) == (1, True, True)
    assert text_of(home) == before
    assert add(home, "/lin", "--untested").code == 0
    assert text_of(home) != before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["@lin", "--person", "lin"], 1, "no address or name that is known", id="a bare name"),
        pytest.param(["x.com/lin_xz", "--person", "lin"], 3, "has no token", id="X without a token"),
        pytest.param(["x.com/lin_xz", "--person", "zhou"], 5, "no person 'zhou'", id="nobody"),
        pytest.param(["t.me/abcd", "--person", "lin", "--set", "page=3"], 3, "unknown key 'page'", id="unknown key"),
        pytest.param(["t.me/abcd", "--person", "lin", "--set", "pages"], 2, "write KEY=VALUE", id="no value"),
    ],
)
def test_what_cannot_be_added_is_told(home: Home, words: list[str], code: int, said: str) -> None:
    before = text_of(home)
    ended = home.run("accounts", "add", *words)
    assert (ended.code, said in ended.err.replace("\n", " ")) == (code, True), ended.err
    assert text_of(home) == before


def test_a_page_without_a_feed_is_told(home: Home) -> None:
    home.site.routes["/lin"] = Reply(200, b"<html>hello", HTML)
    ended = add(home, "/lin")
    assert (ended.code, "names no feed" in ended.err) == (1, True)


def test_accounts_in_braces_are_left_to_people(home: Home) -> None:
    text = text_of(home)
    begin, end = text.index("  [[people.accounts]]"), text.index("[[receivers]]")
    url = home.site.url("/feed")
    braces = f'accounts = [{{ source = "feed", url = "{url}", allow_private_network = true }}]\n\n'
    home.write("config.toml", text[:begin] + braces + text[end:])
    assert home.run("check").code == 0
    before = text_of(home)
    ended = add(home, "/lin")
    assert (ended.code, text_of(home) == before) == (3, True)


def test_a_service_that_runs_reads_the_new_account(home: Home) -> None:
    with Running(home) as service:
        assert add(home, "/lin").code == 0
        until(lambda: 'account="lin-web"' in service.said(), "a read of the new account")
