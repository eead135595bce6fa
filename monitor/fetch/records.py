"""A post told by names and values, as lists of JSON, pushes and files have it, becomes a FetchedPost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from monitor.fetch.entries import EntryError
from monitor.fetch.identity import content_hash, own_id
from monitor.fetch.shaping import Draft, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, PostKind

_KINDS: Final = (
    dict.fromkeys(("reply", "comment", "answer", "回复", "评论"), PostKind.REPLY)
    | dict.fromkeys(("repost", "reblog", "retweet", "share", "forward", "boost", "转发"), PostKind.REPOST)
    | dict.fromkeys(("profile", "bio"), PostKind.PROFILE)
)
_LONGEST_ID_BYTES: Final = 1000  # databases do not index longer ones
_TEXTS: Final = ("text", "title", "kind", "parent", "quoted", "client", "url")


@dataclass(frozen=True, slots=True)
class Record:
    """What is told of one post; what is not told is empty. Times are in any form that fetch.dates reads."""

    native_id: str = ""
    text: str = ""
    title: str = ""
    time: str = ""
    edited: str = ""
    url: str = ""
    kind: str = ""
    parent: str = ""  # the text that it answers to
    quoted: str = ""  # what it shows of others
    client: str = ""


def record_of(value: object) -> Record:
    """The record of an object with the names id, text, title, time, edited, url, kind, parent, quoted, client.

    Raises EntryError that names what is wrong, and quotes none of it. `published_at` is another word for `time`.
    """
    if not isinstance(value, Mapping):
        raise EntryError("it is no object")
    texts = {name: _text(value, name) for name in _TEXTS}
    if not (texts["text"].strip() or texts["title"].strip() or texts["quoted"].strip()):
        raise EntryError("'text' is missing")
    time = _scalar(value, "time") or _scalar(value, "published_at")
    return Record(native_id=_id(value), time=time, edited=_scalar(value, "edited"), **texts)


def post_of(
    record: Record, account: Account, now: datetime, *, is_html: bool = False, own_ids: bool = True, evidence: int = 0
) -> FetchedPost:
    """The post that a record is; without an id it is known by what it says.

    `own_ids` says that its ids are those of this place alone, not of the whole network that the account names.
    """
    draft = Draft(account, "", record.url or None, _kind_of(record), native_rev=None)
    say = draft.say_html if is_html else draft.say
    shared = draft.kind is PostKind.REPOST
    for origin, text in ((Origin.TITLE, record.title), (Origin.TEXT, record.text)):
        say(Origin.QUOTED if shared else origin, text, by_author=not shared)
    say(Origin.QUOTED, record.quoted, by_author=False)
    draft.say(Origin.CLIENT, record.client)
    say(Origin.PARENT, record.parent, by_author=False)
    if not (draft.parts or record.native_id):
        raise EntryError("it says nothing")
    said = record.native_id or f"sha256:{content_hash(draft.parts)}"
    draft.native_id = own_id(said, account) if own_ids else said
    return draft.finish(record.time, now, edited=record.edited or None, evidence=evidence)


def checked_post(record: Record, account: Account, now: datetime, *, own_ids: bool, evidence: int = 0) -> FetchedPost:
    """The same for those who can be told of a mistake: EntryError for a time that cannot be read."""
    post = post_of(record, account, now, own_ids=own_ids, evidence=evidence)
    if post.time_note == "unreadable_time":
        raise EntryError("'time' cannot be read: write ISO 8601 with an offset, as in 2026-11-23T09:30:00+08:00")
    return post


def _kind_of(record: Record) -> PostKind:
    word = record.kind.strip().casefold()
    return _KINDS.get(word, PostKind.REPLY if record.parent.strip() and not word else PostKind.POST)


def _id(value: Mapping[str, object]) -> str:
    told = value.get("id")
    found = text_id(told)
    if found is None:
        raise EntryError("'id' is missing" if told in (None, "") else "'id' is neither text nor a whole number")
    if len(found.encode("utf-8", "surrogatepass")) > _LONGEST_ID_BYTES:
        raise EntryError(f"'id' is longer than {_LONGEST_ID_BYTES} bytes")
    return found


def _text(value: Mapping[str, object], name: str) -> str:
    told = value.get(name)
    if told is None:
        return ""
    if not isinstance(told, str):
        raise EntryError(f"'{name}' is not text")
    return told


def _scalar(value: Mapping[str, object], name: str) -> str:
    told = value.get(name)
    if told in (None, ""):
        return ""
    found = text_id(told)
    if found is None:
        raise EntryError(f"'{name}' is neither text nor a number")
    return found
