"""A dynamic of Bilibili becomes a FetchedPost: its words, and those of what it shows or passes on."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from monitor.fetch.entries import EntryError
from monitor.fetch.shaping import Draft, dicts, inner, text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, MediaKind, Origin, PostKind

Item = Mapping[str, Any]

# What stands in place of own words when something is passed on without any.
_NO_WORDS: Final = frozenset({"转发动态", "分享动态"})
# What a dynamic shows, by the name of the part that holds it: where its title and its words stand there.
_SHOWN: Final = (
    ("archive", Origin.TITLE, Origin.TEXT, ("desc",)),  # a video
    ("ugc_season", Origin.TITLE, Origin.TEXT, ("desc",)),
    ("article", Origin.TITLE, Origin.TEXT, ("desc",)),
    ("live", Origin.TITLE, Origin.CARD, ()),
    ("pgc", Origin.CARD, Origin.CARD, ()),
    ("music", Origin.CARD, Origin.CARD, ()),
    ("courses", Origin.CARD, Origin.CARD, ("sub_title",)),
    ("common", Origin.CARD, Origin.CARD, ("desc",)),
    ("upower_common", Origin.CARD, Origin.CARD, ()),
)
# Cards below a dynamic. Their further lines tell counts and times to go, which change without an edit.
_CARDS: Final = ("common", "reserve", "ugc", "match", "upower_lottery")


def is_pinned(item: Item) -> bool:
    """Whether it stands on top out of turn."""
    return bool(inner(item, "modules", "module_tag", "text") == "置顶")


def read_dynamic(item: Item, account: Account, now: datetime, evidence: int) -> FetchedPost:
    """The post that a dynamic is. What is passed on is quoted; with own words it is a post, without any a repost."""
    native_id = text_id(item.get("id_str"))
    if native_id is None:
        raise EntryError("a dynamic without an id")
    draft = Draft(account, native_id, f"https://t.bilibili.com/{native_id}")
    original = item.get("orig")
    words = inner(item, "modules", "module_dynamic", "desc", "text")
    if isinstance(original, dict):
        own = isinstance(words, str) and words.strip() not in {"", *_NO_WORDS}
        draft.kind = PostKind.POST if own else PostKind.REPOST
        draft.root_id = text_id(original.get("id_str"))
        if own:
            _say(draft, item, by_author=True)
        if original.get("type") != "DYNAMIC_TYPE_NONE":  # it is gone
            _say(draft, original, by_author=False)
    else:
        _say(draft, item, by_author=True)
    return draft.finish(text_id(inner(item, "modules", "module_author", "pub_ts")), now, evidence=evidence)


def _say(draft: Draft, item: Item, *, by_author: bool) -> None:
    """What a dynamic says, each text once; of another's everything is quoted."""
    told = inner(item, "modules", "module_dynamic")
    for origin, text in dict.fromkeys((*_words(told), *_shown(inner(told, "major")), *_added(told))):
        draft.say(origin if by_author else Origin.QUOTED, text, by_author=by_author)
    for kind, url in _pictures(inner(told, "major")):
        draft.show(kind, f"https:{url}" if isinstance(url, str) and url.startswith("//") else url)


def _words(told: object) -> Iterator[tuple[Origin, str | None]]:
    major = inner(told, "major")
    yield Origin.TITLE, _text(inner(major, "opus", "title"))
    yield Origin.TEXT, _text(inner(told, "desc", "text"))
    yield Origin.TEXT, _text(inner(major, "opus", "summary", "text"))
    topic = _text(inner(told, "topic", "name"))
    yield Origin.TEXT, topic and f"#{topic}#"


def _shown(major: object) -> Iterator[tuple[Origin, str | None]]:
    for name, of_title, of_words, words in _SHOWN:
        part = inner(major, name)
        yield of_title, _text(inner(part, "title"))
        for word in words:
            yield of_words, _text(inner(part, word))
    yield Origin.TITLE, _text(inner(_live(major), "title"))


def _added(told: object) -> Iterator[tuple[Origin, str | None]]:
    added = inner(told, "additional")
    for name in _CARDS:
        yield Origin.CARD, _text(inner(added, name, "title"))
    yield Origin.POLL, _text(inner(added, "vote", "desc"))
    for ware in dicts(inner(added, "goods", "items")):
        yield Origin.CARD, _text(ware.get("name"))


def _pictures(major: object) -> Iterator[tuple[MediaKind, object]]:
    for picture in dicts(inner(major, "draw", "items")):
        yield MediaKind.PICTURE, picture.get("src")
    for picture in dicts(inner(major, "opus", "pics")):
        yield MediaKind.PICTURE, picture.get("url")
    covers = inner(major, "article", "covers")
    for cover in covers if isinstance(covers, list) else ():
        yield MediaKind.PICTURE, cover
    for name in ("archive", "ugc_season", "live", "pgc"):
        yield MediaKind.COVER, inner(major, name, "cover")
    yield MediaKind.COVER, inner(_live(major), "cover")


def _live(major: object) -> object:
    """A live stream is told as JSON within JSON."""
    content = inner(major, "live_rcmd", "content")
    try:
        return inner(json.loads(content), "live_play_info") if isinstance(content, str) else None
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
