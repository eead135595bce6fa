"""Names in plain writing: where they begin and end, and what only looks like one."""

import pytest

from tests.match.books import NINE, fates, names_in, product

A_NINE = "yunque-9"
A_THIRTEEN = "yunque-13"


@pytest.mark.parametrize(
    ("text", "found", "subject"),
    [
        # Chinese
        pytest.param("明天发布云雀9吗", "云雀9", A_NINE, id="glued to Chinese on both sides"),
        pytest.param("云雀9", "云雀9", A_NINE, id="alone"),
        pytest.param("#云雀9# 水印真香", "云雀9", A_NINE, id="hashtag"),
        pytest.param("转发微博 //@路人甲:云雀9谍照", "云雀9", A_NINE, id="after a quoted handle"),
        pytest.param("看 https://t.cn/A6xyz云雀9发布", "云雀9", A_NINE, id="right after a link"),
        pytest.param("（云雀9）", "云雀9", A_NINE, id="in brackets"),
        pytest.param("Redmi对云雀9", "云雀9", A_NINE, id="Chinese before, Latin further on"),
        pytest.param("9代云雀来了", "9代云雀", A_NINE, id="alias that begins with a digit"),
        pytest.param("第9代云雀来了", "9代云雀", A_NINE, id="digit after Chinese"),
        pytest.param("云雀9系列", "云雀9", A_NINE, id="series"),
        pytest.param("云雀挂件2个装", "云雀挂件", "sky-tag", id="a count follows a name without number"),
        pytest.param("云雀挂件10万起", "云雀挂件", "sky-tag", id="a price follows a name without number"),
        pytest.param("云雀挂件2030年见", "云雀挂件", "sky-tag", id="a year follows a name without number"),
        # English
        pytest.param("The Yunque 9 is here.", "Yunque 9", A_NINE, id="sentence"),
        pytest.param("yunque9 rocks", "yunque9", A_NINE, id="lower case, without the blank"),
        pytest.param("(YUNQUE 9)", "YUNQUE 9", A_NINE, id="upper case"),
        pytest.param("four SkyTags in a box", "SkyTags", "sky-tag", id="plural"),
        pytest.param("SkyTag's battery", "SkyTag", "sky-tag", id="possessive"),
        pytest.param("Yunque 9, 10 and 11", "Yunque 9", A_NINE, id="a list"),
        pytest.param("It is the Yunque 9.", "Yunque 9", A_NINE, id="a full stop"),
        pytest.param("Yunque 9. 5 things to know", "Yunque 9", A_NINE, id="a new sentence with a number"),
        pytest.param("LarkOS 14.5 beta", "LarkOS 14.5", "lark-os", id="version"),
        pytest.param("LarkOS14.5", "LarkOS14.5", "lark-os", id="version without the blank"),
        # one sign before the number
        pytest.param("云雀（9）来了", "云雀（9）", A_NINE, id="number in brackets"),
        pytest.param("云雀「9」", "云雀「9」", A_NINE, id="number in corner brackets"),
        pytest.param("云雀【9 Pro】", "云雀【9 Pro】", A_NINE, id="number and variant in brackets"),
        pytest.param("new Yunque (9) photo", "Yunque (9)", A_NINE, id="brackets in English"),
        pytest.param("云(雀9)", "云(雀9)", A_NINE, id="brackets elsewhere"),
        pytest.param("云雀：9", "云雀：9", A_NINE, id="full-width colon"),
        pytest.param("云雀:9 Pro", "云雀:9 Pro", A_NINE, id="colon"),
        # variant words
        pytest.param("云雀9 Pro 真机", "云雀9 Pro", A_NINE, id="variant after a blank"),
        pytest.param("云雀9Pro真机", "云雀9Pro", A_NINE, id="variant glued"),
        pytest.param("云雀9 Pro Max", "云雀9 Pro Max", A_NINE, id="two variants"),
        pytest.param("云雀9ProMax", "云雀9ProMax", A_NINE, id="two variants glued"),
        pytest.param("云雀9 Pro+", "云雀9 Pro+", A_NINE, id="variant with a plus"),
        pytest.param("云雀9至尊版", "云雀9至尊版", A_NINE, id="Chinese variant"),
        pytest.param("云雀9星光版", "云雀9星光版", A_NINE, id="variant of its own"),
        pytest.param("Yunque 9 mini or not", "Yunque 9 mini", A_NINE, id="English variant"),
        pytest.param("Yunque 9 project", "Yunque 9", A_NINE, id="a word that begins like a variant"),
        # a date or a price begins where the name ends
        pytest.param("云雀1312月1日发布", "云雀13", A_THIRTEEN, id="month and day"),
        pytest.param("云雀13十二月一号发布", "云雀13", A_THIRTEEN, id="month in Chinese numerals"),
        pytest.param("云雀138天后发布", "云雀13", A_THIRTEEN, id="in so many days"),
        pytest.param("云雀13月底见", "云雀13", A_THIRTEEN, id="end of the month"),
        pytest.param("云雀13年底见", "云雀13", A_THIRTEEN, id="end of the year"),
        pytest.param("云雀132999元", "云雀13", A_THIRTEEN, id="price"),
        pytest.param("云雀9 3999元起", "云雀9", A_NINE, id="price after a blank"),
        pytest.param("云雀9.12月3日见", "云雀9", A_NINE, id="date after a dot"),
        pytest.param("SkyTag12月3日", "SkyTag", "sky-tag", id="date after a name without number"),
        pytest.param("云雀13点评", "云雀13", A_THIRTEEN, id="a word that begins like a unit of time"),
        pytest.param("云雀13天玑版", "云雀13", A_THIRTEEN, id="a word that begins like a unit of days"),
        pytest.param("云雀13个人体验", "云雀13", A_THIRTEEN, id="a word that begins like a counter"),
    ],
)
def test_a_name_is_found_where_it_stands(text: str, found: str, subject: str) -> None:
    assert names_in(text) == [(found, subject)]


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        # Chinese
        pytest.param("云雀90周年", "number_goes_on", id="longer number"),
        pytest.param("云雀9.5折", "number_goes_on", id="decimal"),
        pytest.param("云雀13,000元", "unit_follows", id="thousands"),
        pytest.param("云雀13亿元入股", "unit_follows", id="sum of money"),
        pytest.param("云雀13天发芽", "unit_follows", id="days"),
        pytest.param("云雀13点开会", "unit_follows", id="time of day"),
        pytest.param("云雀13:30开会", "unit_follows", id="time of day with a colon"),
        pytest.param("云雀13号员工离职", "unit_follows", id="number of a thing"),
        pytest.param("云雀13%股份", "unit_follows", id="percentage"),
        pytest.param("云雀13斤", "unit_follows", id="weight"),
        pytest.param("云雀13个蛋", "unit_follows", id="count"),
        pytest.param("云雀9月南飞", "unit_follows", id="month"),
        pytest.param("赔偿云雀131000元", "number_goes_on", id="sum that ends like no price"),
        pytest.param("云雀挂件2", "word_after", id="a number makes it another thing"),
        pytest.param("云雀9x", "word_after", id="letter after the number"),
        pytest.param("云雀9S2", "word_after", id="letter and number after the number"),
        pytest.param("19代云雀", "word_before", id="longer number before"),
        pytest.param("十九代云雀", "word_before", id="longer numeral before"),
        pytest.param("K9代云雀", "word_before", id="letter before a digit"),
        pytest.param("8.9代云雀", "number_goes_on", id="decimal before"),
        # English
        pytest.param("Yunque 90", "number_goes_on", id="longer number in English"),
        pytest.param("Yunque 9K", "word_after", id="letter after the number in English"),
        pytest.param("MyYunque 9", "word_before", id="inside a longer word"),
        pytest.param("SkyTagged", "word_after", id="longer word"),
        pytest.param("SkyTag2", "word_after", id="next generation"),
        pytest.param("bluSkyTag", "word_before", id="end of a longer word"),
        pytest.param("LarkOS 145", "separator_differs", id="another number with the same digits"),
        pytest.param("LarkOS 1.45", "separator_differs", id="the dot elsewhere"),
        pytest.param("LarkOS 14.51", "number_goes_on", id="longer version"),
        pytest.param("LarkOS 14.5.1", "number_goes_on", id="minor version"),
        # never across
        pytest.param("不是云雀 1 3月再说", "digits_apart", id="two numbers"),
        pytest.param("Yunque. 9 lives", "sentence_ends", id="two sentences"),
        pytest.param("云雀 ~~ ~9", "gap_too_wide", id="too far apart"),
        # signs
        pytest.param("云雀（9", "sign_between", id="bracket that is not closed"),
        pytest.param("云雀）9", "sign_between", id="closing bracket"),
        pytest.param("云雀（9」", "sign_between", id="brackets that do not match"),
        pytest.param("云雀（「9」）", "sign_between", id="two pairs"),
        pytest.param("云雀：（9）", "sign_between", id="colon and brackets"),
        pytest.param("云雀::9", "sign_between", id="two colons"),
        pytest.param("云雀：9大亮点", "sign_between", id="colon of a headline"),
        pytest.param("Yunque: 9 reasons to wait", "sign_between", id="colon of an English headline"),
        pytest.param("云:雀9", "sign_between", id="colon elsewhere"),
        pytest.param("云雀：9:30开会", "unit_follows", id="time of day after a colon"),
        pytest.param("云雀（9月）", "sign_between", id="month in brackets"),
        # links
        pytest.param("https://example.com/SkyTag", "inside_link", id="link"),
        pytest.param("http://t.cn/yunque9 看", "inside_link", id="short link"),
        pytest.param("yunque9.com 打不开", "inside_link", id="bare domain"),
        pytest.param("@云雀9 你好", "inside_link", id="Chinese handle"),
        pytest.param("thanks @SkyTag", "inside_link", id="handle"),
        pytest.param("skytag@example.com", "inside_link", id="e-mail address"),
        pytest.param("me@skytag.example", "inside_link", id="e-mail host"),
    ],
)
def test_what_only_looks_like_a_name_is_refused_with_the_check_that_failed(text: str, fate: str) -> None:
    assert names_in(text) == []
    assert fate in {code for _, code in fates(text)}


@pytest.mark.parametrize(
    "text",
    [
        "云雀。9点见",
        "云雀\n9",
        "云雀,9",
        "云雀！9",
        "云雀；9",
        "云雀？9",
        "飞来一只云雀",
        "the sky tagged along",
        "Hang the tag under the sky",
        "",
        "🐦",
    ],
)
def test_ordinary_texts_hold_nothing(text: str) -> None:
    assert names_in(text) == []


def test_longest_listed_name_wins() -> None:
    assert names_in("云雀13 Ultra 上手") == [("云雀13 Ultra", "yunque-13-ultra")]


def test_not_this_beats_its_own_product() -> None:
    assert names_in("云雀9 Air 不错") == []
    assert ("yunque-9", "not_this") in fates("云雀9 Air 不错")


def test_not_this_leaves_the_next_name_alone() -> None:
    assert names_in("云雀9 Air 和云雀9") == [("云雀9", "yunque-9")]


def test_a_longer_name_of_another_product_survives_not_this() -> None:
    assert fates("云雀13 Ultra") >= {("yunque-13", "not_this"), ("yunque-13-ultra", "chosen")}


def test_two_products_in_one_text() -> None:
    assert names_in("云雀9将与云雀13同期发布") == [("云雀9", "yunque-9"), ("云雀13", "yunque-13")]


def test_the_fictional_brand_is_no_name() -> None:
    assert product("x", "云雀X").brand == NINE.brand
    assert names_in("云雀真好听") == []
