"""Every format, every message, both languages, all disclosures: what is sent, and what it does on a screen."""

import json
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from monitor.deliver import FORMATS
from monitor.model.messages import Disclosure, Request
from tests.deliver.golden import FOLDER, LANGUAGES, QUESTION, TEXTS, files, rendered
from tests.deliver.readers import DATA, READERS, Shown

OURS = {
    "https://console.yunque.example/a/2417/take?key=k7",
    "https://console.yunque.example/a/2417",
    "https://weibo.example/lin/1",
    "https://evil.example/%3C@all%3E/**x**)[y](https://evil.example/?a=%60b%60&c=",  # the post itself, so named
}
WALK = [(name, language, show) for name in READERS for language in LANGUAGES for show in Disclosure]


def shown(name: str, language: str, show: Disclosure) -> Iterator[tuple[str, Shown]]:
    for title, request in rendered(name, language, show):
        yield title, READERS[name](request)


def all_of(name: str, language: str, show: Disclosure) -> Iterator[tuple[str, str]]:
    """The whole body and, where that is encoded, what is read in it."""
    for title, request in rendered(name, language, show):
        text = "" if name in DATA else READERS[name](request).text
        yield title, unquote(request.body.decode()) + text


def test_every_format_is_read_here() -> None:
    assert set(READERS) | DATA == set(FORMATS)


def test_what_is_sent_is_what_stands_in_the_files() -> None:
    """After a change that is meant: `python -m tests.deliver.golden`, and look at the difference."""
    wanted = dict(files())
    assert {path for path in FOLDER.rglob("*") if path.is_file()} == set(wanted)
    assert [path.name for path, text in wanted.items() if path.read_text(encoding="utf-8") != text] == []


@pytest.mark.parametrize(("name", "language", "show"), WALK)
def test_no_size_of_a_tool_is_passed(name: str, language: str, show: Disclosure) -> None:
    assert [(title, each.size) for title, each in shown(name, language, show) if each.size > each.limit] == []


@pytest.mark.parametrize(("name", "language", "show"), WALK)
def test_a_post_calls_nobody_leads_nowhere_and_draws_nothing(name: str, language: str, show: Disclosure) -> None:
    for title, each in shown(name, language, show):
        assert (each.mentions, each.markup, set(each.links) - OURS) == ((), (), set()), title


@pytest.mark.parametrize(("name", "language", "show"), WALK)
def test_the_number_the_title_and_every_link_are_there(name: str, language: str, show: Disclosure) -> None:
    for title, each in shown(name, language, show):
        kind = title.split()[0]
        assert each.title
        assert (kind in ("digest", "event", "incident", "test")) or "A-2417" in each.text, title
        if kind == "opened" and title != "opened without links":
            by_page = (2 if show is Disclosure.MINIMAL else 3) - ("take" in each.acts)
            assert len(each.links) == by_page, title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_minimal_holds_nothing_of_the_post(name: str, language: str) -> None:
    posted = [TEXTS[text][language][:12] for text in TEXTS] + [QUESTION[language]]
    secrets = [*posted, "布丁十二", "weibo.example", "evil.example"]
    for title, text in all_of(name, language, Disclosure.MINIMAL):
        assert [each for each in secrets if each in text] == [], title


@pytest.mark.parametrize(("name", "language", "show"), WALK)
def test_a_body_is_whole_unicode_and_no_control_reorders_it(name: str, language: str, show: Disclosure) -> None:
    unwanted = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 7, 27)}
    for title, each in shown(name, language, show):
        assert unwanted & set(each.text) == set(), title
        assert "\ufffd" not in each.text, title


def test_the_reader_sees_what_would_work() -> None:
    """The proof of the proof: markup that is not made inert is found."""
    text = "### x\n\n**b** [l](dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fx.example&pc_slide=false) @all"
    body = json.dumps({"msgtype": "markdown", "markdown": {"title": "x", "text": text + " <b>"}}).encode()
    found = READERS["dingtalk"](Request(body, "application/json"))
    assert found.mentions == ("@all",)
    assert found.links == ("https://x.example",)
    assert set(found.markup) == {"strong_open", "strong_close", "html_inline"}
    said = READERS["wecom"](Request(b'{"text": {"content": "<@all> www.evil.example"}}', "application/json"))
    assert (said.mentions, said.links) == (("<@all>",), ("www.evil.example",))
