"""The contract of every source: the cases that a network will play sooner or later, on each that can play them.

Those about bytes and refusals are in test_contract_answers, those about what is kept and told in test_contract_town.
"""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from monitor.fetch import SOURCES
from monitor.model.posts import Origin, PostKind, ReadState
from tests.fetch.accounts import NOW
from tests.fetch.feed_server import Raw, Reply
from tests.fetch.networks import NETWORKS, Can, those
from tests.fetch.networks.visit import Visit, ago, said_at

EVERY = list(NETWORKS)
Visits: TypeAlias = Callable[..., Visit]
CASES = """
 1 pinned old post first, new post below it       test_a_pinned_post_hides_no_new_one
 2 more than one page after a downtime            test_pages_are_read_back_to_what_was_known_and_not_further
                                                  test_a_read_that_cannot_reach_back_says_so
                                                  test_after_a_day_of_silence_nothing_is_missed_without_a_word
                                                  test_a_limit_that_is_reached_is_a_gap
                                                  test_what_came_together_is_told_in_the_order_in_which_it_was_said
 3 one post by two sources                        test_one_post_by_two_sources_is_one_post_and_one_alert
 4 edits: same id, new id, below the first page   test_an_edit_into_a_leak_and_out_of_it_is_told
                                                  test_an_edit_of_a_flagged_post_below_the_first_page_is_told
 5 deleted posts, deleted originals               test_a_leak_that_is_taken_down_is_told_and_leaves_no_gap
                                                  test_a_deleted_original_takes_no_words_of_the_author_along
 6 cut texts, whole texts that are refused        test_a_cut_text_is_told_and_completed
 7 what is quoted                                 test_what_is_said_elsewhere_keeps_its_place
 8 alternative texts, cards, polls, clients       test_what_is_said_elsewhere_keeps_its_place
 9 entities, lines, what cannot be seen           test_every_character_comes_through
                                                  test_numeric_references_are_read
10 times                                          test_every_way_to_write_an_instant_is_read
                                                  test_odd_times_are_noted_and_lose_no_post
                                                  test_a_back_dated_post_is_read
11 ids beyond what a float holds                  test_long_ids_lose_no_digit
12 304, refusals and their wishes                 test_nothing_new_costs_nothing
                                                  test_a_wish_for_a_pause_is_heard
                                                  test_a_refusal_is_named_and_never_a_good_read
13 walls and empty lists with status 200          test_a_wall_is_no_good_read
                                                  test_a_wall_may_be_a_word_in_json
                                                  test_an_empty_list_where_posts_were_is_suspected
14 wrong charsets                                 test_a_wrong_label_spoils_no_text
15 bombs, endless, slow and cut answers           test_hostile_answers_end_and_are_named
                                                  test_slow_answers_end
16 redirects and names that lead inside           test_nothing_leads_inside
17 malformed answers, texts that are hard to keep test_malformed_answers_are_named
                                                  test_what_databases_cannot_hold_is_kept_and_told
18 renamed                                        test_a_new_name_makes_no_post_new
19 the first read                                 test_the_first_read_pages_nobody
20 our clock is wrong by hours                    test_a_clock_of_ours_that_was_wrong_by_hours_loses_and_doubles_nothing
21 failing neighbours, a read that ends half-way  test_one_that_fails_delays_no_other
                                                  test_one_that_hangs_delays_no_other
                                                  test_what_lies_behind_delays_no_new_post_and_is_read_later_or_missed_aloud
                                                  test_a_read_that_ends_in_the_middle_loses_and_doubles_nothing
"""


def test_every_source_is_played() -> None:
    of_no_network = {"json", "page", "inbound"}  # whose form their operator says
    assert {kind.source for kind in NETWORKS.values()} == SOURCES.keys() - of_no_network


def test_every_case_has_its_tests() -> None:
    files = ("test_contract.py", "test_contract_answers.py", "test_contract_town.py")
    text = "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in files)
    assert re.findall(r"^ ?(\d+) ", CASES, re.MULTILINE) == [str(number) for number in range(1, 22)]
    assert set(re.findall(r"test_\w+", CASES)) <= set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))


def network_and_place() -> list[Any]:
    return [
        pytest.param(name, origin, id=f"{name}-{origin}")
        for name, kind in NETWORKS.items()
        for origin in sorted(kind.shows)
    ]


# --- 1, 2: lists ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", those(Can.PIN))
def test_a_pinned_post_hides_no_new_one(visits: Visits, name: str) -> None:
    visit = visits(name)
    old = visit.network.publish("old", ago(days=400))
    for hours in range(3 * visit.network.page_size, 0, -1):
        visit.network.publish("text", ago(hours=hours))
    visit.network.pin(old)
    visit.read()
    new = visit.network.publish("new", ago(minutes=1))
    page = visit.read()
    ids = [post.native_id for post in page.posts]
    assert ids.index(visit.network.native_id(old)) < ids.index(visit.network.native_id(new))
    assert (len(page.payloads), page.cut) == (1, False)


@pytest.mark.parametrize("name", those(Can.PAGE))
def test_pages_are_read_back_to_what_was_known_and_not_further(visits: Visits, name: str) -> None:
    visit = visits(name)
    size = visit.network.page_size
    old = [visit.network.publish(f"old {n}", ago(days=9, minutes=-n)) for n in range(2 * size)]
    visit.read()
    new = [visit.network.publish(f"new {n}", ago(days=1, minutes=-n)) for n in range(2 * size + 1)]
    page = visit.read()
    read = {post.native_id for post in page.posts}
    assert read >= {visit.network.native_id(post) for post in new}
    assert visit.network.native_id(old[0]) not in read
    assert not page.cut
    assert visit.read().cut is False


@pytest.mark.parametrize("name", those(Can.PAGE))
def test_a_read_that_cannot_reach_back_says_so(visits: Visits, name: str) -> None:
    visit = visits(name, pages=2)
    visit.network.publish("old", ago(days=9))
    visit.read()
    for n in range(4 * visit.network.page_size):
        visit.network.publish(f"new {n}", ago(days=1, minutes=-n))
    assert visit.read().cut


# --- 5, 6, 7, 8: what is said where ----------------------------------------------------------------------------------

OTHERS = (Origin.QUOTED, Origin.PARENT)
UNREAD_AT_FIRST = [("mastodon", Origin.PARENT)]  # what is answered to is asked for, of new posts only


@pytest.mark.parametrize(("name", "origin"), network_and_place())
def test_what_is_said_elsewhere_keeps_its_place(visits: Visits, name: str, origin: Origin) -> None:
    visit = visits(name)
    if (name, origin) in UNREAD_AT_FIRST:
        visit.network.publish("before", ago(hours=1))
        visit.read()
        visit.network.posts.clear()
    visit.network.publish("the text", ago(minutes=5), {origin: "K90 at 3,999"})
    post = visit.only()
    assert ("K90 at 3,999", origin not in OTHERS) in said_at(post, origin)
    others = [part for part in post.parts if part.origin in OTHERS]
    assert [part.by_author for part in others] == [False] * len(others)
    assert (post.kind is PostKind.REPLY) is (origin is Origin.PARENT)


# In what Telegram passes on nothing is the author's, and it stays when the original goes.
QUOTING = [name for name in EVERY if Origin.QUOTED in NETWORKS[name].shows and name != "forwarding"]


@pytest.mark.parametrize("name", QUOTING)
def test_a_deleted_original_takes_no_words_of_the_author_along(visits: Visits, name: str) -> None:
    visit = visits(name)
    post = visit.network.publish("my words", ago(minutes=5), {Origin.QUOTED: "K90 at 3,999"})
    before = visit.only()
    visit.network.posts[visit.network.posts.index(post)] = replace(post, quoted_is_gone=True)
    visit.state = ReadState()
    after = visit.only()
    assert said_at(after, Origin.TEXT) == said_at(before, Origin.TEXT) == [("my words", True)]
    assert after.native_id == before.native_id


@pytest.mark.parametrize("name", those(Can.LONG))
def test_a_cut_text_is_told_and_completed(visits: Visits, name: str) -> None:
    visit = visits(name)
    visit.network.publish("before", ago(hours=1))
    visit.read()
    visit.network.posts.clear()
    begins = "今天去了工厂" * 20
    visit.network.publish(f"{begins}，云雀9 卖 3999", ago(minutes=5), begins=begins)
    visit.network.long = Reply(500)
    cut = visit.only()
    assert said_at(cut, Origin.TEXT) == [(f"{begins}…", True)]
    visit.network.long = None
    whole = visit.only()
    assert said_at(whole, Origin.TEXT) == [(f"{begins}，云雀9 卖 3999", True)]
    assert (whole.native_id, whole.content_hash, whole.completes) == (cut.native_id, cut.content_hash, True)


# --- 9, 10, 11: characters, times, ids -------------------------------------------------------------------------------

CHARACTERS = [
    pytest.param("a &lt; b & c > d", id="entities"),
    pytest.param("&amp;amp; &amp;lt;b&amp;gt;", id="doubled entities"),
    pytest.param("<4999>起，x<y", id="angles"),
    pytest.param("one\ntwo", id="lines"),
    pytest.param("云\u200b雀9\u2060\ufeff、\u00ad", id="what cannot be seen"),
    pytest.param("🚀 𝟗 👩‍🚀 é é", id="beyond the first plane"),
    pytest.param("“云雀９” ￥3999 ¥", id="full width"),
]


@pytest.mark.parametrize("text", CHARACTERS)
@pytest.mark.parametrize("name", EVERY)
def test_every_character_comes_through(visits: Visits, name: str, text: str) -> None:
    visit = visits(name)
    visit.network.publish(f"起{text}止", ago(minutes=5))
    # YouTube's descriptions are no HTML, but those of other feeds are: an entity that was typed there is read.
    told = html.unescape(text) if name == "youtube" else text
    assert said_at(visit.only(), Origin.TEXT) == [(f"起{told}止", True)]


@pytest.mark.parametrize("name", those(Can.HTML))
def test_numeric_references_are_read(visits: Visits, name: str) -> None:
    visit = visits(name)
    visit.network.publish("12月10日", ago(minutes=5))
    visit.network.numeric = True
    assert said_at(visit.only(), Origin.TEXT) == [("12月10日", True)]


def network_and_time() -> list[Any]:
    return [pytest.param(name, way, id=f"{name}-{way}") for name, kind in NETWORKS.items() for way in kind.times]


@pytest.mark.parametrize(("name", "way"), network_and_time())
def test_every_way_to_write_an_instant_is_read(visits: Visits, name: str, way: str) -> None:
    visit = visits(name)
    at = ago(hours=5)
    visit.network.publish("text", at, claims=visit.network.times[way](at))
    assert visit.only().claimed_at == at


@pytest.mark.parametrize(
    ("at", "told"),
    [
        pytest.param(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), False, id="1970"),
        pytest.param(NOW + timedelta(days=2), False, id="future"),
        pytest.param(NOW + timedelta(minutes=2), True, id="a clock that is a little ahead"),
    ],
)
@pytest.mark.parametrize("name", EVERY)
def test_odd_times_are_noted_and_lose_no_post(visits: Visits, name: str, at: datetime, *, told: bool) -> None:
    visit = visits(name)
    ways = visit.network.times
    visit.network.publish("text", ago(minutes=5), claims=ways[next(iter(ways))](at))
    post = visit.only()
    if told:
        assert (post.claimed_at, post.time_note) == (at, None)
    else:
        assert post.claimed_at is None
        assert post.time_note


@pytest.mark.parametrize("name", those(Can.DATE))
def test_a_back_dated_post_is_read(visits: Visits, name: str) -> None:
    visit = visits(name)
    for minutes in range(3 * visit.network.page_size, 0, -1):
        visit.network.publish("text", ago(hours=9, minutes=minutes))
    visit.read()
    back = visit.network.publish("back-dated", ago(minutes=1), claims=ago(days=3))
    later = visit.read(NOW + timedelta(minutes=11))
    shown = visit.network.native_id(back) in {post.native_id for post in later.posts}
    assert shown is (name == "bluesky")  # a feed shows its newest alone, and nothing else can be asked


@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("name", those(Can.NUMBER))
def test_long_ids_lose_no_digit(visits: Visits, name: str, *, numbers: bool) -> None:
    visit = visits(name)
    visit.network.ids_are_numbers = numbers
    posts = [visit.network.publish(f"text {n}", ago(minutes=n)) for n in range(1, 8)]
    assert sorted(post.native_id for post in visit.read().posts) == sorted(map(visit.network.native_id, posts))


# --- 18, 21 -----------------------------------------------------------------------------------------------------------

NAMED: dict[str, dict[str, object]] = {
    "x": {"user_id": None, "username": "lin_yuan"},
    "bluesky": {"actor": "lin.example"},
}


@pytest.mark.parametrize("name", those(Can.RENAME))
def test_a_new_name_makes_no_post_new(visits: Visits, name: str) -> None:
    visit = visits(name, **NAMED.get(name, {}))
    visit.network.publish("text", ago(minutes=5))
    before = visit.only()
    visit.network.renamed = True
    visit.network.publish("more", ago(minutes=1))
    ids = [post.native_id for post in visit.read().posts]
    assert visit.network.native_id(visit.network.posts[-1]) in ids
    assert before.native_id == visit.network.native_id(visit.network.posts[0])


BEHIND = [Reply(503), Reply(429), Reply(200, b"<html>"), Raw([])]


@pytest.mark.parametrize("script", BEHIND, ids=["503", "429", "html", "closed"])
@pytest.mark.parametrize("name", those(Can.PAGE))
def test_what_lies_behind_delays_no_new_post_and_is_read_later_or_missed_aloud(
    visits: Visits, name: str, script: Any
) -> None:
    visit = visits(name)
    visit.network.publish("old", ago(days=9))
    visit.read()
    new = [visit.network.publish(f"new {n}", ago(days=1, minutes=-n)) for n in range(2 * visit.network.page_size)]
    visit.network.behind = script
    first = visit.read()
    assert visit.network.native_id(new[-1]) in {post.native_id for post in first.posts}
    assert first.cut
    visit.network.behind = None
    read = {post.native_id for post in (*first.posts, *visit.read().posts)}
    if name != "weibo":  # which never shows visitors more than its first page: what lies behind is given up aloud
        assert read >= {visit.network.native_id(post) for post in new}
