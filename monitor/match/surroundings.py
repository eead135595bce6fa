"""What stands around a name: links it must not be in, and the context that an everyday word needs."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Protocol

from monitor.match.fold import Folded, plain
from monitor.model.posts import Origin

# Schemes, bare domains, e-mail addresses, @handles; each begins at a word's beginning and is bounded, so that no
# text makes the search slow.
_LINK = re.compile(
    r"""(?ix) (?:https?|ftp)://[^\s<>"“”‘’「」《》（）。，！？；、\u4e00-\u9fff]+
      | (?<![\w.%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}
      | (?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|cn|net|org|io|co|tv|me|app|dev)\b(?:/[\w./?=&%\#~+-]*)?
      | @[\w-]{1,64}(?:\.[\w-]{1,63}){0,8}""",
)
_SENTENCE_END = re.compile(r"[\n。!?;]|\.\s")

# Words of making and launching products: beside one of them an everyday word is a code name.
_LAUNCH_WORD = re.compile(
    r"""(?x)
      发布 | 发售 | 首发 | 首销 | 预热 | 官宣 | 定档 | 开售 | 预售 | 上市 | 上手 | 上新 | 亮相 | 新机 | 新品 | 代号
    | 立项 | 量产 | 试产 | 投产 | 小批 | 打样 | 送样 | 样机 | 真机 | 工程机 | 原型机 | 模具 | 谍照 | 爆料 | 曝光 | 泄露
    | 送测 | 内测 | 封测 | 跑分 | 固件 | 包[都已]?经?[出推放] | 定价 | 售价 | 起售 | 备货
    | (?<![a-z]) (?: launch(?:es|ed|ing)? | unveil(?:s|ed|ing)? | announc(?:es?|ed|ing) | ships? | shipping
      | pre-?orders? | pricing | hands-on | prototypes? | firmware | benchmarks? | skus? | [edp]vt | mass[ ]production
      | dummy[ ]units? | (?:review|test)[ ](?:units?|samples?) | embargo(?:ed)? | code-?name[sd]? | leak(?:s|ed)?
      ) (?![a-z])"""
)


class Searched(Protocol):
    """A compiled pattern."""

    def search(self, text: str, /) -> object:
        """Something if it stands in the text, None if not."""


class Surroundings:
    """One folded text, looked at where a name asks; everything is found once, when first needed."""

    def __init__(self, folded: Folded, origin: Origin = Origin.TEXT) -> None:
        self._folded = folded
        self._origin = origin
        self._brands: dict[Searched, bool] = {}  # a long text may ask a hundred thousand times
        self._cues: dict[tuple[re.Pattern[str], int], bool] = {}

    def in_link(self, start: int, end: int) -> bool:
        """Whether the original span touches a URL, an @handle or an e-mail address."""
        starts, ends = self._links
        before = bisect_left(starts, end) - 1
        return before >= 0 and ends[before] > start

    def is_client(self, start: int, end: int) -> bool:
        """Whether that folded span is the whole name of the posting client."""
        return self._origin is Origin.CLIENT and self._folded.text[start:end] == self._folded.text.strip()

    def has_brand(self, brand: Searched) -> bool:
        """Whether the brand stands anywhere in the text."""
        if brand not in self._brands:
            self._brands[brand] = brand.search(self._folded.text) is not None
        return self._brands[brand]

    def sentence_of(self, at: int) -> int:
        """The number of the sentence that the folded offset lies in, from 0."""
        return bisect_right(self._sentence_ends, at)

    def sentence(self, number: int) -> tuple[int, int]:
        """Where that sentence begins and ends in the folded text."""
        ends, whole = self._sentence_ends, len(self._folded.text)
        begin = ends[number - 1] if 0 < number <= len(ends) else whole * (number > 0)
        return begin, ends[number] if number < len(ends) else whole

    def has_cue(self, cue: re.Pattern[str], number: int) -> bool:
        """Whether the pattern is found in that sentence."""
        key = (cue, number)
        if key not in self._cues:
            self._cues[key] = cue.search(self._folded.text, *self.sentence(number)) is not None
        return self._cues[key]

    def launch_word_beside(self, start: int, end: int) -> bool:
        """Whether a word of making or launching stands in the sentence of that folded span."""
        ends = self._sentence_ends
        before, after = bisect_right(ends, start), bisect_left(ends, end)
        begin = ends[before - 1] if before else 0
        stop = ends[after] if after < len(ends) else len(self._folded.text)
        words = self._launch_words
        first = bisect_left(words, begin)
        return first < len(words) and words[first] < stop

    @cached_property
    def _links(self) -> tuple[list[int], list[int]]:
        spans = [found.span() for found in _LINK.finditer(self._folded.original)]
        return [start for start, _ in spans], [end for _, end in spans]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in _SENTENCE_END.finditer(self._folded.text)]

    @cached_property
    def _launch_words(self) -> list[int]:
        return [found.start() for found in _LAUNCH_WORD.finditer(self._folded.text)]


def brand_pattern(brand: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of the brand's words in a folded text, as whole words where the script has words."""
    words = "|".join(re.escape(plain(word)) for word in brand)
    return re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z])" if words else r"(?!)")
