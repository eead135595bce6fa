"""What findings mean for people: tables of what was known, what is found now, and what is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import alert
from monitor.alert import AlertBefore, Announcement, RevisionBefore, Suppression
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import AlertState, EventKind, Found, Verdict
from monitor.model.rulebook import Kind, Severity

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)  # a Wednesday
TEXT_HASH = "t" * 64


def finding(value: str = "", kind: Kind = Kind.PRODUCT, **changes: object) -> Finding:
    made = Finding(
        rule_id="unreleased-name",
        kind=kind,
        subject="yunque-9",
        part_no=0,
        start=0,
        end=3,
        value=value,
        severity=Severity.HIGH,
        reason=Reason("unreleased_name"),
        disposition=Disposition.ALERT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


NAME = finding()
PRICE = finding("2999 CNY", Kind.PRICE, severity=Severity.CRITICAL)
OTHER = finding(subject="bailu-2")
LIFTED = replace(NAME, disposition=Disposition.PUBLIC)
HUSHED = replace(NAME, disposition=Disposition.SUPPRESSED)
REVISION = RevisionBefore(
    revision_id=7, is_current=True, effective_at=NOON, account_added_at=NOON - timedelta(days=9), was_blind=False
)


def before(*found: Finding, **changes: object) -> dict[str, AlertBefore]:
    known = AlertBefore(
        alert_id=1,
        subject="yunque-9",
        severity=Severity.HIGH,
        state=AlertState.OPEN,
        verdict=None,
        last_seq=1,
        facts=frozenset(map(alert.fact_of, found)),
        judged_facts=frozenset(),
        corrections=0,
    )
    return {"yunque-9": replace(known, **changes)}  # type: ignore[arg-type]


REVIEWED = {"state": AlertState.REVIEWED, "judged_facts": frozenset({"product:"})}


@pytest.mark.parametrize(
    ("known", "found", "event"),
    [
        pytest.param({}, [], None, id="nothing found, nothing known"),
        pytest.param({}, [NAME], EventKind.OPENED, id="a first finding opens"),
        pytest.param(before(NAME), [NAME], None, id="the same facts again say nothing"),
        pytest.param(before(NAME), [NAME, PRICE], EventKind.ADDED, id="another fact is added"),
        pytest.param(before(NAME), [], EventKind.CORRECTED, id="a text without it is a correction"),
        pytest.param(before(NAME, PRICE), [NAME], EventKind.CORRECTED, id="half of it gone is a correction"),
        pytest.param(before(NAME), [PRICE], EventKind.ADDED, id="one for another is news before it is a correction"),
        pytest.param(
            before(NAME, verdict=Verdict.LEAK, **REVIEWED), [NAME, PRICE], EventKind.REOPENED, id="closed, and more"
        ),
        pytest.param(before(verdict=Verdict.LEAK, **REVIEWED), [NAME], EventKind.REOPENED, id="closed leak returns"),
        pytest.param(before(verdict=Verdict.AUTHORISED, **REVIEWED), [NAME], None, id="what was allowed may come back"),
        pytest.param(before(NAME, verdict=Verdict.AUTHORISED, **REVIEWED), [], None, id="and may go"),
        pytest.param(before(NAME, verdict=Verdict.LEAK, **REVIEWED), [], EventKind.CORRECTED, id="a leak is corrected"),
        pytest.param(before(NAME, verdict=Verdict.FALSE_POSITIVE, **REVIEWED), [], None, id="no leak is edited"),
        pytest.param(before(NAME), [LIFTED], None, id="what stands there is public by now"),
        pytest.param(before(NAME, PRICE), [LIFTED], EventKind.CORRECTED, id="public by now, but another fact is gone"),
        pytest.param(before(NAME, severity=Severity.MEDIUM), [NAME], EventKind.RAISED, id="the same fact, but worse"),
        pytest.param(before(NAME), [replace(NAME, severity=Severity.LOW)], None, id="the same fact, less bad"),
        pytest.param(
            before(NAME, verdict=Verdict.AUTHORISED, **REVIEWED),
            [NAME, PRICE],
            EventKind.REOPENED,
            id="allowed, but not that",
        ),
        pytest.param({}, [replace(NAME, disposition=Disposition.CONTEXT)], None, id="context alone tells nobody"),
        pytest.param({}, [HUSHED], None, id="what nobody wants to hear tells nobody"),
        pytest.param(before(NAME), [HUSHED], None, id="what is hidden by now was not removed"),
        pytest.param(before(NAME, PRICE), [HUSHED], EventKind.CORRECTED, id="hidden by now, but another fact is gone"),
    ],
)
def test_an_evaluation_is_at_most_one_event(
    known: dict[str, AlertBefore], found: list[Finding], event: EventKind | None
) -> None:
    changes = alert.decide(REVISION, found, known)
    assert [c.event for c in changes] == ([] if event is None else [event])


def test_each_subject_has_its_own_event() -> None:
    assert [c.subject for c in alert.decide(REVISION, [NAME, OTHER], {})] == ["bailu-2", "yunque-9"]


def test_severity_is_the_worst_ever_seen() -> None:
    (corrected,) = alert.decide(REVISION, [NAME], before(NAME, PRICE, severity=Severity.CRITICAL))
    assert corrected.severity is Severity.CRITICAL


def test_an_older_text_never_corrects() -> None:
    assert alert.decide(replace(REVISION, is_current=False), [], before(NAME)) == ()


def test_new_rules_never_correct_and_what_they_find_is_found_late() -> None:
    again = replace(REVISION, again=True)
    assert alert.decide(again, [], before(NAME)) == ()
    assert alert.decide(again, [NAME], {})[0].found is Found.LATER


SINCE = NOON - timedelta(minutes=30)
PUBLIC = replace(LIFTED, reason=Reason("public_since", {"since": SINCE.isoformat()}))
JUDGED_AGAIN = replace(REVISION, again=True)


@pytest.mark.parametrize(
    ("revision", "found", "known", "withdrawn"),
    [
        pytest.param(JUDGED_AGAIN, [PUBLIC], before(NAME), True, id="lifted before the post"),
        pytest.param(JUDGED_AGAIN, [PUBLIC], before(NAME, PRICE), True, id="with what is no secret without it"),
        pytest.param(JUDGED_AGAIN, [PUBLIC], before(NAME, state=AlertState.ACKNOWLEDGED), True, id="taken"),
        pytest.param(JUDGED_AGAIN, [PUBLIC, PRICE], before(NAME, PRICE), False, id="another fact is secret still"),
        pytest.param(JUDGED_AGAIN, [PUBLIC, HUSHED], before(NAME), False, id="another is hidden, not public"),
        pytest.param(JUDGED_AGAIN, [LIFTED], before(NAME), False, id="public, but by no lift"),
        pytest.param(JUDGED_AGAIN, [], before(NAME), False, id="not on the list any more"),
        pytest.param(JUDGED_AGAIN, [PUBLIC], before(NAME, **REVIEWED), False, id="judged by a person"),
        pytest.param(JUDGED_AGAIN, [PUBLIC], {}, False, id="no alert"),
        pytest.param(REVISION, [PUBLIC], before(NAME), False, id="an edit after the lift"),
        pytest.param(replace(JUDGED_AGAIN, is_current=False), [PUBLIC], before(NAME), False, id="an older text"),
        pytest.param(
            JUDGED_AGAIN, [PUBLIC], before(NAME, leaked_at=SINCE - timedelta(1)), False, id="leaked before the lift"
        ),
    ],
)
def test_rules_that_lift_earlier_withdraw_what_was_no_leak_by_them(
    revision: RevisionBefore, found: list[Finding], known: dict[str, AlertBefore], *, withdrawn: bool
) -> None:
    changes = alert.decide(revision, found, known)
    assert (EventKind.PUBLIC_SINCE in [change.event for change in changes]) is withdrawn
    if withdrawn:
        (change,) = changes
        assert (change.state, change.facts, change.reason.args["since"]) == (
            AlertState.REVIEWED,
            frozenset(),
            SINCE.isoformat(),
        )


def test_the_same_words_are_news_when_the_lift_is_put_off_again() -> None:
    closed = before(state=AlertState.REVIEWED, verdict=Verdict.PUBLIC, corrections=1)
    (change,) = alert.decide(JUDGED_AGAIN, [NAME], closed)
    assert (change.event, change.state) == (EventKind.REOPENED, AlertState.OPEN)


def test_a_corrected_leak_is_open_again() -> None:
    (corrected,) = alert.decide(REVISION, [], before(NAME, verdict=Verdict.LEAK, **REVIEWED))
    assert corrected.state is AlertState.OPEN


def test_a_repeated_evaluation_has_the_same_mark_and_a_return_after_correction_another() -> None:
    first = alert.decide(REVISION, [NAME], before())[0].dedup
    again = alert.decide(REVISION, [NAME], before())[0].dedup
    returned = alert.decide(REVISION, [NAME], before(corrections=1))[0].dedup
    assert first == again != returned


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({}, Found.LIVE, id="as it came"),
        pytest.param({"was_blind": True}, Found.LATER, id="while we were blind"),
        pytest.param({"effective_at": NOON - timedelta(days=30)}, Found.BASELINE, id="before we watched"),
        pytest.param({"effective_at": NOON - timedelta(days=30), "was_blind": True}, Found.BASELINE, id="both"),
    ],
)
def test_how_a_post_was_found(changes: dict[str, object], found: Found) -> None:
    assert alert.found_how(replace(REVISION, **changes)) is found  # type: ignore[arg-type]


# --- the last word on a finding ---------------------------------------------------------------------------------


def said(value: str, minutes: int, kind: Kind = Kind.PRODUCT) -> Announcement:
    return Announcement("yunque-9", kind, value, NOON + timedelta(minutes=minutes))


def quiet(days: int = 1, **fields: str) -> Suppression:
    empty = Suppression(3, None, None, None, NOON + timedelta(days=days))
    return replace(empty, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "announced", "suppressed", "disposition"),
    [
        pytest.param(NAME, [], [], Disposition.ALERT, id="nobody said anything"),
        pytest.param(NAME, [said("", -1)], [], Disposition.PUBLIC, id="announced before"),
        pytest.param(NAME, [said("", 0)], [], Disposition.ALERT, id="announced by this very post"),
        pytest.param(NAME, [said("", 1)], [], Disposition.ALERT, id="announced afterwards"),
        pytest.param(PRICE, [said("", -1)], [], Disposition.ALERT, id="the name is public, the price is not"),
        pytest.param(PRICE, [said("2999 CNY", -1, Kind.PRICE)], [], Disposition.PUBLIC, id="this price is public"),
        pytest.param(PRICE, [said("3299 CNY", -1, Kind.PRICE)], [], Disposition.ALERT, id="another price is public"),
        pytest.param(NAME, [], [quiet(subject="yunque-9")], Disposition.SUPPRESSED, id="subject"),
        pytest.param(NAME, [], [quiet(subject="bailu-2")], Disposition.ALERT, id="another subject"),
        pytest.param(NAME, [], [quiet(text_hash=TEXT_HASH)], Disposition.SUPPRESSED, id="same words"),
        pytest.param(
            NAME, [], [quiet(rule_id="unreleased-name", subject="bailu-2")], Disposition.ALERT, id="all must fit"
        ),
        pytest.param(NAME, [], [quiet(person_key="lin")], Disposition.SUPPRESSED, id="whatever this person says"),
        pytest.param(NAME, [], [quiet(person_key="wei")], Disposition.ALERT, id="what another person says"),
        pytest.param(
            NAME, [], [quiet(person_key="wei", subject="yunque-9")], Disposition.ALERT, id="the product, of another"
        ),
        pytest.param(
            NAME,
            [],
            [quiet(person_key="lin", subject="yunque-9", rule_id="unreleased-name", text_hash=TEXT_HASH)],
            Disposition.SUPPRESSED,
            id="all four",
        ),
        pytest.param(NAME, [], [quiet(subject="yunque-9", days=-1)], Disposition.ALERT, id="it has ended"),
        pytest.param(NAME, [], [quiet()], Disposition.ALERT, id="one about nothing hides nothing"),
        pytest.param(
            replace(NAME, disposition=Disposition.TEST), [said("", -1)], [], Disposition.TEST, id="a test stays one"
        ),
    ],
)
def test_the_last_word_on_a_finding(
    found: Finding, announced: list[Announcement], suppressed: list[Suppression], disposition: Disposition
) -> None:
    (settled,) = alert.settle([found], announced, suppressed, text_hash=TEXT_HASH, at=NOON, person_key="lin")
    assert settled.disposition is disposition
    assert (settled.suppression_id is not None) == (disposition is Disposition.SUPPRESSED)


# --- who is told ------------------------------------------------------------------------------------------------
