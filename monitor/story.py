"""One post shown by several sources, and several posts that tell one thing. Pure.

Whose words count when a post is shown differently, which posts belong to one story, and how far that has spread.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from monitor.match.fold import key_of
from monitor.model.messages import Spread
from monitor.model.posts import FetchedPost, Origin

SHORTEST: Final = 12  # letters and digits of a text that two people hardly write by chance
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)  # networks write each link anew


# --- whose words count ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reader:
    """An account by which a post is read. Of two ranks the lower is nearer to the network."""

    account_id: int
    person_key: str
    rank: int
    sees: bool = True  # it is read, and was not blind at its last read
    removed: bool = False  # nobody reads it any more


class Standing(StrEnum):
    """What the text that a reader shows means for a post."""

    LEADS = "leads"  # it is the text of the post
    BETTER = "better"  # a nearer source than any before: its text is that of the post from now on
    BESIDE = "beside"  # it is judged, and moves nothing
    LEFT_OUT = "left_out"  # a farther source, which may cut and mix: its text says nothing of the post


def standing(reader: Reader, leader: Reader) -> Standing:
    """What a reader's text counts beside that of the leader, who is the nearest so far and, of equals, the first.

    Another person's account never leads, for a post has one author. While the leader sees nothing, a farther source
    is all that we have: its text is judged, so that no leak is missed, but it is no edit of a better one.
    """
    if reader.account_id == leader.account_id:
        return Standing.LEADS
    if reader.rank > leader.rank:
        return Standing.LEFT_OUT if leader.sees else Standing.BESIDE
    if leader.removed:
        return Standing.LEADS
    if reader.rank < leader.rank and reader.person_key == leader.person_key:
        return Standing.BETTER
    return Standing.BESIDE


# --- which posts tell one thing ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Telling:
    """A post that tells a story."""

    post_id: int
    person_key: str
    platform: str
    native_id: str
    story_key: str | None


def story_key(post: FetchedPost) -> str:
    """What posts of one story have in common: what they pass on, or the same words; else the post alone.

    Only the same words count, not similar ones; blanks, signs, letter case and links are no words.
    """
    if post.root_id:
        return post_key(post.platform, post.root_id)
    own = [part for part in post.parts if part.by_author and part.origin in (Origin.TEXT, Origin.TITLE)]
    texts = [part.text for part in own if part.origin is Origin.TEXT] or [part.text for part in own]
    squeezed = "".join(filter(str.isalnum, key_of(_LINK.sub("", " ".join(texts)))))
    if len(squeezed) < SHORTEST:
        return post_key(post.platform, post.native_id)
    return f"text:{sha256(squeezed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def post_key(platform: str, native_id: str) -> str:
    """The key of what passes this post on."""
    return f"post:{platform}:{native_id}"


def keys_beside(told: Iterable[Telling]) -> set[str]:
    """The keys of whatever belongs to the story of these posts: their own, and that of passing them on."""
    found: set[str] = set()
    for each in told:
        found |= {post_key(each.platform, each.native_id), *filter(None, [each.story_key])}
    return found


def root_of(key: str) -> tuple[str, str] | None:
    """Network and id of the post that posts of this key pass on; None if they have only words in common."""
    kind, _, named = key.partition(":")
    platform, _, native_id = named.partition(":")
    return (platform, native_id) if kind == "post" else None


def spread(told: Iterable[Telling], post_id: int) -> Spread:
    """How far the story of a post has spread among those who are watched, the post itself counted."""
    posts = list(told)
    return Spread(
        posts=len({each.post_id for each in posts}),
        people=len({each.person_key for each in posts}),
        platforms=tuple(sorted({each.platform for each in posts})),
        elsewhere=tuple(sorted({each.platform for each in posts if each.post_id != post_id})),
    )
