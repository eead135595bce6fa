"""What holds for every test: no deadline that a busy machine could miss, and in CI no test that does not run.

And the databases: whoever asks for `database_url` is run on SQLite and on PostgreSQL.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from monitor.store import upgrade
from tests.postgres import MISSING, Server, binaries

# A bundle is made where git is; an unpacked one is tested where it may not be.
collect_ignore = [] if shutil.which("git") else ["test_bundle.py"]

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the long tests, which have a time limit of their own, so that no worker gets all of them at the end."""
    long = [item for item in items if item.get_closest_marker("timeout")]
    short = [item for item in items if not item.get_closest_marker("timeout")]
    apart = max(1, len(short) // (len(long) + 1))
    for number, item in enumerate(long):
        short.insert(number * (apart + 1), item)
    items[:] = short


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and "CI" in os.environ and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: in CI every test runs"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and "CI" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped: in CI every test runs"
    return report


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with tables and nothing in them, made once."""
    path = tmp_path_factory.mktemp("empty") / "state.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def file_url(tmp_path: Path, empty_file: Path) -> str:
    """A SQLite database of one's own."""
    shutil.copyfile(empty_file, tmp_path / "state.db")
    return f"sqlite:///{tmp_path / 'state.db'}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, one for each worker."""
    server = Server()
    yield server
    server.stop()


on_postgres = pytest.mark.skipif(binaries() is None, reason=MISSING)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a test that asks for a database is run on, one after the other."""
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A database of one's own, of either kind."""
    if database_kind == "sqlite":
        return str(request.getfixturevalue("file_url"))
    server: Server = request.getfixturevalue("postgres")
    return server.emptied()


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Callable[[], str]:
    """Makes addresses of databases without tables, of either kind."""
    if database_kind == "sqlite":
        names = count(1)
        return lambda: f"sqlite:///{tmp_path / f'empty-{next(names)}.db'}"
    server: Server = request.getfixturevalue("postgres")
    return lambda: server.make("template template0")
