"""What is read: parts, posts, pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Args: TypeAlias = Mapping[str, str]


class Origin(StrEnum):
    """Where in a post a text stands."""

    TEXT = "text"
    TITLE = "title"
    ALT = "alt"  # alternative text of a picture or video
    CARD = "card"  # title and description of a link card
    POLL = "poll"
    WARNING = "warning"  # content warning
    QUOTED = "quoted"
    PARENT = "parent"
    CLIENT = "client"  # the posting client
    IMAGE_TEXT = "image_text"
    IMAGE_META = "image_meta"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a post; `by_author` tells own words from others'."""

    origin: Origin
    text: str
    by_author: bool = True


class PostKind(StrEnum):
    """What sort of post it is."""

    POST = "post"
    REPLY = "reply"
    REPOST = "repost"
    PROFILE = "profile"


class Cause(StrEnum):
    """Why a revision exists."""

    FIRST = "first"
    EDITED = "edited"
    COMPLETED = "completed"  # a text that had been cut is whole now
    BETTER_SOURCE = "better_source"  # a source nearer to the network shows it so
    OTHER_SOURCE = "other_source"  # another account shows it so


class MediaKind(StrEnum):
    """What a file of a post is."""

    PICTURE = "picture"
    COVER = "cover"  # of a video


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a post, where it lies on the network."""

    kind: MediaKind
    url: str = field(repr=False)  # may carry a token


class MediaState(StrEnum):
    """Where keeping a picture as evidence stands."""

    WANTED = "wanted"  # to be fetched, or tried again
    KEPT = "kept"
    GONE = "gone"  # its server said so, before we had it
    REFUSED = "refused"  # too large, or at an address that we do not ask
    MISSED = "missed"  # not to be had for a day
    PURGED = "purged"  # its time was over, or its post was deleted


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a picture of a flagged post; the file itself lies in the evidence folder, by its SHA-256."""

    kind: MediaKind
    state: MediaState
    url: str = field(repr=False)
    sha256: str | None = None
    size: int | None = None
    content_type: str = ""
    headers: Args = field(default_factory=dict)
    status: int | None = None
    note: str = ""
    wanted_at: datetime | None = None
    fetched_at: datetime | None = None  # when the answer came that settled it


@dataclass(frozen=True, slots=True)
class FetchedPost:
    """A post as one source showed it once; times are judged (see fetch.identity), ids are text.

    `content_hash` is of the version as lists show it, so that it stays the same from read to read. `completes` says
    that the parts hold more, such as the long text or what is answered to: they take the place of those stored without.
    `root_id` is the native id of what it reposts, at the beginning of the chain. `evidence` is the number of the
    page's payload in which it stands.
    """

    platform: str
    native_id: str
    kind: PostKind
    url: str | None
    parts: tuple[Part, ...]
    content_hash: str
    claimed_at: datetime | None
    edited_at: datetime | None = None
    time_note: str | None = None
    native_rev: str | None = None
    media: tuple[Media, ...] = ()
    root_id: str | None = None
    evidence: int = 0
    completes: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A post that was asked for singly and is not there; `why` is a word such as "deleted" or "hidden"."""

    why: str


@dataclass(frozen=True, slots=True)
class Payload:
    """An answer as received: evidence. The URL has lost its query and credentials."""

    sha256: str
    url: str
    status: int
    headers: Args
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class ReadState:
    """What an account remembers of its last good read, for asking conditionally the next time."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ItemError:
    """One entry of an answer that could not be read; its neighbours went on."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True)
class Page:
    """One good read of an account; without posts and payloads when nothing changed since the last.

    `cut` says that newer posts than any known one may stand behind what was read: a limit was reached. `joined` says
    that the source itself went back to where the last read ended, though no known post need stand in what it brought.
    """

    state: ReadState
    posts: tuple[FetchedPost, ...] = ()
    payloads: tuple[Payload, ...] = ()
    unchanged: bool = False
    broken: tuple[ItemError, ...] = ()
    notes: tuple[str, ...] = ()
    cut: bool = False
    joined: bool = False
    next_read_after_s: float | None = None  # the host's own wish (ttl, max-age, Retry-After)
