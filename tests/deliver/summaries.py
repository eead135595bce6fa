"""A week of the fictional brand in figures, as the page on reading it shows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.model.rulebook import Severity
from monitor.model.summaries import (
    AlertLine,
    BlindSpot,
    Every,
    Lift,
    LiftOf,
    Noise,
    Pair,
    Review,
    SelfTests,
    Summary,
    Tally,
    Unjudged,
    Wait,
    Watched,
)
from monitor.summary import period_of
from tests.deliver.samples import SHANGHAI

MADE_AT = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Shanghai
ALERT = AlertLine(
    number=2417,
    severity=Severity.CRITICAL,
    label="翠鸟",
    person_name="林晓舟",
    platform="weibo",
    posted_at=datetime(2026, 11, 24, 15, 40, tzinfo=UTC),
    seen_at=datetime(2026, 11, 24, 15, 40, 41, tzinfo=UTC),
    taken_at=datetime(2026, 11, 24, 15, 42, 41, tzinfo=UTC),
    gone_at=datetime(2026, 11, 24, 15, 51, tzinfo=UTC),
    verdict="leak",
    text="2字头起，下周四见😏",
)
NOT_JUDGED = AlertLine(
    number=2421,
    severity=Severity.HIGH,
    label="白鹭",
    person_name="陈立",
    platform="x",
    posted_at=None,
    seen_at=datetime(2026, 11, 28, 0, 30, tzinfo=UTC),
    taken_at=None,
    gone_at=None,
    verdict="",
    text='=HYPERLINK("https://a.example","Egret")',
)


def seconds(median: float, slowest: float) -> Wait:
    return Wait(timedelta(seconds=median), timedelta(seconds=slowest))


def summary(**changes: Any) -> Summary:
    """A busy week, unless told otherwise."""
    given: dict[str, Any] = {
        "topic": "summary:weekly:2026-11-30",
        "at": MADE_AT,
        "period": period_of(Every.WEEKLY, date(2026, 11, 30), SHANGHAI),
        "tally": Tally(Pair(2, 0), Pair(9, 4), Pair(3, 5), Pair(1, 0), removed=2),
        "waits": {"seen": seconds(41, 130), "taken": seconds(120, 360), "gone": seconds(660, 2040)},
        "unjudged": (Unjudged(2421, "周敏", datetime(2026, 11, 28, 0, 30, tzinfo=UTC)),),
        "watched": Watched(people=20, accounts=31, posts=2014, readable=31),
        "blind": (
            BlindSpot(
                "weibo",
                1,
                datetime(2026, 11, 25, 19, 10, tzinfo=UTC),
                datetime(2026, 11, 25, 19, 50, tzinfo=UTC),
                "session_expired",
                1,
            ),
        ),
        "blind_for": timedelta(minutes=40),
        "self_tests": SelfTests(2016, 2016),
        "lifts": (
            Lift(
                "冬季发布会",
                datetime(2026, 12, 3, 11, tzinfo=UTC),
                (LiftOf("翠鸟", 12, 0), LiftOf("白鹭", 7, 2)),
            ),
            Lift("", datetime(2026, 12, 8, 2, tzinfo=UTC), (LiftOf("青鸾", 1, 0),)),
        ),
        "noise": Noise("翠鸟", "names.toml:12", 2, 9, "如意"),
        "suppressions": (datetime(2026, 12, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)),
        "reviews": (Review("林晓舟", datetime(2026, 12, 14, 16, tzinfo=UTC)),),
        "next_at": datetime(2026, 12, 7, 1, tzinfo=UTC),
        "alerts": (ALERT, NOT_JUDGED),
    }
    return Summary(**{**given, **changes})


def quiet(**changes: Any) -> Summary:
    """A week in which nothing happened."""
    nothing = Pair()
    given: dict[str, Any] = {
        "tally": Tally(nothing, nothing, nothing, nothing, removed=0),
        "waits": {},
        "unjudged": (),
        "watched": Watched(people=20, accounts=31, posts=1930, readable=31),
        "blind": (),
        "blind_for": timedelta(),
        "self_tests": SelfTests(168, 168),
        "lifts": (),
        "noise": None,
        "suppressions": (),
        "reviews": (),
        "alerts": (),
    }
    return summary(**{**given, **changes})
