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
    r"|日(?!前|常|系)|块(?!头)|[斤吨克岁辆颗]|公[斤里]|千[克米瓦]|毫[米升]|厘米|平方|小时|分钟|周年|人次"
    r"|倍(?![感受])|届(?!时)|台(?![湾积北式前上])|折(?![叠痕射腾返])|只(?![\u4e00-\u9fff])|楼(?![主市])|层(?![次出])"
    r"|名(?![字称单为叫副不气声列])|成(?=新|以|的|\W|$)|位(?![于置列居])|条(?![件形纹码款])|次(?![日旗世要元序品])|家(?![族里用长居庭人乡电])"
    r"|英?寸(?![土步])|人(?=团队|小组|[^\u4e00-\u9fff]|$)"
    r"|:\d\d(?!\d)|,\d{3}(?!\d)"
)
_UNIT = re.compile(_COUNTED)
_BETWEEN_BLANKS = re.compile(r" \d{1,4}$")  # 云雀 9 月 18 日 is how careful people write

# A month that a day follows (9 December 3) begins a date of its own; "may" and "march" are words without a year.
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)(?![a-z]|\W{0,2}\d{1,2}(?!\d))|(?:may|mar(?:ch)?)\W{1,2}20\d\d"
)
_OF_THEM = r"of\ (?:\d+|them|these|those|us|you|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)"
# One day, week or second would be an ordinary word after the name; as a measure it has its hyphen: 9-day battery.
_ENGLISH_UNIT = re.compile(
    rf"""(?x)
      (?: st | nd | rd | th ) (?![a-z])
    | (?: [ ]{{1,2}} | [\-‐‑–] )?
      (?: (?: year | month | hour | minute )s? | inch(?:es)? | days | weeks | seconds | yrs? | hrs? | mins? | secs?
        | hundred | thousand | million | billion | percent | per[ ]cent | people | persons | employees | countries
        | cities | times | dollars | euros | yuan | o['’]clock | [ap]\.?m | [cknm]m | kg | [gmt]b | mah | [kmg]?hz | mp
        | {_MONTH_NAME} | {_OF_THEM}
      ) (?![a-z])
    | [\-‐‑–] (?: day | week | second | point | person ) (?![a-z])"""
)
_SLASHED = re.compile(r"/(\d{1,2})(?:/(?:20)?\d\d)?(?![\d/]|[ ]?(?:pro|max|ultra|plus|mini))")
_LAST_NUMBER = re.compile(r"(?<![\d.])\d{1,2}$")
_MORE_DIGITS = re.compile(r"\.?\d")
_MORE_NUMERALS = re.compile(r"[零一二三四五六七八九十百千万亿两壹贰叁柒捌玖拾佰仟]")
_COUNTS_ITSELF = re.compile(rf"\d[\d.]{{0,11}}(?:{_COUNTED}|美元|一[个台部只支副])")

# Behind a number whose name is only one by its sound, anything that may count: 一家3口, 未来5年中国, 未来10-20年.
_PERHAPS = re.compile(
    r"[-~–—至到.]?\d|[口例岁镑间册卷页排幢户米里倍成股届枚座副套轮段日月年天]|代(?![言表替工])|种(?!草)|项(?!目)|场(?![景面])|组(?!合)"
    r"|期(?![待望])|支(?!持)|双(?![摄扬卡])|对(?![比标于手])|批(?!量)|级(?!别)|部(?![分署])|张(?!扬)|回(?![归应来顾])"
    r"|次(?!旗)|本(?![月周次来])|门(?!店)|包(?!装)|所(?!有)|集(?!成)|份|人|名|位|个|家|只|条|件|台|辆|号|点|秒"
)

# Numerals that begin an ordinary word: 小米一直, 云雀二手, 云雀九折.
_NUMERAL_WORD = re.compile(
    r"一|二手|三[方星农亚防包]|四[川处季周]|五一|六一|七夕|八[卦折]|九[折寨州]|[肆伍陆拾](?=[\u4e00-\u9fff])"
)
_NUMBERED = re.compile(r"号(?=的|手机|[真样新]机|\W|$)")


def begins_at(text: str, at: int) -> bool:
    """Whether a date or a price begins there: 小米13|12月1日."""
    return _BEGINS.match(text, at) is not None


def counts_at(text: str, at: int) -> bool:
    """Whether a number with its unit stands there: 苹果汽车|10万."""
    return _COUNTS_ITSELF.match(text, at) is not None


def unit_at(text: str, at: int) -> bool:
    """Whether the number that ends there counts something: 小米13|天, Yunque 9| years."""
    return _UNIT.match(text, at) is not None or english_unit_at(text, at)


def english_unit_at(text: str, at: int) -> bool:
    """Whether an English unit follows the number that ends there, after a blank, a hyphen or nothing."""
    return _ENGLISH_UNIT.match(text, at) is not None


def spaced_unit_at(text: str, at: int) -> bool:
    """Whether the number that ends there counts something, with a blank on either side: 云雀 9| 月."""
    return (
        text.startswith(" ", at)
        and _UNIT.match(text, at + 1) is not None
        and _BETWEEN_BLANKS.search(text, max(0, at - 5), at) is not None
    )


def date_goes_on(text: str, at: int) -> bool:
    """Whether the number that ends there begins a date: 9|/18. Neighbours are no date but two models: 9|/10."""
    later = _SLASHED.match(text, at)
    earlier = later and _LAST_NUMBER.search(text, max(0, at - 3), at)
    if not later or not earlier:
        return False
    low, high = sorted((int(earlier.group()), int(later.group(1))))
    return 0 < low <= 12 and high <= 31 and high - low > 1  # noqa: PLR2004


def numbered_at(text: str, at: int) -> bool:
    """Whether 号 ends a name there, as of a ship: 云雀九|号."""
    return _NUMBERED.match(text, at) is not None


def number_goes_on(text: str, at: int) -> bool:
    """Whether the number in digits that ends there is only the beginning of one: 17|0, 14|.5."""
    return _MORE_DIGITS.match(text, at) is not None


def perhaps_counts(text: str, at: int) -> bool:
    """Whether the number that ends there goes on, or may count something: enough where the name is doubtful."""
    return _PERHAPS.match(text, at) is not None or english_unit_at(text, at)


def numeral_goes_on(text: str, at: int) -> bool:
    """The same for Chinese numerals: 十三|万."""
    return _MORE_NUMERALS.match(text, at) is not None


def numeral_is_word(text: str, at: int) -> bool:
    """Whether the Chinese numeral there begins an ordinary word."""
    return _NUMERAL_WORD.match(text, at) is not None
