"""The source `bluesky` against a real server that answers as Bluesky does: feed, records, single posts, refusals."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.clock import SystemClock
from monitor.errors import Failure, FetchError
from monitor.fetch.bluesky.records import made_at, post_of
from monitor.fetch.bluesky.source import BlueskySource, BlueskyTable
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Media, MediaKind, Origin, Page, Part, PostKind, ReadState
from monitor.net.client import Client
from tests.fetch.accounts import NOW, account
from tests.fetch.feed_server import Asked, FeedServer, Reply, Script
from tests.fetch.odd_values import with_something_odd

LIN, FAN = "did:plc:linyuan", "did:plc:fan"
FEED, LIST = "/xrpc/app.bsky.feed.getAuthorFeed", "/xrpc/com.atproto.repo.listRecords"
POSTS, RESOLVE = "/xrpc/app.bsky.feed.getPosts", "/xrpc/com.atproto.identity.resolveHandle"
DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
View = dict[str, Any]


def key(at: datetime) -> str:
    """The record key that is made at this instant."""
    number = int(at.timestamp()) * 10**6 << 10
    return "".join(DIGITS[number >> shift & 31] for shift in range(60, -1, -5))


def ago(**how_long: float) -> datetime:
    return NOW - timedelta(**how_long)


def told(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def view(at: datetime, text: str = "早", did: str = LIN, rkey: str = "", **record: object) -> View:
    """A post as the service shows it."""
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{rkey or key(at)}",
        "cid": f"cid-{len(text)}",
        "author": {"did": did, "handle": "some.example"},
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": told(at), **record},
        "indexedAt": told(at),
    }


def share(at: datetime, post: View, did: str = LIN) -> View:
    return {"post": post, "reason": {"$type": "x#reasonRepost", "by": {"did": did}, "indexedAt": told(at)}}


def answer(value: object, **headers: str) -> Reply:
    return Reply(200, json.dumps(value).encode(), headers)


def feed(*posts: View, cursor: str | None = None, **headers: str) -> Reply:
    items = [post if "post" in post else {"post": post} for post in posts]
    return answer({"feed": items} | ({"cursor": cursor} if cursor else {}), **headers)


def records(*posts: View, cursor: str | None = None) -> Reply:
    rows = [{"uri": post["uri"], "cid": post["cid"], "value": post["record"]} for post in posts]
    return answer({"records": rows} | ({"cursor": cursor} if cursor else {}))


def posts_of(*known: View) -> Script:
    def look_up(asked: Asked) -> Reply:
        uris = parse_qs(urlsplit(asked.path).query)["uris"]
        return answer({"posts": [post for post in known if post["uri"] in uris]})

    return look_up


def pages(*by_cursor: Reply) -> Script:
    """The first answer without a cursor, then one for each: "1", "2" and so on."""

    def turn(asked: Asked) -> Reply:
        (at,) = parse_qs(urlsplit(asked.path).query).get("cursor", ["0"])
        return by_cursor[int(at)]

    return turn


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({RESOLVE: answer({"did": LIN}), LIST: records()}) as running:
        yield running


def lin(server: FeedServer, **keys: Any) -> Account:
    table = BlueskyTable(source="bluesky", service=server.url(""), **({"actor": LIN} | keys))
    return replace(account(server.url("")), source="bluesky", platform="bluesky", options=table)


def client() -> Client:
    return Client(elapsed_s=SystemClock().elapsed_s, user_agent="tests/1")


def read(server: FeedServer, state: ReadState | None = None, now: datetime = NOW, **keys: Any) -> Page:
    return BlueskySource().page(lin(server, **keys), state or ReadState(), client(), now)


def one(server: FeedServer, native_id: str) -> FetchedPost | Gone | None:
    return BlueskySource().one(lin(server), native_id, client(), NOW)


def asked(server: FeedServer, path: str) -> list[Mapping[str, list[str]]]:
    return [parse_qs(urlsplit(each.path).query) for each in server.asked if each.path.startswith(path)]


def texts(page: Page) -> list[str]:
    return [post.parts[0].text for post in page.posts]


def only(item: View) -> FetchedPost:
    post = post_of(item, account(), LIN, NOW)
    assert post is not None
    return post


# --- what a post says -----------------------------------------------------------------------------------------------

PICTURES = {"$type": "app.bsky.embed.images", "images": [{"alt": "K80 海报", "image": {}}, {"alt": ""}]}
SHOWN_PICTURES = {"images": [{"fullsize": "https://cdn.example/1", "alt": "K80 海报"}, {"fullsize": "nothing"}]}
CARD = {"external": {"uri": "https://shop.example/k80", "title": "K80", "description": "3699 元"}}
VIDEO = {"$type": "app.bsky.embed.video", "alt": "开箱", "video": {}}
QUOTED = {"uri": f"at://{FAN}/app.bsky.feed.post/q", "value": {"text": "K80 吗?", "embed": PICTURES}, "embeds": []}
NAMED = {"record": {"uri": QUOTED["uri"], "cid": "c"}}
GONE = {"$type": "app.bsky.embed.record#viewNotFound", "uri": QUOTED["uri"], "notFound": True}
LINK = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/k80?c=9"}


def facet(start: int, end: int) -> View:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [LINK, {"tag": "K80"}]}


SAYS = [
    pytest.param(view(NOW, "", embed=PICTURES), [(Origin.ALT, "K80 海报")], id="a picture alone"),
    pytest.param(view(NOW, "看", embed=VIDEO), [(Origin.TEXT, "看"), (Origin.ALT, "开箱")], id="video"),
    pytest.param(
        view(NOW, "看", embed=CARD),
        [
            (Origin.TEXT, "看"),
            (Origin.CARD, "K80"),
            (Origin.CARD, "3699 元"),
            (Origin.CARD, "https://shop.example/k80"),
        ],
        id="link card",
    ),
    pytest.param(
        view(NOW, "看 shop.example/k80", embed=CARD),
        [(Origin.TEXT, "看 shop.example/k80"), (Origin.CARD, "K80"), (Origin.CARD, "3699 元")],
        id="link card whose address is in the text",
    ),
    pytest.param(
        view(NOW, "看这里 ok", facets=[facet(3, 9)]),
        [(Origin.TEXT, "看这里 ok"), (Origin.CARD, LINK["uri"])],
        id="link behind words",
    ),
    pytest.param(
        view(NOW, "看 shop.example/k80?c=9 ok", facets=[facet(4, 24)]),
        [(Origin.TEXT, "看 shop.example/k80?c=9 ok")],
        id="link that shows itself, counted in bytes",
    ),
    pytest.param(
        view(NOW, "ok", facets=[{"features": [LINK]}, "odd"]),
        [(Origin.TEXT, "ok"), (Origin.CARD, LINK["uri"])],
        id="link without a place",
    ),
    pytest.param(view(NOW, "早", tags=["K80", 7]), [(Origin.TEXT, "早"), (Origin.TEXT, "#K80")], id="hidden tags"),
    pytest.param(view(NOW, "早", labels={"values": [{"val": "x"}]}), [(Origin.TEXT, "早")], id="labels say nothing"),
    pytest.param(
        view(NOW, "早", embed=NAMED) | {"embed": {"record": QUOTED}},
        [(Origin.TEXT, "早"), (Origin.QUOTED, "K80 吗?"), (Origin.QUOTED, "K80 海报")],
        id="quote",
    ),
    pytest.param(
        view(NOW, "早", embed={"media": CARD, "record": NAMED})
        | {"embed": {"media": {}, "record": {"record": QUOTED}}},
        [
            (Origin.TEXT, "早"),
            (Origin.CARD, "K80"),
            (Origin.CARD, "3699 元"),
            (Origin.CARD, "https://shop.example/k80"),
            (Origin.QUOTED, "K80 吗?"),
            (Origin.QUOTED, "K80 海报"),
        ],
        id="quote beside a card",
    ),
    pytest.param(
        view(NOW, "早", embed=NAMED) | {"embed": {"record": GONE}}, [(Origin.TEXT, "早")], id="quote of what is gone"
    ),
    pytest.param(
        view(NOW, "早", embed=NAMED) | {"embed": {"record": {"uri": "at://x", "name": "Fans", "description": "K80"}}},
        [(Origin.TEXT, "早"), (Origin.QUOTED, "Fans"), (Origin.QUOTED, "K80")],
        id="quote of a list",
    ),
]


@pytest.mark.parametrize(("shown", "says"), SAYS)
def test_a_post_says_all_that_it_shows_where_it_shows_it(shown: View, says: list[tuple[Origin, str]]) -> None:
    post = only({"post": shown})
    assert [(part.origin, part.text) for part in post.parts] == says
    assert [part.by_author for part in post.parts] == [origin is not Origin.QUOTED for origin, _ in says]
    assert (post.kind, post.native_id) == (PostKind.POST, f"{LIN}/{key(NOW)}")
    assert post.url == f"https://bsky.app/profile/{LIN}/post/{key(NOW)}"


def test_pictures_of_a_post_and_of_what_it_quotes_are_shown() -> None:
    quoted = QUOTED | {"embeds": [{"thumbnail": "https://cdn.example/v"}]}
    post = only({"post": view(NOW) | {"embed": {"media": SHOWN_PICTURES, "record": {"record": quoted}}}})
    assert post.media == (
        Media(MediaKind.PICTURE, "https://cdn.example/1"),
        Media(MediaKind.COVER, "https://cdn.example/v"),
    )


@pytest.mark.parametrize(
    ("parent", "part"),
    [
        (view(NOW, "K80 多少钱?", FAN), Part(Origin.PARENT, "K80 多少钱?", by_author=False)),
        (view(NOW, "我的 K80", LIN), Part(Origin.PARENT, "我的 K80")),
        ({"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://x", "notFound": True}, None),
        ({"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x", "blocked": True, "author": {"did": FAN}}, None),
        (None, None),
    ],
)
def test_a_reply_brings_what_it_answers_to(parent: View | None, part: Part | None) -> None:
    post = only({"post": view(NOW, "3699", reply={"parent": {"uri": "at://x"}}), "reply": {"parent": parent}})
    assert post.kind is PostKind.REPLY
    assert post.parts == (Part(Origin.TEXT, "3699"), *([part] if part else []))
    alone = only({"post": view(NOW, "3699", reply={"parent": {"uri": "at://x"}})})
    assert alone.content_hash == post.content_hash


def test_a_share_is_anothers_words_below_the_own_account() -> None:
    post = only(share(NOW, view(ago(days=2), "K80 吗?", FAN, "q", embed=PICTURES)))
    assert (post.kind, post.native_id, post.root_id) == (PostKind.REPOST, f"{LIN}/repost:{FAN}/q", f"{FAN}/q")
    assert post.parts == (
        Part(Origin.QUOTED, "K80 吗?", by_author=False),
        Part(Origin.QUOTED, "K80 海报", by_author=False),
    )
    assert (post.claimed_at, post.url) == (NOW, f"https://bsky.app/profile/{FAN}/post/q")


def test_a_share_of_an_own_post_is_that_post_and_anothers_post_or_share_is_none() -> None:
    own = view(ago(hours=2))
    assert only(share(NOW, own)) == only({"post": own})
    assert post_of({"post": view(NOW, "x", FAN)}, account(), LIN, NOW) is None
    assert post_of(share(NOW, view(NOW, "x", FAN), FAN), account(), LIN, NOW) is None


def test_a_quoted_post_that_goes_is_no_edit_but_an_overwritten_record_and_another_quote_are() -> None:
    quoting = view(NOW, "早", embed=NAMED)
    hashes = [
        only({"post": post}).content_hash
        for post in (
            quoting | {"embed": {"record": QUOTED}},
            quoting | {"embed": {"record": GONE}},
            quoting,
            view(NOW, "晚", embed=NAMED),
            view(NOW, "早", embed={"record": {"uri": f"at://{FAN}/app.bsky.feed.post/r"}}),
        )
    ]
    assert len({*hashes[:3]}) == 1
    assert len({*hashes}) == 3
    revisions = [only({"post": view(NOW, text)}).native_rev for text in ("早", "早上")]
    assert revisions == ["cid-1", "cid-2"]


@pytest.mark.parametrize(
    ("claims", "rkey", "at", "note"),
    [
        ("2026-11-23T10:00:00.123456+00:00", "", datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC), None),
        ("2026-11-23T18:00:00+08:00", "", ago(hours=2), None),
        ("2026-11-23T10:00:00", "", ago(hours=2), None),
        ("2026-12-24T10:00:00Z", "", None, "future_time"),
        ("1999-12-24T10:00:00Z", "", None, "before_2006"),
        ("yesterday", "", None, "unreadable_time"),
        (None, "", None, "no_time"),
        ("2019-01-01T00:00:00Z", "chosen", datetime(2019, 1, 1, tzinfo=UTC), None),
        ("2019-01-01T00:00:00Z", key(ago(hours=1)), ago(hours=1), "back_dated"),
        ("2019-01-01T00:00:00Z", key(NOW + timedelta(days=9)), datetime(2019, 1, 1, tzinfo=UTC), None),
        (told(ago(hours=9)), key(ago(hours=1)), ago(hours=9), None),
    ],
)
def test_what_a_record_claims_as_its_time_is_judged(
    claims: str | None, rkey: str, at: datetime | None, note: str | None
) -> None:
    post = only({"post": view(ago(hours=2), rkey=rkey, createdAt=claims)})
    assert (post.claimed_at, post.time_note) == (at, note)


def test_a_record_key_is_an_instant() -> None:
    assert made_at("3jzfcijpj2z2a") == datetime(2023, 6, 30, 15, 3, 1, 887007, tzinfo=UTC)
    assert made_at(key(NOW)) == NOW
    assert [made_at(rkey) for rkey in ("self", "zzzzzzzzzzzzz", key(NOW) + "2", "")] == [None] * 4


# --- reading the feed -----------------------------------------------------------------------------------------------


def test_a_handle_is_looked_up_once_and_the_feed_is_then_asked_for_conditionally(server: FeedServer) -> None:
    server.routes[FEED] = feed(view(NOW), ETag='W/"1"')
    first = read(server, actor="@lin.example")
    assert [post.native_id for post in first.posts] == [f"{LIN}/{key(NOW)}"]
    assert asked(server, RESOLVE) == [{"handle": ["lin.example"]}]
    (query,) = asked(server, FEED)
    assert query == {"actor": [LIN], "limit": ["100"], "filter": ["posts_with_replies"], "includePins": ["false"]}
    assert b'"feed"' in first.payloads[first.posts[0].evidence].body

    server.routes |= {FEED: Reply(304), RESOLVE: Reply(500)}
    again = read(server, first.state, actor="@lin.example")
    assert again == Page(first.state, unchanged=True)
    assert server.asked[-1].headers["if-none-match"] == 'W/"1"'


def test_replies_are_left_out_if_so_wished(server: FeedServer) -> None:
    server.routes |= {FEED: feed(view(ago(hours=1))), LIST: records(view(NOW, reply={"parent": {}}))}
    assert len(read(server, replies=False).posts) == 1
    assert asked(server, FEED)[0]["filter"] == ["posts_no_replies"]


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (400, {"error": "InvalidRequest", "message": "Profile not found"}, Failure.GONE),
        (400, {"error": "AccountDeactivated", "message": "Account is deactivated"}, Failure.GONE),
        (400, {"error": "AccountTakedown", "message": "Account has been suspended"}, Failure.GONE),
        (400, {"error": "ExpiredToken", "message": "Token has expired"}, Failure.SESSION_EXPIRED),
        (401, {"error": "AuthMissing", "message": "Authentication Required"}, Failure.LOGIN_WALL),
        (400, {"error": "BlockedByActor"}, Failure.PRIVATE),
        (400, {"error": "InvalidRequest", "message": "Error: limit"}, Failure.HTTP),
        (429, {"error": "RateLimitExceeded"}, Failure.RATE_LIMITED),
        (403, "<html>", Failure.BLOCKED),
        (502, {"error": "UpstreamFailure"}, Failure.SERVER),
        (200, {"feed": {}}, Failure.NOT_A_FEED),
        (200, [], Failure.NOT_A_FEED),
    ],
)
def test_a_refusal_has_its_name(server: FeedServer, status: int, body: object, failure: Failure) -> None:
    server.routes[FEED] = Reply(status, json.dumps(body).encode(), {"RateLimit-Reset": str(NOW.timestamp() + 60)})
    with pytest.raises(FetchError) as caught:
        read(server)
    assert caught.value.failure is failure
    assert caught.value.retry_after_s == (60 if failure is Failure.RATE_LIMITED else None)


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply(400, b'{"error":"InvalidRequest","message":"Unable to resolve handle"}'), Failure.GONE),
        (answer({}), Failure.NOT_A_FEED),
        (Reply(200, b"<title>Sign in</title>"), Failure.LOGIN_WALL),
        (Reply(200, "请完成安全验证".encode()), Failure.CAPTCHA),
    ],
)
def test_a_handle_that_leads_nowhere_is_a_named_failure(server: FeedServer, reply: Reply, failure: Failure) -> None:
    server.routes[RESOLVE] = reply
    with pytest.raises(FetchError) as caught:
        read(server, actor="lin.example")
    assert caught.value.failure is failure


def test_one_post_that_cannot_be_read_does_not_spoil_its_neighbours(server: FeedServer) -> None:
    server.routes[FEED] = feed(
        view(NOW), {"post": {"uri": "odd"}}, {"post": view(NOW) | {"record": None}}, view(ago(days=1))
    )
    page = read(server)
    assert len(page.posts) == 2
    assert [each.position for each in page.broken] == [1, 2]


def test_something_odd_in_any_place_spoils_no_neighbour(server: FeedServer) -> None:
    post = view(NOW, "看", embed=CARD | NAMED, facets=[facet(0, 3)], reply={"parent": {"uri": "at://x"}}, tags=["K80"])
    item = {"post": post | {"embed": {"record": QUOTED, "images": [{}]}}, "reply": {"parent": view(NOW, "?", FAN)}}
    odd_ones = [*with_something_odd(item), *with_something_odd(share(NOW, view(NOW, "?", FAN)))]
    server.routes[FEED] = answer({"feed": [*odd_ones, {"post": view(ago(days=1), "good")}]})
    page = read(server)
    assert page.posts[-1].parts[0].text == "good"
    assert len(page.posts) > len(page.broken) > 9


def test_a_feed_without_posts_is_no_news_of_calm(server: FeedServer) -> None:
    server.routes[FEED] = feed()
    page = read(server)
    assert (page.posts, page.unchanged) == ((), False)


def test_a_spent_allowance_is_waited_for(server: FeedServer) -> None:
    left = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(NOW.timestamp()) + 90)}
    server.routes[FEED] = feed(view(NOW), **left)
    assert read(server).next_read_after_s == 90


# --- catching up ----------------------------------------------------------------------------------------------------


def known(server: FeedServer, at: datetime) -> ReadState:
    """The state after a read whose newest post is of that time."""
    server.routes[FEED] = feed(view(at))
    state = read(server, now=at).state
    server.asked.clear()
    return state


def test_pages_are_read_until_one_reaches_back_and_no_known_post_on_top_ends_that(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    fan = view(ago(days=30), "old", FAN)
    pinned = {"post": view(ago(hours=9), "pin"), "reason": {"$type": "x#reasonPin"}}
    server.routes[FEED] = pages(
        feed(view(ago(hours=1), "a"), share(ago(hours=2), fan), view(ago(hours=3), "b"), cursor="1"),
        feed(pinned, view(ago(hours=5), "c"), cursor="2"),
        feed(view(ago(hours=8), "d"), view(ago(hours=9)), view(ago(hours=10), "e"), cursor="3"),
        Reply(500),
    )
    page = read(server, state)
    assert texts(page) == ["a", "old", "b", "pin", "c", "d", "早", "e"]
    assert (page.cut, page.joined, page.notes) == (False, True, ())
    assert [len(query.get("cursor", [])) for query in asked(server, FEED)] == [0, 1, 1]
    assert [post.evidence for post in page.posts] == [0, 0, 0, 1, 1, 2, 2, 2]


def test_the_first_read_is_one_page(server: FeedServer) -> None:
    server.routes[FEED] = feed(view(NOW), cursor="1")
    page = read(server)
    assert (len(page.posts), page.cut, page.joined) == (1, False, False)


def test_what_lies_behind_the_last_page_that_may_be_read_is_a_gap(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    server.routes[FEED] = pages(feed(view(ago(hours=1)), cursor="1"), feed(view(ago(hours=2)), cursor="2"))
    page = read(server, state, pages=2)
    assert (len(page.posts), page.cut, page.joined) == (2, True, False)
    server.routes[FEED] = feed(view(ago(hours=1)), cursor="1")
    assert not read(server, page.state).cut


def test_a_cursor_that_fails_is_dropped_and_the_next_read_goes_as_far_back_again(server: FeedServer) -> None:
    state = known(server, ago(hours=9))
    newest = feed(view(ago(hours=1), "a"), cursor="1", ETag='"1"')
    server.routes[FEED] = pages(newest, Reply(500))
    page = read(server, state)
    assert (texts(page), page.cut, page.joined, page.notes) == (["a"], True, False, ("stopped:server",))
    assert page.state.etag is None

    server.routes[FEED] = pages(newest, feed(view(ago(hours=4), "b"), view(ago(hours=9)), cursor="2"))
    page = read(server, page.state)
    assert (texts(page), page.cut, page.state.etag) == (["a", "b", "早"], False, '"1"')


# --- beside the feed ------------------------------------------------------------------------------------------------


def test_a_back_dated_post_is_found_in_the_repository(server: FeedServer) -> None:
    fan = view(ago(hours=3), "K80 多少钱?", FAN)
    reply = {"parent": {"uri": fan["uri"]}}
    hidden = view(ago(minutes=3), "3699", createdAt="2019-01-01T00:00:00Z", reply=reply)
    before, newest = view(ago(hours=5)), view(ago(minutes=9), "a")
    server.routes |= {FEED: feed(before), LIST: records(before)}
    first = read(server, now=ago(hours=1))
    server.routes |= {FEED: feed(newest, before), LIST: records(hidden, newest, before), POSTS: posts_of(hidden, fan)}
    page = read(server, first.state)
    assert texts(page) == ["a", "早", "3699"]
    assert page.posts[-1].parts[1] == Part(Origin.PARENT, "K80 多少钱?", by_author=False)
    assert page.posts[-1].time_note == "back_dated"
    assert b"posts" in page.payloads[page.posts[-1].evidence].body
    assert asked(server, LIST)[0] == {"repo": [LIN], "collection": ["app.bsky.feed.post"], "limit": ["100"]}


def test_the_repository_is_asked_every_ten_minutes_though_the_feed_has_not_changed(server: FeedServer) -> None:
    server.routes[FEED] = feed(view(ago(hours=5)), ETag='"1"')
    first = read(server, now=ago(minutes=15))
    server.routes |= {FEED: Reply(304), LIST: records(view(ago(minutes=3), "x", createdAt="2019-01-01T00:00:00Z"))}
    soon = read(server, first.state, now=ago(minutes=8))
    assert (soon.unchanged, len(asked(server, LIST))) == (True, 1)
    later = read(server, soon.state)
    assert (texts(later), later.joined, later.state.etag) == (["x"], True, '"1"')
    again = read(server, later.state, now=NOW + timedelta(minutes=11))
    assert (again.unchanged, len(asked(server, LIST))) == (True, 3)


def test_what_the_service_does_not_show_is_taken_from_the_record_itself(server: FeedServer) -> None:
    hidden = view(ago(minutes=30), "3699", embed=NAMED)
    server.routes |= {FEED: feed(view(NOW), view(ago(hours=5))), LIST: records(hidden), POSTS: Reply(503)}
    page = read(server)
    assert texts(page) == ["早", "早", "3699"]
    assert page.posts[-1].content_hash == only({"post": hidden | {"embed": {"record": QUOTED}}}).content_hash
    assert b"records" in page.payloads[page.posts[-1].evidence].body


def test_the_repository_is_read_back_to_what_was_listed_and_chosen_keys_are_always_looked_at(
    server: FeedServer,
) -> None:
    server.routes |= {FEED: feed(view(ago(hours=9))), LIST: records(view(ago(hours=9)))}
    state = read(server, now=ago(hours=8)).state
    chosen, ahead = (
        view(ago(days=9), "chosen", rkey="zz"),
        view(ago(days=9), "ahead", rkey=key(NOW + timedelta(days=9))),
    )
    old = [view(ago(hours=hours), f"{hours}") for hours in (1, 2, 10)]
    server.routes |= {
        LIST: pages(records(chosen, ahead, old[0], cursor="1"), records(*old[1:], cursor="2"), Reply(500)),
        POSTS: posts_of(chosen, ahead, *old),
    }
    page = read(server, state)
    assert texts(page) == ["早", "chosen", "ahead", "1", "2"]
    again = read(server, page.state, now=NOW + timedelta(hours=1))
    assert texts(again) == ["早", "chosen", "ahead"]


def test_a_server_that_lists_nothing_is_noted_and_the_feed_goes_on(server: FeedServer) -> None:
    server.routes |= {FEED: feed(view(NOW)), LIST: Reply(501, b'{"error":"MethodNotImplemented"}')}
    page = read(server)
    assert (len(page.posts), page.notes) == (1, ("unlisted",))


def test_the_repository_lies_on_the_accounts_own_server_which_gets_no_credentials(server: FeedServer) -> None:
    with FeedServer({LIST: records()}) as home:
        server.routes[FEED] = feed(view(NOW))
        reader = replace(lin(server, pds=home.url("")), secret_headers={"Authorization": "Bearer s3cret"})
        BlueskySource().page(reader, ReadState(), client(), NOW)
        assert ["authorization" in each.headers for each in home.asked] == [False]
    assert "authorization" in server.asked[0].headers
    assert asked(server, LIST) == []
    home_of = BlueskyTable(source="bluesky", actor="@Lin.example", pds="https://pds.example").home()
    assert (home_of.native_id, home_of.url, home_of.also) == (
        "lin.example",
        "https://public.api.bsky.app",
        ("https://pds.example",),
    )


# --- one post -------------------------------------------------------------------------------------------------------


def test_a_single_post_is_as_it_is_now_or_gone(server: FeedServer) -> None:
    fan = view(ago(hours=1), "K80 多少钱?", FAN)
    reply = view(NOW, "3699", reply={"parent": {"uri": fan["uri"]}})
    shared = view(NOW, "K80", FAN, "q")
    server.routes[POSTS] = posts_of(reply, fan, shared)
    found = one(server, f"{LIN}/{key(NOW)}")
    assert isinstance(found, FetchedPost)
    assert [part.text for part in found.parts] == ["3699", "K80 多少钱?"]
    assert found.content_hash == only({"post": reply}).content_hash
    assert one(server, f"{LIN}/other") == Gone("deleted")
    assert one(server, f"{LIN}/repost:{FAN}/q") is None
    assert one(server, f"{LIN}/repost:{FAN}/other") == Gone("deleted")


def test_an_answer_that_is_no_list_of_posts_says_nothing_of_one(server: FeedServer) -> None:
    server.routes[POSTS] = answer({"posts": None})
    with pytest.raises(FetchError, match=re.escape("not_a_feed")):
        one(server, f"{LIN}/{key(NOW)}")


def test_a_single_post_that_cannot_be_read_says_nothing(server: FeedServer) -> None:
    server.routes[POSTS] = posts_of(view(NOW) | {"record": None})
    assert one(server, f"{LIN}/{key(NOW)}") is None
