"""Specifications: an amount with its unit, in Chinese and English, and the chips that have names of their own.

Units become one: 1 tb is 1024 gb, 五千万像素 is 50000000 pixel. What only looks like a figure of a product is none: 5g
is a network, 4k a film; a distance counts as a range only beside a word that says so.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from monitor.match.fold import plain
from monitor.match.quantities.numbers import BEGIN, HAN_NUMERAL, han_number
from monitor.match.quantities.reading import Reading
from monitor.match.quantities.rows import Table, amount, read_rows, row
from monitor.model.rulebook import Kind

_N = (
    rf"(?P<n>{BEGIN}(?<![a-z$€£¥])(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,6}})(?:\.\d{{1,3}})?[万亿]?|"
    rf"(?<![{HAN_NUMERAL}])[{HAN_NUMERAL}]{{1,10}})"
)
_END = r"(?![a-z\d])"
_MEMORY = (8, 12, 16, 18, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048)
_GRAMS = range(20, 3000)
_CHARGE = r"(?:有线|无线|快充|闪充|超充|充电|秒充|充)"
_RANGE_WORD = r"(?:续航|里程|cltc|wltp|nedc|epa|range|纯电)"


def _amount(found: re.Match[str], unit: str, factor: int = 1) -> str | None:
    number = han_number(found["n"].replace(" ", ""))
    return f"{amount(number * factor)} {unit}" if number else None


def _unit(unit: str, factor: int = 1) -> Callable[[re.Match[str]], str | None]:
    return lambda found: _amount(found, unit, factor)


def _read_watts(found: re.Match[str]) -> str | None:
    """120w: watts of charging; a w alone is ten thousand as often as not, so only likely powers count."""
    number = han_number(found["n"])
    if number is None or (found["w"] == "w" and not found["word"] and not 5 <= number <= 400):  # noqa: PLR2004
        return None
    return f"{amount(number)} w"


def _read_gigabytes(found: re.Match[str]) -> str | None:
    number = han_number(found["n"])
    if number is None:
        return None
    if found["u"].startswith("t"):
        return f"{amount(number * 1024)} gb" if number <= 16 else None  # noqa: PLR2004
    return f"{amount(number)} gb" if found["u"] == "gb" or found["word"] or number in _MEMORY[2:] else None


def _read_memory_pair(found: re.Match[str]) -> str | None:
    """16+512, 12gb+256gb, 16+1t: memory and storage."""
    low, high = Decimal(found["n"]), Decimal(found["m"]) * (1024 if found["t"] else 1)
    if low not in _MEMORY or high not in _MEMORY or high < 64:  # noqa: PLR2004 - 8/12 is a day
        return None
    return f"{amount(low)}+{amount(high)} gb"


def _read_grams(found: re.Match[str]) -> str | None:
    number = han_number(found["n"])
    if (
        number is None
        or int(number) not in _GRAMS
        or found.group().endswith("千克")
        or (found["u"] == "g" and number in _MEMORY)
    ):
        return None
    return f"{amount(number)} g"


def _read_nanometres(found: re.Match[str]) -> str | None:
    """3nm is how fine a chip is made, 400 nm a torque."""
    number = han_number(found["n"])
    if number is None:
        return None
    return f"{amount(number)} {'nm' if found['u'] == '纳米' or number <= 28 else 'n m'}"  # noqa: PLR2004


def _read_ranged(found: re.Match[str]) -> str | None:
    unit = "mile" if found["u"].startswith(("mi", "英")) else "km"
    return _amount(found, unit)


def _read_snapdragon(found: re.Match[str]) -> str | None:
    """骁龙8 Gen 3, 骁龙8至尊版, snapdragon 8 elite gen 5."""
    rest = found["rest"].replace("+", " plus").replace("至尊版", " elite").replace("至尊", " elite")
    words = re.findall(r"\d+[a-z]?(?![a-z])|[a-z]+|\d+", rest)
    return " ".join(["snapdragon", *words])


def _read_generation(found: re.Match[str]) -> str | None:
    """第二代骁龙8: the second of that name."""
    generation = han_number(found["n"])
    name = f"snapdragon {found['rest']}{' elite' if found['elite'] else ''}"
    return f"{name} gen {generation}" if generation else None


def _read_named(name: str) -> Callable[[re.Match[str]], str | None]:
    return lambda found: " ".join([name, *re.findall(r"[a-z]?\d+[a-z]?|[a-z]+|\+", found["rest"])]).replace(" +", "+")


def _read_frames(found: re.Match[str]) -> str | None:
    """120帧; one frame of a film counts nothing."""
    number = han_number(found["n"])
    return f"{amount(number)} fps" if number is not None and number >= 24 else None  # noqa: PLR2004


def _read_camera(found: re.Match[str]) -> str | None:
    """5000万主摄: a camera of so many pixels."""
    number = han_number(found["k"])
    return f"{amount(number)} pixel" if number is not None and number >= 1_000_000 else None  # noqa: PLR2004


ROWS: Final = (
    row(
        "battery",
        rf"{_N}[ ]?[+±]?[ ]?(?:mah|毫安时|毫安){_END}|{BEGIN}(?P<k>\d{{4,5}})(?:大|巨量|长续航)?电池"
        r"|电池(?:容量)?(?:[是有做干]?到?了?|达到?|突破)[ ]?(?P<c>\d{4,5})(?![\d元块])",
        lambda found: _amount(found, "mah") if found["n"] else f"{int(found['k'] or found['c'])} mah",
        ("7500 mah", "7500 mah"),
        ("5500±毫安", "5500 mah"),
        ("五千毫安", "5000 mah"),
        ("7500大电池", "7500 mah"),
        ("电池做到了7500", "7500 mah"),
    ),
    row(
        "energy",
        rf"{_N}[ ]?(?:kwh|kw·h|度电|千瓦时){_END}|电池(?:容量)?[^\d,。!?\n]{{0,3}}(?P<k>\d{{2,3}})度(?!电)",
        lambda found: _amount(found, "kwh") if found["n"] else f"{int(found['k'])} kwh",
        ("101度电", "101 kwh"),
        ("73.6 kwh", "73.6 kwh"),
        ("电池101度", "101 kwh"),
    ),
    row(
        "watts",
        rf"{_N}[ ]?(?P<w>w(?:atts?)?|瓦)(?P<word>[ ]?(?:{_CHARGE}|charging|charger|wired|wireless))?(?![a-z\d时])",
        _read_watts,
        ("120w快充", "120 w"),
        ("90瓦", "90 w"),
        ("100 watt charging", "100 w"),
    ),
    row(
        "inches",
        rf'{_N}(?:[ \-]?(?:英寸|寸|inch(?:es)?)|″|′′|(?<=\d\.\d)"|(?<=\d\.\d\d)")(?![a-z])',
        _unit("inch"),
        ("6.78英寸", "6.78 inch"),
        ("6.1-inch", "6.1 inch"),
        ("一英寸大底", "1 inch"),
    ),
    row(
        "hertz",
        rf"{_N}[ ]?(?:hz|赫兹){_END}",
        _unit("hz"),
        ("144hz", "144 hz"),
    ),
    row("gigahertz", rf"{_N}[ ]?ghz{_END}", _unit("ghz"), ("4.32 ghz", "4.32 ghz")),
    row(
        "pixels",
        rf"{_N}[ ]?像素|{_N.replace('<n>', '<k>')}[ ]?(?=(?:主摄|长焦|超广角|潜望|镜头|传感器|双摄|三摄|前摄|人像))",
        lambda found: _amount(found, "pixel") if found["n"] else _read_camera(found),
        ("5000万像素", "50000000 pixel"),
        ("一亿像素", "100000000 pixel"),
        ("2亿长焦", "200000000 pixel"),
    ),
    row(
        "megapixels",
        rf"{_N}[ \-]?(?:mp|megapixels?|百万像素){_END}",
        _unit("pixel", 1_000_000),
        ("50mp", "50000000 pixel"),
        ("48-megapixel", "48000000 pixel"),
    ),
    row(
        "storage",
        rf"{_N}[ ]?(?P<u>gb|g|tb|t)(?P<word>[ ]?(?:内存|运存|存储|版本|版|ram|rom|storage|memory|of ram"
        rf"|of storage))?{_END}",
        _read_gigabytes,
        ("512gb", "512 gb"),
        ("1tb", "1024 gb"),
        ("12g运存", "12 gb"),
        ("256g", "256 gb"),
    ),
    row(
        "memory_pair",
        r"(?<![\d.])(?P<n>\d{1,2})(?:gb?)?[ ]?[+/][ ]?(?P<m>\d{1,4})(?:(?P<t>tb?)|gb?)?(?![\da-z]|\.\d)",
        _read_memory_pair,
        ("16+512", "16+512 gb"),
        ("12gb+256gb", "12+256 gb"),
        ("16+1t", "16+1024 gb"),
    ),
    row(
        "grams",
        rf"{_N}[ \-]?(?P<u>克|g|grams?)(?![a-z\d拉重])",
        _read_grams,
        ("189克", "189 g"),
        ("219 g", "219 g"),
    ),
    row("kilograms", rf"{_N}[ ]?(?:kg|公斤|千克){_END}", _unit("kg"), ("1.2 kg", "1.2 kg")),
    row("millimetres", rf"{_N}[ ]?(?:mm|毫米){_END}", _unit("mm"), ("7.9mm", "7.9 mm"), ("8.2毫米", "8.2 mm")),
    row(
        "nanometres",
        rf"{_N}[ ]?(?P<u>nm|n·m|纳米|牛米|牛·米){_END}",
        _read_nanometres,
        ("3nm", "3 nm"),
        ("400 n·m", "400 n m"),
    ),
    row(
        "range",
        rf"{_RANGE_WORD}[^\d。!?\n]{{0,8}}{_N}[ ]?(?P<u>公里|千米|km|英里|miles?|mi)(?![a-z/])",
        _read_ranged,
        ("续航里程800公里", "800 km"),
        ("cltc 830km", "830 km"),
    ),
    row(
        "range_behind",
        rf"{_N}[ \-]?(?P<u>公里|千米|km|英里|miles?|mi)[ ]?的?(?:of )?(?:超长?)?[ ]?{_RANGE_WORD}",
        _read_ranged,
        ("800公里续航", "800 km"),
        ("400-mile range", "400 mile"),
        ("830km cltc range", "830 km"),
    ),
    row(
        "acceleration",
        rf"(?:零百|破百|百公里加速|0-100|0 to 60|0-60)[^\d。!?\n]{{0,10}}{_N}[ ]?(?:秒|s(?:ec"
        r"(?:onds?)?)?)(?![a-z])",
        _unit("s"),
        ("零百加速2.78秒", "2.78 s"),
    ),
    row(
        "horsepower",
        rf"{_N}[ ]?(?:马力|匹|hp|bhp|ps){_END}",
        _unit("hp"),
        ("673马力", "673 hp"),
        ("1548 hp", "1548 hp"),
    ),
    row("kilowatts", rf"{_N}[ ]?(?:kw|千瓦){_END}", _unit("kw"), ("495kw", "495 kw")),
    row("speed", rf"{_N}[ ]?(?:km/h|公里/小时|公里每小时){_END}", _unit("km/h"), ("265 km/h", "265 km/h")),
    row("miles_per_hour", rf"{_N}[ ]?mph{_END}", _unit("mph"), ("200 mph", "200 mph")),
    row("nits", rf"{_N}[ ]?(?:nits?|尼特){_END}", _unit("nit"), ("5000nit", "5000 nit"), ("三千尼特", "3000 nit")),
    row("frames", rf"{_N}[ ]?(?:fps|帧){_END}", _read_frames, ("120帧", "120 fps")),
    row("tops", rf"{_N}[ ]?tops{_END}", _unit("tops"), ("508 tops", "508 tops")),
    row(
        "zoom",
        rf"{_N}[ ]?(?:倍|x)[ ]?(?:光学|数码|混合|潜望|optical|digital|hybrid)?[ ]?(?:变焦|zoom)",
        _unit("x"),
        ("10倍光学变焦", "10 x"),
        ("5x zoom", "5 x"),
    ),
    row("seals", r"(?<![a-z\d])(?P<it>ip[56x][5-9]k?)(?![a-z\d])", lambda found: found["it"], ("ip68防水", "ip68")),
    row(
        "resolution",
        r"(?<![a-z\d.])(?P<n>1\.5|[2458])k(?=[ ]?(?:屏|分辨率|screen|display|直屏|oled|护眼))",
        _unit("k"),
        ("1.5k屏", "1.5 k"),
    ),
    row(
        "snapdragon",
        r"(?:骁龙|snapdragon)[ ]?(?P<rest>\d{1,4}(?:[a-z](?![a-z]))?\+?(?:[ ]?(?:至尊版?|elite|plus))?"
        r"(?:[ ]?gen[ ]?\d)?(?:[ ]?(?:至尊版?|elite))?)(?!\d)",
        _read_snapdragon,
        ("骁龙8 gen 3", "snapdragon 8 gen 3"),
        ("骁龙8至尊版", "snapdragon 8 elite"),
        ("snapdragon 8 elite", "snapdragon 8 elite"),
        ("骁龙8gen3", "snapdragon 8 gen 3"),
    ),
    row(
        "generation",
        r"第(?P<n>[一二三四五六七八九1-9])代骁龙[ ]?(?P<rest>\ds?)(?!\d)(?P<elite>至尊版?)?",
        _read_generation,
        ("第二代骁龙8", "snapdragon 8 gen 2"),
        ("第五代骁龙8至尊版", "snapdragon 8 elite gen 5"),
    ),
    row(
        "dimensity",
        r"(?:天玑|dimensity)[ ]?(?P<rest>\d{3,4}\+?)(?![\d])",
        _read_named("dimensity"),
        ("天玑9400", "dimensity 9400"),
    ),
    row(
        "kirin",
        r"(?:麒麟|kirin)[ ]?(?P<rest>(?:x|t)?\d{2,4}[a-z]?)(?![\d])",
        _read_named("kirin"),
        ("麒麟9020", "kirin 9020"),
    ),
    row("exynos", r"exynos[ ]?(?P<rest>\d{4})(?![\d])", _read_named("exynos"), ("exynos 2400", "exynos 2400")),
    row("tensor", r"tensor[ ]?(?P<rest>g\d)(?![\d])", _read_named("tensor"), ("tensor g4", "tensor g4")),
    row(
        "lettered_chip",
        r"(?<![a-z\d])(?P<it>(?:a1\d|a[2-9]|m[1-9])(?:[ ](?:pro|max|ultra|bionic))?)(?=[ ]?(?:芯片|处理器"
        r"|仿生|chip|soc|processor))",
        lambda found: found["it"].replace(" bionic", ""),
        ("m4 芯片", "m4"),
        ("a18 pro chip", "a18 pro"),
    ),
    row(
        "chip_alone",
        r"(?<![a-z\d.])(?P<rest>[78]s?[ ]?gen[ ]?\d|8[ ]?elite|8[ ]?至尊版)(?![\d])",
        _read_snapdragon,
        ("8 gen 3", "snapdragon 8 gen 3"),
        bare=True,
    ),
)
_TABLE: Final = Table(ROWS)


def find_specs(text: str) -> Iterator[Reading]:
    """Every reading as a specification, of overlapping places too."""
    return read_rows(_TABLE.rows_for(text), Kind.SPEC, text)


def spec_key(text: str) -> str:
    """What listed and read specifications are compared by: the value, or what the grammar cannot read, without blanks.

    Words beside the amount (IP69防水, M4 chip) say nothing more; a second number does.
    """
    folded = plain(text).strip()
    longest = max(find_specs(folded), key=lambda reading: reading.end - reading.start, default=None)
    if longest and not re.search(r"\d", folded[: longest.start] + folded[longest.end :]):
        folded = longest.value
    return re.sub(r"[\s\-_]", "", folded)
