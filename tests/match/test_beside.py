"""A number beside a brand may count, date or order something instead of naming a model."""

import pytest

from monitor.match import Matcher
from monitor.model.findings import Disposition
from tests.match.books import fates, findings, make_book, names_in, product

NINE, THIRTEEN = "yunque-9", "yunque-13"
COUNTED = Matcher(make_book([product(f"yunque-{n}", f"云雀{n}", f"Yunque {n}") for n in (6, 9, 13)], series=()))


@pytest.mark.parametrize(
    "text",
    [
        # measures, amounts and ordinals in English
        "Yunque 9 years on",
        "A 9-year story: Yunque 9-year anniversary",
        "Yunque 9 months later",
        "Yunque 9 weeks ago",
        "Yunque 9-week course",
        "Yunque 9 days left",
        "Yunque 9 hours of sleep",
        "Yunque 9 hrs",
        "Yunque 9 mins walk",
        "Yunque 9 seconds to go",
        "Yunque 9 million sold",
        "Yunque 13 billion in sales",
        "Yunque 9 thousand jobs",
        "Yunque 9-inch tablet",
        "Yunque 9 inches",
        "Yunque 9 people team",
        "Yunque 9 percent up",
        "Yunque 9 of 10 agree",
        "Yunque 9 of them left",
        "Yunque 9 times faster",
        "Yunque 9 dollars a share",
        "Yunque 13 mm thin",
        "Yunque 9th anniversary",
        "Yunque 13 MP camera",
        # times and dates in English
        "Yunque 9 pm",
        "Yunque 9pm stream",
        "Yunque 9am livestream",
        "Yunque 9 o'clock",
        "Yunque 9 September",
        "Yunque 9 Sept. 2031",
        "Yunque 9 Sep发布会",
        "Yunque 9-Dec event",
        "Yunque 9 May 2031",
        "Yunque 9/18 launch",
        "Yunque 9/18/2031 launch",
        "Yunque 13/5 opening",
        # the number as an English word
        "Yunque nine years on",
        "Yunque nine million sold",
        "Yunque nine people",
        # Chinese
        "云雀9折优惠",
        "我养了云雀9只",
        "我养了云雀9只,都会唱",
        "云雀9楼开会",
        "云雀9层办公室",
        "云雀9名员工",
        "云雀9位同事",
        "云雀9条建议",
        "云雀9次获奖",
        "云雀9岁了",
        "云雀9家门店",
        "云雀9周年",
        "云雀9人团队",
        "云雀13英寸平板",
        "云雀 9 月 18 日见",
        "云雀 9 周年",
        "云雀 9 折",
        "云雀九名员工",
        "云雀九只",
        "云雀9/18发布会",
        "云雀九号楼",
        "云雀九号员工",
        "云雀陆续到货",
        "云雀玖拾周年",
    ],
)
def test_a_number_that_counts_names_no_model(text: str) -> None:
    assert names_in(text, matcher=COUNTED) == []
    assert {"unit_follows", "number_goes_on"} & {code for _, code in fates(text, matcher=COUNTED)}


@pytest.mark.parametrize(
    ("text", "found", "subject"),
    [
        pytest.param("Yunque 9 is out", "Yunque 9", NINE, id="a sentence"),
        pytest.param("Yunque 9 launches", "Yunque 9", NINE, id="a launch"),
        pytest.param("Yunque 9 Pro", "Yunque 9 Pro", NINE, id="a variant"),
        pytest.param("Yunque 9 may come early", "Yunque 9", NINE, id="may is a word"),
        pytest.param("Yunque 9 will march on", "Yunque 9", NINE, id="march is a word"),
        pytest.param("Yunque 9 December 3 launch", "Yunque 9", NINE, id="a day after the month"),
        pytest.param("Yunque 9 day one", "Yunque 9", NINE, id="one day is no measure"),
        pytest.param("Yunque 9 second batch", "Yunque 9", NINE, id="second is a word"),
        pytest.param("Yunque 9 mini", "Yunque 9 mini", NINE, id="no minute"),
        pytest.param("First Yunque 9 units are off the line", "Yunque 9", NINE, id="nobody sells nine units"),
        pytest.param("Yunque 9 users asked", "Yunque 9", NINE, id="nobody has nine users"),
        pytest.param("Yunque 9 of the year", "Yunque 9", NINE, id="of something"),
        pytest.param("Yunque 9 of your dreams", "Yunque 9", NINE, id="of somebody"),
        pytest.param("Yunque 9/10", "Yunque 9", NINE, id="neighbours are models"),
        pytest.param("云雀9/13 Pro", "云雀9", NINE, id="a variant makes the second a model"),
        pytest.param("云雀9/8 对比", "云雀9", NINE, id="neighbours the other way round"),
        pytest.param("Yunque 9s are here", "Yunque 9s", NINE, id="plural of a number"),
        pytest.param("云雀9s的手感", "云雀9s", NINE, id="small s in Chinese"),
        pytest.param("云雀9月底见", "云雀9", NINE, id="a date begins"),
        pytest.param("云雀 9 月底见", "云雀 9", NINE, id="a date begins after a blank"),
        pytest.param("云雀9首发", "云雀9", NINE, id="a launch in Chinese"),
        pytest.param("云雀9折叠屏", "云雀9", NINE, id="a fold is no discount"),
        pytest.param("云雀9只要2999元", "云雀9", NINE, id="only"),
        pytest.param("云雀9名字定了", "云雀9", NINE, id="its name"),
        pytest.param("云雀9位于第一", "云雀9", NINE, id="its place"),
        pytest.param("云雀9次旗舰", "云雀9", NINE, id="second rank"),
        pytest.param("云雀9家族", "云雀9", NINE, id="its family"),
        pytest.param("云雀9人像模式", "云雀9", NINE, id="portrait"),
        pytest.param("云雀9台湾首发", "云雀9", NINE, id="a place that begins like a counter"),
        pytest.param("Yunque 9 届时见", "Yunque 9", NINE, id="a word that begins like a counter"),
        pytest.param("云雀九号", "云雀九", NINE, id="numbered like a ship"),
        pytest.param("云雀九号的真机", "云雀九", NINE, id="numbered like a ship, with a thing"),
        pytest.param("云雀玖", "云雀玖", NINE, id="formal numeral"),
        pytest.param("云雀拾叁来了", "云雀拾叁", THIRTEEN, id="formal numerals"),
        pytest.param("Yunque nine", "Yunque nine", NINE, id="English word"),
        pytest.param("YUNQUE NINE PRO", "YUNQUE NINE PRO", NINE, id="English word with a variant"),
        pytest.param("Yunque thirteen soon", "Yunque thirteen", THIRTEEN, id="longer English word"),
    ],
)
def test_a_number_that_names_stays_a_name(text: str, found: str, subject: str) -> None:
    assert names_in(text) == [(found, subject)]


def test_a_number_in_an_english_word_may_count_and_is_medium_at_most() -> None:
    (finding,) = findings("At Yunque nine engineers left")
    assert (finding.severity.value, finding.disposition) == ("medium", Disposition.ALERT)


@pytest.mark.parametrize("text", ["Yunque ninety", "the Yunque one", "Yunque tent", "K nine", "nine lives"])
def test_words_that_only_look_like_a_number_are_words(text: str) -> None:
    matcher = Matcher(make_book([product(f"y-{n}", f"Yunque {n}", f"K{n}") for n in (1, 9, 10)], series=()))
    assert names_in(text, matcher=matcher) == []
