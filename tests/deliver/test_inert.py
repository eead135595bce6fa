import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from monitor.deliver.inert import BREAK, inert, safe_url, split_address, unlinked

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKS = st.text("<>*_`~[]()|\\!#&;-+=:/.@1a 中\u200b{}$\"'", max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2字头起，下周四见😏", "2字头起，下周四见😏"),
        ("$2,999 / 3.5 mm, 23:40 (A-2417)", "$2,999 / 3.5 mm, 23:40 (A-2417)"),
        ("#云雀9# 好看", BREAK + "#云雀9# 好看"),
        ("- 一", BREAK + "- 一"),
        ("1. 一", BREAK + "1. 一"),
        ("2字头", "2字头"),
        ("<b>", "＜b＞"),
        ("&lt;", "＆lt;"),
        ("AT&T", "AT&T"),
        ("@林晓舟", f"@{BREAK}林晓舟"),
        ("a @ b", "a @ b"),
        ("https://x.example/y", f"https:{BREAK}//x.{BREAK}example/y"),
        ("3.5", "3.5"),
    ],
)
def test_text_is_shown_as_it_reads(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(MARKS)
def test_no_text_is_markup(text: str) -> None:
    tokens = MARKDOWN.parse(f"### title\n\n{inert(text)}  \n{inert(text)}")[3:]
    inner = [token for each in tokens for token in each.children or ()]
    plain = {"paragraph_open", "inline", "paragraph_close", "text", "hardbreak", "softbreak"}
    assert [token.type for token in [*tokens, *inner] if token.type not in plain] == []


@given(MARKS)
def test_no_text_mentions_or_leads_anywhere(text: str) -> None:
    for shown in (inert(text), unlinked(text)):
        assert re.search(r"<@|@[^\s\u200b]|://|\w\.[a-z]", shown) is None


def test_only_an_address_of_ours_is_split_off() -> None:
    ours = frozenset({"https://x.example/1"})
    assert split_address("words https://x.example/1", ours) == ("words", "https://x.example/1")
    assert split_address("words https://x.example/2", ours) == ("words https://x.example/2", "")
    assert split_address("https://x.example/1 words", ours) == ("https://x.example/1 words", "")


def test_an_address_ends_nothing_and_begins_nothing() -> None:
    assert safe_url('https://x.example/<@all>"` y云') == "https://x.example/%3C@all%3E%22%60%20y云"
    assert safe_url("https://[2001:db8::1]:8443/a?b=c&d=%20#e") == "https://[2001:db8::1]:8443/a?b=c&d=%20#e"
