import time

import pytest

from monitor.match.fold import plain
from monitor.match.quantities import prices_en, prices_zh
from monitor.match.quantities.prices import ROWS, find_prices
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Row, read_rows
from monitor.model.rulebook import Kind

EXAMPLES = [(row, text, value) for row in ROWS for text, value in row.examples]


@pytest.mark.parametrize(("row", "text", "value"), EXAMPLES, ids=lambda part: getattr(part, "name", None))
def test_every_row_reads_its_own_examples(row: Row, text: str, value: str) -> None:
    assert plain(text) == text or "$" in text
    assert value in [reading.value for reading in read_rows([row], Kind.PRICE, plain(text))]


def test_every_row_has_examples_and_a_name_of_its_own() -> None:
    assert all(row.examples for row in ROWS)
    for rows in (prices_zh.ROWS, prices_en.ROWS):
        assert len({row.name for row in rows}) == len(rows)


def heaviest(text: str) -> list[Reading]:
    """The readings that the chooser would leave, were there no others."""
    left: list[Reading] = []
    for reading in sorted(find_prices(plain(text)), key=lambda r: (r.start - r.end, r.bare, r.start)):
        if all(reading.end <= other.start or other.end <= reading.start for other in left):
            left.append(reading)
    return sorted(left, key=lambda reading: reading.start)


def told(text: str) -> list[str]:
    """The values of the prices of which the text itself says that they are some."""
    return [reading.value for reading in heaviest(text) if not reading.bare]


TOLD = [
    # with a currency
    ("4499元", "4499 CNY"),
    ("４４９９元", "4499 CNY"),
    ("4499 元", "4499 CNY"),
    ("4499块", "4499 CNY"),
    ("4499块钱", "4499 CNY"),
    ("4499塊", "4499 CNY"),
    ("¥4499", "4499 CNY"),
    ("￥4499", "4499 CNY"),
    ("¥ 4,499", "4499 CNY"),
    ("4499rmb", "4499 CNY"),
    ("4499 RMB", "4499 CNY"),
    ("rmb 4499", "4499 CNY"),
    ("4499人民币", "4499 CNY"),
    ("4499软妹币", "4499 CNY"),
    ("4499大洋", "4499 CNY"),
    ("4499r", "4499 CNY"),
    ("4,499元", "4499 CNY"),
    ("4，499元", "4499 CNY"),
    ("4499.00元", "4499 CNY"),
    ("4 4 9 9 元", "4499 CNY"),
    ("四千四百九十九元", "4499 CNY"),
    ("四千四百九十九块钱", "4499 CNY"),
    ("四四九九元", "4499 CNY"),
    ("肆仟元", "4000 CNY"),
    ("4千9百元", "4900 CNY"),
    ("4.5k元", "4500 CNY"),
    ("1.2万元", "12000 CNY"),
    ("29.98万元", "299800 CNY"),
    ("十二万元", "120000 CNY"),
    ("两千五百块", "2500 CNY"),
    ("三块五", "3.5 CNY"),
    ("一块五", "1.5 CNY"),
    ("一块钱", "1 CNY"),
    ("九块九", "9.9 CNY"),
    ("十九块九毛", "19.9 CNY"),
    ("499刀", "499 USD"),
    ("499刀乐", "499 USD"),
    ("499美元", "499 USD"),
    ("499美金", "499 USD"),
    ("美元499", "499 USD"),
    ("3999港币", "3999 HKD"),
    ("港币3999元", "3999 HKD"),
    ("12万日元", "120000 JPY"),
    ("499欧元", "499 EUR"),
    ("399英镑", "399 GBP"),
    ("99万韩元", "990000 KRW"),
    ("1.5万新台币", "15000 TWD"),
    # bounds
    ("不到4000元", "3200-4000 CNY"),
    ("低于四千元", "3200-4000 CNY"),
    ("四千元以内", "3200-4000 CNY"),
    ("5000元以下", "4000-5000 CNY"),
    ("超过5000元", "5000-6000 CNY"),
    ("五千块以上", "5000-6000 CNY"),
    ("大约4000元", "4000 CNY"),
    ("四千块左右", "4000 CNY"),
    ("四千块上下", "4000 CNY"),
    ("九千左右", "9000"),
    ("大概九千", "9000"),
    ("差不多3k", "3000"),
    ("20万以内", "160000-200000"),
    ("三千多块", "3000-3999 CNY"),
    ("3000多元", "3000-3999 CNY"),
    ("卖三千多", "3000-3999"),
    ("两千出头", "2000-2300"),
    ("3500块出头", "3500-3530 CNY"),
    # classes
    ("4字头", "4000-4999"),
    ("四字头", "4000-4999"),
    ("四字开头", "4000-4999"),
    ("4打头", "4000-4999"),
    ("39字头", "3900-3999"),
    ("三千档", "3000-3999"),
    ("四千价位", "4000-4999"),
    ("四千价位段", "4000-4999"),
    ("3k档", "3000-3999"),
    ("3000元档", "3000-3999 CNY"),
    ("4千级", "4000-4999"),
    ("两千元机", "2000-2999 CNY"),
    ("三四千", "3000-4999"),
    ("三四千块", "3000-4999 CNY"),
    ("七八百吧", "700-899"),
    ("几千块", "1000-9999 CNY"),
    # hidden digits
    ("39xx", "3900-3999"),
    ("39XX元", "3900-3999"),
    ("4xxx", "4000-4999"),
    ("3X99", "3099-3999"),
    ("39×9", "3909-3999"),
    ("4×99", "4099-4999"),
    ("39**", "3900-3999"),
    ("2**9", "2009-2999"),
    ("4***", "4000-4999"),
    ("44○○", "4400-4499"),
    # ranges
    ("4499-4999元", "4499-4999 CNY"),
    ("4499~4999元", "4499-4999 CNY"),
    ("4499到4999块", "4499-4999 CNY"),
    ("¥4499-4999", "4499-4999 CNY"),
    ("三千元至四千元", "3000-4000 CNY"),
    ("2到3万元", "20000-30000 CNY"),
    ("20-25万", "200000-250000"),
    ("3k-4k", "3000-4000"),
    ("售价4499-4999", "4499-4999"),
    ("定价四千到五千", "4000-5000"),
    # a word that says so
    ("售价4499", "4499"),
    ("售价 4499", "4499"),
    ("售价:4499", "4499"),
    ("定价：4499", "4499"),
    ("定价是4499", "4499"),
    ("起售价是 4499", "4499"),
    ("起售价4499吗", "4499"),
    ("卖 4499 吗", "4499"),
    ("卖4499,真香", "4499"),
    ("只要4499", "4499"),
    ("仅需 4499", "4499"),
    ("开价4499", "4499"),
    ("到手价4499", "4499"),
    ("首发价4499", "4499"),
    ("首销 4499", "4499"),
    ("券后4499", "4499"),
    ("国家补贴后4499", "4499"),
    ("价格大概会是4499", "4499"),
    ("售价**4499**", "4499"),
    ("售价99", "99"),
    ("卖三千九", "3900"),
    ("定价2k4", "2400"),
    ("售价1万2", "12000"),
    ("4499起", "4499"),
    ("四千四百九十九起", "4499"),
    ("4499 起步", "4499"),
    ("4499拿下", "4499"),
    ("4499 带走", "4499"),
    ("149一个", "149"),
    ("卖八十万", "800000"),
    ("21.59万起售", "215900"),
    ("4499入手", "4499"),
    ("4499到手", "4499"),
    # English
    ("$499", "499 USD"),
    ("US$499", "499 USD"),
    ("USD 499", "499 USD"),
    ("499 USD", "499 USD"),
    ("499usd", "499 USD"),
    ("$499.99", "499.99 USD"),
    ("$1,299", "1299 USD"),
    ("$1.2k", "1200 USD"),
    ("$1.2 million", "1200000 USD"),
    ("1.2m dollars", "1200000 USD"),
    ("499 dollars", "499 USD"),
    ("499 bucks", "499 USD"),
    ("499 quid", "499 GBP"),
    ("£999", "999 GBP"),
    ("999 pounds", "999 GBP"),
    ("499 euros", "499 EUR"),
    ("€499", "499 EUR"),
    ("€4.950", "4950 EUR"),
    ("4 950 €", "4950 EUR"),
    ("€1.5", "1.5 EUR"),
    ("499€", "499 EUR"),
    ("499,99 €", "499.99 EUR"),
    ("€1.299,00", "1299 EUR"),
    ("₹74,999", "74999 INR"),
    ("Rs 74,999", "74999 INR"),
    ("Rs. 74,999", "74999 INR"),
    ("RMB 4,499", "4499 CNY"),
    ("1,099 yuan", "1099 CNY"),
    ("HK$3,999", "3999 HKD"),
    ("A$799", "799 AUD"),
    ("C$699", "699 CAD"),
    ("NT$15,900", "15900 TWD"),
    ("$499 CAD", "499 CAD"),
    ("JP¥59,800", "59800 JPY"),
    ("four hundred and forty nine dollars", "449 USD"),
    ("four forty-nine dollars", "449 USD"),
    ("starts at four forty-nine", "449"),
    ("starting at 499", "499"),
    ("starts from 499", "499"),
    ("priced at 449", "449"),
    ("price: 499", "499"),
    ("costs 499", "499"),
    ("yours for 499", "499"),
    ("sells for just 499", "499"),
    ("at 499", "499"),
    ("priced around 450", "450"),
    ("priced under 500", "400-500"),
    ("for 499", "499"),
    ("under $500", "400-500 USD"),
    ("sub-$500", "400-500 USD"),
    ("less than 500 euros", "400-500 EUR"),
    ("over $500", "500-600 USD"),
    ("around $450", "450 USD"),
    ("between $400 and $500", "400-500 USD"),
    ("$400-$500", "400-500 USD"),
    ("$400 to 500", "400-500 USD"),
    ("400-500 dollars", "400-500 USD"),
    ("$4xx", "400-499 USD"),
    ("mid-four hundreds", "433-466"),
    ("in the low 400s", "400-432"),
    ("high $400s", "467-499 USD"),
    ("five-hundred-ish", "500"),
    ("half a grand", "500"),
    ("two and a half grand", "2500"),
    ("a buck fifty", "1.5 USD"),
]


@pytest.mark.parametrize(("text", "value"), TOLD)
def test_a_price_is_read(text: str, value: str) -> None:
    assert told(text) == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("起售价4499元,顶配5999元", ["4499 CNY", "5999 CNY"]),
        ("4499元一台", ["4499 CNY"]),
        ("4499块一台", ["4499 CNY"]),
        ("3999块一起", ["3999 CNY"]),
        ("was $599, now $499", ["599 USD", "499 USD"]),
        ("$499 12 GB", ["499 USD"]),
        ("数十亿元人民币", ["1000000000-9999999999 CNY"]),
        ("8500到3万块", ["8500-30000 CNY"]),
        ("定价四千元旦见", ["4000"]),
        ("A$ or $499", ["499 USD"]),
    ],
)
def test_neighbours_do_not_change_a_price(text: str, values: list[str]) -> None:
    assert told(text) == values


BARE = [
    ("3999", "3999"),
    ("4499", "4499"),
    ("4,499", "4499"),
    ("1999", "1999"),
    ("99999", "99999"),
    ("三九九九", "3999"),
    ("一九九九", "1999"),
    ("三千九百九十九", "3999"),
    ("三千五", "3500"),
    ("2k4", "2400"),
    ("4.5k", "4500"),
    ("4千9", "4900"),
    ("1万2", "12000"),
    ("29.9万", "299000"),
    ("十二万", "120000"),
    ("五位数", "10000-99999"),
    ("4499-4999", "4499-4999"),
    ("四千五到五千", "4500-5000"),
    ("four forty-nine", "449"),
    ("nineteen ninety-nine", "1999"),
    ("under 500", "400-500"),
    ("between 400 and 500", "400-500"),
    ("between four and five hundred", "400-500"),
]


@pytest.mark.parametrize(("text", "value"), BARE)
def test_a_number_alone_may_be_a_price(text: str, value: str) -> None:
    assert [(reading.value, reading.bare) for reading in heaviest(text)] == [(value, True)]


NO_PRICE = [
    "",
    "云雀",
    "yunque",
    "2030",
    "in 2030",
    "for 2030",
    "二零三零",
    "in the 2010s",
    "the 1900s",
    "0810",
    "20300618",
    "13812345678",
    "12345678901234567890",
    "3.14",
    "v2.345",
    "1:30",
    "12:3000",
    "a4499",
    "x3999z",
    "3999z",
    "#3999",
    "@3999",
    "pic_3999",
    "http://x.example/3999",
    "/3999",
    "3999/12",
    "https://t.example/rs9abc",
    "https://t.example/74rm6ab",
    "300台",
    "300人",
    "300 people",
    "500 million",
    "500万台",
    "1000多万",
    "3000 units",
    "400 km",
    "400km",
    "5000mah",
    "5000万像素",
    "256gb",
    "120 hz",
    "300 days",
    "300天",
    "2030年",
    "300%",
    "300倍",
    "第三百",
    "一二三",
    "二五五",
    "一个",
    "一起",
    "拾起",
    "卖一",
    "价一样",
    "五六百初中生",
    "元旦",
    "3元旦",
    "三块头",
    "一块砖头",
    "一刀两断",
    "going to 1,000 people",
    "一刀具",
    "a $",
    "a £",
    "at 16",
    "at 12-18",
    "from 47 to 90",
    "for 300 people",
    "9**",
    "**9**",
    "__29__",
    "100x",
    "5xx5",
    "axxx",
    "位数",
    "五位数字",
    "字头",
    "超",
    "超44万例",
    "$",
    "¥",
    "元",
    "rmb",
    "$x",
    "0元",
    "two of us",
    "costs 44.9 cents",
    "one",
    "a",
]


@pytest.mark.parametrize("text", NO_PRICE)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert heaviest(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("起售价是 4499 吗", "4499"),
        ("大概卖4499元吧", "4499元"),
        ("it starts at four forty-nine today", "four forty-nine"),
        ("only US$ 1,299.99!", "us$ 1,299.99"),
        ("39xx起", "39xx"),
    ],
)
def test_the_place_is_the_price(text: str, place: str) -> None:
    assert [plain(text)[reading.start : reading.end] for reading in heaviest(text)] == [place]


FLOODS = [
    *("1", "9", "0", "一", "千", "零", "百万", "$", "¥", "$4", "1 ", "9,", "1.", "1-", "1~", "a ", "x*", "99 00 "),
    *(
        "4499元 ",
        "四千元",
        "9k",
        "9万",
        "two ",
        "two hundred and ",
        "up to $",
        "between $1 and ",
        "39xx ",
        "卖",
        "售价",
    ),
]


@pytest.mark.parametrize("flood", FLOODS)
def test_time_grows_with_the_text_and_no_faster(flood: str) -> None:
    text = (flood * 30_000)[:30_000]
    begun = time.perf_counter()
    for _ in find_prices(text):
        pass
    assert time.perf_counter() - begun < 5
