"""Stage 1: read one account and answer with its posts. Each way of reading is listed in SOURCES.

feed       RSS, Atom and JSON Feed over HTTP (xmlfeed, jsonfeed, charset read the bytes)
mastodon   Mastodon and servers that speak its API
telegram   the previews of public channels
bilibili/  the dynamics of a user
youtube    the feed of a channel
reddit     the feed of a user
rsshub     a network by an RSSHub of one's own
bluesky/   Bluesky, its feed and its repository
x/         X, by its paid API
weibo/     Weibo by its two sites
json       a list of posts in any JSON (jsonlist)
page       a page whose changes are posts
inbound    posts that are sent to us
asking     the requests of one read: bounded, with credentials, kept as evidence
records    a post told by names and values, of json, a push or a file
conditional  asking again only for what has changed
answers    what a status and its headers mean
identity   an entry of any format becomes a FetchedPost: id, hash, parts
canonical  the id that the network itself gave a post, from an address of it
dates      when a source says something was posted, and how far that is to be believed
plaintext  HTML to text
walls      pages that stand where posts should be
presence   whether a post can still be seen at its address
pacing     when to ask again
recognise  what an address that people copy means; lookup asks for what it does not say
canary     a post of our own, for proof
"""

from datetime import datetime
from typing import Protocol, runtime_checkable

from monitor.config.shape import AccountTable
from monitor.fetch.bilibili.source import BilibiliSource
from monitor.fetch.bluesky.source import BlueskySource
from monitor.fetch.canary import CanarySource
from monitor.fetch.feed import FeedSource
from monitor.fetch.inbound import InboundSource
from monitor.fetch.jsonlist import JsonSource
from monitor.fetch.mastodon import MastodonSource
from monitor.fetch.page import PageSource
from monitor.fetch.reddit import RedditSource
from monitor.fetch.rsshub import RsshubSource
from monitor.fetch.telegram import TelegramSource
from monitor.fetch.weibo.source import WeiboSource
from monitor.fetch.x.source import XSource
from monitor.fetch.youtube import YoutubeSource
from monitor.model.canary import KEY
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Page, ReadState
from monitor.model.sessions import SessionKind
from monitor.net.client import Client


class Source(Protocol):
    """A way to read an account: one module, one row of SOURCES and of docs/reference/sources.md.

    A source that can ask for a single post has a method `one`, see Asks.
    """

    @property
    def table(self) -> type[AccountTable]:
        """The keys that it takes in config.toml."""
        ...

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read. Raises FetchError for an answer that is no good read, TransportError for none at all."""
        ...


@runtime_checkable
class Asks(Protocol):
    """A source that can ask for a post by its id."""

    def one(self, account: Account, native_id: str, client: Client, now: datetime) -> FetchedPost | Gone | None:
        """The post as it is now; Gone if the network says so; None if it cannot be told. Raises TransportError."""
        ...


SOURCES: dict[str, Source] = {
    "feed": FeedSource(),
    "weibo": WeiboSource(),
    "mastodon": MastodonSource(),
    "telegram": TelegramSource(),
    "bilibili": BilibiliSource(),
    "youtube": YoutubeSource(),
    "reddit": RedditSource(),
    "rsshub": RsshubSource(),
    "bluesky": BlueskySource(),
    "x": XSource(),
    "json": JsonSource(),
    "page": PageSource(),
    "inbound": InboundSource(),
}
_CANARY = CanarySource()


def source_of(account: Account) -> Source | CanarySource:
    """How this account is read."""
    return _CANARY if account.key == KEY else SOURCES[account.source]


def shortest_s(account: Account) -> float:
    """The shortest interval, in seconds, that we choose by ourselves for an account of this source."""
    return float(getattr(source_of(account), "shortest_s", 0.0))


def post_price_usd(account: Account) -> float:
    """What reading a post costs there."""
    return float(getattr(source_of(account), "post_price_usd", 0.0))


def session_lasts_s(account: Account) -> float:
    """How long a cookie or token usually lasts there, in seconds; 0 if for ever, or if nobody knows."""
    return float(getattr(source_of(account), "session_lasts_s", 0.0))


def session_kind(account: Account) -> SessionKind:
    """What people sign in with there."""
    return SessionKind(getattr(source_of(account), "session_kind", SessionKind.COOKIE))


def is_reduced(source: str) -> bool:
    """Whether it shows less of a post than the network does, or at second hand: its posts are weaker evidence.

    Such a source has the class attribute `reduced`.
    """
    return bool(getattr(SOURCES.get(source), "reduced", False))


def rank_of(account: Account) -> int:
    """How far its source is from the network: 0 for the network itself, 1 for a feed of it, 2 for a bridge.

    Of a post that several sources show, the text of the lowest rank counts. The class attribute `rank`, if not 0.
    """
    return int(getattr(source_of(account), "rank", 0))
