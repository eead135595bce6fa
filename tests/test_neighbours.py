"""P7: an account that hangs, drips or sends bombs delays no other by an interval."""

from pathlib import Path

import pytest

from monitor.net.client import Limits
from tests.neighbours import measure


@pytest.mark.timeout(120)
def test_one_bad_account_of_ten_leaves_the_others_on_time(tmp_path: Path) -> None:
    limits = Limits(total_timeout_s=3.0)
    report = measure(tmp_path, number=60, interval_s=8.0, run_s=26.0, limits=limits, workers=5)
    assert report.reads > 2 * 54
    assert report.bad_reads > 6
    assert report.p99_s < 8.0
