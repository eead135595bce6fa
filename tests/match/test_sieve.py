"""Many texts asked at once answer as each does by itself, and none is passed over in which something stands."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import Matcher, Said
from monitor.match.sieve import CHARACTERS_AT_ONCE, Keys, side_by_side, texts_at
from monitor.match.sounding import sound_key
from monitor.model.findings import Finding
from monitor.model.posts import Origin, Part
from monitor.rules.load import book_of
from tests.match.test_everything import ANY_TEXT, AT, NEAR_MISSES, RULES

# A pattern could find something in any text, so with one every text is read.
PATTERN = RULES.index("[[rules]]", RULES.index("[[rules]]") + 1)
SIFTED = Matcher(book_of({"all.toml": RULES[:PATTERN]}))
EACH_READ = Matcher(book_of({"all.toml": RULES.replace("收购云杉", "无人会写的话")}))
KEYS = Keys(sound_key)


def findings(matcher: Matcher, posts: Sequence[Sequence[Part]]) -> list[tuple[Finding, ...]]:
    return [found.findings for found in matcher.evaluate_all([Said(tuple(parts), at=AT) for parts in posts])]


def post(text: str, parent: str = "") -> list[Part]:
    return [Part(Origin.TEXT, text), Part(Origin.PARENT, parent, by_author=False)]


@given(st.lists(st.builds(post, ANY_TEXT, NEAR_MISSES), max_size=6))
def test_no_post_is_passed_over_in_which_something_is_found(posts: list[list[Part]]) -> None:
    assert findings(SIFTED, posts) == findings(EACH_READ, posts)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "云雀9",
            "雲雀⑨",
            "ＹＵＮＱＵＥ ９",
            "yun\u200bque 9",
            "云.雀.9",
            "运却9",
            "yunque9",
            "Yunque F0ld 9",
        ),
        *("云雀售价2999元", "云雀发布会 12月3日见", "𝐘𝐮𝐧𝐪𝐮𝐞 𝟗", "yúnque 9", "Ｙunque F０ld 9", "Yunque F\u200b0ld 9"),
    ],
)
def test_a_disguise_is_seen_among_others(text: str) -> None:
    others = [post("今天天气不错"), post("nothing here at 3pm"), post("")]
    alone, among = findings(SIFTED, [post(text)]), findings(SIFTED, [*others, post(text), *others])
    assert among == [(), (), (), *alone, (), (), ()]
    assert alone == findings(EACH_READ, [post(text)])
    assert alone != [()]


@given(st.lists(ANY_TEXT, max_size=8))
def test_keys_of_many_are_the_keys_of_each(texts: list[str]) -> None:
    keys = [KEYS.of(codes)[0] for _, codes in side_by_side(texts)]
    assert "".join(keys) == "".join(f"{sound_key(text)}\x1f" for text in texts)


@pytest.mark.parametrize("lengths", [(1, CHARACTERS_AT_ONCE, 2), (30_000,) * 5, (CHARACTERS_AT_ONCE * 3,), (0, 0), ()])
def test_long_texts_are_asked_by_themselves(lengths: tuple[int, ...]) -> None:
    texts = ["云" * length for length in lengths]
    groups = [(list(numbers), len(codes)) for numbers, codes in side_by_side(texts)]
    assert [number for numbers, _ in groups for number in numbers] == list(range(len(texts)))
    assert all(size == sum(len(texts[number]) + 1 for number in numbers) for numbers, size in groups)
    assert all(len(numbers) == 1 or size <= CHARACTERS_AT_ONCE + len(numbers) for numbers, size in groups)


def test_places_tell_their_texts() -> None:
    ends = np.array([0, 3, 7])  # three texts: "", "ab", "cde"
    assert texts_at(ends, [1, 2, 6]) == [1, 2]
    assert texts_at(ends, []) == []
