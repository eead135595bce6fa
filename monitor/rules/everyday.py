"""Which words an imported list should not take for a name by themselves. People can always decide otherwise."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, takewhile

from monitor.match.fold import plain

# Words for sorts of things and models: "Buds 4" and 手表5 are half of the world's products.
_GENERIC = re.compile(
    r"(?x)(?<![a-z])(?:the|new|all|smart|pro|max|plus|mini|ultra|lite|air|fold|flip|note|one|se|pad|tab|book|buds?|pods?"
    r"|watch|band|ring|glass|glasses|phone|tv|home|hub|car|os|series|gen)(?![a-z])"
    r"|手表|手环|耳机|平板|手机|折叠屏?|电视|音箱|眼镜|笔记本|汽车|新一?代|新款|系列|[一二三四五六七八九十]?代|[^\w]|\d"
)
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_LETTERS = re.compile(r"[a-z \-]+")
_HAN_WORD = 2  # characters of an ordinary Chinese word


def is_everyday(alias: str) -> bool:
    """Whether an alias means the product only in context.

    So do generic words with numbers and a single letter, plain words without a capital inside, and short Han words.
    """
    folded = plain(alias)
    left = _GENERIC.sub("", folded)
    if len(left) < 2 and left.isascii():  # noqa: PLR2004
        return True
    if _LETTERS.fullmatch(folded):
        return not _INNER_CAPITAL.search(alias)
    return len(folded) <= _HAN_WORD and folded.isalpha()


_BRAND_THEN_MODEL = re.compile(r"([\u4e00-\u9fff]{2,4})(?=[ ]?[A-Za-z0-9])")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,4}")
NAMES_THAT_PROVE = 2  # one name may begin with any word


def brand_words(named: Iterable[tuple[str, Sequence[str]]]) -> Mapping[str, tuple[str, ...]]:
    """How each brand is called in Chinese, told by its products' names: what several of them begin with.

    The names of one brand 云雀9, 云雀K90 and 云雀手表5 say that people call it 云雀, whatever the list calls it.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for brand, words in named:
        names[brand].update(plain(word).replace(" ", "") for word in words)
    return {brand: tuple(sorted(_shared_beginnings(words))) for brand, words in names.items()}


def _common_beginning(one: str, other: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(char for char, _ in same)


def _shared_beginnings(words: set[str]) -> Iterable[str]:
    before_model: defaultdict[str, int] = defaultdict(int)
    for word in words:
        if found := _BRAND_THEN_MODEL.match(word):
            before_model[found.group(1)] += 1
    told = {begin for begin, count in before_model.items() if count >= NAMES_THAT_PROVE}
    for one, other in combinations(sorted(words), 2):
        common = _HAN_RUN.fullmatch(_common_beginning(one, other))
        if common and not any(begin.startswith(common.group()) or common.group().startswith(begin) for begin in told):
            told.add(common.group())
    return told
