"""Which stored posts tell one story: whatever comes first, and whoever passes it on."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from monitor.model.messages import Spread
from monitor.model.people import Account
from monitor.model.posts import FetchedPost
from monitor.store import Store, accounts
from monitor.store.schema import posts
from monitor.store.spreading import spread_of
from tests.store import sample
from tests.store.sample import NOON, page, post, read

MINUTE = timedelta(minutes=1)
WORDS = "明天下午三点云雀九号发布会见"
WANG = sample.account("wang-blog", person_key="wang", platform="x")
ROOT = post("1", WORDS)
ELSEWHERE = replace(post("2", f"{WORDS}！"), platform="x")
PASSED_ON = replace(post("3", "转发"), root_id="1")
PASSED_ON_ELSEWHERE = replace(post("4", "看这个"), platform="x", root_id="2")
OTHER = post("5", f"{WORDS}吧")
STORY = (ROOT, ELSEWHERE, PASSED_ON, PASSED_ON_ELSEWHERE)


def people(store: Store) -> None:
    with store.write() as tx:
        wang = replace(sample.person(WANG, key="wang"), name="王越")
        accounts.sync_people(tx, [sample.person(), wang], NOON)


def account_of(one: FetchedPost) -> Account:
    return WANG if one.platform == "x" else sample.account()


def spreads(store: Store, *native_ids: str, minutes: int | None = None) -> list[Spread]:
    with store.read() as tx:
        ids = {native_id: int(str(number)) for native_id, number in sample.rows(tx, posts, "native_id", "id")}
        until = None if minutes is None else NOON + minutes * MINUTE
        return [spread_of(tx, ids[each], until) for each in native_ids]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_posts_that_belong_together_meet_in_whatever_order_they_come(store: Store, order: tuple[int, ...]) -> None:
    people(store)
    read(store, page(OTHER), NOON)
    for minute, which in enumerate(order, start=1):
        one = STORY[which]
        read(store, page(one), NOON + minute * MINUTE, account_of(one))
    found = spreads(store, "1", "2", "3", "4")
    assert {(each.posts, each.people, each.platforms) for each in found} == {(4, 2, ("blog.example", "x"))}
    assert spreads(store, "5") == [Spread(1, 1, ("blog.example",), ())]


def test_a_story_grows_and_what_was_known_at_a_time_stays(store: Store) -> None:
    people(store)
    for minute, one in enumerate(STORY):
        read(store, page(one), NOON + minute * MINUTE, account_of(one))
    assert [spreads(store, "1", minutes=minute)[0].posts for minute in range(4)] == [1, 2, 3, 4]


def test_reposts_of_what_nobody_watches_meet(store: Store) -> None:
    people(store)
    read(store, page(PASSED_ON, replace(PASSED_ON, native_id="6")), NOON)
    assert [each.posts for each in spreads(store, "3", "6")] == [2, 2]


def test_an_edit_tells_another_story_and_those_who_passed_it_on_stay(store: Store) -> None:
    people(store)
    for minute, one in enumerate((ROOT, ELSEWHERE, PASSED_ON)):
        read(store, page(one), NOON + minute * MINUTE, account_of(one))
    read(store, page(post("1", "今天天气不错，晚上去吃火锅")), NOON + 9 * MINUTE)
    assert [each.posts for each in spreads(store, "1", "2", "3")] == [2, 1, 2]
    read(store, page(ROOT), NOON + 10 * MINUTE)
    assert [each.posts for each in spreads(store, "1", "2", "3")] == [3, 3, 3]
