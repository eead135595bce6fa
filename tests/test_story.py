"""Whose words count of a post that several sources show, and which posts tell one thing."""

from dataclasses import replace

import pytest

from monitor.model.messages import Spread
from monitor.model.posts import FetchedPost, Origin, Part, PostKind
from monitor.story import Reader, Standing, Telling, keys_beside, root_of, spread, standing, story_key

LEADER = Reader(1, "lin", 1)
GONE = replace(LEADER, sees=False, removed=True)
BLIND = replace(LEADER, sees=False)


@pytest.mark.parametrize(
    ("reader", "leader", "expected"),
    [
        pytest.param(LEADER, LEADER, Standing.LEADS, id="the leader itself"),
        pytest.param(replace(LEADER, rank=2), LEADER, Standing.LEADS, id="the leader, read another way now"),
        pytest.param(Reader(2, "lin", 0), LEADER, Standing.BETTER, id="nearer"),
        pytest.param(Reader(2, "lin", 0), BLIND, Standing.BETTER, id="nearer than a blind one"),
        pytest.param(Reader(2, "lin", 0), GONE, Standing.LEADS, id="nearer than a removed one"),
        pytest.param(Reader(2, "lin", 1), LEADER, Standing.BESIDE, id="as near"),
        pytest.param(Reader(2, "lin", 1), GONE, Standing.LEADS, id="as near as a removed one"),
        pytest.param(Reader(2, "lin", 2), LEADER, Standing.LEFT_OUT, id="farther"),
        pytest.param(Reader(2, "lin", 2), BLIND, Standing.BESIDE, id="farther, and the leader sees nothing"),
        pytest.param(Reader(2, "lin", 2), GONE, Standing.BESIDE, id="farther, and the leader is removed"),
        pytest.param(Reader(2, "wang", 0), LEADER, Standing.BESIDE, id="another person's, nearer"),
        pytest.param(Reader(2, "wang", 2), LEADER, Standing.LEFT_OUT, id="another person's, farther"),
    ],
)
def test_whose_text_counts(reader: Reader, leader: Reader, expected: Standing) -> None:
    assert standing(reader, leader) is expected


def post(*parts: Part, root_id: str | None = None, native_id: str = "1", platform: str = "x") -> FetchedPost:
    return FetchedPost(platform, native_id, PostKind.POST, None, parts, "", None, root_id=root_id)


def says(text: str, origin: Origin = Origin.TEXT, *, by_author: bool = True) -> Part:
    return Part(origin, text, by_author)


LONG = "明天下午三点云雀九号发布会见"
SAME = story_key(post(says(LONG)))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(post(says("明天 下午三点\n云雀九号-发布会，见！😏"), platform="weibo"), id="blanks and signs"),
        pytest.param(post(says("明天下午三點雲雀九號發布會見")), id="traditional characters"),
        pytest.param(post(says(f"{LONG} https://t.example/a1")), id="a link behind"),
        pytest.param(post(says("别的话", Origin.QUOTED, by_author=False), says(LONG)), id="beside others' words"),
        pytest.param(post(says(LONG, Origin.TITLE)), id="in a title that is all"),
        pytest.param(post(says("号外", Origin.TITLE), says(LONG)), id="below a title"),
        pytest.param(post(says(LONG), says("某手机", Origin.CLIENT)), id="another client"),
    ],
)
def test_the_same_words_are_one_story(other: FetchedPost) -> None:
    assert story_key(other) == SAME
    assert SAME.startswith("text:")
    assert LONG not in SAME


@pytest.mark.parametrize(
    ("alone", "key"),
    [
        pytest.param(post(says("明天见")), "post:x:1", id="short words"),
        pytest.param(post(says("明 天 见 " * 3)), "post:x:1", id="nine characters and blanks"),
        pytest.param(post(says("https://blog.example/a-very-long-address")), "post:x:1", id="a link alone"),
        pytest.param(post(says(LONG, Origin.QUOTED, by_author=False)), "post:x:1", id="others' words"),
        pytest.param(post(), "post:x:1", id="no words"),
        pytest.param(post(says(LONG), root_id="7"), "post:x:7", id="passed on, with own words"),
        pytest.param(post(root_id="did:plc:a/3k"), "post:x:did:plc:a/3k", id="passed on"),
    ],
)
def test_other_posts_are_their_own_story_or_that_of_what_they_pass_on(alone: FetchedPost, key: str) -> None:
    assert story_key(alone) == key


def test_one_character_more_is_another_story() -> None:
    assert story_key(post(says(f"{LONG}吧"))) != SAME


def test_twelve_characters_are_enough() -> None:
    assert story_key(post(says("一二三四五六七八九十甲"))) == "post:x:1"
    assert story_key(post(says("一二三四五六七八九十甲乙"))).startswith("text:")


def test_keys_lead_to_what_belongs_together() -> None:
    told = [Telling(1, "lin", "x", "9", "text:abc"), Telling(2, "lin", "bluesky", "did:plc:a/3k", None)]
    assert keys_beside(told) == {"post:x:9", "text:abc", "post:bluesky:did:plc:a/3k"}
    assert root_of("post:bluesky:did:plc:a/3k") == ("bluesky", "did:plc:a/3k")
    assert root_of("text:abc") is None


def test_how_far_a_story_has_spread() -> None:
    told = [
        Telling(1, "lin", "x", "1", "text:a"),
        Telling(2, "lin", "weibo", "2", "text:a"),
        Telling(3, "wang", "weibo", "3", "post:weibo:2"),
    ]
    assert spread(told, 1) == Spread(3, 2, ("weibo", "x"), ("weibo",))
    assert spread(told, 2) == Spread(3, 2, ("weibo", "x"), ("weibo", "x"))
    assert spread(told[:1], 1) == Spread(1, 1, ("x",), ())
