"""Pictures of an alert at the command line: shown, written out with a manifest, and compared with their digests."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.collecting import collect_due
from monitor.config import load_config
from monitor.kinds import kinds
from monitor.match import Matcher
from monitor.net.client import Client
from monitor.pipeline import Runtime, World, match_new
from monitor.rules import load_rules
from monitor.store import Store, receivers
from tests.cli.home import Home
from tests.fetch.feed_server import Reply

JPEG = b"\xff\xd8\xff one"
DIGEST = sha256(JPEG).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An alert with three pictures: one is kept, one was gone, one is at an address that is not asked."""
    with Home(tmp_path) as made:
        made.site.routes["/1.jpg"] = Reply(200, JPEG, {"Content-Type": "image/jpeg", "ETag": '"e1"'})
        made.says("明天来看云雀9")
        addresses = (made.site.url("/1.jpg?token=hush-hush-hush"), made.site.url("/2.jpg"), "http://10.0.0.1/3.jpg")
        made.site.routes["/1.jpg?token=hush-hush-hush"] = made.site.routes["/1.jpg"]
        made.posts[0]["attachments"] = [{"url": url, "mime_type": "image/jpeg"} for url in addresses]
        assert made.run("accounts", "fetch").code == 0
        _collect(made)
        yield made


def _collect(home: Home) -> None:
    settings = load_config(Path(home.config), {}, kinds())
    book, clock = load_rules(settings.rules_dir), SystemClock()
    with Store(settings.database_url) as store, ThreadPoolExecutor(4) as pool:
        client = Client(elapsed_s=clock.elapsed_s, user_agent="tests")
        world, runtime = World(store, client, clock), Runtime(settings, book, Matcher(book))
        with store.write() as tx:
            receivers.sync_receivers(tx, settings.receivers, clock.now())
        match_new(world, runtime)
        wait(collect_due(world, runtime, pool))


def evidence(home: Home) -> Path:
    (file,) = home.path.rglob(f"evidence/*/{DIGEST}")
    return file


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("en", [f"Picture: kept  0.0 KB  {DIGEST[:12]}", "Picture: gone before we had it", "Picture: not taken"]),
        ("zh", [f"图片: 已保存  0.0 KB  {DIGEST[:12]}", "图片: 获取前已被删除", "图片: 未获取"]),
    ],
)
def test_an_alert_shows_its_pictures_and_what_became_of_them(home: Home, lang: str, lines: list[str]) -> None:
    shown = home.run("alerts", "show", "1", "--lang", lang).out
    assert [line for line in lines if line not in shown] == []
    assert "hush" not in shown


def test_an_alert_as_json_has_digests_and_no_token(home: Home) -> None:
    ended = home.run("alerts", "show", "1", "--json")
    found = ended.rows[0]["pictures"]
    assert [each["state"] for each in found] == ["kept", "gone", "refused"]
    assert [each["sha256"] for each in found] == [DIGEST, None, None]
    assert [each["note"] for each in found] == ["", "status 404", "refused address"]
    assert "hush" not in ended.out


def test_pictures_are_written_out_as_received_with_a_manifest_and_a_line_in_the_log(home: Home) -> None:
    to = home.path / "out" / "A-1"
    ended = home.run("alerts", "pictures", "A-1", "--to", str(to))
    assert (ended.code, ended.out) == (0, f"{to}: 1 of 3 pictures, and manifest.json\n")
    assert sorted(file.name for file in to.iterdir()) == ["A-1-01.jpg", "manifest.json"]
    assert (to / "A-1-01.jpg").read_bytes() == JPEG
    assert {file.stat().st_mode & 0o777 for file in to.iterdir()} == {0o600}
    text = (to / "manifest.json").read_text(encoding="utf-8")
    kept, gone, refused = json.loads(text)
    assert (kept["file"], kept["sha256"], kept["size"], kept["headers"]["etag"]) == ("A-1-01.jpg", DIGEST, 7, '"e1"')
    assert kept["fetched_at"].endswith("Z")
    assert (gone["file"], gone["state"], gone["status"], refused["file"]) == (None, "gone", 404, None)
    assert "hush" not in text
    (line,) = home.run("audit", "list", "--action", "view", "--json").rows
    assert (line["object"], line["detail"]["pictures"]) == ("alert:1", 3)


def test_a_picture_that_was_changed_is_not_written_out_as_evidence(home: Home) -> None:
    evidence(home).write_bytes(b"forged")
    ended = home.run("alerts", "pictures", "1", "--to", str(home.path / "out"))
    assert (ended.code, "was changed since it was written" in ended.err) == (4, True)
    assert sorted(file.name for file in (home.path / "out").iterdir()) == ["manifest.json"]


def test_pictures_of_no_alert_are_not_found(home: Home) -> None:
    assert home.run("alerts", "pictures", "9", "--to", str(home.path / "out")).code == 5
    assert not (home.path / "out").exists()


def test_a_check_of_the_database_compares_the_files(home: Home) -> None:
    assert home.run("db", "check").code == 0
    file = evidence(home)
    file.write_bytes(b"forged")
    ended = home.run("db", "check", "--json")
    assert (ended.code, ended.rows[0]["problems"]) == (1, ["I12 picture 1: the file was changed"])
    file.unlink()
    ended = home.run("db", "check", "--json")
    assert (ended.code, ended.rows[0]["problems"]) == (1, ["I12 picture 1: the file is missing"])


def test_a_backup_says_that_pictures_are_not_in_it(home: Home) -> None:
    ended = home.run("db", "backup", str(home.path / "monday.db"))
    assert f"copy {evidence(home).parents[1]} too" in ended.err
