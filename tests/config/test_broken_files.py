"""Broken files under the running service: file, line and cure are told, no secret is, and the old set stays in force.

Also over a restart: then the last good files are taken. Single mistakes of keys and values are in test_broken.py and
tests/rules/test_faults.py.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

import pytest

from monitor.cli.files import Watched, open_store
from monitor.clock import SystemClock
from monitor.errors import InputError
from monitor.service import Service
from monitor.store import Store, status
from tests.cli.home import WHSEC
from tests.config.broken_files import BROKEN, GOOD_CONFIG, GOOD_RULES, SECRETS, Break, Broken

NOBODY = 65534
KEPT_NOWHERE = ("secret ", "another secret")  # secrets are copied to no other place


@dataclass
class Kept:
    """A service that has taken good files, and their directory."""

    home: Path
    files: Watched
    store: Store = field(init=False)
    service: Service = field(init=False)

    def write_good(self) -> None:
        """All files as they were when they were taken."""
        for left in ("rules", "config.toml", "desk.secret"):
            path = self.home / left
            rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        (self.home / "rules").mkdir()
        for name, text in (("config.toml", GOOD_CONFIG), ("rules/all.toml", GOOD_RULES), ("desk.secret", WHSEC)):
            (self.home / name).write_text(text, encoding="utf-8")
            (self.home / name).chmod(0o600)

    def refused(self) -> str:
        """What health says of the files."""
        return next((problem for problem in self.service.health().problems if "refused" in problem), "")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    home = tmp_path_factory.mktemp("home")
    files = Watched(home / "config.toml")
    kept = Kept(home, files)
    kept.write_good()
    settings, _ = files.settings()
    with open_store(settings) as kept.store:
        runtime, _ = files.first(settings, kept.store)
        kept.service = Service(runtime, kept.store, SystemClock(), files=files)
        kept.service._install(runtime, "start")
        files.settle()
        yield kept


@pytest.fixture
def kept(made: Kept) -> Kept:
    """The same, with good files in force and on the disk."""
    made.write_good()
    if made.refused():
        assert made.service.reload()
    assert made.refused() == ""
    return made


@pytest.mark.parametrize(("damage", "place", "problem", "cure"), [pytest.param(*row[1:], id=row[0]) for row in BROKEN])
def test_a_broken_file_is_told_with_place_and_cure_and_the_old_set_stays(
    kept: Kept, damage: Break, place: str, problem: str, cure: str
) -> None:
    before = kept.service.runtime
    damage(kept.home)
    with pytest.raises(InputError) as caught:
        kept.files.load()
    error = caught.value
    assert str(error).removeprefix(f"{kept.home}/").startswith(f"{place}: ")
    assert problem in error.problem
    assert cure in error.fix
    assert error.fix
    assert kept.service.reload() is False
    assert kept.service.runtime is before
    assert place in kept.refused()
    with kept.store.read() as tx:
        (incident,) = status.open_incidents(tx)
    assert (incident.kind, incident.subject) == ("reload_failed", "files")
    said = f"{error} {kept.refused()} {incident.detail}"
    assert [secret for secret in SECRETS if secret in said] == []


@pytest.mark.parametrize(
    "damage", [pytest.param(row[1], id=row[0]) for row in BROKEN if not row[0].startswith(KEPT_NOWHERE)]
)
def test_a_start_with_a_broken_file_takes_the_last_good_set(kept: Kept, damage: Break) -> None:
    before = kept.service.runtime
    damage(kept.home)
    files = Watched(kept.home / "config.toml")
    settings, broken_config = files.settings()
    runtime, broken_rules = files.first(settings, kept.store)
    assert (broken_config or broken_rules) is not None
    assert runtime.book.hash == before.book.hash
    assert runtime.settings.people == before.settings.people
    assert runtime.settings.receivers == before.settings.receivers


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in BROKEN if row[0].startswith(KEPT_NOWHERE)])
def test_a_start_without_its_secret_says_where_that_should_be(kept: Kept, row: Broken) -> None:
    _, damage, place, problem, _ = row
    damage(kept.home)
    with pytest.raises(InputError) as caught:
        Watched(kept.home / "config.toml").settings()
    assert str(caught.value).startswith(f"{kept.home}/{place}: ")
    assert problem in caught.value.problem


def test_there_are_sixty_rows_and_each_is_of_its_own() -> None:
    names = [row[0] for row in BROKEN]
    assert len(set(names)) == len(names) >= 60


def test_a_file_that_we_may_not_read(kept: Kept) -> None:
    (kept.home / "rules" / "all.toml").chmod(0)
    with as_nobody(), pytest.raises(InputError, match="Permission denied"):
        kept.files.load()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: for a moment we are somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
