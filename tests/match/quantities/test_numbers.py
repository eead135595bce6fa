import re
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.quantities.numbers import BEGIN, ENGLISH_NUMBER, digits, english_number, han_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("4499", "4499"),
        ("4,499", "4499"),
        ("4,499.00", "4499"),
        ("1,234,567", "1234567"),
        ("0.5", "0.5"),
        ("4 4 9 9", "4499"),
        ("", None),
        ("x", None),
        ("1.2.3", None),
    ],
)
def test_digits(text: str, number: str | None) -> None:
    assert digits(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", "0"),
        ("三", "3"),
        ("两", "2"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("四十九", "49"),
        ("一百", "100"),
        ("一百零五", "105"),
        ("一百五", "150"),
        ("一百二十", "120"),
        ("两千", "2000"),
        ("两千零九", "2009"),
        ("两千三百九十九", "2399"),
        ("四千九", "4900"),
        ("四千四百九十九", "4499"),
        ("四千五百", "4500"),
        ("一万", "10000"),
        ("一万二", "12000"),
        ("一万零二", "10002"),
        ("一万零二百", "10200"),
        ("十二万", "120000"),
        ("二十九万九千八", "299800"),
        ("一亿", "100000000"),
        ("一亿零一", "100000001"),
        ("三千万", "30000000"),
        ("三千万亿", "3000000000000000"),
        ("肆仟玖佰", "4900"),
        ("三九九九", "3999"),
        ("二零三零", "2030"),
        ("零八", "8"),
        ("4499", "4499"),
        ("4,499", "4499"),
        ("1.2万", "12000"),
        ("29.98万", "299800"),
        ("4千8", "4800"),
        ("4千9百", "4900"),
        ("2k4", "2400"),
        ("4.5k", "4500"),
        ("10w", "100000"),
        ("3万5", "35000"),
        ("5千", "5000"),
        ("", None),
        ("云雀", None),
        ("三个", None),
        ("4499元", None),
        ("三3", None),
        ("一" * 25, None),
    ],
)
def test_chinese_and_mixed_numbers(text: str, number: str | None) -> None:
    assert han_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("zero", 0),
        ("nine", 9),
        ("nineteen", 19),
        ("twenty-nine", 29),
        ("twenty nine", 29),
        ("one hundred", 100),
        ("four hundred and forty-nine", 449),
        ("four hundred forty nine", 449),
        ("four forty-nine", 449),
        ("four ninety nine", 499),
        ("nineteen ninety-nine", 1999),
        ("twelve ninety-nine", 1299),
        ("one thousand", 1000),
        ("one thousand two hundred", 1200),
        ("twelve hundred", 1200),
        ("two thousand five hundred and one", 2501),
        ("two grand", 2000),
        ("three million", 3000000),
        ("hundred", 100),
        ("", None),
        ("yunque", None),
        ("four yunque", None),
        ("four five", None),
    ],
)
def test_english_numbers(text: str, number: int | None) -> None:
    assert english_number(text) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is four hundred and forty-nine, i think", ["four hundred and forty-nine"]),
        ("one two", ["one two"]),
        ("nobody", []),
    ],
)
def test_the_pattern_of_english_numbers(text: str, found: list[str]) -> None:
    assert re.findall(rf"(?<![a-z]){ENGLISH_NUMBER}(?![a-z])", text) == found


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("4499", [0]),
        ("512,4499", [0, 4]),  # the comma ends a clause
        ("4,499", [0]),
        ("4.99", [0]),
        ("。4499", [1]),
        (",4499", [1]),
        ("a4499", [1]),
    ],
)
def test_where_a_number_may_begin(text: str, begins: list[int]) -> None:
    assert [found.start() for found in re.finditer(rf"{BEGIN}(?=\d)", text)] == begins


@given(st.text(alphabet="0123456789.,零一二三四五六七八九两十百千万亿kw壹贰", max_size=30))
def test_no_number_raises(text: str) -> None:
    for read in (digits, han_number, english_number):
        number = read(text)
        assert number is None or number >= 0


@given(st.integers(min_value=1, max_value=10**8 - 1))
def test_a_number_written_in_chinese_is_read_again(number: int) -> None:
    assert han_number(in_chinese(number)) == number


def in_chinese(number: int) -> str:
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return in_chinese(high) + "万" + ("" if not low else ("零" if low < 1000 else "") + in_chinese(low))
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + name
        zero = not digit
    return text


def test_a_long_run_is_no_number_and_takes_no_time() -> None:
    begun = time.perf_counter()
    assert han_number("一" * 10**6) is None
    assert han_number("1" * 10**6) is None
    assert time.perf_counter() - begun < 1
