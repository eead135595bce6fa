"""What an address or a name that people copy from a browser means: which source reads it, with which keys. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class Ask(StrEnum):
    """What has to be asked for before the keys are whole."""

    DID = "did"  # of a handle of Bluesky
    CHANNEL = "channel"  # the id of a channel of YouTube, on its page
    FEED = "feed"  # whether the address is a feed, or a page that names one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source, and its keys as they stand in config.toml; `page` is what must be asked first, if anything must."""

    source: str
    keys: Mapping[str, str]
    ask: Ask | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """Addresses of one kind: the hosts, and a pattern of their paths whose groups are keys."""

    source: str
    hosts: str
    path: str
    ask: Ask | None = None


_SUBDOMAINS: Final = re.compile(r"^(?:www|m|mobile|old|new|web)\.")
_NO_NAMES: Final = "home|i|intent|search|explore|hashtag|share|settings|login|messages|notifications"
_ROWS: Final = (
    _Row("weibo", r"weibo\.(?:com|cn)", r"/(?:u/|profile/)?(?P<uid>\d{5,20})(?:/\w*)?"),
    _Row("x", r"(?:x|twitter)\.com", rf"/(?!(?:{_NO_NAMES})(?:/|$))(?P<username>\w{{1,15}})(?:/.*)?"),
    _Row("bluesky", r"bsky\.app", r"/profile/(?P<actor>did:[a-z]+:[\w.:-]+)(?:/.*)?"),
    _Row("bluesky", r"bsky\.app", r"/profile/(?P<actor>[\w-]+(?:\.[\w-]+)+)(?:/.*)?", Ask.DID),
    _Row("telegram", r"(?:t|telegram)\.me", r"/(?:s/)?(?P<channel>[A-Za-z]\w{3,31})(?:/\d+)?"),
    _Row("bilibili", r"space\.bilibili\.com", r"/(?P<uid>\d{1,20})(?:/.*)?"),
    _Row("bilibili", r"bilibili\.com", r"/space/(?P<uid>\d{1,20})(?:/.*)?"),
    _Row("youtube", r"youtube\.com", r"/channel/(?P<channel_id>UC[\w-]{22})(?:/.*)?"),
    _Row("youtube", r"youtube\.com", r"/(?:@|c/|user/)[^/]+(?:/.*)?", Ask.CHANNEL),
    _Row("reddit", r"reddit\.com", r"/(?:u|user)/(?P<user>[\w-]{3,20})(?:/.*)?"),
)
# On these hosts an @ in the path is no name on a server that speaks Mastodon's API.
_NO_MASTODON: Final = re.compile(
    r"(?:.+\.)?(?:youtube|tiktok|medium|threads|x|twitter|weibo|bilibili|reddit)\.(?:com|net)"
)
_MASTODON: Final = re.compile(r"/(?:web/)?(?:@|users/)(?P<acct>\w+(?:@[\w.-]+)?)(?:/.*)?")
_NAMES: Final = (
    ("mastodon", re.compile(r"@?(?P<acct>\w+)@(?P<host>[\w-]+(?:\.[\w-]+)+)"), None),
    ("bluesky", re.compile(r"(?P<actor>did:[a-z]+:[\w.:-]+)"), None),
    ("bluesky", re.compile(r"@?(?P<actor>[\w-]+\.bsky\.social)"), Ask.DID),
    ("reddit", re.compile(r"/?u/(?P<user>[\w-]{3,20})"), None),
)


def recognise(text: str) -> list[Candidate]:
    """What this may be, the likeliest first; nothing if it is neither an address nor a name of a form that we know."""
    text = text.strip()
    for source, pattern, ask in _NAMES:
        if found := pattern.fullmatch(text):
            return [Candidate(source, _keys(found), ask)]
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return []
    if parts.scheme not in ("http", "https") or "." not in host or re.search(r"[\s@]", parts.netloc):
        return []
    return _of_address(address, parts.scheme, parts.netloc, host, parts.path)


def _of_address(address: str, scheme: str, netloc: str, host: str, path: str) -> list[Candidate]:
    plain, path = _SUBDOMAINS.sub("", host), path.rstrip("/") or "/"
    found = [
        Candidate(row.source, _keys(match), row.ask, address if row.ask is Ask.CHANNEL else "")
        for row in _ROWS
        if re.fullmatch(row.hosts, plain) and (match := re.fullmatch(row.path, path, re.ASCII))
    ]
    if found:
        return found
    feed = Candidate("feed", {"url": address}, Ask.FEED, address)
    match = None if _NO_MASTODON.fullmatch(plain) else _MASTODON.fullmatch(path)
    if match is None:
        return [feed]
    return [Candidate("mastodon", {"instance": f"{scheme}://{netloc.lower()}", "acct": match["acct"]}), feed]


def _keys(match: re.Match[str]) -> dict[str, str]:
    keys = {name: value for name, value in match.groupdict().items() if value}
    host = keys.pop("host", None)
    return {"instance": f"https://{host.lower()}", **keys} if host else keys
