"""Other models of one generation: a letter or a word after the number makes a sibling of the product (云雀9S)."""

import re

from monitor.match.fold import Folded

_WORDS = "se|gt|neo|fold|flip"
_ENDS = r"(?![a-z0-9])"
# Small letters that are units (9g, 9h, 9k, 9l, 9m, 9v, 9w, 9x) or a plural (9s) make no sibling. 5G, 4K, 3D and the
# like are no siblings in capitals either, nor is a 4S店, where cars are sold.
_GLUED = re.compile(rf"(?:[abcefijnopqrtuyz]|{_WORDS}){_ENDS}")
_CAPITAL = re.compile(rf"(?:[hlsvx](?!店)|[ \-](?:{_WORDS})){_ENDS}")


def sibling_end(folded: Folded, end: int) -> int:
    """Where the sibling's name ends if the number that ends there is one's; the same place if not."""
    found = _GLUED.match(folded.text, end)
    if found is None and (found := _CAPITAL.match(folded.text, end)):
        letter = end + (folded.text[end] in " -")
        found = found if folded.original[folded.origins[letter]].isupper() else None
    return found.end() if found else end


def is_small_s(folded: Folded, at: int) -> bool:
    """Whether the plural's s stands there, and not the S of a sibling."""
    return folded.text.startswith("s", at) and not folded.original[folded.origins[at]].isupper()
