"""An app of Slack: what it is called with, what its answers mean, and which card is changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.config import load_config
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.slack_app import ERRORS, SlackApp
from monitor.errors import ConfigError
from monitor.kinds import kinds
from monitor.model.messages import AlertState, EventKind, Posted, Receiver, Request, Sealed
from tests.config.sample import ENVIRON, VALID
from tests.deliver.golden import CHANNEL, alert
from tests.deliver.samples import SEEN_AT, receiver

APP = SlackApp()
CALLED = {"zh": "A-2417"}


def to() -> Receiver:
    return receiver(format="slack_app", url="https://slack.com", secrets=(b"xoxb-hush",), options=CHANNEL)


def sealed(card: str = "", card_step: int = 0, **changes: Any) -> Posted:
    made = APP.render(alert("zh", "short", **changes), to())
    return APP.seal(to(), "msg_1", Request(made.body, made.content_type, card=card, card_step=card_step), SEEN_AT)


def method(call: Sealed | None) -> str:
    return call.url.rpartition("/")[2] if call else ""


def test_the_first_message_makes_a_card() -> None:
    posted = sealed()
    assert posted.card is not None
    assert (method(posted.card), posted.line, posted.anew) == ("chat.postMessage", None, None)
    assert posted.card.url == "https://slack.com/api/chat.postMessage"
    assert posted.card.headers["authorization"] == "Bearer xoxb-hush"
    assert "hush" not in repr(posted)


TAKEN: dict[str, Any] = {"seq": 2, "event": EventKind.ACKNOWLEDGED, "state": AlertState.ACKNOWLEDGED}


@pytest.mark.parametrize(
    ("card", "step", "wanted"),
    [
        ("", 0, ("chat.postMessage", "", "")),  # it has none yet, or we died before we knew how it is called
        ("C0LEAKS/1.5", 1, ("chat.update", "chat.postMessage", "chat.postMessage")),
        ("C0LEAKS/1.5", 2, ("chat.update", "chat.postMessage", "chat.postMessage")),  # again
        ("C0LEAKS/1.5", 3, ("", "chat.postMessage", "chat.postMessage")),  # it shows something newer
        ("C0OTHER/1.5", 1, ("chat.postMessage", "", "")),  # the receiver has moved to another channel
    ],
)
def test_what_follows_changes_the_card_and_is_a_line_of_its_thread(
    card: str, step: int, wanted: tuple[str, str, str]
) -> None:
    posted = sealed(card, step, **TAKEN)
    assert (method(posted.card), method(posted.line), method(posted.anew)) == wanted
    if posted.line is not None:
        assert json.loads(posted.line.body)["thread_ts"] == "1.5"
    if wanted[0] == "chat.update" and posted.card is not None:
        assert json.loads(posted.card.body)["ts"] == "1.5"


@pytest.mark.parametrize(
    ("event", "state", "is_loud", "begins"),
    [
        (EventKind.ACKNOWLEDGED, AlertState.ACKNOWLEDGED, False, "🔴"),
        (EventKind.GONE, AlertState.OPEN, False, "🔴"),
        (EventKind.RAISED, AlertState.OPEN, True, "🔴"),
        (EventKind.ADDED, AlertState.OPEN, True, "🔴"),
        (EventKind.REOPENED, AlertState.OPEN, True, "🔴"),
        (EventKind.WITHDRAWN, AlertState.REVIEWED, True, "A-2417"),
        (EventKind.REVIEWED, AlertState.REVIEWED, False, "A-2417"),
    ],
)
def test_what_must_be_noticed_is_told_in_the_channel_too(
    event: EventKind, state: AlertState, *, is_loud: bool, begins: str
) -> None:
    posted = sealed("C0LEAKS/1.5", 1, seq=2, event=event, state=state)
    assert posted.line is not None
    assert posted.card is not None
    line, card = json.loads(posted.line.body), json.loads(posted.card.body)
    assert line.get("reply_broadcast", False) is is_loud
    assert line["text"].startswith("A-2417")
    assert card["text"] == line["text"]
    assert card["blocks"][0]["text"]["text"].startswith(begins)
    assert "A-2417" in json.dumps(card["blocks"])


def answer(**body: Any) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize(("error", "meant"), ERRORS.items())
def test_errors_stand_in_an_answer_of_status_200(error: str, meant: Judgement) -> None:
    assert APP.judge(200, answer(ok=False, error=error)) == meant


@pytest.mark.parametrize(
    ("status", "body", "meaning", "code"),
    [
        (200, answer(ok=False, error="anything_new"), Meaning.BACK_OFF, "http"),
        (200, b"<html>sign in</html>", Meaning.BACK_OFF, "http"),
        (200, answer(ok="true"), Meaning.BACK_OFF, "http"),
        (200, b"", Meaning.BACK_OFF, "http"),
        (429, answer(ok=False, error="ratelimited"), Meaning.BACK_OFF, "throttled"),
        (429, b"", Meaning.BACK_OFF, "throttled"),
        (503, answer(ok=True), Meaning.BACK_OFF, "throttled"),
        (500, answer(ok=False, error="fatal_error"), Meaning.BACK_OFF, "server"),
    ],
)
def test_only_a_success_that_says_so_is_one(status: int, body: bytes, meaning: Meaning, code: str) -> None:
    judged = APP.judge(status, body)
    assert (judged.meaning, judged.code, judged.card) == (meaning, code, "")


def test_a_success_says_how_the_card_is_called() -> None:
    judged = APP.judge(200, answer(ok=True, channel="C0LEAKS", ts="1503435956.000247"))
    assert (judged.meaning, judged.card) == (Meaning.DELIVERED, "C0LEAKS/1503435956.000247")


def test_the_second_token_stands_behind_the_first(tmp_path: Path) -> None:
    rows = ['channel = "C0LEAKS"', 'token_env = "HOOK_SECRET"', 'app_token_env = "FEED_AUTH"']
    text = VALID + "\n".join(["[[receivers]]", 'key = "chat"', 'format = "slack_app"', *rows, ""])
    (tmp_path / "config.toml").write_text(text)
    made = load_config(tmp_path / "config.toml", ENVIRON, kinds()).receivers[1]
    assert (made.url, made.secrets) == (
        "https://slack.com",
        (ENVIRON["HOOK_SECRET"].encode(), ENVIRON["FEED_AUTH"].encode()),
    )
    assert ENVIRON["FEED_AUTH"] not in repr(made)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (['channel = "C0LEAKS"'], "chat has no token"),
        (['channel = "#leaks"', 'token_env = "HOOK_SECRET"'], "channel is no id of a channel"),
        (['channel = "C0LEAKS"', 'token_env = "HOOK_SECRET"', 'url = "http://slack.example"'], "url is not encrypted"),
        (['channel = "C0LEAKS"', 'token_env = "TWO_LINES"'], "holds a value that is no header"),
        (['token_env = "HOOK_SECRET"'], "channel"),
        (
            [
                'channel = "C0LEAKS"',
                'token_env = "HOOK_SECRET"',
                'app_token_env = "FEED_AUTH"',
                'proxy = "socks5://proxy.example:1080"',
            ],
            "app_token connects by an http:// proxy or directly",
        ),
    ],
)
def test_what_is_wrong_in_its_table_is_named(tmp_path: Path, rows: list[str], problem: str) -> None:
    text = VALID + "\n".join(["[[receivers]]", 'key = "chat"', 'format = "slack_app"', *rows, ""])
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ConfigError, match=problem):
        load_config(tmp_path / "config.toml", ENVIRON, kinds())
