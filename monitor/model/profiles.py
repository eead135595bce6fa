"""Where people look at an account with their own eyes."""

from collections.abc import Mapping
from typing import Final

_PAGES: Final[Mapping[str, str]] = {
    "weibo": "https://weibo.com/u/{}",
    "x": "https://x.com/i/user/{}",
    "bluesky": "https://bsky.app/profile/{}",
    "mastodon": "https://{}",
    "telegram": "https://t.me/s/{}",
    "bilibili": "https://space.bilibili.com/{}",
    "youtube": "https://www.youtube.com/channel/{}",
    "reddit": "https://www.reddit.com/user/{}",
}


def profile_url(source: str, native_id: str) -> str:
    """The public page of an account that is read at its network; "" for feeds, whose address may be a secret."""
    if source == "x" and native_id.startswith("@"):
        return f"https://x.com/{native_id[1:]}"
    page = _PAGES.get(source)
    return page.format(native_id) if page else ""
