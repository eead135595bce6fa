"""What people would use instead, each on the same names and posts: `python peers.py NAME FILE`, one line of JSON out.

A program of its own, for most of them live in a virtual environment of their own (.venv-bench) and none is needed
otherwise. Each gets as many posts as it can do in a few seconds. It finds substrings of the text, without boundaries,
other spellings or context, so it does less than we do.
"""

import importlib
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

RUNS = 3
Find: TypeAlias = Callable[[str], bool]


def regex_alternation(names: Sequence[str]) -> Find:
    """One pattern of all names, longest first, with the `regex` package."""
    regex: Any = importlib.import_module("regex")
    longest_first = sorted(names, key=len, reverse=True)
    pattern = regex.compile("|".join(map(regex.escape, longest_first)), regex.IGNORECASE)
    return lambda text: pattern.search(text) is not None


def usual_stack(names: Sequence[str]) -> Find:
    """NFKC, casefold, OpenCC, then pyahocorasick over the result."""
    ahocorasick: Any = importlib.import_module("ahocorasick")
    opencc: Any = importlib.import_module("opencc")
    simplify = opencc.OpenCC("t2s").convert

    def plain(text: str) -> str:
        return str(simplify(unicodedata.normalize("NFKC", text).casefold()))

    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(plain(name), name)
    automaton.make_automaton()
    return lambda text: any(True for _ in automaton.iter(plain(text)))


def presidio_deny_list(names: Sequence[str]) -> Find:
    """Presidio's recognizer of a deny list, alone, without its language models."""
    presidio: Any = importlib.import_module("presidio_analyzer")
    recognizer = presidio.PatternRecognizer(supported_entity="PRODUCT", deny_list=list(names))
    return lambda text: bool(recognizer.analyze(text, ["PRODUCT"]))


def dateparser_search(_names: Sequence[str]) -> Find:
    """The search of dateparser, which is told both languages."""
    search: Any = importlib.import_module("dateparser.search")
    return lambda text: bool(search.search_dates(text, languages=["zh", "en"]))


# How many posts each gets: slow ones are given few.
PEERS: dict[str, tuple[Callable[[Sequence[str]], Find], int]] = {
    "regex alternation": (regex_alternation, 200),
    "NFKC + OpenCC + pyahocorasick": (usual_stack, 20_000),
    "presidio deny list": (presidio_deny_list, 300),
    "dateparser.search": (dateparser_search, 500),
}


def measure(name: str, names: Sequence[str], posts: Sequence[str]) -> dict[str, float]:
    """Posts a second by CPU time, the median of a few runs, and in how many of them something is found."""
    make, count = PEERS[name]
    find = make(names)
    some = posts[:count]
    found = sum(map(find, some))
    return {"posts_a_second": len(some) / median(_cpu_s(find, some) for _ in range(RUNS)), "found": found}


def _cpu_s(find: Find, posts: Sequence[str]) -> float:
    begun = time.process_time()
    for text in posts:
        find(text)
    return time.process_time() - begun


def main() -> None:
    """One peer, named on the command line, on the names and posts of a file."""
    name, file = sys.argv[1:]
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(measure(name, given["names"], given["posts"])))


if __name__ == "__main__":
    main()
