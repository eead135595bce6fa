"""`./run bundle`: one archive of the source and all of its wheels, for machines without any network.

It unpacks to a folder in which `./run` sets itself up from `wheels/` alone, with the same locks and hashes as ever.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

from monitor import __version__

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
NEWEST_GLIBC = 28  # 2.28 of 2018: Debian 10, Ubuntu 20.04, RHEL 8; the target has it or a newer one
_ENTRY = re.compile(r"^(\S+==\S+)(?: ; (.+?))?((?: \\\n +--hash=\S+)+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Target:
    """The machine that a bundle is for: this one, or a Linux with that Python ("3.12") and `uname -m` ("aarch64")."""

    python: str
    machine: str

    @property
    def is_here(self) -> bool:
        """Whether it is a machine like this one, for which pip needs no telling."""
        return self == here()

    @property
    def name(self) -> str:
        """As the archive's name says it."""
        system = platform.system().lower() if self.is_here else "linux"
        return f"python{self.python}-{system}-{self.machine}"

    def environment(self) -> dict[str, str]:
        """What the conditions of a lock are judged by."""
        if self.is_here:
            return {}
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "platform_machine": self.machine,
            "platform_system": "Linux",
            "sys_platform": "linux",
        }

    def pip_options(self) -> list[str]:
        """How pip is told to fetch for that machine."""
        if self.is_here:
            return []
        tags = [f"manylinux_2_{minor}_{self.machine}" for minor in range(NEWEST_GLIBC, 4, -1)]
        words = [word for tag in [*tags, f"manylinux2014_{self.machine}"] for word in ("--platform", tag)]
        return ["--python-version", self.python, "--implementation", "cp", *words]


def here() -> Target:
    """This machine and the Python that runs."""
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())


def locked(texts: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """The entries of the locks that such a machine needs, each once, with its hashes and without its condition."""
    entries = [entry for text in texts for entry in _ENTRY.findall(text)]
    needed = [
        (name, hashes) for name, marker, hashes in entries if not marker or Marker(marker).evaluate(dict(environment))
    ]
    return [name + hashes for name, hashes in dict(needed).items()]


def bundle(root: Path, archive: Path, target: Target) -> int:
    """Write the archive; answers how many wheels it holds. Raises CalledProcessError if pip or git fails."""
    files = _tracked(root)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        _download(root, wheels, Path(folder) / "lock", target)
        inside = sorted(
            [(root / name, name) for name in files] + [(file, f"wheels/{file.name}") for file in wheels.iterdir()],
            key=lambda pair: pair[1],
        )
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz", compresslevel=1) as tar:  # wheels are packed already
            for path, name in inside:
                tar.add(path, f"leak-monitor-{__version__}/{name}", recursive=False, filter=_of_nobody)
        return sum(1 for _ in wheels.iterdir())


def prove(archive: Path) -> None:
    """Unpack it in an empty home without a network and use it; raises CalledProcessError if anything fails there."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with tarfile.open(archive) as tar:
            tar.extractall(home, filter="data")
        (root,) = home.iterdir()
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # nobody answers there
            "COMMS_HOOK_SECRET": "whsec_" + "A" * 32,
        }
        cut_off = _cut_off()
        for words in (["--version"], ["check", "-c", str(root / "config.example.toml")], ["test", "--version"]):
            subprocess.run([*cut_off, str(root / "run"), "--offline", *words], cwd=home, env=environ, check=True)


def main(words: Sequence[str] | None = None) -> int:
    """Make a bundle, and prove it if that is wished."""
    parser = argparse.ArgumentParser(prog="./run bundle", description=__doc__)
    parser.add_argument("archive", nargs="?", type=Path, help="where to write it; default dist/")
    parser.add_argument("--python", default=here().python, help="the target's version of Python; default this one")
    parser.add_argument(
        "--machine", default=here().machine, help="the target's `uname -m`; default that of this machine"
    )
    parser.add_argument("--prove", action="store_true", help="unpack it and use it without a network")
    asked = parser.parse_args(words)
    target = Target(asked.python, asked.machine)
    if asked.prove and not target.is_here:
        parser.error("--prove needs a bundle for this machine")
    archive = asked.archive or ROOT / "dist" / f"leak-monitor-{__version__}-{target.name}.tar.gz"
    try:
        count = bundle(ROOT, archive, target)
        print(f"{archive}: {count} wheels, {archive.stat().st_size / 1e6:.0f} MB")  # noqa: T201 - its result
        if asked.prove:
            prove(archive)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"error: {error.cmd[0]} ended with code {error.returncode}; what it said stands above\n")
        return 1
    return 0


def _tracked(root: Path) -> list[str]:
    """What belongs to the project is what git tracks; a configuration beside it stays here."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name]


def _download(root: Path, wheels: Path, lock: Path, target: Target) -> None:
    texts = [(root / name).read_text(encoding="utf-8") for name in LOCKS]
    lock.write_text("\n".join(locked(texts, target.environment())) + "\n", encoding="utf-8")
    wheels.mkdir()
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, *target.pip_options(), "-r", str(lock), "-d", str(wheels)],
        check=True,
    )


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the owner and the mode of this machine."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.mode & 0o100 else 0o644
    return member


def _cut_off() -> list[str]:
    """Words before a command that leave it no network at all, where this machine lets us."""
    words = ["unshare", "--net", "--map-root-user"]
    possible = (
        shutil.which(words[0]) and not subprocess.run([*words, "true"], check=False, capture_output=True).returncode
    )
    return words if possible else []


if __name__ == "__main__":
    sys.exit(main())
