"""Writing in company: a commit waits for the disk, and whoever comes meanwhile is written by the next one."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Many threads' items, written a batch at a time. Safe to share between threads."""

    def __init__(self, write: Callable[[Sequence[T]], object]) -> None:
        self._write = write
        self._turn = Lock()
        self._lock = Lock()
        self._waiting: list[tuple[T, Future[None]]] = []

    @property
    def waiting(self) -> int:
        """How many items nobody has begun to write."""
        with self._lock:
            return len(self._waiting)

    def add(self, item: T) -> None:
        """Have it written; back when it is. Raises what the writing of its batch raised."""
        done: Future[None] = Future()
        with self._lock:
            self._waiting.append((item, done))
        with self._turn:  # the first who gets it writes what all have brought; the others find nothing left
            with self._lock:
                batch, self._waiting = self._waiting, []
            if batch:
                self._write_all(batch)
        done.result()

    def _write_all(self, batch: Sequence[tuple[T, Future[None]]]) -> None:
        try:
            self._write([item for item, _ in batch])
        except BaseException as error:  # noqa: BLE001 - each of those who wait hears it, the writer too
            for _, done in batch:
                done.set_exception(error)
        else:
            for _, done in batch:
                done.set_result(None)
