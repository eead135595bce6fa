"""What follows from a verdict, what is done about a leak, and what would have been hidden."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alert import Suppression
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import AlertState, EventKind, Verdict
from monitor.model.rulebook import Kind, Severity
from monitor.review import (
    Consequence,
    Happened,
    Mark,
    PastAlert,
    Step,
    StepRow,
    consequence_of,
    preview_of,
    response_of,
)

OPEN, REVIEWED = AlertState.OPEN, AlertState.REVIEWED


@pytest.mark.parametrize(
    ("verdict", "follows"),
    [
        (Verdict.LEAK, Consequence(REVIEWED, is_final=True, withdraws=False, announces=False)),
        (Verdict.AUTHORISED, Consequence(REVIEWED, is_final=True, withdraws=True, announces=False)),
        (Verdict.PUBLIC, Consequence(REVIEWED, is_final=True, withdraws=True, announces=True)),
        (Verdict.FALSE_POSITIVE, Consequence(REVIEWED, is_final=True, withdraws=True, announces=False)),
        (Verdict.UNSURE, Consequence(OPEN, is_final=False, withdraws=False, announces=False)),
    ],
)
def test_each_verdict_has_its_consequence(verdict: Verdict, follows: Consequence) -> None:
    assert consequence_of(verdict, OPEN) == follows


# --- the response -----------------------------------------------------------------------------------------------

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def happened(kind: EventKind, minute: int, state: AlertState = OPEN, **args: str) -> Happened:
    return Happened(kind, NOON + minute * MINUTE, state, Reason(f"event_{kind}", args))


def mark(step: Step, minute: int, note: str = "") -> Mark:
    return Mark(step, "zhou", note, NOON + minute * MINUTE)


OPENED = happened(EventKind.OPENED, 0)
TAKEN = happened(EventKind.ACKNOWLEDGED, 2, AlertState.ACKNOWLEDGED, by="zhou")
GONE = happened(EventKind.GONE, 18, AlertState.ACKNOWLEDGED)
LEAK = happened(EventKind.REVIEWED, 20, REVIEWED, verdict="leak", by="zhou")
NO_LEAK = happened(EventKind.REVIEWED, 20, REVIEWED, verdict="authorised", by="chen")
AGAIN = happened(EventKind.REOPENED, 30)


@pytest.mark.parametrize(
    ("events", "marks", "listed"),
    [
        pytest.param(
            [OPENED],
            [],
            ">taken contact_reached removal_asked gone decision statement closed",
            id="nobody did anything",
        ),
        pytest.param(
            [OPENED, TAKEN],
            [],
            "+taken >contact_reached removal_asked gone decision statement closed",
            id="taken: whom to call",
        ),
        pytest.param(
            [OPENED],
            [mark(Step.CONTACT_REACHED, 3)],
            ">taken +contact_reached removal_asked gone decision statement closed",
            id="done out of order",
        ),
        pytest.param(
            [OPENED, TAKEN],
            [mark(Step.CONTACT_REACHED, 3), mark(Step.REMOVAL_ASKED, 4)],
            "+taken +contact_reached +removal_asked >gone decision statement closed",
            id="the program waits for it to be gone",
        ),
        pytest.param(
            [OPENED, TAKEN, GONE], [], "+taken +gone statement >closed", id="gone: nobody has to be asked any more"
        ),
        pytest.param(
            [OPENED, TAKEN],
            [mark(Step.REMOVAL_ASKED, 3), mark(Step.DECISION, 9, "announced")],
            "+taken +removal_asked +decision statement >closed",
            id="it may stay",
        ),
        pytest.param([OPENED, GONE], [], ">taken +gone statement closed", id="gone before anybody took it"),
        pytest.param(
            [OPENED, TAKEN, LEAK],
            [],
            "+taken >contact_reached removal_asked gone decision statement closed",
            id="a verdict that it is a leak closes nothing",
        ),
        pytest.param([OPENED, TAKEN, NO_LEAK], [], "+taken +closed", id="a verdict that it is none does"),
        pytest.param(
            [OPENED, TAKEN, GONE],
            [mark(Step.STATEMENT, 19), mark(Step.CLOSED, 20)],
            "+taken +gone +statement +closed",
            id="all done",
        ),
        pytest.param(
            [OPENED, TAKEN, GONE, LEAK, AGAIN],
            [mark(Step.CONTACT_REACHED, 3), mark(Step.CLOSED, 21)],
            ">taken +contact_reached +gone statement closed",
            id="opened again: taken and closed again",
        ),
    ],
)
def test_the_response_lists_what_is_done_and_what_is_next(
    events: list[Happened], marks: list[Mark], listed: str
) -> None:
    rows = response_of(events, marks, public_since=NOON, gone_at=NOON + 18 * MINUTE)
    shown = " ".join(f"{'+' if row.at else '>' if row.is_next else ''}{row.step}" for row in rows)
    assert shown == listed


def test_a_step_says_who_did_it_when_and_how_long_the_post_stood() -> None:
    gone_at = NOON + 17 * MINUTE
    decided = mark(Step.DECISION, 9, "announced at noon")
    rows = {r.step: r for r in response_of([OPENED, TAKEN, GONE], [decided], public_since=NOON, gone_at=gone_at)}
    assert rows[Step.TAKEN] == StepRow(Step.TAKEN, NOON + 2 * MINUTE, "zhou")
    assert rows[Step.GONE] == StepRow(Step.GONE, NOON + 18 * MINUTE, alive=17 * MINUTE)
    assert rows[Step.DECISION] == StepRow(Step.DECISION, NOON + 9 * MINUTE, "zhou", "announced at noon")


def test_a_post_that_came_back_is_not_gone() -> None:
    rows = response_of([OPENED, TAKEN, GONE], [], public_since=NOON, gone_at=None)
    assert [row.step for row in rows if row.at] == [Step.TAKEN]


# --- silence ----------------------------------------------------------------------------------------------------


def found(rule_id: str = "price") -> Finding:
    reason = Reason("unreleased_name")
    return Finding(rule_id, Kind.PRICE, "yunque-9", 0, 0, 3, "", Severity.HIGH, reason, Disposition.ALERT)


PAST = PastAlert(1, "yunque-9", "lin", Severity.HIGH, Verdict.LEAK, (("t1", (found("name"), found())),))
BLANK = replace(PAST, number=2, verdict=None, texts=(("t1", ()),))


@pytest.mark.parametrize(
    ("wish", "past", "hidden", "partly"),
    [
        pytest.param({"subject": "yunque-9"}, PAST, 1, 0, id="product"),
        pytest.param({"rule_id": "price"}, PAST, 0, 1, id="one rule of two"),
        pytest.param({"text_hash": "t1"}, PAST, 1, 0, id="words"),
        pytest.param({"text_hash": "t2"}, PAST, 0, 0, id="other words"),
        pytest.param({"person_key": "lin", "subject": "bailu-2"}, PAST, 0, 0, id="another product of the person"),
        pytest.param(
            {"text_hash": "t1"}, replace(PAST, texts=(*PAST.texts, ("t2", (found(),)))), 0, 1, id="until it was edited"
        ),
        pytest.param({"subject": "yunque-9", "person_key": "lin"}, BLANK, 1, 0, id="blanked: product and person"),
        pytest.param({"rule_id": "price"}, BLANK, 0, 0, id="blanked: nobody knows the rule"),
    ],
)
def test_a_preview_counts_what_would_have_been_hidden_whole_or_in_part(
    wish: dict[str, str], past: PastAlert, hidden: int, partly: int
) -> None:
    quiet = Suppression(0, **{"subject": None, "rule_id": None, "text_hash": None, "until": NOON, **wish})  # type: ignore[arg-type]
    seen = preview_of(quiet, [past])
    assert (len(seen.hidden), seen.partly) == (hidden, partly)
    assert seen.leaks == ((1,) if hidden and past is PAST else ())
