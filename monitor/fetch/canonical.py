"""The id of a post on its network, from what a feed or a bridge says of it: the one that the network itself uses.

So a post is one post, whether it was read from its network or by way of others. What is no address of a single post
stays as the feed says it, told apart from everything else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_BASE_62: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTERS_A_GROUP, _DIGITS_A_GROUP = 4, 7
_BID: Final = re.compile(r"[0-9A-Za-z]{8,11}")
_MID: Final = re.compile(r"\d{12,20}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,20}", re.ASCII)
_DID: Final = re.compile(r"did:[a-z]+:[A-Za-z0-9._:-]{1,200}")
_RECORD: Final = re.compile(r"at://([^/\s]+)/app\.bsky\.feed\.post/([^/?#\s]+)")
_RKEY: Final = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_STATUS: Final = re.compile(r"[0-9A-Za-z]{1,40}")
_CHANNEL: Final = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)
_VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{11}")
_THING: Final = re.compile(r"t[13]_[0-9a-z]{1,13}", re.IGNORECASE)
_THING_ID: Final = re.compile(r"[0-9a-z]{1,13}", re.IGNORECASE)
_OTHER_DOORS: Final = ("www.", "m.", "mobile.", "old.", "new.", "np.", "music.")  # to the same posts
_WEIBO: Final = frozenset({"weibo.com", "weibo.cn"})
_TELEGRAM: Final = frozenset({"t.me", "telegram.me", "telegram.dog"})
_YOUTUBE: Final = frozenset({"youtube.com", "youtube-nocookie.com"})


def canonical_id(platform: str, said: str | None, did: str = "") -> str | None:
    """What the source that reads this network itself calls that post; None if it does not say which post it is.

    `said` is an id or address. `did` is that of the account, for addresses of Bluesky that have only a handle.
    """
    reader = _READERS.get(platform)
    return reader(said.strip(), did) if reader and said else None


def did_in(address: str) -> str:
    """The DID that an address names; "" if it names none."""
    found = _DID.search(unquote(address))
    return found[0] if found else ""


def mid_of(bid: str) -> str | None:
    """The number of a post of Weibo, from the letters in its address: four at a time, from the right, are 7 digits."""
    groups = [bid[max(end - _LETTERS_A_GROUP, 0) : end] for end in range(len(bid), 0, -_LETTERS_A_GROUP)]
    numbers = [_number(group) for group in reversed(groups)]
    if any(number >= 10**_DIGITS_A_GROUP for number in numbers):
        return None
    return "".join(f"{number:0{_DIGITS_A_GROUP}}" for number in numbers).lstrip("0") or None


def _number(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * len(_BASE_62) + _BASE_62.index(letter)
    return value


@dataclass(frozen=True, slots=True)
class _Address:
    """An address of the web in its parts."""

    host: str  # in lower case, without the door that was taken
    place: str  # host and port
    steps: tuple[str, ...]  # of the path
    query: str

    def after(self, *names: str) -> str:
        """The step behind the first of one of these names that has one; "" if there is none."""
        return next((step for name, step in pairwise(self.steps) if name.lower() in names), "")


def _address(said: str) -> _Address | None:
    try:
        parts = urlsplit(said)
        place, host = parts.netloc.rpartition("@")[2].lower(), parts.hostname or ""
    except ValueError:  # an address of IPv6 that is none
        return None
    if parts.scheme not in ("http", "https"):
        return None
    for door in _OTHER_DOORS:
        host = host.removeprefix(door)
    steps = tuple(step for step in unquote(parts.path).split("/") if step)
    return _Address(host, place, steps, parts.query)


# --- one network each -----------------------------------------------------------------------------------------------


def _weibo(said: str, _: str) -> str | None:
    at = _address(said)
    if at is None or at.host not in _WEIBO or len(at.steps) < 2:  # noqa: PLR2004 - whose, and which
        return None
    named = at.after("status", "detail") or (at.steps[1] if _NUMBER.fullmatch(at.steps[0]) else "")
    if _MID.fullmatch(named):
        return named
    return mid_of(named) if _BID.fullmatch(named) else None


def _x(said: str, _: str) -> str | None:
    """Of any host: front ends keep the path."""
    at = _address(said)
    named = at.after("status", "statuses") if at else ""
    return named if _NUMBER.fullmatch(named) else None


def _bluesky(said: str, did: str) -> str | None:
    if found := _RECORD.fullmatch(said):
        author, rkey = found[1], found[2]
    else:
        at = _address(said)
        author, rkey = (at.after("profile"), at.after("post")) if at else ("", "")
    author = author if _DID.fullmatch(author) else did
    return f"{author}/{rkey}" if author and _RKEY.fullmatch(rkey) else None


def _mastodon(said: str, _: str) -> str | None:
    """Of a post as its home server shows it: another's copy of it (`/@name@home/…`) has an id of its own."""
    at = _address(said)
    if at is None or any("@" in step[1:] for step in at.steps):
        return None
    own_page = next((step for name, step in pairwise(at.steps) if name.startswith("@")), "")
    named = at.after("statuses", "notice") or own_page
    return f"{at.place}/{named}" if _STATUS.fullmatch(named) else None


def _telegram(said: str, _: str) -> str | None:
    at = _address(said)
    steps = at.steps[1:] if at and at.steps[:1] == ("s",) else at.steps if at else ()
    if at is None or at.host not in _TELEGRAM or len(steps) != 2:  # noqa: PLR2004 - channel and number
        return None
    channel, number = steps
    return f"{channel}/{number}".lower() if _CHANNEL.fullmatch(channel) and _NUMBER.fullmatch(number) else None


def _youtube(said: str, _: str) -> str | None:
    named = said.removeprefix("yt:video:")
    if named == said:
        at = _address(said)
        if at is None or not (at.host in _YOUTUBE or at.host == "youtu.be"):
            return None
        watched = parse_qs(at.query).get("v", [""])[0] if at.steps == ("watch",) else ""
        shown = at.steps[0] if at.host == "youtu.be" and at.steps else at.after("shorts", "live", "embed", "v")
        named = watched or shown
    return named if _VIDEO.fullmatch(named) else None


def _bilibili(said: str, _: str) -> str | None:
    at = _address(said)
    if at is None or not at.steps or not f".{at.host}".endswith(".bilibili.com"):
        return None
    named = at.steps[-1] if at.host == "t.bilibili.com" else at.after("opus", "dynamic")
    return named if _NUMBER.fullmatch(named) else None


def _reddit(said: str, _: str) -> str | None:
    if _THING.fullmatch(said):
        return said.lower()
    at = _address(said)
    if at is None or at.host not in ("reddit.com", "redd.it"):
        return None
    post = at.steps[0] if at.host == "redd.it" and at.steps else at.after("comments")
    behind = at.steps[at.steps.index(post) + 1 :] if post in at.steps else ()
    if not _THING_ID.fullmatch(post):
        return None
    comment = behind[1] if len(behind) > 1 else ""  # behind the words of the title
    return f"t1_{comment}".lower() if _THING_ID.fullmatch(comment) else f"t3_{post}".lower()


_READERS: Final[Mapping[str, Callable[[str, str], str | None]]] = MappingProxyType(
    {
        "weibo": _weibo,
        "x": _x,
        "bluesky": _bluesky,
        "mastodon": _mastodon,
        "telegram": _telegram,
        "youtube": _youtube,
        "bilibili": _bilibili,
        "reddit": _reddit,
    }
)
