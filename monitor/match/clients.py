"""What the posting client tells beside a name: an author's device that hides itself, and a rival's device.

An unreleased product's own name in the client line is a name like any other and is found by the lexicon.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from monitor.match.candidates import Candidate
from monitor.match.fold import plain
from monitor.match.surroundings import brand_pattern
from monitor.match.view import Joined, Post, View
from monitor.model.findings import Reason
from monitor.model.posts import Origin
from monitor.model.rulebook import ClientSign, Kind, Rule

FEWEST_POSTS: Final = 5  # that make a habit

# A client that names no device: the web, an app, a system.
_GENERIC: Final = re.compile(
    r"""(?x)
      (?: 微博 | 长文 | 网页 | 客户端 | 手机 | 浏览器 | 触屏版? | 视频号? | 智能 | 版 | 超话 | 发布 | 专业 | 轻享
        | h5 | web | app | mobile | android | iphone | ipad | ios | mac | windows | desktop | browser | client
        | for | the | twitter | x | weibo | mastodon | bluesky | \W )*"""
)


def is_generic(client: str) -> bool:
    """Whether a posting client tells no device: "", 微博网页版, Web App."""
    return _GENERIC.fullmatch(plain(client)) is not None


def usual_client(clients: Sequence[str]) -> str:
    """What the author mostly posts with, of the clients of their last posts; "" if too few, or no one is usual."""
    named = Counter(client for client in clients if not is_generic(client))
    if len(clients) < FEWEST_POSTS or not named:
        return ""
    client, count = named.most_common(1)[0]
    return client if 2 * count >= len(clients) else ""


def find_client_signs(post: Post, rules: Sequence[Rule], usual_client: str) -> Iterator[tuple[View, Joined]]:
    """What the client line gives away to rules that ask for it; nothing of a post without parts."""
    wanted = frozenset(sign for rule in rules for sign in rule.clients)
    view = next((view for view in post.views if view.part.origin is Origin.CLIENT), None)
    if ClientSign.GENERIC in wanted and usual_client and post.views:
        yield from _hidden(post, view, usual_client)
    if ClientSign.RIVAL in wanted and view is not None:
        yield from _rivals(view, rules)


def _hidden(post: Post, view: View | None, usual_client: str) -> Iterator[tuple[View, Joined]]:
    """The usual device has gone, and the author works on something secret: perhaps it is in their hand."""
    if is_generic(usual_client) or not is_generic(view.part.text if view else ""):
        return
    subject = post.soonest_known(Kind.PRODUCT)
    if subject is None:
        return
    end = len(view.part.text) if view else 0
    seen = Candidate(Kind.CLIENT, subject, 0, end, 0, Reason("client_hidden"), value="generic")
    yield view or post.views[0], Joined(seen, subject, "join_client_generic", weak=True)


def _rivals(view: View, rules: Sequence[Rule]) -> Iterator[tuple[View, Joined]]:
    for rule in rules:
        found = brand_pattern(rule.rivals).search(view.folded.text) if rule.rivals else None
        if found is not None:
            start, end = view.folded.span(*found.span())
            seen = Candidate(Kind.CLIENT, rule.own_subject, start, end, 0, Reason("client_rival"), value="rival")
            yield view, Joined(seen, rule.own_subject, "join_client_rival")
