"""What Weibo's answers say: texts, reposts, pictures, cards, edits, replies."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.entries import EntryError
from monitor.fetch.weibo.posts import is_of, is_pinned, long_ids, post_of, replies_of, reply_of
from monitor.model.people import Account
from monitor.model.posts import FetchedPost, Media, MediaKind, Origin, Part, PostKind
from tests.fetch.accounts import NOW
from tests.fetch.weibo_town import FAN, UID, as_web, comment, cut, status

LIN = Account("lin-weibo", "lin", "weibo", "weibo", UID, "https://m.weibo.cn", 180.0, ZoneInfo("Asia/Shanghai"))
MID = 5319196504230218
CLIENT = Part(Origin.CLIENT, "云雀 8 Pro")
TOPIC = '<a href="https://m.weibo.cn/search?q=%23"><span class="surl-text">#云雀9#</span></a>'
DOGE = '<span class="url-icon"><img alt=[doge] src="https://h5.sinaimg.cn/doge.png" style="width:1em;" /></span>'
LINK = (
    '<a data-url="http://t.cn/A6" href="https://weibo.cn/sinaurl?u=http%3A%2F%2Fyunque.example"><span '
    "class='url-icon'><img style='width: 1rem' src='https://h5.sinaimg.cn/web.png'></span>"
    '<span class="surl-text">网页链接</span></a>'
)
FRIEND = {"id": int(FAN), "screen_name": "青山"}


def post(one: dict[str, Any], whole: dict[str, str] | None = None) -> FetchedPost:
    return post_of(one, LIN, NOW, 0, whole or {})


def texts(one: FetchedPost, origin: Origin = Origin.TEXT) -> list[str]:
    return [part.text for part in one.parts if part.origin is origin]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("云雀9 &lt;4999&gt;&amp;", "云雀9 <4999>&"),
        ("一行<br />两行", "一行\n两行"),
        (f"{TOPIC} 来了{DOGE}", "#云雀9# 来了[doge]"),
        (f"看这里 {LINK}", "看这里 网页链接"),
        ('<a href="/n/青山">@青山</a> 你好 \u200b', "@青山 你好"),
        ("云\u200b雀", "云\u200b雀"),
        ('很长 ...<a href="/status/5319196504230218">全文</a>', "很长…"),
        ('很长...<span class="expand">展开</span> \u200b', "很长…"),
        ("<a href='/n/a'>全文</a>如下", "全文如下"),
    ],
)
def test_a_text_in_html_is_what_people_read(source: str, text: str) -> None:
    assert post(status(MID, source)).parts == (Part(Origin.TEXT, text), CLIENT)


def test_a_post_has_its_id_address_and_instant() -> None:
    one = post(status(MID, "早"))
    assert (one.platform, one.native_id, one.kind) == ("weibo", str(MID), PostKind.POST)
    assert one.url == f"https://weibo.com/{UID}/Q{MID}"
    assert (one.claimed_at, one.time_note) == (datetime(2026, 11, 23, 11, 30, 5, tzinfo=UTC), None)
    assert post(status(MID, bid=None)).url == f"https://m.weibo.cn/detail/{MID}"
    assert post(status(MID, bid="../x")).url == f"https://m.weibo.cn/detail/{MID}"


def test_both_sites_tell_the_same_version() -> None:
    for one in (status(MID, f"早{DOGE}"), cut(MID, "云" * 140), status(MID, "转", retweeted_status=status(7, "原"))):
        here, there = post(one), post(as_web(one))
        assert (here.native_id, here.url, here.content_hash) == (there.native_id, there.url, there.content_hash)


@pytest.mark.parametrize(
    ("text", "original", "kind", "own", "quoted"),
    [
        ("转发微博", True, PostKind.REPOST, ["转发微博"], ["云雀9 要来了"]),
        ("", True, PostKind.REPOST, [], ["云雀9 要来了"]),
        ("//<a href='/n/b'>@青山</a>:4999？", True, PostKind.REPOST, [], ["//@青山:4999？", "云雀9 要来了"]),
        ("才2999//@青山:4999？//@白水:x", True, PostKind.POST, ["才2999"], ["//@青山:4999？//@白水:x", "云雀9 要来了"]),
        (f"{DOGE}//@青山:4999", True, PostKind.POST, ["[doge]"], ["//@青山:4999", "云雀9 要来了"]),
        ("好", True, PostKind.POST, ["好"], ["云雀9 要来了"]),
        ("转发微博", False, PostKind.REPOST, ["转发微博"], []),
        ("见 https://@yunque.example", False, PostKind.POST, ["见 https://@yunque.example"], []),
    ],
)
def test_of_a_repost_only_what_stands_before_the_chain_is_the_authors(
    text: str, *, original: bool, kind: PostKind, own: list[str], quoted: list[str]
) -> None:
    more = {"retweeted_status": status(MID - 9, "云雀9 要来了", user=FRIEND)} if original else {}
    one = post(status(MID, text, **more))
    assert (one.kind, texts(one), texts(one, Origin.QUOTED)) == (kind, own, quoted)
    assert one.root_id == (str(MID - 9) if original else None)
    assert all(part.by_author is (part.origin is not Origin.QUOTED) for part in one.parts)
    assert texts(one, Origin.CLIENT) == ["云雀 8 Pro"]


def test_the_notice_in_place_of_a_deleted_original_is_kept_and_no_long_text() -> None:
    gone = status(MID - 9, "抱歉，此微博已被作者删除。", user=None, isLongText=True)
    one = status(MID, "当时就说了", retweeted_status=gone)
    assert texts(post(one), Origin.QUOTED) == ["抱歉，此微博已被作者删除。"]
    assert list(long_ids(one)) == []
    assert list(long_ids(cut(MID, "很长", retweeted_status=cut(7, "也长", user=FRIEND)))) == [str(MID), "7"]


def test_a_whole_text_completes_the_version_that_the_list_shows() -> None:
    listed, whole = cut(MID, "云" * 140), {str(MID): "云" * 140 + "<br />售价 4999"}
    short, full = post(listed), post(listed, whole)
    assert (texts(short), short.completes) == (["云" * 140 + "…"], False)
    assert (texts(full), full.completes) == (["云" * 140 + "\n售价 4999"], True)
    assert short.content_hash == full.content_hash
    shown = post(status(MID, whole[str(MID)], isLongText=True))
    assert shown.content_hash == short.content_hash
    plain = post({**listed, "edit_count": 0})
    assert (plain.content_hash, plain.native_rev) == (short.content_hash, None)
    at_web = post(as_web(listed), {str(MID): "云" * 140 + "\n售价 &lt;4999&gt;"})
    assert (texts(at_web), at_web.content_hash) == (["云" * 140 + "\n售价 <4999>"], short.content_hash)
    edited = post({**listed, "edit_count": 1, "edit_at": "Mon Nov 23 19:50:00 +0800 2026"})
    assert edited.content_hash != short.content_hash
    assert (edited.native_rev, edited.edited_at) == ("1", datetime(2026, 11, 23, 11, 50, tzinfo=UTC))


PIC = {"url": "https://wx1.sinaimg.cn/orj360/a.jpg", "large": {"url": "https://wx1.sinaimg.cn/large/a.jpg"}}
LARGE = Media(MediaKind.PICTURE, "https://wx1.sinaimg.cn/large/a.jpg")
COVER = Media(MediaKind.COVER, "https://wx4.sinaimg.cn/c.jpg")


@pytest.mark.parametrize(
    ("more", "media"),
    [
        ({"pics": [PIC, "?"]}, [LARGE]),
        ({"pics": {"0": PIC}}, [LARGE]),
        (
            {"pics": [{"url": "https://wx1.sinaimg.cn/s.jpg"}]},
            [Media(MediaKind.PICTURE, "https://wx1.sinaimg.cn/s.jpg")],
        ),
        ({"pics": [{"url": "javascript:x"}]}, []),
        (
            {"pic_ids": ["b", "a"], "pic_infos": {"a": {"large": PIC["large"]}, "b": {"largest": {"url": "http://b"}}}},
            [Media(MediaKind.PICTURE, "http://b"), LARGE],
        ),
        ({"page_info": {"type": "video", "page_pic": {"url": COVER.url}}}, [COVER]),
        ({"page_info": {"object_type": 11, "page_pic": COVER.url}}, [COVER]),
        ({"page_info": {"type": "webpage", "page_pic": {"url": COVER.url}}}, []),
        (
            {
                "mix_media_info": {
                    "items": [
                        {"type": "pic", "data": {"large": PIC["large"]}},
                        {"type": "video", "data": {"page_pic": COVER.url}},
                        {"type": "video"},
                    ]
                }
            },
            [LARGE, COVER],
        ),
    ],
)
def test_pictures_and_covers_are_shown(more: dict[str, Any], media: list[Media]) -> None:
    assert list(post(status(MID, "图", **more)).media) == media


def test_what_a_video_says_again_is_no_card() -> None:
    said_again = f"{'云' * 60} http://yunque.example/9"
    card = {"type": "video", "title": "预告", "page_title": "林晓舟的微博视频", "content2": said_again}
    assert texts(post(cut(MID, f"{'云' * 60} 网页链接", page_info=card)), Origin.CARD) == ["预告"]
    assert texts(post(status(MID, "看", page_info=card)), Origin.CARD) == ["预告", said_again]


def test_cards_votes_and_clients_are_places_of_their_own() -> None:
    vote = {"vote_object": {"vote_list": [{"content": "2999"}, {"content": "3999"}]}}
    card = {"title": "云雀9 预告", "page_title": "#早#", "content1": "0讨论", "content2": "早 #早#", "card_info": vote}
    one = post(status(MID, "早 #早#", page_info=card, source='<a href="https://yunque.example">云雀 X1</a>'))
    assert texts(one, Origin.CARD) == ["云雀9 预告"]
    assert texts(one, Origin.POLL) == ["2999", "3999"]
    assert texts(one, Origin.CLIENT) == ["云雀 X1"]
    assert texts(post(status(MID, source="")), Origin.CLIENT) == []
    quoted = post(status(MID, "好", retweeted_status=status(7, "看", page_info={"title": "云雀9"}, user=FRIEND)))
    assert quoted.parts[-2] == Part(Origin.QUOTED, "云雀9", by_author=False)


@pytest.mark.parametrize(
    ("more", "pinned"),
    [({}, False), ({"mblogtype": 2}, True), ({"isTop": 1}, True), ({"profile_type_id": "proweibotop_5"}, True)],
)
def test_what_is_pinned_has_one_of_three_marks(more: dict[str, Any], *, pinned: bool) -> None:
    assert is_pinned(status(MID, **more)) is pinned


@pytest.mark.parametrize(
    ("more", "of"),
    [
        ({}, True),
        ({"user": FRIEND}, False),
        ({"user": None}, True),
        ({"visible": None}, True),
        ({"visible": {"type": 10}}, False),
        ({"visible": {"type": 6}}, False),
    ],
)
def test_posts_of_others_and_for_friends_are_none_of_ours(more: dict[str, Any], *, of: bool) -> None:
    assert is_of(status(MID, **more), UID) is of


@pytest.mark.parametrize("one", [{}, {"mid": "abc"}, {"id": 1.5}, {"mid": "１２"}, {"mid": True}])
def test_a_post_without_an_id_is_none(one: dict[str, Any]) -> None:
    with pytest.raises(EntryError):
        post(one)


@pytest.mark.parametrize(
    ("created", "at", "note"),
    [
        ("刚刚", "2026-11-23 12:00:00", "relative_time"),
        ("5分钟前", "2026-11-23 11:55:00", "relative_time"),
        ("昨天 10:00", "2026-11-22 02:00:00", "assumed_zone"),
        ("11-20", "2026-11-19 16:00:00", "date_only"),
        ("2024-06-12", "2024-06-11 16:00:00", "date_only"),
    ],
)
def test_old_answers_tell_beijing_time_in_chinese(created: str, at: str, note: str) -> None:
    one = post(status(MID, created_at=created))
    assert (one.claimed_at, one.time_note) == (datetime.fromisoformat(at).replace(tzinfo=UTC), note)


# --- replies ------------------------------------------------------------------------------------------------------

ASKS = comment(101, "云雀9 卖多少？")


@pytest.mark.parametrize(
    ("thread", "told"),
    [
        (ASKS, []),
        (comment(102, "大家好", UID), [("c102", "大家好", None)]),
        (
            {**ASKS, "comments": [comment(103, "回复<a href='/n/b'>@青山</a>:2字头", UID)]},
            [("c103", "2字头", "云雀9 卖多少？")],
        ),
        (
            {**ASKS, "comments": [comment(104, "是吗"), comment(105, "是", UID, reply_comment=comment(104, "是吗"))]},
            [("c105", "是", "是吗")],
        ),
        (
            {
                **ASKS,
                "comments": [comment(104, "回复@白水：真的？"), comment(105, "真", UID, reply_comment={"id": 104})],
            },
            [("c105", "真", "真的？")],
        ),
        (
            {
                **ASKS,
                "comments": [
                    comment(104, "还有呢", user={"screen_name": "白水"}),
                    comment(105, "回复@白水：有 Pro", UID),
                    comment(107, "哦", user={"screen_name": "白水"}),
                    comment(108, "回复@谁：好", UID),
                ],
            },
            [("c105", "有 Pro", "还有呢"), ("c108", "好", "云雀9 卖多少？")],
        ),
        ({**ASKS, "comments": [None, comment(106, "", UID)]}, [("c106", None, "云雀9 卖多少？")]),
    ],
)
def test_the_authors_comments_are_replies_to_what_they_answer(thread: Any, told: list[Any]) -> None:
    found = [reply_of(mine, other, "https://weibo.com/1/Q", LIN, NOW, 3) for mine, other in replies_of([thread], UID)]
    assert [
        (one.native_id, next(iter(texts(one)), None), next(iter(texts(one, Origin.PARENT)), None)) for one in found
    ] == told
    assert all((one.kind, one.url, one.evidence) == (PostKind.REPLY, "https://weibo.com/1/Q", 3) for one in found)
    assert all(part.by_author is (part.origin is not Origin.PARENT) for one in found for part in one.parts)


def test_a_picture_in_a_comment_is_shown() -> None:
    assert reply_of(comment(1, "图", UID, pic=PIC), None, None, LIN, NOW, 0).media == (LARGE,)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["text", "user", "id", "pics", "page_info", "large", "url", "page_pic", "visible", "items"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = [*status(1), "retweeted_status", "pics", "pic_infos", "page_info", "mix_media_info", "edit_at", "edit_count"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8))
def test_no_shape_is_too_strange(strange: dict[str, Any]) -> None:
    assert post({**status(MID), **strange, "mid": str(MID)}).native_id == str(MID)
    one = {**status(MID), **strange}
    assert all(mid.isdigit() for mid in long_ids(one))
    assert is_of(one, UID) in (True, False)
    assert all(mine is not None for mine, _ in replies_of([{**one, "comments": [one]}], UID))
