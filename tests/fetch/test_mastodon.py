"""The source `mastodon` against a scripted server: pages, parents, all that a status says, and every refusal."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.errors import Failure, FetchError
from monitor.fetch import Asks, source_of
from monitor.fetch.remembered import remembered
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Media, MediaKind, Page, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Asked, FeedServer, Reply
from tests.fetch.of_table import account_of, client, read, told

LIST = "/api/v1/accounts/9001/statuses"
FIRST = 110000000000000000  # beyond what a float holds exactly
OWED = {str(FIRST + 5): 3}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({"/api/v1/accounts/lookup": Reply(200, b'{"id": "9001"}')}) as running:
        yield running


def lin(server: FeedServer, *, token: str = "", **keys: object) -> Account:
    headers = {"Authorization": f"Bearer {token}"} if token else None
    return account_of("mastodon", {"instance": server.url(""), "acct": "@lin", **keys}, headers)


def status(no: int, text: str = "<p>hello</p>", **more: Any) -> dict[str, Any]:
    return {
        "id": str(FIRST + no),
        "url": f"https://social.example/@lin/{FIRST + no}",
        "created_at": "2026-11-23T09:00:00.123Z",
        "content": text,
        "visibility": "public",
        **more,
    }


def answer(value: object, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(200, json.dumps(value).encode(), headers or {})


def reads(server: FeedServer, one: dict[str, Any]) -> FetchedPost:
    server.routes[LIST] = answer([one])
    (post,) = read(lin(server)).posts
    return post


def after(newest: int, owed: dict[str, int] | None = None) -> ReadState:
    return ReadState(cursor=json.dumps({"user_id": "9001", "newest": str(FIRST + newest), "owed": owed or {}}))


def one(server: FeedServer, no: int = 1) -> FetchedPost | Gone | None:
    source = source_of(lin(server))
    assert isinstance(source, Asks)
    return source.one(lin(server), f"host/{FIRST + no}", client(), NOW)


def test_the_name_is_looked_up_once_and_the_number_remembered(server: FeedServer) -> None:
    server.routes[LIST] = answer([status(2), status(1)], {"ETag": 'W/"7"'})
    account = lin(server, token="t-555", replies=False)
    page = read(account)
    host = urlsplit(server.url("")).netloc
    assert [post.native_id for post in page.posts] == [f"{host}/{FIRST + 2}", f"{host}/{FIRST + 1}"]
    assert [asked.path for asked in server.asked] == [
        "/api/v1/accounts/lookup?acct=lin",
        f"{LIST}?limit=40&exclude_replies=true",
    ]
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer t-555"}
    assert page.payloads[page.posts[0].evidence].url == server.url(LIST)
    known = remembered(page.state.cursor)
    assert (known.user_id, known.newest, page.cut) == ("9001", str(FIRST + 2), False)
    server.routes[LIST] = Reply(304)
    assert read(account, page.state) == Page(page.state, unchanged=True)
    assert server.asked[-1].headers["if-none-match"] == 'W/"7"'
    assert "t-555" not in repr(page)


def test_a_status_is_told_in_all_its_places(server: FeedServer) -> None:
    post = reads(
        server,
        status(
            1,
            '<p>Lumo <span class="invisible">https://</span>ready &amp; <br>soon</p>',
            spoiler_text="about work",
            edited_at="2026-11-23T10:00:00Z",
            application={"name": "Lumo X9"},
            poll={"options": [{"title": "blue"}, {"title": "3,999"}]},
            card={"title": "Lumo news", "description": "all of it"},
            media_attachments=[
                {"type": "image", "url": "https://cdn.example/1.png", "description": "the back"},
                {"type": "video", "url": "https://cdn.example/2.mp4", "preview_url": "https://cdn.example/2.jpg"},
                {"type": "audio", "url": "https://cdn.example/3.mp3", "description": "a voice"},
            ],
        ),
    )
    assert told(post) == [
        ("warning", "about work", True),
        ("text", "Lumo https://ready &\nsoon", True),
        ("poll", "blue", True),
        ("poll", "3,999", True),
        ("card", "Lumo news", True),
        ("card", "all of it", True),
        ("alt", "the back", True),
        ("alt", "a voice", True),
        ("client", "Lumo X9", True),
    ]
    assert post.media == (
        Media(MediaKind.PICTURE, "https://cdn.example/1.png"),
        Media(MediaKind.COVER, "https://cdn.example/2.jpg"),
    )
    assert post.claimed_at == datetime(2026, 11, 23, 9, 0, 0, 123000, UTC)
    assert (post.edited_at, post.kind) == (datetime(2026, 11, 23, 10, tzinfo=UTC), PostKind.POST)


def test_what_is_shared_or_quoted_is_not_the_authors(server: FeedServer) -> None:
    theirs = status(50, "<p>X9 at 3,999</p>", uri="https://else.example/50", spoiler_text="leak")
    theirs["quote"] = {"state": "accepted", "quoted_status": status(49, "deeper")}
    shared = reads(server, status(1, "", reblog=theirs))
    assert (shared.kind, shared.root_id) == (PostKind.REPOST, "https://else.example/50")
    assert told(shared) == [("quoted", "leak", False), ("quoted", "X9 at 3,999", False), ("quoted", "deeper", False)]
    quoting = reads(server, status(1, "so it is", quote={"quoted_status": status(49, "deeper")}))
    assert (quoting.kind, told(quoting)) == (PostKind.POST, [("text", "so it is", True), ("quoted", "deeper", False)])
    assert told(reads(server, status(1, "so it is", quote={"quoted_status": None}))) == [("text", "so it is", True)]


def test_what_is_meant_for_some_is_not_read_though_a_token_shows_it(server: FeedServer) -> None:
    marks = ("public", "unlisted", "private", "direct")
    server.routes[LIST] = answer([status(no, visibility=mark) for no, mark in enumerate(marks)])
    page = read(lin(server, token="t-555"))
    assert [post.native_id[-1] for post in page.posts] == ["0", "1"]
    assert page.broken == ()
    server.routes[f"/api/v1/statuses/{FIRST + 1}"] = answer(status(1, visibility="private"))
    assert one(server) is None


def test_one_that_cannot_be_read_does_not_spoil_its_neighbours(server: FeedServer) -> None:
    server.routes[LIST] = answer([status(3), {"id": None, "content": 7}, {"content": "no id"}, status(2)])
    page = read(lin(server))
    assert [post.native_id[-1] for post in page.posts] == ["3", "2"]
    assert [error.position for error in page.broken] == [1, 2]


@pytest.mark.parametrize("url", ["javascript:alert(1)", 7, None, "https://"])
def test_an_address_that_is_none_is_left_out(server: FeedServer, url: object) -> None:
    assert reads(server, status(1, url=url)).url is None


def paged(count: int) -> Reply | Any:
    """All statuses 1 to `count`, newest first, 40 to a page."""

    def page(asked: Asked) -> Reply:
        below = int(parse_qs(urlsplit(asked.path).query).get("max_id", [str(FIRST + count + 1)])[0]) - FIRST
        return answer([status(no) for no in range(below - 1, max(0, below - 41), -1)])

    return page


@pytest.mark.parametrize(
    ("known", "pages", "posts", "asked", "cut"),
    [
        (100, 10, 40, 1, False),
        (61, 10, 40, 1, False),
        (60, 10, 80, 2, False),  # the page ends just above it
        (30, 10, 80, 2, False),
        (1, 10, 100, 3, False),
        (1, 2, 80, 2, True),
        (20, 1, 40, 1, True),
    ],
)
def test_older_pages_are_read_until_one_reaches_what_was_known(
    server: FeedServer, known: int, pages: int, posts: int, asked: int, *, cut: bool
) -> None:
    server.routes[LIST] = paged(100)
    page = read(lin(server, pages=pages), after(known))
    assert (len({post.native_id for post in page.posts}), len(server.asked), page.cut) == (posts, asked, cut)
    assert [page.posts[no].evidence for no in (0, -1)] == [0, asked - 1]
    assert remembered(page.state.cursor).newest == str(FIRST + 100)


def test_the_first_read_stays_on_the_first_page(server: FeedServer) -> None:
    server.routes[LIST] = paged(100)
    page = read(lin(server))
    assert (len(page.posts), page.cut) == (40, False)


def test_what_a_new_reply_answers_to_is_asked_for_once(server: FeedServer) -> None:
    reply = status(5, "yes, that", in_reply_to_id="777")
    server.routes[LIST] = answer([reply, status(4)])
    server.routes["/api/v1/statuses/777"] = answer(status(0, "<p>the X9 at 3,999?</p>"))
    bare = read(lin(server), after(5))
    assert (told(bare.posts[0]), bare.posts[0].kind) == ([("text", "yes, that", True)], PostKind.REPLY)
    page = read(lin(server), after(4))
    (post, _) = page.posts
    assert told(post) == [("text", "yes, that", True), ("parent", "the X9 at 3,999?", False)]
    assert (post.completes, post.content_hash) == (True, bare.posts[0].content_hash)
    assert remembered(page.state.cursor).owed == {}
    assert len(server.asked) == 3


@pytest.mark.parametrize(("code", "owed"), [(404, {}), (410, {}), (503, OWED), (429, OWED)])
def test_a_parent_that_could_not_be_had_stays_owed(server: FeedServer, code: int, owed: dict[str, int]) -> None:
    server.routes[LIST] = answer([status(5, in_reply_to_id="777")])
    server.routes["/api/v1/statuses/777"] = Reply(code)
    page = read(lin(server), after(5, {str(FIRST + 5): 2}))
    assert (remembered(page.state.cursor).owed, page.posts[0].completes) == (owed, False)


def test_of_many_parents_some_wait_for_the_next_read(server: FeedServer) -> None:
    server.routes[LIST] = answer([status(no, in_reply_to_id=str(no)) for no in range(19, 9, -1)])
    for no in range(10, 20):
        server.routes[f"/api/v1/statuses/{no}"] = answer({"content": f"question {no}"})
    first = read(lin(server), after(1))
    assert len(server.asked) == 6
    assert len(remembered(first.state.cursor).owed) == 5
    second = read(lin(server), first.state)
    assert sum(post.completes for post in (*first.posts, *second.posts)) == 10
    assert remembered(second.state.cursor).owed == {}


def test_a_spent_allowance_is_waited_for(server: FeedServer) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-23T12:02:00.000Z"}
    server.routes[LIST] = answer([status(1)], headers)
    assert read(lin(server)).next_read_after_s == 120.0


REFUSALS = [
    (Reply(401), "", Failure.LOGIN_WALL),
    (Reply(401), "t-555", Failure.SESSION_EXPIRED),
    (Reply(403), "", Failure.BLOCKED),
    (Reply(404), "", Failure.GONE),
    (Reply(410), "", Failure.GONE),
    (Reply(422), "", Failure.HTTP),
    (Reply(429), "", Failure.RATE_LIMITED),
    (Reply(503), "", Failure.SERVER),
    (Reply(200, b"<title>Log in</title>"), "", Failure.LOGIN_WALL),
    (Reply(200, b"<p>hello</p>"), "", Failure.NOT_A_FEED),
    (Reply(200, b'{"error": "no"}'), "", Failure.NOT_A_FEED),
]


@pytest.mark.parametrize(("reply", "token", "failure"), REFUSALS)
@pytest.mark.parametrize("path", [LIST, "/api/v1/accounts/lookup"])
def test_every_other_answer_is_a_named_failure(
    server: FeedServer, path: str, reply: Reply, token: str, failure: Failure
) -> None:
    server.routes[path] = reply
    with pytest.raises(FetchError) as caught:
        read(lin(server, token=token))
    assert caught.value.failure is failure
    assert "t-555" not in str(caught.value)


def test_a_single_status_is_there_or_gone_or_not_told(server: FeedServer) -> None:
    path = f"/api/v1/statuses/{FIRST + 1}"
    server.routes[path] = answer(status(1, "now other"))
    again = one(server)
    assert isinstance(again, FetchedPost)
    assert (told(again), again.content_hash) == (
        [("text", "now other", True)],
        reads(server, status(1, "now other")).content_hash,
    )
    server.routes[path] = Reply(404)
    assert one(server) == Gone("deleted")
    server.routes[path] = Reply(401)
    with pytest.raises(FetchError):
        one(server)


def test_an_account_that_has_moved_says_so_once_its_last_posts_are_read(server: FeedServer) -> None:
    moved: dict[str, Any] = {"account": {"id": "9001", "moved": {"id": "77", "acct": "lin@new.example"}}}
    server.routes[LIST] = answer([status(2, **moved), status(1, **moved)])
    assert len(read(lin(server), after(1)).posts) == 2
    with pytest.raises(FetchError) as refused:
        read(lin(server), after(2))
    assert refused.value.failure is Failure.MOVED
