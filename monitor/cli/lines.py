"""The lines of files that commands are given, also packed or from a pipe, with a bar if that hides nothing."""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BufferedIOBase
from pathlib import Path
from typing import Final, TypeAlias, cast

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.cli import show
from monitor.errors import LeakMonitorError

AT_ONCE: Final = 1 << 16  # bytes
Lines: TypeAlias = list[tuple[str, bytes]]


def lines_of(files: Sequence[str], *, with_bar: bool) -> Iterator[Lines]:
    """Every line with its place, blank ones too, as many at once as have arrived."""
    shares = TextColumn("{task.percentage:>3.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), shares, TimeRemainingColumn())
    with Progress(*columns, console=show.err(), transient=True, disable=not with_bar) as progress:
        for name in files:
            with ExitStack() as stack:
                raw, total = _open(name, stack)
                task = progress.add_task(Path(name).name, total=total)
                stream = stack.enter_context(gzip.open(raw)) if name.endswith(".gz") else raw
                number = 0
                for lines in _arriving(name, stream):
                    yield [(f"{name}:{at}", line) for at, line in enumerate(lines, number + 1)]
                    number += len(lines)
                    if total:
                        progress.update(task, completed=raw.tell())


def _arriving(name: str, stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """Whole lines as they come, so that a slow pipe is answered line by line and a file some hundred lines at once."""
    begun: list[bytes] = []
    try:
        while piece := stream.read1(AT_ONCE):
            first, *lines = piece.split(b"\n")
            begun.append(first)
            if lines:
                yield [b"".join(begun), *lines[:-1]]
                begun = lines[-1:]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LeakMonitorError(f"{name}: damaged or no gzip file; unpack it, or give another") from error
    if last := b"".join(begun):
        yield [last]


def _open(name: str, stack: ExitStack) -> tuple[BufferedIOBase, int | None]:
    if name == "-":
        return cast("BufferedIOBase", sys.stdin.buffer), None
    path = Path(name)
    if not path.is_file():
        raise LeakMonitorError(f"{name}: no such file; name a file of JSON lines, or - for standard input")
    return stack.enter_context(path.open("rb")), path.stat().st_size
