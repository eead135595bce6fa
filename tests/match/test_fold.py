"""Every way to write a character has one plain form, and every plain character knows where it came from."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import simplified
from monitor.match.fold import fold, is_gap, key_of, plain
from tools import make_simplified

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
TRICKY = st.text("云雀雲9９⑨❾Ⅸ🄰🅰éßſİKﬁ½²а\u200b\ufe0f\u20e3\u0301\ud83d\udc26\x00\n .-", max_size=30)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("YUNQUE", "yunque", id="case"),
        pytest.param("云雀１３", "云雀13", id="full-width digits"),
        pytest.param("ＹｕｎＱｕｅ", "yunque", id="full-width letters"),
        pytest.param("雲雀", "云雀", id="traditional"),
        pytest.param("⑬", "13", id="circled"),
        pytest.param("❾", "9", id="circled, white on black"),
        pytest.param("⒔", "13", id="number with a full stop"),
        pytest.param("Ⅸ", "ix", id="roman numeral character"),
        pytest.param("𝐘𝕢𝓝𝟗", "yqn9", id="mathematical"),
        pytest.param("9️⃣", "9", id="keycap"),
        pytest.param("٩", "9", id="digits of another script"),
        pytest.param("Yu\u200bn\u2060que", "yunque", id="zero-width"),
        pytest.param("云\ufeff雀", "云雀", id="byte order mark"),
        pytest.param("Yun\u00adque", "yunque", id="soft hyphen"),
        pytest.param("yúnquè", "yunque", id="accents"),
        pytest.param("yu\u0301nque", "yunque", id="combining accents"),
        pytest.param("ʏᴜɴ", "yun", id="small capitals"),
        pytest.param("🅰🅱", "ab", id="letters in squares"),
        pytest.param("a\u3000b\u00a0c\td", "a b c d", id="blanks of every kind"),
        pytest.param("a\u2028b\rc", "a\nb\nc", id="line breaks of every kind"),
        pytest.param("〇", "零", id="the round nought"),
        pytest.param("\ud83d", "\ufffd", id="half a surrogate pair"),
        pytest.param("a\x00b", "ab", id="control characters"),
        pytest.param("한글", "한글", id="Hangul stays whole"),
        pytest.param("0o1lI", "0o1li", id="ASCII look-alikes stay apart"),
        pytest.param("Маtе", "маtе", id="other alphabets stay in the text"),
    ],
)
def test_one_plain_form(written: str, folded: str) -> None:
    assert fold(written).text == folded


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("云 雀 - 9", "云雀9"),
        ("Yunque·9", "yunque9"),
        ("云🐦雀👨‍👩‍👧9", "云雀9"),
        ("Маtе50", "mate50"),
        ("Κ50", "k50"),
        ("云雀。9", "云雀。9"),
        ("云雀\n9", "云雀\n9"),
        ("云雀,9", "云雀,9"),
        ("9 Pro+", "9pro+"),
    ],
)
def test_the_key_has_neither_gaps_nor_look_alikes(written: str, key: str) -> None:
    assert key_of(written) == key


@given(ANY_TEXT | TRICKY)
def test_folding_goes_character_by_character(text: str) -> None:
    folded = fold(text)
    assert folded.text == "".join(fold(char).text for char in text)
    assert len(folded.origins) == len(folded.text)
    assert all(plain(text[origin]) for origin in folded.origins)
    assert list(folded.origins) == sorted(folded.origins)


@given(ANY_TEXT | TRICKY)
def test_folding_again_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert key_of(plain(text)) == key_of(text)


@given(ANY_TEXT | TRICKY, st.data())
def test_a_span_leads_back_to_characters_that_fold_to_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.span(start, end)
    assert folded.text[start:end] in plain(text[first:last])
    if not folded.splits(start) and not folded.splits(end):
        assert plain(text[first:last]) == folded.text[start:end]


@given(ANY_TEXT | TRICKY)
def test_the_key_is_the_squeezed_text(text: str) -> None:
    folded = fold(text)
    squeezed = "".join(folded.text[at] for at in folded.squeezed)
    assert len(key_of(text)) == len(squeezed)
    assert not any(map(is_gap, squeezed))


def test_every_character_of_unicode_folds_to_something_final() -> None:
    unsettled = [hex(code) for code in range(0x32000) if plain(plain(chr(code))) != plain(chr(code))]
    assert unsettled == []
    assert plain(chr(sys.maxunicode)) == chr(sys.maxunicode)


def test_a_span_takes_in_the_marks_that_follow() -> None:
    text = "云雀9️⃣。"
    folded = fold(text)
    assert text[slice(*folded.span(0, 3))] == "云雀9️⃣"


def test_half_of_a_circled_number_is_noticed() -> None:
    folded = fold("云雀⑬!")
    assert [at for at in range(len(folded.text) + 1) if folded.splits(at)] == [3]


def test_the_table_of_simplified_characters_is_what_the_tool_writes() -> None:
    table = dict(zip(simplified.TRADITIONAL, simplified.SIMPLIFIED, strict=True))
    assert table == make_simplified.pairs()
    assert make_simplified.TARGET.read_text(encoding="utf-8") == make_simplified.source(table)
