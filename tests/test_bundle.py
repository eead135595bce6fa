"""`./run bundle`: one archive from which a machine without a network sets itself up."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools.bundle import Target, bundle, here, locked

ROOT = Path(__file__).parents[1]
LOCKS = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-test.lock")]
ELSEWHERE = "aarch64" if here().machine != "aarch64" else "x86_64"


def names(target: Target) -> dict[str, str]:
    """Each package that such a machine needs, with its version."""
    return dict(entry.split(" ")[0].split("==") for entry in locked(LOCKS, target.environment()))


def test_each_machine_gets_the_packages_that_its_locks_ask_for() -> None:
    old, new = names(Target("3.11", ELSEWHERE)), names(Target("3.14", ELSEWHERE))
    assert "backports-zstd" in old
    assert "backports-zstd" not in new
    assert old["numpy"] != new["numpy"]
    assert {"requests", "pytest"} <= old.keys() & new.keys()
    assert "colorama" not in old.keys() | new.keys()
    assert names(here()).keys() ^ old.keys() <= {"backports-zstd"}


def test_an_entry_keeps_its_hashes_and_loses_its_condition() -> None:
    one, two = "a==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb", "b==2 \\\n    --hash=sha256:cc"
    text = one.replace("==1", "==1 ; sys_platform != 'win32'") + "\n    # via x\n" + two + "\n"
    assert locked([text, text], {}) == [one, two]


def test_pip_is_told_of_another_machine_and_not_of_this_one() -> None:
    assert here().pip_options() == []
    told = Target("3.12", ELSEWHERE).pip_options()
    assert told[:4] == ["--python-version", "3.12", "--implementation", "cp"]
    assert {f"manylinux_2_17_{ELSEWHERE}", f"manylinux_2_28_{ELSEWHERE}", f"manylinux2014_{ELSEWHERE}"} <= set(told)


def small_wheel(folder: Path) -> str:
    """A wheel of one module, made without any tool; its hash."""
    folder.mkdir()
    file = folder / "pebble-1.0-py3-none-any.whl"
    info = "pebble-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("pebble.py", "FOUND = 'a pebble'\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pebble\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"pebble.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of our shape whose index is a folder, and beside it what must not leave the machine."""
    root = tmp_path / "project"
    (root / "monitor").mkdir(parents=True)
    shutil.copy(ROOT / "run", root / "run")
    entry = f"pebble==1.0 \\\n    --hash=sha256:{small_wheel(tmp_path / 'index')}\n"
    (root / "requirements.lock").write_text(entry)
    (root / "requirements-test.lock").write_text(entry)
    (root / "monitor/__main__.py").write_text("import sys, pebble\nprint(pebble.FOUND, sys.argv[1:])\n")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "."], check=True)
    (root / "config.toml").write_text("a secret")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return root


def offline(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`./run --offline` with an empty home, and an index at which nobody answers."""
    home = root.parent / "home"
    home.mkdir(exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    asked = [str(root / "run"), "--offline", *words]
    return subprocess.run(asked, check=False, capture_output=True, text=True, env=environ, cwd=home, timeout=100)


def test_an_unpacked_bundle_sets_itself_up_without_a_network(project: Path, tmp_path: Path) -> None:
    archive = tmp_path / "out/bundle.tar.gz"
    assert bundle(project, archive, here()) == 1
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        tar.extractall(tmp_path / "unpacked", filter="data")
    (root,) = (tmp_path / "unpacked").iterdir()
    inside = {member.name.removeprefix(f"{root.name}/"): member for member in members}
    assert inside.keys() == {
        "monitor/__main__.py",
        "requirements-test.lock",
        "requirements.lock",
        "run",
        "wheels/pebble-1.0-py3-none-any.whl",
    }
    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")}
    assert inside["run"].mode == 0o755
    ended = offline(root, "scan", "a b")
    assert (ended.returncode, ended.stdout) == (0, "a pebble ['scan', 'a b']\n"), ended.stderr


def test_a_wheel_that_was_changed_is_refused(project: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "index/pebble-1.0-py3-none-any.whl", "a") as wheel:
        wheel.writestr("more.py", "")
    shutil.copytree(tmp_path / "index", project / "wheels")
    ended = offline(project, "scan")
    assert ended.returncode == 1
    assert "DO NOT MATCH THE HASHES" in ended.stderr
    assert "Only the wheels in" in ended.stderr
    assert not (project / ".venv").exists()


def test_without_git_or_an_index_it_says_so_and_ends_with_1(project: Path, tmp_path: Path) -> None:
    (tmp_path / "index/pebble-1.0-py3-none-any.whl").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        bundle(project, tmp_path / "bundle.tar.gz", here())
    shutil.rmtree(project / ".git")
    with pytest.raises(subprocess.CalledProcessError):
        bundle(project, tmp_path / "bundle.tar.gz", here())
    assert not (tmp_path / "bundle.tar.gz").exists()


def test_a_proof_is_for_this_machine_alone() -> None:
    asked = [sys.executable, "-P", "-m", "tools.bundle", "--machine", ELSEWHERE, "--prove"]
    ended = subprocess.run(
        asked, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60
    )
    assert (ended.returncode, "--prove needs a bundle for this machine" in ended.stderr) == (2, True)
