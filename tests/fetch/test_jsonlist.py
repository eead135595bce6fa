"""The source `json` against a real server: paths, times, further pages, and what is wrong by its name."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.errors import Failure, FetchError
from monitor.fetch.jsonlist import at
from monitor.model.people import Account
from monitor.model.posts import ItemError, Page, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Asked, FeedServer, Reply, fresh_feed, redirect
from tests.fetch.of_table import account_of, read, told

FIELDS = {"id": "id", "text": "body", "time": "at", "url": "link"}
ITEM = {"id": 7, "body": "The X9 costs 3,999.", "at": "2026-11-23T09:00:00+08:00", "link": "/p/7"}
WHEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def account(server: FeedServer, path: str = "/list", **keys: object) -> Account:
    return account_of("json", {"url": server.url(path), "fields": FIELDS, **keys})


def shows(server: FeedServer, body: Any, path: str = "/list") -> None:
    server.routes[path] = fresh_feed(json.dumps(body).encode(), "application/json")


def refusal(who: Account, state: ReadState | None = None) -> tuple[Failure, str]:
    with pytest.raises(FetchError) as caught:
        read(who, state)
    return caught.value.failure, caught.value.detail


# --- what an item says ------------------------------------------------------------------------------------------


def test_an_item_is_a_post_with_its_id_text_time_and_address(server: FeedServer) -> None:
    shows(server, {"data": {"items": [ITEM]}})
    page = read(account(server, items="data.items"))
    (post,) = page.posts
    assert (post.native_id, post.kind, post.url) == (f"{server.url('/list')}#7", PostKind.POST, server.url("/p/7"))
    assert (told(post), post.claimed_at, post.time_note) == ([("text", "The X9 costs 3,999.", True)], WHEN, None)
    assert (post.evidence, json.loads(page.payloads[0].body)) == (0, {"data": {"items": [ITEM]}})
    assert (page.broken, page.cut, page.joined, page.notes) == ((), False, False, ())


def test_everything_that_a_path_can_name(server: FeedServer) -> None:
    item = {
        "key": 9007199254740993,
        "texts": [{"raw": "no"}, {"raw": "yes, <b>at 3,999</b>&hellip;<img alt='the X9'>"}],
        "head": "Re: price",
        "times": {"made": 1763859600000, "changed": 1763863200000},
        "what": "Comment",
        "to": {"text": "<p>What will the X9 cost?</p>"},
    }
    fields = {
        "id": "key",
        "text": "texts[1].raw",
        "title": "head",
        "time": "times.made",
        "edited": "times.changed",
        "kind": "what",
        "parent": "to.text",
    }
    shows(server, [[item]])
    (post,) = read(account(server, items="[0]", fields=fields, time_format="epoch_ms", html=True)).posts
    assert post.native_id.endswith("#9007199254740993")
    assert told(post) == [
        ("title", "Re: price", True),
        ("text", "yes, at 3,999…", True),
        ("alt", "the X9", True),
        ("parent", "What will the X9 cost?", False),
    ]
    assert (post.kind, post.claimed_at) == (PostKind.REPLY, datetime(2025, 11, 23, 1, 0, tzinfo=UTC))
    assert post.edited_at == datetime(2025, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "parent", "kind", "by_author"),
    [
        (None, None, PostKind.POST, True),
        ("note", None, PostKind.POST, True),
        ("note", "a question", PostKind.POST, True),
        (None, "a question", PostKind.REPLY, True),
        ("reply", None, PostKind.REPLY, True),
        ("Retweet", None, PostKind.REPOST, False),
        ("转发", None, PostKind.REPOST, False),
        (5, None, PostKind.POST, True),
    ],
)
def test_what_it_is_and_whose_words_these_are(
    server: FeedServer, word: object, parent: str | None, kind: PostKind, *, by_author: bool
) -> None:
    shows(server, [{**ITEM, "what": word, "to": parent}])
    (post,) = read(account(server, fields={**FIELDS, "kind": "what", "parent": "to"})).posts
    assert (post.kind, post.parts[0].by_author) == (kind, by_author)


@pytest.mark.parametrize(
    ("form", "value", "wanted", "note"),
    [
        ("iso", "2026-11-23T01:00:00Z", WHEN, None),
        ("iso", "2026-11-23 09:00:00", WHEN, "assumed_zone"),
        ("iso", "Mon Nov 23 09:00:00 +0800 2026", WHEN, None),
        ("iso", None, None, "no_time"),
        ("iso", "yesterday", None, "unreadable_time"),
        ("epoch", 1795395600, WHEN, None),
        ("epoch", "1795395600.0", WHEN, None),
        ("epoch", 1795395600.5, WHEN + timedelta(milliseconds=500), None),
        ("epoch", "9" * 400, None, "unreadable_time"),
        ("epoch", "NaN", None, "unreadable_time"),
        ("epoch", 0, None, "before_2006"),
        ("epoch_ms", 1795395600000, WHEN, None),
        ("%d.%m.%Y %H:%M", "23.11.2026 09:00", WHEN, "assumed_zone"),
        ("%d.%m.%Y %H:%M %z", "23.11.2026 02:00 +0100", WHEN, None),
        ("%d.%m.%Y %H:%M", "2026-11-23T01:00:00Z", WHEN, None),
        ("iso", "2036-11-23T01:00:00Z", None, "future_time"),
    ],
)
def test_times_are_read_as_they_are_written(
    server: FeedServer, form: str, value: object, wanted: datetime | None, note: str | None
) -> None:
    shows(server, [{**ITEM, "at": value}])
    (post,) = read(account(server, time_format=form)).posts
    assert (post.claimed_at, post.time_note) == (wanted, note)


def test_an_item_without_an_id_is_known_by_what_it_says(server: FeedServer) -> None:
    fields = {"text": "body", "title": "head"}
    shows(server, [{"body": "one", "n": 1}, {"body": "two"}, {"body": "one", "head": "three"}])
    first = [post.native_id for post in read(account(server, fields=fields)).posts]
    shows(server, [{"body": "one", "n": 2}])
    again = [post.native_id for post in read(account(server, fields=fields)).posts]
    assert len(set(first)) == 3
    assert again == first[:1]


def test_ids_may_be_those_of_the_network(server: FeedServer) -> None:
    shows(server, [ITEM, {**ITEM, "id": "tag:lumo.example,2026:1"}])
    ids = [post.native_id for post in read(account(server, platform="weibo", network_ids=True)).posts]
    assert ids == ["7", "tag:lumo.example,2026:1"]
    assert read(account(server)).posts[1].native_id == "tag:lumo.example,2026:1"


def test_of_many_authors_one_is_read(server: FeedServer) -> None:
    fields = {**FIELDS, "author": "by.name"}
    shows(server, [{**ITEM, "by": {"name": "Lin.Yuan"}}, {**ITEM, "id": 8, "by": {"name": "guest"}}, {**ITEM, "id": 9}])
    page = read(account(server, fields=fields, only_author="lin.yuan"))
    assert ([post.native_id[-2:] for post in page.posts], page.broken) == (["#7"], ())


def test_an_item_that_is_broken_does_not_spoil_its_neighbours(server: FeedServer) -> None:
    shows(server, [ITEM, "text", {"body": ""}, {"id": 8, "body": None}])
    page = read(account(server))
    assert [post.native_id[-2:] for post in page.posts] == ["#7", "#8"]
    assert page.broken == (ItemError(1, "an item that is no object"), ItemError(2, "it says nothing"))


def test_the_path_of_a_secret_address_is_told_nowhere(server: FeedServer) -> None:
    shows(server, [ITEM])
    page = read(replace(account(server), url_is_secret=True))
    assert (page.payloads[0].url, page.posts[0].url) == (server.url("/…"), None)


# --- the shapes of programs that many use --------------------------------------------------------------------------

DISCOURSE = [
    {
        "id": 4711,
        "username": "lin_yuan",
        "created_at": "2026-11-23T01:00:00.000Z",
        "cooked": "<p>It has <strong>16 GB</strong>.</p>",
        "topic_title": "X9",
        "post_url": "/t/x9/12/3",
    }
]
WORDPRESS = [
    {
        "id": 12,
        "date_gmt": "2026-11-23T01:00:00",
        "modified_gmt": "2026-11-23T02:00:00",
        "link": "https://lin.example/2026/x9/",
        "title": {"rendered": "The X9 &#8211; a word"},
        "content": {"rendered": "\n<p>At 3,999.</p>\n", "protected": False},
    }
]


def test_discourse_and_wordpress_by_their_paths(server: FeedServer) -> None:
    shows(server, DISCOURSE)
    fields = {"id": "id", "text": "cooked", "title": "topic_title", "time": "created_at", "url": "post_url"}
    (post,) = read(account(server, fields=fields, html=True)).posts
    assert told(post) == [("title", "X9", True), ("text", "It has 16 GB.", True)]
    assert (post.claimed_at, post.url) == (WHEN, server.url("/t/x9/12/3"))
    shows(server, WORDPRESS)
    names = {"id": "id", "text": "content.rendered", "title": "title.rendered"}
    times = {"time": "date_gmt", "edited": "modified_gmt", "url": "link"}
    (post,) = read(account(server, fields={**names, **times}, html=True, time_format="%Y-%m-%dT%H:%M:%S")).posts
    assert told(post) == [("title", "The X9 – a word", True), ("text", "At 3,999.", True)]
    assert (post.time_note, post.url) == ("assumed_zone", "https://lin.example/2026/x9/")


# --- what is wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "keys", "detail"),
    [
        ({"data": []}, {"items": "data.items"}, 'items = "data.items" finds no list'),
        ({"data": {"items": {"0": ITEM}}}, {"items": "data.items"}, 'items = "data.items" finds no list'),
        ({"error": "token is wrong"}, {}, 'items = "" finds no list'),
        ([ITEM], {"fields": {**FIELDS, "id": "uid"}}, 'fields.id = "uid" finds nothing in any item'),
        ([ITEM], {"fields": {**FIELDS, "text": "texts[0]"}}, 'fields.text = "texts[0]" finds nothing in any item'),
        (
            [ITEM],
            {"fields": {**FIELDS, "author": "by"}, "only_author": "lin"},
            'fields.author = "by" finds nothing in any item',
        ),
    ],
)
def test_a_path_that_finds_nothing_is_named(server: FeedServer, body: Any, keys: dict[str, Any], detail: str) -> None:
    shows(server, body)
    assert refusal(account(server, **keys)) == (Failure.NOT_A_FEED, detail)


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(429, headers={"Retry-After": "7"}), Failure.RATE_LIMITED),
        (Reply(401), Failure.LOGIN_WALL),
        (Reply(404), Failure.GONE),
        (Reply(200, b"<html><title>Log in</title></html>"), Failure.LOGIN_WALL),
        (Reply(200, b"<html>hello"), Failure.NOT_A_FEED),
        (Reply(200, b'[{"id": 1'), Failure.NOT_A_FEED),
        (Reply(200, b"[" * 200_000), Failure.NOT_A_FEED),
        (Reply(200, b'{"id":' + b"9" * 9000 + b"}"), Failure.NOT_A_FEED),
        (Reply(200, b"[" + b"{}," * 2000 + b"{}]"), Failure.TOO_LARGE),
    ],
)
def test_every_refusal_has_its_name(server: FeedServer, reply: Reply, failure: Failure) -> None:
    server.routes["/list"] = reply
    assert refusal(account(server))[0] is failure


@pytest.mark.parametrize(
    "keys",
    [
        {"items": "data..items"},
        {"items": "data[*]"},
        {"fields": {"id": "id"}},
        {"fields": {"text": "body", "txet": "body"}},
        {"fields": {"text": ""}},
        {"time_format": "unix"},
        {"time_format": "%H:%M"},
        {"time_format": "%Q"},
        {"only_author": "lin"},
        {"next_param": "cursor"},
        {"pages": 0},
    ],
)
def test_keys_that_cannot_be_meant_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        account_of("json", {"url": "https://lumo.example/", "fields": FIELDS, **keys})


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("", {"a": [[1, {"b.c": 2, "d": None}]]}), ("a[0][0]", 1), ("a[0][9]", None), ("a.0", None), ("x.y", None)],
)
def test_a_path_leads_by_names_and_indexes(path: str, wanted: object) -> None:
    assert at({"a": [[1, {"b.c": 2, "d": None}]]}, path) == wanted


# --- again and further ----------------------------------------------------------------------------------------------


def test_nothing_new_is_told_by_304_or_by_the_same_bytes(server: FeedServer) -> None:
    shows(server, [ITEM])
    first = read(account(server))
    assert read(account(server), first.state) == Page(first.state, unchanged=True)
    assert server.asked[1].headers["if-none-match"] == first.state.etag
    server.routes["/list"] = Reply(200, json.dumps([ITEM]).encode(), {"Cache-Control": "max-age=400"})
    again = read(account(server), first.state)
    assert (again.unchanged, again.next_read_after_s, again.state.cursor) == (True, 400.0, first.state.cursor)


def test_other_paths_read_the_same_bytes_anew(server: FeedServer) -> None:
    shows(server, [{**ITEM, "head": "X9"}])
    first = read(account(server))
    again = read(account(server, fields={**FIELDS, "title": "head"}), first.state)
    assert told(again.posts[0])[0] == ("title", "X9", True)
    assert "if-none-match" not in server.asked[1].headers


def test_an_address_that_moved_for_good_is_noted(server: FeedServer) -> None:
    server.routes["/list"] = redirect("/new?token=secret", 301)
    shows(server, [ITEM], "/new")
    page = read(account(server))
    assert (page.notes, len(page.posts)) == ((f"moved:{server.url('/new')}",), 1)


def test_an_empty_list_says_so(server: FeedServer) -> None:
    shows(server, {"items": []})
    page = read(account(server, items="items"))
    assert (page.posts, page.notes, page.unchanged) == ((), ("empty",), False)


class Pages:
    """A server of posts in pages of three, the newest first, by an address or by a cursor."""

    def __init__(self, server: FeedServer, *, timed: bool = True) -> None:
        self.newest = 9
        self.pinned: list[int] = []
        self.timed = timed
        self.by_address = False
        server.routes["/list"] = self.answer

    def answer(self, asked: Asked) -> Reply:
        _, _, query = asked.path.partition("from=")
        top = int(query) if query else self.newest
        numbers = [*(self.pinned if not query else []), *range(top, max(top - 3, 0), -1)]
        items = [self.item(number) for number in numbers]
        more = top - 3
        following = f"?a=1&from={more}" if self.by_address else more
        return Reply(200, json.dumps({"items": items, "next": following if more > 0 else None}).encode())

    def item(self, number: int) -> dict[str, object]:
        at_text = (NOW - timedelta(hours=50 - number)).isoformat()
        return {"id": number, "body": f"No. {number}", "at": at_text if self.timed else None}


def numbers(page: Page) -> list[int]:
    return [int(post.native_id.rpartition("#")[2]) for post in page.posts]


@pytest.mark.parametrize("by_address", [True, False])
@pytest.mark.parametrize("timed", [True, False])
def test_further_pages_are_read_as_far_as_what_was_known(server: FeedServer, *, timed: bool, by_address: bool) -> None:
    pages = Pages(server, timed=timed)
    pages.by_address = by_address
    keys = {"items": "items", "next": "next", **({} if by_address else {"next_param": "from"})}
    first = read(account(server, "/list?a=1", **keys))
    assert (numbers(first), len(server.asked)) == ([9, 8, 7], 1)
    pages.newest, pages.pinned = 16, [2]
    second = read(account(server, "/list?a=1", **keys), first.state)
    assert (numbers(second), second.cut) == ([2, 16, 15, 14, 13, 12, 11, 10, 9, 8], False)
    assert [asked.path for asked in server.asked[2:]] == ["/list?a=1&from=13", "/list?a=1&from=10"]
    assert [post.evidence for post in second.posts] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    third = read(account(server, "/list?a=1", **keys), second.state)
    assert (third.unchanged, len(server.asked)) == (True, 5)
    pages.newest = 40
    cut = read(account(server, "/list?a=1", pages=2, **keys), second.state)
    assert (numbers(cut)[1:], cut.cut) == ([40, 39, 38, 37, 36, 35], True)


def test_the_end_of_the_list_is_no_cut(server: FeedServer) -> None:
    pages = Pages(server, timed=False)
    keys = {"items": "items", "next": "next", "next_param": "from"}
    first = read(account(server, **keys))
    pages.item = lambda number: {"id": f"other-{number}", "body": "x"}  # type: ignore[method-assign]
    page = read(account(server, **keys), first.state)
    assert (len(page.posts), page.cut) == (9, False)


@pytest.mark.parametrize("following", ["https://elsewhere.example/list?token=secret", "/list", "?"])
def test_a_further_page_elsewhere_or_again_is_not_asked_for(server: FeedServer, following: str) -> None:
    shows(server, {"items": [ITEM], "next": following})
    first = read(account(server, items="items", next="next"))
    shows(server, {"items": [{**ITEM, "id": 8, "at": "2026-11-23T10:00:00+08:00"}], "next": following})
    page = read(account(server, items="items", next="next"), first.state)
    assert (len(page.posts), page.cut, page.notes, len(server.asked)) == (1, True, ("next_elsewhere",), 2)


def test_a_further_page_that_fails_fails_the_read(server: FeedServer) -> None:
    shows(server, {"items": [ITEM], "next": "/second"})
    first = read(account(server, items="items", next="next"))
    shows(server, {"items": [{**ITEM, "id": 8, "at": None}], "next": "/second"})
    server.routes["/second"] = Reply(503)
    assert refusal(account(server, items="items", next="next"), first.state)[0] is Failure.SERVER
    shows(server, {"no": "items"}, "/second")
    assert refusal(account(server, items="items", next="next"), first.state)[0] is Failure.NOT_A_FEED


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"by": 1}', '{"by": "x", "marks": 7, "newest": ""}'])
def test_a_cursor_of_another_program_is_none(server: FeedServer, cursor: str) -> None:
    shows(server, [ITEM])
    assert len(read(account(server), ReadState(cursor=cursor)).posts) == 1
