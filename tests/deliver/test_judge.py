from datetime import UTC, datetime

import pytest

from monitor.deliver import FORMATS
from monitor.deliver.codes import UNKNOWN
from monitor.deliver.judge import Judgement, Meaning, judge_status, wish_s

NOW = datetime(2030, 11, 28, 15, 40, tzinfo=UTC)

NAMED = {
    400: Judgement(Meaning.REFUSED, "refused"),
    401: Judgement(Meaning.BACK_OFF, "denied"),
    403: Judgement(Meaning.BACK_OFF, "denied"),
    404: Judgement(Meaning.BACK_OFF, "denied"),
    410: Judgement(Meaning.PARK, "gone"),
    413: Judgement(Meaning.REFUSED, "refused"),
    415: Judgement(Meaning.REFUSED, "refused"),
    422: Judgement(Meaning.REFUSED, "refused"),
    429: Judgement(Meaning.BACK_OFF, "throttled"),
    502: Judgement(Meaning.BACK_OFF, "throttled"),
    503: Judgement(Meaning.BACK_OFF, "throttled"),
    504: Judgement(Meaning.BACK_OFF, "throttled"),
}
OTHERS = {
    1: Judgement(Meaning.BACK_OFF, "http"),
    2: Judgement(Meaning.DELIVERED, "delivered"),
    3: Judgement(Meaning.BACK_OFF, "redirect"),
    4: Judgement(Meaning.BACK_OFF, "http"),
    5: Judgement(Meaning.BACK_OFF, "server"),
}

BY_STATUS = frozenset({"webhook", "teams"})  # formats whose answers say all by their status
NO_HTTP = frozenset({"mail", "apprise"})


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in NO_HTTP])
def test_every_status_has_its_row_in_the_table(name: str) -> None:
    # A chat tool that answers 2xx without saying that it took the message has not taken it.
    taken = OTHERS[2] if name in BY_STATUS else UNKNOWN
    judged = {status: FORMATS[name].judge(status, b"") for status in range(100, 600)}
    rows = {**OTHERS, 2: taken}
    assert judged == {status: NAMED.get(status, rows[status // 100]) for status in range(100, 600)}


@pytest.mark.parametrize("status", [0, 99, 600, 999])
def test_a_status_that_no_standard_knows_backs_off(status: int) -> None:
    assert judge_status(status) == Judgement(Meaning.BACK_OFF, "http")


@pytest.mark.parametrize(
    ("said", "wanted_s"),
    [
        pytest.param("120", 120.0, id="seconds"),
        pytest.param(" 7 ", 7.0, id="blanks around"),
        pytest.param("0", 1.0, id="at once is one second"),
        pytest.param("86400", 3600.0, id="never longer than an hour"),
        pytest.param("9" * 400, 3600.0, id="a number beyond all bounds"),
        pytest.param("Thu, 28 Nov 2030 15:42:00 GMT", 120.0, id="date"),
        pytest.param("Thu, 28 Nov 2030 23:42:00 +0800", 120.0, id="date of another zone"),
        pytest.param("Thu, 28 Nov 2030 15:42:00 -0000", 120.0, id="date without zone is UTC"),
        pytest.param("Thu, 28 Nov 2030 15:39:00 GMT", 1.0, id="date that has passed"),
        pytest.param("Fri, 29 Nov 2030 15:40:00 GMT", 3600.0, id="date of tomorrow"),
        pytest.param("soon", None, id="word"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="fraction"),
        pytest.param("٣", None, id="digits of another script"),
        pytest.param("Thu, 99 Nov 2030 15:42:00 GMT", None, id="day that does not exist"),
        pytest.param("", None, id="empty"),
    ],
)
def test_retry_after_is_read_in_both_forms_and_kept_in_bounds(said: str, wanted_s: float | None) -> None:
    assert wish_s(503, {"retry-after": said}, NOW) == wanted_s


@pytest.mark.parametrize("status", range(100, 600))
def test_only_four_statuses_may_ask_to_wait(status: int) -> None:
    wish = wish_s(status, {"retry-after": "60"}, NOW)
    assert wish == (60.0 if status in (429, 502, 503, 504) else None)


def test_without_retry_after_there_is_no_wish() -> None:
    assert wish_s(429, {}, NOW) is None
