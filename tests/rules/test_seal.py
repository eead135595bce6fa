"""Rules that stand encrypted on the disk are the same rules, and who has the key can open them without us."""

import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.errors import RuleError
from monitor.rules import RulesKey, load_rules
from monitor.rules.load import book_of
from monitor.rules.seal import is_closed, make_key, open_kept
from tests.rules.sample import FILES

IDENTITY, PUBLIC = make_key()
KEY = RulesKey(IDENTITY)
OTHER = RulesKey(make_key()[0])
AGE = shutil.which("age")


def closed_directory(folder: Path, *, but: str = "") -> Path:
    """The sample rules, every file encrypted but that one."""
    for name, text in FILES.items():
        if name == but:
            (folder / name).write_text(text, encoding="utf-8")
        else:
            (folder / f"{name}.age").write_text(KEY.close(text), encoding="utf-8")
    return folder


@pytest.mark.parametrize("but", ["", "rules.toml"])
def test_encrypting_files_changes_no_rule(tmp_path: Path, but: str) -> None:
    assert load_rules(closed_directory(tmp_path, but=but), KEY) == book_of(FILES)


def test_no_word_of_the_list_stands_in_an_encrypted_file(tmp_path: Path) -> None:
    for path in closed_directory(tmp_path).iterdir():
        raw = path.read_bytes()
        assert is_closed(raw.decode())
        assert not any(word.encode() in raw for word in ("云雀", "yunque", "celadon", "2999"))


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        pytest.param(None, "it is encrypted, and no key is named", id="no key"),
        pytest.param(OTHER, "the key does not open it", id="another key"),
    ],
)
def test_without_the_key_the_file_is_named_and_nothing_else(tmp_path: Path, key: RulesKey | None, problem: str) -> None:
    with pytest.raises(RuleError) as caught:
        load_rules(closed_directory(tmp_path), key)
    assert (caught.value.place, caught.value.problem) == (f"{min(FILES)}.age", problem)
    assert caught.value.fix


@pytest.mark.parametrize("damage", [b"", b"age-encryption.org/v1\n", KEY.close("x").encode()[:-40], b"\xff\xfe"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    folder = closed_directory(tmp_path)
    (folder / "rules.toml.age").write_bytes(damage)
    with pytest.raises(RuleError, match=r"rules\.toml\.age: the key does not open it"):
        load_rules(folder, KEY)


def test_a_file_that_stands_open_and_encrypted_is_refused(tmp_path: Path) -> None:
    folder = closed_directory(tmp_path)
    (folder / "rules.toml").write_text(FILES["rules.toml"], encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules\.toml: stands beside rules\.toml\.age; keep one of them"):
        load_rules(folder, KEY)


def test_a_fault_in_an_encrypted_file_has_its_line(tmp_path: Path) -> None:
    folder = closed_directory(tmp_path)
    (folder / "rules.toml.age").write_text(KEY.close("# one\n[[rules]]\nid = 3\n"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"^rules\.toml:[23]: "):
        load_rules(folder, KEY)


def test_a_key_shows_nothing_of_itself() -> None:
    assert IDENTITY not in repr(KEY)
    assert IDENTITY[20:30] not in f"{KEY}"


def test_what_the_database_keeps_is_opened_if_it_must_be() -> None:
    assert open_kept("{}", None) == "{}"
    assert open_kept(KEY.close("{}"), KEY) == "{}"
    with pytest.raises(RuleError, match="rule book: the key does not open it"):
        open_kept(KEY.close("{}"), OTHER)


@pytest.mark.skipif(AGE is None, reason="needs the program age")
def test_the_program_age_reads_our_files_and_we_read_its(tmp_path: Path) -> None:
    assert AGE is not None
    keys, ours, theirs = tmp_path / "keys", tmp_path / "ours.age", tmp_path / "rules.toml.age"
    keys.write_text(f"# public key: {PUBLIC}\n{IDENTITY}\n", encoding="utf-8")
    ours.write_text(KEY.close("云雀"), encoding="utf-8")
    opened = subprocess.run([AGE, "-d", "-i", str(keys), str(ours)], check=True, capture_output=True)
    assert opened.stdout.decode() == "云雀"
    subprocess.run([AGE, "-r", PUBLIC, "-o", str(theirs)], input="云雀".encode(), check=True)
    assert KEY.open(theirs.read_bytes()) == "云雀".encode()
