"""The source `bilibili` against a scripted server: dynamics, pages, the signature and its key, and every refusal."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from monitor.errors import Failure, FetchError
from monitor.fetch import Asks, source_of
from monitor.fetch.bilibili.source import Cursor
from monitor.fetch.bilibili.wbi import mixed_key, signed
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Gone, Media, MediaKind, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Asked, FeedServer, Reply
from tests.fetch.of_table import account_of, client, read, told

SPACE = "/x/polymer/web-dynamic/v1/feed/space"
DETAIL = "/x/polymer/web-dynamic/v1/detail"
NAV = "/x/web-interface/nav"
FIRST = 1100000000000000000  # beyond what a float holds exactly
IMG, SUB = "0123456789abcdef" * 2, "fedcba9876543210" * 2
NAMES = {"wbi_img": {"img_url": f"https://i.example/wbi/{IMG}.png", "sub_url": f"https://i.example/wbi/{SUB}.png"}}
KEY = mixed_key(*NAMES["wbi_img"].values())
SIGNED_IN = {"Cookie": "buvid3=v-333; SESSDATA=s-555"}
NOW_S = int(NOW.timestamp())


def answer(data: object, code: int = 0) -> Reply:
    return Reply(200, json.dumps({"code": code, "message": str(code), "ttl": 1, "data": data}).encode())


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer({NAV: answer({"isLogin": False, **NAMES}, -101)}) as running:
        yield running


def lumo(server: FeedServer, headers: Mapping[str, str] | None = None, **keys: object) -> Account:
    return account_of("bilibili", {"uid": "4242", "base": server.url(""), **keys}, headers)


def dynamic(no: int, told: Mapping[str, Any] | None = None, *, pinned: bool = False, **more: Any) -> dict[str, Any]:
    author = {"mid": 4242, "name": "Lumo", "pub_time": "2分钟前", "pub_ts": NOW_S - 120}
    modules: dict[str, Any] = {"module_author": author, "module_dynamic": told or words(f"text {no}")}
    if pinned:
        modules["module_tag"] = {"text": "置顶"}
    return {"id_str": str(FIRST + no), "type": "DYNAMIC_TYPE_WORD", "visible": True, "modules": modules, **more}


def words(text: str | None, major: object = None, **more: Any) -> dict[str, Any]:
    desc = None if text is None else {"text": text, "rich_text_nodes": []}
    return {"additional": None, "desc": desc, "major": major, "topic": None, **more}


def space(*items: object, more: bool = False, offset: str = "") -> Reply:
    return answer({"has_more": more, "items": list(items), "offset": offset, "update_num": 0})


def reads(server: FeedServer, told: Mapping[str, Any] | None = None, **more: Any) -> FetchedPost:
    server.routes[SPACE] = space(dynamic(7, told, **more))
    (post,) = read(lumo(server)).posts
    return post


def known(newest: int, key: str = KEY, age: timedelta = timedelta(hours=1)) -> ReadState:
    return ReadState(cursor=Cursor(str(FIRST + newest), key, int((NOW - age).timestamp())).text())


def query_of(asked: Asked) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(asked.path).query, keep_blank_values=True).items()}


# --- what a dynamic says ----------------------------------------------------------------------------------------


def test_a_text_is_told(server: FeedServer) -> None:
    post = reads(server, words(" Lumo X9\n3,999起 ", topic={"id": 1, "name": "新机"}))
    assert told(post) == [("text", "Lumo X9\n3,999起", True), ("text", "#新机#", True)]
    assert (post.native_id, post.url) == (str(FIRST + 7), f"https://t.bilibili.com/{FIRST + 7}")
    assert (post.kind, post.platform, post.root_id) == (PostKind.POST, "bilibili", None)
    assert post.claimed_at == NOW - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("major", "parts", "media"),
    [
        (
            {
                "type": "MAJOR_TYPE_DRAW",
                "draw": {"items": [{"src": "http://i.example/1.jpg"}, {"src": "//i.example/2.jpg"}]},
            },
            [],
            [(MediaKind.PICTURE, "http://i.example/1.jpg"), (MediaKind.PICTURE, "https://i.example/2.jpg")],
        ),
        (
            {
                "type": "MAJOR_TYPE_OPUS",
                "opus": {"title": "X9", "summary": {"text": "3,999"}, "pics": [{"url": "https://i.example/1.jpg"}]},
            },
            [("title", "X9"), ("text", "3,999")],
            [(MediaKind.PICTURE, "https://i.example/1.jpg")],
        ),
        (
            {
                "type": "MAJOR_TYPE_ARCHIVE",
                "archive": {
                    "title": "X9",
                    "desc": "3,999",
                    "cover": "https://i.example/1.jpg",
                    "stat": {"play": "1.2万"},
                    "badge": {"text": "投稿视频"},
                },
            },
            [("title", "X9"), ("text", "3,999")],
            [(MediaKind.COVER, "https://i.example/1.jpg")],
        ),
        (
            {"article": {"title": "X9", "desc": "3,999", "covers": ["https://i.example/1.jpg"], "label": "12阅读"}},
            [("title", "X9"), ("text", "3,999")],
            [(MediaKind.PICTURE, "https://i.example/1.jpg")],
        ),
        ({"common": {"title": "X9", "desc": "3,999"}}, [("card", "X9"), ("card", "3,999")], []),
        ({"live": {"title": "X9", "desc_first": "科技"}}, [("title", "X9")], []),
        (
            {"live_rcmd": {"content": '{"live_play_info": {"title": "X9", "cover": "https://i.example/1.jpg"}}'}},
            [("title", "X9")],
            [(MediaKind.COVER, "https://i.example/1.jpg")],
        ),
        ({"live_rcmd": {"content": "{"}}, [], []),
        ({"type": "MAJOR_TYPE_OF_TOMORROW", "new": {"title": 7}}, [], []),
        ({"opus": None, "archive": [], "draw": {"items": "none"}}, [], []),
    ],
)
def test_what_it_shows_is_told(
    server: FeedServer, major: object, parts: list[tuple[str, str]], media: list[tuple[MediaKind, str]]
) -> None:
    post = reads(server, words(None, major))
    assert told(post) == [(origin, text, True) for origin, text in parts]
    assert post.media == tuple(Media(kind, url) for kind, url in media)
    opus = {"opus": {"summary": {"text": "twice"}}}
    assert told(reads(server, words("twice", opus))) == [("text", "twice", True)]


def test_cards_below_are_told_but_not_their_counts(server: FeedServer) -> None:
    before, after = (
        reads(
            server,
            words(
                "see",
                additional={
                    "reserve": {"title": "直播预约：X9", "desc1": {"text": when}, "desc2": {"text": "12人预约"}},
                    "vote": {"desc": "Which one?", "join_num": 7},
                    "goods": {"items": [{"name": "Lumo X9 case", "price": "39"}]},
                },
            ),
        )
        for when in ("明天 20:00 直播", "今天 20:00 直播")
    )
    assert told(before) == [
        ("text", "see", True),
        ("card", "直播预约：X9", True),
        ("poll", "Which one?", True),
        ("card", "Lumo X9 case", True),
    ]
    assert before.content_hash == after.content_hash


@pytest.mark.parametrize(
    ("own", "kind", "parts"),
    [
        ("so it is", PostKind.POST, [("text", "so it is", True)]),
        ("转发动态", PostKind.REPOST, []),
        (" ", PostKind.REPOST, []),
        (None, PostKind.REPOST, []),
    ],
)
def test_what_is_passed_on_is_quoted(
    server: FeedServer, own: str | None, kind: PostKind, parts: list[tuple[str, str, bool]]
) -> None:
    archive = {"archive": {"title": "X9", "desc": "3,999", "cover": "https://i.example/1.jpg"}}
    original = dynamic(3, words("look", archive))
    post = reads(server, words(own), type="DYNAMIC_TYPE_FORWARD", orig=original)
    quoted = [("quoted", text, False) for text in ("look", "X9", "3,999")]
    assert (told(post), post.kind, post.root_id) == (parts + quoted, kind, str(FIRST + 3))
    assert post.media == (Media(MediaKind.COVER, "https://i.example/1.jpg"),)
    gone = {"id_str": None, "type": "DYNAMIC_TYPE_NONE", "modules": {"module_dynamic": words("源动态已被作者删除")}}
    post = reads(server, words(own), type="DYNAMIC_TYPE_FORWARD", orig=gone)
    assert (told(post), post.kind, post.root_id) == (parts, kind, None)


def test_one_that_cannot_be_read_does_not_spoil_its_neighbours(server: FeedServer) -> None:
    server.routes[SPACE] = space(dynamic(3), {"modules": 7}, "text", {"id_str": "5", "modules": None}, dynamic(2))
    page = read(lumo(server))
    assert [(post.native_id[-1], post.time_note) for post in page.posts] == [("3", None), ("5", "no_time"), ("2", None)]
    assert [error.position for error in page.broken] == [1]


# --- pages ------------------------------------------------------------------------------------------------------


def paged(count: int, size: int = 12, pinned: int = 5) -> Callable[[Asked], Reply]:
    """Dynamics 1 to `count`, the newest first, one of them on top."""

    def page(asked: Asked) -> Reply:
        offset = query_of(asked)["offset"]
        below = int(offset) - FIRST if offset else count + 1
        numbers = [no for no in range(below - 1, 0, -1) if no != pinned][:size]
        top = [] if offset else [dynamic(pinned, pinned=True)]
        items = top + [dynamic(no) for no in numbers]
        return space(*items, more=bool(numbers) and numbers[-1] > 1, offset=str(FIRST + (numbers or [0])[-1]))

    return page


@pytest.mark.parametrize(
    ("newest", "pages", "oldest", "asked", "cut"),
    [
        (40, 3, 29, 1, False),
        (29, 3, 29, 1, False),
        (28, 3, 17, 2, False),
        (1, 10, 1, 4, False),
        (1, 3, 4, 3, True),
        (10, 1, 29, 1, True),
    ],
)
def test_older_pages_are_read_until_one_reaches_what_was_known(
    server: FeedServer, newest: int, pages: int, oldest: int, asked: int, *, cut: bool
) -> None:
    server.routes[SPACE] = paged(40)
    page = read(lumo(server, pages=pages), known(newest))
    unpinned = [int(post.native_id) - FIRST for post in page.posts[1:]]
    assert (unpinned[0], unpinned[-1], len(server.asked), page.cut) == (40, oldest, asked, cut)
    assert [page.posts[no].evidence for no in (0, -1)] == [0, asked - 1]
    assert json.loads(page.state.cursor or "")["newest"] == str(FIRST + 40)


def test_the_first_read_stays_on_the_first_page(server: FeedServer) -> None:
    server.routes[SPACE] = paged(40)
    page = read(lumo(server))
    assert (len(page.posts), page.posts[0].native_id, page.cut) == (13, str(FIRST + 5), False)
    assert page.notes == ()


@pytest.mark.parametrize("offset", ["", "77"])
def test_a_server_that_repeats_itself_is_asked_no_further(server: FeedServer, offset: str) -> None:
    server.routes[SPACE] = space(dynamic(9), more=True, offset=offset)
    page = read(lumo(server, pages=10), known(1))
    assert (len(server.asked), page.cut) == (2 if offset else 1, False)


def test_a_space_without_dynamics_is_a_page_that_says_so(server: FeedServer) -> None:
    server.routes[SPACE] = space()
    page = read(lumo(server))
    assert (page.posts, page.notes) == ((), ("empty",))


# --- the signature and its key ----------------------------------------------------------------------------------


def test_the_signature_is_that_of_the_published_example() -> None:
    names = ("7cd084941338484aae1ad9425b84077c", "4932caff0ff746eab6f01bf08b70ac45")
    key = mixed_key(*(f"https://i0.hdslb.com/bfs/wbi/{name}.png" for name in names))
    assert key == "ea1db124af3c7062474693fa704f4ff8"
    query = signed({"foo": "114", "zab": "1919810", "bar": "514"}, key, datetime.fromtimestamp(1702204169, UTC))
    assert query == "bar=514&foo=114&wts=1702204169&zab=1919810&w_rid=8f6f2b5b3d485fe1886cec6a0be8c5d4"
    assert signed({"foo": "one one (four)", "bar": "五"}, key, NOW).startswith(
        f"bar=%E4%BA%94&foo=one%20one%20four&wts={NOW_S}&w_rid="
    )


@pytest.mark.parametrize("url", [None, 7, "", "https://i.example/wbi/short.png"])
def test_names_that_hold_no_key_give_none(url: object) -> None:
    assert mixed_key(url, NAMES["wbi_img"]["sub_url"]) == ""
    assert signed({"b": "2", "a": "1"}, "", NOW) == "b=2&a=1"


def test_requests_are_signed_with_a_key_that_is_remembered(server: FeedServer) -> None:
    server.routes[SPACE] = space(dynamic(7))
    page = read(lumo(server))
    assert [urlsplit(asked.path).path for asked in server.asked] == [NAV, SPACE]
    text, _, digest = urlsplit(server.asked[1].path).query.rpartition("&w_rid=")
    assert digest == md5((text + KEY).encode(), usedforsecurity=False).hexdigest()
    assert query_of(server.asked[1]) | {"w_rid": ""} == {
        "host_mid": "4242",
        "offset": "",
        "features": "itemOpusStyle",
        "timezone_offset": "-480",
        "wts": str(NOW_S),
        "w_rid": "",
    }
    assert server.asked[1].headers["referer"] == "https://space.bilibili.com/4242/dynamic"
    assert [payload.url for payload in page.payloads] == [server.url(SPACE)]
    read(lumo(server), page.state)
    assert [urlsplit(asked.path).path for asked in server.asked[2:]] == [SPACE]


@pytest.mark.parametrize(("age", "asked"), [(timedelta(hours=7), 2), (timedelta(hours=-1), 2), (timedelta(hours=5), 1)])
def test_an_old_key_is_learnt_anew(server: FeedServer, age: timedelta, asked: int) -> None:
    server.routes[SPACE] = space(dynamic(7))
    page = read(lumo(server), known(7, age=age))
    assert len(server.asked) == asked
    assert json.loads(page.state.cursor or "")["key"] == KEY


@pytest.mark.parametrize("refusal", [answer(None, -403), answer(None, -352), answer({"v_voucher": "voucher_1"})])
def test_a_key_that_is_refused_is_learnt_anew_once(server: FeedServer, refusal: Reply) -> None:
    def picky(asked: Asked) -> Reply:
        text, _, digest = urlsplit(asked.path).query.rpartition("&w_rid=")
        return space(dynamic(7)) if digest == md5((text + KEY).encode()).hexdigest() else refusal

    server.routes[SPACE] = picky
    page = read(lumo(server), known(7, key="k" * 32))
    assert [urlsplit(asked.path).path for asked in server.asked] == [SPACE, NAV, SPACE]
    assert (len(page.payloads), page.posts[0].evidence) == (1, 0)
    server.routes[SPACE] = refusal
    with pytest.raises(FetchError):
        read(lumo(server), known(7, key="k" * 32))
    assert len(server.asked) == 6


def test_without_a_key_requests_go_unsigned(server: FeedServer) -> None:
    server.routes[NAV] = answer({"isLogin": False}, -101)
    server.routes[SPACE] = paged(40)
    assert len(read(lumo(server), known(28, key="", age=timedelta(days=9))).posts) == 25
    assert [urlsplit(asked.path).path for asked in server.asked] == [NAV, SPACE, SPACE]
    assert "w_rid" not in server.asked[1].path


def test_a_cookie_goes_along_and_is_kept_nowhere(server: FeedServer) -> None:
    server.routes[NAV] = answer({"isLogin": True, "uname": "somebody of ours", **NAMES})
    server.routes[SPACE] = space(dynamic(7))
    page = read(lumo(server, SIGNED_IN))
    assert {asked.headers["cookie"] for asked in server.asked} == {SIGNED_IN["Cookie"]}
    assert "555" not in repr(replace(page, posts=()))
    assert all(b"somebody of ours" not in payload.body for payload in page.payloads)


# --- refusals ---------------------------------------------------------------------------------------------------

REFUSALS = [
    (answer(None, -101), Failure.LOGIN_WALL),
    (answer(None, -352), Failure.CAPTCHA),
    (answer({"v_voucher": "voucher_1"}), Failure.CAPTCHA),
    (answer(None, -403), Failure.BLOCKED),
    (answer(None, -412), Failure.BLOCKED),
    (answer(None, -404), Failure.GONE),
    (answer(None, 53016), Failure.GONE),
    (answer(None, 53013), Failure.PRIVATE),
    (answer(None, -799), Failure.RATE_LIMITED),
    (answer(None, -500), Failure.SERVER),
    (answer(None, 4101139), Failure.HTTP),
    (answer(None), Failure.NOT_A_FEED),
    (answer({"has_more": False}), Failure.NOT_A_FEED),
    (answer({"items": None}), Failure.NOT_A_FEED),
    (Reply(200, b"[]"), Failure.NOT_A_FEED),
    (Reply(200, b'{"code": "0", "data": {"items": []}}'), Failure.NOT_A_FEED),
    (Reply(200, "<html>安全验证</html>".encode()), Failure.CAPTCHA),
    (Reply(412, b'{"code": -412}'), Failure.BLOCKED),
    (Reply(429), Failure.RATE_LIMITED),
    (Reply(502), Failure.SERVER),
]


@pytest.mark.parametrize(("reply", "failure"), REFUSALS)
@pytest.mark.parametrize("state", [ReadState(), ReadState(cursor="{"), ReadState(cursor='{"key_at": "x"}')])
def test_every_other_answer_is_a_named_failure(
    server: FeedServer, reply: Reply, failure: Failure, state: ReadState
) -> None:
    server.routes[SPACE] = reply
    with pytest.raises(FetchError) as caught:
        read(lumo(server), state)
    assert caught.value.failure is failure


@pytest.mark.parametrize(
    ("cookie", "failure"), [("SESSDATA=s-555", Failure.SESSION_EXPIRED), ("b=1", Failure.LOGIN_WALL)]
)
@pytest.mark.parametrize("nav", [{"isLogin": True}, {"isLogin": False}])
def test_a_cookie_that_is_signed_in_no_longer_is_told_apart(
    server: FeedServer, cookie: str, failure: Failure, nav: Mapping[str, bool]
) -> None:
    server.routes[NAV] = answer({**nav, **NAMES}, 0 if nav["isLogin"] else -101)
    server.routes[SPACE] = answer(None, -101)
    with pytest.raises(FetchError) as caught:
        read(lumo(server, {"Cookie": cookie}))
    assert caught.value.failure is failure
    assert "555" not in str(caught.value)


def test_a_refusal_by_status_is_not_answered_with_more_requests(server: FeedServer) -> None:
    server.routes[SPACE] = Reply(412)
    with pytest.raises(FetchError):
        read(lumo(server), known(7))
    assert len(server.asked) == 1


def one(server: FeedServer, native_id: str = str(FIRST + 7)) -> FetchedPost | Gone | None:
    source = source_of(lumo(server))
    assert isinstance(source, Asks)
    return source.one(lumo(server), native_id, client(), NOW)


def test_a_single_dynamic_is_there_or_gone_or_not_told(server: FeedServer) -> None:
    server.routes[DETAIL] = answer({"item": dynamic(7, words("soon"))})
    again = one(server)
    assert isinstance(again, FetchedPost)
    assert (again.native_id, again.content_hash) == (str(FIRST + 7), reads(server, words("soon")).content_hash)
    assert query_of(server.asked[1])["id"] == str(FIRST + 7)
    for reply, found in (
        (answer(None, -404), Gone("deleted")),
        (Reply(404), Gone("deleted")),
        (answer(None, 4101139), None),
        (answer({"item": None}), None),
    ):
        server.routes[DETAIL] = reply
        assert one(server) == found
    for reply in (answer(None, -352), Reply(418), Reply(400)):
        server.routes[DETAIL] = reply
        with pytest.raises(FetchError):
            one(server)


@pytest.mark.parametrize("uid", ["", "lumo", "12 3", "1" * 21])
def test_what_is_no_number_of_a_user_is_refused(uid: str) -> None:
    with pytest.raises(ValidationError):
        account_of("bilibili", {"uid": uid})
