"""A post of an API becomes a FetchedPost: what is said where, by whom, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.fetch.dates import read_time
from monitor.fetch.identity import content_hash, web_address
from monitor.fetch.plaintext import from_html
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Media, MediaKind, Origin, Part, PostKind


@dataclass(slots=True)
class Draft:
    """What has been gathered of one post."""

    account: Account
    native_id: str
    url: str | None
    kind: PostKind = PostKind.POST
    parts: list[Part] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    root_id: str | None = None
    native_rev: str | None = None

    def say(self, origin: Origin, text: object, *, by_author: bool = True) -> None:
        """A plain text at that place; nothing if there is none."""
        if isinstance(text, str) and text.strip():
            self.parts.append(Part(origin, text.strip(), by_author))

    def say_html(self, origin: Origin, source: object, *, by_author: bool = True) -> None:
        """A text in HTML; the words of pictures in it are alternative texts."""
        if isinstance(source, str) and source.strip():
            plain = from_html(source)
            self.say(origin, plain.text, by_author=by_author)
            for alt in plain.alts:
                self.say(Origin.ALT if by_author else origin, alt, by_author=by_author)

    def show(self, kind: MediaKind, url: object) -> None:
        """A picture of it."""
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            self.media.append(Media(kind, url))

    def finish(
        self,
        posted: str | None,
        now: datetime,
        *,
        edited: str | None = None,
        fingerprint: Iterable[Part] | None = None,
        evidence: int = 0,
        completes: bool = False,
    ) -> FetchedPost:
        """The post; `fingerprint` are the parts as lists show them, where those that we have are more than that."""
        told = read_time(posted, self.account.timezone, now)
        changed = read_time(edited, self.account.timezone, now).at if edited else None
        return FetchedPost(
            platform=self.account.platform,
            native_id=self.native_id,
            kind=self.kind,
            url=web_address(self.url),
            parts=tuple(self.parts),
            content_hash=content_hash(tuple(self.parts if fingerprint is None else fingerprint)),
            claimed_at=told.at,
            edited_at=changed if changed and told.at and changed > told.at else None,
            time_note=told.note,
            native_rev=self.native_rev,
            media=tuple(self.media),
            root_id=self.root_id,
            evidence=evidence,
            completes=completes,
        )


def dicts(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list that strangers sent; whatever else stands there is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def inner(value: object, *names: str) -> Any:  # noqa: ANN401 - whatever strangers sent
    """The value below these names, None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_id(value: object) -> str | None:
    """An id as text; None for what is none. Numbers are those of JSON, whole and exact."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def order(native_id: str) -> tuple[int, str]:
    """By which ids sort that grow with time: they are numbers, or texts that sort, and a longer one is a later one."""
    return len(native_id), native_id
