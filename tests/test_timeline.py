"""The short form of `python -m tests.timeline`."""

from pathlib import Path

import pytest

from tests.timeline import live

HAPPENS = {
    "back-dated posts",
    "deleted",
    "edited",
    "failures of networks",
    "hours down",
    "ids given away again",
    "late posts",
    "long posts",
    "pinned",
    "posts of the same second",
}


@pytest.mark.timeout(300)
def test_days_in_the_life_of_many_accounts_lose_nothing_in_silence_and_tell_nothing_twice(tmp_path: Path) -> None:
    report = live(tmp_path, 600, seed=1)
    assert report.is_good, str(report)
    assert report.done.keys() >= HAPPENS
    assert report.stored > 550
    assert report.leaks > 80
    assert report.in_gaps > 0
