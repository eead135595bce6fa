"""C13: the service is backed up at work, and the backup dies before it is written, before it counts, and after."""

from pathlib import Path

import pytest

from tests.crash.harness import Harness


@pytest.mark.timeout(300)
def test_a_crash_during_a_backup_at_work_leaves_a_sound_one_or_none(tmp_path: Path, file_url: str) -> None:
    harness = Harness(tmp_path, 13, file_url)
    for nth in (1, 2, 3):
        harness.die_in_backup(nth)
    assert (tmp_path / "restored.db").exists()
    report = harness.settle()
    assert report.broken == []
    assert report.points == ["C13"] * 3
