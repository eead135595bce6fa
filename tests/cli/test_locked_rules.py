"""Rules encrypted at rest as an operator has them: a key, lock, edit, import, unlock, and a service that goes on."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store, rulebooks
from monitor.store.schema import rulebooks as kept_books
from tests.cli.home import RULES, Home, command
from tests.cli.running import Running, free_port, until

WORDS = ("云雀9", "yunque-9")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A configured directory whose rules have a key, and stand open still."""
    with Home(tmp_path, port=free_port()) as made:
        assert command("watchlist", "key", str(tmp_path / "rules.key")).code == 0
        made.write("config.toml", f'rules.key_file = "rules.key"\n{Path(made.config).read_text(encoding="utf-8")}')
        yield made


def files_of(home: Home) -> list[str]:
    return sorted(path.name for path in (home.path / "rules").iterdir())


def editor(home: Home, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An editor that does one thing to the file it is given."""
    program = home.path / "editor"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(program))


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "rules.key"
    made = command("watchlist", "key", str(file))
    assert made.out.startswith("age1")
    assert made.out.strip() in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = command("watchlist", "key", str(file))
    assert (again.code, "never overwritten" in again.err) == (3, True)


def test_locked_rules_are_the_same_rules(home: Home) -> None:
    before = home.run("check", "--json").rows[0]
    assert home.run("watchlist", "lock").out == "all.toml.age\n"
    assert files_of(home) == ["all.toml.age"]
    assert stat.S_IMODE((home.path / "rules/all.toml.age").stat().st_mode) == 0o600
    assert home.run("check", "--json").rows[0] == before
    assert home.run("watchlist", "lock").out == ""
    assert home.run("watchlist", "unlock").out == "all.toml\n"
    assert (home.path / "rules/all.toml").read_text(encoding="utf-8") == RULES
    assert files_of(home) == ["all.toml"]


def test_wrong_rules_are_not_locked(home: Home) -> None:
    home.write("rules/all.toml", RULES.replace("severity", "gravity"))
    ended = home.run("watchlist", "lock")
    assert (ended.code, files_of(home)) == (3, ["all.toml"])
    assert "all.toml:" in ended.err


def test_without_a_key_nothing_is_locked(home: Home) -> None:
    text = Path(home.config).read_text(encoding="utf-8")
    home.write("config.toml", text.replace('rules.key_file = "rules.key"\n', ""))
    ended = home.run("watchlist", "lock")
    assert (ended.code, "name one under [rules]: key_env or key_file" in ended.err) == (3, True)


def test_a_service_goes_on_while_its_rules_are_locked_and_keeps_none_of_them_open(home: Home) -> None:
    home.says("明天来看云雀9")
    with Running(home) as service:
        until(lambda: home.told() == ["alert.opened"], "the alert")
        assert home.run("watchlist", "lock").code == 0
        home.says("云雀9 的照片")
        until(lambda: len(home.leaks()) == 2, "the second alert")
        assert service.problems() == []
        assert service.stop() == 0
    with Store(f"sqlite:///{home.path}/data/leak-monitor.db") as store, store.read() as tx:
        bodies = tx.execute(kept_books.select()).all()
        active = rulebooks.active_rulebook(tx)
    assert active is not None
    assert [any(word in row.body for word in WORDS) for row in bodies] == [False]


def test_a_start_with_broken_rules_uses_the_kept_ones_with_the_key(home: Home) -> None:
    with Running(home) as service:
        assert service.stop() == 0
    home.write("rules/all.toml", "broken")
    home.says("明天来看云雀9")
    with Running(home):
        until(lambda: "alert.opened" in home.told(), "the alert by the rules that were kept")


def test_editing_keeps_a_file_encrypted_and_takes_only_what_is_right(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("watchlist", "lock")
    editor(home, monkeypatch, "sed -i 's/云雀9/白鹭7/' \"$1\"")
    ended = home.run("watchlist", "edit", "all.toml")
    assert (ended.code, ended.out) == (0, "all.toml.age was changed\n")
    assert files_of(home) == ["all.toml.age"]
    assert "白鹭7" in home.run("watchlist", "show").out
    editor(home, monkeypatch, "exit 0")
    assert home.run("watchlist", "edit", "all.toml.age").out == "nothing was changed\n"
    editor(home, monkeypatch, 'echo broken >>"$1"')
    refused = home.run("watchlist", "edit", "all.toml", stdin="n\n")
    assert (refused.code, "all.toml:" in refused.err) == (1, True)
    assert "白鹭7" in home.run("watchlist", "show").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("edit", "other.toml"), 5, "there are all.toml", id="no such file"),
        pytest.param(("edit", "all.toml"), 3, "EDITOR: the editor ended with 7", id="an editor that fails"),
    ],
)
def test_what_cannot_be_edited_is_told(
    home: Home, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    editor(home, monkeypatch, "exit 7")
    ended = home.run("watchlist", *words)
    assert (ended.code, said in ended.err) == (code, True)


def test_a_directory_named_by_hand_takes_its_key_from_the_environment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("watchlist", "lock")
    rules = str(home.path / "rules")
    assert command("check", "--rules", rules).code == 3
    identity = (home.path / "rules.key").read_text(encoding="utf-8")
    monkeypatch.setenv("LEAK_MONITOR_RULES_KEY", identity)
    assert command("check", "--rules", rules).code == 0
    scanned = command("scan", "--rules", rules, stdin='{"id": "1", "text": "云雀9"}')
    assert scanned.rows[0]["leak"] is True
    monkeypatch.setenv("LEAK_MONITOR_RULES_KEY", "AGE-SECRET-KEY-1WRONG")
    wrong = command("check", "--rules", rules)
    assert (wrong.code, "WRONG" in wrong.err) == (3, False)
    assert "LEAK_MONITOR_RULES_KEY: is no key for the rules" in wrong.err


def test_a_list_is_imported_into_a_locked_directory_as_locked_files(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("watchlist", "lock")
    monkeypatch.setenv("LEAK_MONITOR_RULES_KEY", (home.path / "rules.key").read_text(encoding="utf-8"))
    home.write("list.json", '{"products": [{"id": "egret-2", "brand": "白鹭", "names": ["白鹭2"], "timezone": "UTC"}]}')
    ended = command("watchlist", "import", str(home.path / "list.json"), "--to", str(home.path / "rules"))
    assert ended.code == 0, ended.err
    assert all(name.endswith(".toml.age") for name in files_of(home))
    assert not any("白鹭".encode() in (home.path / "rules" / name).read_bytes() for name in files_of(home))


def test_no_trace_of_an_edit_is_left(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.run("watchlist", "lock")
    seen = home.path / "seen"
    editor(home, monkeypatch, f'echo "$1" >{seen}; stat -c %a "$1" "$(dirname "$1")" >>{seen}')
    home.run("watchlist", "edit", "all.toml")
    place, mode, folder_mode = seen.read_text(encoding="utf-8").split()
    assert (mode, folder_mode) == ("600", "700")
    assert not os.path.lexists(Path(place).parent)
