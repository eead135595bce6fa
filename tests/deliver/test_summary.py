"""What a daily or weekly summary says, in both languages and for each disclosure."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.deliver import FORMATS
from monitor.deliver.text import card_of, readable
from monitor.errors import Failure
from monitor.model.messages import Disclosure
from monitor.model.summaries import BlindSpot, Every, Noise, Pair, SelfTests, Tally, Unjudged, Watched
from monitor.store.posts import NO_OVERLAP
from monitor.summary import period_of
from monitor.words import LANGUAGES
from tests.deliver.samples import SHANGHAI, receiver
from tests.deliver.summaries import MADE_AT, quiet, summary

BUSY_ZH = """\
泄密监测 · 第 48 周（11 月 23 日至 29 日）
结论：2 起泄密，均已删除。1 条未判定。误报 3 次。有 1 段看不见的时间（40 分）。

泄密：2（上周 0）
已授权/已公开：9（上周 4）
误报：3（上周 5）
未判定：1（上周 0） ← A-2421，请 周敏 处理（已 2 天）

发布→发现：中位 41 秒，最慢 2 分 10 秒
发现→接手：中位 2 分，最慢 6 分
发布→消失：中位 11 分，最慢 34 分

看了多少：20 人 31 个账号，2,014 条帖子和回复；现在全部可读
看不见：微博 11 月 26 日 03:10 至 03:50（登录已失效，已补读，0 条遗漏）
自检：2,016 次，通过 2,016 次
未来 14 天解禁：冬季发布会 12 月 3 日 19:00（翠鸟 12 项、白鹭 7 项及 2 项未定 ⚠）；12 月 8 日 10:00（青鸾 1 项）
最吵的词：“如意”（翠鸟），9 次中 2 次正确 → 建议：需要产品语境
即将到期：屏蔽规则 2 条（12 月 1 日）；林晓舟监测目的说明（12 月 15 日复核）
下次：12 月 7 日 周一 09:00"""

BUSY_EN = """\
Leak watch · week 48 (23-29 Nov)
In one line: 2 leaks, both removed. 1 not judged. 3 false alarms. 1 blind spot (40 min).

Leaks: 2 (last week: 0)
Authorised or public: 9 (last week: 4)
False alarms: 3 (last week: 5)
Not judged: 1 (last week: 0) ← A-2421, 周敏, 2 d old

Posted → seen: median 41 s, slowest 2 min 10 s
Seen → taken: median 2 min, slowest 6 min
Posted → gone: median 11 min, slowest 34 min

Watched: 20 people, 31 accounts, 2,014 posts and replies; all readable now
Blind: Weibo 26 Nov 03:10 to 03:50 (session expired; re-read, 0 missed)
Self-tests: 2,016 of 2,016 passed
Lifting in 14 days: 冬季发布会 3 Dec 19:00 (翠鸟 12 facts, 白鹭 7 facts and 2 undecided ⚠); 8 Dec 10:00 (青鸾 1 fact)
Noisiest: “如意” (翠鸟), 2 of 9 right → proposal: it needs product context
Ending soon: 2 suppressions (1 Dec); purpose review of 林晓舟 (15 Dec)
Next: Mon 7 Dec 09:00"""

QUIET_ZH = """\
泄密监测 · 第 48 周（11 月 23 日至 29 日）
本周无提醒。看了 1,930 条，31 个账号全部可读，自检 168 次全部通过。

看了多少：20 人 31 个账号，1,930 条帖子和回复；现在全部可读
看不见：无
下次：12 月 7 日 周一 09:00"""

QUIET_EN = """\
Leak watch · week 48 (23-29 Nov)
No alerts this week. 1,930 posts read, all 31 accounts readable, 168 of 168 self-tests passed.

Watched: 20 people, 31 accounts, 1,930 posts and replies; all readable now
Blind: never
Next: Mon 7 Dec 09:00"""


@pytest.mark.parametrize(
    ("made", "language", "told"),
    [
        pytest.param(summary(), "zh", BUSY_ZH, id="busy zh"),
        pytest.param(summary(), "en", BUSY_EN, id="busy en"),
        pytest.param(quiet(), "zh", QUIET_ZH, id="quiet zh"),
        pytest.param(quiet(), "en", QUIET_EN, id="quiet en"),
    ],
)
def test_a_week_is_told_in_these_words(made: Any, language: str, told: str) -> None:
    assert readable(made, receiver(show=Disclosure.FULL, language=language)) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_fullest_disclosure_is_told_of_lifts_and_of_the_noisy_word(language: str) -> None:
    said = {show: readable(summary(), receiver(show=show, language=language)) for show in Disclosure}
    assert [show for show, text in said.items() if "如意" in text] == [Disclosure.FULL]
    assert [show for show, text in said.items() if "冬季发布会" in text] == [Disclosure.FULL]
    assert [show for show, text in said.items() if "names.toml:12" in text] == [Disclosure.POST]
    assert [show for show, text in said.items() if "林晓舟" in text] == [Disclosure.POST, Disclosure.FULL]
    assert not [text for text in said.values() if "2字头起" in text]


def line(made: Any, begins: str, language: str = "en") -> str:
    """The line of a message that begins so; empty if there is none."""
    lines = readable(made, receiver(show=Disclosure.FULL, language=language)).splitlines()
    return next((line for line in lines if line.startswith(begins)), "")


@pytest.mark.parametrize(
    ("leaks", "removed", "unjudged", "said"),
    [
        (0, 0, 0, "No leak."),
        (0, 0, 1, "No leak confirmed. 1 not judged."),
        (1, 1, 0, "1 leak, removed."),
        (1, 0, 0, "1 leak, still public."),
        (2, 2, 0, "2 leaks, both removed."),
        (2, 0, 0, "2 leaks, all still public."),
        (3, 3, 0, "3 leaks, all removed."),
        (3, 1, 2, "3 leaks, 1 removed. 2 not judged."),
    ],
)
def test_the_conclusion_counts_what_is_left(leaks: int, removed: int, unjudged: int, said: str) -> None:
    made = summary(tally=Tally(Pair(leaks), Pair(), Pair(), Pair(unjudged), removed), blind=())
    assert line(made, "In one line") == f"In one line: {said}"


def test_one_false_alarm_and_several_blind_spots_are_said_as_such() -> None:
    spot = summary().blind[0]
    made = summary(tally=Tally(Pair(), Pair(), Pair(1), Pair(), 0), blind=(spot, spot), blind_for=timedelta(hours=2))
    assert line(made, "In one line") == "In one line: No leak. 1 false alarm. 2 blind spots (2 h)."


def test_a_row_is_left_out_when_it_is_empty_but_never_what_was_watched_and_when_we_were_blind() -> None:
    made = quiet(unjudged=(Unjudged(7, None, MADE_AT - timedelta(hours=3)),), self_tests=SelfTests(), next_at=None)
    assert readable(made, receiver(language="en", show=Disclosure.FULL)).splitlines() == [
        "Leak watch · week 48 (23-29 Nov)",
        "In one line: No leak.",
        "",
        "Not judged: 0 (last week: 0) ← A-7, taken by nobody, 3 h old",
        "",
        "Watched: 20 people, 31 accounts, 1,930 posts and replies; all readable now",
        "Blind: never",
    ]


@pytest.mark.parametrize(
    ("every", "ends_on", "zh", "en"),
    [
        (
            Every.WEEKLY,
            date(2026, 11, 30),
            "泄密监测 · 第 48 周（11 月 23 日至 29 日）",
            "Leak watch · week 48 (23-29 Nov)",
        ),
        (
            *(Every.WEEKLY, date(2026, 12, 7)),
            *("泄密监测 · 第 49 周（11 月 30 日至 12 月 6 日）", "Leak watch · week 49 (30 Nov to 6 Dec)"),
        ),
        (
            *(Every.WEEKLY, date(2027, 1, 4)),
            *("泄密监测 · 第 53 周（12 月 28 日至 1 月 3 日）", "Leak watch · week 53 (28 Dec to 3 Jan)"),
        ),
        (Every.WEEKLY, date(2026, 11, 27), "泄密监测 · 11 月 20 日至 26 日", "Leak watch · 20-26 Nov"),
        (Every.DAILY, date(2026, 11, 30), "泄密监测 · 11 月 29 日（周日）", "Leak watch · Sun 29 Nov"),
    ],
)
def test_the_title_names_the_days(every: Every, ends_on: date, zh: str, en: str) -> None:
    made = summary(period=period_of(every, ends_on, SHANGHAI))
    assert [card_of(made, receiver(language=language)).title for language in ("zh", "en")] == [zh, en]


def test_a_day_is_not_called_a_week() -> None:
    day = period_of(Every.DAILY, date(2026, 11, 30), SHANGHAI)
    assert line(summary(period=day), "Leaks") == "Leaks: 2 (the day before: 0)"
    assert line(quiet(period=day), "No alerts").startswith("No alerts that day.")
    assert line(quiet(period=day), "当日无提醒", "zh")


def test_a_quiet_week_in_which_not_all_was_well_says_so() -> None:
    made = quiet(watched=Watched(20, 31, 1930, 29), self_tests=SelfTests(160, 168))
    assert line(made, "No alerts") == (
        "No alerts this week. 1,930 posts read, 29 of 31 accounts readable, 160 of 168 self-tests passed."
    )
    assert line(made, "Watched").endswith("; 2 not readable now")
    assert line(made, "本周", "zh") == "本周无提醒。看了 1,930 条，31 个账号中 29 个可读，自检 168 次通过 160 次。"
    assert line(quiet(self_tests=SelfTests()), "No alerts").endswith("all 31 accounts readable.")


BEGAN = datetime(2026, 11, 28, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spot", "said"),
    [
        (
            BlindSpot("weibo", 1, BEGAN, None, "captcha", 0),
            "Weibo since 28 Nov 22:00 (asked for proof that we are no robot; still blind)",
        ),
        (
            BlindSpot("x", 14, BEGAN, BEGAN + timedelta(hours=3), "session_expired", 12),
            "X, 14 accounts, 28 Nov 22:00 to 29 Nov 01:00 (session expired; 12 of 14 re-read, posts may be missing)",
        ),
        (
            BlindSpot("x", 1, BEGAN, BEGAN + timedelta(minutes=5), "no_overlap", 0),
            "X 28 Nov 22:00 to 22:05 (too many posts between two reads; not re-read, posts may be missing)",
        ),
        (
            BlindSpot("x", 1, BEGAN, BEGAN + timedelta(minutes=5), "of another version", 1),
            "X 28 Nov 22:00 to 22:05 (another cause; re-read, 0 missed)",
        ),
    ],
)
def test_a_blind_spot_says_where_when_why_and_whether_it_was_read_again(spot: BlindSpot, said: str) -> None:
    assert line(summary(blind=(spot,)), "Blind") == f"Blind: {said}"


@pytest.mark.parametrize("cause", [*Failure, NO_OVERLAP])
def test_every_cause_of_blindness_has_its_words(cause: str) -> None:
    assert f"blind_{cause}" in LANGUAGES["en"]


def test_of_many_things_some_are_named_and_the_others_counted() -> None:
    many = tuple(Unjudged(no, None, MADE_AT - timedelta(days=9)) for no in range(1, 9))
    assert line(summary(unjudged=many), "Not judged").endswith("A-5, taken by nobody, 9 d old; … and 3 more")


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        (Noise("翠鸟", "names.toml:12", 5, 9, "如意"), "Noisiest: “如意” (翠鸟), 5 of 9 right"),
        (Noise("翠鸟", "names.toml:12", 1, 3, ""), "翠鸟 (rule at names.toml:12), 1 of 3 right → proposal"),
        (Noise("翠鸟", "", 1, 3, ""), "Noisiest: 翠鸟, 1 of 3 right → proposal"),
        (Noise("翠鸟", "", 2, 4, ""), "Noisiest: 翠鸟, 2 of 4 right"),
    ],
)
def test_what_is_wrong_more_often_than_right_needs_context(noise: Noise, said: str) -> None:
    told = line(summary(noise=noise), "Noisiest")
    assert said in told
    assert ("proposal" in told) == ("proposal" in said)


def test_who_is_on_duty_is_told_where_that_is_known() -> None:
    on_duty = replace(summary(), on_duty=("周敏", "陈立"))
    assert line(on_duty, "On duty") == "On duty: 周敏, 陈立"
    assert line(replace(on_duty, next_on_duty=("何雨",)), "值班", "zh") == "值班：本周 周敏、陈立；下周 何雨"


def test_names_cannot_fake_lines() -> None:
    made = summary(unjudged=(Unjudged(7, "a\n\u202eb", MADE_AT),))
    assert line(made, "Not judged").endswith("A-7, ab, 0 s old")


# --- as data ------------------------------------------------------------------------------------------------------

FIGURES = {
    *("disclosure", "every", "from", "until", "next_at", "alerts", "unjudged", "times", "watched", "blind", "blind_s"),
    *("self_tests", "on_duty", "text"),
}
OF_RULES = {"noisiest", "suppressions", "reviews"}
WEBHOOK_PAGE = Path("docs/reference/webhook.md").read_text(encoding="utf-8").partition("### Summaries")[2]


def data_for(show: Disclosure) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(FORMATS["webhook"].render(summary(), receiver(show=show)).body)
    return dict(told["data"])


@pytest.mark.parametrize(
    ("show", "keys"),
    [
        (Disclosure.MINIMAL, FIGURES),
        (Disclosure.POST, FIGURES | OF_RULES),
        (Disclosure.FULL, FIGURES | OF_RULES | {"lifts"}),
    ],
)
def test_a_webhook_is_told_the_figures_that_its_disclosure_allows(show: Disclosure, keys: set[str]) -> None:
    data = data_for(show)
    assert set(data) == keys
    assert ("word" in data.get("noisiest", {})) is (show is Disclosure.FULL)
    assert (data["from"], data["until"]) == ("2026-11-22T16:00:00.000Z", "2026-11-29T16:00:00.000Z")


def named(value: object) -> set[str]:
    """Every key in it, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(named, value.values()))
    return set().union(*map(named, value)) if isinstance(value, list) else set()


def test_the_page_of_the_webhook_names_every_figure() -> None:
    assert [key for key in sorted(named(data_for(Disclosure.FULL))) if f"`{key}`" not in WEBHOOK_PAGE] == []


def test_the_page_on_reading_it_shows_what_is_told() -> None:
    page = Path("docs/how-to/read-the-summary.md").read_text(encoding="utf-8")
    assert BUSY_EN in page
    assert QUIET_EN.splitlines()[1] in page
