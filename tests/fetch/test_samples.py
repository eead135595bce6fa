"""Whole feeds of every kind that is read, each beside what a person reads in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Failure, FetchError
from monitor.fetch.entries import ParsedFeed
from monitor.fetch.feed import parse_feed
from monitor.fetch.identity import content_hash
from monitor.model.posts import FetchedPost, Origin, Part
from tests.fetch.accounts import NOW, account, within_feed

FEEDS = Path(__file__).parents[1] / "data" / "feeds"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as expected: its id, its instant or the note in its place, its texts by origin."""

    native_id: str
    when: str
    texts: tuple[str, ...]
    note: str | None = None


def seen(post: FetchedPost) -> Seen:
    note = post.time_note if post.claimed_at else None
    when = f"{post.claimed_at.astimezone(UTC):%m-%d %H:%M:%S %Y}" if post.claimed_at else post.time_note or ""
    return Seen(within_feed(post.native_id), when, tuple(f"{part.origin}: {part.text}" for part in post.parts), note)


def parsed(name: str, content_type: str = "application/xml") -> ParsedFeed:
    return parse_feed((FEEDS / name).read_bytes(), content_type, account(), NOW)


CHINESE = [Seen("c1", "11-20 04:00:00 2026", ("title: 云雀 X9", "text: 起售价￥4299元，明晚发布"))]
WEIBO = "https://weibo.example/2001/"
EXPECTED: dict[str, list[Seen]] = {
    "weibo_like.xml": [
        Seen(
            WEIBO + "Pa1",
            "11-22 12:00:11 2026",
            (
                "title: #云雀# 云雀 X9 起售价 4299 元，明晚见 [图片]",
                "text: #云雀# 云雀 X9 起售价\n4299 元，明晚见[doge]",
                "alt: 包装盒，写着 X9 Pro",
            ),
        ),
        Seen(
            WEIBO + "Pa2",
            "11-22 08:00:11 2026",
            ("text: 电池比去年大了不少，机身反而更薄，\n今天测了一整天，结果让人意外。",),
        ),
        Seen("Pa3", "11-21 08:00:11 2026", ("text: 没有时区的时间",), "assumed_zone"),
        Seen("Pa4", "11-21 00:05:00 2026", ("text: 中文日期",), "assumed_zone"),
        Seen("Pa5", "06-17 08:00:11 2021", ("text: 秒数",)),
        Seen("Pa6", "06-17 08:00:11 2021", ("text: 毫秒",)),
        Seen("Pa7", "no_time", ("text: 没有时间",)),
        Seen("Pa8", "future_time", ("text: 来自未来",)),
        Seen("Pa9", "before_2006", ("text: 太早",)),
        Seen("Pb1", "unreadable_time", ("text: 看不懂",)),
        Seen(WEIBO + "Pb2", "06-17 08:00:11 2021", ("title: 只有标题",)),
        Seen("Pb3", "06-17 13:00:00 2021", ("title: 云雀 X9", "text: 云雀 X99 是另一回事")),
        Seen(
            "sha256:" + content_hash([Part(Origin.TEXT, "既无标识也无地址")]),
            "06-16 16:00:00 2021",
            ("text: 既无标识也无地址",),
            "date_only",
        ),
    ],
    "atom.xml": [
        Seen(
            "/2026/battery",
            "11-20 02:00:00 2026",
            ("title: Battery & weight", "text: The new cell holds 6,100\xa0mAh.\n\nIt weighs less\nthan before."),
        ),
        Seen(
            "tag:notes.example,2026:2",
            "11-19 15:00:00 2026",
            (
                "title: x < y",
                "text: if a < b and b > c, then <b>bold</b> stays",
                "text: An own teaser: ask for the Yunque X9.",
            ),
        ),
        Seen(
            "tag:notes.example,2026:3", "11-18 10:00:00 2026", ("title: Inline", "text: One piece\n\nfirst\n\nsecond")
        ),
    ],
    "ghost_like.xml": [
        Seen("6b01", "11-22 15:27:33 2026", ("title: 云雀 X9 ¥4299", "text: 11月30日发布 & 7.2mm")),
        Seen("6b02", "11-22 15:27:33 2026", ("title: 12月 见", "text: twice & escaped\n云雀")),
    ],
    "video.xml": [
        Seen(
            "yt:video:aaaaaaaaaaa",
            "11-20 04:00:00 2026",
            ("title: 开箱", "text: 云雀 X9 的第一支视频\n价格见 <简介>"),
        )
    ],
    "pictures.xml": [
        Seen(
            "https://social.example/@yuan/109514150488399327",
            "11-20 04:00:00 2026",
            ("text: 三张图 :yunque:", "alt: 第一张：云雀 X9", "alt: 第二张：4299 元", "alt: 第三张"),
        )
    ],
    "feed.json": [
        Seen("1890071234567890123", "11-20 04:00:00 2026", ("text: 云雀 X9\n4299 元",)),
        Seen(
            "2",
            "11-20 04:00:00 2026",
            ("title: 图", "text: 看图", "alt: 样机视频", "alt: 7", "alt: X9 的背面"),
            "assumed_zone",
        ),
        Seen("javascript:alert(1)", "06-17 08:00:11 2021", ("text: only html",)),
        Seen("3", "no_time", ("text: NUL \x00 and \ud83d",)),
        Seen("5", "no_time", ("text: 看图", "text: #7 #云雀9")),
        Seen("6", "no_time", ("text: 看图",)),
        Seen("4", "unreadable_time", ("text: half ?",)),
    ],
    "malformed.xml": [
        Seen("m1", "11-20 04:00:00 2026", ("title: 云雀 & X9", "text: R&D;\xa04299")),
        Seen("m2", "11-20 05:00:00 2026", ("title: second",)),
    ],
    "cut.xml": [Seen("m1", "11-20 04:00:00 2026", ("title: 第一条",))],
    "tagged.xml": [
        Seen(
            "t1",
            "no_time",
            ("title: Lab day", "text: photos inside", "alt: 云雀9 hands-on", "alt: 背面", "text: #aside #新品"),
        ),
        Seen("t2", "no_time", ("text: 云雀9 from the back",)),
    ],
    "external.xml": [Seen("1", "no_time", ("title: safe &passwd; &remote;",))],
    "empty_channel.xml": [],
    "gbk_labelled_utf8.xml": CHINESE,
    "utf8_labelled_gb2312.xml": CHINESE,
    "utf16.xml": CHINESE,
    "gb18030_labelled_gb2312.xml": [
        Seen("c1", "11-20 04:00:00 2026", ("title: 云雀 X9", "text: 起售价¥4299元，明晚發布"))
    ],
    "big5.xml": [Seen("c1", "11-20 04:00:00 2026", ("title: 雲雀 X9", "text: 起售價4299元"))],
    "latin1_labelled_utf8.xml": [Seen("c1", "11-20 04:00:00 2026", ("title: Anaïs", "text: prêt à 4299 EUR"))],
    "utf8_with_a_broken_place.xml": [
        Seen("c1", "11-20 04:00:00 2026", ("title: 云雀 X9", "text: 起售价￥4299元，明\ufffd发布"))
    ],
}
REFUSED: dict[str, tuple[Failure, str]] = {
    "laughs.xml": (Failure.TRUNCATED, "XML entities that expand without end"),
    "sign_in.html": (Failure.LOGIN_WALL, "a page that asks to sign in, or for proof that we are no robot"),
    "captcha.html": (Failure.CAPTCHA, "a page that asks to sign in, or for proof that we are no robot"),
    "page.html": (Failure.NOT_A_FEED, "an HTML page, perhaps a sign-in page"),
}


def test_every_sample_is_in_a_table() -> None:
    assert {path.name for path in FEEDS.iterdir()} == EXPECTED.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feed_is_read_as_a_person_reads_it(name: str) -> None:
    assert [seen(post) for post in parsed(name).posts] == EXPECTED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_a_named_error(name: str) -> None:
    failure, detail = REFUSED[name]
    with pytest.raises(FetchError) as caught:
        parsed(name)
    assert (caught.value.failure, caught.value.detail) == (failure, detail)


@pytest.mark.parametrize("label", ["text/xml; charset=gb2312", "text/xml", "text/html; charset=iso-8859-1", ""])
def test_the_label_of_the_answer_does_not_spoil_utf8(label: str) -> None:
    assert [seen(post) for post in parsed("utf8_labelled_gb2312.xml", label).posts] == CHINESE


@pytest.mark.parametrize(
    ("name", "positions", "notes", "ttl_s"),
    [
        ("weibo_like.xml", [13], (), 300.0),
        ("feed.json", [3, 4, 5, 6], (), None),
        ("malformed.xml", [], ("malformed",), None),
        ("cut.xml", [1], ("truncated",), None),
        ("empty_channel.xml", [], ("empty",), None),
    ],
)
def test_broken_entries_notes_and_the_ttl_are_reported(
    name: str, positions: list[int], notes: tuple[str, ...], ttl_s: float | None
) -> None:
    feed = parsed(name)
    assert [error.position for error in feed.broken] == positions
    assert (feed.notes, feed.ttl_s) == (notes, ttl_s)


def test_only_web_addresses_are_kept_and_edits_are_dated() -> None:
    urls = [post.url for name in ("atom.xml", "feed.json") for post in parsed(name).posts]
    assert urls == ["https://notes.example/2026/battery", None, None, "https://json.example/1", *[None] * 6]
    edits = [post.edited_at for post in parsed("atom.xml").posts]
    assert edits == [datetime(2026, 11, 21, 2, 0, 0, 999999, tzinfo=UTC), None, None]
