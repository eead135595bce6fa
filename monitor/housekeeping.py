"""Once an hour: old texts and those of deleted posts are blanked, and files that no row needs are removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from monitor.errors import StoreError
from monitor.failpoints import passing
from monitor.runtime import Runtime, World
from monitor.store import blobs, pictures, retention
from monitor.telemetry import log_event, log_trouble

WRONG_CLOCK_S: Final = 86_400.0
EVERY_S: Final = 3600.0
TRIED_EVERY_S: Final = 60.0


class Hourly:
    """Work that is to be done well once an hour, and is tried each minute until it was."""

    def __init__(self, elapsed_s: Callable[[], float], work: Callable[[], object]) -> None:
        self._elapsed_s = elapsed_s
        self._work = work
        self._due_s = elapsed_s() + EVERY_S

    def __call__(self) -> None:
        """Do it if it is time."""
        if self._elapsed_s() >= self._due_s:
            self._work()
            self._due_s = self._elapsed_s() + EVERY_S


def keep_house(world: World, runtime: Runtime, drift_s: float) -> None:
    """Blank old texts, some at a time; not while the clock has moved by `drift_s` that nobody can explain."""
    if abs(drift_s) > WRONG_CLOCK_S:
        log_trouble("purge_put_off", reason="the clock is not where it should be")
        return
    keep = runtime.settings.retention
    cleared, batch = 0, 1
    while batch and not world.stopping.is_set():
        with world.store.write() as tx:
            now = world.clock.now()
            batch = retention.purge(tx, now, unflagged_days=keep.unflagged_days, flagged_days=keep.flagged_days)
        passing("C12")
        cleared += batch
    with world.store.write() as tx:
        deleted = retention.purge_deleted(tx, world.clock.now())
    folder = runtime.settings.evidence_dir
    files = sweep(world, folder) if folder is not None else 0
    log_event("kept_house", cleared=cleared, deleted=deleted, files=files)


def sweep(world: World, folder: Path) -> int:
    """Remove the files that no row needs, and what deaths have left; answers how many.

    One at a time, inside a transaction that writes: no row that needs it can appear meanwhile.
    """
    with world.store.read() as tx:
        needed = pictures.needed_files(tx)
    removed = 0
    for file in blobs.strangers(folder, needed, world.clock.now()):
        if world.stopping.is_set():
            break
        with world.store.write() as tx:
            if pictures.is_needed(tx, file.name):
                continue
            try:
                blobs.remove(file)
            except StoreError as error:
                log_trouble("file_not_removed", problem=type(error).__name__)
                continue
        passing("C14")
        removed += 1
    return removed
