"""Numbers as people write them: digits, Chinese numerals, English words, and mixtures such as 1.2万 and 4千8.

All texts here are folded: small letters, half-width digits, simplified characters.
"""

import re
from decimal import Decimal, InvalidOperation

HAN_DIGIT = dict(zip("零一二三四五六七八九两壹贰叁肆伍陆柒捌玖俩仨", (*range(10), 2, *range(1, 10), 2, 3), strict=True))
_SMALL_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE_UNIT = {"万": 10**4, "亿": 10**8}
HAN_NUMERAL = "零一二三四五六七八九两壹贰叁肆伍陆柒捌玖十拾百佰千仟万亿"
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# Where a number in digits may begin: not inside one, but after a comma that only ends a clause (512,4499元).
BEGIN = r"(?<!\d)(?<!\d\.)(?:(?<!\d,)|(?=\d{4}))"
_TOKEN = re.compile(rf"({DIGITS})|([{''.join(HAN_DIGIT)}])|([十拾百佰千仟])|([万亿])|([kw])")
_LONGEST = 24  # characters of a number that anybody means
_LETTERS = {"k": 10**3, "w": 10**4}


def digits(text: str) -> Decimal | None:
    """A number in digits, thousands separated or not: 4,499.00."""
    try:
        return Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return None


def han_number(text: str) -> Decimal | None:
    """A Chinese or mixed number, or None if it is none.

    两千三百九十九, 四千九 (a last digit alone stands one place below the unit before it), 三九九九 and 二零三零
    (digit by digit), 1.2万, 4千8, 2k4, 三千万亿.
    """
    if not text or len(text) > _LONGEST:
        return None
    if len(text) > 1 and all(char in HAN_DIGIT for char in text):
        return Decimal("".join(str(HAN_DIGIT[char]) for char in text))
    tokens = list(_TOKEN.finditer(text))
    if not tokens or "".join(found.group() for found in tokens) != text:
        return None
    return _sum(tokens)


def _sum(tokens: list[re.Match[str]]) -> Decimal | None:
    total = section = Decimal(0)
    number: Decimal | None = None
    last_unit = 1
    after_zero = False
    for found in tokens:
        number_now, unit, large = _token(found)
        if number_now is not None:
            if number is not None and not after_zero:
                return None
            number, after_zero = number_now, number_now == 0
            continue
        after_zero = False
        if large:
            section += number or 0
            if section == 0 and number is None and total == 0:
                return None
            if large > last_unit and total:  # 三千万亿: the whole so far is multiplied
                total = (total + section) * large
            else:
                total += section * large
            section, number, last_unit = Decimal(0), None, large
            continue
        section += (Decimal(1) if number is None else number) * unit
        number, last_unit = None, unit
    if number is not None:
        below = last_unit // 10 if last_unit >= 100 and tokens[-2].group() != "零" and number < 10 else 1  # noqa: PLR2004
        section += number * below
    return total + section


def _token(found: re.Match[str]) -> tuple[Decimal | None, int, int]:
    """The number, the small unit or the large unit that a token is."""
    if found[1]:
        return digits(found[1]), 0, 0
    if found[2]:
        return Decimal(HAN_DIGIT[found[2]]), 0, 0
    if found[3]:
        return None, _SMALL_UNIT[found[3]], 0
    if found[4]:
        return None, 0, _LARGE_UNIT[found[4]]
    return None, 0, _LETTERS[found[5]]


# --- English ------------------------------------------------------------------------------------------------------

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {**{word: no for no, word in enumerate(_ONES)}, **{word: 10 * no for no, word in enumerate(_TENS, start=2)}}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join(sorted((*_ONES, *_TENS), key=len, reverse=True))
_SCALE = "|".join(_SCALES)
ENGLISH_NUMBER = rf"(?:{_WORD})(?:(?:[ \-]|[ ]and[ ])(?:{_WORD}|{_SCALE})){{0,8}}"


def english_number(text: str) -> Decimal | None:
    """English number words, or None: twenty-nine, four hundred and forty-nine; as prices are said: four forty-nine."""
    words = [word for word in re.split(r"[ \-]+", text) if word != "and"]
    total = group = 0
    last = 0  # the word before, to tell twenty-nine from four forty-nine
    for word in words:
        if word in _SCALES:
            scale = _SCALES[word]
            group = max(group, 1) * scale
            if scale > 100:  # noqa: PLR2004
                total, group = total + group, 0
            last = scale
            continue
        value = _WORDS.get(word)
        if value is None:
            return None
        if last == 0 or last >= 100 or (last in range(20, 100, 10) and value < 10):  # noqa: PLR2004
            group += value
        elif value >= 10:  # noqa: PLR2004 - nineteen ninety-nine, four forty-nine
            group = group * 100 + value
        else:
            return None
        last = value or 1
    return Decimal(total + group) if words else None
