"""Writing in company: everything is written once, in few batches, and who is not written hears why."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from monitor.together import Together


def test_what_comes_while_another_writes_is_written_at_once() -> None:
    batches: list[list[int]] = []
    first_writes, all_wait = Event(), Event()

    def write(items: Sequence[int]) -> None:
        batches.append(sorted(items))
        first_writes.set()
        all_wait.wait(10)

    together: Together[int] = Together(write)
    with ThreadPoolExecutor(9) as pool:
        adding = [pool.submit(together.add, 0)]
        assert first_writes.wait(10)
        adding += [pool.submit(together.add, n) for n in range(1, 9)]
        while together.waiting < 8:
            assert not any(future.done() for future in adding)
        all_wait.set()
        for future in adding:
            future.result(10)
    assert batches == [[0], [1, 2, 3, 4, 5, 6, 7, 8]]


def test_a_failure_is_heard_by_everybody_in_its_batch_and_by_nobody_else() -> None:
    start = Barrier(4)

    def write(items: Sequence[int]) -> None:
        if 3 in items:
            raise ValueError(len(items))

    together: Together[int] = Together(write)

    def add(n: int) -> str:
        start.wait(10)
        try:
            together.add(n)
        except ValueError:
            return "failed"
        return "written"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(add, range(4)))
    assert told[3] == "failed"
    together.add(5)
    with pytest.raises(ValueError, match="1"):
        together.add(3)
