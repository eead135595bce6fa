"""Numbers beside a name: those that begin where it ends, and those that swallow its own number.

The millet of 小米 weighs and counts things, so `13` after it may be the number of a model or of days. All patterns
are asked at one place of a folded text and look a bounded distance ahead.
"""

import re

_MONTH = r"(?:1[0-2]|[1-9])月|(?:十[一二]?|[一二三四五六七八九])月"
_DAY = r"(?:3[01]|[12]\d|[1-9])(?:日|号(?!楼|线|院|店)|天后|天之后|天见|周后)"
_NUMERIC_DATE = r"(?:1[0-2]|0?[1-9])[./-](?:3[01]|[12]\d|0?[1-9])(?![\d.])"
_YEAR = r"20\d\d(?:年|(?!\d))"
_PRICE = r"[1-9]\d{0,3}99(?:元|块|起|rmb|cny)"  # only one that ends like a price: 81000元 is one number
_BEGINS = re.compile(f"{_MONTH}|{_DAY}|{_NUMERIC_DATE}|{_YEAR}|{_PRICE}")

# A word that only begins with the unit (13点评测, 13天玑版, 13元旦见) counts nothing.
_COUNTED = (
    r"天(?![玑猫下空线际然生才花])|[亿万%]|千(?!禧)|百(?!度|科|搭)|点(?![评名赞亮击燃阅])|号(?![称召令角])"
    r"|个(?![人性])|年(?![底初末中度会货轻])|月(?![底初末中])|元(?![旦宵器素])|分(?![享期析辨屏销])|周(?![年边末])"
    r"|日(?!前|常|系)|块(?!头)|[斤吨克岁倍届辆台颗]|公[斤里]|千[克米瓦]|毫[米升]|厘米|平方|小时|分钟|周年|人次"
    r"|:\d\d(?!\d)|,\d{3}(?!\d)"
)
_UNIT = re.compile(_COUNTED)
_MORE_DIGITS = re.compile(r"\.?\d")
_MORE_NUMERALS = re.compile(r"[零一二三四五六七八九十百千万亿两]")
_COUNTS_ITSELF = re.compile(rf"\d[\d.]{{0,11}}(?:{_COUNTED}|美元)")

# Numerals that begin an ordinary word: 小米一直, 云雀二手, 云雀九折.
_NUMERAL_WORD = re.compile(r"一|二手|三[方星农亚防包]|四[川处季周]|五一|六一|七夕|八[卦折]|九[折寨州]")


def begins_at(text: str, at: int) -> bool:
    """Whether a date or a price begins there: 小米13|12月1日."""
    return _BEGINS.match(text, at) is not None


def counts_at(text: str, at: int) -> bool:
    """Whether a number with its unit stands there: 苹果汽车|10万."""
    return _COUNTS_ITSELF.match(text, at) is not None


def unit_at(text: str, at: int) -> bool:
    """Whether the number that ends there counts something: 小米13|天."""
    return _UNIT.match(text, at) is not None


def number_goes_on(text: str, at: int) -> bool:
    """Whether the number in digits that ends there is only the beginning of one: 17|0, 14|.5."""
    return _MORE_DIGITS.match(text, at) is not None


def numeral_goes_on(text: str, at: int) -> bool:
    """The same for Chinese numerals: 十三|万."""
    return _MORE_NUMERALS.match(text, at) is not None


def numeral_is_word(text: str, at: int) -> bool:
    """Whether the Chinese numeral there begins an ordinary word."""
    return _NUMERAL_WORD.match(text, at) is not None
