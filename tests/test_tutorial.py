"""The steps of docs/tutorial.md, and of the README, have the outcome that they tell."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUESTIONS = 10
ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith("LEAK_MONITOR_")},
    "PYTHONPATH": str(ROOT),
    "LANG": "C.UTF-8",
}


def monitor(*words: str, folder: Path, given: str | None = None) -> tuple[int, str]:
    """Exit code and everything that the command says, run from that folder."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "monitor", *words],
        cwd=folder,
        env=ENVIRON,
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody pressed Enter at each question of `init`."""
    made = tmp_path_factory.mktemp("tutorial")
    terminal, inside = pty.openpty()
    os.write(terminal, b"\n" * QUESTIONS)
    subprocess.run(
        [sys.executable, "-P", "-m", "monitor", "init", "mine"],
        cwd=made,
        env=ENVIRON,
        stdin=inside,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    os.close(inside)
    os.close(terminal)
    return made


def edited(folder: Path, copy: Path, name: str, old: str, new: str) -> Path:
    """A copy of the folder's rules in which one line is another."""
    for path in (folder / "mine/rules").iterdir():
        text = path.read_text(encoding="utf-8")
        changed = re.sub(rf"(?m)^{old}.*$", new, text, count=1) if path.name == name else text
        assert path.name != name or changed != text
        (copy / path.name).write_text(changed, encoding="utf-8")
    return copy


def test_what_init_writes_is_right_and_private(folder: Path) -> None:
    assert monitor("check", "-c", "mine/config.toml", folder=folder)[0] == 0
    files = [path for path in (folder / "mine").rglob("*") if path.is_file()]
    assert {path.name for path in files} == {".gitignore", "config.toml", "desk.secret", "products.toml", "rules.toml"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_a_wrong_key_is_told_with_file_line_and_cure(folder: Path, tmp_path: Path) -> None:
    text = (folder / "mine/config.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(text.replace("purpose", "porpose"), encoding="utf-8")
    code, said = monitor("check", "-c", "wrong.toml", folder=tmp_path)
    assert code == 3
    assert re.search(r"wrong\.toml:\d+: unknown key 'porpose'; did you mean 'purpose'\?", said)


@pytest.mark.parametrize(
    ("draft", "flagged"),
    [
        ("Yunque 9 is gorgeous", True),
        ("Yun que ９ is gorgeous", True),
        ("Yunque 90", False),
        ("Yunque 9% off", False),
        ("@Yunque9", False),
    ],
)
def test_explain_says_why_and_why_not(folder: Path, draft: str, flagged: bool) -> None:  # noqa: FBT001
    code, said = monitor("explain", "-c", "mine/config.toml", folder=folder, given=draft)
    assert code == 0
    assert ("alert, HIGH" in said) is flagged


@pytest.mark.parametrize(("draft", "flagged"), [("I had pudding for lunch", False), ("Yunque pudding prototype", True)])
def test_a_code_name_needs_company(folder: Path, tmp_path: Path, draft: str, flagged: bool) -> None:  # noqa: FBT001
    rules = edited(folder, tmp_path, "products.toml", "names", 'names = ["Yunque 9"]\ncodenames = ["pudding"]')
    said = monitor("explain", "--rules", str(rules), folder=folder, given=draft)[1]
    assert ("alert, HIGH" in said) is flagged


def test_a_secret_that_has_ended_tells_nobody(folder: Path, tmp_path: Path) -> None:
    rules = edited(folder, tmp_path, "products.toml", "until", "until = 2026-01-01T10:00:00+08:00")
    said = monitor("explain", "--rules", str(rules), folder=folder, given="Yunque 9 is gorgeous")[1]
    assert "public since" in said
    assert "alert, HIGH" not in said


def test_a_rule_that_fails_its_example_is_told(folder: Path, tmp_path: Path) -> None:
    rules = edited(folder, tmp_path, "rules.toml", "examples.match", 'examples.match = ["I had pudding for lunch"]')
    code, said = monitor("check", "--rules", str(rules), folder=folder)
    assert code == 1
    assert "rules.toml:" in said
