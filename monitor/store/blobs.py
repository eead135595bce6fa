"""Files of evidence in one folder, each whole and named by its SHA-256. Rows say which are needed.

A file is written before its row, and removed after its row has let it go: what a death leaves is a file too many, which
the next sweep takes away.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.errors import StoreError
from monitor.failpoints import passing
from monitor.store.flush import flush

GRACE: Final = timedelta(hours=1)  # a file so young may have its row yet to come
_DIGITS: Final = frozenset("0123456789abcdef")
_PARTIAL: Final = ".partial"
_CHUNK: Final = 2**20


def path_of(folder: Path, sha256: str) -> Path:
    """Where the file of that digest is."""
    return folder / sha256[:2] / sha256


def keep(folder: Path, body: bytes, now: datetime) -> str:
    """Write a file, whole and flushed, for its owner alone; answers its digest. StoreError if that cannot be done."""
    sha256 = hashlib.sha256(body).hexdigest()
    file = path_of(folder, sha256)
    with _told(file):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for missing in (folder, file.parent):  # parents are made with the mode of everybody's
            missing.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=_PARTIAL, dir=file.parent)  # mode 0600
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(body)
                opened.flush()
                os.fsync(opened.fileno())
            os.utime(fresh, (now.timestamp(), now.timestamp()))
            passing("C14")
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
        for parent in (file.parent, folder):
            flush(parent)
    return sha256


def read(folder: Path, sha256: str) -> bytes:
    """The file of that digest; StoreError if it is missing or is not what it was."""
    file = path_of(folder, sha256)
    with _told(file):
        body = file.read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        raise StoreError(f"{file}: was changed since it was written; restore it from the last backup")
    return body


def harm(folder: Path | None, sha256: str) -> str:
    """What is wrong with the file of that digest; empty if it is as it was written."""
    if folder is None:
        return "no evidence_dir is configured"
    digest = hashlib.sha256()
    try:
        with path_of(folder, sha256).open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return "the file is missing"
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    return "" if digest.hexdigest() == sha256 else "the file was changed"


def strangers(folder: Path, needed: Collection[str], now: datetime) -> list[Path]:
    """Files of ours that no row needs, and halves of files, but for those that are young."""
    found = []
    for file in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        ours = file.name.endswith(_PARTIAL) or (len(file.name) == 64 and set(file.name) <= _DIGITS)  # noqa: PLR2004
        if ours and file.name not in needed and _age(file, now) >= GRACE:
            found.append(file)
    return found


def remove(file: Path) -> None:
    """Take a file away; StoreError if that cannot be done."""
    with _told(file):
        file.unlink(missing_ok=True)


def _age(file: Path, now: datetime) -> timedelta:
    try:
        return timedelta(seconds=now.timestamp() - file.stat().st_mtime)
    except OSError:
        return timedelta(0)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{file}: {error.strerror}; check `evidence_dir`, its owner and the room on its disk"
        ) from error
