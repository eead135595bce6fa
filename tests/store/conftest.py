from collections.abc import Iterator

import pytest

from monitor.store import Store


@pytest.fixture
def url(database_url: str) -> str:
    """A database of one's own, on SQLite and on PostgreSQL."""
    return database_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened
