"""One id for a post, whichever source tells of it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.canonical import canonical_id, did_in, mid_of
from monitor.fetch.feed import parse_feed
from tests.fetch.accounts import NOW, account

DID = "did:plc:abcdefghijklmnopqrstuvwx"
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MID = "4648004356937383"

CANONICAL = [
    ("weibo", "https://weibo.com/6279793937/Kk8Ont6Jh", MID),
    ("weibo", "HTTP://WWW.WEIBO.COM/6279793937/Kk8Ont6Jh/?from=page_100#comment", MID),
    ("weibo", "https://m.weibo.cn/status/4648004356937383?jumpfrom=weibocom", MID),
    ("weibo", "https://m.weibo.cn/detail/4648004356937383/", MID),
    ("weibo", "https://m.weibo.cn/status/Kk8Ont6Jh", MID),
    ("weibo", "https://m.weibo.cn/6279793937/4648004356937383", MID),
    ("weibo", " https://weibo.com/detail/4648004356937383 ", MID),
    ("weibo", "https://weibo.com/u/6279793937", None),
    ("weibo", "https://weibo.com/6279793937/about", None),
    ("weibo", "https://weibo.com/6279793937/ZZZZZZZZZ", None),
    ("weibo", "https://weibo.com.evil.example/6279793937/Kk8Ont6Jh", None),
    ("weibo", "https://blog.example/6279793937/Kk8Ont6Jh", None),
    ("x", "https://twitter.com/LinYuan/status/1658683798253608960", "1658683798253608960"),
    ("x", "http://mobile.x.com/LinYuan/Status/1658683798253608960/photo/1?s=20", "1658683798253608960"),
    ("x", "https://x.com/i/web/status/1658683798253608960", "1658683798253608960"),
    ("x", "https://mirror.example/LinYuan/status/1658683798253608960#m", "1658683798253608960"),
    ("x", "https://x.com/LinYuan/status/16586a", None),
    ("x", "https://x.com/LinYuan/status/", None),
    ("x", "https://x.com/LinYuan/status/１６５８", None),
    ("x", "https://x.com/LinYuan", None),
    ("bluesky", f"at://{DID}/app.bsky.feed.post/3kabcdefghi2x", f"{DID}/3kabcdefghi2x"),
    ("bluesky", f"https://bsky.app/profile/{DID}/post/3kabcdefghi2x/", f"{DID}/3kabcdefghi2x"),
    ("bluesky", f"https://bsky.app/profile/{DID.replace(':', '%3A')}/post/3kabcdefghi2x", f"{DID}/3kabcdefghi2x"),
    ("bluesky", "https://bsky.app/profile/lin.example/post/3kabcdefghi2x", None),
    ("bluesky", "at://lin.example/app.bsky.feed.post/3kabcdefghi2x", None),
    ("bluesky", f"at://{DID}/app.bsky.feed.like/3kabcdefghi2x", None),
    ("mastodon", "https://Social.Example/@lin/110000000000000001", "social.example/110000000000000001"),
    ("mastodon", "https://social.example/users/lin/statuses/110000000000000001", "social.example/110000000000000001"),
    ("mastodon", "https://social.example/ap/users/9001/statuses/110000000000", "social.example/110000000000"),
    ("mastodon", "https://social.example:8443/web/@lin/110000000000000001/", "social.example:8443/110000000000000001"),
    ("mastodon", "https://social.example/@lin/statuses/01HXYZABC", "social.example/01HXYZABC"),
    ("mastodon", "https://social.example/notice/AbCdEf", "social.example/AbCdEf"),
    ("mastodon", "https://social.example/@lin@other.example/110000000000000001", None),
    ("mastodon", "https://social.example/@lin", None),
    ("mastodon", "https://social.example/objects/0b2c", None),
    ("telegram", "https://t.me/Yunque_News/42", "yunque_news/42"),
    ("telegram", "http://telegram.me/s/yunque_news/42?single", "yunque_news/42"),
    ("telegram", "https://t.me/c/1234567/42", None),
    ("telegram", "https://t.me/s/yunque_news", None),
    ("youtube", "yt:video:aB3-_xyz012", "aB3-_xyz012"),
    ("youtube", "https://m.youtube.com/watch?list=PL1&v=aB3-_xyz012&t=7s", "aB3-_xyz012"),
    ("youtube", "https://youtu.be/aB3-_xyz012?si=1", "aB3-_xyz012"),
    ("youtube", "https://www.youtube.com/shorts/aB3-_xyz012", "aB3-_xyz012"),
    ("youtube", "https://www.youtube.com/watch", None),
    ("youtube", "https://www.youtube.com/post/UgkxAbc", None),
    ("youtube", "https://youtu.be/", None),
    ("bilibili", "https://t.bilibili.com/912345678901234567?spm_id=1", "912345678901234567"),
    ("bilibili", "http://www.bilibili.com/opus/912345678901234567/", "912345678901234567"),
    ("bilibili", "https://m.bilibili.com/dynamic/912345678901234567", "912345678901234567"),
    ("bilibili", "https://www.bilibili.com/video/BV1xx411c7mD", None),
    ("bilibili", "https://t.bilibili.com/", None),
    ("bilibili", "https://notbilibili.com/opus/912345678901234567", None),
    ("reddit", "t3_1AbCd", "t3_1abcd"),
    ("reddit", "t1_kxyz12", "t1_kxyz12"),
    ("reddit", "https://old.reddit.com/r/phones/comments/1AbCd/a_title/", "t3_1abcd"),
    ("reddit", "https://www.reddit.com/r/phones/comments/1abcd/a_title/kxyz12/?context=3", "t1_kxyz12"),
    ("reddit", "https://redd.it/1abcd", "t3_1abcd"),
    ("reddit", "https://www.reddit.com/r/phones/", None),
    ("weblog", "https://weibo.com/6279793937/Kk8Ont6Jh", None),
    ("x", "http://[::1/LinYuan/status/1", None),
    ("x", "", None),
    ("x", None, None),
]


@pytest.mark.parametrize(("platform", "said", "native_id"), CANONICAL)
def test_an_address_says_which_post_it_is(platform: str, said: str | None, native_id: str | None) -> None:
    assert canonical_id(platform, said) == native_id


@pytest.mark.parametrize(
    ("said", "native_id"),
    [
        ("https://bsky.app/profile/lin.example/post/3kabcdefghi2x", f"{DID}/3kabcdefghi2x"),
        ("at://lin.example/app.bsky.feed.post/3kabcdefghi2x", f"{DID}/3kabcdefghi2x"),
        ("https://bsky.app/profile/did:plc:other/post/3kabcdefghi2x", "did:plc:other/3kabcdefghi2x"),
        ("https://bsky.app/profile/lin.example", None),
    ],
)
def test_a_handle_stands_for_the_did_of_the_account_if_that_is_known(said: str, native_id: str | None) -> None:
    assert canonical_id("bluesky", said, did_in(f"https://hub.example/bsky/profile/{DID}?key=1")) == native_id


@given(st.integers(min_value=1, max_value=10**20 - 1))
def test_numbers_of_weibo_come_back_from_their_letters(number: int) -> None:
    mid = str(number)
    groups = [mid[max(end - 7, 0) : end] for end in range(len(mid), 0, -7)]
    assert mid_of("".join(reversed([_letters(int(g), 4 if g != groups[-1] else 1) for g in groups]))) == mid


def _letters(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = LETTERS[digit] + digits
    return digits.rjust(width, "0")


@pytest.mark.parametrize(
    ("bid", "mid"),
    [("Kjc77D1jz", "4645748019299849"), ("Kkzwhj69V", "4649031014551911"), ("KjGwDCBjI", "4646917039199914")],
)
def test_letters_of_weibo_are_those_of_its_own_answers(bid: str, mid: str) -> None:
    assert mid_of(bid) == mid


@pytest.mark.parametrize(
    ("entry", "native_id"),
    [
        ({"id": "https://weibo.com/6279793937/Kk8Ont6Jh"}, MID),
        ({"id": "odd-77", "url": "https://weibo.com/6279793937/Kk8Ont6Jh"}, MID),
        ({"id": "odd-77", "url": "https://weibo.com/ttarticle/p/show?id=1"}, "yuan#odd-77"),
        ({"url": "https://blog.example/1"}, "https://blog.example/1"),
    ],
)
def test_an_entry_of_a_network_has_the_id_of_that_network(entry: dict[str, str], native_id: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"content_text": "hi", **entry}]}
    weibo = replace(account(), platform="weibo")
    (post,) = parse_feed(json.dumps(feed).encode(), "application/feed+json", weibo, NOW).posts
    assert post.native_id == native_id
