"""Recorded answers of Weibo, over real HTTP: LEAK_MONITOR_CORPUS names the folder that has them in fixtures/weibo."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from monitor.errors import Failure, FetchError
from monitor.fetch.weibo.source import WeiboSource
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, MediaKind, Origin, Page, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import FeedServer, Reply
from tests.fetch.weibo_town import EXTEND, LIST, WEB_LIST, account, by_query, client

FIXTURES = Path(os.environ["LEAK_MONITOR_CORPUS"]) / "fixtures" / "weibo"
BRAND = "6279793937"
WEB = "微博 weibo.com"

# id, instant, characters of the text, client, pictures, native revision, what it reposts; as read by eye
Row: TypeAlias = tuple[str, str, int, str, int, str | None, str | None]
PINNED: Row = ("4645748019299849", "2021-06-08T01:35:04Z", 173, "微博视频号", 0, "2", None)
OLDER: list[Row] = [
    ("4649031014551911", "2021-06-17T03:00:31Z", 159, WEB, 1, None, None),
    ("4648806186747944", "2021-06-16T12:07:07Z", 83, "微博抽奖平台", 0, None, PINNED[0]),
    ("4648004356937383", "2021-06-14T07:00:57Z", 29, WEB, 1, None, None),
]
BEFORE: list[Row] = [
    PINNED,
    *OLDER,
    ("4647212359090479", "2021-06-12T02:33:49Z", 144, WEB, 1, None, None),
    ("4646569834450357", "2021-06-10T08:00:40Z", 167, WEB, 6, None, None),
]
AFTER: list[Row] = [
    PINNED,
    ("4649106427873349", "2021-06-17T08:00:11Z", 32, WEB, 1, None, None),
    *OLDER,
    ("4646917039199914", "2021-06-11T07:00:20Z", 121, WEB, 4, None, None),
]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def recorded(name: str) -> Reply:
    return Reply(200, (FIXTURES / name).read_bytes())


def brand(server: FeedServer, **keys: Any) -> Account:
    return replace(account(server, uid=BRAND, **keys), native_id=BRAND)


def read(server: FeedServer, state: ReadState, **keys: Any) -> Page:
    return WeiboSource().page(brand(server, **keys), state, client(), NOW)


def text(post: FetchedPost, origin: Origin = Origin.TEXT) -> str:
    return "\n".join(part.text for part in post.parts if part.origin is origin)


def seen(post: FetchedPost) -> Row:
    at = post.claimed_at.isoformat().replace("+00:00", "Z") if post.claimed_at else ""
    pictures = sum(media.kind is MediaKind.PICTURE for media in post.media)
    client_name = text(post, Origin.CLIENT)
    return post.native_id, at, len(text(post)), client_name, pictures, post.native_rev, post.root_id


def test_a_recorded_page_is_read_as_by_eye_and_a_new_post_below_the_pinned_one_is_new(server: FeedServer) -> None:
    server.routes |= {LIST: recorded("mweibo_getIndex_brand_before.json"), EXTEND: Reply(403)}
    before = read(server, ReadState())
    assert [seen(post) for post in before.posts] == BEFORE
    assert {post.kind for post in before.posts} == {PostKind.POST}
    assert (before.broken, before.cut, before.notes) == ((), False, ())
    server.routes[LIST] = recorded("mweibo_getIndex_brand_after.json")
    after = read(server, before.state)
    assert [seen(post) for post in after.posts] == AFTER
    assert after.cut is False
    known = {post.native_id: post.content_hash for post in before.posts}
    again = [post for post in after.posts if post.native_id in known]
    assert [post.content_hash for post in again] == [known[post.native_id] for post in again]


def test_recorded_texts_videos_and_reposts_are_in_their_places(server: FeedServer) -> None:
    server.routes |= {LIST: recorded("mweibo_getIndex_brand_after.json"), EXTEND: Reply(403)}
    pinned, newest, cut_one, repost, *_ = read(server, ReadState()).posts
    assert [media.kind for media in pinned.media] == [MediaKind.COVER]
    assert pinned.edited_at is not None
    assert pinned.edited_at.isoformat() == "2021-06-16T02:51:10+00:00"
    assert text(pinned, Origin.CARD).endswith("PV")
    assert (text(pinned).endswith("Ma…"), text(cut_one).endswith("…"), text(newest).endswith("！")) == (True,) * 3
    (quoted, title) = (part for part in repost.parts if part.origin is Origin.QUOTED)
    assert (quoted.text, title.text) == (text(pinned), text(pinned, Origin.CARD))
    assert not quoted.by_author
    assert pinned.url == f"https://weibo.com/{BRAND}/Kjc77D1jz"
    assert text(newest, Origin.CARD) == ""


def test_a_recorded_whole_text_completes_its_post_and_the_repost_of_it(server: FeedServer) -> None:
    server.routes |= {LIST: recorded("mweibo_getIndex_brand_before.json"), EXTEND: Reply(403)}
    short = read(server, ReadState())
    server.routes[EXTEND] = by_query("id", {PINNED[0]: recorded("mweibo_longtext_extend.json")})
    whole = read(server, short.state)
    assert [post.content_hash for post in whole.posts] == [post.content_hash for post in short.posts]
    assert {post.native_id for post in whole.posts if post.completes} == {PINNED[0], OLDER[1][0]}
    assert text(whole.posts[0]).startswith(text(short.posts[0]).rstrip("…"))
    assert text(whole.posts[0]).endswith("抽奖详情")
    assert len(text(whole.posts[0])) == 389
    assert text(whole.posts[2], Origin.QUOTED).startswith(text(whole.posts[0]))


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("mweibo_error_no_content.json", Failure.SUSPECT_EMPTY),
        ("mweibo_getIndex_profile.json", Failure.SUSPECT_EMPTY),
        ("ajax_relogin_error.json", Failure.SESSION_EXPIRED),
    ],
)
def test_a_recorded_answer_without_posts_is_no_page(server: FeedServer, name: str, failure: Failure) -> None:
    server.routes[LIST] = recorded(name)
    with pytest.raises(FetchError) as caught:
        read(server, ReadState(cursor='{"newest":"5"}'), cookie_for="mobile")
    assert caught.value.failure is failure


def test_recorded_lists_of_the_other_site_are_read(server: FeedServer) -> None:
    server.routes |= {LIST: Reply(432), WEB_LIST: recorded("ajax_mymblog_page1_excerpt_2026.json")}
    (post,) = read(server, ReadState()).posts
    assert (post.native_id, post.kind, text(post)) == ("5319196504230218", PostKind.REPOST, "转发微博")
    assert (post.url, text(post, Origin.CLIENT)) == (f"https://weibo.com/{BRAND}/R83o6hKtk", "荣耀Magic7 Pro")
    assert post.claimed_at is not None
    assert post.claimed_at.isoformat() == "2026-07-10T10:18:55+00:00"
    answers = {
        "1": recorded("ajax_searchProfile_page1_excerpt_2026.json"),
        "2": recorded("ajax_searchProfile_end_2026.json"),
    }
    server.routes["/ajax/statuses/searchProfile"] = by_query("page", answers)
    again = read(server, ReadState(cursor='{"newest":"5319196504230000"}'), pages=1)
    assert (len(again.posts), again.cut) == (1, True)
    more = read(server, ReadState(cursor='{"newest":"5319196504230000"}'), pages=2)
    assert (len(more.posts), more.cut) == (1, False)
