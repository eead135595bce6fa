"""What holds for every test: no deadline that a busy machine could miss, and in CI no test that does not run."""

import os
import shutil
from collections.abc import Generator

import pytest
from hypothesis import settings

# A bundle is made where git is; an unpacked one is tested where it may not be.
collect_ignore = [] if shutil.which("git") else ["test_bundle.py"]

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")


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
