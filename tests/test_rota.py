"""The calendar of those on duty, read from a real server: who is called next, and what happens when it dies."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.config import Web
from monitor.duty import on_duty
from monitor.lookout import Senses, look_around
from monitor.model.calendars import Calendar
from monitor.model.routing import Branch, Duty, Member, Roster
from monitor.rota import Rota
from monitor.runtime import Runtime
from monitor.store import keys, receivers, schema, status
from tests.deliver.receiver import ScriptedReceiver
from tests.fetch.feed_server import FeedServer, Raw, Reply, fresh_feed
from tests.test_calling import LEAK, ROSTER, heard
from tests.test_ics import EVERY_SECOND, calendar
from tests.town import SHANGHAI, Town

# The clock of the town begins at 20:00 in Shanghai on 5 June 2030.
TODAY = "SUMMARY:值班\nDTSTART;TZID=Asia/Shanghai:20300605T090000\nDURATION:PT24H\n"
ZHOU, CHEN = "ATTENDEE:mailto:zhou@yunque.example", "ATTENDEE;CN=陈立:mailto:chen@yunque.example"
TEAM = (
    Member("zhou", "周敏", ("zhou",), {"mail": "zhou@yunque.example"}),
    Member("chen", "陈立", ("chen",), {"mail": "chen@yunque.example"}),
)
RECEIVERS = ("comms", "zhou", "chen")
PATH = "/k-secret/duty.ics"


@dataclass
class Desk:
    """A town whose duty is in a calendar; `round()` does what the ticks of the service do."""

    town: Town
    site: FeedServer
    rota: Rota = field(default_factory=Rota)

    def shows(self, answer: str | Reply | Raw) -> None:
        self.site.routes[PATH] = fresh_feed(answer.encode(), "text/calendar") if isinstance(answer, str) else answer

    def round(self, **later: float) -> None:
        self.town.clock.move(**later)
        self.rota.look(self.town.world, self.town.runtime)
        self.town.runtime = self.rota.applied(self.town.runtime, self.town.clock.now())
        look_around(self.town.world, self.town.runtime, Senses(lambda: None, lambda: (), self.town.clock.now()))
        self.town.round()

    def starts_anew(self) -> None:
        """A death and a start: only the database is left."""
        made = replace(self.town.runtime.settings.roster, duty=self.table())
        self.town.runtime = Runtime(
            replace(self.town.runtime.settings, roster=made), self.town.book, self.town.runtime.matcher
        )
        self.rota = Rota()
        self.rota.take_up(self.town.store, self.town.runtime, self.town.clock.now())
        self.town.runtime = self.rota.applied(self.town.runtime, self.town.clock.now())

    def table(self) -> Duty:
        return Duty(SHANGHAI, calendar=Calendar(self.site.url(PATH), allow_private_network=True))

    @property
    def on_duty(self) -> tuple[str, ...]:
        return on_duty(self.town.runtime.settings.roster.duty, self.town.clock.now(), self.town.runtime.is_workday)

    @property
    def troubles(self) -> dict[str, dict[str, str]]:
        with self.town.store.read() as tx:
            found = status.open_incidents(tx)
        ours = ("calendar_unreadable", "calendar_strangers", "nobody_on_duty")
        return {it.kind: dict(it.detail) for it in found if it.kind in ours}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with ExitStack() as stack:
        found = [(key, stack.enter_context(ScriptedReceiver())) for key in RECEIVERS]
        town = stack.enter_context(Town(tmp_path, found, database_url=database_url))
        made = Desk(town, stack.enter_context(FeedServer()))
        escalation = replace(ROSTER.escalation, urgent=(), everybody=("comms",))
        roster = Roster((Branch(to=("comms",)),), TEAM, made.table(), escalation)
        settings = replace(town.runtime.settings, roster=roster, web=Web("127.0.0.1", 0))
        town.runtime = Runtime(settings, town.book, town.runtime.matcher)
        with town.store.write() as tx:
            receivers.sync_receivers(tx, settings.receivers, town.clock.now())
            keys.make_key(tx, keys.TAKE, town.clock.now())
        yield made


def test_the_next_is_who_stands_in_the_calendar_also_when_that_dies_and_we_start_anew(desk: Desk) -> None:
    desk.shows(calendar(TODAY + CHEN))
    desk.round()
    assert desk.on_duty == ("chen",)
    desk.town.says(LEAK)
    desk.town.round()
    desk.shows(Reply(503))
    desk.round(minutes=16)
    (called,) = heard(desk.town, "chen")
    assert "A-1 not taken" in called
    assert "telling 陈立" in called
    assert heard(desk.town, "zhou") == []
    desk.starts_anew()
    assert desk.on_duty == ("chen",)
    desk.round(hours=5)
    assert desk.troubles == {}
    desk.round(hours=1)
    assert desk.troubles == {"calendar_unreadable": {"failure": "http_503", "hours": "6"}}
    desk.shows(calendar(TODAY + ZHOU))
    desk.round(minutes=16)
    assert (desk.troubles, desk.on_duty) == ({}, ("zhou",))


def test_it_is_asked_every_quarter_of_an_hour_and_only_for_what_is_new(desk: Desk) -> None:
    desk.shows(calendar(TODAY + CHEN))
    for minutes in (0, 14, 1, 15):
        desk.round(minutes=minutes)
    asked = [it for it in desk.site.asked if it.path == PATH]
    assert [it.headers.get("if-none-match", "") != "" for it in asked] == [False, True, True]
    assert desk.on_duty == ("chen",)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param("<html>Sign in</html>", "no_calendar", id="a page to sign in"),
        pytest.param(EVERY_SECOND, "too_much", id="a recurrence every second"),
    ],
)
def test_what_is_no_calendar_is_told_at_once_and_what_was_known_stays(desk: Desk, answer: str, failure: str) -> None:
    desk.shows(calendar(TODAY + CHEN))
    desk.round()
    desk.shows(answer)
    desk.round(minutes=15)
    assert (desk.on_duty, desk.troubles["calendar_unreadable"]["failure"]) == (("chen",), failure)


def test_ten_megabytes_are_not_read(desk: Desk) -> None:
    desk.shows(Reply(200, b"BEGIN:VCALENDAR\n" + b" " * 10_000_000))
    desk.round()
    with desk.town.store.read() as tx:
        (row,) = tx.execute(select(*schema.calendars.c)).mappings().all()
    assert (row["problem"], row["body"], "k-secret" in str(dict(row))) == ("too_large", None, False)


def test_a_day_without_anybody_and_people_whom_nobody_knows_are_told_and_over_when_mended(desk: Desk) -> None:
    desk.shows(calendar(TODAY + "ATTENDEE;CN=王五:mailto:wang@yunque.example"))
    desk.round()
    assert desk.troubles == {"calendar_strangers": {"names": "王五", "count": "1"}, "nobody_on_duty": {}}
    desk.shows(calendar(TODAY + ZHOU))
    desk.round(minutes=15)
    assert (desk.troubles, desk.on_duty) == ({}, ("zhou",))


def test_before_it_was_ever_read_nobody_says_that_nobody_is_there(desk: Desk) -> None:
    desk.shows(Reply(404))
    desk.round()
    assert desk.troubles == {}


def test_a_file_is_read_like_an_address(desk: Desk) -> None:
    file = desk.town.folder / "duty.ics"
    file.write_text(calendar(TODAY + ZHOU), encoding="utf-8")
    roster = desk.town.runtime.settings.roster
    table = Duty(SHANGHAI, calendar=Calendar(file=str(file)))
    settings = replace(desk.town.runtime.settings, roster=replace(roster, duty=table))
    desk.town.runtime = Runtime(settings, desk.town.book, desk.town.runtime.matcher)
    desk.round()
    assert desk.on_duty == ("zhou",)
    file.unlink()
    desk.round(minutes=15)
    assert desk.on_duty == ("zhou",)
    desk.round(hours=6)
    assert desk.troubles["calendar_unreadable"]["failure"] == "file"
