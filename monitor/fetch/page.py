"""The source `page`: a page with a profile or bio on it. Each change of its text is a post: the lines that are new."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal, TypeAlias

import regex
from pydantic import AfterValidator, Field
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from monitor.config.fields import Line
from monitor.config.shape import AddressTable
from monitor.config.values import Refused
from monitor.errors import Failure, FetchError
from monitor.fetch.asking import Asking
from monitor.fetch.charset import decode
from monitor.fetch.conditional import conditions, hash_of, marked, moves, state_after, unchanged, wish_s
from monitor.fetch.plaintext import from_html
from monitor.fetch.shaping import Draft
from monitor.fetch.walls import wall_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Origin, Page, PostKind, ReadState
from monitor.net.client import Answer, Client

_ACCEPT: Final = {"Accept": "text/html, */*;q=0.5"}
_MOST_ELEMENTS: Final = 10_000  # the parser's time grows with the square of the depth
_MOST_ATTRIBUTES: Final = 500  # of one element: there it grows with the square of their number
_MOST_CHARS: Final = 20_000  # of the text, which is remembered
_PATTERN_S: Final = 2.0  # for one pattern
_LONGEST_PATTERN: Final = 500
_TITLE: Final = regex.compile(r"<title\b[^<>]*+>[^<]*+", regex.IGNORECASE)
_MANY_ATTRIBUTES: Final = regex.compile(
    r"<[a-z][^\s/>]*+(?:[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))?+)"
    rf"{{{_MOST_ATTRIBUTES},}}+",
    regex.IGNORECASE,
)
_BETWEEN_TAGS: Final = regex.compile(r">[^<]++")


def check_selector(text: str) -> str:
    """A CSS selector that the parser knows."""
    try:
        LexborHTMLParser(b"<p></p>").css(text)
    except SelectolaxError:
        raise Refused("is no CSS selector", 'write one such as "main .bio"') from None
    return text


def check_pattern(text: str) -> str:
    """A regular expression for what does not count."""
    try:
        found = regex.compile(text).search("", timeout=_PATTERN_S)
    except (regex.error, OverflowError, RecursionError, TimeoutError):
        found = None
    else:
        if found is None and len(text) <= _LONGEST_PATTERN:
            return text
    raise Refused(
        "is no regular expression that can be used",
        f"take one of at most {_LONGEST_PATTERN} characters that does not find the empty text",
    )


Pattern: TypeAlias = Annotated[str, AfterValidator(check_pattern)]


class PageTable(AddressTable):
    """A page whose changes are posts."""

    source: Literal["page"]
    selector: Annotated[Line, AfterValidator(check_selector)] | None = None
    ignore: list[Pattern] = Field(default_factory=list)
    minimum_change: Annotated[int, Field(ge=1, le=1000)] = 1


@dataclass(frozen=True, slots=True)
class Seen:
    """The text that the page had, as the account's cursor keeps it; `by` tells what was selected of it."""

    text: str
    by: str

    @property
    def hash(self) -> str:
        """What tells this text from others."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def cursor(self) -> str:
        """As the account keeps it."""
        return json.dumps({**asdict(self), "hash": self.hash}, separators=(",", ":"))


class PageSource:
    """Reads a page, and tells what is new on it."""

    table = PageTable

    def page(self, account: Account, state: ReadState, client: Client, now: datetime) -> Page:
        """One read; the first is one post of the whole text, a later one a post of what is new since."""
        table, asking = PageTable.of(account), Asking(client, account, now)
        by = marked(table.selector, table.ignore)
        before = _seen(state.cursor, by)
        state = state if before else ReadState()
        answer = asking.get(account.url, {**_ACCEPT, **conditions(state)})
        asking.check(answer)
        if same := unchanged(answer, account, state, now):
            return same
        text = read_text(_html(answer), table)
        lines = new_lines(before.text if before else "", text)
        enough = before is None or changed_chars(before.text, text) >= table.minimum_change
        # Of less than is wished for the old text stays, so that many small changes are a large one in the end.
        after = Seen(text, by) if enough or before is None else before
        remembered = state_after(answer, hash_of(answer), ReadState(cursor=after.cursor()))
        if not (lines and enough):
            return Page(remembered, unchanged=True, notes=moves(answer, account), next_read_after_s=wish_s(answer, now))
        asking.keep(answer)
        return Page(
            remembered,
            posts=(_post(account, after, lines, now),),
            payloads=tuple(asking.payloads),
            notes=moves(answer, account),
            joined=True,
            next_read_after_s=wish_s(answer, now),
        )


def read_text(html: str, table: PageTable) -> str:
    """The text of what is selected, a line to each block, without blank ones and without what is to be ignored.

    Raises FetchError: LOGIN_WALL, CAPTCHA, NOT_A_FEED if nothing is selected, SUSPECT_EMPTY, TOO_LARGE.
    """
    selected = _selected(html, table.selector)
    said = from_html(selected)
    text = _without("\n".join((said.text, *said.alts)), table.ignore)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    told = "\n".join(line for line in lines if line)
    if not told:
        raise FetchError(Failure.SUSPECT_EMPTY, "nothing is said where the text should be")
    if len(told) > _MOST_CHARS:
        raise FetchError(Failure.TOO_LARGE, f"a text of more than {_MOST_CHARS} characters: name less by selector")
    return told


def new_lines(before: str, after: str) -> list[str]:
    """The lines that were not there, whole and in their order."""
    known = set(before.split("\n"))
    return list(dict.fromkeys(line for line in after.split("\n") if line not in known))


def changed_chars(before: str, after: str) -> int:
    """How many characters came or went, in whatever order: at least so many were typed."""
    old, new = (Counter(text) for text in (before, after))
    return max((new - old).total(), (old - new).total(), int(before != after))


def _html(answer: Answer) -> str:
    html = decode(answer.body, answer.headers.get("content-type", ""))
    if html.count("<") - html.count("</") > _MOST_ELEMENTS:
        raise FetchError(Failure.TOO_LARGE, f"a page of more than {_MOST_ELEMENTS} elements")
    try:
        is_strange = _MANY_ATTRIBUTES.search(html, timeout=_PATTERN_S, concurrent=True) is not None
    except TimeoutError:
        is_strange = True
    if is_strange:
        raise FetchError(Failure.TOO_LARGE, f"an element of more than {_MOST_ATTRIBUTES} attributes")
    return html


def _selected(html: str, selector: str | None) -> str:
    """The HTML that is looked at. A page that asks to sign in may have the place, but then it has a form there."""
    if selector is None:
        if wall := wall_of(html):
            raise FetchError(
                wall, "a page that asks to sign in or for a proof; if it is the right one, name a selector"
            )
        return html
    # The parser takes no lone surrogates.
    nodes = LexborHTMLParser(html.encode("utf-8", "replace")).css(selector)
    outermost: list[str] = []
    inside: set[int] = set()
    for node in nodes:
        if node.mem_id not in inside:
            outermost.append(node.html or "")
            inside |= {inner.mem_id for inner in node.css(selector)}
    found = "\n".join(outermost)
    title = _TITLE.search(html)
    wall = wall_of((title[0] if title else "") + _BETWEEN_TAGS.sub(">", found)) if found else wall_of(html)
    if wall:
        raise FetchError(wall, "a page that asks to sign in, or for proof that we are no robot")
    if not found:
        raise FetchError(Failure.NOT_A_FEED, "the selector finds nothing on the page")
    return found


def _without(text: str, patterns: Sequence[str]) -> str:
    for pattern in patterns:
        try:
            text = regex.sub(pattern, "", text, timeout=_PATTERN_S, concurrent=True)
        except TimeoutError:
            raise FetchError(Failure.FAULT, "a pattern of `ignore` takes too long on this page") from None
    return text


def _seen(cursor: str | None, by: str) -> Seen | None:
    """What was seen at the last read; None if that was another part of the page."""
    try:
        found = json.loads(cursor or "{}")
        return Seen(str(found["text"]), by) if found["by"] == by else None
    except (ValueError, TypeError, KeyError):
        return None


def _post(account: Account, seen: Seen, lines: Sequence[str], now: datetime) -> FetchedPost:
    place = sha256(account.native_id.encode()).hexdigest()[:12]
    url = None if account.url_is_secret else account.url
    draft = Draft(account, f"{place}:{seen.hash}", url, PostKind.PROFILE)
    draft.say(Origin.PROFILE, "\n".join(lines))
    return draft.finish(None, now)
