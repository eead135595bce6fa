"""The script `run`: finds a Python, sets up once, leaves nothing half, keeps the folder that you stand in."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("cat", "date", "dirname", "grep", "ln", "mkdir", "readlink", "rm", "sh", "sleep", "tail")

# A Python whose venv and pip do nothing but write down that they were asked.
PYTHON = f"""#!/bin/sh
case "$*" in
*"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
*"-m pip"*) echo "$*" >>"$PIP_LOG"; eval "${{PIP:-:}}" ;;
*) exec {sys.executable} "$@" ;;
esac
"""


class Checkout:
    """A copy of the script and the locks, with a package that prints how it was called."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.bin = folder / "bin"
        self.pip_log = folder / "pip.log"
        self.here = folder / "somewhere else"
        for made in (self.root / "monitor", self.bin, self.here / "monitor"):
            made.mkdir(parents=True)
        for name in ("run", "requirements.lock", "requirements-test.lock"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "monitor/__main__.py").write_text("import os, sys\nprint(sys.argv[1:], os.getcwd())\n")
        (self.here / "monitor/__main__.py").write_text("print('the wrong one')\n")
        for name in (*TOOLS, "cp"):
            (self.bin / name).symlink_to(shutil.which(name) or "")
        self.python(PYTHON)

    def python(self, text: str) -> None:
        (self.bin / "python3").write_text(text)
        (self.bin / "python3").chmod(0o755)

    def start(self, *words: str, pip: str = "", **environ: str) -> subprocess.Popen[str]:
        environ |= {"PATH": str(self.bin), "PIP_LOG": str(self.pip_log), "PIP": pip, "HOME": "/nonexistent"}
        return subprocess.Popen(
            [str(self.root / "run"), *words],
            cwd=self.here,
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *words: str, pip: str = "", **environ: str) -> tuple[int, str, str]:
        process = self.start(*words, pip=pip, **environ)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def set_ups(self) -> int:
        return len(self.pip_log.read_text().splitlines()) if self.pip_log.exists() else 0

    @property
    def left(self) -> set[str]:
        """What a set-up left in the checkout."""
        return {path.name for path in self.root.iterdir() if path.name.startswith(".")}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_start_sets_up_and_the_second_does_not(checkout: Checkout) -> None:
    code, out, err = checkout.run("scan", "a b.jsonl")
    assert (code, out) == (0, f"['scan', 'a b.jsonl'] {checkout.here}\n")
    assert err.startswith("Setting up once (")
    assert checkout.run("scan")[1:] == (f"['scan'] {checkout.here}\n", "")
    assert checkout.set_ups == 1
    asked = checkout.pip_log.read_text()
    assert "--require-hashes --only-binary :all:" in asked
    assert "index" not in asked


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda root: (root / "requirements.lock").write_text("other==1\n"), id="the lock has changed"),
        pytest.param(lambda root: (root / ".venv/ready").unlink(), id="half a set-up"),
        pytest.param(lambda root: (root / ".venv/bin/python").unlink(), id="its Python has gone"),
        pytest.param(lambda root: (root / ".venv/ready").write_text("of another place\n"), id="copied from elsewhere"),
    ],
)
def test_what_no_longer_fits_is_set_up_again(checkout: Checkout, spoil: object) -> None:
    assert callable(spoil)
    checkout.run()
    (checkout.root / ".venv/old").touch()
    spoil(checkout.root)
    assert checkout.run()[0] == 0
    assert checkout.set_ups == 2
    assert not (checkout.root / ".venv/old").exists()


def test_the_index_and_mirror_that_you_configured_reach_pip(checkout: Checkout) -> None:
    mine = {"PIP_INDEX_URL": "https://mirror.example/simple", "PIP_CONFIG_FILE": "/mine", "HTTPS_PROXY": "http://p:1"}
    told = 'echo "$PIP_INDEX_URL $PIP_CONFIG_FILE $HTTPS_PROXY" >>"$PIP_LOG"'
    assert checkout.run(pip=told, **mine)[0] == 0
    assert checkout.pip_log.read_text().endswith(f"\n{' '.join(mine.values())}\n")


@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_where_wheels_stand_pip_is_asked_for_no_network(checkout: Checkout, words: tuple[str, ...]) -> None:
    (checkout.root / "wheels").mkdir()
    code, out, _ = checkout.run(*words, "scan")
    assert (code, out) == (0, f"['scan'] {checkout.here}\n")
    asked = checkout.pip_log.read_text()
    assert f"--no-index --find-links {checkout.root}/wheels -r" in asked
    assert "--require-hashes --only-binary :all:" in asked


def test_offline_without_wheels_says_what_to_do_and_asks_nothing(checkout: Checkout) -> None:
    code, out, err = checkout.run("--offline", "scan")
    assert (code, out) == (1, "")
    assert "./run bundle" in err
    assert checkout.set_ups == 0


def test_wheels_that_do_not_fit_are_named_as_the_cause(checkout: Checkout) -> None:
    (checkout.root / "wheels").mkdir()
    code, _, err = checkout.run(pip="echo ERROR: no matching distribution; exit 1")
    assert code == 1
    assert "one version of Python and one platform" in err
    assert checkout.left == set()


def test_a_set_up_that_fails_shows_why_and_keeps_nothing(checkout: Checkout) -> None:
    code, out, err = checkout.run(pip="echo ERROR: no such index; exit 1")
    assert (code, out) == (1, "")
    assert "ERROR: no such index\nNothing was kept." in err
    assert checkout.left == set()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_set_up_that_is_interrupted_keeps_nothing(checkout: Checkout, told: signal.Signals) -> None:
    begun = checkout.root.parent / "begun"
    os.mkfifo(begun)
    process = checkout.start(pip=f"echo now >{begun}; exec sleep 60")
    assert begun.read_text() == "now\n"
    os.killpg(process.pid, told)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.endswith("Stopped. Nothing was left behind.\n")
    assert checkout.left == set()


def test_two_starts_at_once_share_one_set_up(checkout: Checkout) -> None:
    both = [checkout.start(name, pip="sleep 1") for name in ("one", "two")]
    shown = [process.communicate(timeout=60)[0] for process in both]
    assert shown == [f"['one'] {checkout.here}\n", f"['two'] {checkout.here}\n"]
    assert checkout.set_ups == 1
    assert checkout.left == {".venv"}


def test_a_turn_left_by_a_killed_start_is_taken_over(checkout: Checkout) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (checkout.root / ".venv.lock").symlink_to(str(gone.pid))
    assert checkout.run()[0] == 0


def test_without_a_python_it_says_what_to_install(checkout: Checkout) -> None:
    (checkout.bin / "python3").unlink()
    code, _, err = checkout.run()
    assert code == 1
    assert "needs Python 3.11 or newer" in err
    assert "apt install python3 python3-venv" in err


def test_a_python_that_is_too_old_is_passed_over(checkout: Checkout) -> None:
    shutil.copy(checkout.bin / "python3", checkout.bin / "python3.13")
    checkout.python("#!/bin/sh\nexit 1\n")
    assert checkout.run()[0] == 0


def test_a_python_without_venv_names_the_package(checkout: Checkout) -> None:
    checkout.python(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    code, _, err = checkout.run()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert code == 1
    assert f"apt install python{version}-venv" in err
