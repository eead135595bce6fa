"""Summaries of a town, on both databases: what they count, and that each comes once, when it is due."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.match import Matcher
from monitor.model.messages import Receiver, Verdict
from monitor.model.summaries import Every, Schedule
from monitor.pipeline import Runtime
from monitor.reporting import queue_summaries
from monitor.service import Service
from monitor.store import outbox, receivers, retention, reviews, summaries, suppressions
from monitor.store.schema import deliveries
from monitor.summary import asked
from tests.deliver.receiver import Reply as Answer
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import Reply
from tests.store.invariants import broken_invariants
from tests.store.sample import rows
from tests.town import RULES, SECRET, SHANGHAI, SIGN_IN_PAGE, Town

at = datetime.fromisoformat
WEEKLY = Schedule(Every.WEEKLY, time(9))
WEDNESDAY = at("2030-06-05T20:00+08:00")
MONDAY = at("2030-06-10T09:00+08:00")


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(Town(tmp_path, [("desk", desk)], database_url=database_url))
        schedule(town, WEEKLY)
        yield town


def schedule(town: Town, plan: Schedule | None, **changes: Any) -> None:
    """The service reloads a configuration in which the desk gets its summary so."""
    settings = town.runtime.settings
    changed = tuple(replace(receiver, summary=plan, **changes) for receiver in settings.receivers)
    town.runtime = Runtime(replace(settings, receivers=changed), town.book, Matcher(town.book))


def desk(town: Town) -> Receiver:
    return town.runtime.settings.receivers[0]


def told(town: Town) -> list[dict[str, Any]]:
    """The summaries that the desk got."""
    messages = [got.check_as_of_then(SECRET) for got in dict(town.receivers)["desk"].received]
    return [message for message in messages if message["type"] == "summary"]


def comes(town: Town, when: datetime) -> int:
    """That instant comes, and the service does what is due; answers how many summaries have been told."""
    town.clock.move(seconds=(when - town.clock.now()).total_seconds())
    queue_summaries(town.world, town.runtime)
    town.round(seconds=1)
    return len(told(town))


def leaks(town: Town, text: str, **post: Any) -> int:
    """A post is read that gives something away; answers the number of its alert."""
    town.says(text, **post)
    town.round()
    with town.store.read() as tx:
        return reviews.list_alerts(tx, limit=1)[0].number


def judges(town: Town, number: int, verdict: Verdict) -> None:
    with town.store.write() as tx:
        reviews.save_review(tx, number, verdict, reviewer="Zhou", now=town.clock.now())


def a_week(town: Town) -> None:
    """A leak that is taken, judged and taken down, two false alarms, a blind hour, and one that nobody has judged."""
    town.says("今天跑了十公里")
    town.round()
    town.site.routes["/p/1"] = Reply(200, b"<p>a post</p>")
    leak = leaks(town, "明天来看云雀9", id="first", url=town.site.url("/p/1"))
    town.clock.move(seconds=120)
    with town.store.write() as tx:
        reviews.acknowledge(tx, leak, "Zhou", town.clock.now())
    judges(town, leak, Verdict.LEAK)
    town.site.routes["/p/1"] = Reply(404)
    town.posts.pop(0)
    town.round()
    town.round(seconds=21)
    for text in ("梦见云雀9了", "画了一只云雀9"):
        judges(town, leaks(town, text), Verdict.FALSE_POSITIVE)
    town.answer = SIGN_IN_PAGE
    for _ in range(6):
        town.round(minutes=10)
    town.answer = None
    town.round(hours=2)
    town.clock.move(seconds=(at("2030-06-09T23:00+08:00") - town.clock.now()).total_seconds())
    town.round()
    leaks(town, "云雀9真好用")


def test_a_week_is_told_as_it_was(town: Town) -> None:
    a_week(town)
    assert comes(town, MONDAY - timedelta(seconds=2)) == 0
    assert comes(town, MONDAY) == 1
    data = told(town)[0]["data"]
    text = data.pop("text")
    (spot,) = data.pop("blind")
    (waiting,) = data.pop("unjudged")
    assert (spot["platform"], spot["accounts"], spot["cause"], spot["reread"]) == ("notes", 1, "login_wall", 1)
    lasted = at(spot["to"]) - at(spot["from"])
    assert timedelta(hours=1) < lasted < timedelta(hours=4)
    assert data.pop("blind_s") == round(lasted.total_seconds())
    assert (waiting["alert_id"], waiting["assignee"]) == (4, None)
    times = data.pop("times")
    assert times["seen"] == {"median_s": 61, "slowest_s": 61}
    assert times["taken"] == {"median_s": 120, "slowest_s": 120}
    assert times["gone"]["median_s"] == 61 + 120 + 61 + 21
    assert data == {
        "disclosure": "full",
        "every": "weekly",
        "from": "2030-06-02T16:00:00.000Z",
        "until": "2030-06-09T16:00:00.000Z",
        "next_at": "2030-06-17T01:00:00.000Z",
        "alerts": {
            "leaks": {"this": 1, "last": 0, "removed": 1},
            "allowed": {"this": 0, "last": 0},
            "false": {"this": 2, "last": 0},
            "unjudged": {"this": 1, "last": 0},
        },
        "watched": {"people": 1, "accounts": 1, "posts": 5, "readable": 1},
        "self_tests": {"passed": 0, "sent": 0},
        "on_duty": {"this": [], "next": []},
        "noisiest": {
            "label": "Kingfisher",
            "place": "all.toml:12",
            "right": 1,
            "judged": 3,
            "needs_context": True,
            "word": "云雀9",
        },
        "suppressions": [],
        "reviews": [],
        "lifts": [
            {
                "event": "",
                "at": "2030-06-18T11:00:00.000Z",
                "products": [{"label": "Kingfisher", "count": 1, "undecided": 0}],
            }
        ],
    }
    assert text.startswith(
        "Leak watch · week 23 (3-9 Jun)\nIn one line: 1 leak, removed. 1 not judged. 2 false alarms."
    )
    with town.store.read() as tx:
        assert broken_invariants(tx) == []


def test_the_week_after_stands_beside_it(town: Town) -> None:
    a_week(town)
    comes(town, MONDAY)
    assert comes(town, MONDAY + timedelta(days=7)) == 2
    data = told(town)[1]["data"]
    assert data["alerts"]["leaks"] == {"this": 0, "last": 1, "removed": 0}
    assert data["alerts"]["false"] == {"this": 0, "last": 2}
    assert (data["watched"]["posts"], data["noisiest"], data["times"]) == (0, None, {})
    assert [alert["alert_id"] for alert in data["unjudged"]] == [4]
    assert comes(town, MONDAY + timedelta(days=21)) == 3
    assert [alert["alert_id"] for alert in told(town)[2]["data"]["unjudged"]] == [4], "it waits still"


def test_a_quiet_week_is_told_in_a_sentence(town: Town) -> None:
    town.round()
    town.says("今天跑了十公里")
    town.round()
    comes(town, MONDAY)
    assert told(town)[0]["data"]["text"].splitlines() == [
        "Leak watch · week 23 (3-9 Jun)",
        "No alerts this week. 1 posts read, all 1 accounts readable.",
        "",
        "Watched: 1 people, 1 accounts, 1 posts and replies; all readable now",
        "Blind: never",
        "Lifting in 14 days: 18 Jun 19:00 (Kingfisher 1 fact)",
        "Next: Mon 17 Jun 09:00",
    ]


# --- when -------------------------------------------------------------------------------------------------------


def test_it_comes_once_however_often_it_is_looked_for(town: Town) -> None:
    town.round()
    assert comes(town, MONDAY) == 1
    assert queue_summaries(town.world, town.runtime) == 0
    assert comes(town, MONDAY + timedelta(days=6)) == 1
    assert comes(town, MONDAY + timedelta(days=7)) == 2


def test_after_a_long_stop_the_newest_comes_alone(town: Town) -> None:
    town.round()
    assert comes(town, MONDAY) == 1
    assert comes(town, MONDAY + timedelta(days=30)) == 2
    assert told(town)[1]["data"]["until"] == "2030-07-07T16:00:00.000Z"
    with town.store.read() as tx:
        queued = summaries.ends_queued(tx, "desk", Every.WEEKLY)
    assert sorted(day.isoformat() for day in queued) == ["2030-06-10", "2030-07-08"]


def test_a_reload_changes_the_hour(town: Town) -> None:
    town.round()
    assert comes(town, MONDAY) == 1
    schedule(town, Schedule(Every.WEEKLY, time(17, 30), weekday=2))
    assert comes(town, at("2030-06-10T20:00+08:00")) == 1, "the Wednesday before was told already"
    assert comes(town, at("2030-06-12T17:29+08:00")) == 1
    assert comes(town, at("2030-06-12T17:30+08:00")) == 2
    schedule(town, Schedule(Every.DAILY, time(8)))
    assert comes(town, at("2030-06-13T07:59+08:00")) == 3, "the newest day that it missed"
    assert comes(town, at("2030-06-13T08:00+08:00")) == 4
    assert [message["data"]["every"] for message in told(town)] == ["weekly", "weekly", "daily", "daily"]
    schedule(town, None)
    assert comes(town, at("2030-07-13T08:00+08:00")) == 4


def test_a_reload_changes_the_zone_and_the_language(town: Town) -> None:
    town.round()
    schedule(town, WEEKLY, language="zh")
    assert comes(town, MONDAY) == 1
    assert told(town)[0]["data"]["text"].startswith("泄密监测 · 第 23 周（6 月 3 日至 9 日）\n本周无提醒。")


def test_nobody_is_told_of_days_before_anybody_was_watched(town: Town) -> None:
    town.round()
    assert comes(town, WEDNESDAY + timedelta(hours=1)) == 0


def test_the_service_does_so_by_itself(town: Town) -> None:
    town.round()
    town.clock.at = MONDAY
    service = Service(town.runtime, town.store, town.clock)
    service.start()
    tick = service._scheduler.get_job("summary")
    tick.func(*tick.args)
    assert service.stop()
    town.round(seconds=1)
    assert len(told(town)) == 1


def test_a_receiver_that_is_away_gets_what_it_would_have_got(town: Town) -> None:
    town.round()
    dict(town.receivers)["desk"].answer_with(Answer(503), Answer(204))
    assert comes(town, MONDAY) == 1
    town.says("今天跑了十公里")
    town.round(minutes=10)
    first, again = told(town)
    assert first == again


# --- for whom ---------------------------------------------------------------------------------------------------


def test_an_owner_is_told_of_some_products_alone(town: Town) -> None:
    a_week(town)
    comes(town, MONDAY)

    def of(*subjects: str) -> Any:
        wanted = asked(desk(town), town.book, town.runtime.settings.people, town.clock.now(), frozenset(subjects))
        with town.store.read() as tx:
            return summaries.summary_for(tx, "summary:weekly:2030-06-10", wanted)

    mine, others = of("yunque-9"), of("bailu-2")
    assert (len(mine.alerts), len(mine.unjudged), len(mine.lifts)) == (4, 1, 1)
    assert (len(others.alerts), len(others.unjudged), len(others.lifts)) == (0, 0, 0)
    assert mine.watched == others.watched


def test_suppressions_that_end_soon_are_counted(town: Town) -> None:
    town.round()
    with town.store.write() as tx:
        for days, subject in ((3, "yunque-9"), (6, "bailu-2"), (9, "yunque-9")):
            until = MONDAY + timedelta(days=days)
            suppressions.suppress(tx, why="x", by_whom="Zhou", until=until, now=town.clock.now(), subject=subject)
    comes(town, MONDAY)
    assert told(town)[0]["data"]["suppressions"] == ["2030-06-13T01:00:00.000Z", "2030-06-16T01:00:00.000Z"]


def test_a_leak_that_is_edited_away_is_removed_and_one_edited_back_is_not(town: Town) -> None:
    town.round()
    number = leaks(town, "明天来看云雀9")
    town.edits("明天见")
    town.round(minutes=10)
    judges(town, number, Verdict.LEAK)

    def removed(now: datetime) -> int:
        wanted = asked(desk(town), town.book, (), now)
        with town.store.read() as tx:
            return summaries.summary_for(tx, "summary:weekly:2030-06-10", wanted).tally.removed

    assert removed(MONDAY) == 1
    town.edits("明天还是来看云雀9 Pro")
    town.round(minutes=10)
    town.edits("明天来看云雀9")
    town.round(minutes=10)
    assert removed(MONDAY) == 0


def test_what_retention_takes_goes_from_summaries_too(town: Town) -> None:
    a_week(town)
    comes(town, MONDAY)
    later = MONDAY + timedelta(days=400)
    with town.store.write() as tx:
        retention.purge(tx, later, unflagged_days=90, flagged_days=180)
        assert ("summary:weekly:2030-06-10", None) in rows(tx, deliveries, "topic", "body")
    with town.store.read() as tx:
        made = summaries.summary_for(tx, "summary:weekly:2030-06-10", asked(desk(town), town.book, (), later))
    assert [bool(alert.text) for alert in made.alerts] == [True, False, False, True], "two are still open"
    assert made.noise is None


def test_a_message_that_is_on_its_way_keeps_its_body(town: Town) -> None:
    town.round()
    dict(town.receivers)["desk"].answer_with(*[Answer(503)] * 9)
    comes(town, MONDAY)
    with town.store.write() as tx:
        retention.purge(tx, MONDAY + timedelta(days=400), unflagged_days=90, flagged_days=180)
        waiting = outbox.list_deliveries(tx, topic="summary:")
        assert [bool(body) for _, body in rows(tx, deliveries, "topic", "body")] == [True]
        receivers.sync_receivers(tx, town.runtime.settings.receivers, MONDAY)
    assert len(waiting) == 1


def test_a_rule_book_without_the_product_tells_no_lift(town: Town) -> None:
    a_week(town)
    town.use_rules(RULES.replace("2030-06-18", "2031-06-18"))
    schedule(town, WEEKLY, timezone=SHANGHAI)
    comes(town, MONDAY)
    assert told(town)[0]["data"]["lifts"] == []
