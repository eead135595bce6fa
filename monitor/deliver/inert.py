"""Text that a chat tool takes for nothing but text: no mention, no link and no markup of a post works. Pure.

Tools differ in what they escape, and say little of it. So nothing is escaped: a character that means something is
shown as the one that looks like it, or an invisible blank of no width stands behind it.
"""

import re
from typing import Final

BREAK: Final = "\u200b"
_LOOKALIKES: Final = str.maketrans("<>*_`~[]|\\", "＜＞＊＿｀～［］｜＼")
_ENTITY: Final = re.compile(r"&(?=[#A-Za-z][0-9A-Za-z]*;)")
_BLOCK: Final = re.compile(r"(?=[-+=#]|\d+[.)](?!\d))")  # at the front of a line: a list, a rule, a heading
_MENTION: Final = re.compile(r"<(?=@)|@(?=\S)")
_ADDRESS: Final = re.compile(r":(?=//)|(?<=\w)\.(?=[^\W\d_])")  # with a scheme, or a bare name of a host
_UNSAFE: Final = re.compile(r"[\s<>\"`{}|\\^\u200b]")


def unlinked(text: str) -> str:
    """For a tool that shows text as it is: mentions nobody, leads nowhere."""
    return _ADDRESS.sub(r"\g<0>" + BREAK, _MENTION.sub(r"\g<0>" + BREAK, text))


def inert(line: str) -> str:
    """For a tool that reads Markdown or HTML: one line without a function."""
    shown = _ENTITY.sub("＆", unlinked(line.strip())).translate(_LOOKALIKES)
    return BREAK + shown if _BLOCK.match(shown) else shown


def split_address(line: str, addresses: frozenset[str]) -> tuple[str, str]:
    """A line without the address of ours that ends it, and that address, "" if there is none."""
    text, _, last = line.rpartition(" ")
    return (text, safe_url(last)) if last in addresses else (line, "")


def safe_url(url: str) -> str:
    """The same address with nothing in it that ends a link or begins something else."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
