"""The source that makes its post itself: a new one at every read, as if somebody had published it now."""

from datetime import datetime
from hashlib import sha256

from monitor.model.canary import KEY, SECRET
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, Page, Part, PostKind, ReadState
from monitor.net.client import Client


class CanarySource:
    """Reads nothing, and needs no network."""

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:  # noqa: ARG002
        """One post of this instant that names the canary's secret."""
        nonce = now.isoformat(timespec="microseconds")
        text = f"{nonce}\n{SECRET}"
        post = FetchedPost(
            platform=KEY,
            native_id=nonce,
            kind=PostKind.POST,
            url=None,
            parts=(Part(Origin.TEXT, text),),
            content_hash=sha256(text.encode()).hexdigest(),
            claimed_at=now,
        )
        return Page(ReadState(cursor=nonce), (post,))
