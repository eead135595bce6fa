"""The source `youtube`: the feed that YouTube offers of a channel, which is its newest 15 videos."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from monitor.config.fields import Key
from monitor.config.shape import AccountTable, Home
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError
from monitor.fetch.canonical import canonical_id
from monitor.fetch.feed import FeedSource
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Media, MediaKind, Page, ReadState
from monitor.net.client import Client

_FEED: Final = FeedSource()
_CHANNEL_ID: Final = re.compile(r"UC[A-Za-z0-9_-]{22}")


def check_channel_id(text: str) -> str:
    """The id of a channel, which never changes."""
    if not _CHANNEL_ID.fullmatch(text):
        raise Refused("is no id of a channel", "write the 24 characters from UC on, not the name with @")
    return text


class YoutubeTable(AccountTable):
    """A channel of YouTube, by the id that begins with UC."""

    source: Literal["youtube"]
    platform: Key = "youtube"
    channel_id: Annotated[str, AfterValidator(check_channel_id)]

    def home(self) -> Home:
        """The channel, and its feed."""
        return Home(self.channel_id, f"https://www.youtube.com/feeds/videos.xml?channel_id={self.channel_id}")


class YoutubeSource:
    """Reads a channel's feed."""

    table = YoutubeTable
    shortest_s = 300.0

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read; a 404 is trouble of the server, for YouTube answers with it for days while the channel is there."""
        try:
            page = _FEED.page(account, state, client, now)
        except FetchError as error:
            if error.failure is not Failure.GONE:
                raise
            detail = f"status {error.status}, which YouTube's feeds answer for days and then no more"
            raise FetchError(Failure.SERVER, detail, status=error.status, retry_after_s=error.retry_after_s) from None
        return replace(page, posts=tuple(_video(post) for post in page.posts))


def _video(post: FetchedPost) -> FetchedPost:
    """Under the id that stands in addresses, with its cover."""
    # The feed's own ids are believed whatever their form; addresses are told from others by it.
    named = re.fullmatch(r"yt:video:([\w-]{1,64})", post.native_id, re.ASCII)
    video = named[1] if named else canonical_id("youtube", post.url)
    if video is None:
        return post
    cover = Media(MediaKind.COVER, f"https://i.ytimg.com/vi/{video}/hqdefault.jpg")
    return replace(post, native_id=video, media=(cover,))
