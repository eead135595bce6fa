"""Sessions through the service's life: the reserve takes its place at once, age is told, refusals are believed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from monitor.lookout import Senses, look_around
from monitor.model.sessions import Place, Session, SessionKind, SessionState, is_old, signed_in
from monitor.pipeline import Runtime
from monitor.rules.seal import RulesKey, make_key
from monitor.store import incidents, sessions, status
from tests.deliver.receiver import ScriptedReceiver
from tests.town import NOON, SIGN_IN_PAGE, Town

OLD, SPARE = "SUB=old", "SUB=spare"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("age_days", "lasts_days", "old"),
    [
        pytest.param(23.9, 30, False, id="not yet"),
        pytest.param(24.0, 30, True, id="four fifths"),
        pytest.param(400.0, None, False, id="nobody knows how long"),
    ],
)
def test_a_session_is_old_near_its_usual_end(age_days: float, lasts_days: int | None, old: bool) -> None:  # noqa: FBT001
    lasts = None if lasts_days is None else lasts_days * DAY
    assert is_old(NOON, lasts, NOON + age_days * DAY) is old


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (SessionKind.COOKIE, {"X-Key": "k", "Authorization": "Bearer own", "Cookie": "new"}),
        (SessionKind.TOKEN, {"X-Key": "k", "cookie": "own", "Authorization": "Bearer new"}),
    ],
)
def test_a_session_takes_the_place_of_what_the_account_has(kind: SessionKind, headers: dict[str, str]) -> None:
    own = {"X-Key": "k", "cookie": "own", "Authorization": "Bearer own"}
    assert signed_in(own, kind, "new") == headers


class Walled(Town):
    """A town whose feed is shown to whoever carries a cookie that is taken."""

    def __enter__(self) -> Self:
        super().__enter__()
        self.key = make_key()[0]
        settings = self.runtime.settings
        (person,) = settings.people
        account = replace(person.accounts[0], session="notes")
        settings = replace(
            settings,
            people=(replace(person, accounts=(account,)),),
            sessions_key=self.key,
            session_lasts_s={"notes": 30 * 86400.0},
        )
        self.runtime = Runtime(settings, self.book, self.runtime.matcher)
        self.taken = {OLD, SPARE}
        self.cookies: list[str] = []
        return self

    def _serve(self, asked: Any) -> Any:
        self.cookies.append(asked.headers.get("cookie", ""))
        return super()._serve(asked) if self.cookies[-1] in self.taken else SIGN_IN_PAGE

    def put(self, secret: str, place: Place = Place.FIRST) -> None:
        closed = RulesKey(self.key).close(secret)
        session = Session("notes", place, SessionKind.COOKIE, closed, SessionState.OK, self.clock.now())
        with self.store.write() as tx:
            sessions.put_session(tx, session, place, "zhou", self.clock.now())

    def look(self) -> list[str]:
        """The look-out looks; the kinds of incidents that are open then."""
        look_around(self.world, self.runtime, Senses(lambda: None, tuple, NOON))
        with self.store.read() as tx:
            return [incident.kind for incident in status.open_incidents(tx)]

    def kept(self) -> list[tuple[Place, SessionState]]:
        with self.store.read() as tx:
            return [(session.place, session.state) for session in sessions.list_sessions(tx, "notes")]


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Walled]:
    with ScriptedReceiver() as ops, Walled(tmp_path, [("ops", ops)], database_url=database_url) as made:
        yield made


def test_the_reserve_reads_in_the_same_round_and_one_incident_says_so(town: Walled) -> None:
    town.put(OLD)
    town.put(SPARE, Place.RESERVE)
    town.says("周末去爬山")
    town.round()
    assert (town.cookies, town.look()) == ([OLD], [])
    town.taken = {SPARE}
    town.says("天气真好")
    town.round()
    assert town.cookies == [OLD, OLD, SPARE]
    assert town.look() == ["session_replaced"]
    assert town.kept() == [(Place.FIRST, SessionState.OK)]
    town.round()
    assert town.cookies[3:] == [SPARE]
    town.put(OLD, Place.RESERVE)
    assert town.look() == []


def test_if_both_are_refused_both_stay_and_the_account_is_told_of(town: Walled) -> None:
    town.put(OLD)
    town.put(SPARE, Place.RESERVE)
    town.says("周末去爬山")
    town.round()
    town.taken = set()
    for _ in range(4):
        town.round(hours=1)
    assert town.look() == ["account_unreadable"]
    assert town.kept() == [(Place.FIRST, SessionState.REFUSED), (Place.RESERVE, SessionState.OK)]
    town.taken = {OLD}
    town.round(hours=1)
    assert town.look() == []
    assert town.kept() == [(Place.FIRST, SessionState.OK), (Place.RESERVE, SessionState.OK)]


def test_a_refused_session_without_a_reserve_is_one_incident(town: Walled) -> None:
    town.put(OLD)
    town.says("周末去爬山")
    town.round()
    town.taken = {SPARE}
    for _ in range(4):
        town.round(hours=1)
    assert town.look() == ["account_unreadable"]
    town.put(SPARE)
    town.round(hours=1)
    assert (town.look(), town.kept()) == ([], [(Place.FIRST, SessionState.OK)])


def test_other_failures_say_nothing_of_a_session(town: Walled) -> None:
    town.put(OLD)
    town.put(SPARE, Place.RESERVE)
    town.answer = lambda _: SIGN_IN_PAGE if town.cookies[-1] == "" else _server_error()
    town.round()
    assert town.cookies == [OLD]
    assert town.kept() == [(Place.FIRST, SessionState.OK), (Place.RESERVE, SessionState.OK)]


def _server_error() -> Any:
    return replace(SIGN_IN_PAGE, status=503)


def test_age_is_told_before_the_usual_end_and_ends_with_a_renewal(town: Walled) -> None:
    town.put(OLD)
    town.clock.move(days=23.9)
    assert "session_ageing" not in town.look()
    town.clock.move(days=0.2)
    assert "session_ageing" in town.look()
    with town.store.read() as tx:
        (told,) = [row for row in incidents.list_incidents(tx, closed=False, limit=9) if row.kind == "session_ageing"]
    assert (told.subject, told.detail) == ("notes", {"session": "notes", "days": "24", "usual": "30"})
    town.put(SPARE)
    assert "session_ageing" not in town.look()


def test_of_two_workers_that_are_refused_together_one_makes_the_change(town: Walled) -> None:
    town.put(OLD)
    town.put(SPARE, Place.RESERVE)
    with town.store.read() as tx:
        first, reserve = sessions.list_sessions(tx, "notes")
    with town.store.write() as tx:
        done = [sessions.use_reserve(tx, first, reserve, NOON) for _ in range(2)]
    assert done == [True, False]
    assert town.kept() == [(Place.FIRST, SessionState.OK)]


def test_a_refusal_of_an_older_session_says_nothing_of_a_renewed_one(town: Walled) -> None:
    town.put(OLD)
    with town.store.read() as tx:
        (older,) = sessions.list_sessions(tx, "notes")
    town.put(SPARE)
    with town.store.write() as tx:
        sessions.note_refused(tx, older)
    assert town.kept() == [(Place.FIRST, SessionState.OK)]


def test_a_good_read_is_noted_every_ten_minutes_at_most(town: Walled) -> None:
    town.put(OLD)
    town.says("周末去爬山")
    noted = []
    for _ in range(11):
        town.round(seconds=60.5)
        with town.store.read() as tx:
            noted.append(sessions.list_sessions(tx, "notes")[0].last_good_at)
    assert len(town.cookies) == 11
    assert [noted.index(at) for at in sorted({at for at in noted if at})] == [0, 10]
