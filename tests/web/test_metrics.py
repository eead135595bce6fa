"""What `/metrics` says after things have happened to the real stages and the real database."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import RuleError
from monitor.pipeline import fetch_due, match_new
from monitor.service import Service
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.town import NOON, SIGN_IN_PAGE, Town
from tests.web.pages import Page, page_of

LEAK = "明天来看云雀9"


@dataclass
class Watched:
    """A town whose stages belong to a service."""

    town: Town
    service: Service

    def page(self) -> Page:
        return page_of(self.service)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with ExitStack() as stack:
        desk = stack.enter_context(ScriptedReceiver())
        town = stack.enter_context(Town(tmp_path, [("desk", desk)]))
        service = Service(town.runtime, town.store, town.clock)
        service._install(town.runtime)
        town.world = replace(service.world, draw=lambda: 0.5)  # chance would read a little too late
        yield Watched(town, service)


def test_a_leak_is_counted_on_its_whole_way_with_its_times(watched: Watched) -> None:
    watched.town.round()  # the first read: nothing there
    watched.town.says(LEAK)
    watched.town.round(seconds=50)
    watched.town.round(seconds=20)  # read 70 s after it was published, told at once
    page = watched.page()
    assert page['leak_monitor_fetches_total{outcome="ok"}'] >= 1
    assert (page["leak_monitor_fetched_posts_total"], page["leak_monitor_fetched_edits_total"]) == (1, 0)
    assert page['leak_monitor_evaluations_total{state="done"}'] == 1
    assert page['leak_monitor_alerts_total{found="live",severity="high"}'] == 1
    assert page['leak_monitor_delivery_attempts_total{outcome="delivered",receiver="desk"}'] == 1
    assert page['leak_monitor_deliveries{receiver="desk",state="delivered"}'] == 1
    assert page['leak_monitor_open_alerts{severity="high"}'] == 1
    assert page['leak_monitor_alert_stage_seconds_sum{stage="seen"}'] == 70
    assert page['leak_monitor_alert_stage_seconds_sum{stage="matched"}'] == 0
    assert page['leak_monitor_alert_stage_seconds_sum{stage="delivered"}'] == 0
    assert (page["leak_monitor_alert_seconds_count"], page["leak_monitor_alert_seconds_sum"]) == (1, 70)


def test_what_is_found_at_the_first_read_says_nothing_of_our_speed(watched: Watched) -> None:
    watched.town.says(LEAK, date_published="2030-05-01T08:00:00+08:00")
    watched.town.round()
    page = watched.page()
    assert page['leak_monitor_alerts_total{found="baseline",severity="high"}'] == 1
    assert page["leak_monitor_alert_seconds_count"] == 0
    assert not any(series.startswith("leak_monitor_alert_stage_seconds_count") for series in page.series)


def test_an_account_that_cannot_be_read_is_seen_by_code_state_and_age(watched: Watched) -> None:
    watched.town.round(seconds=0)
    read_at = watched.page()['leak_monitor_account_last_read_timestamp_seconds{account="lin-notes"}']
    assert read_at == NOON.timestamp()
    watched.town.answer = SIGN_IN_PAGE
    watched.town.round(minutes=2)
    page = watched.page()
    assert page['leak_monitor_fetches_total{outcome="login_wall"}'] == 1
    assert page['leak_monitor_accounts{state="blocked"}'] == 1
    assert page['leak_monitor_account_last_read_timestamp_seconds{account="lin-notes"}'] == read_at
    assert page['leak_monitor_open_incidents{kind="account_unreadable"}'] == 1
    assert page["leak_monitor_problems"] == 1
    watched.town.clock.move(minutes=11)
    assert watched.page()["leak_monitor_accounts_unread"] == 1


def test_work_that_waits_has_an_age(watched: Watched) -> None:
    town = watched.town
    town.says(LEAK)
    for future in fetch_due(town.world, town.runtime, town.pool):
        future.result()
    town.clock.move(seconds=400)
    page = watched.page()
    assert page['leak_monitor_revisions{state="pending"}'] == 1
    assert page["leak_monitor_revisions_oldest_wait_seconds"] == 400
    match_new(town.world, town.runtime)
    town.clock.move(seconds=30)
    page = watched.page()
    assert (
        page["leak_monitor_revisions_oldest_wait_seconds"],
        page["leak_monitor_deliveries_oldest_wait_seconds"],
    ) == (0, 30)
    assert page['leak_monitor_deliveries{receiver="desk",state="waiting"}'] == 1


def test_a_receiver_that_fails_is_down_until_it_takes_something(watched: Watched) -> None:
    desk = dict(watched.town.receivers)["desk"]
    watched.town.round()
    assert watched.page()['leak_monitor_receiver_up{receiver="desk"}'] == 1
    desk.answer_with(Reply(500), Reply())
    watched.town.says(LEAK)
    watched.town.round()
    watched.town.round(seconds=1)
    page = watched.page()
    assert page['leak_monitor_delivery_attempts_total{outcome="server",receiver="desk"}'] == 1
    assert page['leak_monitor_receiver_up{receiver="desk"}'] == 0
    watched.town.round(minutes=30)
    page = watched.page()
    assert page['leak_monitor_receiver_up{receiver="desk"}'] == 1
    assert page['leak_monitor_alert_stage_seconds_sum{stage="delivered"}'] > 0


def test_a_refused_reload_shows_until_a_good_one(watched: Watched) -> None:
    loaded_at = NOON.timestamp()
    page = watched.page()
    assert page["leak_monitor_config_last_reload_successful"] == 1
    assert page["leak_monitor_config_last_reload_success_timestamp_seconds"] == loaded_at
    watched.town.clock.move(hours=1)
    watched.service.refuse(RuleError("a.toml", 3, "wrong"))
    page = watched.page()
    assert page["leak_monitor_config_last_reload_successful"] == 0
    assert page["leak_monitor_config_last_reload_success_timestamp_seconds"] == loaded_at
    watched.service._install(watched.town.runtime)
    page = watched.page()
    assert page["leak_monitor_config_last_reload_successful"] == 1
    assert page["leak_monitor_config_last_reload_success_timestamp_seconds"] == loaded_at + 3600


def test_a_loop_leaves_the_time_when_it_came_round(watched: Watched) -> None:
    watched.service._tick("fetch", lambda: None)
    watched.town.clock.move(seconds=90)
    watched.service._tick("match", lambda: None)
    page = watched.page()
    fetch, match = (page[f'leak_monitor_loop_last_beat_timestamp_seconds{{loop="{n}"}}'] for n in ("fetch", "match"))
    assert (fetch, match - fetch) == (NOON.timestamp(), 90)


def test_a_database_that_does_not_answer_is_told_and_the_counters_stay(watched: Watched) -> None:
    watched.town.round()
    assert watched.page()["leak_monitor_database_up"] == 1
    with watched.town.store.write() as tx:
        tx.exec_driver_sql("alter table receivers rename to elsewhere")
    page = watched.page()
    assert page["leak_monitor_database_up"] == 0
    assert page["leak_monitor_problems"] == 1
    assert page['leak_monitor_fetches_total{outcome="ok"}'] == 1
    assert "leak_monitor_accounts" not in page.families


def test_two_services_in_one_process_count_apart(watched: Watched) -> None:
    watched.town.round()
    other = Service(watched.town.runtime, watched.town.store, watched.town.clock)
    assert page_of(other).series["leak_monitor_fetched_posts_total"] == 0
    assert 'leak_monitor_fetches_total{outcome="ok"}' not in page_of(other).series


def test_a_page_holds_no_series_of_no_use_and_no_name_of_a_product(watched: Watched) -> None:
    watched.town.round()
    watched.town.says(LEAK)
    watched.town.round(seconds=61)
    watched.town.clock.at += timedelta(seconds=1)
    text = watched.page().text
    assert "_created" not in text
    assert [word for word in ("云雀", "yunque", "unreleased-name", "Kingfisher", "P-0001") if word in text] == []
