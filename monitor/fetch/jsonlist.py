"""The source `json`: a list of posts in any JSON, whose places the configuration names.

A place is a path of names with dots between them, and list indexes in brackets: `data.items[0].user.name`. There is no
more to it: no wildcards, no filters, and no names that have dots or brackets in them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from monitor.config.fields import Line, Table
from monitor.config.shape import AddressTable
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError
from monitor.fetch.asking import Asking, read_json
from monitor.fetch.conditional import conditions, hash_of, marked, moves, state_after, unchanged, wish_s
from monitor.fetch.dates import read_time
from monitor.fetch.entries import EntryError, read_each
from monitor.fetch.records import Record, post_of
from monitor.fetch.shaping import text_id
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Page, ReadState
from monitor.net.client import Answer, Client

_ACCEPT: Final = {"Accept": "application/json, */*;q=0.5"}
_PATH: Final = re.compile(r"(?:[^.\[\]]+|\[\d{1,6}\])(?:\[\d{1,6}\]|\.[^.\[\]]+(?:\[\d{1,6}\])*)*")
_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_EPOCHS: Final = {"epoch": 1, "epoch_ms": 1000}
_MOST_ITEMS: Final = 2000  # of one answer
_MOST_KNOWN: Final = 500
Json: TypeAlias = Any


def check_path(text: str) -> str:
    """A path to a value."""
    if not _PATH.fullmatch(text):
        raise Refused("is no path", 'write names with dots between them, as in "data.items[0].text"')
    return text


def check_list_path(text: str) -> str:
    """A path to the list; "" is the body itself."""
    return check_path(text) if text else text


def check_time_format(text: str) -> str:
    """How times are written: "iso", "epoch", "epoch_ms", or a format of strptime."""
    if text == "iso" or text in _EPOCHS:
        return text
    cure = 'write "iso", "epoch", "epoch_ms", or a format such as "%d.%m.%Y %H:%M"'
    try:
        written = datetime(2026, 11, 23, 9, 30, tzinfo=UTC).strftime(text)
        read = datetime.strptime(written, text)  # noqa: DTZ007 - whether it has a zone is up to them
    except ValueError:
        raise Refused("is no format of times", cure) from None
    if (read.month, read.day) != (11, 23):
        raise Refused("is no format of times: it names no day", cure)
    return text


def check_only_author(text: str | None, others: ValidationInfo) -> str | None:
    """Whose items are read; where the author stands must be known."""
    fields = others.data.get("fields")
    if text is not None and isinstance(fields, FieldsTable) and fields.author is None:
        raise Refused("needs to know where the author stands", "add author to fields, with the path of the name")
    return text


def check_next_param(text: str | None, others: ValidationInfo) -> str | None:
    """The parameter that takes what `next` finds."""
    if text is not None and others.data.get("next", "") is None:
        raise Refused("needs to know what it is set to", "add next, with the path of the cursor")
    return text


PathText: TypeAlias = Annotated[str, AfterValidator(check_path)]


class FieldsTable(Table):
    """Where in an item the values of a post stand."""

    id: PathText | None = None
    text: PathText
    title: PathText | None = None
    time: PathText | None = None
    edited: PathText | None = None
    url: PathText | None = None
    kind: PathText | None = None
    parent: PathText | None = None
    author: PathText | None = None


class JsonTable(AddressTable):
    """A list of posts in JSON, the newest first."""

    source: Literal["json"]
    items: Annotated[str, AfterValidator(check_list_path)] = ""
    fields: FieldsTable
    only_author: Annotated[Line | None, AfterValidator(check_only_author)] = None
    time_format: Annotated[str, AfterValidator(check_time_format)] = "iso"
    html: bool = False
    next: PathText | None = None
    next_param: Annotated[Line | None, AfterValidator(check_next_param)] = None
    pages: Annotated[int, Field(ge=1, le=15)] = 10
    network_ids: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, with the number of the payload in which it stands."""

    value: Json
    evidence: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of the last read: marks of the items of its first page, and when the newest was posted."""

    by: str  # tells by which paths
    marks: frozenset[str] = frozenset()
    newest: str = ""

    def text(self) -> str:
        """As the account's cursor keeps it."""
        return json.dumps({"by": self.by, "marks": sorted(self.marks), "newest": self.newest}, separators=(",", ":"))


class JsonSource:
    """Reads a list of posts."""

    table = JsonTable

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read: the first page, and as many further ones as reach back to what was known."""
        table, asking = JsonTable.of(account), Asking(client, account, now)
        known = _known(
            state.cursor, marked(table.items, table.fields, table.only_author, table.time_format, table.html)
        )
        state = state if known.marks else ReadState()
        answer = asking.get(account.url, {**_ACCEPT, **conditions(state)})
        asking.check(answer)
        if same := unchanged(answer, account, state, now):
            return same
        reader = Reader(table, account, now)
        first = reader.items(read_json(answer), asking, answer)
        found, notes, cut = _further(asking, reader, known, answer, first)
        reader.check(found)
        posts, broken = read_each(found, reader.post)
        after = Known(
            known.by,
            frozenset(reader.mark(item) for item in first[:_MOST_KNOWN]),
            max([known.newest, *(post.claimed_at.isoformat() for post in posts if post.claimed_at)]),
        )
        remembered = state_after(answer, hash_of(answer), ReadState(cursor=after.text()))
        return Page(
            remembered,
            posts=posts,
            payloads=tuple(asking.payloads),
            broken=broken,
            notes=moves(answer, account) + notes + (() if posts or broken else ("empty",)),
            cut=cut,
            next_read_after_s=wish_s(answer, now),
        )


class Reader:
    """Reads what the paths of one account name."""

    def __init__(self, table: JsonTable, account: Account, now: datetime) -> None:
        self._table = table
        self._fields = table.fields
        self._account = account
        self._now = now

    def items(self, body: Json, asking: Asking, answer: Answer) -> list[Item]:
        """The items of an answer, which is kept as evidence."""
        found = at(body, self._table.items)
        if not isinstance(found, list):
            raise FetchError(Failure.NOT_A_FEED, f"{_named('items', self._table.items)} finds no list")
        if len(found) > _MOST_ITEMS:
            raise FetchError(Failure.TOO_LARGE, f"a list of more than {_MOST_ITEMS} items")
        asking.keep(answer)
        return [Item(each, len(asking.payloads) - 1) for each in found]

    def check(self, found: list[Item]) -> None:
        """Raise NOT_A_FEED, with its name, for a path that finds nothing in any item: it is wrong, or the list is."""
        fields = self._fields
        for name, paths in (("id", [fields.id]), ("text", [fields.text, fields.title]), ("author", [fields.author])):
            wanted = [path for path in paths if path]
            if found and wanted and all(at(item.value, path) is None for item in found for path in wanted):
                raise FetchError(Failure.NOT_A_FEED, f"{_named(f'fields.{name}', wanted[0])} finds nothing in any item")

    def post(self, item: Item) -> FetchedPost | None:
        """The post that an item is; None for another author's."""
        if not isinstance(item.value, dict):
            raise EntryError("an item that is no object")
        author = self._text(item, self._fields.author)
        if self._table.only_author and author.casefold() != self._table.only_author.casefold():
            return None
        return post_of(
            self._record(item),
            self._account,
            self._now,
            is_html=self._table.html,
            own_ids=not self._table.network_ids,
            evidence=item.evidence,
        )

    def mark(self, item: Item) -> str:
        """A few letters that tell the item from others."""
        said = self._text(item, self._fields.id) or json.dumps(item.value, sort_keys=True)
        return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:10]

    def is_new(self, item: Item, known: Known) -> bool:
        """Whether it may have come since: it was not there, and is not older than what was."""
        if self.mark(item) in known.marks:
            return False
        posted = read_time(self._time(item, self._fields.time), self._account.timezone, self._now).at
        return not (posted and known.newest) or posted.isoformat() > known.newest

    def _record(self, item: Item) -> Record:
        fields = self._fields
        url = self._text(item, fields.url)
        return Record(
            native_id=self._text(item, fields.id),
            text=self._text(item, fields.text),
            title=self._text(item, fields.title),
            time=self._time(item, fields.time),
            edited=self._time(item, fields.edited),
            url=urljoin(self._account.url, url) if url and not self._account.url_is_secret else url,
            kind=self._text(item, fields.kind),
            parent=self._text(item, fields.parent),
        )

    def _text(self, item: Item, path: str | None) -> str:
        return (text_id(at(item.value, path)) or "") if path else ""

    def _time(self, item: Item, path: str | None) -> str:
        """The instant in a form that all sources are read in; what is written otherwise stays as it is."""
        text, form = self._text(item, path), self._table.time_format
        if not text or form == "iso":
            return text
        try:
            if form in _EPOCHS:
                return datetime.fromtimestamp(float(text) / _EPOCHS[form], UTC).isoformat()
            return datetime.strptime(text, form).isoformat()  # noqa: DTZ007 - without a zone it is the account's
        except (ValueError, OverflowError, OSError):
            return text


def at(value: Json, path: str) -> Json:
    """What stands there, None if nothing does; "" is the value itself."""
    for step in _steps(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


@lru_cache(maxsize=1000)
def _steps(path: str) -> tuple[int | str, ...]:
    return tuple(int(index) if index else name for index, name in _STEP.findall(path))


def _named(key: str, path: str) -> str:
    return f'{key} = "{path}"'


def _known(cursor: str | None, by: str) -> Known:
    """What is known of the last read; nothing if that was by other paths."""
    try:
        found = json.loads(cursor or "{}")
        known = Known(str(found["by"]), frozenset(map(str, found["marks"])), str(found["newest"]))
    except (ValueError, TypeError, KeyError):
        return Known(by)
    return known if known.by == by else Known(by)


def _further(
    asking: Asking, reader: Reader, known: Known, answer: Answer, first: list[Item]
) -> tuple[list[Item], tuple[str, ...], bool]:
    """With the pages behind, until one ends with what is no news; notes; and whether we had to stop before."""
    table = JsonTable.of(asking.account)
    found, last, told = list(first), first, answer
    seen = {asking.account.url}
    while known.marks and table.next and last and reader.is_new(last[-1], known):
        url = _next_url(table, read_json(told), asking.account.url, told.url)
        if url is None:
            break
        if url in seen or urlsplit(url)[:2] != urlsplit(asking.account.url)[:2]:
            return found, ("next_elsewhere",), True
        if len(asking.payloads) >= table.pages or asking.spent:
            return found, (), True
        seen.add(url)
        value, told = asking.get_json(url, _ACCEPT)
        asking.payloads.pop()  # it is kept once its list was found
        last = reader.items(value, asking, told)
        found += last
    return found, (), False


def _next_url(table: JsonTable, body: Json, first: str, here: str) -> str | None:
    told = text_id(at(body, table.next or ""))
    if told is None:
        return None
    if table.next_param is None:
        return urljoin(here, told)
    parts = urlsplit(first)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    kept = [pair for pair in query if pair[0] != table.next_param]
    return parts._replace(query=urlencode([*kept, (table.next_param, told)])).geturl()
