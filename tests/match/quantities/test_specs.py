import time

import pytest

from monitor.match.fold import plain
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Row, read_rows
from monitor.match.quantities.specs import ROWS, find_specs, spec_key
from monitor.model.rulebook import Kind

EXAMPLES = [(row, text, value) for row in ROWS for text, value in row.examples]


@pytest.mark.parametrize(("row", "text", "value"), EXAMPLES, ids=lambda part: getattr(part, "name", None))
def test_every_row_reads_its_own_examples(row: Row, text: str, value: str) -> None:
    assert plain(text) == text
    assert value in [reading.value for reading in read_rows([row], Kind.SPEC, text)]


def test_every_row_has_examples_and_a_name_of_its_own() -> None:
    assert all(row.examples for row in ROWS)
    assert len({row.name for row in ROWS}) == len(ROWS)


def heaviest(text: str) -> list[Reading]:
    """The readings that the chooser would leave, were there no others."""
    left: list[Reading] = []
    for reading in sorted(find_specs(plain(text)), key=lambda r: (r.start - r.end, r.bare, r.start)):
        if all(reading.end <= other.start or other.end <= reading.start for other in left):
            left.append(reading)
    return sorted(left, key=lambda reading: reading.start)


SPECS = [
    ("7500mAh", "7500 mah"),
    ("7500 mAh", "7500 mah"),
    ("7500毫安时", "7500 mah"),
    ("7500毫安", "7500 mah"),
    ("五千毫安", "5000 mah"),
    ("1.5万毫安", "15000 mah"),
    ("7,500mAh", "7500 mah"),
    ("7500大电池", "7500 mah"),
    ("7500电池", "7500 mah"),
    ("101度电", "101 kwh"),
    ("101 kWh", "101 kwh"),
    ("电池101度", "101 kwh"),
    ("830km CLTC range", "830 km"),
    ("120W", "120 w"),
    ("120w快充", "120 w"),
    ("120瓦", "120 w"),
    ("一百二十瓦", "120 w"),
    ("120 watt", "120 w"),
    ("50W无线", "50 w"),
    ("6.78英寸", "6.78 inch"),
    ("6.78寸", "6.78 inch"),
    ("6.78-inch", "6.78 inch"),
    ('6.78"', "6.78 inch"),
    ("6.8″", "6.8 inch"),
    ("1.5K屏", "1.5 k"),
    ("2K 屏", "2 k"),
    ("144Hz", "144 hz"),
    ("144赫兹", "144 hz"),
    ("4.32GHz", "4.32 ghz"),
    ("5000万像素", "50000000 pixel"),
    ("五千万像素", "50000000 pixel"),
    ("50MP", "50000000 pixel"),
    ("50 megapixel", "50000000 pixel"),
    ("2亿像素", "200000000 pixel"),
    ("一亿像素", "100000000 pixel"),
    ("5000万主摄", "50000000 pixel"),
    ("16GB", "16 gb"),
    ("1TB", "1024 gb"),
    ("1T存储", "1024 gb"),
    ("12G内存", "12 gb"),
    ("512g", "512 gb"),
    ("16+512", "16+512 gb"),
    ("16GB+512GB", "16+512 gb"),
    ("16G+1T", "16+1024 gb"),
    ("12/256", "12+256 gb"),
    ("189克", "189 g"),
    ("189g", "189 g"),
    ("189 grams", "189 g"),
    ("1.35kg", "1.35 kg"),
    ("1.35公斤", "1.35 kg"),
    ("一千克", "1 kg"),
    ("7.9mm", "7.9 mm"),
    ("7.9毫米", "7.9 mm"),
    ("3nm", "3 nm"),
    ("三纳米", "3 nm"),
    ("800牛米", "800 n m"),
    ("续航800公里", "800 km"),
    ("纯电续航800km", "800 km"),
    ("800公里续航", "800 km"),
    ("CLTC 830公里", "830 km"),
    ("500-mile range", "500 mile"),
    ("range of 500 miles", "500 mile"),
    ("零百加速2.78秒", "2.78 s"),
    ("零百2.78s", "2.78 s"),
    ("0-60 in 1.98 seconds", "1.98 s"),
    ("673马力", "673 hp"),
    ("1548hp", "1548 hp"),
    ("495kW", "495 kw"),
    ("265km/h", "265 km/h"),
    ("200 mph", "200 mph"),
    ("5000nit", "5000 nit"),
    ("5000尼特", "5000 nit"),
    ("3000 nits", "3000 nit"),
    ("120fps", "120 fps"),
    ("508TOPS", "508 tops"),
    ("10倍变焦", "10 x"),
    ("10x optical zoom", "10 x"),
    ("IP68", "ip68"),
    ("IP69防水", "ip69"),
    ("骁龙8 Gen 3", "snapdragon 8 gen 3"),
    ("骁龙8Gen3", "snapdragon 8 gen 3"),
    ("骁龙 8 gen 3", "snapdragon 8 gen 3"),
    ("骁龙8至尊版", "snapdragon 8 elite"),
    ("骁龙8s Gen 4", "snapdragon 8s gen 4"),
    ("第二代骁龙8", "snapdragon 8 gen 2"),
    ("第五代骁龙8至尊版", "snapdragon 8 elite gen 5"),
    ("Snapdragon 8 Elite Gen 5", "snapdragon 8 elite gen 5"),
    ("snapdragon 8 elite", "snapdragon 8 elite"),
    ("骁龙8+", "snapdragon 8 plus"),
    ("骁龙888", "snapdragon 888"),
    ("天玑9400", "dimensity 9400"),
    ("天玑9400+", "dimensity 9400+"),
    ("Dimensity 9400", "dimensity 9400"),
    ("麒麟9020", "kirin 9020"),
    ("Kirin 9010", "kirin 9010"),
    ("Exynos 2400", "exynos 2400"),
    ("Tensor G4", "tensor g4"),
    ("A18 Pro芯片", "a18 pro"),
    ("M4 chip", "m4"),
]


@pytest.mark.parametrize(("text", "value"), SPECS)
def test_a_specification_is_read(text: str, value: str) -> None:
    assert [(reading.value, reading.bare) for reading in heaviest(text)] == [(value, False)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("6.78英寸1.5K屏,7500mAh,120W", ["6.78 inch", "1.5 k", "7500 mah", "120 w"]),
        ("16+512卖4499", ["16+512 gb"]),
        ("骁龙8至尊版加7500大电池", ["snapdragon 8 elite", "7500 mah"]),
        ("内置5500±毫安电池", ["5500 mah"]),
    ],
)
def test_several_stand_side_by_side(text: str, values: list[str]) -> None:
    assert [reading.value for reading in heaviest(text)] == values


def test_the_number_of_a_chip_alone_could_be_anything() -> None:
    assert [(reading.value, reading.bare) for reading in heaviest("8 gen 3")] == [("snapdragon 8 gen 3", True)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "云雀",
        "5g",
        "5G手机",
        "6g网络",
        "4g信号",
        "4K视频",
        "4k",
        "8k",
        "100万",
        "5000万",
        "5000万元",
        "3000元",
        "跑了5公里",
        "5 km run",
        "10 miles away",
        "等了3秒",
        "in 5 seconds",
        "500w粉丝",
        "1000w",
        "1w",
        "$1.5t",
        "$2.3t",
        "8/12",
        "12/24",
        "8+12",
        "16/9",
        "512+16",
        "一帧",
        "每一帧",
        '"13"',
        '"云雀9 13"',
        "5克拉",
        "5g 拉力",
        "2g",
        "10小时",
        "24瓦时",
        "第二代",
        "ip地址",
        "ip100",
        "3倍",
        "2x faster",
        "a18",
        "m4",
        "iq100",
        "800公里外",
        "2030",
        "12.1",
        "tensor",
        "骁龙",
        "麒麟臂",
        "wh",
        "w",
        "mah",
    ],
)
def test_other_numbers_are_no_specifications(text: str) -> None:
    assert heaviest(text) == []


@pytest.mark.parametrize(
    ("listed", "key"),
    [
        ("7500 mAh", "7500mah"),
        ("7500毫安时", "7500mah"),
        ("6.78英寸", "6.78inch"),
        ("骁龙8 Gen 5", "snapdragon8gen5"),
        ("Snapdragon 8 Elite", "snapdragon8elite"),
        ("1TB", "1024gb"),
        ("16+512", "16+512gb"),
        ("5000万像素", "50000000pixel"),
        ("50MP", "50000000pixel"),
        ("120W", "120w"),
        ("IP68", "ip68"),
        ("Mini-LED", "miniled"),
        ("mini LED", "miniled"),
        ("Touch ID", "touchid"),
        ("徕卡", "徕卡"),
        ("7500 mah", "7500mah"),
        ("50000000 pixel", "50000000pixel"),
    ],
)
def test_a_listed_specification_has_the_key_of_what_is_read(listed: str, key: str) -> None:
    assert spec_key(listed) == key


@pytest.mark.parametrize(("text", "value"), SPECS)
def test_a_value_has_the_key_of_its_text(text: str, value: str) -> None:
    assert spec_key(value) == spec_key(text)


@pytest.mark.parametrize(
    "flood", ["1", "一", "千", "16+", "7500mah ", "1 ", "9.", "5000万", "续航", "1a", '"', "8 gen ", "骁龙8", "第"]
)
def test_time_grows_with_the_text_and_no_faster(flood: str) -> None:
    text = (flood * 30_000)[:30_000]
    begun = time.perf_counter()
    for _ in find_specs(text):
        pass
    assert time.perf_counter() - begun < 5
