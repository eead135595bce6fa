"""Posts and watchlists to measure with: made up, the same in every run.

Lengths, languages and signs are like those of public posts: half Chinese, four in ten English, the rest mixed; a third
has numbers; one post in a hundred names a listed product.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

_FILE = Path(__file__).with_name("words.toml")
SEED = 20_300_515
PLANTED = 100  # one post of so many names a product
NAMES_A_PRODUCT = 4
HAN_BRAND = "小大新天海山花风光星水白青明云石木金红月"  # first characters that ordinary words have too
HAN_BRAND_SECOND = "鸢蔚桐雀麓泽果米峰溪汀辰弦笙舟帆岸树河林"
SIGNS_ZH, SIGNS_EN = "，。！？，，", ".,!?,"
WORDS = {key: text.split() for key, text in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
CHINESE, MIXED = 0.5, 0.1  # of the posts; the rest is English
SIGNED = 0.12  # of the words
EXTRAS = {"extras": 0.5, "numbers": 0.35, "styled": 0.03}  # of the posts
IN_TRADITIONAL = 0.05
TRADITIONAL = str.maketrans("们团队时间学习电影历来问题见听说设计", "們團隊時間學習電影歷來問題見聽說設計")


def posts(count: int, names: Sequence[str], seed: int = SEED) -> Iterator[str]:
    """So many posts; every hundredth has one of the names, as it stands."""
    random = Random(seed)
    for number in range(count):
        words = _words(random)
        if number % PLANTED == 0:
            words.insert(random.randrange(len(words) + 1), f" {random.choice(names)} ")
        text = "".join(words)
        yield text.translate(TRADITIONAL) if random.random() < IN_TRADITIONAL else text


def _words(random: Random) -> list[str]:
    """The words of one post, up to a length as posts have it, with the signs between them."""
    length = min(int(random.lognormvariate(3.6, 1.1)) + 2, 900)  # half of them short, as real posts are
    share = random.random()
    words: list[str] = []
    size = 0
    while size < length:
        chinese = share < CHINESE or (share > 1 - MIXED and random.random() < CHINESE)
        word = random.choice(WORDS["zh"]) if chinese else f"{random.choice(WORDS['en'])} "
        if random.random() < SIGNED:
            word += random.choice(SIGNS_ZH) if chinese else f"{random.choice(SIGNS_EN)} "
        words.append(word)
        size += len(word)
    for extras, chance in EXTRAS.items():
        if random.random() < chance:
            words.insert(random.randrange(len(words) + 1), f" {random.choice(WORDS[extras])} ")
    return words


@cache
def names(count: int) -> tuple[str, ...]:
    """So many different product names, half of them Han and half Latin, many inside of one another."""
    return tuple(name for number in range(count // NAMES_A_PRODUCT) for name in _names_of(number))


def _names_of(number: int) -> tuple[str, ...]:
    """The four names of a product: 小鸢K12, Banbu K12, and its variants of other words."""
    brand, model = divmod(number, 60)
    row, first = divmod(brand, len(HAN_BRAND))
    block, second = divmod(row, len(HAN_BRAND_SECOND))
    line = "ABCDEFGHKM"[block % 10] * (1 + block // 10)
    han = HAN_BRAND[first] + HAN_BRAND_SECOND[second]
    latin = f"{_syllable(first)}{_syllable(second + 7)}".capitalize()
    tail = f"{line}{model + 1}"
    return f"{han}{tail}", f"{latin} {tail}", f"{han}平板{tail}", f"{latin} Pad {tail}"


def _syllable(number: int) -> str:
    onset, rest = divmod(number, 9)
    return "bdfghklmnpqrstwxyz"[onset % 18] + ("an", "o", "ei", "uo", "ia", "eng", "ao", "u", "ing")[rest]


def watchlist(count: int, *, everything: bool = True) -> str:
    """A rules file with so many names; with `everything` also their values, code names and a rule for each kind."""
    products = "".join(_product(number, everything=everything) for number in range(count // NAMES_A_PRODUCT))
    return products + (EVERY_RULE if everything else NAMES_RULE)


def _product(number: int, *, everything: bool) -> str:
    first, second, third, fourth = _names_of(number)
    text = f"""
[[products]]
key = "p-{number}"
ref = "R-{number}"
label = "L-{number}"
brand = ["{first[:2]}", "{second.split()[0]}"]
names = ["{first}", "{second}", "{third}", "{fourth}"]
timezone = "Asia/Shanghai"
until = "tbd"
"""
    if not everything:
        return text
    price, day = 1999 + 100 * (number % 60), f"2030-{number % 12 + 1:02}-{number % 28 + 1:02}"
    return f"""{text}codenames = ["YQX{number}"]
facts = [
    {{ name = "price", kind = "price", value = "{price} CNY" }},
    {{ name = "launch", kind = "date", value = "{day}" }},
    {{ name = "battery", kind = "spec", value = "{5000 + number % 40 * 100} mAh" }},
]
"""


NAMES_RULE = """
[[rules]]
id = "names"
kinds = ["product"]
severity = "high"
examples.match = ["小鸢A1"]
"""
EVERY_RULE = f"""{NAMES_RULE}
[[rules]]
id = "values"
kinds = ["price", "date", "spec"]
severity = "high"
examples.match = ["小鸢A1售价1999元"]

[[rules]]
id = "clients"
kinds = ["client"]
severity = "medium"
examples.match = ["小鸢A1"]

[[rules]]
id = "talk"
kinds = ["hint"]
severity = "low"
examples.match = [{{ text = "先用上下一代旗舰了", knows = ["p-0"] }}]
"""
