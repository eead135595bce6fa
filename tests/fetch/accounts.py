"""A fictional account and an instant, for the tests of reading."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.model.people import Account

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def account(
    url: str = "https://feeds.example/yuan", zone: str = "Asia/Shanghai", key: str = "", *, url_is_secret: bool = False
) -> Account:
    """Somebody's feed on a server that may be on this machine."""
    return Account(
        key="lin-yuan/feed",
        person_key="lin-yuan",
        source="feed",
        platform="weblog",
        native_id="yuan",
        url=url,
        poll_every_s=60.0,
        timezone=ZoneInfo(zone),
        allow_private_network=True,
        secret_headers={"X-Api-Key": key} if key else {},
        url_is_secret=url_is_secret,
    )


def within_feed(native_id: str, feed: str = "yuan") -> str:
    """The id as the feed gave it: one that is no address of the whole world is told apart by its feed."""
    return native_id.removeprefix(f"{feed}#")
