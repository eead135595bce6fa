"""Whatever happens in the room, it is gone afterwards; a signal is a wish, not an explosion."""

import logging
import os
import signal
import threading
from pathlib import Path

import pytest

from monitor.demo.room import Room, Wish, without_logs
from monitor.errors import LeakMonitorError


def test_the_folder_is_gone_after_the_block_and_after_an_error() -> None:
    with Room() as room:
        (room.folder / "deep").mkdir()
        (room.folder / "deep" / "file").write_text("x")
    assert not room.folder.exists()
    with pytest.raises(ValueError, match="trouble"), Room() as other:
        raise ValueError("trouble")
    assert not other.folder.exists()


def test_a_late_writer_does_not_keep_the_folder() -> None:
    with Room() as room:
        late = threading.Thread(target=keep_writing, args=(room.folder,))
        late.start()
    assert not room.folder.exists()
    late.join()


def keep_writing(folder: Path) -> None:
    for no in range(400):
        try:
            (folder / str(no)).write_text("x")
        except OSError:
            return


def test_nobody_else_may_look_into_the_folder() -> None:
    with Room() as room:
        assert room.folder.stat().st_mode & 0o077 == 0


def test_without_a_place_for_it_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(LeakMonitorError, match="TMPDIR"):
        Room()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_noted_and_the_old_handler_returns(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Wish() as wish:
        came_before = wish.came
        os.kill(os.getpid(), number)
        assert (came_before, wish.came, wish.exit_code) == (False, True, 128 + number)
    assert signal.getsignal(number) is before


def test_logs_are_dropped_only_inside(caplog: pytest.LogCaptureFixture) -> None:
    with without_logs():
        logging.getLogger("monitor").warning("inside")
    logging.getLogger("monitor").warning("outside")
    assert [record.getMessage() for record in caplog.records] == ["outside"]
