"""Whether a post can still be seen at its own address, for sources that cannot ask for one by its id."""

from monitor.fetch.asking import Asking
from monitor.model.posts import Gone

_GONE = frozenset({404, 410})


def ask_address(asking: Asking, url: str | None) -> Gone | None:
    """Gone if its address says so; None for every other answer, and for a post without an address.

    No credentials go along: the address is the post's, and may be another server's.
    """
    if url is None:
        return None
    return Gone("not_found") if asking.get(url, with_credentials=False).status in _GONE else None
