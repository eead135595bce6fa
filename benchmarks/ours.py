"""What leak-monitor takes for the made-up posts: names alone, everything on, ten times the names, one post alone."""

from collections.abc import Callable, Sequence
from functools import partial

from benchmarks import made
from benchmarks.timing import cpu_s, quantiles_ms
from monitor.cli.files import lasting
from monitor.match import Matcher, Said
from monitor.model.posts import Origin, Part
from monitor.rules.load import book_of

TERMS = 10_000
POSTS = 20_000
AT_ONCE = 256  # posts, as `scan` reads them
KNOWING = 10  # of so many authors one works on a listed product
NOBODY: frozenset[str] = frozenset()
SOMEBODY = frozenset({"p-7"})
ALONE = 2_000
FULL = (
    "今天看了小鸢A7，售价2599元，8月8日发布，电池5600毫安，大家猜猜还有什么，下周见 @somebody https://example.com/p 🎉"
)


def matcher(terms: int, *, everything: bool) -> Matcher:
    """One with so many names."""
    with lasting():  # as the commands do it
        return Matcher(book_of({"made.toml": made.watchlist(terms, everything=everything)}))


def texts(count: int = POSTS) -> list[str]:
    """Posts that name products of a list with TERMS names."""
    return list(made.posts(count, made.names(TERMS)))


def found(ready: Matcher, posts: Sequence[str], knowing: int = 0) -> int:
    """In how many posts something is found, some hundred at a time; of `knowing` authors one works on a product."""
    total = 0
    for first in range(0, len(posts), AT_ONCE):
        group = enumerate(posts[first : first + AT_ONCE], first)
        said = [
            Said((Part(Origin.TEXT, text),), SOMEBODY if knowing and number % knowing == 0 else NOBODY)
            for number, text in group
        ]
        total += sum(bool(evaluation.findings) for evaluation in ready.evaluate_all(said))
    return total


def names_rate(posts: Sequence[str]) -> float:
    """Posts a second, names alone."""
    return _rate(posts, partial(found, matcher(TERMS, everything=False), posts))


def everything_rate(posts: Sequence[str], knowing: int = KNOWING) -> float:
    """Posts a second with values, code names, hints and clients too."""
    return _rate(posts, partial(found, matcher(TERMS, everything=True), posts, knowing))


def ten_times(posts: Sequence[str]) -> float:
    """How much longer the same posts take with ten times the names."""
    few, many = (cpu_s(partial(found, matcher(terms, everything=False), posts)) for terms in (TERMS, 10 * TERMS))
    return many / few


def alone_ms(posts: Sequence[str]) -> tuple[float, float, float]:
    """Milliseconds for one post in a call: the middle one, the slowest of a hundred, and one that is full of values."""
    ready = matcher(TERMS, everything=True)
    calls: list[Callable[[], object]] = [partial(found, ready, [text]) for text in posts[:ALONE]]
    middle, slow = quantiles_ms(calls)
    full, _ = quantiles_ms([partial(found, ready, [FULL])] * ALONE)
    return middle, slow, full


def _rate(posts: Sequence[str], work: Callable[[], object]) -> float:
    work()  # what is worked out once, such as the folding of a character that was not met before
    return len(posts) / cpu_s(work)
