"""Disguised names are found, and the finding says how they were disguised."""

import pytest

from tests.match.books import fates, findings, names_in

NINE, THIRTEEN = "yunque-9", "yunque-13"


@pytest.mark.parametrize(
    ("text", "found", "subject", "how"),
    [
        pytest.param("云雀 9 真香", "云雀 9", NINE, "plain", id="a blank between scripts is usual"),
        pytest.param("云雀９的样机", "云雀９", NINE, "styled", id="full-width"),
        pytest.param("ＹＵＮＱＵＥ９", "ＹＵＮＱＵＥ９", NINE, "styled", id="full-width letters"),
        pytest.param("云雀⑨预热", "云雀⑨", NINE, "styled", id="circled"),
        pytest.param("云雀⑬预热", "云雀⑬", THIRTEEN, "styled", id="circled, two digits"),
        pytest.param("𝐘𝐮𝐧𝐪𝐮𝐞𝟗 要涨", "𝐘𝐮𝐧𝐪𝐮𝐞𝟗", NINE, "styled", id="mathematical"),
        pytest.param("云雀1️⃣3️⃣ 见", "云雀1️⃣3️⃣", THIRTEEN, "styled", id="keycaps"),
        pytest.param("云雀9️⃣ 见", "云雀9️⃣", NINE, "plain", id="the last keycap belongs to the span"),
        pytest.param("云 雀 9 稳", "云 雀 9", NINE, "spaced", id="blanks"),
        pytest.param("云 雀 1 3 稳", "云 雀 1 3", THIRTEEN, "spaced", id="blanks between digits"),
        pytest.param("云.雀.9懂的来", "云.雀.9", NINE, "spaced", id="dots"),
        pytest.param("云-雀-9", "云-雀-9", NINE, "spaced", id="hyphens"),
        pytest.param("云·雀·9", "云·雀·9", NINE, "spaced", id="middle dots"),
        pytest.param("云_雀_9", "云_雀_9", NINE, "spaced", id="underscores"),
        pytest.param("云🐦雀9下周见", "云🐦雀9", NINE, "spaced", id="emoji"),
        pytest.param("云👨‍👩‍👧雀9", "云👨‍👩‍👧雀9", NINE, "mixed", id="emoji made of several"),
        pytest.param("Sky-Tag ships", "Sky-Tag", "sky-tag", "spaced", id="hyphen in English"),
        pytest.param("Sky Tag ships", "Sky Tag", "sky-tag", "spaced", id="blank in English"),
        pytest.param("S k y T a g", "S k y T a g", "sky-tag", "spaced", id="spaced out"),
        pytest.param("Sky\u200bTag packaging", "Sky\u200bTag", "sky-tag", "hidden", id="zero-width"),
        pytest.param("云\u200b雀9", "云\u200b雀9", NINE, "hidden", id="zero-width in Chinese"),
        pytest.param("云\u2060雀\u00ad9", "云\u2060雀\u00ad9", NINE, "hidden", id="joiner and soft hyphen"),
        pytest.param("雲雀9售價", "雲雀9", NINE, "traditional", id="traditional"),
        pytest.param("云雀九的屏幕", "云雀九", NINE, "numerals", id="one numeral"),
        pytest.param("云雀十三的屏幕", "云雀十三", THIRTEEN, "numerals", id="numerals"),
        pytest.param("云雀一三的屏幕", "云雀一三", THIRTEEN, "numerals", id="digit by digit"),
        pytest.param("云雀XIII上手", "云雀XIII", THIRTEEN, "numerals", id="roman"),
        pytest.param("云雀ⅩⅢ上手", "云雀ⅩⅢ", THIRTEEN, "mixed", id="roman characters"),
        pytest.param("Yunque IX leaks", "Yunque IX", NINE, "numerals", id="roman in English"),
        pytest.param("九代云雀", "九代云雀", NINE, "numerals", id="numeral in front"),
        pytest.param("Yunquе 9", "Yunquе 9", NINE, "lookalikes", id="Cyrillic e"),
        pytest.param("SkyΤag", "SkyΤag", "sky-tag", "lookalikes", id="Greek T"),
        pytest.param("雲 雀 ９", "雲 雀 ９", NINE, "mixed", id="several at once"),
        pytest.param("yúnque 9", "yúnque 9", NINE, "styled", id="accents"),
        pytest.param("云鹊9 手感不错", "云鹊9", NINE, "sound", id="another character of the same sound"),
        pytest.param("芸雀13 到手", "芸雀13", THIRTEEN, "sound", id="the first character by its sound"),
        pytest.param("云却挂件 真小", "云却挂件", "sky-tag", "sound", id="four characters and no number"),
        pytest.param(
            "yunqueguajian 真小，云雀加油", "yunqueguajian", "sky-tag", "pinyin", id="pinyin beside the brand"
        ),
        pytest.param("yunqueK60 上手", "yunqueK60", "yunque-k60", "pinyin", id="pinyin with a number"),
        pytest.param("yun que K60 上手", "yun que K60", "yunque-k60", "mixed", id="pinyin, spaced out"),
        pytest.param("云queK60 上手", "云queK60", "yunque-k60", "pinyin", id="one character in pinyin"),
        pytest.param("yqk60 定价我知道了", "yqk60", "yunque-k60", "initials", id="initials beside a launch word"),
        pytest.param("5kyTag ships", "5kyTag", "sky-tag", "leet", id="a digit for the first letter"),
        pytest.param("SkyT4g ships", "SkyT4g", "sky-tag", "leet", id="a digit for a letter"),
        pytest.param("ＳｋｙＴ４ｇ ships", "ＳｋｙＴ４ｇ", "sky-tag", "mixed", id="digits for letters, full-width"),
        pytest.param(
            "SkyT\u200b4\u200bg ships", "SkyT\u200b4\u200bg", "sky-tag", "mixed", id="digits for letters, zero-width"
        ),
        pytest.param("L4rk0S 14.5 is here", "L4rk0S 14.5", "lark-os", "leet", id="two digits for letters"),
    ],
)
def test_a_disguise_is_seen_through_and_named(text: str, found: str, subject: str, how: str) -> None:
    assert names_in(text) == [(found, subject)]
    reason = findings(text)[0].reason
    if how == "plain":
        assert (reason.code, dict(reason.args)) == ("unreleased_name", {})
    else:
        assert reason.code in ("unreleased_name_spelled", "weak_name_in_context")
        assert reason.args["how"] == f"spelling_{how}"


@pytest.mark.parametrize(
    ("text", "subject", "fate"),
    [
        pytest.param("云雀九折起", NINE, "unit_follows", id="a word that begins with the numeral"),
        pytest.param("云雀九月南飞", NINE, "unit_follows", id="a month"),
        pytest.param("云雀九千只", NINE, "unit_follows", id="a longer number"),
        pytest.param("云雀九十只", NINE, "number_goes_on", id="tens"),
        pytest.param("云雀十三万元", THIRTEEN, "unit_follows", id="ten thousands"),
        pytest.param("云雀⑬", NINE, "", id="half a circled number"),
        pytest.param("云雀⑨⑨", NINE, "number_goes_on", id="two circled numbers"),
        pytest.param("云雀XIIII", THIRTEEN, "word_after", id="longer roman"),
        pytest.param("云雀🐦🐦🐦🐦9", NINE, "gap_too_wide", id="four emoji"),
        pytest.param("云雀1 3个蛋", THIRTEEN, "digits_apart", id="digits of two numbers"),
        pytest.param("云雀1-3名", THIRTEEN, "separator_differs", id="a range"),
        pytest.param("云雀1.3倍", THIRTEEN, "separator_differs", id="a decimal"),
    ],
)
def test_what_is_no_disguise(text: str, subject: str, fate: str) -> None:
    assert subject not in {found for _, found in names_in(text)}
    assert not fate or (subject, fate) in fates(text)


def test_a_word_wholly_of_another_alphabet_is_a_word_of_that_language() -> None:
    russian = "ѕкутад 9"
    assert names_in(russian) == []
    assert names_in("Yunque и ѕку Таg") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("云雀酒 真香", id="the sound of a numeral is no numeral"),
        pytest.param("韵雀 飞走了", id="a name of two characters is not written by sound"),
        pytest.param("yqk60 是什么", id="initials without context"),
        pytest.param("myunqueK60", id="pinyin inside a longer word"),
        pytest.param("Sky7ag1e", id="a longer word with digits"),
        pytest.param("云缺七九", id="other numerals"),
    ],
)
def test_what_only_sounds_or_looks_like_a_name(text: str) -> None:
    assert names_in(text) == []


def test_letters_and_digits_that_look_alike_in_ascii_stay_apart() -> None:
    assert names_in("Yunque g") == names_in("SkyTaq") == names_in("Yunque l3") == []
