"""The source `weibo` against a real server: pages, long texts, replies, walls, the visitor's cookie, single posts."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.config.values import Refused
from monitor.errors import Failure, FetchError, TransportError
from monitor.fetch.remembered import remembered
from monitor.fetch.weibo.pages import instant_s
from monitor.fetch.weibo.source import WeiboSource, WeiboTable, check_uid
from monitor.fetch.weibo.visitor import COOL_DOWN, cookie_of
from monitor.model.posts import Gone, ItemError, Origin, Page, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import FeedServer, Reply, redirect
from tests.fetch.weibo_town import (
    COMMENTS,
    COOKIE,
    EXTEND,
    LIST,
    SHOW,
    UID,
    VISITOR,
    WEB_LIST,
    account,
    as_web,
    by_query,
    cards,
    client,
    comment,
    cut,
    for_cookie,
    given,
    listed,
    paths,
    read,
    said,
    status,
)

NO_CONTENT = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
SIGN_IN = {"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso&secret=1"}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def ids(page: Page) -> list[str]:
    return [post.native_id for post in page.posts]


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_page_of_cards_is_read_with_the_headers_of_its_site(server: FeedServer) -> None:
    group = {"card_type": 11, "card_group": [{"card_type": 9, "mblog": status(40)}, {"card_type": 42}]}
    value = cards(status(10, isTop=1), status(30), {"mid": "x"}, status(31, user={"id": 9}), since=30)
    value["data"]["cards"] += [group, {"card_type": 3}, {"card_type": 9}]
    server.routes[LIST] = said(value, headers={"Set-Cookie": "secret"})
    page = read(server)
    assert (ids(page), page.cut, page.notes) == (["10", "30", "40"], False, ())
    assert page.broken == (ItemError(2, "a post without an id"),)
    assert [post.evidence for post in page.posts] == [0, 0, 0]
    (asked,) = server.asked
    assert asked.path == f"{LIST}?type=uid&value={UID}&containerid=107603{UID}"
    assert asked.headers["cookie"] == COOKIE
    assert asked.headers["referer"] == server.url(f"/u/{UID}")
    assert (asked.headers["x-requested-with"], asked.headers["mweibo-pwa"]) == ("XMLHttpRequest", "1")
    assert "iPhone" in asked.headers["user-agent"]
    (payload,) = page.payloads
    assert payload.url == server.url(LIST)
    assert "secret" not in repr(payload.headers)
    assert remembered(page.state.cursor).newest == "40"


def test_older_pages_are_read_until_one_reaches_what_was_known(server: FeedServer) -> None:
    server.routes[LIST] = by_query(
        "since_id",
        {
            "": said(cards(status(2, isTop=1), status(90), status(80), since=80)),
            "80": said(cards(status(70), status(2), since=2)),
        },
    )
    first = read(server)
    assert (ids(first), first.joined) == (["2", "90", "80"], False)
    page = read(server, ReadState(cursor='{"newest":"65"}'))
    assert (ids(page), page.cut, page.joined) == (["2", "90", "80", "70"], False, True)
    assert [post.evidence for post in page.posts] == [0, 0, 0, 1]
    assert len(read(server, page.state).payloads) == 1


@pytest.mark.parametrize(
    ("second", "pages"),
    [
        (said(cards(status(70), status(60), since=60)), 2),
        (said(NO_CONTENT), 5),
        (said(SIGN_IN), 5),
        (Reply(432), 5),
        (Reply(200, b"<html>", {"Content-Length": "9"}), 5),
    ],
)
def test_a_read_that_had_to_stop_before_says_so(server: FeedServer, second: Reply, pages: int) -> None:
    first = said(cards(status(90), status(80)))
    server.routes[LIST] = by_query("page", {"": first, "2": second})
    page = read(server, ReadState(cursor='{"newest":"5"}'), cookie_for="mobile", pages=pages)
    assert (ids(page)[:2], page.cut, page.joined) == (["90", "80"], True, False)
    assert remembered(page.state.cursor).newest == "90"


def test_after_a_downtime_days_are_asked_for_at_the_other_site(server: FeedServer) -> None:
    newest, later = 5319000000000000, 5325000000000000
    server.routes[LIST] = by_query("page", {"": said(cards(status(1, isTop=1), status(later)))}, said(NO_CONTENT))
    server.routes["/ajax/statuses/searchProfile"] = by_query(
        "page",
        {"1": said(listed(status(later), status(later - 9))), "2": said({"data": {"list": [], "total": "0"}, "ok": 1})},
    )
    page = read(server, ReadState(cursor=json.dumps({"newest": str(newest)})))
    assert (ids(page), page.cut) == (["1", str(later), str(later - 9)], False)
    query = dict(pair.split("=") for pair in server.asked[-1].path.partition("?")[2].split("&"))
    assert int(query["starttime"]) <= instant_s(str(newest)) < int(query["starttime"]) + 86400
    assert int(query["endtime"]) - 86400 <= instant_s(str(later)) < int(query["endtime"])
    assert (int(query["starttime"]) + 8 * 3600) % 86400 == 0
    server.routes["/ajax/statuses/searchProfile"] = said({"error_code": 21301, "error": "relogin!"})
    assert read(server, ReadState(cursor=json.dumps({"newest": str(newest)}))).cut


# --- the other site -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal", [Reply(432), said(SIGN_IN), said(NO_CONTENT), Reply(200, b"<title>Sina Visitor System")]
)
def test_the_other_site_is_asked_where_the_first_refuses(server: FeedServer, refusal: Reply) -> None:
    server.routes[LIST] = refusal
    server.routes[WEB_LIST] = said(listed(cut(90, "云" * 140), status(80)))
    server.routes["/ajax/statuses/longtext"] = said({"ok": 1, "data": {"longTextContent": "云" * 141}})
    page = read(server, replies="author")
    note, unread = page.notes
    assert (ids(page), note.partition(":")[0], unread) == (["90", "80"], "second_site", "replies_unread")
    assert Failure(note.partition(":")[2]) in (Failure.BLOCKED, Failure.SESSION_EXPIRED, Failure.SUSPECT_EMPTY)
    assert page.posts[0].parts[0].text == "云" * 141
    assert server.asked[1].path == f"{WEB_LIST}?uid={UID}&page=1&feature=0"
    assert "iPhone" not in server.asked[1].headers["user-agent"]


def test_a_site_that_asks_for_a_pause_gets_it_of_both(server: FeedServer) -> None:
    server.routes |= {LIST: Reply(429, headers={"Retry-After": "60"}), WEB_LIST: said(listed(status(80)))}
    with pytest.raises(FetchError) as caught:
        read(server)
    assert (caught.value.failure, caught.value.retry_after_s) == (Failure.RATE_LIMITED, 60.0)
    assert paths(server) == [LIST]


def test_a_cookie_goes_to_the_site_that_it_is_of(server: FeedServer) -> None:
    server.routes[LIST] = for_cookie("SUB=visitor", said(cards(status(90))), Reply(432))
    server.routes[WEB_LIST] = Reply(403)
    server.routes[VISITOR] = given("visitor")
    assert ids(read(server, cookie_for="web")) == ["90"]
    assert [(each.path.partition("?")[0], each.headers.get("cookie")) for each in server.asked] == [
        (WEB_LIST, COOKIE),
        (VISITOR, None),
        (LIST, "SUB=visitor; SUBP=0033Wr"),
    ]
    server.asked.clear()
    server.routes[LIST] = Reply(432)
    with pytest.raises(FetchError):
        read(server, cookie_for="mobile")
    assert paths(server) == [LIST]


# --- walls --------------------------------------------------------------------------------------------------------

REFUSALS: list[tuple[Reply, Failure, Failure]] = [
    (Reply(432), Failure.BLOCKED, Failure.BLOCKED),
    (Reply(418), Failure.BLOCKED, Failure.BLOCKED),
    (Reply(414), Failure.BLOCKED, Failure.BLOCKED),
    (Reply(403), Failure.BLOCKED, Failure.BLOCKED),
    (Reply(401), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (Reply(429, headers={"Retry-After": "120"}), Failure.RATE_LIMITED, Failure.RATE_LIMITED),
    (Reply(502), Failure.SERVER, Failure.SERVER),
    (said(SIGN_IN), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (said({"ok": -100}), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (said({"ok": -100, "url": "https://security.weibo.com/captcha/geetest?key=1"}), Failure.CAPTCHA, Failure.CAPTCHA),
    (said({"error_code": 21301, "error": "relogin!"}), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (said({"error_code": 21301, "error": "relogin!"}, 403), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (said({"ok": 0, "errno": "20003", "msg": "secret"}), Failure.GONE, Failure.GONE),
    (said({"ok": 0, "msg": "请求过于频繁，歇歇吧"}), Failure.RATE_LIMITED, Failure.RATE_LIMITED),
    (said({"ok": 0, "msg": "secret"}), Failure.SUSPECT_EMPTY, Failure.SUSPECT_EMPTY),
    (said(cards()), Failure.SUSPECT_EMPTY, Failure.SUSPECT_EMPTY),
    (said(cards(status(9, user={"id": 1}))), Failure.SUSPECT_EMPTY, Failure.SUSPECT_EMPTY),
    (said([]), Failure.NOT_A_FEED, Failure.NOT_A_FEED),
    (Reply(200, b"<html>hello"), Failure.NOT_A_FEED, Failure.NOT_A_FEED),
    (Reply(200, b"<title>Sina Visitor System</title>"), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (redirect("/sso/signin?secret=1"), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
    (redirect(f"{LIST}?type=uid&value={UID}&containerid=107603{UID}"), Failure.SESSION_EXPIRED, Failure.LOGIN_WALL),
]


@pytest.mark.parametrize("cookie", [COOKIE, ""], ids=["own", "visitor"])
@pytest.mark.parametrize(("refusal", "own", "visitor"), REFUSALS)
def test_every_refusal_has_its_name_and_tells_no_secret(
    server: FeedServer, refusal: Reply, own: Failure, visitor: Failure, cookie: str
) -> None:
    server.routes[LIST] = refusal
    server.routes["/sso/signin"] = Reply(200, b"<html>")
    with pytest.raises(FetchError) as caught:
        read(server, ReadState(cursor='{"newest":"5"}'), cookie=cookie, cookie_for="mobile")
    assert caught.value.failure is (own if cookie else visitor)
    assert caught.value.retry_after_s == (120.0 if refusal.status == 429 else None)
    assert "secret" not in str(caught.value)


def test_an_account_that_never_posted_is_empty(server: FeedServer) -> None:
    server.routes[LIST] = said(NO_CONTENT)
    assert read(server, cookie_for="mobile").notes == ("empty",)
    server.routes[LIST] = said({"ok": 0, "msg": "?"})
    with pytest.raises(FetchError):
        read(server, cookie_for="mobile")


# --- the visitor's cookie -----------------------------------------------------------------------------------------


def test_a_visitors_cookie_is_had_once_and_renewed_when_it_is_refused(server: FeedServer) -> None:
    source, cookies = WeiboSource(), iter("abc")
    server.routes[VISITOR] = lambda _: given(next(cookies))
    server.routes[LIST] = for_cookie("SUB=a;", said(cards(status(90))), Reply(432))
    assert ids(read(server, source=source, cookie="")) == ["90"]
    assert ids(read(server, source=source, cookie="")) == ["90"]
    assert paths(server) == [VISITOR, LIST, LIST]
    asked = server.asked[0]
    assert (asked.method, asked.body) == ("POST", b"cb=visitor_gray_callback&tid=&from=weibo")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    server.asked.clear()
    server.routes[LIST] = for_cookie("SUB=b;", said(cards(status(90))), redirect("/sso/signin"))
    assert ids(read(server, source=source, cookie="")) == ["90"]
    assert paths(server) == [LIST, "/sso/signin", VISITOR, LIST]


@pytest.mark.parametrize(
    "answer", [Reply(502), given("bad one;"), Reply(200, b'visitor_gray_callback({"a})'), Reply(200)]
)
def test_a_renewal_that_failed_is_not_tried_again_for_a_while(server: FeedServer, answer: Reply) -> None:
    source, later = WeiboSource(), NOW + COOL_DOWN
    server.routes |= {VISITOR: answer, LIST: said(cards(status(90)))}
    assert ids(read(server, source=source, cookie="")) == ["90"]
    read(server, source=source, cookie="")
    assert paths(server) == [VISITOR, LIST, LIST]
    source.page(account(server, ""), ReadState(), client(), later)
    assert paths(server)[3:] == [VISITOR, LIST]


def test_a_place_for_visitors_that_cannot_be_reached_is_no_end(server: FeedServer) -> None:
    server.routes[LIST] = said(cards(status(90)))
    assert ids(read(server, cookie="", visitor="http://127.0.0.1:1")) == ["90"]
    assert "cookie" not in server.asked[0].headers


def test_a_new_cookie_that_is_refused_at_once_is_not_followed_by_another(server: FeedServer) -> None:
    source = WeiboSource()
    server.routes |= {VISITOR: given("a"), LIST: Reply(432)}
    for _ in range(3):
        with pytest.raises(FetchError) as caught:
            read(server, source=source, cookie="")
        assert caught.value.failure is Failure.BLOCKED
    assert paths(server) == [VISITOR, LIST, VISITOR, LIST, LIST, LIST]


def test_all_reads_at_once_wait_for_one_renewal(server: FeedServer) -> None:
    source, together = WeiboSource(), Barrier(4)
    server.routes |= {VISITOR: given("a"), LIST: for_cookie("SUB=a;", said(cards(status(90))), Reply(432))}

    def one_of_them() -> Page:
        together.wait(10)
        return read(server, source=source, cookie="")

    with ThreadPoolExecutor(4) as readers:
        reads = [readers.submit(one_of_them) for _ in range(4)]
        assert [ids(each.result()) for each in reads] == [["90"]] * 4
    assert paths(server).count(VISITOR) == 1


def test_what_is_refused_to_every_visitor_costs_no_cookie(server: FeedServer) -> None:
    source = WeiboSource()
    server.routes |= {
        VISITOR: given("a"),
        LIST: for_cookie("SUB=a;", said(cards(cut(90, "云" * 140, comments_count=1))), Reply(432)),
        EXTEND: Reply(432),
        COMMENTS: said(SIGN_IN),
        SHOW: said(SIGN_IN),
    }
    first = read(server, source=source, cookie="", replies="author")
    assert (ids(first), first.notes) == (["90"], ("replies_unread:login_wall",))
    with pytest.raises(FetchError) as caught:
        source.one(account(server, ""), "90", client(), NOW)
    assert caught.value.failure is Failure.LOGIN_WALL
    assert ids(read(server, source=source, cookie="")) == ["90"]
    assert paths(server).count(VISITOR) == 1


def test_a_cookie_is_taken_only_if_it_can_stand_in_a_header() -> None:
    assert cookie_of('x && visitor_gray_callback({"data":{"sub":"_2A=","subp":"00.3"}});') == "SUB=_2A=; SUBP=00.3"
    assert cookie_of('visitor_gray_callback({"data":{"sub":"_2A"}})') == "SUB=_2A"
    for bad in ('{"data":{"sub":"a\\r\\nb"}}', '{"data":{"subp":"a"}}', '{"data":null}', "[]", '{"data":{"sub":1}}'):
        assert cookie_of(f"visitor_gray_callback({bad})") == ""


# --- whole texts --------------------------------------------------------------------------------------------------


def test_a_whole_text_that_fails_is_owed_and_completes_the_post_later(server: FeedServer) -> None:
    server.routes |= {LIST: said(cards(cut(90, "云" * 140), status(80))), EXTEND: Reply(500)}
    first = read(server)
    assert (first.posts[0].parts[0].text, first.posts[0].completes) == ("云" * 140 + "…", False)
    assert remembered(first.state.cursor).owed == {"90": 1}
    server.routes[EXTEND] = said({"ok": 1, "data": {"ok": 1, "longTextContent": "云" * 140 + "<br/>2字头"}})
    second = read(server, first.state)
    (post, _) = second.posts
    assert (post.parts[0].text, post.completes) == ("云" * 140 + "\n2字头", True)
    assert post.content_hash == first.posts[0].content_hash
    assert "2字头" in second.payloads[post.evidence].body.decode()
    assert remembered(second.state.cursor).owed == {}
    server.asked.clear()
    third = read(server, second.state)
    assert (paths(server), third.posts[0].completes) == ([LIST], False)
    assert third.posts[0].content_hash == first.posts[0].content_hash


def test_an_owed_post_that_left_the_list_is_asked_for_by_its_id(server: FeedServer) -> None:
    server.routes |= {LIST: said(cards(cut(90, "云" * 140), cut(89, "雀" * 140))), EXTEND: Reply(500)}
    first = read(server)
    server.routes |= {LIST: said(cards(status(99), status(88))), SHOW: Reply(500)}
    second = read(server, first.state)
    assert (ids(second), remembered(second.state.cursor).owed) == (["99", "88"], {"90": 2, "89": 1})
    whole = said({"ok": 1, "data": status(90, "云" * 140 + "2字头", isLongText=True)})
    server.routes[SHOW] = by_query("id", {"90": whole}, said({"ok": 0, "errno": "20101"}))
    third = read(server, second.state)
    assert (ids(third), third.posts[-1].completes) == (["99", "88", "90"], True)
    assert third.posts[-1].content_hash == first.posts[0].content_hash
    assert b"isLongText" in third.payloads[third.posts[-1].evidence].body
    assert remembered(third.state.cursor).owed == {}


def test_the_whole_text_of_an_edit_is_asked_for_again(server: FeedServer) -> None:
    whole = said({"ok": 1, "data": {"longTextContent": "云" * 141}})
    server.routes |= {LIST: said(cards(cut(90, "云" * 140))), EXTEND: whole}
    first = read(server)
    edit = {"edit_count": 1, "edit_at": "Mon Nov 23 19:50:00 +0800 2026"}
    server.routes[LIST] = said(cards(cut(90, "云" * 140, **edit)))
    second = read(server, first.state)
    assert (second.posts[0].completes, second.posts[0].native_rev) == (True, "1")
    assert second.posts[0].content_hash != first.posts[0].content_hash
    assert not read(server, second.state).posts[0].completes


def test_of_many_long_posts_a_few_are_asked_for_and_after_a_refusal_none(server: FeedServer) -> None:
    many = [cut(number, "云" * 140) for number in range(90, 79, -1)]
    server.routes |= {LIST: said(cards(*many)), EXTEND: said({"ok": 1, "data": {"longTextContent": "全" * 150}})}
    page = read(server)
    assert [post.completes for post in page.posts] == [True] * 8 + [False] * 3
    assert set(remembered(page.state.cursor).owed) == {"82", "81", "80"}
    server.asked.clear()
    server.routes[EXTEND] = said(SIGN_IN)
    assert len(remembered(read(server).state.cursor).owed) == 11
    assert paths(server) == [LIST, EXTEND]
    server.asked.clear()
    read(server, long_text=False)
    assert paths(server) == [LIST]


def test_an_answer_without_a_text_says_that_the_post_was_whole(server: FeedServer) -> None:
    server.routes |= {LIST: said(cards(status(90, "短", isLongText=True))), EXTEND: said({"ok": 1, "data": {}})}
    page = read(server)
    assert (page.posts[0].parts[0].text, page.posts[0].completes) == ("短", False)
    assert remembered(page.state.cursor).owed == {}


# --- replies ------------------------------------------------------------------------------------------------------


def threads(*found: Any) -> Reply:
    return said({"ok": 1, "data": {"data": list(found), "max_id": 0}})


def test_the_authors_replies_below_the_newest_posts_are_posts(server: FeedServer) -> None:
    server.routes[LIST] = said(cards(*(status(n, comments_count=n % 2) for n in (10, 91, 90, 89, 87, 85))))
    asks = comment(101, "多少钱", comments=[comment(102, "2字头", UID)])
    server.routes[COMMENTS] = by_query("id", {"91": threads(asks), "89": said({"ok": 0, "msg": "还没有人评论哦~"})})
    page = read(server, replies="author")
    assert [asked.path for asked in server.asked[1:]] == [
        f"{COMMENTS}?id={mid}&mid={mid}&max_id_type=0" for mid in ("91", "89")
    ]
    reply = page.posts[-1]
    assert (reply.kind, reply.native_id, reply.url) == (PostKind.REPLY, "c102", f"https://weibo.com/{UID}/Q91")
    assert [(part.origin, part.text) for part in reply.parts] == [(Origin.TEXT, "2字头"), (Origin.PARENT, "多少钱")]
    assert page.payloads[reply.evidence].url == server.url(COMMENTS)
    assert page.notes == ()
    assert remembered(page.state.cursor).newest == "91"


def test_replies_that_are_refused_are_a_note_and_the_posts_are_read(server: FeedServer) -> None:
    server.routes |= {LIST: said(cards(*(status(n, comments_count=1) for n in (90, 89)))), COMMENTS: said(SIGN_IN)}
    page = read(server, replies="author")
    assert (ids(page), page.notes) == (["90", "89"], ("replies_unread:session_expired",))
    assert paths(server) == [LIST, COMMENTS]


def test_one_read_asks_no_more_than_its_bound(server: FeedServer) -> None:
    pages = {
        "" if number == 1 else str(number): said(cards(cut(200 - number, "云" * 140, comments_count=1)))
        for number in range(1, 11)
    }
    server.routes |= {LIST: by_query("page", pages), EXTEND: said({"ok": 1, "data": {}}), COMMENTS: threads()}
    page = read(server, ReadState(cursor='{"newest":"5"}'), cookie_for="mobile", pages=10, replies="author")
    assert [paths(server).count(each) for each in (LIST, EXTEND, COMMENTS)] == [10, 8, 2]
    assert (len(page.posts), page.cut, page.notes) == (10, True, ("replies_unread",))


# --- single posts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (said({"ok": 0, "error_code": 20101, "message": "not exist"}, 400), Gone("deleted")),
        (said({"ok": 0, "errno": "20101", "msg": "?"}), Gone("deleted")),
        (said({"ok": 0, "errno": 20112, "msg": "?"}, 403), Gone("hidden")),
        (said({"ok": 0, "msg": "抱歉，此微博已被作者删除"}), Gone("deleted")),
        (said({"ok": 0, "msg": "该微博仅粉丝可见"}), Gone("hidden")),
        (said({"ok": 1, "data": status(90, visible={"type": 1})}), Gone("hidden")),
        (said({"ok": 1, "data": status(91)}), None),
    ],
)
def test_a_post_that_is_gone_is_told_so(server: FeedServer, answer: Reply, gone: Gone | None) -> None:
    server.routes[SHOW] = answer
    assert WeiboSource().one(account(server), "90", client(), NOW) == gone
    assert server.asked[0].path == f"{SHOW}?id=90"


def test_a_post_that_is_there_is_the_version_of_the_list(server: FeedServer) -> None:
    listed_one, whole = cut(90, "云" * 140), "云" * 140 + "，2字头"
    server.routes |= {LIST: said(cards(listed_one)), EXTEND: said({"ok": 1, "data": {"longTextContent": whole}})}
    (there,) = read(server).posts
    server.routes[SHOW] = said({"ok": 1, "data": status(90, whole, isLongText=True)})
    assert WeiboSource().one(account(server), "90", client(), NOW) == replace(there, evidence=0)
    server.routes |= {SHOW: Reply(432), "/ajax/statuses/show": said({**as_web(listed_one), "ok": 1})}
    other = WeiboSource().one(account(server), "90", client(), NOW)
    assert other is not None
    assert not isinstance(other, Gone)
    assert (other.content_hash, other.completes) == (there.content_hash, False)


def test_a_single_post_behind_a_wall_is_no_news(server: FeedServer) -> None:
    server.routes |= {SHOW: said(SIGN_IN), "/ajax/statuses/show": Reply(404)}
    with pytest.raises(TransportError) as caught:
        WeiboSource().one(account(server), "90", client(), NOW)
    assert caught.value.failure is Failure.SESSION_EXPIRED
    assert WeiboSource().one(account(server), "c90", client(), NOW) is None


# --- configuration ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid", ["林", "u/7100000001", "71 2", "１２", "1" * 21])
def test_a_uid_is_a_number(uid: str) -> None:
    with pytest.raises(Refused, match="is no uid"):
        check_uid(uid)
    with pytest.raises(ValidationError):
        WeiboTable(source="weibo", uid=uid)


def test_an_account_is_known_by_its_uid_and_names_every_host() -> None:
    home = WeiboTable(source="weibo", uid=UID).home()
    assert (home.native_id, home.url) == (UID, f"https://m.weibo.cn/u/{UID}")
    assert home.also == ("https://weibo.com", "https://visitor.passport.weibo.cn")
    assert timedelta(minutes=10) == COOL_DOWN
