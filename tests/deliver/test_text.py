import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.text import DIGEST_ROWS, cut, readable
from monitor.incident import IncidentKind
from monitor.model.findings import Disposition, Finding, Reason
from monitor.model.messages import Disclosure, EventKind, Found, IncidentEvent, Spread
from monitor.model.posts import Origin, Part, PostKind
from monitor.model.rulebook import Kind, Severity
from tests.deliver.samples import (
    DIGEST,
    FINDING,
    LIFTS_AT,
    POSTED_AT,
    SEEN_AT,
    TEST_NOTICE,
    event_moved,
    incident,
    notice,
    receiver,
)

ENGLISH = {
    "person_name": "Lin Xiaozhou",
    "person_title": "GM, Yunque phones",
    "product_label": "Kingfisher",
    "parts": (
        Part(Origin.TEXT, "Starts with a 2, see you next Thursday"),
        Part(Origin.PARENT, "How much?", by_author=False),
    ),
}

CARDS = {
    ("zh", Disclosure.MINIMAL): """\
🔴 紧急 · 翠鸟 · A-2417
林晓舟 23:40 的一条微博帖子需要您现在看（48 秒后发现）。""",
    ("zh", Disclosure.POST): """\
🔴 紧急 · 疑似泄密 · 翠鸟
林晓舟（云雀产品总经理）在微博回复
23:40 发布，23:41 发现（48 秒）

回复的原文：新机卖多少钱？
林晓舟：2字头起，下周四见😏

为什么：帖子里有尚未公开的价格、发布日期。
证据：文字和原始数据已留存 23:41
打开原帖：https://weibo.example/lin/1
A-2417""",
    ("zh", Disclosure.FULL): """\
🔴 紧急 · 疑似泄密 · 翠鸟
林晓舟（云雀产品总经理）在微博回复
23:40 发布，23:41 发现（48 秒）

回复的原文：新机卖多少钱？
林晓舟：2字头起，下周四见😏

为什么：出现了产品代号（字间加了空格或符号），而且旁边有品牌名
解禁：12 月 3 日 19:00（还有 4 天 19 小时）
证据：文字和原始数据已留存 23:41
打开原帖：https://weibo.example/lin/1
A-2417""",
    ("en", Disclosure.MINIMAL): """\
🔴 CRITICAL · Kingfisher · A-2417
A post by Lin Xiaozhou on Weibo at 23:40 needs you now (seen after 48 s).""",
    ("en", Disclosure.POST): """\
🔴 CRITICAL · possible leak · Kingfisher
Lin Xiaozhou (GM, Yunque phones) replied on Weibo
Posted 23:40, seen 23:41 (48 s)

In reply to: How much?
Lin Xiaozhou: Starts with a 2, see you next Thursday

Why: the post gives away what is still secret: price and launch date.
Evidence: text and raw answer kept 23:41
Open the post: https://weibo.example/lin/1
A-2417""",
}


@pytest.mark.parametrize(("language", "show"), CARDS)
def test_the_alert_as_people_read_it(language: str, show: Disclosure) -> None:
    alert = notice(**(ENGLISH if language == "en" else {}))
    assert readable(alert, receiver(language=language, show=show)) == CARDS[language, show]


def spread_to(*places: list[str]) -> dict[str, Any]:
    return {"event": EventKind.SPREAD, "reason": Reason("event_spread", {"where": json.dumps(places)})}


LATER = {"seq": 2, "event_at": POSTED_AT + timedelta(minutes=18), "post_revision": 2}


@pytest.mark.parametrize(
    ("changes", "show", "zh", "en"),
    [
        pytest.param(
            {"event": EventKind.ADDED},
            Disclosure.POST,
            "A-2417 又有发现（第 2 版 23:58）：现有价格、发布日期",
            "A-2417 more found (version 2, 23:58): now price and launch date",
            id="added",
        ),
        pytest.param(
            {"event": EventKind.ADDED},
            Disclosure.MINIMAL,
            "A-2417 又有发现（第 2 版 23:58）",
            "A-2417 more found (version 2, 23:58)",
            id="added, kinds not told",
        ),
        pytest.param(
            {"event": EventKind.RAISED},
            Disclosure.POST,
            "A-2417 升级为紧急（23:58）",
            "A-2417 raised to CRITICAL (23:58)",
            id="raised",
        ),
        pytest.param(
            {"event": EventKind.GONE, "gone_at": POSTED_AT + timedelta(minutes=17)},
            Disclosure.POST,
            "A-2417 原帖已不可见：23:57 确认，存在约 17 分。请判定并关闭",
            "A-2417 post gone: confirmed 23:57, up about 17 min. Please judge and close",
            id="gone",
        ),
        pytest.param(
            {"event": EventKind.CORRECTED, "kinds": (Kind.DATE,)},
            Disclosure.POST,
            "A-2417 已编辑（第 2 版 23:58），部分已删，仍有发布日期",
            "A-2417 edited (version 2, 23:58): part removed, still there: launch date",
            id="corrected in part",
        ),
        pytest.param(
            {"event": EventKind.CORRECTED},
            Disclosure.MINIMAL,
            "A-2417 已编辑（第 2 版 23:58），部分已删，部分仍在",
            "A-2417 edited (version 2, 23:58): part removed, part still there",
            id="corrected in part, kinds not told",
        ),
        pytest.param(
            {"event": EventKind.CORRECTED, "findings": (), "kinds": ()},
            Disclosure.POST,
            "A-2417 已编辑（第 2 版 23:58），泄密内容已删，存在 18 分",
            "A-2417 edited (version 2, 23:58): the secret is removed, it stood 18 min",
            id="corrected",
        ),
        pytest.param(
            {"event": EventKind.PUBLIC_SINCE},
            Disclosure.POST,
            "A-2417 撤回：23:58 起已公开",
            "A-2417 withdrawn: public since 23:58",
            id="public, nobody says since when",
        ),
        pytest.param(
            {
                "event": EventKind.PUBLIC_SINCE,
                "reason": Reason("event_public_since", {"since": "2030-11-28T15:30:00+00:00"}),
            },
            Disclosure.MINIMAL,
            "A-2417 撤回：23:30 起已公开",
            "A-2417 withdrawn: public since 23:30",
            id="public since",
        ),
        pytest.param(
            spread_to(["周敏", "weibo"]),
            Disclosure.MINIMAL,
            "A-2417 同样内容又见于 1 个账号：周敏（微博）",
            "A-2417 same words on 1 more account: 周敏 (Weibo)",
            id="spread",
        ),
        pytest.param(
            {
                "event": EventKind.SPREAD,
                "reason": Reason("event_spread", {"where": '[["周敏", "weibo"], ["陈立", "x"]]'}),
            },
            Disclosure.FULL,
            "A-2417 同样内容又见于 2 个账号：周敏（微博）、陈立（X）",
            "A-2417 same words on 2 more accounts: 周敏 (Weibo), 陈立 (X)",
            id="spread to two",
        ),
        pytest.param(
            {
                "event": EventKind.SPREAD,
                "reason": Reason("event_spread", {"where": str([["a", "x"]] * 7).replace("'", '"')}),
            },
            Disclosure.POST,
            "A-2417 同样内容又见于 7 个账号：a（X）、a（X）、a（X）、a（X）、a（X）、另有 2 个",
            "A-2417 same words on 7 more accounts: a (X), a (X), a (X), a (X), a (X), 2 more",
            id="spread to many",
        ),
        pytest.param(
            {"event": EventKind.ACKNOWLEDGED, "reason": Reason("event_acknowledged", {"by": "周敏"})},
            Disclosure.POST,
            "A-2417 周敏 23:58 已接手（发现后 17 分 12 秒）",
            "A-2417 taken by 周敏 23:58 (17 min 12 s after seen)",
            id="taken",
        ),
        pytest.param(
            {"event": EventKind.ACKNOWLEDGED},
            Disclosure.POST,
            "A-2417 23:58 已接手（发现后 17 分 12 秒）",
            "A-2417 taken 23:58 (17 min 12 s after seen)",
            id="taken by nobody named",
        ),
        pytest.param(
            {"event": EventKind.REVIEWED, "reason": Reason("event_reviewed", {"by": "周敏", "verdict": "leak"})},
            Disclosure.POST,
            "A-2417 23:58 已判定：泄密。判定人 周敏",
            "A-2417 judged 23:58: leak. By 周敏",
            id="judged",
        ),
        pytest.param(
            {"event": EventKind.REVIEWED, "reason": Reason("event_reviewed", {"verdict": "false_positive"})},
            Disclosure.POST,
            "A-2417 23:58 已判定：不是泄密",
            "A-2417 judged 23:58: not a leak",
            id="judged by nobody named",
        ),
        pytest.param(
            {"event": EventKind.REVIEWED},
            Disclosure.POST,
            "A-2417 23:58 已判定",
            "A-2417 judged 23:58",
            id="just judged",
        ),
        pytest.param(
            {"event": EventKind.REOPENED},
            Disclosure.POST,
            "A-2417 重新打开（第 2 版 23:58）：价格、发布日期",
            "A-2417 opened again (version 2, 23:58): price and launch date",
            id="opened again",
        ),
        pytest.param(
            {"event": EventKind.WITHDRAWN, "reason": Reason("event_withdrawn", {"by": "周敏", "verdict": "public"})},
            Disclosure.POST,
            "A-2417 撤回：早已公开（23:58）。判定人 周敏",
            "A-2417 withdrawn: already public (23:58). Judged by 周敏",
            id="withdrawn",
        ),
        pytest.param(
            {"event": EventKind.WITHDRAWN, "reason": Reason("event_withdrawn", {"verdict": "authorised"})},
            Disclosure.POST,
            "A-2417 撤回：已授权（23:58）",
            "A-2417 withdrawn: authorised (23:58)",
            id="withdrawn by nobody named",
        ),
        pytest.param(
            {"event": EventKind.WITHDRAWN},
            Disclosure.POST,
            "A-2417 撤回：不是泄密（23:58）",
            "A-2417 withdrawn: not a leak (23:58)",
            id="just withdrawn",
        ),
    ],
)
def test_what_became_of_it_begins_with_the_number(changes: dict[str, Any], show: Disclosure, zh: str, en: str) -> None:
    message = notice(**{**LATER, **changes})
    first = [readable(message, receiver(language=lang, show=show)).split("\n")[0] for lang in ("zh", "en")]
    assert first == [zh, en]


@pytest.mark.parametrize("event", [EventKind.ADDED, EventKind.REOPENED])
def test_words_that_are_new_are_shown_again(event: EventKind) -> None:
    assert "2字头起" in readable(notice(event=event), receiver())
    assert "2字头起" not in readable(notice(event=event), receiver(show=Disclosure.MINIMAL))


@pytest.mark.parametrize("event", sorted(set(EventKind) - {EventKind.OPENED, EventKind.ADDED, EventKind.REOPENED}))
def test_every_other_follow_up_is_one_line(event: EventKind) -> None:
    assert "\n" not in readable(notice(event=event), receiver(show=Disclosure.FULL))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"post_kind": PostKind.POST}, "林晓舟（云雀产品总经理）在微博发帖", id="post"),
        pytest.param({"post_kind": PostKind.REPOST}, "林晓舟（云雀产品总经理）在微博转发", id="repost"),
        pytest.param({"post_kind": PostKind.PROFILE}, "林晓舟（云雀产品总经理）修改了微博个人资料", id="profile"),
        pytest.param({"person_title": ""}, "林晓舟在微博回复", id="no title"),
        pytest.param({"platform": "chirpnet"}, "林晓舟（云雀产品总经理）在chirpnet回复", id="unknown network"),
        pytest.param({"gone_at": SEEN_AT}, "23:40 发布，23:41 发现（48 秒）· 已不可见", id="gone before it was told"),
        pytest.param({"published_at": None}, "23:41 发现", id="no time of its own"),
        pytest.param(
            {"published_at": POSTED_AT - timedelta(days=1)},
            "11 月 27 日 23:40 发布，23:41 发现（1 天）",
            id="posted the day before",
        ),
        pytest.param(
            {"published_at": SEEN_AT + timedelta(seconds=5)},
            "23:41 发布，23:41 发现（0 秒）",
            id="a clock that runs ahead",
        ),
        pytest.param({"severity": Severity.HIGH}, "🟠 高 · 疑似泄密 · 翠鸟", id="high"),
        pytest.param({"severity": Severity.LOW}, "⚪ 低 · 疑似泄密 · 翠鸟", id="low"),
    ],
)
def test_a_card_says_who_what_and_when(changes: dict[str, Any], line: str) -> None:
    assert line in readable(notice(**changes), receiver()).split("\n")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"lifts_at": LIFTS_AT, "event_at": LIFTS_AT + timedelta(hours=1)}, "Lifted: 19:00"),
        ({"lifts_at": LIFTS_AT + timedelta(days=365)}, "Lifts: 2031-12-03 19:00 (in 369 d 19 h)"),
    ],
)
def test_a_lift_is_told_from_the_instant_of_the_event(changes: dict[str, Any], line: str) -> None:
    assert line in readable(notice(**changes), receiver(show=Disclosure.FULL, language="en")).split("\n")


@pytest.mark.parametrize(
    ("spread", "language", "line"),
    [
        (Spread(3, 2, ("weibo", "x"), ("weibo", "x")), "en", "Also on: Weibo, X (3 posts, 2 people)"),
        (Spread(3, 2, ("weibo", "x"), ("weibo", "x")), "zh", "也见于：微博、X（共 3 条，2 人）"),
        (Spread(2, 1, ("weibo", "x"), ("x",)), "en", "Also on: X (2 posts, the same person)"),
        (Spread(2, 1, ("weibo", "x"), ("x",)), "zh", "也见于：X（共 2 条，同一人）"),
    ],
)
def test_a_story_that_is_told_elsewhere_says_so_before_the_evidence(spread: Spread, language: str, line: str) -> None:
    told = readable(notice(spread=spread), receiver(language=language)).split("\n")
    assert told[-4] == line
    follow_up = readable(notice(event=EventKind.CORRECTED, spread=spread), receiver(language=language))
    shortest = readable(notice(spread=spread), receiver(language=language, show=Disclosure.MINIMAL))
    assert line not in follow_up + shortest


@pytest.mark.parametrize(("language", "line"), [("en", "Reduced evidence: read at second hand"), ("zh", "证据有限")])
def test_a_post_that_was_read_at_second_hand_says_so_before_the_evidence(language: str, line: str) -> None:
    told = readable(notice(reduced=True), receiver(language=language)).split("\n")
    assert told[-4].startswith(line)
    assert line not in readable(notice(), receiver(language=language))


def test_no_lift_no_line() -> None:
    assert "解禁" not in readable(notice(lifts_at=None), receiver(show=Disclosure.FULL))


def test_times_are_those_of_the_reader() -> None:
    told = readable(notice(), receiver(language="en", timezone=ZoneInfo("Europe/Berlin")))
    assert "Posted 16:40, seen 16:41 (48 s)" in told


@pytest.mark.parametrize(
    ("changes", "wish"),
    [
        ({}, "needs you now"),
        ({"severity": Severity.MEDIUM}, "is for you to look at"),
        ({"published_at": None}, "seen 23:41, needs you now"),
    ],
)
def test_the_shortest_form_asks_no_more_than_it_must(changes: dict[str, Any], wish: str) -> None:
    assert wish in readable(notice(**changes), receiver(show=Disclosure.MINIMAL, language="en"))


# --- the post ---------------------------------------------------------------------------------------------------------


def test_a_long_post_is_cut_in_the_text_and_the_message_stays_short() -> None:
    parts = tuple(Part(origin, "长" * 5000) for origin in (Origin.TEXT, Origin.PARENT, Origin.CARD, Origin.ALT))
    told = readable(notice(parts=parts), receiver())
    assert "…" in told
    assert len(told.encode()) < 1024
    assert "林晓舟：长" in told


@given(text=st.text(), limit_bytes=st.integers(0, 60))
def test_a_cut_ends_at_a_whole_character(text: str, limit_bytes: int) -> None:
    shown = cut(text, limit_bytes)
    whole = cut(text, 10_000)
    assert "\ufffd" not in shown.removesuffix("…") or "\ufffd" in whole
    assert whole.startswith(shown.removesuffix("…"))
    assert len(shown.encode()) <= limit_bytes + len("…".encode())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\u202eb\u2066c\u200fd", "abcd", id="marks that turn the line around"),
        pytest.param("a\x00b\x1b[31mc\x7f", "ab[31mc", id="controls"),
        pytest.param("一行\n🟢 A-2417 撤回\r\n\u2028三行", "一行 🟢 A-2417 撤回 三行", id="lines that fake ours"),
        pytest.param("a\ud83db", "a\ufffdb", id="half a surrogate pair"),
        pytest.param("👩\u200d💻 ok", "👩\u200d💻 ok", id="a joined emoji stays whole"),
    ],
)
def test_what_could_disguise_our_lines_is_taken_out(text: str, shown: str) -> None:
    lines = readable(notice(parts=(Part(Origin.TEXT, text),)), receiver()).split("\n")
    assert f"林晓舟：{shown}" in lines


def test_a_name_cannot_break_a_line() -> None:
    told = readable(notice(person_name="林\n晓\u202e舟"), receiver())
    assert told.split("\n")[1] == "林晓舟（云雀产品总经理）在微博回复"


def test_a_post_without_words_still_makes_a_card() -> None:
    told = readable(notice(parts=(Part(Origin.TEXT, " \n"),), post_url=None, kinds=()), receiver())
    assert told.startswith("🔴 紧急 · 疑似泄密 · 翠鸟\n")
    assert told.endswith("A-2417")


def test_a_leak_that_an_edit_brought_is_timed_from_the_edit() -> None:
    edited_at = POSTED_AT + timedelta(hours=2)
    leak = {"leaked_at": edited_at, "leak_seen_at": edited_at + timedelta(seconds=20), "post_revision": 2}
    told = readable(notice(**leak), receiver(language="en", show=Disclosure.FULL))
    assert "Edited 29 Nov 01:40, seen 29 Nov 01:40 (20 s)" in told
    gone = {"event": EventKind.CORRECTED, "event_at": edited_at + timedelta(minutes=5), "findings": ()}
    assert "it stood 5 min" in readable(notice(**leak, **gone), receiver(language="en"))


# --- several, and our own ---------------------------------------------------------------------------------------------


def test_a_digest_is_one_line_for_all_and_one_for_each() -> None:
    assert readable(DIGEST, receiver(show=Disclosure.MINIMAL)) == (
        "🔴 事后发现 2 条疑似泄密，最高级别：紧急\n"
        "🔴 翠鸟 · 林晓舟，微博 · A-2417 事后发现：23:40 发布，23:41 才读到\n"
        "🟠 翠鸟 · 林晓舟，微博 · A-2418 开始监测前的帖子：23:40 发布，23:41 读到"
    )


@pytest.mark.parametrize(
    ("why", "first"),
    [
        ("late", "🔴 Possible leaks found late: 1, up to CRITICAL"),
        ("hourly", "🔴 Possible leaks in the last hour: 1, up to CRITICAL"),
        ("weekly", "🔴 Notes of the week: 1, up to CRITICAL"),
    ],
)
def test_a_digest_says_why_it_is_one(why: str, first: str) -> None:
    told = readable(replace(DIGEST, why=why, notices=(notice(),)), receiver(language="en"))
    assert told.split("\n") == [
        first,
        "🔴 翠鸟 · 林晓舟, Weibo · A-2417 posted 23:40, seen 23:41",
        "   2字头起，下周四见😏 https://weibo.example/lin/1",
    ]


def test_a_digest_holds_follow_ups_and_posts_without_a_time() -> None:
    rows = (notice(event=EventKind.GONE, gone_at=SEEN_AT), notice(published_at=None, found=Found.BASELINE))
    told = readable(replace(DIGEST, notices=rows), receiver(language="en", show=Disclosure.MINIMAL))
    _, gone, undated = told.split("\n")
    assert gone.endswith("A-2417 post gone: confirmed 23:41, up about 48 s. Please judge and close")
    assert undated.endswith("A-2417 found 23:41")


def test_a_long_digest_is_cut_in_the_text_and_says_so() -> None:
    told = readable(replace(DIGEST, notices=(notice(),) * 50), receiver(show=Disclosure.MINIMAL))
    assert len(told.split("\n")) == 1 + DIGEST_ROWS + 1
    assert told.endswith(f"……还有 {50 - DIGEST_ROWS} 条")


def test_blindness_says_since_when_why_and_what_to_do() -> None:
    assert readable(incident(), receiver(ops=True)) == (
        "⚫ 看不见账号 lin-weibo（自 23:40 起）\n"
        "原因：平台拒绝了我们，没有说明原因。\n"
        "处理：请放慢读取，更新该账号的登录或令牌，或换一个出口地址。恢复之前请人工查看主页；这不是“没有新帖”。\n"
        "接手：leak-monitor incidents take 3 --as 姓名"
    )


def test_other_trouble_says_what_to_do() -> None:
    failing = incident(kind="receiver_failing", subject="comms", detail={"outcome": "timeout"})
    assert readable(failing, receiver(language="en", ops=True)).split("\n") == [
        "⚫ Receiver comms does not take messages (since 23:40)",
        "Cause: The receiver gave no whole answer in time.",
        "Cure: Look at the receiver; messages wait and go out by themselves once it is back.",
        "Take it: leak-monitor incidents take 3 --as NAME",
    ]


MANY_BLIND = {"platform": "weibo", "cause": "blocked", "count": "14", "watch": "林晓舟, 周敏"}


def test_a_reminder_says_how_long_it_has_been_which_it_is_and_when_the_next_comes() -> None:
    reminded = incident(
        kind="platform_unreadable",
        event=IncidentEvent.REMINDED,
        event_at=POSTED_AT + timedelta(minutes=62),
        detail=MANY_BLIND | {"no": "3", "next": (POSTED_AT + timedelta(hours=5)).isoformat()},
    )
    assert readable(reminded, receiver(language="en", ops=True)).split("\n") == [
        "⚫ BLIND to 14 accounts on Weibo (since 28 Nov 23:40, 1 h 2 min)",
        "Cause: The network refuses us and does not say why.",
        "Watch by hand: 林晓舟, 周敏",
        (
            "Cure: Poll less often, renew the account's session or token, or read through another address. "
            "Watch the profiles by hand until then; this is not “no new posts”."
        ),
        "Reminder 3; next 04:40",
        "Take it: leak-monitor incidents take 3 --as NAME",
    ]


def test_whoever_waits_for_alerts_is_told_of_blindness_without_the_technical_lines() -> None:
    escalated = incident(
        kind="platform_unreadable", event=IncidentEvent.ESCALATED, detail=MANY_BLIND | {"place": "a.toml:3"}
    )
    assert readable(escalated, receiver(language="zh")).split("\n") == [
        "⚫ 看不见：微博的 14 个账号（自 23:40 起）。发布在即，因此同时通知您",
        "原因：平台拒绝了我们，没有说明原因。",
        "请人工查看：林晓舟, 周敏",
    ]


def test_a_taken_incident_says_by_whom() -> None:
    taken = incident(event=IncidentEvent.TAKEN, detail={"by": "周敏"})
    assert readable(taken, receiver()) == "🟡 周敏 正在处理：看不见账号 lin-weibo"


DETAIL = {
    "outcome": "server",
    "seconds": "61",
    "free": "12",
    "days": "24",
    "usual": "30",
    "stage": "match",
    "what": "read lin-blog",
    "hidden": "12",
    "most": "50",
    "share": "90",
    "wanted": "95",
    "within": "120",
    "missed": "2",
    "hours": "7",
    "failure": "timeout",
    "names": "Wang",
    "count": "2",
    **MANY_BLIND,
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", IncidentKind)
def test_every_kind_of_trouble_has_its_cause_and_its_cure(kind: IncidentKind, language: str) -> None:
    for cause in ("", "blocked"):
        told = readable(incident(kind=kind, detail=DETAIL | {"cause": cause}), receiver(language=language, ops=True))
        begins = ("⚫", "原因", "请", "处理", "接手") if language == "zh" else ("⚫", "Cause", "Watch", "Cure", "Take")
        assert [line.startswith(start) for line, start in zip(told.split("\n"), begins, strict=True)] == [True] * 5


def test_trouble_that_is_over_says_how_long_it_was() -> None:
    over_at = POSTED_AT + timedelta(minutes=62)
    over = incident(event=IncidentEvent.CLOSED, event_at=over_at, closed_at=over_at)
    assert readable(over, receiver()) == "🟢 已恢复：看不见账号 lin-weibo（历时 1 小时 2 分）"


def test_a_test_says_that_nothing_has_happened() -> None:
    assert "Nothing has happened" in readable(TEST_NOTICE, receiver(language="en"))


def secret(kind: Kind, value: str, **changes: Any) -> Finding:
    return replace(FINDING, kind=kind, value=value, **changes)


CHINESE, LATIN = "2字头起，下周四见，云雀9 Pro", "Starts with a 2, see you next Thursday"
PRICE = secret(Kind.PRICE, "2000-2999 CNY")
DAY = secret(Kind.DATE, "2030-12-03")


@pytest.mark.parametrize(
    ("language", "text", "findings", "expected"),
    [
        pytest.param("en", CHINESE, (PRICE, DAY), "(gloss: 2,000-2,999 CNY, 3 Dec)", id="for an English reader"),
        pytest.param("zh", LATIN, (PRICE, DAY), "（释义：2,000-2,999 CNY、12 月 3 日）", id="for a Chinese one"),
        pytest.param("zh", CHINESE, (PRICE, DAY), None, id="Chinese for a Chinese reader"),
        pytest.param("en", LATIN, (PRICE, DAY), None, id="English for an English one"),
        pytest.param("en", "2999 😏 12/3", (PRICE, DAY), None, id="no letters"),
        pytest.param("en", CHINESE, (FINDING,), None, id="a name is no value"),
        pytest.param("en", CHINESE, (PRICE, PRICE), "(gloss: 2,000-2,999 CNY)", id="the same twice"),
        pytest.param("en", CHINESE, (secret(Kind.PRICE, "449.5"),), "(gloss: 449.5)", id="without a currency"),
        pytest.param("en", CHINESE, (secret(Kind.PRICE, "some"),), "(gloss: some)", id="no amount"),
        pytest.param("en", CHINESE, (secret(Kind.PRICE, ""),), None, id="a value that retention took"),
        pytest.param("en", CHINESE, (secret(Kind.SPEC, "6000mah"),), "(gloss: 6000mah)", id="a figure"),
        pytest.param("en", CHINESE, (secret(Kind.DATE, "2031-01"),), "(gloss: 2031-01)", id="a month"),
        pytest.param(
            "en",
            CHINESE,
            (secret(Kind.DATE, "2030-12-30/2031-01-02"),),
            "(gloss: 30 Dec to 2 Jan 2031)",
            id="days of two years",
        ),
        pytest.param(
            "zh", LATIN, (secret(Kind.DATE, "2031-01-02"),), "（释义：2031 年 1 月 2 日）", id="a day of another year"
        ),
        pytest.param(
            "en", CHINESE, (replace(PRICE, disposition=Disposition.PUBLIC), DAY), "(gloss: 3 Dec)", id="what is public"
        ),
    ],
)
def test_secret_values_in_the_readers_way_of_writing(
    language: str, text: str, findings: tuple[Finding, ...], expected: str | None
) -> None:
    alert = notice(parts=(Part(Origin.TEXT, text),), findings=findings)
    lines = readable(alert, receiver(language=language, show=Disclosure.FULL)).split("\n")
    assert [line for line in lines if line.startswith(("(gloss", "（释义"))] == ([expected] if expected else [])


@pytest.mark.parametrize("show", [Disclosure.MINIMAL, Disclosure.POST])
def test_values_are_for_the_fullest_disclosure_alone(show: Disclosure) -> None:
    alert = notice(parts=(Part(Origin.TEXT, CHINESE),), findings=(PRICE, DAY))
    assert "2,000" not in readable(alert, receiver(language="en", show=show))


@pytest.mark.parametrize(
    ("changes", "show", "zh", "en"),
    [
        pytest.param(
            {},
            Disclosure.FULL,
            "冬季发布会 12 月 3 日 19:00 → 22:00。关闭 1 条，新增 0 条",
            "冬季发布会 3 Dec 19:00 > 22:00. 1 closed, 0 new",
            id="later that day",
        ),
        pytest.param(
            {"at": LIFTS_AT - timedelta(hours=5), "starts_at": LIFTS_AT + timedelta(days=1), "closed": None},
            Disclosure.FULL,
            "冬季发布会 19:00 → 12 月 4 日 19:00。受影响的提醒仍在重新判定",
            "冬季发布会 19:00 > 4 Dec 19:00. What this changes is still being judged",
            id="from today to tomorrow, not judged yet",
        ),
        pytest.param(
            {},
            Disclosure.POST,
            "冬季发布会 已改期。关闭 1 条，新增 0 条",
            "冬季发布会 has been moved. 1 closed, 0 new",
            id="its hours are a lift",
        ),
    ],
)
def test_a_launch_that_was_moved_is_one_line(changes: dict[str, Any], show: Disclosure, zh: str, en: str) -> None:
    message = event_moved(**changes)
    assert [readable(message, receiver(language=lang, show=show)) for lang in ("zh", "en")] == [zh, en]
