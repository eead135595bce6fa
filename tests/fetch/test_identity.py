"""Which post an entry is, which version, and what of it is told once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.identity import Entry, Words, build_post, content_hash
from monitor.model.posts import Origin, Part
from tests.fetch.accounts import NOW, account

ENTRY = Entry(
    native_id="guid",
    link="https://feeds.example/1",
    title=Words("标题", is_html=False),
    bodies=(Words("正文", is_html=False),),
    captions=(),
    tags=(),
    published="2026-11-20T12:00:00+08:00",
    updated=None,
)


def plain(*texts: str) -> tuple[Words, ...]:
    return tuple(Words(text, is_html=False) for text in texts)


def hash_of(text: str) -> str:
    return content_hash([Part(Origin.TEXT, text)])


def test_the_id_is_the_guid_or_the_link_or_the_text() -> None:
    assert build_post(ENTRY, account(), NOW).native_id == "yuan#guid"
    assert build_post(replace(ENTRY, native_id=None), account(), NOW).native_id == "https://feeds.example/1"
    nameless = build_post(replace(ENTRY, native_id=None, link=None), account(), NOW)
    assert nameless.native_id == f"yuan#sha256:{nameless.content_hash}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("X9\n赞 12 评论 3", "X9\n赞 1.3万 评论 40"),
        ("12 comments\nX9", "1,300 comments\nX9"),
        ("X9\n 1 like ", "X9\n2 likes"),
        ("X9\n👍 3 💬 4\nR2", "X9\n👍 30 💬 44\nR2"),
        ("X9\n123 likes · 4 comments", "X9\n124 Likes · 5 comments"),
        ("阅读 1.2万", "阅读 1.3万"),
    ],
)
def test_lines_of_counts_make_no_new_version(one: str, other: str) -> None:
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("起售价 4299", "起售价 4399"),
        ("X9", "X9 "),
        ("6100 mAh", "6200 mAh"),
        ("a", ""),
        ("My Yunque 8 views from the lab", "My Yunque 9 views from the lab"),
        ("8 views from the lab", "9 views from the lab"),
        ("云雀 播放8", "云雀 播放9"),
        ("8 points\nmore", "8 points more"),
    ],
)
def test_every_other_difference_makes_one(one: str, other: str) -> None:
    assert hash_of(one) != hash_of(other)
    assert hash_of(one) != content_hash([Part(Origin.TITLE, one)])


@pytest.mark.parametrize(
    ("title", "bodies", "told"),
    [
        ("云雀 X9 发布", ("云雀 X9 发布",), ["text"]),
        ("云雀 X9 发布", ("云雀 X9\n发布。\n\n更多",), ["text"]),
        ("云雀 X9 发布…", ("云雀 X9 发布会明晚开始",), ["text"]),
        ("The new X9 ...", ("The new X99 is here",), ["text"]),
        ("云雀 X9 发布", ("云雀 X9 发布会",), ["title", "text"]),
        ("X9", ("X99",), ["title", "text"]),
        ("X9", ("About X9",), ["title", "text"]),
        ("…", ("正文",), ["title", "text"]),
        ("", ("正文",), ["text"]),
        ("标题", ("",), ["title"]),
        ("标题", ("正文很长，这里是全部", "正文很长 […]"), ["title", "text"]),
        ("标题", ("正文很长，这里是全部", "另一段摘要"), ["title", "text", "text"]),
        ("标题", ("the X99 phone", "X9"), ["title", "text", "text"]),
        ("", (), []),
    ],
)
def test_each_text_is_told_once_and_none_is_lost(title: str, bodies: tuple[str, ...], told: list[str]) -> None:
    entry = replace(ENTRY, title=Words(title, is_html=False), bodies=plain(*bodies))
    assert [part.origin.value for part in build_post(entry, account(), NOW).parts] == told


@given(st.lists(st.text(alphabet="X9 云雀.…\n", max_size=12), min_size=1, max_size=4))
def test_every_word_of_an_entry_is_in_some_part(texts: list[str]) -> None:
    entry = replace(ENTRY, title=Words(texts[0], is_html=False), bodies=plain(*texts[1:]))
    parts = build_post(entry, account(), NOW).parts
    for text in texts:
        squashed = "".join(text.split()).rstrip(".…")
        assert any(squashed in "".join(part.text.split()) for part in parts) or not squashed


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://feeds.example/1", "https://feeds.example/1"),
        ("tag:notes.example,2026:2", "tag:notes.example,2026:2"),
        ("urn:uuid:1225c695", "urn:uuid:1225c695"),
        ("yt:video:AbC", "yt:video:AbC"),
        ("1", "yuan#1"),
        ("/2026/battery", "yuan#/2026/battery"),
        ("at://did:plc:abc/app.bsky.feed.post/3k", "at://did:plc:abc/app.bsky.feed.post/3k"),
        ("post:1234", "yuan#post:1234"),
        ("tag:", "yuan#tag:"),
        ("https://feeds.example/1 and more", "yuan#https://feeds.example/1 and more"),
        ("sha256:abcdef", "yuan#sha256:abcdef"),
    ],
)
def test_an_id_that_another_feed_may_use_too_is_told_apart_by_its_feed(said: str, kept: str) -> None:
    assert build_post(replace(ENTRY, native_id=said), account(), NOW).native_id == kept


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (("云雀9", "发布会"), "#云雀9 #发布会"),
        (("发布会", "云雀9", "发布会"), "#云雀9 #发布会"),
        (("#新品",), "#新品"),
        (("正文", "#yunque x9", "X", "Yunque"), "#X"),
        (("two\n words",), "#two words"),
        (("正文",), None),
        (("#",), None),
    ],
)
def test_tags_are_told_together_where_no_text_says_them(tags: tuple[str, ...], told: str | None) -> None:
    entry = replace(ENTRY, bodies=plain("正文: Yunque X9"), tags=tags)
    parts = build_post(entry, account(), NOW).parts
    assert parts[2:] == ((Part(Origin.TEXT, told),) if told else ())


def test_the_order_of_tags_makes_no_new_version() -> None:
    one, other = (build_post(replace(ENTRY, tags=tags), account(), NOW) for tags in (("a", "b"), ("b", "a")))
    assert one == other


def test_an_id_or_address_that_no_database_indexes_is_shortened() -> None:
    long = "https://feeds.example/" + "云" * 1000
    posts = [build_post(replace(ENTRY, native_id=long + end, link=long), account(), NOW) for end in "aab"]
    assert posts[0].native_id == posts[1].native_id != posts[2].native_id
    assert all(len(post.native_id) < 100 and post.url is None for post in posts)
