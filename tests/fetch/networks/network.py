"""What is common to all scripted networks: posts as their author made them, and a server that shows them.

A network renders its own answers from abstract posts, as the real one does: lists, the pages behind, single posts,
whole texts. What it cannot show at all it does not declare, and the suite makes no case of it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from monitor.fetch import SOURCES
from monitor.model.people import Account
from monitor.model.posts import Origin
from tests.fetch.feed_server import Asked, FeedServer, Raw, Reply, Script
from tests.net.internet import Internet

BEIJING = ZoneInfo("Asia/Shanghai")
NOTHING: Mapping[Origin, str] = MappingProxyType({})
NOT_FOUND = Reply(404)


class Can(Enum):
    """What a network can do, or lets happen, beside showing texts."""

    PIN = auto()  # an old post stands first in its list
    PAGE = auto()  # older posts are asked for page by page
    EDIT = auto()  # a post changes its text
    NEW_ID = auto()  # and gets another id by that
    ASK = auto()  # a post can be asked for by its id
    LONG = auto()  # lists cut long texts, which are asked for one by one
    LATE = auto()  # a post shows up below others that were seen before
    DATE = auto()  # the author says when it was posted
    REUSE = auto()  # an id is given to another post
    NUMBER = auto()  # ids may come as numbers of JSON
    RENAME = auto()  # who is read by a name may take another
    CONDITION = auto()  # 304
    EMPTY = auto()  # an empty list is what accounts without posts have, not what those without news have
    JSON = auto()
    XML = auto()
    HTML = auto()  # its texts are HTML, in whatever stands around them
    WALL_IN_JSON = auto()  # it asks to sign in by a word in a good answer


@dataclass(frozen=True, slots=True)
class Post:
    """What its author made: the first text or an edit of it. `no` and `made_at` make its id.

    `says` are texts in other places; that of QUOTED and PARENT is somebody else's. `claims` is what it says of its
    time, in the network's own words if it is a text.
    """

    no: int
    made_at: datetime
    text: str
    says: Mapping[Origin, str] = field(default_factory=dict)
    claims: datetime | str | None = None
    begins: str = ""  # what lists show of a text that they cut
    pinned: bool = False
    quoted_is_gone: bool = False
    edits: tuple["Post", ...] = ()  # the versions before, the oldest first
    edited_at: datetime | None = None

    @property
    def claimed_at(self) -> datetime:
        return self.claims if isinstance(self.claims, datetime) else self.made_at


class Network:
    """One account of one network, at an address of its own."""

    source: ClassVar[str]
    can: ClassVar[frozenset[Can]]
    shows: ClassVar[frozenset[Origin]] = frozenset()  # beside the text
    page_size: ClassVar[int]
    keys: ClassVar[Mapping[str, object]] = {}
    times: ClassVar[Mapping[str, Callable[[datetime], str]]] = {}  # its ways to write an instant, by name

    def __init__(self, at: str, name: str = "lin", serial: int = 0, **keys: object) -> None:
        """`at` is where it stands, such as "http://lin.example:81"; `serial` tells one account from the others."""
        self.at = at
        self.name = name
        self.serial = serial
        self.own_keys = {**self.keys, **keys}
        self.posts: list[Post] = []
        self.made = 0
        self.instead: Script | None = None  # of every answer
        self.behind: Script | None = None  # of every page but the first
        self.long: Script | None = None  # of a whole text
        self.ids_are_numbers = False
        self.charset = self.label = "utf-8"  # in which bytes are, and what XML says of it
        self.numeric = False  # letters are written as numeric references
        self.renamed = False
        self.shown: set[tuple[int, int]] = set()  # posts that were in an answer, by the number of their edits

    # --- what its author does -----------------------------------------------------------------------------------

    def publish(self, text: str, at: datetime, says: Mapping[Origin, str] = NOTHING, **more: Any) -> Post:
        """A post is made at that instant, and stands in the list from now on."""
        self.made += 1
        post = Post(**{"no": self.made, "made_at": at, "text": text, "says": says, **more})
        self.posts.append(post)
        return post

    def edit(self, post: Post, text: str, at: datetime, **more: Any) -> Post:
        """It says something else."""
        edited = replace(post, text=text, edited_at=at, edits=(*post.edits, replace(post, edits=())), **more)
        self.posts[self.posts.index(post)] = edited
        return edited

    def pin(self, post: Post) -> Post:
        """It stands first."""
        pinned = replace(post, pinned=True)
        self.posts[self.posts.index(post)] = pinned
        return pinned

    def delete(self, post: Post) -> None:
        """It is gone."""
        self.posts.remove(post)

    # --- what is asked of it --------------------------------------------------------------------------------------

    def account(self, key: str = "", **beside: Any) -> Account:
        """Whoever is read here."""
        table = SOURCES[self.source].table.model_validate({"source": self.source, **self.table_keys(), **self.own_keys})
        home = table.home()
        return Account(
            **{
                "key": key or f"lin/{self.name}",
                "person_key": "lin",
                "source": self.source,
                "platform": table.platform,
                "native_id": home.native_id,
                "url": self.address(home.url),
                "poll_every_s": 60.0,
                "timezone": BEIJING,
                "secret_headers": self.secrets(),
                "options": table,
                **beside,
            }
        )

    def table_keys(self) -> Mapping[str, object]:
        """What config.toml says of it."""
        raise NotImplementedError

    def address(self, url: str) -> str:
        """Where it is read, of networks whose address cannot be configured."""
        return url

    def secrets(self) -> Mapping[str, str]:
        """What goes along, of networks that want it."""
        return {}

    def native_id(self, post: Post) -> str:
        """The id that is stored."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Reply | Raw:
        """What it says to a request."""
        if self.instead is not None:
            return said(self.instead, asked)
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return self.answer_at(parts.path, query, asked)

    def answer_at(self, path: str, query: Mapping[str, str], asked: Asked) -> Reply | Raw:
        """The same, by the parts of the address."""
        raise NotImplementedError

    # --- how it is rendered -----------------------------------------------------------------------------------------

    def listed(self) -> list[Post]:
        """All posts in the order of the list; those that are pinned come first, too."""
        ordered = sorted(self.posts, key=lambda post: (self.place(post), post.no), reverse=True)
        pinned = [post for post in ordered if post.pinned] if Can.PIN in self.can else []
        return pinned + [post for post in ordered if post not in pinned]

    def place(self, post: Post) -> datetime:
        """By what the list is ordered."""
        return post.made_at

    def page(self, start: int = 0) -> list[Post]:
        """The posts of one page."""
        return self.show(self.listed()[start : start + self.page_size])

    def show(self, page: list[Post]) -> list[Post]:
        """These are in an answer."""
        self.shown |= {(post.no, len(post.edits)) for post in page}
        return page

    def by_id(self, native_id: str) -> Post | None:
        """The post of that id, which may be that of the network's own answers."""
        return next((post for post in self.posts if self.native_id(post) == native_id), None)

    def number(self, value: str) -> object:
        """An id as JSON has it."""
        return int(value) if self.ids_are_numbers else value

    def html(self, text: str) -> str:
        """A text in HTML."""
        told = escaped(text)
        return told.encode("ascii", "xmlcharrefreplace").decode() if self.numeric else told


def said(script: Script, asked: Asked) -> Reply | Raw:
    return script(asked) if callable(script) else script


def in_json(value: object, **headers: str) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def if_changed(reply: Reply, asked: Asked) -> Reply:
    """304 to who has these bytes."""
    etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
    if asked.headers.get("if-none-match") == etag:
        return Reply(304, headers={"ETag": etag})
    return replace(reply, headers={**reply.headers, "ETag": etag})


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


@dataclass
class Country:
    """Networks by the name of their host, all at one server; and a wire that leads there from everywhere."""

    server: FeedServer
    networks: dict[str, Network] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.otherwise = self._answer
        self.wire = Internet(_Public())

    def settle(self, kind: type[Network], name: str, **keys: object) -> Network:
        """A network of that kind at NAME.example."""
        host = f"{name}.example"
        self.networks[host] = kind(self.server.url("", host), name, len(self.networks), **keys)
        return self.networks[host]

    def __iter__(self) -> Iterator[Network]:
        return iter(self.networks.values())

    def _answer(self, asked: Asked) -> Reply | Raw:
        network = self.networks.get(asked.headers.get("host", "").rpartition(":")[0])
        return network.answer(asked) if network else NOT_FOUND


class _Public(dict[str, Any]):
    """Every name has a public address."""

    def get(self, key: str, default: Any = None) -> Any:
        return ["93.184.216.34"] if key.endswith(".example") else default


def escaped(text: str) -> str:
    """In HTML, lines as <br />."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br />")


def in_xml(text: str) -> str:
    """In XML, once."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
