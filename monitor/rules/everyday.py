"""Which words an imported list should not take for a name by themselves. People can always decide otherwise."""

import re

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
