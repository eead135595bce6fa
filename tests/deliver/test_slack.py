import json
from typing import Any

import pytest
from slack_sdk.models.blocks import Block, HeaderBlock

from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.slack import WORDS, Slack
from monitor.model.messages import Disclosure
from tests.deliver.office import EVERY, HOSTILE, MESSAGES, OF_POSTS, POSTS, said, to
from tests.deliver.samples import SEEN_AT

SLACK = Slack()


def payload(name: str, show: Disclosure = Disclosure.POST, language: str = "zh") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SLACK.render(MESSAGES[name], to("slack", show, language)).body)
    return document


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_every_message_is_one_that_slack_takes(name: str, show: Disclosure, language: str) -> None:
    document = payload(name, show, language)
    assert set(document) == {"text", "mrkdwn", "unfurl_links", "unfurl_media", "blocks"}
    assert len(document["blocks"]) <= 50
    assert 0 < len(document["text"]) <= 3000
    for block in document["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        assert {**parsed.to_dict()} == block


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_all_that_is_said_is_plain_text_of_the_length_that_slack_takes(
    name: str, show: Disclosure, language: str
) -> None:
    document = payload(name, show, language)
    texts = [block["text"] for block in document["blocks"] if "text" in block]
    elements = [element for block in document["blocks"] for element in block.get("elements", ())]
    texts += [element.get("text") if element["type"] == "button" else element for element in elements]
    assert {(text["type"], text["emoji"]) for text in texts} == {("plain_text", False)}
    assert all(0 < len(text["text"].encode("utf-16-le")) // 2 <= 3000 for text in texts)
    assert len(document["blocks"][0]["text"]["text"].encode("utf-16-le")) // 2 <= HeaderBlock.text_max_length


def test_the_line_of_the_lock_screen_is_escaped() -> None:
    message = said("x", product_label="<!channel> & <@U1>" * 60)
    text = json.loads(SLACK.render(message, to("slack")).body)["text"]
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in text
    assert "<" not in text
    assert len(text) <= 3000


@pytest.mark.parametrize("no", range(len(HOSTILE)))
def test_a_post_is_shown_as_it_was_written_and_does_nothing(no: int) -> None:
    document = payload(f"hostile.{no}")
    assert HOSTILE[no] in "\n".join(block["text"]["text"] for block in document["blocks"] if "text" in block)
    assert [word for word in OF_POSTS if word in document["text"]] == []
    urls = [e["url"] for block in document["blocks"] for e in block.get("elements", ()) if e["type"] == "button"]
    assert [url.split("/")[2] for url in urls] == ["monitor.yunque.example"] * 2 + ["weibo.example"]


@pytest.mark.parametrize("name", POSTS)
def test_minimal_holds_nothing_of_the_post(name: str) -> None:
    raw = json.dumps(payload(name, Disclosure.MINIMAL), ensure_ascii=False)
    assert [word for word in OF_POSTS if word in raw] == []


@pytest.mark.parametrize(
    ("status", "body", "meaning", "code"),
    [
        (200, "ok", "delivered", "delivered"),
        (200, "", "back_off", "http"),
        (200, "<html>sign in</html>", "back_off", "http"),
        (200, "no_service", "back_off", "denied"),
        (302, "", "back_off", "redirect"),
        (400, "invalid_payload", "refused", "refused"),
        (400, "invalid_blocks", "refused", "refused"),
        (400, "no_text", "refused", "refused"),
        (400, "user_not_found", "back_off", "denied"),
        (403, "action_prohibited", "back_off", "denied"),
        (403, "invalid_token", "back_off", "denied"),
        (403, "posting_to_general_channel_denied", "back_off", "denied"),
        (403, "team_disabled", "back_off", "denied"),
        (404, "channel_not_found", "back_off", "denied"),
        (404, "no_service", "back_off", "denied"),
        (404, "no_active_hooks", "back_off", "denied"),
        (404, "no_team", "back_off", "denied"),
        (410, "channel_is_archived", "park", "gone"),
        (404, "channel_is_archived", "park", "gone"),
        (429, "rate_limited", "back_off", "throttled"),
        (500, "rollup_error", "back_off", "server"),
        (503, "channel_is_archived", "back_off", "throttled"),
        (400, "something new", "refused", "refused"),
    ],
)
def test_the_word_of_an_answer_says_what_it_means(status: int, body: str, meaning: str, code: str) -> None:
    assert SLACK.judge(status, body.encode()) == Judgement(Meaning(meaning), code)


def test_every_word_that_is_known_has_its_row() -> None:
    (marks,) = [mark for mark in pytestmarks() if "status" in mark.args[0]]
    assert set(WORDS) <= {body for _, body, *_ in marks.args[1]}


def pytestmarks() -> list[Any]:
    marks: list[Any] = test_the_word_of_an_answer_says_what_it_means.pytestmark  # type: ignore[attr-defined]
    return marks


def test_the_address_is_all_that_an_attempt_adds() -> None:
    request = SLACK.render(MESSAGES["short"], to("slack"))
    sealed = SLACK.seal(to("slack"), "msg_1", request, SEEN_AT)
    assert (sealed.url, sealed.body) == (to("slack").url, request.body)
    assert "hush" not in repr(sealed)
