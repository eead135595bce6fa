import time

import pytest

from monitor.match.fold import plain
from monitor.match.quantities.harmless import ROWS, find_harmless
from monitor.match.quantities.prices import find_prices
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Row, read_rows
from monitor.match.quantities.specs import find_specs
from monitor.model.rulebook import Kind

EXAMPLES = [(row, text) for row in ROWS for text, _ in row.examples]
SURENESS = {None: 2, Kind.SPEC: 1, Kind.PRICE: 0}


@pytest.mark.parametrize(("row", "text"), EXAMPLES, ids=lambda part: getattr(part, "name", None))
def test_every_row_finds_its_own_examples(row: Row, text: str) -> None:
    assert plain(text) == text or "$" in text
    assert [reading.value for reading in read_rows([row], None, text)] == [""]


def test_every_row_has_examples_and_a_name_of_its_own() -> None:
    assert all(row.examples for row in ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)


def chosen(text: str) -> list[Reading]:
    """What is left of prices, specifications and harmless numbers when the longest takes its place first."""
    folded = plain(text)
    readings = (*find_harmless(folded), *find_specs(folded), *find_prices(folded))
    left: list[Reading] = []
    for reading in sorted(readings, key=lambda r: (r.start - r.end, r.bare, -SURENESS[r.kind], r.start)):
        if all(reading.end <= other.start or other.end <= reading.start for other in left):
            left.append(reading)
    return sorted(left, key=lambda reading: reading.start)


HARMLESS = [
    # sales
    "卖了10万台",
    "卖出3000辆",
    "销量50万",
    "销量突破3999台",
    "出货300万",
    "出货量达 4000 万台",
    "订单超过9000",
    "累计交付10000辆",
    "sold 1.2 million units",
    "10k orders",
    "3,999 units",
    # money that is no price
    "营收705亿元",
    "净利润39.9亿元",
    "融资3亿美元",
    "市值4999亿元",
    "票房破30亿",
    "罚款5000元",
    "奖金3000元",
    "捐款4499元",
    "revenue of $5 billion",
    "profit of $499 million",
    "raised $40m",
    "valuation of $5bn",
    "a fine of $500m",
    "donated $4999",
    "$5 billion in revenue",
    "股价3999",
    "收盘价 499 美元",
    "每股21.3元",
    "shares at $499",
    "stock is up 499",
    "bitcoin hits $64,999",
    "月租3999元",
    "月薪2万",
    "年薪50万元",
    "工资4999元",
    "房租 3000 块",
    "押金499元",
    "学费4999元",
    "门票380元",
    "人均299元",
    "红包200元",
    "话费100元",
    "salary of $90k",
    "rent is $3,999",
    "399元/月",
    "一百块一个月",
    "每月399元",
    "$9.99/month",
    "$9.99 a month",
    "$5 per user",
    "$499 per year",
    "优惠600元",
    "立减300",
    "满300减50",
    "直降500元",
    "省了600块",
    "便宜了500",
    "补贴500元",
    "定金100元",
    "200元优惠券",
    "降价1000元",
    "$149 off",
    "save $100",
    "save up to $300",
    "$50 cheaper",
    "原价4999元",
    "降到3299元",
    "降至 3999",
    "二手价1999",
    "dropped to $399",
    "down from $599",
    # counts
    "3000人",
    "500家",
    "200多款",
    "18岁",
    "三千名员工",
    "10万赞",
    "3000条评论",
    "500万粉丝",
    "12k followers",
    "1m views",
    "4,499 people",
    "30 years old",
    "20 minutes",
    "3.5%",
    "百分之二十",
    "20 percent",
    "3倍",
    "2x faster",
    "85分",
    "跑分3999999",
    "3:2获胜",
    "第3名",
    "第4499位",
    "top 10",
    "#499",
    "no. 499",
    # names made of numbers
    "ios 12.1",
    "v8.10",
    "android 14",
    "miui 13",
    "版本 3.2.1",
    "13812345678",
    "138 1234 5678",
    "400-820-8820",
    "订单号 449912",
    "尾号3999",
    "qq群 449912",
    "id:44991",
    "ca3999",
    "g1234次",
    "502室",
    "8号楼",
    "gate 12",
    "618大促",
    "双11",
    "996",
    "24/7",
    "50/50",
    "1080p",
    "5g网络",
    "mp3",
    "4s店",
    "covid-19",
    # time, way, body
    "12:01",
    "8点半",
    "19点",
    "7:30pm",
    "3 pm",
    "24小时",
    "10 分钟",
    "10周年",
    "配速6分18秒",
    "体重120斤",
    "跑了10公里",
    "3000米",
    "36.5度",
    "零下10度",
    "流量30g",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_tells_its_harmless_meaning_is_neither_price_nor_specification(text: str) -> None:
    readings = chosen(text)
    assert readings
    assert [(reading.kind, reading.value) for reading in readings] == [(None, "")] * len(readings)


SECRETS = [
    ("售价4499元起,首销立减300", ["4499 CNY", ""]),
    ("售价4499元,定金100元", ["4499 CNY", ""]),
    ("起售价4499,销量目标100万台", ["4499", ""]),
    ("原价4999,现在卖4499", ["", "4499"]),
    ("4499元一台", ["4499 CNY", ""]),
    ("补贴后4499元", ["4499 CNY"]),
    ("国家补贴后4499", ["4499"]),
    ("券后4499", ["4499"]),
    ("优惠后售价4499元", ["4499 CNY"]),
    ("立减300后到手价4199", ["", "4199"]),
    ("补贴价4499", ["4499"]),
    ("会员价4499", ["4499"]),
    ("预订价4499", ["4499"]),
    ("首销4499,", ["4499"]),
    ("卖4499,真香", ["4499"]),
    ("卖4499了", ["4499"]),
    ("卖20万,", ["200000"]),
    ("卖八十万", ["800000"]),
    ("149一个", ["149"]),
    ("830km cltc range", ["830 km"]),
    ("全系涨到4499", ["4499"]),
    ("黄金版4499", ["4499"]),
    ("赠送耳机,4499元", ["4499 CNY"]),
    ("全系涨价,4499起", ["4499"]),
    ("售价超4000元", ["4000-4800 CNY"]),
    ("4499包邮", ["4499"]),
    ("4499粉色版", ["4499"]),
    ("4499分期免息", ["4499"]),
    ("4499只要这个价", ["4499"]),
    ("16+512,4499元", ["16+512 gb", "4499 CNY"]),
    ("定价4499,4999,5999", ["4499", "4999", "5999"]),
    ("$499 this year", ["499 USD"]),
    ("$499 next month", ["499 USD"]),
    ("for 499 this month", ["499"]),
    ("$499 budget phone", ["499 USD"]),
    ("sales start at $499", ["499 USD"]),
    ("in stock at $499", ["499 USD"]),
    ("i paid 499", ["499"]),
    ("it said 499", ["499"]),
    ("launch price: $499, save $50", ["499 USD", ""]),
    ("7500mah大电池", ["7500 mah"]),
    ("5000万像素", ["50000000 pixel"]),
    ("续航800公里", ["800 km"]),
    ("800公里续航", ["800 km"]),
    ("零百加速2.78秒", ["2.78 s"]),
    ("10倍光学变焦", ["10 x"]),
    ("189克", ["189 g"]),
    ("120帧", ["120 fps"]),
    ("16+512", ["16+512 gb"]),
    ("第二代骁龙8", ["snapdragon 8 gen 2"]),
    ("12g内存", ["12 gb"]),
]


@pytest.mark.parametrize(("text", "values"), SECRETS)
def test_no_secret_is_swallowed(text: str, values: list[str]) -> None:
    assert [reading.value for reading in chosen(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "",
        "云雀",
        "yunque",
        "售价4499元",
        "4499起",
        "$499",
        "4499",
        "三九九九",
        "2k4",
        "39xx",
        "4字头",
        "三千档",
        "under $500",
        "four forty-nine",
        "7500mah",
        "12.1",
        "2030",
        "12月1日",
        "2030-06-18",
        "一起",
        "一成不变",
        "卖的一般",
        "每天",
        "百度",
        "温度",
        "分享",
        "优惠",
        "paid 499",
        "no 499",
    ],
)
def test_what_may_be_a_secret_is_not_called_harmless(text: str) -> None:
    assert list(find_harmless(plain(text))) == []


@pytest.mark.parametrize(
    "flood",
    [
        *("1", "一", "千", "百万", "1 ", "1.", "1,", "1:", "$4", "第", "每", "卖了", "利润", "立减300", "满", "#1 "),
        *("save $", "over ", "stock ", "is ", "revenue of ", "3999人", "id", "12:", "年", "v1."),
    ],
)
def test_time_grows_with_the_text_and_no_faster(flood: str) -> None:
    text = (flood * 30_000)[:30_000]
    begun = time.perf_counter()
    for _ in find_harmless(text):
        pass
    assert time.perf_counter() - begun < 5
