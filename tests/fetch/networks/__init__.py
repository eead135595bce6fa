"""Scripted networks: one for each source, so that every case of the contract is played on all of them."""

from collections.abc import Mapping

from tests.fetch.networks.apis import BlueskyNetwork, MastodonNetwork, XNetwork
from tests.fetch.networks.feeds import FeedNetwork, JsonFeedNetwork, RedditNetwork, RsshubNetwork, YoutubeNetwork
from tests.fetch.networks.network import BEIJING, Can, Country, Network, Post
from tests.fetch.networks.pages import BilibiliNetwork, ForwardingNetwork, TelegramNetwork, WeiboNetwork

__all__ = ["BEIJING", "NETWORKS", "Can", "Country", "Network", "Post", "those"]

NETWORKS: Mapping[str, type[Network]] = {
    "feed": FeedNetwork,
    "jsonfeed": JsonFeedNetwork,
    "weibo": WeiboNetwork,
    "x": XNetwork,
    "mastodon": MastodonNetwork,
    "bluesky": BlueskyNetwork,
    "telegram": TelegramNetwork,
    "forwarding": ForwardingNetwork,
    "bilibili": BilibiliNetwork,
    "youtube": YoutubeNetwork,
    "reddit": RedditNetwork,
    "rsshub": RsshubNetwork,
}


def those(*wanted: Can, without: Can | None = None) -> list[str]:
    """The names of networks that can do all of this."""
    return [
        name
        for name, kind in NETWORKS.items()
        if kind.can.issuperset(wanted) and (not without or without not in kind.can)
    ]
