"""The formats of chat tools against robots that check as theirs do, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.deliver import FORMATS, dingtalk, feishu
from monitor.deliver.judge import Meaning, Outcome
from monitor.deliver.send import send
from monitor.model.messages import Disclosure, Receiver
from monitor.net.client import Client
from tests.deliver.golden import LANGUAGES, alert, rendered, told
from tests.deliver.receiver import Reply, ScriptedReceiver
from tests.deliver.robots import ROBOTS, DingTalkRobot, FeishuRobot, Robot, WeComRobot

NOW = datetime(2030, 12, 7, 3, 40, 13, tzinfo=UTC)
SECRET = "SEC0robot-secret"


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(elapsed_s=lambda: 0.0, user_agent="leak-monitor/test")
    yield made
    made.close()


def name_of(robot: Robot) -> str:
    return next(name for name, kind in ROBOTS.items() if kind is type(robot))


def at(name: str, url: str, secret: str = "") -> Receiver:
    to = told(name, "zh", Disclosure.POST)
    return replace(to, url=url, secrets=(secret.encode(),) if secret else (), allow_private_network=True)


def post(client: Client, robot: Robot, ours: str = "", sent_at: datetime = NOW, token: str = "hush") -> Outcome:
    """One alert to this robot, signed with our secret."""
    with ScriptedReceiver(judge=robot) as tool:
        url = replace(robot, token=token).url(tool.url.removesuffix("/hook"))
        to = at(name_of(robot), url, ours)
        return send(client, to, "msg_1", FORMATS[to.format].render(alert("zh", "short"), to), sent_at)


SIGNED = [FeishuRobot(NOW, SECRET), DingTalkRobot(NOW, SECRET)]
TAKEN = Outcome(Meaning.DELIVERED, "delivered", 200)


@pytest.mark.parametrize("robot", [FeishuRobot(NOW), DingTalkRobot(NOW), WeComRobot(NOW)], ids=name_of)
def test_a_robot_takes_it(client: Client, robot: Robot) -> None:
    assert post(client, robot) == TAKEN


@pytest.mark.parametrize("robot", SIGNED, ids=name_of)
@pytest.mark.parametrize("minutes", [-59, 0, 59])
def test_a_signed_message_is_taken_within_the_hour(client: Client, robot: Robot, minutes: int) -> None:
    assert post(client, robot, SECRET, NOW + timedelta(minutes=minutes)) == TAKEN


@pytest.mark.parametrize("robot", SIGNED, ids=name_of)
@pytest.mark.parametrize(
    ("ours", "minutes"),
    [
        pytest.param("", 0, id="unsigned"),
        pytest.param("SEC0another", 0, id="another secret"),
        pytest.param(SECRET, 61, id="a clock that goes ahead"),
        pytest.param(SECRET, -61, id="a clock that is behind"),
    ],
)
def test_a_signature_that_is_not_believed_is_tried_again(client: Client, robot: Robot, ours: str, minutes: int) -> None:
    sent_at = NOW + timedelta(minutes=minutes)
    assert post(client, robot, ours, sent_at) == Outcome(Meaning.BACK_OFF, "signature", 200)


@pytest.mark.parametrize("robot", SIGNED, ids=name_of)
def test_what_a_robot_was_set_to_ask_for_is_named(client: Client, robot: Robot) -> None:
    away = replace(robot, refuses_address=True)
    assert post(client, away, SECRET) == Outcome(Meaning.BACK_OFF, "address", 200)
    asks = replace(robot, keyword="周报")
    assert post(client, asks, SECRET) == Outcome(Meaning.REFUSED, "keyword", 200)
    knows = replace(robot, keyword="疑似泄密")
    assert post(client, knows, SECRET) == TAKEN


@pytest.mark.parametrize("robot", [*SIGNED, WeComRobot(NOW)], ids=name_of)
def test_a_robot_that_is_gone_parks_its_messages(client: Client, robot: Robot) -> None:
    assert post(client, robot, SECRET, token="another").meaning is Meaning.PARK


@pytest.mark.parametrize("robot", [*SIGNED, WeComRobot(NOW)], ids=name_of)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("show", Disclosure)
def test_a_robot_takes_every_message_in_every_language(
    client: Client, robot: Robot, language: str, show: Disclosure
) -> None:
    with ScriptedReceiver(judge=robot) as tool:
        to = at(name_of(robot), robot.url(tool.url.removesuffix("/hook")), SECRET)
        ended = {
            title: send(client, to, "msg_1", request, NOW) for title, request in rendered(to.format, language, show)
        }
    assert {title: outcome for title, outcome in ended.items() if outcome != TAKEN} == {}


def test_a_tool_that_asks_to_wait_in_its_header_is_believed_before_its_code(client: Client) -> None:
    to_robot = [
        (Reply(200, body=b'{"errcode":130101}'), 60.0),
        (Reply(429, (("Retry-After", "7"),), b'{"errcode":130101}'), 7.0),
    ]
    for reply, wait_s in to_robot:
        with ScriptedReceiver([reply]) as tool:
            to = at("dingtalk", tool.url)
            outcome = send(client, to, "msg_1", FORMATS["dingtalk"].render(alert("zh", "short"), to), NOW)
        assert outcome == Outcome(Meaning.BACK_OFF, "throttled", reply.status, wait_s)


def test_signatures_are_those_that_openssl_makes() -> None:
    """Feishu: `openssl dgst -sha256 -mac HMAC -macopt hexkey:(time, line end, secret)` of nothing.

    DingTalk: the same of time, line end and secret, with the secret as the key.
    """
    assert feishu.sign(b"robot-secret", "1922845213") == "RJMwCLL7K459IALUBrB9jczp2AuoSOeURasnLBqt56k="
    assert dingtalk.sign(b"SEC0robot-secret", "1922845213000") == "ji6l0d/mHP3hG+h1DROrs/61xiYT99UW5TM2cnrVYNQ="


def test_the_signature_stands_in_the_address_quoted() -> None:
    to = at("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc", SECRET)
    sealed = dingtalk.DingTalk().seal(to, "msg_1", FORMATS["dingtalk"].render(alert("zh", "short"), to), NOW)
    assert sealed.url == (
        "https://oapi.dingtalk.com/robot/send?access_token=abc&timestamp=1922845213000"
        "&sign=ji6l0d%2FmHP3hG%2Bh1DROrs%2F61xiYT99UW5TM2cnrVYNQ%3D"
    )
    assert "hush" not in repr(sealed)
    assert "access_token" not in repr(sealed)


@pytest.mark.parametrize("host", ["open.feishu.cn", "open.larksuite.com"])
def test_feishu_and_lark_are_told_alike(host: str) -> None:
    to = at("feishu", f"https://{host}/open-apis/bot/v2/hook/abc", "robot-secret")
    request = FORMATS["feishu"].render(alert("en", "short"), to)
    sealed = feishu.Feishu().seal(to, "msg_1", request, NOW)
    assert sealed.url == to.url
    assert sealed.body.startswith(
        b'{"timestamp":"1922845213","sign":"RJMwCLL7K459IALUBrB9jczp2AuoSOeURasnLBqt56k=","msg_type":"interactive",'
    )
    assert sealed.body.endswith(request.body[1:])


@pytest.mark.parametrize("name", ROBOTS)
def test_a_cap_stays_below_that_of_the_tool(name: str) -> None:
    cap = FORMATS[name].cap
    assert cap is not None
    a_second, a_minute = {"feishu": (5, 100), "dingtalk": (20, 20), "wecom": (20, 20)}[name]
    assert cap.count <= a_second
    assert cap.count * (60 / cap.within_s + 1) <= a_minute or (cap.within_s >= 60 and cap.count < a_minute)
