"""Who is told of an event, and when: tables of the tree, of bursts and of shares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.alert import AlertChange
from monitor.model.findings import Reason
from monitor.model.messages import AlertState, Disclosure, EventKind, Found, Receiver
from monitor.model.routing import Branch, Escalation, Member, Roster
from monitor.model.rulebook import Kind, Severity
from monitor.routing import About, Heard, Route, Urgency, recipients, route

NOON = datetime(2030, 6, 5, 12, 0, tzinfo=UTC)  # a Wednesday


def receiver(key: str = "desk", **changes: object) -> Receiver:
    made = Receiver(
        key=key,
        format="webhook",
        url="https://chat.example/hook",
        secrets=(b"k" * 32,),
        show=Disclosure.MINIMAL,
        language="en",
        timezone=ZoneInfo("Asia/Shanghai"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def change(severity: Severity, found: Found = Found.LIVE, event: EventKind = EventKind.OPENED) -> AlertChange:
    return AlertChange(
        subject="yunque-9",
        event=event,
        severity=severity,
        state=AlertState.OPEN,
        found=found,
        facts=frozenset({"product:"}),
        findings=(),
        reason=Reason("event_opened"),
        dedup="1",
    )


def about(**changes: object) -> About:
    made = About(
        Severity.HIGH, frozenset({"Kingfisher", "P-0009"}), "lin", "weibo", frozenset({Kind.PRODUCT}), ("wang",)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def told(
    what: AlertChange, receivers: Sequence[Receiver], heard: Mapping[str, Heard] | None = None
) -> tuple[Route, ...]:
    return route(what, about(severity=what.severity), Roster(), receivers, NOON, heard)


@pytest.mark.parametrize(
    ("severity", "found", "urgency", "due_at"),
    [
        pytest.param(Severity.CRITICAL, Found.LIVE, Urgency.NOW, NOON, id="critical at once"),
        pytest.param(Severity.HIGH, Found.LIVE, Urgency.NOW, NOON, id="high at once"),
        pytest.param(Severity.MEDIUM, Found.LIVE, Urgency.HOURLY, NOON + timedelta(hours=1), id="medium by the hour"),
        pytest.param(
            Severity.LOW,
            Found.LIVE,
            Urgency.WEEKLY,
            datetime(2030, 6, 10, 1, 0, tzinfo=UTC),
            id="low on Monday at nine",
        ),
        pytest.param(
            Severity.CRITICAL, Found.BASELINE, Urgency.LATE, NOON + timedelta(seconds=60), id="a first read is gathered"
        ),
        pytest.param(
            Severity.HIGH, Found.LATER, Urgency.LATE, NOON + timedelta(seconds=60), id="late ones are gathered"
        ),
    ],
)
def test_how_soon_a_receiver_hears(severity: Severity, found: Found, urgency: Urgency, due_at: datetime) -> None:
    (way,) = told(change(severity, found), [receiver()])
    assert (way.urgency, way.due_at) == (urgency, due_at)


def test_a_receiver_hears_only_what_it_wants() -> None:
    wanted = [
        receiver("all"),
        receiver("worst", min_severity=Severity.CRITICAL),
        receiver("ops only", alerts=False, ops=True),
    ]
    assert [way.receiver_key for way in told(change(Severity.HIGH), wanted)] == ["all"]


# --- the tree ---------------------------------------------------------------------------------------------------------

EVERYBODY = [receiver(key) for key in ("comms", "security", "legal", "phone", "wang-direct")]
TEAM = (Member("wang", "Wang", ("wang-direct",)),)
RINGS = Escalation(urgent=("phone",))
DEEP = Branch(
    to=("comms",),
    branches=(Branch(to=("legal",), people=frozenset({"lin"})), Branch(to=("security",), people=frozenset({"chen"}))),
)
TREES = [
    pytest.param((), {}, ["comms", "security", "legal"], id="without a tree all but those who are called by name"),
    pytest.param((Branch(to=("comms",)),), {}, ["comms"], id="one branch for all"),
    pytest.param(
        (Branch(to=("legal",), min_severity=Severity.CRITICAL), Branch(to=("comms",))), {}, ["comms"], id="too mild"
    ),
    pytest.param(
        (Branch(to=("legal",), min_severity=Severity.CRITICAL), Branch(to=("comms",))),
        {"severity": Severity.CRITICAL},
        ["legal"],
        id="the first that fits",
    ),
    pytest.param(
        (Branch(to=("legal",), also=True), Branch(to=("comms", "legal"))),
        {},
        ["legal", "comms"],
        id="and on",
    ),
    pytest.param((Branch(to=("comms",), products=frozenset({"Kingfisher"})),), {}, ["comms"], id="by label"),
    pytest.param((Branch(to=("comms",), products=frozenset({"P-0009"})),), {}, ["comms"], id="by ref"),
    pytest.param(
        (Branch(to=("comms",), products=frozenset({"Egret"})),),
        {},
        ["comms", "security", "legal"],
        id="what no branch takes goes to everybody",
    ),
    pytest.param((Branch(to=("comms",), platforms=frozenset({"x"})), Branch(to=("legal",))), {}, ["legal"], id="net"),
    pytest.param(
        (Branch(to=("comms",), kinds=frozenset({Kind.PRICE})), Branch(to=("legal",))),
        {"kinds": frozenset({Kind.PRICE, Kind.DATE})},
        ["comms"],
        id="kind",
    ),
    pytest.param((DEEP,), {}, ["legal"], id="the deepest that fits"),
    pytest.param((DEEP,), {"person": "zhou"}, ["comms"], id="none of those below fits"),
    pytest.param((Branch(to=("comms",), owners=True),), {}, ["comms", "wang-direct"], id="owners see their products"),
    pytest.param((Branch(owners=True),), {"owners": ()}, ["comms", "security", "legal"], id="nobody owns it"),
]


@pytest.mark.parametrize(("branches", "changes", "wanted"), TREES)
def test_the_tree_names_who_is_told(
    branches: tuple[Branch, ...], changes: dict[str, object], wanted: list[str]
) -> None:
    roster = Roster(branches, TEAM, escalation=RINGS)
    assert list(recipients(about(**changes), roster, EVERYBODY)) == wanted


# --- bursts and shares ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "heard", "urgency", "due_at"),
    [
        pytest.param(change(Severity.HIGH), Heard(), Urgency.NOW, NOON, id="the first"),
        pytest.param(
            change(Severity.HIGH),
            Heard(NOON - timedelta(seconds=20), Severity.HIGH, 1),
            Urgency.BURST,
            NOON + timedelta(seconds=40),
            id="more within the minute is gathered until its end",
        ),
        pytest.param(
            change(Severity.CRITICAL), Heard(NOON, Severity.HIGH, 1), Urgency.NOW, NOON, id="worse is told at once"
        ),
        pytest.param(
            change(Severity.HIGH),
            Heard(NOON - timedelta(seconds=60), Severity.HIGH, 1),
            Urgency.NOW,
            NOON,
            id="after the minute",
        ),
        pytest.param(
            change(Severity.HIGH),
            Heard(NOON + timedelta(seconds=5), Severity.HIGH, 1),
            Urgency.NOW,
            NOON,
            id="of a clock that was ahead",
        ),
        pytest.param(
            change(Severity.HIGH, event=EventKind.GONE),
            Heard(NOON, Severity.CRITICAL, 1),
            Urgency.NOW,
            NOON,
            id="what became of a post is told at once",
        ),
        pytest.param(
            change(Severity.CRITICAL),
            Heard(None, Severity.LOW, 30),
            Urgency.CROWD,
            NOON + timedelta(minutes=5),
            id="beyond the share of an hour",
        ),
        pytest.param(change(Severity.CRITICAL), Heard(None, Severity.LOW, 29), Urgency.NOW, NOON, id="the last of it"),
        pytest.param(
            change(Severity.MEDIUM),
            Heard(NOON, Severity.HIGH, 99),
            Urgency.HOURLY,
            NOON + timedelta(hours=1),
            id="medium",
        ),
    ],
)
def test_a_burst_is_gathered_and_its_first_is_not_delayed(
    what: AlertChange, heard: Heard, urgency: Urgency, due_at: datetime
) -> None:
    (way,) = told(what, [receiver()], {"desk": heard})
    assert (way.urgency, way.due_at) == (urgency, due_at)
