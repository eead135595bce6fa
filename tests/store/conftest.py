import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store, upgrade


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them, made once."""
    path = tmp_path_factory.mktemp("empty") / "state.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(tmp_path: Path, empty_database: Path) -> str:
    """A database of one's own."""
    shutil.copyfile(empty_database, tmp_path / "state.db")
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened
