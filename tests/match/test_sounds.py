"""Names by sound, in pinyin, by initials and with digits for letters, and the ordinary words that only sound alike."""

import pytest

from monitor.match import Matcher
from monitor.match.fold import key_of
from monitor.match.sounding import in_initials, in_pinyin, in_sound, same_sound, sound_key
from monitor.match.sounds import CHARACTERS
from monitor.model.rulebook import Severity
from tests.match.books import MATCHER, fates, findings, make_book, names_in, product

NINE = "yunque-9"
LIANHE = product("lianhe-3", "联合3", "Lianhe 3", brand=("联合",))
TIDE = product("chaoxi-u7", "潮汐SU7", "SU7", brand=("潮汐",))
MISTLE = product("mistle-14", "Mistle 14", brand=("Mistle",))
FENDO = (product("fendo-5", "Fendo 5"), product("fendo-4", "Fendo 4"), product("fendo-1", "Fendo 1"))
THREE = product("jingzhe", "惊蛰鸟计划", brand=("云雀",))
OTHERS = Matcher(make_book((LIANHE, TIDE, MISTLE, THREE, *FENDO), series=()))


def spellings(text: str, matcher: Matcher) -> list[tuple[str, str]]:
    """What is found, and how it is spelled."""
    found = findings(text, matcher=matcher)
    how = (f.reason.args.get("how", "spelling_plain").removeprefix("spelling_") for f in found)
    return [(text[f.start : f.end], spelling) for f, spelling in zip(found, how, strict=True)]


@pytest.mark.parametrize(
    ("text", "found", "how"),
    [
        pytest.param("运雀9的屏幕真好", "运雀9", "sound", id="one character by sound"),
        pytest.param("芸鹊9的镜头", "芸鹊9", "sound", id="every character by sound"),
        pytest.param("芸鹊 9 真香", "芸鹊 9", "sound", id="a blank before the number"),
        pytest.param("芸 鹊 9", "芸 鹊 9", "mixed", id="spaced out as well"),
        pytest.param("运雀9 Pro 真香", "运雀9 Pro", "sound", id="a variant word"),
        pytest.param("云que9 手感", "云que9", "pinyin", id="half in pinyin"),
        pytest.param("yun que 9 zhen xiang", "yun que 9", "spaced", id="a listed name that is pinyin, with a blank"),
    ],
)
def test_a_name_by_its_sound_is_found_and_named(text: str, found: str, how: str) -> None:
    assert names_in(text) == [(found, NINE)]
    assert spellings(text, MATCHER) == [(found, how)]


@pytest.mark.parametrize(
    ("text", "found", "how"),
    [
        pytest.param("潮汐苏7 今天交付", "苏7", "sound", id="a Latin word put into a character"),
        pytest.param("苏7今天发布", "苏7", "sound", id="the same beside a launch word"),
        pytest.param("潮汐的苏7我开了", "苏7", "sound", id="the same beside the brand"),
        pytest.param("LH3 明天发布", "LH3", "initials", id="initials beside a launch word"),
        pytest.param("惊蛰鸟计划启动", "惊蛰鸟计划", "plain", id="a name without number"),
        pytest.param("精哲鸟计划启动", "精哲鸟计划", "sound", id="three characters are enough without number"),
        pytest.param("M1stle 14 在手里", "M1stle 14", "leet", id="1 for i"),
        pytest.param("Mist1e 14", "Mist1e 14", "leet", id="1 for l"),
        pytest.param("M1$tle14 box", "M1$tle14", "leet", id="a sign for s"),
    ],
)
def test_other_names_by_sound_and_shape_are_found(text: str, found: str, how: str) -> None:
    assert spellings(text, OTHERS) == [(found, how)]


@pytest.mark.parametrize("text", ["LH3 明天发布", "苏7今天发布"])
def test_what_needs_context_is_medium_at_most(text: str) -> None:
    assert [f.severity for f in findings(text, matcher=OTHERS)] == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        pytest.param("联和三口都来了", "sounds_alike_only", id="sound and a numeral"),
        pytest.param("联和3口都来了", "unit_follows", id="it may count mouths"),
        pytest.param("联和3年中国行", "unit_follows", id="it may count years"),
        pytest.param("联和3-5年再看", "unit_follows", id="a range"),
        pytest.param("联和3例都好了", "unit_follows", id="it may count cases"),
        pytest.param("LH3 怎么样", "no_context", id="initials alone"),
        pytest.param("苏7怎么样", "no_context", id="a character alone"),
        pytest.param("Mistle l4", "", id="a letter for a digit"),
        pytest.param("Mistle I4", "", id="a capital I for a digit"),
        pytest.param("Mlstle 14", "", id="another letter is no digit"),
    ],
)
def test_what_only_sounds_or_looks_alike_is_refused(text: str, fate: str) -> None:
    assert findings(text, matcher=OTHERS) == ()
    assert not fate or fate in {code for _, code in fates(text, matcher=OTHERS)}


@pytest.mark.parametrize("text", ["two fendos", "fendo a way", "Fendol", "Fendo I think", "Fendo s", "Fendo it"])
def test_a_letter_stands_for_no_digit(text: str) -> None:
    assert findings(text, matcher=OTHERS) == ()


@pytest.mark.parametrize("text", ["请辞", "清瓷真好看", "轻辞", "飞天鸡花"])
def test_code_names_are_not_taken_by_their_sound(text: str) -> None:
    assert names_in(f"云雀 {text}") == []


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("云雀9", "yunque9", "yq9"),
        ("云雀 9 pro", "yunque 9 pro", "yq 9 pro"),
        ("云9", "", ""),
        ("yunque 9", "", ""),
        ("开码5", "kaima5", ""),
    ],
)
def test_a_name_is_written_out_in_pinyin_and_initials(name: str, pinyin: str, initials: str) -> None:
    assert (in_pinyin(name), in_initials(name)) == (pinyin, initials)


def test_a_latin_syllable_is_put_into_a_character_before_a_number_only() -> None:
    assert sound_key(in_sound("su7")) == sound_key("苏7")
    assert in_sound("su") == in_sound("k60") == in_sound("tag 3") == ""


def test_the_key_by_sound_is_as_long_as_the_squeezed_text() -> None:
    for text in ("云 雀·9", "⑬雲雀", "Yunque 9 😀", "𠮷云雀"):
        assert len(sound_key(text)) == len(key_of(text))


def test_every_character_has_one_sound() -> None:
    characters = "".join(CHARACTERS.values())
    assert len(characters) == len(set(characters)) > 15_000
    assert same_sound("雀", "鹊")
    assert not same_sound("雀", "雀")
    assert not same_sound("雀", "云")
    assert not same_sound("a", "b")
