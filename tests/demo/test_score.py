"""The demo is passed only if every planted leak was told exactly once, and nothing else was."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.demo.score import Case, Score, cases_of, score
from monitor.demo.script import Planted
from monitor.model.messages import EventKind, Found
from monitor.model.rulebook import Severity
from monitor.store.browse import Judged, Told, Trouble

POSTED = datetime(2030, 6, 1, 12, tzinfo=UTC)
LEAK = Planted(1.0, "lin", "leak", "secret", leak=True)
EDIT = Planted(2.0, "lin", "leak", "secret again", leak=True, version=2)
CLEAN = Planted(3.0, "lin", "clean", "nothing", leak=False)
URLS = {"leak": "http://site/leak", "clean": "http://site/clean"}


def told(*message_ids: str) -> Told:
    at = POSTED + timedelta(seconds=0.9)
    return Told(EventKind.OPENED, "yunque-9", "Kingfisher", Severity.HIGH, Found.LIVE, at, message_ids)


def judged(post: str, *events: Told, no: int = 1, state: str = "done") -> Judged:
    return Judged(URLS[post], no, state, (), POSTED, POSTED, POSTED + timedelta(seconds=1), (), events)


def result(*texts: Judged, taken: dict[str, int], troubles: tuple[Trouble, ...] = ()) -> Score:
    posted = {("leak", 1): POSTED, ("clean", 1): POSTED}
    cases = cases_of((LEAK, CLEAN), posted, texts, URLS, taken)
    return score(cases, troubles, ["anna"], taken, "en")


BLIND = Trouble("account_unreadable", "anna", "blocked", None, ("i1",), ("i2",))


def test_all_told_once_is_passed() -> None:
    done = result(judged("leak", told("m1")), judged("clean"), taken={"m1": 1, "i1": 1, "i2": 1}, troubles=(BLIND,))
    assert done == Score(leaks=1, alerted=1, delivered_once=1, harmless=1, alarmed=0, blind=1, slowest_s=0.9, failed=())


@pytest.mark.parametrize(
    ("texts", "taken", "says"),
    [
        pytest.param([judged("leak")], {}, "leak: no alert", id="missed"),
        pytest.param([judged("leak", told("m1"), told("m2"))], {"m1": 1, "m2": 1}, "leak: 2 alerts", id="repeated"),
        pytest.param([judged("leak", told("m1"))], {}, "leak: not delivered", id="undelivered"),
        pytest.param([judged("leak", told("m1"))], {"m1": 2}, "leak: delivered 2 times", id="delivered twice"),
        pytest.param([], {}, "leak: not judged in time", id="not seen"),
        pytest.param([judged("leak", state="partial")], {}, "leak: not judged in time", id="judged in part"),
        pytest.param([judged("clean", told("m9"))], {"m9": 1}, "clean: harmless, but it alerted", id="false alarm"),
        pytest.param([], {}, "anna: unreadable, but nobody was told", id="blind in silence"),
        pytest.param([], {"x": 3}, "the chat took 3 messages that nobody planted", id="strange messages"),
    ],
)
def test_each_failure_is_named(texts: list[Judged], taken: dict[str, int], says: str) -> None:
    assert says in result(*texts, taken=taken).failed


def test_texts_of_one_post_are_told_apart_by_their_number() -> None:
    posted = {("leak", 1): POSTED, ("leak", 2): POSTED}
    texts = [judged("leak"), judged("leak", told("m1"), no=2)]
    first, second = cases_of((LEAK, EDIT), posted, texts, URLS, {"m1": 1})
    assert (first.alerts, first.taken, second.alerts, second.taken) == (0, 0, 1, 1)


def test_a_case_is_settled_when_nothing_more_is_awaited() -> None:
    assert not Case(CLEAN, POSTED, None, 0).settled
    assert Case(CLEAN, POSTED, judged("clean"), 0).settled
    assert not Case(LEAK, POSTED, judged("leak", told("m1")), 0).settled
    assert Case(LEAK, POSTED, judged("leak", told("m1")), 1).settled
