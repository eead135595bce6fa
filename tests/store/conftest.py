from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store, upgrade


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with tables and nothing in them."""
    address = f"sqlite:///{tmp_path / 'state.db'}"
    upgrade(address)
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened
