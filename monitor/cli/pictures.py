"""Pictures of an alert as files with a manifest, for those who have to prove what stood there."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from monitor.cli import show
from monitor.errors import StoreError
from monitor.model.posts import Evidence, MediaState
from monitor.net.guard import safe_url
from monitor.store import blobs

_ENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/gif": ".gif",
        "image/webp": ".webp",
        "image/avif": ".avif",
        "image/heic": ".heic",
    }
)


def told_of(picture: Evidence) -> dict[str, object]:
    """What may be shown of a picture: of its address no query, which may carry a token."""
    return {
        "kind": picture.kind,
        "state": picture.state,
        "note": picture.note,
        "url": safe_url(picture.url),
        "sha256": picture.sha256,
        "size": picture.size,
        "content_type": picture.content_type,
        "status": picture.status,
        "headers": dict(picture.headers),
        "wanted_at": picture.wanted_at,
        "fetched_at": picture.fetched_at,
    }


def export(found: Sequence[Evidence], folder: Path | None, to: Path, name: str) -> int:
    """Write those that are kept, each checked against its digest, and the manifest of all; answers how many.

    StoreError if a file is missing or was changed, after the others are written.
    """
    problems, written, manifest = [], 0, []
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, picture in enumerate(found, start=1):
            told = {"file": None, **told_of(picture)}
            if picture.state is MediaState.KEPT and picture.sha256 and folder is not None:
                file = (
                    f"{name}-{number:02d}{_ENDINGS.get(picture.content_type.partition(';')[0].strip().lower(), '.bin')}"
                )
                try:
                    _write(to / file, blobs.read(folder, picture.sha256))
                except StoreError as error:
                    problems.append(str(error))
                else:
                    told["file"], written = file, written + 1
            manifest.append(told)
        lines = json.dumps(manifest, ensure_ascii=False, indent=1, default=show.plain)
        _write(to / "manifest.json", lines.encode("utf-8", "backslashreplace") + b"\n")
    except OSError as error:
        raise StoreError(f"{to}: {error.strerror}; name a folder that is yours") from error
    if problems:
        raise StoreError("; ".join(problems))
    return written


def _write(file: Path, body: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(body)
