"""Who is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.model.routes import DIRECT, Route


class AfterDeletion(StrEnum):
    """What stays of a post that its author, or the network, has taken down."""

    KEEP = "keep"  # all of it, as of any other
    DIGEST = "digest"  # hashes, kinds and times
    PURGE = "purge"  # that there was an alert


@dataclass(frozen=True, slots=True)
class Account:
    """One place where a person posts in public."""

    key: str
    person_key: str
    source: str
    platform: str
    native_id: str
    url: str = field(repr=False)  # may carry a key
    poll_every_s: float
    timezone: ZoneInfo  # for times that the source gives without a zone
    official: bool = False
    allow_private_network: bool = False
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    url_is_secret: bool = False  # no path of its host may be told
    push_secrets: tuple[bytes, ...] = field(default=(), repr=False)  # of those who may send its posts, the newest first
    route: Route = DIRECT
    session: str = ""  # the name of a platform session that people renew; "" for none
    after_deletion: AfterDeletion = AfterDeletion.KEEP
    options: object = field(default=None, repr=False, compare=False)  # the keys of its source, read by that alone

    @property
    def host(self) -> str:
        """The host whose patience a read of it takes; "" if it is not read, but sent to us."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose public posts are watched, for a stated purpose."""

    key: str
    name: str
    title: str
    timezone: ZoneInfo
    knows: frozenset[str] = field(repr=False)  # product keys
    accounts: tuple[Account, ...]
    purpose: str
    review_at: datetime | None = None
    called: str = ""  # how a letter speaks of them, such as "Mr Lin"; "" for their name
    contacts: tuple[str, ...] = field(default=(), repr=False)  # who can get a post removed, with how to reach them


def name_of_contact(contact: str) -> str:
    """The words before the first number, address or bracket: what may leave this machine; "" if none stand there."""
    found = _REACHED_BY.search(contact)
    return (contact[: found.start()] if found else contact).rstrip(" \t-–—.·…")


_REACHED_BY: Final = re.compile(
    r"\S+@|[\d+(（\[【<《:：,，;；/|]|\b(?:tel|phone|mobile|cell|ext|e-?mail|wechat)\b|电话|手机|微信|邮箱|邮件|分机|座机|飞书|钉钉",
    re.IGNORECASE,
)
