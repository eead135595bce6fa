"""Records of Bluesky, as the network shows them, become posts: what is said where, by whom, and when.

Texts are taken from the record, which is what its author signed; pictures and quoted posts from the view of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from monitor.fetch.dates import read_time
from monitor.fetch.entries import EntryError
from monitor.fetch.shaping import Draft, dicts, inner, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, MediaKind, Origin, Part, PostKind

View: TypeAlias = Mapping[str, Any]

POSTS: Final = "app.bsky.feed.post"
REPOST: Final = "repost:"
_BACK_DATED: Final = timedelta(days=1)  # a clock may be wrong by hours, a day is somebody's will
_URI = re.compile(r"at://(did:[^/\s]+)/[A-Za-z.]+/([^/\s]+)")
_TID = re.compile(r"[234567a-j][234567a-z]{12}")
_TID_DIGITS: Final = {digit: value for value, digit in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")


def post_of(item: View, account: Account, did: str, now: datetime, evidence: int = 0) -> FetchedPost | None:
    """The post that an item of a feed is; None for another's post that this account did not share.

    `native_id` is DID/RKEY, which stays when the handle changes; a share has the other's id below the own DID.
    """
    view = item["post"]
    author, rkey = place(view.get("uri"))
    record = view["record"]
    native_id, url = f"{author}/{rkey}", f"https://bsky.app/profile/{author}/post/{rkey}"
    if author != did:
        reason = item.get("reason")
        if inner(reason, "by", "did") != did:
            return None
        draft = Draft(account, f"{did}/{REPOST}{native_id}", url, PostKind.REPOST, root_id=native_id)
        version = _say(draft, view, by_author=False)
        return draft.finish(text_id(inner(reason, "indexedAt")), now, fingerprint=version, evidence=evidence)
    kind = PostKind.REPLY if isinstance(record.get("reply"), dict) else PostKind.POST
    draft = Draft(account, native_id, url, kind, native_rev=text_id(view.get("cid")))
    version = _say(draft, view, by_author=True)
    parent = inner(item, "reply", "parent")
    draft.say(Origin.PARENT, inner(parent, "record", "text"), by_author=inner(parent, "author", "did") == did)
    return _dated(draft, record, rkey, version, now, evidence)


def place(uri: object) -> tuple[str, str]:
    """The DID and the record key that an at:// address names."""
    found = _URI.fullmatch(uri) if isinstance(uri, str) else None
    if found is None:
        raise EntryError("a post without an address")
    return found[1], found[2]


def place_in_list(item: View, account: Account, now: datetime) -> datetime | None:
    """The instant by which the feed orders this item; None for a pinned one, which stands on top at any age."""
    reason = item.get("reason")
    if str(inner(reason, "$type")).endswith("#reasonPin"):
        return None
    if isinstance(reason, dict):
        return read_time(text_id(reason.get("indexedAt")), account.timezone, now).at
    told = (created(inner(item, "post", "record")), text_id(inner(item, "post", "indexedAt")))
    instants = [at for at in (read_time(each, account.timezone, now).at for each in told) if at]
    return min(instants, default=None)


def made_at(rkey: str) -> datetime | None:
    """When a record's key was made: keys are instants, written so that they sort. None for one that is no such key."""
    if not _TID.fullmatch(rkey):
        return None
    number = 0
    for digit in rkey:
        number = number * 32 + _TID_DIGITS[digit]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number >> 10)


def created(record: object) -> str | None:
    """When a record says it was written; without a zone it is UTC, as the network itself reads it."""
    told = text_id(inner(record, "createdAt"))
    return f"{told}Z" if told and _WITHOUT_ZONE.fullmatch(told) else told


def _dated(draft: Draft, record: View, rkey: str, version: list[Part], now: datetime, evidence: int) -> FetchedPost:
    """The post with its instant: that of its key if it claims to be days older than that."""
    post = draft.finish(created(record), now, fingerprint=version, evidence=evidence)
    keyed_at = made_at(rkey)
    if keyed_at and post.claimed_at and post.claimed_at + _BACK_DATED < keyed_at <= now:
        return replace(post, claimed_at=keyed_at, time_note="back_dated")
    return post


def _say(draft: Draft, view: View, *, by_author: bool) -> list[Part]:
    """What a post says, in all its places, and what tells its versions apart: of a quoted post only which it is."""
    first = len(draft.parts)
    record = view.get("record") or view.get("value")

    def say(origin: Origin, text: object) -> None:
        draft.say(origin if by_author else Origin.QUOTED, text, by_author=by_author)

    say(Origin.TEXT, inner(record, "text"))
    tags = inner(record, "tags")
    say(Origin.TEXT, " ".join(f"#{tag}" for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else None)
    for origin, text in _attached(inner(record, "embed")):
        say(origin, text)
    for target in _targets(record):
        say(Origin.CARD, target)
    version = draft.parts[first:]
    for embed in (view.get("embed"), *dicts(view.get("embeds"))):
        _show(draft, embed)
        quoted = _quoted(embed)
        if quoted is not None and "record" in view:  # what a quoted post quotes in turn is not shown
            _say_quoted(draft, quoted)
    if uri := text_id(inner(record, "embed", "record", "record", "uri") or inner(record, "embed", "record", "uri")):
        version.append(Part(Origin.QUOTED, uri, by_author=False))
    return version


def _say_quoted(draft: Draft, quoted: View) -> None:
    """A quoted post; of a list, a feed or a starter pack its name. One that is gone or blocked says nothing."""
    if isinstance(quoted.get("value"), dict):
        _say(draft, quoted, by_author=False)
        return
    for name in ("displayName", "name", "description"):
        draft.say(Origin.QUOTED, quoted.get(name), by_author=False)


def _attached(embed: object) -> Iterator[tuple[Origin, object]]:
    """The words of pictures, videos and link cards."""
    if not isinstance(embed, dict):
        return
    for image in dicts(embed.get("images")):
        yield Origin.ALT, image.get("alt")
    yield Origin.ALT, embed.get("alt")
    for name in ("title", "description"):
        yield Origin.CARD, inner(embed, "external", name)
    yield from _attached(embed.get("media"))


def _targets(record: object) -> list[str]:
    """Where links lead, as far as the text does not show it. Facets count bytes, not characters."""
    text = inner(record, "text")
    text = text if isinstance(text, str) else ""
    written = text.encode("utf-8", "surrogatepass")
    found: dict[str, None] = {}
    for facet in dicts(inner(record, "facets")):
        start, end = inner(facet, "index", "byteStart"), inner(facet, "index", "byteEnd")
        shown = written[start:end].decode("utf-8", "replace") if isinstance(start, int) and isinstance(end, int) else ""
        for feature in dicts(facet.get("features")):
            uri = feature.get("uri")
            if isinstance(uri, str) and uri not in text and _bare(uri) != _bare(shown):
                found[uri] = None
    for embed in (inner(record, "embed"), inner(record, "embed", "media")):
        uri = inner(embed, "external", "uri")
        if isinstance(uri, str) and uri not in text and _bare(uri) not in text:
            found[uri] = None
    return list(found)


def _bare(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", address.strip(), flags=re.IGNORECASE).rstrip("/")


def _quoted(embed: object) -> View | None:
    """The view of what is quoted: below `record`, and one deeper where pictures stand beside it."""
    found = inner(embed, "record")
    deeper = inner(found, "record")
    if isinstance(deeper, dict) and "value" not in found and "uri" not in found:
        found = deeper
    return found if isinstance(found, dict) else None


def _show(draft: Draft, embed: object) -> None:
    if not isinstance(embed, dict):
        return
    for image in dicts(embed.get("images")):
        draft.show(MediaKind.PICTURE, image.get("fullsize"))
    draft.show(MediaKind.COVER, embed.get("thumbnail"))
    _show(draft, embed.get("media"))
