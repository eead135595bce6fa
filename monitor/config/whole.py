"""Reading a file that people edit: whole, and never one that does not end or is no file."""

import os
import stat
from pathlib import Path
from typing import Final

MEGABYTE: Final = 2**20
MOST_BYTES: Final = 64 * MEGABYTE  # a hundred times what ten thousand products take


def read_whole(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Its bytes; an OSError that says why not, also of a pipe, a device, and what is too large."""
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
        raise OSError(None, "it is a pipe or a device")  # to open it could take for ever
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise OSError(None, f"it is larger than {most_bytes // MEGABYTE} MB")
        return file.read(most_bytes)
